// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/computed.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "base/decimal.hpp"
#include "support/records_fixture.hpp"
#include "support/written_registers.hpp"

using namespace jinglue;
using namespace jinglue::registry;
using base::Code;
using base::Json;
using test::field;

namespace {

/// A key project, its payments, and the line that it belongs to: sums over what links here, and a
/// value behind two links.
test::WrittenRegisters books() {
  test::WrittenRegisters w;
  w.put("line", "title = \"name\"\n" + field("name", "text") + field("rate", "number"));
  w.put("project",
        "title = \"name\"\n" + field("name", "text") + field("line", "link", "link = \"line\"") +
            field("total", "money") +
            field("paid", "money", "computed = \"sum(linked('payment', 'project', 'amount'))\"") +
            field("count", "integer",
                  "computed = \"count(linked('payment', 'project', 'amount'))\"") +
            field("share", "number",
                  "computed = \"round(paid / total * 100, 2)\"\nunit = \"%\"\nlisted = true") +
            field("weighted", "number", "computed = \"total * line.rate\""));
  w.put("payment", "title = \"name\"\n" + field("name", "text") +
                       field("project", "link", "link = \"project\"") + field("amount", "money") +
                       field("rate", "number", "computed = \"project.line.rate\""));
  return w;
}

}  // namespace

class Computed : public ::testing::Test {
 protected:
  Computed() : w(books()), f(w.folder()) {}
  Record make(const char* register_id, Json fields) {
    auto made = f.registry().create(register_id, fields, f.by(f.program));
    if (!made) throw std::runtime_error(made.error().text());
    return *made;
  }
  Json at(const Record& r, const char* key) {
    return f.registry().find(r.register_id, r.id)->fields[key];
  }
  Record set(const Record& r, const char* key, Json value) {
    const auto now = f.registry().find(r.register_id, r.id);
    auto done = f.registry().patch(r.register_id, r.id, now->revision,
                                   Json::object({{key, std::move(value)}}), f.by(f.duty));
    if (!done) throw std::runtime_error(done.error().text());
    return *done;
  }
  test::WrittenRegisters w;
  test::RecordsFixture f;
};

TEST_F(Computed, AValueFollowsWhatItLooksAtInTheSameWrite) {
  const auto line = make("line", Json::object({{"name", "一"}, {"rate", 2.5}}));
  const auto project =
      make("project", Json::object({{"name", "港"}, {"total", "200.00"}, {"line", line.id}}));
  EXPECT_EQ(project.fields["paid"].as_string(), "0.00");
  EXPECT_EQ(project.fields["weighted"].as_int(), 500);
  const auto first =
      make("payment", Json::object({{"name", "p"}, {"project", project.id}, {"amount", "50.00"}}));
  EXPECT_EQ(at(project, "paid").as_string(), "50.00");
  EXPECT_EQ(at(project, "share").as_int(), 25) << "from a computed field of its own";
  set(first, "amount", "150.00");
  EXPECT_EQ(at(project, "share").as_int(), 75);
  const auto other = make("project", Json::object({{"name", "坝"}, {"total", "300.00"}}));
  set(first, "project", other.id);
  EXPECT_EQ(at(project, "count").as_int(), 0) << "the payment left";
  EXPECT_EQ(at(other, "paid").as_string(), "150.00");
  set(other, "line", line.id);
  EXPECT_EQ(at(first, "rate").as_double(), 2.5);
  set(line, "rate", 4);
  EXPECT_EQ(at(first, "rate").as_int(), 4) << "behind two links";
  EXPECT_EQ(at(project, "weighted").as_int(), 800);
  const auto held = f.registry().find("payment", first.id);
  ASSERT_TRUE(f.registry().remove("payment", first.id, held->revision, f.by(f.duty)));
  EXPECT_EQ(at(other, "count").as_int(), 0) << "a removed record counts no more";
}

TEST_F(Computed, ItIsHistoryListedSortedFilteredAndExported) {
  const auto a = make("project", Json::object({{"name", "a"}, {"total", "100.00"}}));
  const auto b = make("project", Json::object({{"name", "b"}, {"total", "100.00"}}));
  make("payment", Json::object({{"name", "p"}, {"project", b.id}, {"amount", "10.00"}}));
  Query query;
  query.sort = "-paid";
  const auto page = f.registry().list("project", query);
  ASSERT_EQ(page->items.size(), 2u);
  EXPECT_EQ(page->items.front().id, b.id);
  query.equals = {{"share", "10"}};
  EXPECT_EQ(f.registry().list("project", query)->total, 1u);
  bool told = false;
  for (const auto& line : f.registry().history("project", b.id)) {
    told = told || (line.field == "paid" && line.after.as_string() == "10.00");
  }
  EXPECT_TRUE(told);
  EXPECT_EQ(f.registry()
                .patch("project", a.id, 1, Json::object({{"paid", "9.00"}}), f.by(f.duty))
                .error()
                .code,
            Code::kForbidden)
      << "nobody writes it";
}

TEST_F(Computed, AnUndoneWriteLeavesTheValuesAsTheyWere) {
  const auto project = make("project", Json::object({{"name", "a"}, {"total", "100.00"}}));
  const auto done = f.registry().together([&]() -> base::Status {
    make("payment", Json::object({{"name", "p"}, {"project", project.id}, {"amount", "10.00"}}));
    EXPECT_EQ(at(project, "paid").as_string(), "10.00");
    return base::fail(Code::kConflict, "no");
  });
  EXPECT_FALSE(done);
  EXPECT_EQ(at(project, "paid").as_string(), "0.00");
}

TEST_F(Computed, AChangedExpressionIsWorkedOutForAllRecords) {
  const auto project = make("project", Json::object({{"name", "a"}, {"total", "100.00"}}));
  make("payment", Json::object({{"name", "p"}, {"project", project.id}, {"amount", "10.00"}}));
  w.put("project", "title = \"name\"\n" + field("name", "text") +
                       field("line", "link", "link = \"line\"") + field("total", "money") +
                       field("paid", "money",
                             "computed = \"sum(linked('payment', 'project', 'amount')) * 2\"") +
                       field("count", "integer", "computed = \"1 + 1\"") +
                       field("share", "number", "computed = \"paid / total\"\nunit = \"%\"") +
                       field("weighted", "number", "computed = \"total * line.rate\""));
  f.open();
  EXPECT_EQ(at(project, "paid").as_string(), "20.00");
  EXPECT_EQ(at(project, "count").as_int(), 2);
  EXPECT_EQ(at(project, "share").as_double(), 0.2);
}

TEST(ComputedReading, WhatCannotBeWorkedOutIsRefusedWithItsPlace) {
  const auto refused = [](const std::string& more, const std::string& why) {
    test::WrittenRegisters w;
    w.put("project", "title = \"name\"\n" + field("name", "text") + field("total", "money") +
                         field("area", "number", "unit = \"m2\"") +
                         field("power", "number", "unit = \"kW\"") + more);
    w.put("payment", "title = \"name\"\n" + field("name", "text") +
                         field("project", "link", "link = \"project\"") + field("amount", "money") +
                         field("back", "money", "computed = \"project.total\""));
    const auto set = read_definitions(w.folder());
    ASSERT_FALSE(set.errors.empty()) << more;
    EXPECT_NE(set.errors.front().text().find(why), std::string::npos) << set.errors.front().text();
    EXPECT_NE(set.errors.front().where.find("project.toml:"), std::string::npos)
        << set.errors.front().where;
  };
  refused(field("x", "money", "computed = \"totel\""), "there is no field 'totel'");
  refused(field("x", "money", "computed = \"name\""), "the value is a text");
  refused(field("x", "text", "computed = \"total\""), "the value is a number");
  refused(field("x", "date", "computed = \"today\""), "does not follow the clock");
  refused(field("x", "number", "computed = \"area + power\""), "m2 does not go with kW");
  refused(field("x", "number", "computed = \"area\"\nunit = \"ha\""), "the value is in m2");
  refused(field("x", "money", "computed = \"y\"") + field("y", "money", "computed = \"x\""),
          "depends on itself");
  refused(field("x", "money", "computed = \"x + 1\""), "depends on itself");
  refused(field("x", "money", "computed = \"total\"\nrequired = true"), "has no meaning");
  refused(field("x", "money", "computed = \"sum(linked('payment', 'project', 'nothing'))\""),
          "no field 'nothing'");
}

TEST(ComputedReading, ACycleThroughAnotherRegisterIsRefused) {
  test::WrittenRegisters w;
  w.put("a", "title = \"name\"\n" + field("name", "text") +
                 field("sum", "money", "computed = \"sum(linked('b', 'a', 'part'))\""));
  w.put("b", "title = \"name\"\n" + field("name", "text") + field("a", "link", "link = \"a\"") +
                 field("part", "money", "computed = \"a.sum / 2\""));
  const auto set = read_definitions(w.folder());
  ASSERT_EQ(set.errors.size(), 2u);
  EXPECT_NE(set.errors[0].message.find("depends on itself"), std::string::npos);
}

namespace {

/// What the books should say, worked out from nothing but the payments.
struct Oracle {
  std::map<std::string, std::pair<std::string, int>> payments;  ///< id -> project, yuan
  std::string paid(const std::string& project) const {
    int sum = 0;
    for (const auto& [id, p] : payments) sum += p.first == project ? p.second : 0;
    return std::to_string(sum) + ".00";
  }
};

}  // namespace

RC_GTEST_PROP(ComputedProperty, AnyOrderOfChangesGivesWhatARecomputeGives, ()) {
  const auto w = books();
  test::RecordsFixture f(w.folder());
  auto& reg = f.registry();
  std::vector<std::string> projects;
  for (const auto* name : {"a", "b", "c"}) {
    projects.push_back(
        reg.create("project", Json::object({{"name", name}, {"total", "100.00"}}), f.by(f.program))
            ->id);
  }
  Oracle oracle;
  const auto steps = *rc::gen::inRange(1, 25);
  for (int i = 0; i < steps; ++i) {
    const auto& project = projects[*rc::gen::inRange<std::size_t>(0, 3)];
    const int yuan = *rc::gen::inRange(0, 1000);
    const int what = *rc::gen::inRange(0, 4);
    if (what == 0 || oracle.payments.empty()) {
      const auto made = reg.create(
          "payment", Json::object({{"name", "p"}, {"project", project}, {"amount", yuan}}),
          f.by(f.program));
      oracle.payments[made->id] = {project, yuan};
      continue;
    }
    auto it = oracle.payments.begin();
    std::advance(it, *rc::gen::inRange<std::size_t>(0, oracle.payments.size()));
    const auto held = reg.find("payment", it->first);
    if (what == 1) {
      RC_ASSERT(bool(reg.patch("payment", it->first, held->revision,
                               Json::object({{"amount", yuan}}), f.by(f.program))));
      it->second.second = yuan;
    } else if (what == 2) {
      RC_ASSERT(bool(reg.patch("payment", it->first, held->revision,
                               Json::object({{"project", project}}), f.by(f.program))));
      it->second.first = project;
    } else {
      RC_ASSERT(bool(reg.remove("payment", it->first, held->revision, f.by(f.program))));
      oracle.payments.erase(it);
    }
  }
  for (const auto& project : projects) {
    RC_ASSERT(reg.find("project", project)->fields["paid"].as_string() == oracle.paid(project));
  }
  const auto differ = f.database().write(
      [&](store::Db& db) { return detail::recompute_all(db, reg.definitions(), f.now); });
  RC_ASSERT(differ == 0u);
}
