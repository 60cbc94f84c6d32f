// SPDX-License-Identifier: Apache-2.0
// Exports: their text, their structure by the rules of each format (xmllint), and Parquet as DuckDB
// reads it. DuckDB's package is fetched by ./dev test; without it those tests are skipped.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>

#include "base/json.hpp"
#include "picture/exchange/export.hpp"
#include "picture/exchange/parquet_column.hpp"
#include "picture/exchange/value_text.hpp"
#include "support/exchange_rows.hpp"
#include "support/process.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;
using namespace jinglue::picture;
using namespace jinglue::picture::exchange;
using model::Fix;
using test::exported;

namespace {

namespace fs = std::filesystem;

Fix plain_row() {
  Fix fix;
  fix.track = {model::TerminalId::make(model::TerminalKind::kMmsi, 412000001), 0};
  fix.time = fix.arrival = {1'714'536'000'123};
  fix.position = {222'000'001, -732'000'000};
  fix.sog_ckn = 1230;
  fix.cog_cdeg = 5;
  fix.heading_deg = 359;
  fix.nav_status = 0;
  fix.quality = model::TimeQuality::kDerived;
  return fix;
}
Fix bare_row() {
  Fix fix = plain_row();
  fix.sog_ckn = {};
  fix.cog_cdeg = {};
  fix.heading_deg = {};
  fix.nav_status = {};
  fix.time = fix.time + base::Duration(1);
  return fix;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t out = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++out;
  return out;
}

/// What xmllint says when it does not like a document; empty when it does.
std::string lint(const std::string& xml, const std::string& grammar) {
  const test::TempFolder folder;
  std::ofstream(folder / "x.xml") << xml;
  test::Process xmllint(
      {"/usr/bin/xmllint", "--noout", "--relaxng",
       JINGLUE_SOURCE_DIR "/tests/data/exchange/" + grammar, (folder / "x.xml").string()},
      folder / "out");
  return xmllint.wait() == 0 ? "" : xmllint.output();
}

/// DuckDB's answer; absent when it is not installed.
std::optional<base::Json> duckdb(const std::string& sql) {
  const test::TempFolder folder;
  test::Process node({"/usr/bin/env", "node", JINGLUE_SOURCE_DIR "/tests/support/duckdb_query.mjs",
                      JINGLUE_SOURCE_DIR "/tools/duckdb", sql},
                     folder / "out");
  if (node.wait() == 77) return std::nullopt;
  auto json = base::parse_json(node.output());
  EXPECT_TRUE(json) << node.output();
  return json ? std::move(*json) : base::Json();
}

/// Reads what encode_delta writes, written from Encodings.md alone.
std::vector<std::int64_t> decode_delta(const std::string& bytes, int bits) {
  std::size_t at = 0;
  const auto varint = [&] {
    std::uint64_t out = 0;
    for (int shift = 0;; shift += 7) {
      const auto b = static_cast<unsigned char>(bytes.at(at++));
      out |= std::uint64_t(b & 0x7F) << shift;
      if (b < 0x80) return out;
    }
  };
  const auto signed_varint = [&] {
    const auto z = varint();
    return static_cast<std::int64_t>(z >> 1) ^ -static_cast<std::int64_t>(z & 1);
  };
  const auto block = varint();
  const auto minis = varint();
  const auto total = varint();
  std::vector<std::int64_t> out;
  std::uint64_t value = static_cast<std::uint64_t>(signed_varint());
  if (total > 0) out.push_back(static_cast<std::int64_t>(value));
  while (out.size() < total) {
    const auto least = static_cast<std::uint64_t>(signed_varint());
    std::vector<int> widths;
    for (std::uint64_t m = 0; m < minis; ++m) widths.push_back(bytes.at(at++));
    for (const int width : widths) {
      if (out.size() == total) break;
      for (std::uint64_t i = 0; i < block / minis; ++i) {
        std::uint64_t above = 0;
        for (int bit = 0; bit < width; ++bit) {
          const auto place = i * std::uint64_t(width) + std::uint64_t(bit);
          above |= std::uint64_t((bytes.at(at + place / 8) >> (place % 8)) & 1) << bit;
        }
        value += least + above;
        if (bits == 32) value = std::uint64_t(std::int64_t(std::int32_t(std::uint32_t(value))));
        if (out.size() < total) out.push_back(static_cast<std::int64_t>(value));
      }
      at += std::size_t(width) * (block / minis) / 8;
    }
  }
  EXPECT_EQ(at, bytes.size());
  return out;
}

}  // namespace

TEST(ExchangeText, CsvHasUnitsInItsHeadingAndEmptyCellsForWhatIsAbsent) {
  EXPECT_EQ(exported(Format::kCsv, {plain_row(), bare_row()}),
            "track,time_utc,latitude_deg,longitude_deg,speed_kn,course_deg,heading_deg,nav_status,"
            "source,time_quality\r\n"
            "mmsi:412000001,2024-05-01T04:00:00.123Z,37.0000002,-122,12.3,0.05,359,0,ais_a,"
            "derived\r\n"
            "mmsi:412000001,2024-05-01T04:00:00.124Z,37.0000002,-122,,,,,ais_a,derived\r\n");
}

TEST(ExchangeText, GeoJsonIsAFeatureAPositionInThreeFrames) {
  const std::vector<Fix> rows = {plain_row(), bare_row()};
  const auto json = base::parse_json(exported(Format::kGeoJson, rows));
  ASSERT_TRUE(json);
  const auto& features = (*json)["features"].items();
  ASSERT_EQ(features.size(), 2u);
  EXPECT_EQ(features[0]["geometry"].dump(), R"({"type":"Point","coordinates":[-122,37.0000002]})");
  EXPECT_EQ(features[0]["properties"]["speed_kn"].as_double(), 12.3);
  EXPECT_FALSE(features[1]["properties"].has("speed_kn"));
  EXPECT_FALSE(features[1]["properties"].has("nav_status"));
  const auto lines = exported(Format::kNdjson, rows);
  const auto sequence = exported(Format::kGeoJsonSeq, rows);
  EXPECT_EQ(count(lines, "\n"), 2u);
  EXPECT_EQ(count(sequence, "\x1E{"), 2u);
  EXPECT_TRUE(base::parse_json(lines.substr(0, lines.find('\n'))));
  EXPECT_TRUE(base::parse_json(exported(Format::kGeoJson, {}))) << "also without rows";
}

RC_GTEST_PROP(ExchangeText, DegreesGiveTheExactPositionBack, ()) {
  const auto units = *rc::gen::inRange<std::int32_t>(-1'080'000'000, 1'080'000'001);
  std::string text;
  append_degrees(text, units);
  RC_ASSERT(std::lround(std::strtod(text.c_str(), nullptr) * 6'000'000) == units);
  RC_ASSERT(text.size() - std::min(text.find('.'), text.size()) <= 8);
}

TEST(ExchangeXml, GpxKeepsTheRulesOfItsSchema) {
  const auto rows = test::exchange_rows(3'000, 1);
  const auto gpx = exported(Format::kGpx, rows);
  EXPECT_EQ(lint(gpx, "gpx.rng"), "");
  EXPECT_EQ(count(gpx, "<trkpt "), 3'000u);
  EXPECT_EQ(lint(exported(Format::kGpx, {}), "gpx.rng"), "");
  EXPECT_NE(lint(exported(Format::kKml, rows), "gpx.rng"), "") << "the check can fail";
  const auto two = exported(Format::kGpx, {plain_row(), bare_row()});
  EXPECT_NE(two.find("<trkpt lat=\"37.0000002\" lon=\"-122\"><time>2024-05-01T04:00:00.123Z</time>"
                     "<extensions><jl:speed_kn>12.3</jl:speed_kn>"),
            std::string::npos)
      << two;
  auto later = bare_row();
  later.time = later.time + base::Duration(16 * 60'000);
  EXPECT_EQ(count(exported(Format::kGpx, {plain_row(), bare_row(), later}), "<trkseg>"), 2u)
      << "a silence begins another segment";
}

TEST(ExchangeXml, KmlKeepsTheRulesOfItsSchemaAndCutsLongTracks) {
  const auto rows = test::exchange_rows(3'000, 2);
  WriterOptions options;
  options.piece_rows = 100;
  const auto kml = exported(Format::kKml, rows, options);
  EXPECT_EQ(lint(kml, "kml.rng"), "");
  EXPECT_EQ(count(kml, "<when>"), 3'000u);
  EXPECT_EQ(count(kml, "<gx:coord>"), 3'000u);
  EXPECT_EQ(count(kml, "<gx:value"), 6u * 3'000u);
  EXPECT_EQ(count(kml, "<Placemark>"), 8u) << "one for each track";
  EXPECT_GT(count(kml, "<gx:Track>"), 30u);
  EXPECT_EQ(lint(exported(Format::kKml, {}), "kml.rng"), "");
  EXPECT_NE(lint(kml.substr(0, kml.size() / 2), "kml.rng"), "") << "the check can fail";
}

/// OGC 19-045r3 (Moving Features JSON): what a Trajectory or a Prism file must have, written from
/// the standard alone. Empty when it is one, else the clause and what is wrong.
using base::Json;

bool has_all(const Json& object, std::initializer_list<const char*> names) {
  return std::all_of(names.begin(), names.end(),
                     [&](const char* name) { return !object[name].is_null(); });
}

/// Instants that rise, at least one.
bool rises(const Json& times) {
  std::int64_t before = INT64_MIN;
  for (const auto& time : times.items()) {
    const auto read = base::parse_iso(time.as_string());
    if (!read || read->ms <= before) return false;
    before = read->ms;
  }
  return !times.items().empty();
}

std::string geometry_fault(const Json& geometry) {
  if (geometry["type"].as_string() != "MovingPoint") return "7.2.2.1: no type of the standard";
  if (!has_all(geometry, {"datetimes", "coordinates"})) return "7.2.2.1: a required member lacks";
  if (!rises(geometry["datetimes"])) return "7.2.2.1: datetimes do not rise";
  const auto& places = geometry["coordinates"].items();
  if (places.size() != geometry["datetimes"].items().size()) return "7.2.2.1: counts differ";
  for (const auto& place : places) {
    const auto& numbers = place.items();
    const bool good = numbers.size() == 2 && std::abs(numbers[0].as_double()) <= 180 &&
                      std::abs(numbers[1].as_double()) <= 90;
    if (!good) return "RFC 7946, 3.1.1: a position is not longitude, latitude";
  }
  static const std::set<std::string> kWays{"Discrete", "Step", "Linear", "Quadratic", "Cubic"};
  const auto& way = geometry["interpolation"];
  if (!way.is_null() && !kWays.contains(way.as_string())) return "7.2.2.1: no such interpolation";
  return "";
}

std::string property_fault(const Json& property, std::size_t instants) {
  const auto& type = property["type"].as_string();
  if (type != "Measure" && type != "Text" && type != "Image") return "7.2.4: no such type";
  const auto& values = property["values"].items();
  if (values.size() != instants) return "7.2.4: counts differ";
  for (const auto& value : values) {
    if (value.is_string() != (type == "Text")) return "7.2.4: a value of another type";
  }
  static const std::set<std::string> kWays{"Discrete", "Step", "Linear", "Regression"};
  const auto& way = property["interpolation"].as_string();
  if (!kWays.contains(way)) return "7.2.4: no such interpolation of a property";
  return type == "Text" && way == "Linear" ? "7.2.4: text between two values" : "";
}

std::string properties_fault(const Json& group) {
  if (!rises(group["datetimes"])) return "7.2.4: datetimes of a property do not rise";
  if (group.members().size() < 2) return "7.2.4: a group without a property";
  for (const auto& [name, property] : group.members()) {
    if (name == "datetimes") continue;
    const auto fault = property_fault(property, group["datetimes"].items().size());
    if (!fault.empty()) return fault;
  }
  return "";
}

std::string feature_fault(const Json& feature) {
  if (feature["type"].as_string() != "Feature") return "6.2.2: a member that is no Feature";
  if (!has_all(feature, {"temporalGeometry"})) return "7.2.1: no temporalGeometry";
  if (!feature["properties"].is_object()) return "6.2.2: no properties";
  const auto& geometry = feature["temporalGeometry"];
  if (auto fault = geometry_fault(geometry); !fault.empty()) return fault;
  if (const auto& time = feature["time"]; !time.is_null()) {
    const auto& ends = time.items();
    const auto& times = geometry["datetimes"].items();
    if (ends.size() != 2 || ends[0].as_string() != times.front().as_string() ||
        ends[1].as_string() != times.back().as_string()) {
      return "7.2.6: time is not that of the geometry";
    }
  }
  for (const auto& group : feature["temporalProperties"].items()) {
    if (auto fault = properties_fault(group); !fault.empty()) return fault;
  }
  return "";
}

std::string moving_features_fault(const Json& file) {
  if (file["type"].as_string() != "FeatureCollection") return "6.2.3: not a FeatureCollection";
  for (const char* name : {"crs", "trs"}) {
    const auto& system = file[name];
    if (!system.is_null() && (!has_all(system, {"type"}) || !system["properties"].is_object())) {
      return "7.2.3: a reference system has no type or properties";
    }
  }
  if (!file["features"].is_array()) return "6.2.3: features is no array";
  for (const auto& feature : file["features"].items()) {
    if (auto fault = feature_fault(feature); !fault.empty()) return fault;
  }
  return "";
}

TEST(ExchangeMovingFeatures, AFileHasTheStructureOfTheStandard) {
  WriterOptions options;
  options.piece_rows = 300;
  for (const std::size_t count : {0u, 1u, 2u, 2'000u}) {
    auto rows = test::exchange_rows(count, 8);
    if (count > 10) rows.insert(rows.begin() + 7, rows[6]);
    const auto text = exported(Format::kMovingFeatures, rows, options);
    const auto json = base::parse_json(text);
    ASSERT_TRUE(json) << json.error().text();
    EXPECT_EQ(moving_features_fault(*json), "") << count;
    if (count != 2) continue;
    // That the check sees what it looks for.
    const auto changed = [&](const std::string& from, const std::string& to) {
      auto other = text;
      for (auto at = other.find(from); at != std::string::npos; at = other.find(from, at + 1)) {
        other.replace(at, from.size(), to);
      }
      return moving_features_fault(*base::parse_json(other));
    };
    EXPECT_NE(changed("MovingPoint", "MovingShip"), "");
    EXPECT_NE(changed("\"coordinates\"", "\"places\""), "");
    EXPECT_NE(changed("\"temporalGeometry\"", "\"geometries\""), "");
    EXPECT_NE(changed("\"type\":\"Text\"", "\"type\":\"Word\""), "");
    EXPECT_NE(changed("\"interpolation\":\"Linear\"", "\"interpolation\":\"Straight\""), "");
  }
}

TEST(ExchangeMovingFeatures, TimesRiseAndPropertiesHaveOnlyWhatWasSaid) {
  auto rows = test::exchange_rows(2'000, 3);
  rows.insert(rows.begin() + 7, rows[6]);  // two of one instant
  WriterOptions options;
  options.piece_rows = 300;
  const auto json = base::parse_json(exported(Format::kMovingFeatures, rows, options));
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["type"].as_string(), "FeatureCollection");
  std::size_t positions = 0, speeds = 0;
  std::set<std::string> ids;
  for (const auto& feature : (*json)["features"].items()) {
    const auto& moving = feature["temporalGeometry"];
    EXPECT_EQ(moving["type"].as_string(), "MovingPoint");
    EXPECT_EQ(moving["interpolation"].as_string(), "Linear");
    EXPECT_TRUE(ids.insert(feature["id"].as_string()).second);
    const auto& times = moving["datetimes"].items();
    ASSERT_EQ(times.size(), moving["coordinates"].items().size());
    ASSERT_LE(times.size(), 300u);
    positions += times.size();
    for (std::size_t i = 1; i < times.size(); ++i) {
      ASSERT_LT(base::parse_iso(times[i - 1].as_string())->ms,
                base::parse_iso(times[i].as_string())->ms);
    }
    for (const auto& property : feature["temporalProperties"].items()) {
      const auto& values = property.members().at(1);
      EXPECT_EQ(values.second["values"].items().size(), property["datetimes"].items().size());
      if (values.first == "speed_kn") speeds += values.second["values"].items().size();
    }
  }
  EXPECT_EQ(positions, rows.size());
  EXPECT_EQ(speeds, std::size_t(std::count_if(rows.begin(), rows.end(), [](const Fix& row) {
              return row.sog_ckn.has_value();
            })));
}

RC_GTEST_PROP(ExchangeParquet, DeltaPackingReadsBack, ()) {
  const bool wide = *rc::gen::arbitrary<bool>();
  std::vector<std::int64_t> values;
  if (wide) {
    values = *rc::gen::scale(5, rc::gen::arbitrary<std::vector<std::int64_t>>());
    for (const auto v : *rc::gen::arbitrary<std::vector<bool>>()) {
      values.push_back(v ? INT64_MIN : INT64_MAX);
    }
  } else {
    for (const auto v : *rc::gen::scale(5, rc::gen::arbitrary<std::vector<std::int32_t>>())) {
      values.push_back(v);
    }
  }
  const int bits = wide ? 64 : 32;
  RC_ASSERT(decode_delta(encode_delta(values, bits), bits) == values);
}

TEST(ExchangeParquet, TheSpecificationsExampleOfDeltaPacking) {
  // Encodings.md, "Example 2": 7, 5, 3, 1, 2, 3, 4, 5: first 7, least step -2, two bits each.
  const auto bytes = encode_delta({7, 5, 3, 1, 2, 3, 4, 5}, 32);
  const std::string expected("\x80\x01\x04\x08\x0E\x03\x02\x00\x00\x00\xC0\x3F\0\0\0\0\0\0", 18);
  EXPECT_EQ(bytes, expected);
}

TEST(ExchangeParquet, DuckDbReadsEveryValueBack) {
  const test::TempFolder folder;
  const auto file = (folder / "x.parquet").string();
  const auto rows = test::exchange_rows(5'000, 4);
  WriterOptions options;
  options.row_group_rows = 1'024;
  options.page_rows = 300;
  std::ofstream(file, std::ios::binary) << exported(Format::kParquet, rows, options);
  const auto answer = duckdb(
      "SELECT track, epoch_ms(time_utc)::DOUBLE AS ms, latitude_deg, longitude_deg, speed_kn,"
      " course_deg, heading_deg, nav_status, source, time_quality FROM read_parquet('" +
      file + "')");
  if (!answer) GTEST_SKIP() << "DuckDB is not installed: ./dev test fetches it";
  ASSERT_EQ(answer->items().size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& got = answer->items()[i];
    const auto& row = rows[i];
    ASSERT_EQ(got["track"].as_string(), model::to_text(row.track)) << i;
    ASSERT_EQ(got["ms"].as_double(), double(row.time.ms)) << i;
    ASSERT_EQ(got["latitude_deg"].as_double(), row.position.degrees().lat_deg) << i;
    ASSERT_EQ(got["longitude_deg"].as_double(), row.position.degrees().lon_deg) << i;
    const auto same = [&](const char* name, std::optional<double> value) {
      EXPECT_EQ(got[name].is_null(), !value.has_value()) << i << ' ' << name;
      EXPECT_EQ(got[name].as_double(), value.value_or(0)) << i << ' ' << name;
    };
    same("speed_kn", row.sog_ckn ? std::optional(*row.sog_ckn / 100.0) : std::nullopt);
    same("course_deg", row.cog_cdeg ? std::optional(*row.cog_cdeg / 100.0) : std::nullopt);
    same("heading_deg", row.heading_deg);
    same("nav_status", row.nav_status);
    ASSERT_EQ(got["source"].as_string(), model::to_key(row.source)) << i;
    ASSERT_EQ(got["time_quality"].as_string(), model::to_key(row.quality)) << i;
  }
}

TEST(ExchangeParquet, DuckDbFindsRowGroupsAndTheirStatistics) {
  const test::TempFolder folder;
  const auto file = (folder / "x.parquet").string();
  const auto rows = test::exchange_rows(5'000, 5);
  WriterOptions options;
  options.row_group_rows = 1'024;
  std::ofstream(file, std::ios::binary) << exported(Format::kParquet, rows, options);
  const auto answer = duckdb(
      "SELECT count(DISTINCT row_group_id)::INT AS groups, min(compression) AS codec,"
      " min(CASE WHEN path_in_schema = 'nav_status' THEN stats_min_value::INT END) AS least,"
      " max(CASE WHEN path_in_schema = 'nav_status' THEN stats_max_value::INT END) AS most,"
      " sum(CASE WHEN path_in_schema = 'nav_status' THEN stats_null_count END)::INT AS absent,"
      " (SELECT count(*)::INT FROM read_parquet('" +
      file +
      "') WHERE nav_status >= 14) AS found"
      " FROM parquet_metadata('" +
      file + "')");
  if (!answer) GTEST_SKIP() << "DuckDB is not installed: ./dev test fetches it";
  const auto& got = answer->items().at(0);
  const auto number = [&](auto fits) {
    return std::int64_t(std::count_if(rows.begin(), rows.end(), fits));
  };
  EXPECT_EQ(got["groups"].as_int(), 5);
  EXPECT_EQ(got["codec"].as_string(), "ZSTD");
  EXPECT_EQ(got["least"].as_int(), 0);
  EXPECT_EQ(got["most"].as_int(), 15);
  EXPECT_EQ(got["absent"].as_int(), number([](const Fix& r) { return !r.nav_status; }));
  EXPECT_EQ(got["found"].as_int(), number([](const Fix& r) { return r.nav_status >= 14; }));
}

TEST(ExchangeExport, TracksSpansBoxesLimitsAndStops) {
  const test::TempFolder folder;
  Archive archive({folder / "tracks.db", {}});
  auto rows = test::exchange_rows(4'000, 6);
  std::uint64_t offset = 0;
  for (const auto& row : rows) archive.append(row, ++offset);
  archive.advance(offset, true);
  ASSERT_TRUE(archive.wait_applied(offset, base::Duration(60'000)));
  ExportWish wish{base::kDistantPast, base::kDistantFuture, {}, {}};
  const auto run = [&](const GoOn& go_on = [](std::uint64_t) { return true; }) {
    std::string out;
    const auto writer = make_writer(Format::kCsv, [&](std::string_view bytes) { out += bytes; });
    return std::pair(export_rows(archive, wish, *writer, go_on), out);
  };
  EXPECT_EQ(run().second, exported(Format::kCsv, rows)) << "everything, by track and time";
  const auto track = rows[1'000].track;
  const auto middle = rows[1'000].time;
  wish.tracks = {{track, middle, base::kDistantFuture},
                 {track, base::kDistantPast, middle},
                 {track, middle - base::Duration(5'000), middle + base::Duration(5'000)}};
  std::vector<Fix> expected;
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(expected),
               [&](const Fix& row) { return row.track == track; });
  EXPECT_EQ(run().second, exported(Format::kCsv, expected)) << "spans that meet are one";
  wish.box = geo::Box{-180, 0, 180, 90};
  std::erase_if(expected, [](const Fix& row) { return row.position.lat < 0; });
  EXPECT_EQ(run().second, exported(Format::kCsv, expected));
  wish.limit = 10;
  EXPECT_TRUE(run().first.cut);
  EXPECT_EQ(run().first.rows, 10u);
  wish.limit = expected.size();
  EXPECT_FALSE(run().first.cut);
  const auto stopped = run([](std::uint64_t done) { return done < 5; });
  EXPECT_TRUE(stopped.first.stopped);
  EXPECT_EQ(stopped.first.rows, 5u);
}
