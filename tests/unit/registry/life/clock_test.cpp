// SPDX-License-Identifier: Apache-2.0
// Clocks of records: started, paused, warned, late, escalated and met, each once.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "support/few_cases.hpp"
#include "support/life_fixture.hpp"

using namespace jinglue;
using namespace jinglue::registry;
using base::Instant;
using base::Json;

namespace {

struct Rig {
  test::LifeFixture f;
  Registry& reg() { return f.registry(); }

  /// Told to the owner at Monday 2024-06-03 10:00 in Beijing: registration is due at the end of
  /// 10 June, which is a holiday (an internal clock does not move for it), removal at the end of
  /// 2 July, 20 working days later.
  std::string notified() {
    const auto made = reg().create(
        "farm_cleanup",
        Json::object({{"owner", "张三"}, {"district", "rongcheng"}, {"handler", "clerk"}}),
        f.at(f.clerk, "2024-06-03T01:00:00Z"));
    EXPECT_TRUE(made) << made.error().text();
    move(made->id, "notify", "2024-06-03T02:00:00Z");
    return made->id;
  }
  void move(const std::string& id, const char* key, const char* at, Json input = Json::object()) {
    const auto done = reg().transition("farm_cleanup", id, key, input, f.at(f.clerk, at));
    ASSERT_TRUE(done) << done.error().text();
  }
  Json clock(const std::string& id, const std::string& key, const char* at) {
    Json out;
    const Json all = reg().clocks_of(*reg().find("farm_cleanup", id), *base::parse_iso(at));
    for (const auto& c : all.items())
      if (c["key"].as_string() == key) out = c;
    return out;
  }
  SweepReport sweep(const char* at) { return reg().sweep(*base::parse_iso(at)); }
  std::vector<std::string> events(const std::string& id, const std::string& key) {
    std::vector<std::string> out;
    for (const auto& line : reg().history("farm_cleanup", id))
      if (line.field == "clock" && line.after["clock"].as_string() == key)
        out.push_back(line.after["event"].as_string());
    return out;
  }
  std::size_t listed(const char* filter, const char* at) {
    Query query;
    query.equals = {{"clock", filter}};
    query.now = *base::parse_iso(at);
    const auto page = reg().list("farm_cleanup", query);
    EXPECT_TRUE(page) << page.error().text();
    return page ? page->total : 0;
  }
};

class Clocks : public ::testing::Test, protected Rig {};

}  // namespace

TEST_F(Clocks, StartOnAStateAndShowWhatIsLeft) {
  const auto id = notified();
  const auto registration = clock(id, "registration", "2024-06-03T02:00:00Z");
  EXPECT_EQ(registration["state"].as_string(), "running");
  EXPECT_EQ(registration["due"].as_string(), "2024-06-10T16:00:00.000Z");
  EXPECT_EQ(registration["left"].dump(), R"({"count":8,"unit":"days"})");
  const auto removal = clock(id, "removal", "2024-06-03T02:00:00Z");
  EXPECT_EQ(removal["due"].as_string(), "2024-07-02T16:00:00.000Z");
  EXPECT_EQ(removal["kind"].as_string(), "statutory");
  EXPECT_EQ(removal["basis"].as_string(), "文登区公告 2024-05-16");
  EXPECT_EQ(removal["left"].dump(), R"({"count":21,"unit":"working_days"})");  // today included
  EXPECT_TRUE(clock(id, "inspection", "2024-06-03T02:00:00Z").is_null());      // no date yet
}

TEST_F(Clocks, AreMetInTime) {
  const auto id = notified();
  move(id, "register", "2024-06-10T15:59:59Z");
  EXPECT_EQ(clock(id, "registration", "2024-07-10T00:00:00Z")["state"].as_string(), "met");
  EXPECT_EQ(events(id, "registration"), (std::vector<std::string>{"started", "met"}));
  EXPECT_EQ(sweep("2024-06-11T00:00:00Z").late, 0u);
}

TEST_F(Clocks, AreLateFromTheVeryInstantAlsoBeforeASweepCameBy) {
  const auto id = notified();
  EXPECT_EQ(clock(id, "registration", "2024-06-10T15:59:59.999Z")["state"].as_string(), "due_soon");
  EXPECT_EQ(clock(id, "registration", "2024-06-10T16:00:00Z")["state"].as_string(), "overdue");
  EXPECT_EQ(listed("overdue", "2024-06-10T15:59:59.999Z"), 0u);
  EXPECT_EQ(listed("overdue", "2024-06-10T16:00:00Z"), 1u);
  EXPECT_EQ(listed("registration:due_soon", "2024-06-10T00:00:00Z"), 1u);
  EXPECT_EQ(listed("removal:due_soon", "2024-06-10T00:00:00Z"), 0u);
  move(id, "register", "2024-06-10T16:00:00Z");
  const auto late = clock(id, "registration", "2024-06-11T00:00:00Z");
  EXPECT_EQ(late["state"].as_string(), "late");
  EXPECT_EQ(late["late_since"].as_string(), "2024-06-10T16:00:00.000Z");
  EXPECT_EQ(listed("late", "2024-06-12T00:00:00Z"), 1u);
}

TEST_F(Clocks, WarnAreLateAndEscalateEachOnce) {
  const auto id = notified();
  // Registration is warned of with two days left: from 9 June 00:00 in Beijing.
  EXPECT_EQ(sweep("2024-06-08T15:59:59Z").warned, 0u);
  EXPECT_EQ(sweep("2024-06-08T16:00:00Z").warned, 1u);
  EXPECT_EQ(sweep("2024-06-08T16:00:00Z").warned, 0u);
  f.reopen();
  EXPECT_EQ(sweep("2024-06-08T16:01:00Z").warned, 0u);
  EXPECT_EQ(f.told("clerk"),
            (std::vector<std::string>{"“登记期限”将于 2024-06-10 24:00 到期：QL-2024-001 张三"}));
  EXPECT_TRUE(f.told("other").empty());
  EXPECT_EQ(sweep("2024-06-10T16:00:00Z").late, 1u);
  EXPECT_EQ(sweep("2024-06-10T16:01:00Z").late, 0u);
  EXPECT_EQ(f.told("clerk").front(), "“登记期限”已超期（2024-06-10 24:00 到期）：QL-2024-001 张三");
  move(id, "register", "2024-06-11T02:00:00Z");
  // Removal: due at the end of 2 July; escalated after 4 July and after 9 July.
  EXPECT_EQ(sweep("2024-07-02T16:00:00Z").late, 1u);
  EXPECT_EQ(sweep("2024-07-04T15:59:00Z").escalated, 0u);
  EXPECT_EQ(sweep("2024-07-04T16:00:00Z").escalated, 1u);
  EXPECT_EQ(f.told("leader").size(), 1u);
  EXPECT_TRUE(f.told("boss").empty());
  EXPECT_EQ(sweep("2024-07-09T16:00:00Z").escalated, 1u);
  EXPECT_EQ(f.told("boss").size(), 1u);
  EXPECT_EQ(f.told("boss").front(),
            "超期上报：“清理期限”2024-07-02 24:00 到期仍未办结：QL-2024-001 张三");
  EXPECT_EQ(sweep("2025-07-09T16:00:00Z").escalated, 0u);
  EXPECT_EQ(events(id, "removal"),
            (std::vector<std::string>{"started", "warned", "overdue", "escalated", "escalated"}));
}

TEST_F(Clocks, AfterALongStopAllIsToldOnceWithItsOwnInstants) {
  const auto id = notified();
  f.reopen();
  const auto report = sweep("2024-12-31T00:00:00Z");
  EXPECT_EQ(report.warned, 2u);
  EXPECT_EQ(report.late, 2u);
  EXPECT_EQ(report.escalated, 2u);
  EXPECT_EQ(events(id, "registration"), (std::vector<std::string>{"started", "warned", "overdue"}));
  const auto c = clock(id, "removal", "2024-12-31T00:00:00Z");
  EXPECT_EQ(c["late_since"].as_string(), "2024-07-02T16:00:00.000Z");
  EXPECT_EQ(c["warned_at"].as_string(), "2024-06-27T16:00:00.000Z");
  // Nobody is told that something is due soon that is late.
  for (const auto& text : f.told("clerk")) EXPECT_EQ(text.find("将于"), std::string::npos) << text;
}

TEST_F(Clocks, StandStillInAStateAndGoOn) {
  const auto id = notified();
  move(id, "register", "2024-06-05T02:00:00Z");
  move(id, "appeal", "2024-06-07T02:00:00Z");  // 4 working days were used
  auto c = clock(id, "removal", "2024-06-20T00:00:00Z");
  EXPECT_EQ(c["state"].as_string(), "paused");
  EXPECT_FALSE(c.has("due"));
  EXPECT_EQ(sweep("2024-12-01T00:00:00Z").late, 0u);
  EXPECT_EQ(listed("paused", "2024-12-01T00:00:00Z"), 1u);
  move(id, "resume", "2024-12-02T02:00:00Z");  // a Monday: 16 working days are left
  c = clock(id, "removal", "2024-12-02T02:00:00Z");
  EXPECT_EQ(c["due"].as_string(), "2024-12-24T16:00:00.000Z");
  EXPECT_EQ(events(id, "removal"), (std::vector<std::string>{"started", "paused", "resumed"}));
}

TEST_F(Clocks, FollowADateAndBeginAnewWithALaterOne) {
  const auto id = notified();
  const auto set = [&](const Json& day, const char* at) {
    const auto done = reg().patch("farm_cleanup", id, reg().find("farm_cleanup", id)->revision,
                                  Json::object({{"inspect_by", day}}), f.at(f.clerk, at));
    ASSERT_TRUE(done) << done.error().text();
  };
  set("2024-06-20", "2024-06-04T00:00:00Z");
  EXPECT_EQ(clock(id, "inspection", "2024-06-05T00:00:00Z")["due"].as_string(),
            "2024-06-20T16:00:00.000Z");
  sweep("2024-06-21T00:00:00Z");
  EXPECT_EQ(clock(id, "inspection", "2024-06-21T00:00:00Z")["state"].as_string(), "overdue");
  set("2024-06-30", "2024-06-21T01:00:00Z");
  EXPECT_EQ(clock(id, "inspection", "2024-06-21T02:00:00Z")["state"].as_string(), "running");
  const auto before = f.told("clerk").size();
  EXPECT_EQ(sweep("2024-06-30T16:00:00Z").notices, 2u);  // and that the removal is due soon
  EXPECT_EQ(f.told("clerk").size(), before + 2);
  set({}, "2024-07-01T01:00:00Z");
  EXPECT_EQ(clock(id, "inspection", "2024-07-02T02:00:00Z")["state"].as_string(), "void");
}

TEST_F(Clocks, ThatATransitionEndedRunAgainWhenItIsTakenBack) {
  const auto id = notified();
  move(id, "register", "2024-06-05T02:00:00Z");
  EXPECT_EQ(clock(id, "registration", "2024-06-05T03:00:00Z")["state"].as_string(), "met");
  move(id, "register.undo", "2024-06-06T02:00:00Z", Json::object({{"reason", "材料不符"}}));
  const auto c = clock(id, "registration", "2024-06-06T03:00:00Z");
  EXPECT_EQ(c["state"].as_string(), "running");
  EXPECT_EQ(c["run"].as_int(), 1);
  EXPECT_EQ(c["due"].as_string(), "2024-06-10T16:00:00.000Z");
  EXPECT_EQ(sweep("2024-06-10T16:00:00Z").late, 1u);
}

TEST_F(Clocks, CountWithWeekendsWhereNoNoticeIsKnownAndSayso) {
  const auto made = reg().create("farm_cleanup", Json::object({{"owner", "张三"}}),
                                 f.at(f.duty, "2031-04-28T01:00:00Z"));
  ASSERT_TRUE(made);
  ASSERT_TRUE(reg().transition("farm_cleanup", made->id, "notify", Json::object(),
                               f.at(f.duty, "2031-04-28T02:00:00Z")));
  const auto c = clock(made->id, "removal", "2031-04-28T03:00:00Z");
  EXPECT_NE(c["warning"]["zh"].as_string().find("节假日安排尚未录入"), std::string::npos);
  // When the notice is entered, the open clock is counted again.
  const auto file = f.folder / "days.csv";
  std::ofstream(file) << "year,from,to,kind\n2031,2031-05-01,2031-05-05,off\n";
  Options options;
  options.calendar = file;
  f.open(options);
  const auto counted = clock(made->id, "removal", "2031-04-28T03:00:00Z");
  EXPECT_FALSE(counted.has("warning"));
  EXPECT_GT(counted["due"].as_string(), c["due"].as_string());
}

TEST_F(Clocks, AFilterThatIsNoneIsRefused) {
  const auto refused = [&](const char* filter) {
    Query query;
    query.equals = {{"clock", filter}};
    const auto page = reg().list("farm_cleanup", query);
    return page ? std::string("accepted") : page.error().text();
  };
  EXPECT_NE(refused("soon").find("is no state of a clock"), std::string::npos);
  EXPECT_NE(refused("nothing:overdue").find("has no clock 'nothing'"), std::string::npos);
}

FEW_CASES_PROP(ClocksProperty, HoweverOftenSwept_TheSameIsToldOnce) {
  Rig one;
  Rig other;
  const auto a = one.notified();
  const auto b = other.notified();
  // Steps in hours; some of them after restarts, some transitions between.
  const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 200));
  Instant t = *base::parse_iso("2024-06-03T03:00:00Z");
  for (const int step : steps) {
    t = t + std::chrono::hours(step);
    one.reg().sweep(t);
    if (step % 7 == 0) one.f.reopen();
  }
  other.reg().sweep(t);
  for (const char* key : {"registration", "removal"}) {
    RC_ASSERT(one.events(a, key) == other.events(b, key));
    const auto x = one.reg().clocks_of(*one.reg().find("farm_cleanup", a), t);
    const auto y = other.reg().clocks_of(*other.reg().find("farm_cleanup", b), t);
    RC_ASSERT(x == y);
  }
}
