// SPDX-License-Identifier: Apache-2.0
// Drafts outlive the program; edits need the revision that was seen; goals and tasks are made once,
// all or none.
#include <algorithm>

#include "base/hash.hpp"
#include "unit/act/task/plan_rig.hpp"

using namespace jinglue;
using namespace jinglue::act::task;
using act::plan::NodeKind;
using test::accept_all;
using test::nodes_of;

namespace {

std::size_t total(test::PlanRig& rig, const std::string& register_id) {
  return rig.records.registry().list(register_id, {})->total;
}

TEST(DraftBook, ADraftOutlivesTheProgramWithItsText) {
  test::PlanRig rig;
  const Draft made = rig.make();
  EXPECT_EQ(made.revision, 1);
  EXPECT_EQ(made.owner, "liaison");
  EXPECT_EQ(made.facts.kind, "work_points");
  EXPECT_EQ(made.facts.year, 2025);
  EXPECT_GT(made.counts.measures, 8u);
  const auto bytes = test::PlanRig::sample("work_points.txt").bytes;
  EXPECT_EQ(made.file_hash, base::sha256_hex(bytes));
  EXPECT_EQ(base::sha256_hex_file(rig.files() / made.file_hash), made.file_hash);
  rig.open();
  const auto again = rig.book().find(made.id, rig.liaison);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->nodes, made.nodes);
  EXPECT_EQ(again->facts, made.facts);
  const auto text = rig.book().text(made.text_hash);
  ASSERT_TRUE(text);
  for (const auto* node : nodes_of(again->nodes, NodeKind::kMeasure)) {
    const auto& p = node->passage;
    ASSERT_LT(p.paragraph, text->paragraphs.size());
    EXPECT_LE(p.end, text->paragraphs[p.paragraph].text.size());
  }
  const auto list = rig.book().list(rig.liaison);
  ASSERT_EQ(list->size(), 1u);
  EXPECT_EQ(list->front().counts.measures, made.counts.measures);
}

TEST(DraftBook, TheSameKeyMakesOneDraft) {
  test::PlanRig rig;
  const auto from = test::PlanRig::sample("work_points.txt");
  const auto one = rig.book().create(from, rig.liaison, rig.now(), "same");
  const auto two = rig.book().create(from, rig.liaison, rig.now(), "same");
  ASSERT_TRUE(one && two);
  EXPECT_EQ(one->id, two->id);
  EXPECT_EQ(rig.book().list(rig.liaison)->size(), 1u);
}

TEST(DraftBook, ATextThatAsksForNothingIsRefused) {
  test::PlanRig rig;
  const auto done = rig.book().create(
      test::PlanRig::read("会议总结了上一年的工作,大家认为成绩来之不易。", "past.txt"), rig.liaison,
      rig.now(), "k");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, base::Code::kMissing);
  EXPECT_TRUE(rig.book().list(rig.liaison)->empty());
}

TEST(DraftBook, AnEditNeedsTheRevisionThatWasSeen) {
  test::PlanRig rig;
  const Draft first = rig.make();
  const auto measures = nodes_of(first.nodes, NodeKind::kMeasure);
  const std::string edits =
      R"([{"op":"set","node":)" + std::to_string(measures[0]->id) + R"(,"values":{"text":"改"}}])";
  const auto act = rig.act(first, "k1");
  const auto second = rig.book().edit(act, {}, *base::parse_json(edits));
  ASSERT_TRUE(second) << second.error().text();
  EXPECT_EQ(second->revision, 2);
  // The answer was lost and the request comes again: nothing is done twice.
  const auto repeated = rig.book().edit(act, {}, *base::parse_json(edits));
  ASSERT_TRUE(repeated);
  EXPECT_EQ(repeated->revision, 2);
  // Somebody who saw the first revision.
  const auto stale = rig.edit(first, edits);
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().code, base::Code::kConflict);
  EXPECT_EQ(stale.error().where, "revision");
  rig.open();
  EXPECT_EQ(rig.book().find(first.id, rig.liaison)->nodes, second->nodes);
}

TEST(DraftBook, OtherDistrictsAndRolesDoNotSeeIt) {
  test::PlanRig rig;
  const Draft draft = rig.make();
  auto local = test::person("local", access::Role::kLiaison, "rushan");
  const auto own = rig.book().create(test::PlanRig::sample("task_list.txt"), local, rig.now(), "l");
  ASSERT_TRUE(own);
  EXPECT_EQ(own->district, "rushan");
  auto other = test::person("other", access::Role::kLiaison, "rongcheng");
  EXPECT_EQ(rig.book().find(own->id, other).error().code, base::Code::kMissing);
  EXPECT_EQ(rig.book().list(other)->size(), 1u);  // that of the whole authority
  EXPECT_EQ(rig.book().list(rig.liaison)->size(), 2u);
  EXPECT_EQ(rig.book().find(draft.id, rig.records.duty).error().code, base::Code::kForbidden);
  EXPECT_EQ(rig.book()
                .create(test::PlanRig::sample("speech.txt"), rig.records.clerk, rig.now(), "c")
                .error()
                .code,
            base::Code::kForbidden);
}

TEST(DraftBook, AcceptedMeasuresBecomeTasksOnce) {
  test::PlanRig rig;
  const Draft fresh = rig.make();
  const auto draft = rig.edit(fresh, accept_all(fresh.nodes));
  ASSERT_TRUE(draft) << draft.error().text();
  const auto act = rig.act(*draft, "make");
  const auto made = rig.book().make_records(act);
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(made->made.tasks.size(), fresh.counts.measures);
  EXPECT_EQ(total(rig, "task"), fresh.counts.measures);
  EXPECT_EQ(total(rig, "work_document"), 1u);
  EXPECT_EQ(total(rig, "goal"), made->made.goals.size());
  // The same request again, also after a restart: the same answer, nothing twice.
  rig.open();
  const auto again = rig.book().make_records(act);
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(again->made.tasks, made->made.tasks);
  EXPECT_EQ(total(rig, "task"), fresh.counts.measures);
  // Another request finds nothing left to make.
  const auto nothing = rig.book().make_records(rig.act(again->draft));
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().code, base::Code::kMissing);
}

TEST(DraftBook, EveryTaskKnowsItsLineItsUnitAndItsPassage) {
  test::PlanRig rig;
  const Draft fresh = rig.make();
  const auto draft = rig.edit(fresh, accept_all(fresh.nodes));
  const auto made = rig.book().make_records(rig.act(*draft));
  ASSERT_TRUE(made) << made.error().text();
  const auto text = rig.book().text(fresh.text_hash);
  auto& registry = rig.records.registry();
  const auto nodes = nodes_of(made->draft.nodes, NodeKind::kMeasure);
  for (const auto* node : nodes) {
    const auto task = registry.find("task", node->record);
    ASSERT_TRUE(task) << node->text;
    const auto& f = task->fields;
    EXPECT_EQ(task->state, "issued");
    EXPECT_EQ(f["title"].as_string(), node->text);
    EXPECT_EQ(f["document"].as_string(), made->made.document);
    EXPECT_EQ(f["due"].as_string(), node->due);
    EXPECT_EQ(f["unit"].as_string(), node->units.empty() ? "" : node->units.front());
    const auto& paragraph = text->paragraphs[std::size_t(f["passage_paragraph"].as_int())].text;
    const auto begin = std::size_t(f["passage_begin"].as_int());
    const auto end = std::size_t(f["passage_end"].as_int());
    EXPECT_EQ(base::to_utf8(paragraph.substr(begin, end - begin)), f["passage_text"].as_string());
    ASSERT_TRUE(registry.find("goal", f["goal"].as_string())) << node->text;
  }
  const auto document = registry.find("work_document", made->made.document);
  EXPECT_EQ(document->fields["text_hash"].as_string(), fresh.text_hash);
  EXPECT_EQ(document->fields["uploaded_by"].as_string(), "liaison");
}

TEST(DraftBook, OneBadNodeAndNothingIsMade) {
  test::PlanRig rig;
  const Draft fresh = rig.make();
  const auto measures = nodes_of(fresh.nodes, NodeKind::kMeasure);
  std::string edits = accept_all(fresh.nodes);
  edits.pop_back();
  edits += R"(,{"op":"set","node":)" + std::to_string(measures.back()->id) +
           R"(,"values":{"district":"atlantis"}}])";
  const auto draft = rig.edit(fresh, edits);
  ASSERT_TRUE(draft) << draft.error().text();
  const auto done = rig.book().make_records(rig.act(*draft));
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().where.find("node " + std::to_string(measures.back()->id)),
            std::string::npos)
      << done.error().text();
  EXPECT_EQ(total(rig, "task"), 0u);
  EXPECT_EQ(total(rig, "goal"), 0u);
  EXPECT_EQ(total(rig, "work_document"), 0u);
  EXPECT_EQ(rig.book().find(fresh.id, rig.liaison)->revision, draft->revision);
}

TEST(DraftBook, SomeNowAndTheRestLaterHangOnTheSameLines) {
  test::PlanRig rig;
  const Draft fresh = rig.make();
  const auto measures = nodes_of(fresh.nodes, NodeKind::kMeasure);
  const auto accept = [&](const DraftNode& node) {
    return R"([{"op":"set","node":)" + std::to_string(node.id) +
           R"(,"values":{"decision":"accepted"}}])";
  };
  auto draft = rig.edit(fresh, accept(*measures[0]));
  auto made = rig.book().make_records(rig.act(*draft));
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(made->made.tasks.size(), 1u);
  const auto goals = total(rig, "goal");
  draft = rig.edit(made->draft, accept_all({made->draft.nodes.end() - 1, made->draft.nodes.end()}));
  ASSERT_TRUE(draft) << draft.error().text();
  made = rig.book().make_records(rig.act(*draft));
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(total(rig, "work_document"), 1u);
  // The same text handed in again finds its document and its lines.
  const Draft twin = rig.make();
  const auto accepted = rig.edit(twin, accept_all(twin.nodes));
  const auto before = total(rig, "goal");
  const auto twin_made = rig.book().make_records(rig.act(*accepted));
  ASSERT_TRUE(twin_made) << twin_made.error().text();
  EXPECT_EQ(twin_made->made.document, made->made.document);
  EXPECT_EQ(total(rig, "work_document"), 1u);
  EXPECT_GE(before, goals);
  EXPECT_EQ(total(rig, "goal"), before + twin_made->made.goals.size());
  const auto& all = twin_made->draft.nodes;
  std::size_t goal_nodes = 0;
  for (const auto kind :
       {NodeKind::kMainLine, NodeKind::kGoal, NodeKind::kOrientation, NodeKind::kLine})
    goal_nodes += nodes_of(all, kind).size();
  EXPECT_LT(twin_made->made.goals.size(), goal_nodes);
}

TEST(DraftBook, ALiaisonOfADistrictGivesTasksToItAlone) {
  test::PlanRig rig;
  auto local = test::person("local", access::Role::kLiaison, "rushan");
  const auto draft =
      rig.book().create(test::PlanRig::sample("task_list.txt"), local, rig.now(), "l");
  ASSERT_TRUE(draft);
  const auto first = nodes_of(draft->nodes, NodeKind::kMeasure).front()->id;
  const auto edits =
      *base::parse_json(R"([{"op":"set","node":)" + std::to_string(first) +
                        R"(,"values":{"decision":"accepted","district":"rongcheng"}}])");
  const auto edited =
      rig.book().edit({draft->id, draft->revision, local, rig.now(), "e"}, {}, edits);
  ASSERT_TRUE(edited) << edited.error().text();
  const auto done = rig.book().make_records({edited->id, edited->revision, local, rig.now(), "m"});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, base::Code::kForbidden);
  EXPECT_EQ(total(rig, "task"), 0u);
}

TEST(DraftBook, ARemovedDraftLeavesItsTasksAndTheirText) {
  test::PlanRig rig;
  const Draft fresh = rig.make();
  const auto draft = rig.edit(fresh, accept_all(fresh.nodes));
  const auto made = rig.book().make_records(rig.act(*draft));
  ASSERT_TRUE(made);
  EXPECT_FALSE(rig.book().remove(rig.act(*draft)));  // an older revision
  ASSERT_TRUE(rig.book().remove(rig.act(made->draft)));
  EXPECT_EQ(rig.book().find(fresh.id, rig.liaison).error().code, base::Code::kMissing);
  EXPECT_EQ(total(rig, "task"), fresh.counts.measures);
  EXPECT_TRUE(rig.book().text(fresh.text_hash));
}

}  // namespace
