// SPDX-License-Identifier: Apache-2.0
// Which tasks are late, and why; counts per line, district and unit; the spreadsheet read back.
#include "act/task/progress.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <array>
#include <map>

#include "act/task/local_day.hpp"
#include "act/task/progress_sheet.hpp"
#include "unit/act/task/plan_rig.hpp"

using namespace jinglue;
using namespace jinglue::act::task;
using base::Json;

namespace {

class ProgressTest : public testing::Test {
 protected:
  registry::Registry& registry() { return rig.records.registry(); }
  registry::Write by(const access::Actor& actor) { return rig.records.by(actor, rig.key()); }

  std::string goal(const std::string& title, const std::string& parent = {}, int position = 0) {
    Json fields =
        Json::object({{"title", title}, {"kind", "line"}, {"year", 2024}, {"position", position}});
    if (!parent.empty()) fields.set("parent", parent);
    const auto made = registry().create("goal", fields, by(rig.records.leader));
    if (!made) throw std::runtime_error(made.error().text());
    return made->id;
  }
  registry::Record task(const std::string& title, const std::string& more) {
    Json fields = Json::object({{"title", title},
                                {"kind", "task"},
                                {"importance", "normal"},
                                {"issued_on", "2024-04-01"}});
    const Json given = *base::parse_json(more);
    for (const auto& [key, value] : given.members()) fields.set(key, value);
    const auto made = registry().create("task", fields, by(rig.records.leader));
    if (!made) throw std::runtime_error(made.error().text());
    return *made;
  }
  registry::Record run(const registry::Record& record, const std::string& transition,
                       const std::string& input = "{}") {
    const auto done = registry().transition("task", record.id, transition, *base::parse_json(input),
                                            by(rig.records.leader));
    if (!done) throw std::runtime_error(done.error().text());
    return *done;
  }
  Progress progress(const ProgressQuery& query = {}, const access::Actor* actor = nullptr) {
    auto out = progress_of(registry(), actor == nullptr ? rig.records.leader : *actor, query,
                           rig.records.now);
    if (!out) throw std::runtime_error(out.error().text());
    return std::move(*out);
  }
  static const TaskStanding& named(const Progress& in, const std::string& title) {
    for (const auto& one : in.tasks)
      if (one.title == title) return one;
    throw std::runtime_error("no task " + title);
  }
  static std::string codes(const TaskStanding& task) {
    std::string out;
    for (const auto& why : task.why) out += (out.empty() ? "" : " ") + why.code;
    return out;
  }

  test::PlanRig rig;  // 2024-05-01 in China
};

TEST_F(ProgressTest, LateIsTheDayAfterTheDueDate) {
  task("昨日到期", R"({"due":"2024-04-30","unit":"办公室"})");
  task("今日到期", R"({"due":"2024-05-01"})");
  task("七日内", R"({"due":"2024-05-08"})");
  task("八日后", R"({"due":"2024-05-09"})");
  task("无时限", "{}");
  const auto seen = progress();
  EXPECT_EQ(seen.today, "2024-05-01");
  EXPECT_EQ(named(seen, "昨日到期").standing, Standing::kLate);
  EXPECT_EQ(named(seen, "昨日到期").days, 1);
  EXPECT_EQ(named(seen, "今日到期").standing, Standing::kDueSoon);
  EXPECT_EQ(named(seen, "七日内").standing, Standing::kDueSoon);
  EXPECT_EQ(named(seen, "八日后").standing, Standing::kOpen);
  EXPECT_EQ(named(seen, "无时限").standing, Standing::kOpen);
  EXPECT_EQ(seen.all.total, 5u);
  EXPECT_EQ(seen.all.late, 1u);
  EXPECT_EQ(seen.all.due_soon, 2u);
  EXPECT_EQ(seen.all.waiting, 5u);
}

TEST_F(ProgressTest, TheReasonsAreFactsOfTheRecord) {
  const std::string late = R"({"due":"2024-04-10","unit":"办公室"})";
  task("未签收", late);
  run(task("未开始", late), "accept");
  run(run(task("无进展", late), "accept"), "start");
  run(run(task("久无进展", R"({"due":"2024-04-10","unit":"办公室",
      "progress":[{"on":"2024-03-20","text":"已开会"},{"on":"2024-03-01","text":"较早"}]})"),
          "accept"),
      "start");
  run(run(task("讲明原因", R"({"due":"2024-04-10","delay_reason":"等待省厅批复",
      "progress":[{"on":"2024-04-28","text":"已报省厅"}]})"),
          "accept"),
      "start");
  auto back = run(run(task("被退回", late), "accept"), "start");
  back = run(run(back, "submit", R"({"result":"完成"})"), "return", R"({"reason":"缺佐证"})");
  task("下达即逾期", R"({"due":"2024-03-31","unit":"办公室"})");
  const auto seen = progress();
  EXPECT_EQ(codes(named(seen, "下达即逾期")), "not_accepted issued_late");
  EXPECT_EQ(codes(named(seen, "未签收")), "not_accepted");
  EXPECT_NE(named(seen, "未签收").why[0].text.zh.find("30 天未签收"), std::string::npos);
  EXPECT_EQ(codes(named(seen, "未开始")), "not_started");
  EXPECT_EQ(codes(named(seen, "无进展")), "no_report");
  EXPECT_EQ(codes(named(seen, "久无进展")), "silent");
  EXPECT_EQ(named(seen, "久无进展").last_report, "已开会");
  EXPECT_EQ(codes(named(seen, "讲明原因")), "no_unit stated");
  EXPECT_EQ(codes(named(seen, "被退回")), "returned");
  EXPECT_EQ(seen.all.late, 7u);
}

TEST_F(ProgressTest, HandedInAfterTheDueDateIsDoneLate) {
  auto late = run(run(task("迟报结", R"({"due":"2024-04-10"})"), "accept"), "start");
  late = run(late, "submit", R"({"result":"完成"})");
  auto seen = progress();
  EXPECT_EQ(named(seen, "迟报结").standing, Standing::kSubmitted);
  EXPECT_TRUE(named(seen, "迟报结").done_late);
  EXPECT_EQ(seen.all.late, 0u);
  run(late, "confirm");
  const auto cancelled = task("撤销的", R"({"due":"2024-04-10"})");
  run(cancelled, "cancel", R"({"reason":"不再需要"})");
  seen = progress();
  EXPECT_EQ(seen.all.total, 1u);
  EXPECT_EQ(seen.all.done, 1u);
  EXPECT_EQ(seen.all.done_late, 1u);
}

TEST_F(ProgressTest, GroupsFollowTheTreeAndFiltersTakeWhatIsBelow) {
  const auto second = goal("第二条线", {}, 2);
  const auto first = goal("第一条线", {}, 1);
  const auto under = goal("第一条线之下", first, 1);
  task("甲", R"({"goal":")" + first + R"(","district":"rushan","due":"2024-04-01"})");
  task("乙", R"({"goal":")" + under + R"(","district":"rongcheng","unit":"执法支队"})");
  task("丙", R"({"goal":")" + second + R"(","unit":"执法支队"})");
  task("丁", "{}");
  const auto all = progress();
  ASSERT_EQ(all.goals.size(), 4u);
  EXPECT_EQ(all.goals[0].key, first);
  EXPECT_EQ(all.goals[1].key, under);
  EXPECT_EQ(all.goals[2].key, second);
  EXPECT_EQ(all.goals[3].key, "");
  EXPECT_EQ(all.tasks.front().title, "甲");
  EXPECT_EQ(all.tasks.back().title, "丁");
  ASSERT_EQ(all.units.size(), 2u);
  EXPECT_EQ(all.units[0].counts.total, 2u);
  EXPECT_EQ(all.districts.back().key, "");
  ProgressQuery query;
  query.goal = first;
  EXPECT_EQ(progress(query).all.total, 2u);
  query = {};
  query.district = "rushan";
  EXPECT_EQ(progress(query).all.total, 1u);
  query = {};
  query.standing = Standing::kLate;
  const auto late = progress(query);
  EXPECT_EQ(late.tasks.size(), 1u);
  EXPECT_EQ(late.all.total, 4u);  // the counts stay those of all
}

TEST_F(ProgressTest, AClerkSeesTheTasksOfTheDistrictOnly) {
  task("荣成的", R"({"district":"rongcheng"})");
  task("乳山的", R"({"district":"rushan"})");
  task("全市的", "{}");
  const auto seen = progress({}, &rig.records.clerk);
  EXPECT_EQ(seen.all.total, 2u);
  for (const auto& one : seen.tasks) EXPECT_NE(one.title, "乳山的");
}

TEST_F(ProgressTest, ARingOfGoalsEnds) {
  const auto a = goal("甲");
  const auto b = goal("乙", a);
  const auto before = registry().find("goal", a);
  const auto ring = registry().patch("goal", a, before->revision, Json::object({{"parent", b}}),
                                     by(rig.records.leader));
  ASSERT_TRUE(ring) << ring.error().text();
  task("其中", R"({"goal":")" + b + R"("})");
  const auto seen = progress();
  EXPECT_EQ(seen.all.total, 1u);
  ProgressQuery query;
  query.goal = a;
  EXPECT_EQ(progress(query).all.total, 1u);
}

/// The parts of the zip file that a .xlsx is.
std::map<std::string, std::string> parts(const std::string& bytes) {
  std::map<std::string, std::string> out;
  archive* in = archive_read_new();
  archive_read_support_format_zip(in);
  EXPECT_EQ(archive_read_open_memory(in, bytes.data(), bytes.size()), ARCHIVE_OK);
  archive_entry* entry = nullptr;
  while (archive_read_next_header(in, &entry) == ARCHIVE_OK) {
    std::string text;
    std::array<char, 8192> piece{};
    for (la_ssize_t n = 0; (n = archive_read_data(in, piece.data(), piece.size())) > 0;)
      text.append(piece.data(), std::size_t(n));
    out[archive_entry_pathname(entry)] = text;
  }
  archive_read_free(in);
  return out;
}

TEST_F(ProgressTest, TheSpreadsheetHoldsEveryTaskAndItsReasons) {
  task("=HYPERLINK(1)", R"({"due":"2024-04-30","unit":"办公室"})");
  task("第二项", R"({"district":"rushan","percent":40})");
  const auto zh = parts(progress_sheet(progress(), registry(), "zh"));
  ASSERT_TRUE(zh.contains("xl/sharedStrings.xml"));
  const auto& strings = zh.at("xl/sharedStrings.xml");
  for (const char* text :
       {"=HYPERLINK(1)", "第二项", "乳山市", "逾期 1 天", "未签收", "已下达", "（未归入条线）"})
    EXPECT_NE(strings.find(text), std::string::npos) << text;
  EXPECT_TRUE(zh.contains("xl/worksheets/sheet4.xml"));
  // What begins with = is a text, not a formula.
  EXPECT_EQ(zh.at("xl/worksheets/sheet4.xml").find("<f>"), std::string::npos);
  EXPECT_NE(zh.at("xl/worksheets/sheet4.xml").find("<v>40</v>"), std::string::npos);
  const auto en = parts(progress_sheet(progress(), registry(), "en"));
  EXPECT_NE(en.at("xl/sharedStrings.xml").find("1 days late"), std::string::npos);
  EXPECT_NE(en.at("xl/sharedStrings.xml").find("Issued"), std::string::npos);
}

TEST(LocalDay, IsThatOfTheAuthority) {
  EXPECT_EQ(local_day(*base::parse_iso("2024-04-30T16:00:00Z")), "2024-05-01");
  EXPECT_EQ(local_day(*base::parse_iso("2024-04-30T15:59:59Z")), "2024-04-30");
  EXPECT_EQ(days_between("2024-02-28", "2024-03-01"), 2);
  EXPECT_EQ(days_between("2024-02-28", ""), std::nullopt);
}

}  // namespace
