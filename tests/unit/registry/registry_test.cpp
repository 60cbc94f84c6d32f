// SPDX-License-Identifier: Apache-2.0
#include "registry/registry.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

#include "base/ids.hpp"
#include "support/records_fixture.hpp"

using namespace jinglue;
using namespace jinglue::registry;
using access::Role;
using base::Code;
using base::Json;

namespace {

Json json(const std::string& text) {
  auto value = base::parse_json(text);
  EXPECT_TRUE(value) << text;
  return value ? *value : Json();
}

class RegistryTest : public ::testing::Test {
 protected:
  Registry& reg() { return f.registry(); }
  Record vessel(const std::string& fields = R"({"name":"演练001","kind":"fishing"})") {
    const auto record = reg().create("vessel", json(fields), f.by(f.duty));
    if (!record) throw std::runtime_error(record.error().text());
    return *record;
  }
  std::size_t audit_count() { return f.access().audit_lines(INT64_MAX, 10'000).size(); }

  test::RecordsFixture f;
};

}  // namespace

TEST_F(RegistryTest, OldIdempotencyKeysAreForgottenSlowly) {
  const auto keys = [&] {
    return f.database().read([](store::Db& db) {
      auto row = db.prepare("SELECT COUNT(*) FROM record_request");
      row.step();
      return row.integer(0);
    });
  };
  const Json fields = json(R"({"name":"演练001","kind":"fishing"})");
  const auto first = reg().create("vessel", fields, f.by(f.duty, "first"));
  for (int i = 0; i < 60; ++i) {
    ASSERT_TRUE(reg().create("vessel", fields, f.by(f.duty, "key" + std::to_string(i))));
  }
  EXPECT_EQ(keys(), 61);
  f.now = f.now + std::chrono::hours(24 * 7) - std::chrono::minutes(5);
  EXPECT_EQ(reg().create("vessel", fields, f.by(f.duty, "first"))->id, first->id);
  ASSERT_TRUE(reg().create("vessel", fields, f.by(f.duty, "late")));
  EXPECT_EQ(keys(), 62) << "none is a week old";
  f.now = f.now + std::chrono::hours(1);
  for (const auto* key : {"a", "b", "c", "d"}) {
    ASSERT_TRUE(reg().create("vessel", fields, f.by(f.duty, key)));
  }
  EXPECT_EQ(keys(), 5) << "those of the last week";
  EXPECT_NE(reg().create("vessel", fields, f.by(f.duty, "first"))->id, first->id);
}

TEST_F(RegistryTest, ARecordIsKeptAcrossAReopenWithAllTypes) {
  const auto made = vessel(R"({"name":" 鲁荣渔51234 ","side_number":"鲁荣渔51234","kind":"fishing",
    "gears":["T","C"],"length_m":24.5,"power_kw":220,"wind_rating_bft":7,"home_port":"shidao",
    "district":"rongcheng","flag":"CN","groups":["pilot"],"note":"一行\n二行",
    "terminals":[{"terminal":"mmsi:412345678","from":"2024-01-01T08:00:00+08:00"}]})");
  EXPECT_EQ(made.revision, 1);
  EXPECT_EQ(made.created_by, "duty");
  EXPECT_EQ(made.fields["name"].as_string(), "鲁荣渔51234");
  EXPECT_EQ(made.fields["gears"].dump(), R"(["C","T"])");
  EXPECT_EQ(made.fields["terminals"].dump(),
            R"([{"terminal":"mmsi:412345678","from":"2024-01-01T00:00:00.000Z"}])");
  f.open();
  const auto read = reg().find("vessel", made.id);
  ASSERT_TRUE(read);
  EXPECT_EQ(to_json(*read), to_json(made));
  EXPECT_EQ(to_json(record_from_json(*base::parse_json(to_json(made).dump()))), to_json(made));
  EXPECT_EQ(reg().find_by("vessel", "terminals", "mmsi:412345678")->id, made.id);
  EXPECT_EQ(reg().find_by("vessel", "side_number", "鲁荣渔51234")->id, made.id);
  EXPECT_FALSE(reg().find_by("vessel", "side_number", "鲁荣渔5123"));
}

TEST_F(RegistryTest, MistakesNameTheFieldAndLeaveNoTrace) {
  const auto lines = audit_count();
  const auto refused = [&](const char* fields, Code code, const char* where) {
    const auto r = reg().create("vessel", json(fields), f.by(f.duty));
    ASSERT_FALSE(r) << fields;
    EXPECT_EQ(r.error().code, code) << r.error().text();
    EXPECT_EQ(r.error().where, where) << r.error().text();
  };
  refused(R"({"kind":"fishing"})", Code::kMissing, "name");
  refused(R"({"name":"a","kind":"boat"})", Code::kUnknown, "kind");
  refused(R"({"name":"a","kind":"fishing","colour":1})", Code::kUnknown, "colour");
  refused(R"({"name":"a","kind":"fishing","length_m":0.5})", Code::kOutOfRange, "length_m");
  refused(R"({"name":"a","kind":"fishing","flag":"cn"})", Code::kMalformed, "flag");
  refused(R"({"name":"a","kind":"fishing","terminals":[{"terminal":"mmsi:1"}]})", Code::kMalformed,
          "terminals[0].terminal");
  refused(R"(["name"])", Code::kMalformed, "");
  EXPECT_EQ(reg().create("boat", Json::object(), f.by(f.duty)).error().code, Code::kUnknown);
  EXPECT_EQ(reg().list("vessel", {})->total, 0u);
  EXPECT_EQ(audit_count(), lines);
  EXPECT_TRUE(reg().changes_after(0, 10).empty());
}

TEST_F(RegistryTest, LinksAndUniqueValuesAreChecked) {
  const auto v = vessel(R"({"name":"a","kind":"fishing","side_number":"S1"})");
  const auto twice = reg().create("vessel", json(R"({"name":"b","kind":"fishing",
    "side_number":"S1"})"),
                                  f.by(f.duty));
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, Code::kConflict);
  EXPECT_EQ(twice.error().where, "side_number");
  Json e = json(R"({"kind":"repair","rules":["moratorium"],"from":"2024-05-01T00:00:00Z",
    "to":"2024-05-09T00:00:00Z","document":"文〔2024〕1号"})");
  e.set("vessel", base::new_uuid7(f.now));
  EXPECT_EQ(reg().create("exemption", e, f.by(f.duty)).error().where, "vessel");
  e.set("vessel", v.id);
  const auto made = reg().create("exemption", e, f.by(f.duty));
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(made->number, "HM-2024-0001");
  EXPECT_EQ(made->state, "draft");
  e.set("to", "2024-05-01T00:00:00Z");
  EXPECT_EQ(reg().create("exemption", e, f.by(f.duty)).error().where, "to") << "to is after from";
  ASSERT_TRUE(reg().remove("vessel", v.id, v.revision, f.by(f.duty)));
  EXPECT_TRUE(reg().create("vessel", json(R"({"name":"b","kind":"fishing","side_number":"S1"})"),
                           f.by(f.duty)))
      << "a removed record gives its unique values back";
}

TEST_F(RegistryTest, DisjointFieldsMergeAndTheSameFieldConflictsWithBothValues) {
  const auto v = vessel();
  ASSERT_TRUE(reg().patch("vessel", v.id, 1, json(R"({"length_m":24.5})"), f.by(f.duty)));
  const auto merged = reg().patch("vessel", v.id, 1, json(R"({"power_kw":300})"), f.by(f.duty2));
  ASSERT_TRUE(merged) << merged.error().text();
  EXPECT_EQ(merged->revision, 3);
  EXPECT_EQ(merged->fields["length_m"].as_double(), 24.5);
  const Json mine = json(R"({"length_m":25,"note":"x"})");
  const auto conflict = reg().patch("vessel", v.id, 1, mine, f.by(f.duty2));
  ASSERT_FALSE(conflict);
  EXPECT_EQ(conflict.error().code, Code::kConflict);
  EXPECT_NE(conflict.error().message.find("24.5"), std::string::npos) << conflict.error().text();
  EXPECT_NE(conflict.error().message.find("25"), std::string::npos);
  EXPECT_NE(conflict.error().message.find("duty"), std::string::npos);
  const auto both = reg().conflicts("vessel", v.id, 1, mine);
  ASSERT_EQ(both.size(), 1u);
  EXPECT_EQ(both[0].field, "length_m");
  EXPECT_EQ(both[0].theirs.as_double(), 24.5);
  EXPECT_EQ(both[0].yours.as_int(), 25);
  EXPECT_EQ(both[0].by, "duty");
  EXPECT_EQ(reg().find("vessel", v.id)->fields["note"], Json()) << "nothing of it was written";
  EXPECT_TRUE(reg().patch("vessel", v.id, 1, json(R"({"length_m":24.5})"), f.by(f.duty2)))
      << "both want the same value";
  EXPECT_EQ(reg().find("vessel", v.id)->revision, 3) << "which changes nothing";
  EXPECT_EQ(reg().patch("vessel", v.id, 9, mine, f.by(f.duty)).error().code, Code::kOutOfRange);
  EXPECT_EQ(reg().patch("vessel", v.id, 0, mine, f.by(f.duty)).error().code, Code::kOutOfRange);
  EXPECT_EQ(reg().patch("vessel", "absent", 1, mine, f.by(f.duty)).error().code, Code::kMissing);
  EXPECT_EQ(reg().patch("vessel", v.id, 3, json(R"({"name":null})"), f.by(f.duty)).error().where,
            "name");
}

TEST_F(RegistryTest, ARepeatedKeyGetsTheFirstAnswer) {
  const Json fields = json(R"({"name":"a","kind":"fishing"})");
  const auto first = reg().create("vessel", fields, f.by(f.duty, "key-1"));
  const auto lines = audit_count();
  const auto again = reg().create("vessel", fields, f.by(f.duty, "key-1"));
  ASSERT_TRUE(first && again);
  EXPECT_EQ(to_json(*first), to_json(*again));
  EXPECT_EQ(audit_count(), lines);
  EXPECT_EQ(reg().list("vessel", {})->total, 1u);
  const auto other =
      reg().create("vessel", json(R"({"name":"b","kind":"fishing"})"), f.by(f.duty, "key-1"));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::kConflict);
  EXPECT_TRUE(reg().create("vessel", fields, f.by(f.duty2, "key-1"))) << "keys are per person";
  const auto p = reg().patch("vessel", first->id, 1, json(R"({"note":"x"})"), f.by(f.duty, "k2"));
  const auto q = reg().patch("vessel", first->id, 1, json(R"({"note":"x"})"), f.by(f.duty, "k2"));
  ASSERT_TRUE(p && q);
  EXPECT_EQ(q->revision, 2);
}

TEST_F(RegistryTest, EveryWriteHasAnAuditLineAndChangesComeInOrder) {
  std::vector<model::RecordChange> told;
  reg().on_change([&](const model::RecordChange& c) { told.push_back(c); });
  const auto v = vessel();
  ASSERT_TRUE(reg().patch("vessel", v.id, 1, json(R"({"note":"x"})"), f.by(f.clerk)));
  ASSERT_TRUE(reg().create("organisation_unit",
                           json(R"({"key":"rongcheng","name":"荣成市","kind":"district"})"),
                           f.by(f.admin)));
  ASSERT_TRUE(reg().remove("vessel", v.id, 2, f.by(f.duty)));
  ASSERT_EQ(told.size(), 4u);
  for (std::size_t i = 0; i < told.size(); ++i) EXPECT_EQ(told[i].number, std::int64_t(i) + 1);
  const auto journaled = reg().changes_after(0, 100);
  ASSERT_EQ(journaled.size(), 3u) << "organisation units do not enter the journal";
  EXPECT_EQ(journaled[0].to_json(), told[0].to_json());
  EXPECT_TRUE(journaled[2].removed);
  EXPECT_EQ(reg().changes_after(1, 1).at(0).revision, 2);
  EXPECT_TRUE(reg().changes_after(4, 10).empty());
  std::vector<std::string> actions;
  for (const auto& line : f.access().audit_lines(INT64_MAX, 100)) actions.push_back(line.action);
  std::reverse(actions.begin(), actions.end());
  EXPECT_EQ(actions, (std::vector<std::string>{"record.create", "record.patch", "record.create",
                                               "record.remove"}));
  EXPECT_TRUE(f.access().verify_audit());
  f.open();
  vessel();
  EXPECT_EQ(reg().changes_after(4, 10).at(0).number, 5) << "numbers go on after a restart";
}

TEST_F(RegistryTest, WhatIsDoneTogetherIsUndoneTogether) {
  std::size_t told = 0;
  reg().on_change([&](const model::RecordChange&) { ++told; });
  const auto status = reg().together([&]() -> base::Status {
    EXPECT_TRUE(reg().create("vessel", json(R"({"name":"a","kind":"fishing"})"), f.by(f.duty)));
    EXPECT_EQ(reg().list("vessel", {})->total, 1u) << "it sees what it has done";
    return base::fail(Code::kConflict, "on second thoughts");
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "on second thoughts");
  EXPECT_EQ(reg().list("vessel", {})->total, 0u);
  EXPECT_EQ(told, 0u);
  EXPECT_EQ(audit_count(), 0u);
  EXPECT_TRUE(reg().together([&]() -> base::Status {
    EXPECT_TRUE(reg().create("vessel", json(R"({"name":"a","kind":"fishing"})"), f.by(f.duty)));
    EXPECT_FALSE(reg().create("vessel", json(R"({"name":"a"})"), f.by(f.duty)));
    EXPECT_EQ(told, 0u) << "told only after the commit";
    return {};
  }));
  EXPECT_EQ(told, 1u);
}

TEST_F(RegistryTest, DistrictsAndRolesLimitWritesAndReads) {
  const auto own = reg().create("vessel", json(R"({"name":"a","kind":"fishing"})"), f.by(f.clerk));
  ASSERT_TRUE(own) << own.error().text();
  EXPECT_EQ(own->fields["district"].as_string(), "rongcheng") << "filled in from the clerk";
  const auto other = vessel(R"({"name":"b","kind":"fishing","district":"rushan"})");
  const auto none = vessel(R"({"name":"c","kind":"fishing"})");
  EXPECT_EQ(reg().patch("vessel", other.id, 1, json(R"({"note":"x"})"), f.by(f.clerk)).error().code,
            Code::kForbidden);
  EXPECT_EQ(reg()
                .patch("vessel", own->id, 1, json(R"({"district":"rushan"})"), f.by(f.clerk))
                .error()
                .code,
            Code::kForbidden)
      << "nor is a record pushed to another district";
  EXPECT_EQ(reg()
                .create("vessel", json(R"({"name":"d","kind":"fishing","district":"rushan"})"),
                        f.by(f.clerk))
                .error()
                .code,
            Code::kForbidden);
  EXPECT_EQ(reg().remove("vessel", other.id, 1, f.by(f.clerk)).error().code, Code::kForbidden);
  EXPECT_EQ(
      reg().create("vessel", json(R"({"name":"d","kind":"fishing"})"), f.by(f.boss)).error().code,
      Code::kForbidden);
  EXPECT_EQ(reg()
                .create("organisation_unit", json(R"({"key":"x","name":"x","kind":"district"})"),
                        f.by(f.duty))
                .error()
                .code,
            Code::kForbidden);
  EXPECT_FALSE(reg().may_see(other, f.clerk));
  EXPECT_TRUE(reg().may_see(*own, f.clerk));
  EXPECT_TRUE(reg().may_see(none, f.clerk));
  const auto seen = reg().list_for(f.clerk, "vessel", {});
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->total, 2u);
  EXPECT_EQ(reg().list_for(f.duty, "vessel", {})->total, 3u);
  EXPECT_FALSE(reg().list_for(f.clerk, "case", {}));
}

TEST_F(RegistryTest, ListsFilterSearchSortAndPage) {
  for (int i = 0; i < 25; ++i) {
    Json fields = json(R"({"kind":"fishing","district":"rongcheng"})");
    fields.set("name", "鲁荣渔" + std::to_string(50000 + i));
    if (i % 5 != 0) fields.set("length_m", 10 + i % 3);
    if (i % 2 == 0) fields.set("gears", json(R"(["T","C"])"));
    if (i == 7) fields.set("call_sign", "BX_7%");
    ASSERT_TRUE(reg().create("vessel", fields, f.by(f.duty)));
  }
  const auto total = [&](const Query& q) {
    const auto page = reg().list("vessel", q);
    return page ? std::int64_t(page->total) : -1;
  };
  Query q;
  q.text = "荣渔";
  EXPECT_EQ(total(q), 25) << "two characters inside a name";
  q.text = "鲁荣 50007";
  EXPECT_EQ(total(q), 1);
  q.text = "0007";
  EXPECT_EQ(total(q), 1) << "the end of a number";
  q.text = "000";
  EXPECT_EQ(total(q), 10) << "the middle of a number";
  q.text = "捕捞";
  EXPECT_EQ(total(q), 0) << "kind is not searched";
  q.text = "bx_7%";
  EXPECT_EQ(total(q), 1);
  q.text = "b__8";
  EXPECT_EQ(total(q), 0) << "no wild cards";
  q = {};
  q.equals = {{"gears", "T"}, {"kind", "fishing"}};
  EXPECT_EQ(total(q), 13);
  q.equals = {{"length_m", "11"}};
  EXPECT_EQ(total(q), 7);
  q.equals = {{"length_m", ""}};
  EXPECT_EQ(total(q), 5) << "absent";
  q.equals = {{"colour", "x"}};
  EXPECT_EQ(reg().list("vessel", q).error().code, Code::kUnknown);
  q = {};
  q.cursor = "zz";
  EXPECT_EQ(reg().list("vessel", q).error().code, Code::kMalformed);
  for (const char* sort : {"", "length_m", "-length_m", "name", "-name", "changed_at", "number"}) {
    q = {};
    q.sort = sort;
    q.limit = 4;
    std::vector<std::string> ids;
    std::vector<Record> all;
    do {
      const auto page = reg().list("vessel", q);
      ASSERT_TRUE(page) << page.error().text();
      EXPECT_EQ(page->total, 25u);
      for (const auto& r : page->items) {
        ids.push_back(r.id);
        all.push_back(r);
      }
      q.cursor = page->next;
    } while (!q.cursor.empty() && ids.size() < 100);
    EXPECT_EQ(ids.size(), 25u) << sort;
    EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 25u) << sort;
    if (std::string(sort) == "-length_m") {
      EXPECT_EQ(all.front().fields["length_m"].as_int(), 12);
      EXPECT_TRUE(all.back().fields["length_m"].is_null()) << "absent last";
    }
    if (std::string(sort) == "-name") {
      EXPECT_EQ(all.front().fields["name"].as_string(), "鲁荣渔50024");
    }
  }
}

TEST_F(RegistryTest, RemovedRecordsStayReadable) {
  const auto v = vessel();
  EXPECT_EQ(reg().remove("vessel", v.id, 2, f.by(f.duty)).error().code, Code::kConflict);
  const auto gone = reg().remove("vessel", v.id, 1, f.by(f.duty));
  ASSERT_TRUE(gone);
  EXPECT_TRUE(gone->removed);
  EXPECT_EQ(reg().list("vessel", {})->total, 0u);
  Query all;
  all.with_removed = true;
  EXPECT_EQ(reg().list("vessel", all)->total, 1u);
  EXPECT_TRUE(reg().find("vessel", v.id)->removed);
  EXPECT_EQ(reg().history("vessel", v.id).back().field, "removed");
  EXPECT_EQ(reg().patch("vessel", v.id, 2, json(R"({"note":"x"})"), f.by(f.duty)).error().code,
            Code::kMissing);
}

TEST_F(RegistryTest, ManyThreadsWriteWithoutLoss) {
  const auto v = vessel();
  const std::vector<std::string> fields = {"length_m", "power_kw", "tonnage_gt"};
  std::vector<std::thread> threads;
  for (const auto& field : fields) {
    threads.emplace_back([&, field] {
      for (int i = 1; i <= 20; ++i) {
        Json change = Json::object();
        change.set(field, i);
        const auto r = reg().patch("vessel", v.id, reg().find("vessel", v.id)->revision, change,
                                   {f.duty, f.now, field + std::to_string(i), {}});
        EXPECT_TRUE(r) << r.error().text();
      }
    });
  }
  for (auto& t : threads) t.join();
  const auto end = reg().find("vessel", v.id);
  EXPECT_EQ(end->revision, 61);
  for (const auto& field : fields) EXPECT_EQ(end->fields[field].as_int(), 20);
  EXPECT_TRUE(f.access().verify_audit());
}
