// SPDX-License-Identifier: Apache-2.0
// Retention: when a record may go, who may let it go, and that nothing of its content is left in
// any table of the database.
#include "registry/retention.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "registry/change_feed.hpp"
#include "registry/discussion.hpp"
#include "registry/search.hpp"
#include "support/records_fixture.hpp"
#include "support/written_registers.hpp"

using namespace jinglue;
using namespace jinglue::registry;
using base::Code;
using base::Json;
using test::field;

namespace {

const std::string kStates = R"(
[[states]]
key = "open"
zh = "在办"
en = "Open"
[[states]]
key = "closed"
zh = "办结"
en = "Closed"
final = true
[[transitions]]
key = "close"
zh = "办结"
en = "Close"
from = ["open"]
to = "closed"
)";

std::string retention(const std::string& more) {
  return "\n[retention]\nyears = 10\nthen = \"propose\"\nbasis = \"保管期限表\"\nsource = \"test, "
         "2024-05-01\"\nconfidence = \"memory\"\n" +
         more + "\n";
}

test::WrittenRegisters registers() {
  test::WrittenRegisters w;
  w.put("dossier", "title = \"name\"\nnumber = \"AJ-{n:4}\"\n" +
                       field("name", "text", "searched = true") +
                       field("about", "links", "link = \"dossier\"") + kStates +
                       retention("from_next_year = true"));
  w.put("permit", "title = \"name\"\n" + field("name", "text") + field("ended", "date") +
                      retention("field = \"ended\""));
  w.put("kept", "title = \"name\"\n" + field("name", "text"));
  return w;
}

class Retention : public ::testing::Test {
 protected:
  Retention() : w(registers()), f(w.folder()) {}
  static base::Instant day(const char* iso) { return *base::parse_iso(iso); }
  Record make(const char* register_id, Json fields, const char* at) {
    f.now = day(at);
    auto made = f.registry().create(register_id, fields, f.by(f.program));
    if (!made) throw std::runtime_error(made.error().text());
    return *made;
  }
  /// Made in 2010, closed on 5 May 2011: kept until the end of 2021.
  Record closed_dossier(const std::string& name, const std::vector<std::string>& about = {}) {
    Json links = Json::array();
    for (const auto& id : about) links.push(id);
    auto made = make("dossier", Json::object({{"name", name}, {"about", std::move(links)}}),
                     "2010-03-01T00:00:00Z");
    f.now = day("2011-05-05T04:00:00Z");
    auto done =
        f.registry().transition("dossier", made.id, "close", Json::object(), f.by(f.program));
    if (!done) throw std::runtime_error(done.error().text());
    return *done;
  }
  RetentionDesk desk() { return {f.access(), f.registry()}; }
  std::vector<std::string> due(const char* register_id, const char* at) {
    const auto list = desk().due(f.admin, register_id, day(at), 100);
    if (!list) throw std::runtime_error(list.error().text());
    std::vector<std::string> out;
    for (const auto& one : *list) out.push_back(one.id + " " + one.since + " " + one.due);
    return out;
  }
  base::Result<Tombstone> dispose(const Record& r, const char* at, const std::string& reason,
                                  const access::Actor& by) {
    f.now = day(at);
    return desk().dispose(r.register_id, r.id, reason, f.by(by));
  }
  /// Every text and blob of every table that holds it, as TABLE.COLUMN; the audit log apart.
  std::vector<std::string> places_of(const std::string& text) {
    return f.registry().records().read([&](store::Db& db) {
      std::vector<std::string> tables, out;
      auto names = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'");
      while (names.step()) tables.push_back(names.text(0));
      for (const auto& table : tables) {
        if (table.starts_with("access_audit")) continue;
        auto columns = db.prepare("SELECT name FROM pragma_table_info('" + table + "')");
        while (columns.step()) {
          const std::string column = columns.text(0);
          if (table.starts_with("s_") && !table.ends_with("_data")) continue;  // virtual
          auto hit = db.prepare("SELECT 1 FROM \"" + table + "\" WHERE INSTR(CAST(\"" + column +
                                "\" AS TEXT), ?) > 0 LIMIT 1");
          if (hit.bind(1, std::string_view(text)).step()) out.push_back(table + "." + column);
        }
      }
      return out;
    });
  }
  test::WrittenRegisters w;
  test::RecordsFixture f;
};

using Lines = std::vector<std::string>;

TEST_F(Retention, EndsAfterWholeYearsOrWithTheYearThatFollows) {
  RetentionRule rule;
  rule.years = 10;
  EXPECT_EQ(retention_ends(rule, "2011-05-05"), "2021-05-05");
  EXPECT_EQ(retention_ends(rule, "2012-02-29"), "2022-03-01");
  rule.years = 4;
  EXPECT_EQ(retention_ends(rule, "2012-02-29"), "2016-02-29");
  rule.from_next_year = true;
  EXPECT_EQ(retention_ends(rule, "2012-02-29"), "2017-01-01");
}

TEST_F(Retention, RecordsAreDueFromTheDayAfterTheirTimeOnAndNotBefore) {
  const auto old = closed_dossier("甲案");
  make("dossier", Json::object({{"name", "在办案"}}), "2010-03-01T00:00:00Z");
  EXPECT_EQ(due("dossier", "2021-12-31T12:00:00Z"), Lines{});
  EXPECT_EQ(due("dossier", "2022-01-01T12:00:00Z"), Lines{old.id + " 2011-05-05 2022-01-01"});

  const auto permit = make("permit", Json::object({{"name", "证"}, {"ended", "2012-02-29"}}),
                           "2010-03-01T00:00:00Z");
  make("permit", Json::object({{"name", "无期"}}), "2010-03-01T00:00:00Z");
  EXPECT_EQ(due("permit", "2022-02-28T12:00:00Z"), Lines{});
  EXPECT_EQ(due("permit", "2022-03-01T12:00:00Z"), Lines{permit.id + " 2012-02-29 2022-03-01"});
}

TEST_F(Retention, ARemovedRecordIsKeptFromItsRemoval) {
  auto made = make("dossier", Json::object({{"name", "误录"}}), "2010-03-01T00:00:00Z");
  f.now = day("2012-06-01T00:00:00Z");
  ASSERT_TRUE(f.registry().remove("dossier", made.id, 1, f.by(f.program)));
  EXPECT_EQ(due("dossier", "2022-12-31T12:00:00Z"), Lines{});
  EXPECT_EQ(due("dossier", "2023-01-01T12:00:00Z").size(), 1u);
  EXPECT_TRUE(dispose(made, "2023-01-02T00:00:00Z", "到期", f.admin));
  EXPECT_EQ(due("dossier", "2023-01-03T12:00:00Z"), Lines{});
}

TEST_F(Retention, NothingOfTheContentIsLeftButNumberAndReason) {
  const auto other = closed_dossier("乙案");
  const auto r = closed_dossier("名中有珊瑚的案", {other.id});
  f.now = day("2011-05-06T00:00:00Z");
  ASSERT_TRUE(Discussion(f.access(), f.registry()).comment(r, "谈到珊瑚", f.by(f.duty, "k1")));
  // The same request with a key: its answer is kept for a while.
  f.now = day("2021-12-30T00:00:00Z");
  const auto repeated = f.registry().create(
      "dossier", Json::object({{"name", "新案"}, {"about", Json::array({r.id})}}),
      f.by(f.program, "k2"));
  ASSERT_TRUE(repeated) << repeated.error().text();
  ASSERT_FALSE(places_of("珊瑚").empty());

  const auto done = dispose(r, "2022-01-02T00:00:00Z", " 保管期满，鉴定小组同意销毁 ", f.admin);
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_EQ(done->number, r.number);
  EXPECT_EQ(done->by, "admin");
  EXPECT_EQ(done->reason, "保管期满，鉴定小组同意销毁");
  EXPECT_EQ(done->basis, "保管期限表");
  EXPECT_EQ(places_of("珊瑚"), Lines{});
  EXPECT_EQ(places_of(other.id + "\"]"), Lines{}) << "nor what it linked to";

  const auto left = f.registry().find("dossier", r.id);
  ASSERT_TRUE(left);
  EXPECT_TRUE(left->removed);
  EXPECT_EQ(left->number, r.number);
  EXPECT_EQ(left->fields, Json::object());
  EXPECT_TRUE(f.registry().history("dossier", r.id).empty());
  EXPECT_TRUE(search(f.registry(), f.duty, "珊瑚", 10).empty());
  EXPECT_EQ(f.registry().find("dossier", other.id)->fields["name"].as_string(), "乙案");
  EXPECT_EQ(f.registry().records().check(), "");

  const auto gone = desk().disposed(f.admin, "dossier", 10);
  ASSERT_TRUE(gone);
  ASSERT_EQ(gone->size(), 1u);
  EXPECT_EQ(to_json(gone->front()), to_json(*done));
  const auto lines = f.access().audit_lines(0, 50);
  const auto line = std::find_if(lines.begin(), lines.end(),
                                 [](const auto& l) { return l.action == "record.dispose"; });
  ASSERT_NE(line, lines.end());
  EXPECT_EQ(line->actor, "admin");
  EXPECT_EQ(line->detail["number"].as_string(), r.number);
  EXPECT_EQ(line->detail["reason"].as_string(), done->reason);
  EXPECT_TRUE(f.access().verify_audit());
}

TEST_F(Retention, WhoKeepsACopyLearnsThatItIsGone) {
  const auto r = closed_dossier("丙案");
  const auto seen = last_change(f.registry());
  ASSERT_TRUE(dispose(r, "2022-01-02T00:00:00Z", "到期", f.admin));
  const auto page = changes_for(f.registry(), f.duty, seen, 10, {});
  ASSERT_EQ(page.items.size(), 1u);
  EXPECT_EQ(page.items[0].kind, SeenChange::Kind::kRemoved);
  const auto all = changes_for(f.registry(), f.duty, 0, 10, {});
  for (const auto& change : all.items) EXPECT_EQ(change.change.fields, Json::object());
}

TEST_F(Retention, IsOnlyForAdministratorsWithAReasonWhenItIsTime) {
  const auto r = closed_dossier("丁案");
  const auto code = [&](const base::Result<Tombstone>& got) {
    return got ? std::optional<Code>() : std::optional<Code>(got.error().code);
  };
  const char* time = "2022-01-02T00:00:00Z";
  EXPECT_EQ(code(dispose(r, time, "到期", f.leader)), Code::kForbidden);
  EXPECT_EQ(code(dispose(r, time, "到期",
                         test::person("far", access::Role::kAdministrator, "rongcheng"))),
            Code::kForbidden);
  EXPECT_EQ(code(dispose(r, time, "  ", f.admin)), Code::kMalformed);
  EXPECT_EQ(code(dispose(r, "2021-12-31T00:00:00Z", "到期", f.admin)), Code::kConflict);
  const auto open = make("dossier", Json::object({{"name", "未结"}}), "2010-01-01T00:00:00Z");
  EXPECT_EQ(code(dispose(open, time, "到期", f.admin)), Code::kConflict);
  EXPECT_EQ(code(desk().dispose("dossier", "0190", "到期", f.by(f.admin))), Code::kMissing);
  EXPECT_EQ(code(desk().dispose("kept", r.id, "到期", f.by(f.admin))), Code::kMissing);
  EXPECT_FALSE(desk().due(f.leader, "dossier", f.now, 10));
  EXPECT_FALSE(desk().disposed(f.leader, "dossier", 10));
  EXPECT_EQ(f.registry().find("dossier", r.id)->fields["name"].as_string(), "丁案");

  const auto first = dispose(r, time, "到期", f.admin);
  ASSERT_TRUE(first) << first.error().text();
  const auto again = dispose(r, "2022-02-02T00:00:00Z", "又一次", f.admin);
  ASSERT_TRUE(again);
  EXPECT_EQ(to_json(*again), to_json(*first)) << "what was done is told again, not done again";
}

std::vector<std::string> mistakes(const std::string& more) {
  test::WrittenRegisters w;
  w.put("bad", "title = \"name\"\n" + field("name", "text") + more);
  try {
    const test::RecordsFixture f(w.folder());
  } catch (const base::WorldError& e) {
    return {e.what()};
  }
  return {};
}

TEST(RetentionReading, MistakesAreTold) {
  const auto has = [](const std::vector<std::string>& told, const char* text) {
    return told.size() == 1 && told[0].find(text) != std::string::npos;
  };
  EXPECT_TRUE(has(mistakes(retention("")), "nothing closes a record"));
  EXPECT_TRUE(has(mistakes(retention("field = \"name\"")), "no field of type date"));
  const std::string ends = field("ends", "date");
  EXPECT_TRUE(mistakes(ends + retention("field = \"ends\"")).empty());
  EXPECT_TRUE(has(mistakes(ends + "\n[retention]\nyears = 0\nfield = \"ends\"\nbasis = "
                                  "\"b\"\nsource = \"s\"\nconfidence = \"sure\"\nthen = "
                                  "\"delete\"\n"),
                  "1 to 200 years"));
  EXPECT_TRUE(has(mistakes(ends + "\n[retention]\nyears = 5\nfield = \"ends\"\nbasis = \"b\"\n"
                                  "source = \"s\"\nconfidence = \"high\"\nthen = \"delete\"\n"),
                  "never disposed of by themselves"));
}

}  // namespace
