// SPDX-License-Identifier: Apache-2.0
#include "registry/import.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fstream>
#include <sstream>

#include "base/charset.hpp"
#include "support/records_fixture.hpp"
#include "support/written_registers.hpp"

using namespace jinglue;
using namespace jinglue::registry;
using base::Code;
using base::Json;

namespace {

class ImportTest : public ::testing::Test {
 protected:
  Registry& reg() { return f.registry(); }
  ImportReport import(const std::string& csv, const ImportOptions& options = {}) {
    const auto report = import_csv(reg(), "vessel", csv, options, f.by(f.leader));
    if (!report) throw std::runtime_error(report.error().text());
    return *report;
  }
  std::uint64_t count(const std::string& id = "vessel") { return reg().list(id, {})->total; }

  test::RecordsFixture f;
};

constexpr const char* kVessels =
    "\xEF\xBB\xBF"
    "船名,Side number,kind,作业类型,length_m,terminals,note\r\n"
    "鲁荣渔50001,鲁荣渔50001,捕捞渔船,T;刺网,24.5,mmsi:412000001;beidou:50001,\"一,"
    "\"\"二\"\"\n三\"\r\n"
    "演练辅1,,auxiliary,,,mmsi:412000002@2024-01-01T00:00:00Z/,\r\n";

}  // namespace

TEST_F(ImportTest, ColumnsByKeyOrNameAndAllFormsOfCells) {
  const auto report = import(kVessels);
  EXPECT_EQ(report.created, 2u);
  EXPECT_TRUE(report.written);
  const auto v = reg().find_by("vessel", "side_number", "鲁荣渔50001");
  ASSERT_TRUE(v);
  EXPECT_EQ(v->fields["kind"].as_string(), "fishing");
  EXPECT_EQ(v->fields["gears"].dump(), R"(["C","T"])");
  EXPECT_EQ(v->fields["length_m"].as_double(), 24.5);
  EXPECT_EQ(v->fields["note"].as_string(), "一,\"二\"\n三");
  EXPECT_EQ(v->fields["terminals"].items().size(), 2u);
  EXPECT_EQ(v->created_by, "leader");
}

TEST_F(ImportTest, ADryRunReportsEveryRowAndWritesNothing) {
  ImportOptions options;
  options.dry_run = true;
  const auto report = import(
      "name,side_number,kind,length_m\na,S1,fishing,10\nb,S1,fishing,10\n,S3,fishing,\n"
      "d,S4,boat,ten\n",
      options);
  EXPECT_FALSE(report.written);
  EXPECT_EQ(count(), 0u);
  ASSERT_EQ(report.rows.size(), 4u);
  EXPECT_EQ(report.rows[0].result, ImportRow::Result::kCreated);
  EXPECT_TRUE(report.rows[0].id.empty());
  EXPECT_EQ(report.rows[1].result, ImportRow::Result::kChanged) << "S1 was just made";
  EXPECT_EQ(report.rows[2].errors.at(0).where, "name");
  EXPECT_EQ(report.rows[2].line, 4u);
  ASSERT_EQ(report.rows[3].errors.size(), 2u) << "all mistakes of a row";
  EXPECT_EQ(report.rows[3].errors[1].where, "length_m");
  EXPECT_EQ(report.refused, 2u);
  EXPECT_EQ(report.to_json()["rows"].items().size(), 4u);
  EXPECT_TRUE(f.access().audit_lines(INT64_MAX, 10).empty());
}

TEST_F(ImportTest, OneBadRowKeepsAllOutUnlessAskedOtherwise) {
  const std::string csv = "name,kind\na,fishing\nb,boat\n";
  EXPECT_FALSE(import(csv).written);
  EXPECT_EQ(count(), 0u);
  ImportOptions options;
  options.skip_bad_rows = true;
  const auto report = import(csv, options);
  EXPECT_TRUE(report.written);
  EXPECT_EQ(report.created, 1u);
  EXPECT_EQ(report.refused, 1u);
  EXPECT_EQ(count(), 1u);
}

TEST_F(ImportTest, TheSameFileAgainChangesNothingAndAnEditedOneOnlyItsFields) {
  import("name,side_number,kind,owner\na,S1,fishing,甲\nb,S2,fishing,乙\n");
  const auto again = import("name,side_number,kind,owner\na,S1,fishing,甲\nb,S2,fishing,乙\n");
  EXPECT_EQ(again.unchanged, 2u);
  const auto edited = import("side_number,owner,length_m\nS1,丙,\nS2,,12\n");
  EXPECT_EQ(edited.changed, 2u);
  const auto v = reg().find_by("vessel", "side_number", "S2");
  EXPECT_EQ(v->fields["owner"].as_string(), "乙") << "an empty cell leaves the value";
  EXPECT_EQ(v->fields["length_m"].as_int(), 12);
  EXPECT_EQ(count(), 2u);
}

TEST_F(ImportTest, FilesThatCannotBeReadAreRefusedWhole) {
  const auto code = [&](const std::string& csv, const ImportOptions& options = {}) {
    const auto r = import_csv(reg(), "vessel", csv, options, f.by(f.leader));
    return r ? "" : r.error().text();
  };
  EXPECT_NE(code("").find("heading"), std::string::npos);
  EXPECT_NE(code("name,colour\na,b\n").find("colour"), std::string::npos);
  EXPECT_NE(code("name,船名\na,b\n").find("two columns"), std::string::npos);
  EXPECT_NE(code("\xFF\xFF\x80\x81\n").find("UTF-8"), std::string::npos);
  EXPECT_NE(code("name\n\"a\n").find("line 2"), std::string::npos);
  EXPECT_NE(code("name,kind\na,fishing,3\n").size(), 1u);
  ImportOptions left;
  left.mapping = {{"colour", ""}};
  EXPECT_EQ(code("name,kind,colour,id\na,fishing,b,c\n", left), "");
  ImportOptions match;
  match.match = "colour";
  EXPECT_NE(code("name\na\n", match).find("colour"), std::string::npos);
  EXPECT_EQ(import_csv(reg(), "boat", "a\n", {}, f.by(f.leader)).error().code, Code::kUnknown);
  EXPECT_EQ(import_csv(reg(), "vessel", "name\na\n", {}, f.by(f.clerk)).error().code,
            Code::kForbidden);
}

TEST_F(ImportTest, FilesOfChineseSpreadsheetsAreReadInTheirEncoding) {
  const auto bytes =
      base::Charset("GB18030", "UTF-8")
          .convert("船名,kind,备注\n鲁荣渔,fishing,这是一条在石岛的渔船，已经检查\n");
  ASSERT_TRUE(bytes);
  ASSERT_FALSE(base::is_utf8(*bytes));
  EXPECT_EQ(import(*bytes).created, 1u);
  EXPECT_EQ(reg().list("vessel", {})->items.at(0).fields["name"].as_string(), "鲁荣渔");
}

TEST_F(ImportTest, ARowThatNamesItsRecordChangesThatOne) {
  import("name,kind\n甲,fishing\n乙,fishing\n");
  const auto all = reg().list("vessel", {})->items;
  const auto report = import("id,name\n" + all[1].id + ",丙\n");
  EXPECT_EQ(report.changed, 1u);
  EXPECT_EQ(reg().find("vessel", all[1].id)->fields["name"].as_string(), "丙");
  const auto lost = import("id,name\n00000000-0000-7000-8000-000000000000,丁\n");
  EXPECT_EQ(lost.refused, 1u) << "never made anew under another id";
  EXPECT_EQ(lost.rows[0].columns.at(0), "id");
  ImportOptions fresh;
  fresh.match = "new";
  EXPECT_EQ(import("id,name,kind\n" + all[1].id + ",戊,fishing\n", fresh).created, 1u);
}

TEST_F(ImportTest, TimesWithoutAZoneAreReadInTheOneThatWasChosen) {
  import("name,side_number,kind\n甲,S1,fishing\n");
  const std::string csv =
      "kind,vessel,rules,from,to,document\nrepair,S1,moratorium,2024-05-01 08:00,"
      "2024/5/2 08:00:30,文1\n";
  const auto bad = import_csv(reg(), "exemption", csv, {}, f.by(f.leader));
  ASSERT_TRUE(bad) << bad.error().text();
  EXPECT_EQ(bad->rows.at(0).columns, (std::vector<std::string>{"from", "to"}));
  ImportOptions options;
  options.zone = "Asia/Shanghai";
  const auto good = import_csv(reg(), "exemption", csv, options, f.by(f.leader));
  ASSERT_TRUE(good && good->created == 1u) << good->to_json().dump();
  EXPECT_EQ(reg().find("exemption", good->rows[0].id)->fields["to"].as_string(),
            "2024-05-02T00:00:30.000Z");
}

TEST_F(ImportTest, AnImportThatIsEndedWritesNothing) {
  std::string csv = "name,kind\n";
  for (int i = 0; i < 2000; ++i) csv += "v" + std::to_string(i) + ",fishing\n";
  for (const std::size_t stop : {500u, 1500u, 2500u, 4000u}) {
    ImportOptions options;
    std::size_t all_of = 0;
    options.progress = [&](std::size_t done, std::size_t all) {
      all_of = all;
      return done < stop;
    };
    const auto report = import(csv, options);
    EXPECT_TRUE(report.cancelled);
    EXPECT_FALSE(report.written);
    EXPECT_EQ(count(), 0u);
    EXPECT_EQ(all_of, 4000u) << "read, then written";
  }
}

TEST_F(ImportTest, LinksAreFoundByWhatPeopleWrite) {
  import("name,side_number,kind\n甲,S1,fishing\n乙,S2,fishing\n乙,S3,fishing\n");
  const std::string head = "kind,vessel,rules,from,to,document\n";
  const std::string tail =
      ",moratorium;home_port,2024-05-01T00:00:00+08:00,2024-05-02T00:00:00+08:00,文1\n";
  const auto with = [&](const std::string& vessel) {
    const auto report =
        import_csv(reg(), "exemption", head + "repair," + vessel + tail, {}, f.by(f.leader));
    return report->rows.at(0);
  };
  EXPECT_EQ(with("S1").result, ImportRow::Result::kCreated);
  EXPECT_EQ(with("甲").result, ImportRow::Result::kCreated);
  EXPECT_EQ(with("乙").errors.at(0).code, Code::kConflict);
  EXPECT_EQ(with("丙").errors.at(0).code, Code::kMissing);
}

TEST(Import, ALinkToARecordThatThePersonDoesNotSeeIsOneThatIsNotThere) {
  using test::field;
  test::WrittenRegisters w;
  w.put("boat", "title = \"name\"\ndistrict = \"district\"\n" + field("name", "text") +
                    field("district", "text") +
                    field("engine", "text", "unique = true\nvisible_to = [\"leader\"]"));
  w.put("permit", "title = \"name\"\n" + field("name", "text") +
                      field("boat", "link", "link = \"boat\"") +
                      field("others", "links", "link = \"boat\""));
  test::RecordsFixture f(w.folder());
  auto& reg = f.registry();
  const auto boat = [&](const char* name, const char* district, const char* engine) {
    return reg
        .create("boat", Json::object({{"name", name}, {"district", district}, {"engine", engine}}),
                f.by(f.program))
        ->id;
  };
  const auto far = boat("甲", "rushan", "E1");
  const auto near = boat("乙", "rongcheng", "E2");
  const auto lead = test::person("lead", access::Role::kDutyLeader, "rongcheng");
  const auto with = [&](const std::string& link) -> std::string {
    const auto report = import_csv(reg, "permit", "name,boat\na," + link + "\n", {}, f.by(lead));
    const auto& row = report->rows.at(0);
    return row.errors.empty() ? "" : row.errors.front().text();
  };
  const std::string unknown = "01902f6c-7d2a-7c4e-8a50-0123456789ab";
  EXPECT_EQ(with("乙"), "");
  EXPECT_EQ(with(near), "");
  EXPECT_NE(with("甲").find("'甲' names no record of boat"), std::string::npos);
  EXPECT_NE(with("E2").find("'E2' names no record of boat"), std::string::npos)
      << "nor is one found by a field that the person does not see";
  std::string asked = with(far);
  EXPECT_NE(asked.find("no record of 'boat' has the id"), std::string::npos) << asked;
  asked.replace(asked.find(far), far.size(), unknown);
  EXPECT_EQ(asked, with(unknown)) << "the same words as for one that is not there";
  // The same by hand; what the record links to already stays.
  const auto made = reg.create("permit", Json::object({{"name", "b"}, {"boat", far}}), f.by(lead));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Code::kMissing);
  const auto held = reg.create(
      "permit", Json::object({{"name", "b"}, {"others", Json::array({far})}}), f.by(f.program));
  const auto more = reg.patch("permit", held->id, 1,
                              Json::object({{"others", Json::array({far, near})}}), f.by(lead));
  EXPECT_TRUE(more) << more.error().text();
}

TEST_F(ImportTest, TheShippedOrganisationUnitsCanBeImported) {
  std::ifstream in(std::string(JINGLUE_SOURCE_DIR) + "/data/organisation_units.csv");
  std::stringstream all;
  all << in.rdbuf();
  const auto report = import_csv(reg(), "organisation_unit", all.str(), {}, f.by(f.admin));
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(report->created, 9u) << report->to_json().dump();
  EXPECT_EQ(reg().find_by("organisation_unit", "key", "rongcheng")->fields["name"].as_string(),
            "荣成市");
}

TEST_F(ImportTest, GeoJsonFeaturesBecomeRecords) {
  const std::string text = R"({"type":"FeatureCollection","features":[
    {"type":"Feature","properties":{"title":"巡查线索","来源":"x","线索来源":"patrol",
     "begin":"2024-05-01T04:00:00Z"},"geometry":{"type":"Point","coordinates":[122.5,37.1]}},
    {"type":"Feature","properties":{"title":"b","source":"巡查发现",
     "begin":"2024-05-01T04:00:00Z"},"geometry":{"type":"Point","coordinates":[122.5,37.1]}}]})";
  ImportOptions options;
  options.skip_bad_rows = true;
  const auto report = import_geojson(reg(), "case", text, options, f.by(f.leader));
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(report->rows[0].errors.at(0).where, "来源");
  ASSERT_EQ(report->created, 1u);
  EXPECT_EQ(reg().find("case", report->rows[1].id)->fields["place"].dump(),
            R"({"type":"Point","coordinates":[122.5,37.1]})");
}

TEST_F(ImportTest, TextThatASpreadsheetWouldRunIsGuardedAndComesBackExactly) {
  import(
      "name,side_number,kind,length_m,note\n\"=HYPERLINK(\"\"http://x\"\")\",S1,fishing,12.5,'=x\n"
      "b,+86,fishing,10,-1\n");
  const auto before = reg().find_by("vessel", "side_number", "S1");
  ASSERT_TRUE(before);
  EXPECT_EQ(before->fields["note"].as_string(), "=x") << "a guard in the file is taken off";
  const auto csv = export_csv(reg(), "vessel", {}, f.by(f.leader).actor);
  ASSERT_TRUE(csv) << csv.error().text();
  EXPECT_NE(csv->find("\"'=HYPERLINK("), std::string::npos) << *csv;
  EXPECT_NE(csv->find("'+86"), std::string::npos) << *csv;
  EXPECT_NE(csv->find("'-1"), std::string::npos) << *csv;
  EXPECT_EQ(csv->find("'12.5"), std::string::npos) << "numbers stay numbers";
  const auto again = import(*csv);
  EXPECT_EQ(again.unchanged, 2u);
  EXPECT_EQ(again.changed + again.created + again.refused, 0u);
}

RC_GTEST_PROP(Export, ReadsBackWithoutLoss, ()) {
  static test::RecordsFixture from;
  static test::RecordsFixture into;
  const auto text = rc::gen::map(
      rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab1,;\"'@/[]{}=+-"))),
      [](std::string t) { return t.substr(0, 40); });
  const std::string mark = "V" + std::to_string(from.now.ms);
  Json fields = Json::object({{"kind", "fishing"}, {"side_number", mark}});
  fields.set("name", mark + *text);
  fields.set("owner", *text);
  fields.set("note", *text + "\n" + *text);
  fields.set("length_m", *rc::gen::inRange(100, 5000) / 100.0);
  fields.set("wind_rating_bft", *rc::gen::inRange(0, 13));
  if (*rc::gen::arbitrary<bool>()) fields.set("gears", Json::array({"T", "D"}));
  fields.set("groups", Json::array({"g-" + std::to_string(*rc::gen::inRange(0, 9)), "a.b"}));
  Json terminals = Json::array();
  for (const int n : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 999))) {
    Json row = Json::object({{"terminal", "mmsi:" + std::to_string(412000000 + n)}});
    if (n % 2 == 0) row.set("from", "2024-01-01T00:00:00Z");
    if (n % 3 == 0) row.set("to", "2024-06-01T00:00:00.5Z");
    terminals.push(std::move(row));
  }
  fields.set("terminals", std::move(terminals));
  const auto made = from.registry().create("vessel", fields, from.by(from.duty));
  RC_ASSERT(made.has_value());
  Query query;
  query.equals = {{"side_number", mark}};
  const auto csv = export_csv(from.registry(), "vessel", query, from.duty);
  RC_ASSERT(csv.has_value());
  const auto report = import_csv(into.registry(), "vessel", *csv, {}, into.by(into.leader));
  RC_ASSERT(report.has_value());
  RC_ASSERT(report->created == 1u);
  RC_ASSERT(into.registry().find("vessel", report->rows.at(0).id)->fields == made->fields);
}
