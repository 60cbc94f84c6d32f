// SPDX-License-Identifier: Apache-2.0
// What is exported comes back equal, whatever the format that can hold it.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fstream>
#include <functional>
#include <map>

#include "registry/exchange/ogr.hpp"
#include "registry/import.hpp"
#include "registry/table_file.hpp"
#include "support/records_fixture.hpp"

using namespace jinglue;
using namespace jinglue::registry;
using base::Json;

namespace {

constexpr const char* kPlot = R"toml(id = "plot"
schema = 1
zh = "地块"
en = "Plots"
title = "name"
fields = [
  { key = "name", zh = "名称", en = "Name", type = "text", required = true },
  { key = "batch", zh = "批", en = "Batch", type = "text" },
  { key = "note", zh = "说明", en = "Note", type = "long_text" },
  { key = "count", zh = "数量", en = "Count", type = "integer" },
  { key = "width", zh = "宽度", en = "Width", type = "number" },
  { key = "price", zh = "金额", en = "Price", type = "money" },
  { key = "open", zh = "开放", en = "Open", type = "boolean" },
  { key = "day", zh = "日期", en = "Day", type = "date" },
  { key = "at", zh = "时间", en = "At", type = "instant" },
  { key = "kind", zh = "类别", en = "Kind", type = "choice", choices = [
    { key = "a", zh = "甲", en = "First" }, { key = "b", zh = "乙", en = "Second" } ] },
  { key = "tags", zh = "标签", en = "Tags", type = "choices" },
  { key = "place", zh = "位置", en = "Place", type = "geometry" },
]
)toml";

class Plots {
 public:
  Plots() : fixture(write(m_folder.path())) {}
  Registry& registry() { return fixture.registry(); }

 private:
  static std::filesystem::path write(const std::filesystem::path& folder) {
    std::ofstream(folder / "plot.toml") << kPlot;
    return folder;
  }
  test::TempFolder m_folder;

 public:
  test::RecordsFixture fixture;
};

std::string some_text(const std::string& letters, std::size_t most) {
  const auto signs = *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(
      std::vector<std::string>{"a", "Z", "0", ".", ",",       ";",  "\"", "'",  "=", "+",  "-",
                               "@", "/", "<", "&", "_x0041_", "湾", "岛", "１", "é", "😀", " "}));
  std::string out = letters;
  for (const auto& sign : signs) {
    if (out.size() < most) out += sign;
  }
  return std::string(base::trim(out));
}

Json position() {
  return Json::array(
      {*rc::gen::inRange(12100000, 12300000) / 1e5, *rc::gen::inRange(3600000, 3800000) / 1e5});
}

Json geometry() {
  const int kind = *rc::gen::inRange(0, 4);
  if (kind == 0) return {};
  if (kind == 1) return Json::object({{"type", "Point"}, {"coordinates", position()}});
  if (kind == 2) {
    return Json::object({{"type", "LineString"},
                         {"coordinates", Json::array({Json::array({121.5, 36.5}), position()})}});
  }
  const Json corner = position();
  const double w = corner.items()[0].as_double(), s = corner.items()[1].as_double();
  const auto at = [&](double x, double y) { return Json::array({w + x, s + y}); };
  return Json::object(
      {{"type", "Polygon"},
       {"coordinates",
        Json::array({Json::array({at(0, 0), at(0.5, 0), at(0.5, 0.25), at(0, 0.25), at(0, 0)})})}});
}

Json some_fields(const std::string& mark) {
  Json out = Json::object({{"name", some_text(mark, 200)}});
  const auto maybe = [] { return *rc::gen::arbitrary<bool>(); };
  if (maybe()) out.set("note", some_text("n", 400) + "\n" + some_text("m", 200));
  if (maybe())
    out.set("count", std::int64_t{*rc::gen::inRange(-1'000'000'000, 1'000'000'000)} * 1000);
  if (maybe()) out.set("width", *rc::gen::inRange(-1'000'000, 1'000'000) / 1000.0);
  if (maybe()) {
    out.set("price", std::to_string(*rc::gen::inRange(0, 1'000'000'000)) + ".0" +
                         std::to_string(*rc::gen::inRange(0, 10)));
  }
  if (maybe()) out.set("open", maybe());
  if (maybe()) out.set("day", maybe() ? "1899-12-31" : "2024-02-29");
  if (maybe())
    out.set("at", "2024-05-01T04:00:00." + std::to_string(*rc::gen::inRange(100, 999)) + "Z");
  if (maybe()) out.set("kind", maybe() ? "a" : "b");
  if (maybe()) out.set("tags", Json::array({"x-1", "y"}));
  if (const Json place = geometry(); !place.is_null()) out.set("place", place);
  return out;
}

/// Exports some generated records and reads them into an empty register.
void comes_back(FileFormat format, const std::function<Json(const Json&)>& fit = {}) {
  static Plots from, into;
  static int batches = 0;
  const std::string batch = "b" + std::to_string(++batches);
  std::map<std::string, Json> sent;
  const int n = *rc::gen::inRange(1, 6);
  for (int i = 0; i < n; ++i) {
    Json fields = some_fields("p" + std::to_string(i) + "_");
    if (fit) fields = fit(fields);
    fields.set("batch", batch);
    const auto made = from.registry().create("plot", fields, from.fixture.by(from.fixture.duty));
    if (!made) RC_FAIL(made.error().text());
    sent[made->fields["name"].as_string()] = made->fields;
  }
  Query of_batch;
  of_batch.equals = {{"batch", batch}};
  const auto file =
      export_table(from.registry(), "plot", of_batch, from.fixture.duty, {format, {}, false});
  if (!file) RC_FAIL(file.error().text());
  const auto* d = into.registry().definition("plot");
  RC_ASSERT(guess_format(*file, std::string("plot.") + file_kind(format).ending) == format);
  const auto table = read_table(*d, *file, format);
  if (!table) RC_FAIL(table.error().text());
  const auto report =
      import_table(into.registry(), "plot", *table, {}, into.fixture.by(into.fixture.leader));
  if (!report) RC_FAIL(report.error().text());
  if (report->created != std::size_t(n)) RC_FAIL(report->to_json().dump());
  const auto page = into.registry().list("plot", of_batch);
  for (const auto& record : page->items) {
    const auto& was = sent[record.fields["name"].as_string()];
    if (!(record.fields == was)) RC_FAIL(record.fields.dump() + " was " + was.dump());
  }
}

bool no_ogr() {
  if (ogr_is_installed()) return false;
  std::fprintf(stderr, "skipped: ogr2ogr is not installed (package gdal-bin)\n");
  return true;
}

}  // namespace

RC_GTEST_PROP(RoundTrip, Csv, ()) {
  comes_back(FileFormat::kCsv);
}
RC_GTEST_PROP(RoundTrip, Xlsx, ()) {
  comes_back(FileFormat::kXlsx);
}
RC_GTEST_PROP(RoundTrip, GeoJson, ()) {
  comes_back(FileFormat::kGeoJson);
}

// Each case starts two programs or more: a dozen of them.
void comes_back_from_ogr(FileFormat format, const std::function<Json(const Json&)>& fit = {}) {
  constexpr int kCases = 12;
  int cases = 0;
  EXPECT_TRUE(rc::check("comes back", [&] {
    if (++cases <= kCases) comes_back(format, fit);
  }));
}

TEST(RoundTrip, GeoPackage) {
  if (no_ogr()) GTEST_SKIP();
  comes_back_from_ogr(FileFormat::kGeoPackage);
}
TEST(RoundTrip, Kml) {
  if (no_ogr()) GTEST_SKIP();
  comes_back_from_ogr(FileFormat::kKml);
}
TEST(RoundTrip, ShapefileOfShortPoints) {
  if (no_ogr()) GTEST_SKIP();
  comes_back_from_ogr(FileFormat::kShapefile, [](const Json& fields) {
    // dBASE: 254 bytes of text, 15 places of a number, a geometry for every row.
    Json out = Json::object({{"name", fields["name"].as_string().substr(0, 2)}});
    out.set("kind", "a");
    if (!fields["open"].is_null()) out.set("open", fields["open"]);
    if (!fields["day"].is_null()) out.set("day", fields["day"]);
    if (!fields["price"].is_null()) out.set("price", fields["price"]);
    out.set("place",
            Json::object({{"type", "Point"}, {"coordinates", Json::array({122.5, 37.25})}}));
    return out;
  });
}
