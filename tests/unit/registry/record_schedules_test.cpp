// SPDX-License-Identifier: Apache-2.0
// Schedules: the record of each period exactly once, whenever somebody looks.
#include <gtest/gtest.h>

#include "registry/inbox.hpp"
#include "registry/record_schedules.hpp"
#include "registry/standing.hpp"
#include "support/life_fixture.hpp"

namespace jinglue::registry {
namespace {

using base::Code;
using base::Instant;
using base::Json;

Instant at(const char* iso) {
  return *base::parse_iso(iso);
}

class Schedules : public testing::Test {
 protected:
  RecordSchedules schedules() { return {f.registry(), f.access()}; }
  RecordSchedule monthly(const char* rule = R"({"every":"month","day":25,"off_days":"previous"})") {
    RecordSchedule s;
    s.register_id = "farm_cleanup";
    s.name = "月度清理";
    s.fields = Json::object(
        {{"owner", "{year}年{month}月 {period}"}, {"district", "rongcheng"}, {"handler", "clerk"}});
    const auto read = read_recurrence(*base::parse_json(rule), expression::Day{19'844});
    EXPECT_TRUE(read) << read.error().text();
    s.rule = read.value_or(Recurrence{});
    return s;
  }
  /// Saved at 2024-05-01 in China.
  RecordSchedule save(const RecordSchedule& wanted) {
    const auto saved = schedules().save(wanted, f.clerk, false, at("2024-05-01T02:00:00Z"));
    EXPECT_TRUE(saved) << saved.error().text();
    return saved.value_or(RecordSchedule{});
  }
  std::vector<std::string> owners() {
    std::vector<std::string> out;
    const auto all = f.registry().list("farm_cleanup", {});
    for (const auto& one : all->items) out.push_back(one.fields["owner"].as_string());
    return out;
  }
  std::vector<std::string> notices(const std::string& who) {
    std::vector<std::string> out;
    for (const auto& n : Inbox(f.database()).list(who, false, 0, 100).items)
      if (n.kind == "schedule") out.push_back(n.text.zh);
    return out;
  }
  test::LifeFixture f;
};

using Lines = std::vector<std::string>;

TEST_F(Schedules, a_period_is_made_once_however_often_it_is_looked_at) {
  const auto s = save(monthly());
  EXPECT_EQ(schedules().next(s, at("2024-05-01T02:00:00Z"), 2).front().period, "2024-05");
  EXPECT_EQ(schedules().run(at("2024-05-23T15:59:00Z")).made, 0u) << "it is 23 May still";
  // 25 May is a Saturday; Friday is the 24th, which begins at 16:00 UTC of the day before.
  for (int i = 0; i < 3; ++i) schedules().run(at("2024-05-23T16:00:00Z"));
  EXPECT_EQ(owners(), (Lines{"2024年5月 2024-05"}));
  f.reopen();
  schedules().run(at("2024-05-31T16:00:00Z"));
  EXPECT_EQ(owners().size(), 1u) << "also after a restart";
  schedules().run(at("2024-06-25T00:00:00Z"));
  EXPECT_EQ(owners(), (Lines{"2024年5月 2024-05", "2024年6月 2024-06"}));
}

TEST_F(Schedules, the_history_says_that_the_schedule_made_it_and_the_owner_is_told) {
  const auto s = save(monthly());
  schedules().run(at("2024-05-24T00:00:00Z"));
  const auto made = f.registry().list("farm_cleanup", {})->items.at(0);
  EXPECT_EQ(made.created_by, "schedule:clerk");
  const auto history = f.registry().history("farm_cleanup", made.id);
  ASSERT_FALSE(history.empty());
  EXPECT_NE(history.front().note.find("月度清理"), std::string::npos) << history.front().note;
  EXPECT_NE(history.front().note.find("2024-05"), std::string::npos);
  ASSERT_EQ(notices("clerk").size(), 1u);
  EXPECT_NE(notices("clerk")[0].find("2024-05-24"), std::string::npos) << notices("clerk")[0];
  const auto runs = schedules().runs(s.id, 10);
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_EQ(runs[0].record, made.id);
}

TEST_F(Schedules, those_who_are_named_are_told_instead_of_the_owner) {
  auto s = monthly();
  s.tell = {"role:duty_leader"};
  save(s);
  schedules().run(at("2024-05-24T00:00:00Z"));
  EXPECT_EQ(notices("leader").size(), 1u);
  EXPECT_TRUE(notices("clerk").empty());
}

TEST_F(Schedules, after_a_stop_each_missed_month_is_made_and_says_that_it_is_late) {
  save(monthly());
  const auto report = schedules().run(at("2024-08-01T00:00:00Z"));
  EXPECT_EQ(report.made, 3u);
  EXPECT_EQ(owners(), (Lines{"2024年5月 2024-05", "2024年6月 2024-06", "2024年7月 2024-07"}));
  const auto first = f.registry().list("farm_cleanup", {})->items.at(0);
  EXPECT_NE(f.registry().history("farm_cleanup", first.id).front().note.find("补建"),
            std::string::npos);
}

TEST_F(Schedules, after_a_stop_the_last_missed_week_alone_is_made) {
  const auto s = save(monthly(R"({"every":"week","weekday":1,"off_days":"skip"})"));
  schedules().run(at("2024-05-06T00:00:00Z"));
  const auto report = schedules().run(at("2024-05-28T00:00:00Z"));
  EXPECT_EQ(report.made, 1u);
  EXPECT_EQ(report.left_out, 2u);
  EXPECT_EQ(owners(), (Lines{"2024年5月 2024-W19", "2024年5月 2024-W22"}));
  const auto last = f.registry().list("farm_cleanup", {})->items.at(1);
  const auto note = f.registry().history("farm_cleanup", last.id).front().note;
  EXPECT_NE(note.find("此前 2 期"), std::string::npos) << note;
  EXPECT_EQ(schedules().run(at("2024-05-28T01:00:00Z")).made, 0u);
  EXPECT_EQ(schedules().runs(s.id, 10).size(), 4u);
}

TEST_F(Schedules, what_was_before_it_was_saved_is_not_made) {
  save(monthly(R"({"every":"month","day":25,"from":"2023-01-01"})"));
  schedules().run(at("2024-05-02T00:00:00Z"));
  EXPECT_TRUE(owners().empty());
}

TEST_F(Schedules, a_record_can_come_days_before_it_is_due) {
  save(monthly(R"({"every":"month","day":25,"off_days":"previous","lead_days":10})"));
  EXPECT_EQ(schedules().run(at("2024-05-13T15:00:00Z")).made, 0u);
  EXPECT_EQ(schedules().run(at("2024-05-13T16:00:00Z")).made, 1u);
}

TEST_F(Schedules, a_pause_and_a_disabled_register_make_nothing) {
  auto s = monthly();
  s.paused = true;
  save(s);
  EXPECT_EQ(schedules().run(at("2024-06-01T00:00:00Z")).made, 0u);
  s.paused = false;
  save(s);
  const auto set = [&](bool enabled) {
    ASSERT_TRUE(Standings(f.registry(), f.access())
                    .set({{"farm_cleanup", enabled}}, {f.admin, f.now, {}, "why"}));
  };
  set(true);
  set(false);
  EXPECT_EQ(schedules().run(at("2024-06-01T00:00:00Z")).made, 0u);
  set(true);
  EXPECT_EQ(schedules().run(at("2024-06-01T00:00:00Z")).made, 1u) << "the missed one comes then";
}

TEST_F(Schedules, what_would_be_refused_each_month_is_refused_now) {
  auto s = monthly();
  s.fields = Json::object({{"district", "rongcheng"}});
  const auto refused = schedules().save(s, f.clerk, false, at("2024-05-01T02:00:00Z"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where, "owner") << refused.error().text();
  s = monthly();
  s.fields.set("district", "rushan");
  EXPECT_EQ(schedules().save(s, f.clerk, false, at("2024-05-01T02:00:00Z")).error().code,
            Code::kForbidden)
      << "another district's";
  s = monthly();
  s.rule.due_field = "owner";
  EXPECT_EQ(schedules().save(s, f.clerk, false, f.now).error().where, "rule.due_field");
  s = monthly();
  s.tell = {"everybody"};
  EXPECT_EQ(schedules().save(s, f.clerk, false, f.now).error().where, "tell");
  EXPECT_TRUE(owners().empty()) << "a try leaves nothing";
  EXPECT_TRUE(schedules().list("farm_cleanup").empty());
}

TEST_F(Schedules, another_person_s_is_replaced_and_removed_only_with_the_right) {
  const auto s = save(monthly());
  EXPECT_EQ(schedules().save(monthly(), f.leader, false, f.now).error().code, Code::kForbidden);
  EXPECT_EQ(schedules().remove("farm_cleanup", s.id, f.leader, false, f.now).error().code,
            Code::kForbidden);
  EXPECT_EQ(schedules().save(monthly(), f.leader, true, f.now)->id, s.id);
  EXPECT_TRUE(schedules().remove("farm_cleanup", s.id, f.leader, false, f.now));
  EXPECT_TRUE(schedules().list("farm_cleanup").empty());
}

TEST_F(Schedules, a_failure_is_told_once_and_tried_again) {
  const auto s = save(monthly());
  // What the schedule was tried with does not hold any more.
  f.database().write([&](store::Db& rows) {
    rows.prepare("UPDATE record_schedule SET fields = '{\"owner\":\"\"}' WHERE id = ?")
        .bind(1, std::string_view(s.id))
        .run();
  });
  for (int i = 0; i < 3; ++i) EXPECT_EQ(schedules().run(at("2024-05-24T00:00:00Z")).failed, 1u);
  EXPECT_EQ(notices("clerk").size(), 1u);
  EXPECT_FALSE(schedules().find("farm_cleanup", s.id)->trouble.empty());
  save(monthly());
  EXPECT_EQ(schedules().run(at("2024-05-24T01:00:00Z")).made, 1u);
  EXPECT_TRUE(schedules().find("farm_cleanup", s.id)->trouble.empty());
}

}  // namespace
}  // namespace jinglue::registry
