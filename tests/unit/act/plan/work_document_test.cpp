// SPDX-License-Identifier: Apache-2.0
// Work documents of four kinds, read with the dictionary that is shipped.
#include "act/plan/work_document.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "act/plan/document_text.hpp"
#include "base/utf32.hpp"

using namespace jinglue;
using namespace jinglue::act::plan;

namespace {

namespace fs = std::filesystem;
const fs::path kSource = JINGLUE_SOURCE_DIR;

const Dictionary& words() {
  static const Dictionary out =
      *read_dictionary(*base::read_config(kSource / "data/plan/dictionary.toml"));
  return out;
}
WorkDocument read(const std::string& text) {
  return read_work_document(clean(base::to_utf32(text), words().words), words());
}
WorkDocument read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  const auto text =
      document_text(std::string(std::istreambuf_iterator<char>(in), {}), file.string());
  EXPECT_TRUE(text) << text.error().text();
  return read(text ? text->text : "");
}
WorkDocument sample(const char* name) {
  return read_file(kSource / "tests/data/plan" / name);
}

void gather(const std::vector<PlanNode>& nodes, NodeKind kind, std::vector<const PlanNode*>& out) {
  for (const auto& node : nodes) {
    if (node.kind == kind) out.push_back(&node);
    gather(node.children, kind, out);
  }
}
std::vector<const PlanNode*> all(const WorkDocument& document, NodeKind kind) {
  std::vector<const PlanNode*> out;
  gather(document.nodes, kind, out);
  return out;
}
const PlanNode* find(const WorkDocument& document, const std::string& text) {
  for (const auto* node : all(document, NodeKind::kMeasure))
    if (node->text == text) return node;
  ADD_FAILURE() << "no measure: " << text;
  static const PlanNode none;
  return &none;
}
std::vector<std::string> texts(const WorkDocument& document, NodeKind kind) {
  std::vector<std::string> out;
  for (const auto* node : all(document, kind)) out.push_back(node->text);
  return out;
}
using Texts = std::vector<std::string>;

}  // namespace

TEST(WorkDocument, the_seed_gives_its_lines_goals_orientations_and_measures) {
  const auto file = kSource / "../shared/seed/000_e72d4de78f0a0474.txt";
  if (!fs::exists(file)) GTEST_SKIP() << "shared seed text absent";
  const auto d = read_file(file);
  EXPECT_EQ(d.title, "威海市海洋发展系统工作会议暨海洋办主任会议");
  EXPECT_EQ(d.date, "2024-02-28");
  EXPECT_TRUE(d.year_inferred);
  EXPECT_EQ(texts(d, NodeKind::kMainLine),
            (Texts{"建设创新型国际海洋强市,聚力打造新时代‘海上威海’"}));
  EXPECT_EQ(texts(d, NodeKind::kGoal), (Texts{"为海洋经济添光彩", "安全底线不出事"}));
  EXPECT_EQ(texts(d, NodeKind::kOrientation),
            (Texts{"科学用海", "科技兴海", "产业强海", "生态护海", "开放活海", "安全靖海"}));
  Texts numbered;
  for (const auto* line : all(d, NodeKind::kLine))
    if (line->label.size() == 3) numbered.push_back(line->label);
  EXPECT_EQ(numbered, (Texts{"一", "二", "三", "四", "五", "六"}));
  EXPECT_GE(count(d.nodes, NodeKind::kMeasure), 40U);
  EXPECT_EQ(
      find(d, "牵头出台威海市海上渔业安全突发事件应急处置专项应急预案")->suggestion.units.at(0),
      "安全生产与应急");
  EXPECT_EQ(find(d, "提速建成国家水产养殖绿色发展示范区")->suggestion.due, "2024-12-31");
  EXPECT_EQ(find(d, "持续抓好对上争取")->suggestion.register_id, "upward_application");
  EXPECT_EQ(find(d, "对区市海洋工作考核进行优化")->aims, (Texts{"助推基层考核减负提效"}));
}

TEST(WorkDocument, passages_are_where_the_measures_were_read) {
  const auto d = sample("work_points.txt");
  const auto measures = all(d, NodeKind::kMeasure);
  ASSERT_FALSE(measures.empty());
  for (const auto* node : measures) {
    const auto& paragraph = d.text.paragraphs.at(node->passage.paragraph).text;
    ASSERT_LE(node->passage.end, paragraph.size());
    const auto passage = base::to_utf8(
        paragraph.substr(node->passage.begin, node->passage.end - node->passage.begin));
    EXPECT_NE(passage.find(node->text), std::string::npos) << node->text << " in " << passage;
  }
}

TEST(WorkDocument, work_points_state_units_dates_and_goals) {
  const auto d = sample("work_points.txt");
  EXPECT_EQ(d.title, "镜海市海洋与渔业局2025年工作要点");
  EXPECT_EQ(d.date, "");
  EXPECT_EQ(d.year, 2025);
  const auto goals = all(d, NodeKind::kGoal);
  ASSERT_EQ(goals.size(), 6U);
  EXPECT_EQ(goals[0]->figures.at(0).value, "6");
  EXPECT_EQ(goals[0]->figures.at(0).unit, "%");
  EXPECT_TRUE(goals[0]->figures.at(0).growth);
  EXPECT_EQ(goals[0]->figures.at(0).bound, Bound::kAtLeast);
  EXPECT_EQ(goals[0]->suggestion.indicator, "gross_ocean_product");
  EXPECT_EQ(goals[2]->figures.at(0).value, "52.5");
  EXPECT_EQ(goals[2]->figures.at(0).bound, Bound::kAbout);
  EXPECT_EQ(goals[4]->figures.at(0).value, "1250");
  EXPECT_EQ(goals[5]->figures.at(0).bound, Bound::kAtMost);

  const auto& cages = *find(d, "新建深水网箱120个");
  EXPECT_EQ(cages.suggestion.units, (Texts{"渔业发展科", "海洋牧场建设中心"}));
  EXPECT_TRUE(cages.suggestion.units_stated);
  EXPECT_EQ(cages.suggestion.due, "2025-09-30");
  EXPECT_EQ(cages.aims, (Texts{"打造北方种业高地"}));
  const auto& plan = *find(d, "编制海洋药物产业发展规划，6月15日前报市政府审定");
  EXPECT_EQ(plan.suggestion.due, "2025-06-15");
  EXPECT_EQ(plan.suggestion.due_basis, DueBasis::kStated);
  EXPECT_EQ(plan.suggestion.units, (Texts{"海洋经济科", "市科技局", "市工信局"}));
  EXPECT_EQ(find(d, "建成海洋装备测试平台，年底前投入试运行")->suggestion.due, "2025-12-31");
  EXPECT_EQ(find(d, "第三季度组织综合演练1次")->suggestion.due, "2025-09-30");
  EXPECT_EQ(find(d, "第三季度组织综合演练1次")->suggestion.units, (Texts{"渔港监督科", "各区市"}));
}

TEST(WorkDocument, a_speech_gives_goals_and_who_is_told) {
  const auto d = sample("speech.txt");
  EXPECT_EQ(d.title, "全市渔业安全生产工作推进会");
  EXPECT_EQ(d.date, "2026-03-12");
  EXPECT_EQ(texts(d, NodeKind::kGoal), (Texts{"不发生较大事故", "不发生群死群伤"}));
  EXPECT_EQ(find(d, "6月底前完成北斗终端检修")->suggestion.due, "2026-06-30");
  EXPECT_EQ(find(d, "组建不少于12支志愿救助队")->aims, (Texts{"补贴标准不低于每艘800元"}));
  EXPECT_EQ(find(d, "4月20日前报送市渔业局")->suggestion.due, "2026-04-20");
  EXPECT_EQ(find(d, "开展拉网式排查")->suggestion.units, (Texts{"各区市"}));
  EXPECT_EQ(find(d, "加强联动")->suggestion.units, (Texts{"各部门"}));
}

TEST(WorkDocument, a_task_list_keeps_its_items_and_their_dates) {
  const auto d = sample("task_list.txt");
  EXPECT_EQ(d.title, "潮石县养殖用海清理整治任务清单");
  EXPECT_EQ(find(d, "摸排底数")->suggestion.due, "2024-10-31");
  EXPECT_EQ(find(d, "分类处置")->children.size(), 5U);
  const auto& last = *find(d, "公开举报电话，受理群众举报");
  EXPECT_EQ(last.suggestion.due, "2025-03-31");
  EXPECT_EQ(last.suggestion.units, (Texts{"县综合行政执法局"}));
}

TEST(WorkDocument, a_principle_and_what_a_meeting_was_are_no_measures) {
  EXPECT_EQ(texts(read("会议强调\n要坚持稳中求进，聚焦高质量发展、高标准服务、高效能治理。\n"
                       "会议听取了情况汇报，总结了经验。"),
                  NodeKind::kMeasure),
            Texts{});
}

TEST(WorkDocument, what_was_done_last_year_is_no_measure) {
  EXPECT_EQ(
      texts(
          read(
              "一、2024年工作回顾\n完成投资12亿元，加强队伍建设。\n二、2025年任务\n加强队伍建设。"),
          NodeKind::kMeasure),
      (Texts{"加强队伍建设"}));
}

TEST(WorkDocument, a_list_that_has_not_as_many_members_as_it_says_is_no_list_of_goals) {
  EXPECT_EQ(texts(read("要锚定稳增长、防风险三大目标，加强调度。"), NodeKind::kGoal), Texts{});
}

TEST(WorkDocument, text_without_anything_to_do_has_no_nodes) {
  EXPECT_TRUE(read("今天天气很好。").nodes.empty());
  EXPECT_TRUE(read("").nodes.empty());
}
