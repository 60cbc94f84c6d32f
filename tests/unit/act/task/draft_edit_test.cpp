// SPDX-License-Identifier: Apache-2.0
// Edits of a draft's tree: what each does, what is refused, and that each can be taken back.
#include "act/task/draft_edit.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/utf32.hpp"

using namespace jinglue;
using namespace jinglue::act::task;
using act::plan::NodeKind;
using base::Json;

namespace {

DraftText text() {
  DraftText out;
  out.paragraphs = {{U"一要抓好安全。要完善预案,加强演练。", 1}};
  return out;
}

DraftNode node(std::int64_t id, NodeKind kind, const std::string& words,
               std::vector<DraftNode> children = {}) {
  DraftNode out;
  out.id = id;
  out.kind = kind;
  out.text = words;
  out.passage = {0, 0, 4};
  out.children = std::move(children);
  return out;
}

Draft draft() {
  Draft out;
  out.nodes = {
      node(1, NodeKind::kMainLine, "海上威海", {node(2, NodeKind::kGoal, "安全")}),
      node(3, NodeKind::kLine, "安全",
           {node(4, NodeKind::kMeasure, "完善预案"), node(5, NodeKind::kMeasure, "加强演练")}),
      node(6, NodeKind::kLine, "发展")};
  out.next_node = 7;
  return out;
}

base::Status edit(Draft& to, const std::string& edits) {
  return apply_edits(*base::parse_json(edits), text(), to);
}

std::string shape(const std::vector<DraftNode>& nodes) {
  std::string out;
  for (const auto& n : nodes)
    out += std::to_string(n.id) + (n.children.empty() ? "" : "(" + shape(n.children) + ")") + " ";
  if (!out.empty()) out.pop_back();
  return out;
}

TEST(DraftEdit, SetsMembersAndKeepsTheRest) {
  Draft d = draft();
  ASSERT_TRUE(edit(d, R"([{"op":"set","node":4,"values":{"text":" 修订预案 ","units":["执法支队"],
    "district":"rushan","due":"2024-06-30","due_basis":"set","decision":"accepted"}}])"));
  const auto& n = d.nodes[1].children[0];
  EXPECT_EQ(n.text, "修订预案");
  EXPECT_EQ(n.units, std::vector<std::string>{"执法支队"});
  EXPECT_EQ(n.due, "2024-06-30");
  EXPECT_EQ(n.decision, Decision::kAccepted);
  EXPECT_EQ(n.passage.end, 4u);
  EXPECT_EQ(d.counts.accepted, 1u);
  EXPECT_EQ(d.counts.no_unit, 1u);
  // A due date goes with its basis.
  ASSERT_TRUE(edit(d, R"([{"op":"set","node":4,"values":{"due":null}}])"));
  EXPECT_TRUE(d.nodes[1].children[0].due_basis.empty());
}

TEST(DraftEdit, MovesInsertsAndRemoves) {
  Draft d = draft();
  ASSERT_TRUE(edit(d, R"([{"op":"move","node":5,"parent":3,"index":0}])"));
  EXPECT_EQ(shape(d.nodes), "1(2) 3(5 4) 6");
  ASSERT_TRUE(edit(d, R"([{"op":"move","node":5,"parent":6,"index":0},
                          {"op":"move","node":6,"parent":null,"index":0}])"));
  EXPECT_EQ(shape(d.nodes), "6(5) 1(2) 3(4)");
  ASSERT_TRUE(edit(d, R"([{"op":"insert","parent":3,"index":1,"node":{"id":9,"kind":"measure",
    "text":"新的","passage":{"paragraph":0,"begin":0,"end":2}}}])"));
  EXPECT_EQ(shape(d.nodes), "6(5) 1(2) 3(4 9)");
  EXPECT_EQ(d.next_node, 10);
  ASSERT_TRUE(edit(d, R"([{"op":"remove","node":3}])"));
  EXPECT_EQ(shape(d.nodes), "6(5) 1(2)");
}

struct Refused {
  const char* edits;
  base::Code code;
  const char* where;
};
class RefusedEdit : public testing::TestWithParam<Refused> {};

TEST_P(RefusedEdit, LeavesTheTreeAsItWas) {
  Draft d = draft();
  const auto before = d.nodes;
  // The first edit is good: nothing of a request holds when one is refused.
  const std::string edits =
      std::string(R"([{"op":"set","node":4,"values":{"text":"x"}},)") + GetParam().edits + "]";
  const auto done = edit(d, edits);
  ASSERT_FALSE(done) << GetParam().edits;
  EXPECT_EQ(done.error().code, GetParam().code) << done.error().text();
  EXPECT_NE(done.error().where.find(GetParam().where), std::string::npos) << done.error().where;
  EXPECT_EQ(d.nodes, before);
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusedEdit,
    testing::Values(
        Refused{R"({"op":"set","node":99,"values":{}})", base::Code::kUnknown, "edits[1].node"},
        Refused{R"({"op":"set","node":4,"values":{"record":"x"}})", base::Code::kUnknown, "record"},
        Refused{R"({"op":"set","node":4,"values":{"text":"  "}})", base::Code::kMalformed, "text"},
        Refused{R"({"op":"set","node":4,"values":{"due":"2024-02-30"}})", base::Code::kMalformed,
                "due"},
        Refused{R"({"op":"set","node":4,"values":{"due":"soon"}})", base::Code::kMalformed, "due"},
        Refused{R"({"op":"set","node":4,"values":{"decision":"perhaps"}})", base::Code::kMalformed,
                "decision"},
        Refused{R"({"op":"set","node":4,"values":{"passage":{"paragraph":0,"begin":0,"end":99}}})",
                base::Code::kOutOfRange, "node 4"},
        Refused{R"({"op":"set","node":4,"values":{"passage":{"paragraph":5,"begin":0,"end":1}}})",
                base::Code::kOutOfRange, "node 4"},
        Refused{R"({"op":"set","node":1,"values":{"passage":{"paragraph":-1,"begin":0,"end":0}}})",
                base::Code::kMalformed, "passage"},
        Refused{R"({"op":"move","node":3,"parent":4,"index":0})", base::Code::kUnknown, "parent"},
        Refused{R"({"op":"move","node":6,"parent":2,"index":0})", base::Code::kConflict, "node 6"},
        Refused{R"({"op":"move","node":6,"parent":4,"index":0})", base::Code::kConflict, "node 6"},
        Refused{R"({"op":"move","node":1,"parent":3,"index":0})", base::Code::kConflict, "node 1"},
        Refused{R"({"op":"move","node":4,"parent":6,"index":7})", base::Code::kOutOfRange, "index"},
        Refused{R"({"op":"insert","parent":3,"index":0,"node":{"id":5,"text":"twice",
                 "passage":{"paragraph":0,"begin":0,"end":1}}})",
                base::Code::kConflict, "node 5"},
        Refused{R"({"op":"insert","parent":3,"index":0,"node":{"text":"x"}})",
                base::Code::kMalformed, "id"},
        Refused{R"({"op":"sing","node":4})", base::Code::kUnknown, "op"}));

TEST(DraftEdit, WhatIsARecordStays) {
  Draft d = draft();
  d.nodes[1].children[0].record = "r";
  for (const char* edits :
       {R"([{"op":"set","node":4,"values":{"text":"x"}}])", R"([{"op":"remove","node":4}])",
        R"([{"op":"remove","node":3}])", R"([{"op":"move","node":3,"parent":null,"index":0}])"}) {
    const auto done = edit(d, edits);
    ASSERT_FALSE(done) << edits;
    EXPECT_EQ(done.error().code, base::Code::kConflict) << edits;
  }
}

TEST(DraftEdit, AMoveIsTakenBackByAMove) {
  EXPECT_TRUE(rc::check("a move there and back", [] {
    Draft d = draft();
    const auto before = d.nodes;
    const auto id = *rc::gen::inRange(1, 7);
    // Where the node stands now.
    std::int64_t parent = 0;
    std::size_t index = 0;
    const auto look = [&](auto&& self, const std::vector<DraftNode>& in, std::int64_t of) -> void {
      for (std::size_t i = 0; i < in.size(); ++i) {
        if (in[i].id == id) parent = of, index = i;
        self(self, in[i].children, in[i].id);
      }
    };
    look(look, d.nodes, 0);
    const auto place = [&](std::int64_t p, std::size_t i) {
      return R"([{"op":"move","node":)" + std::to_string(id) + R"(,"parent":)" +
             (p == 0 ? "null" : std::to_string(p)) + R"(,"index":)" + std::to_string(i) + "}]";
    };
    const auto to = *rc::gen::element<std::int64_t>(0, 1, 3, 6);
    const auto at = *rc::gen::inRange<std::size_t>(0, 3);
    RC_PRE(bool(edit(d, place(to, at))));
    RC_ASSERT(bool(edit(d, place(parent, index))));
    RC_ASSERT(d.nodes == before);
  }));
}

TEST(DraftEdit, WhatOddNumberingMakesIsATreeThatCanBeEdited) {
  act::plan::PlanNode line, measure, goal;
  line.kind = NodeKind::kLine;
  measure.kind = NodeKind::kMeasure;
  goal.kind = NodeKind::kGoal;
  line.text = measure.text = goal.text = "x";
  measure.children = {line};
  goal.children = {measure};
  std::int64_t next = 1;
  const auto nodes = draft_nodes({goal}, next);
  EXPECT_EQ(nodes[0].kind, NodeKind::kLine);
  EXPECT_EQ(nodes[0].children[0].kind, NodeKind::kLine);
  EXPECT_EQ(next, 4);
  EXPECT_TRUE(check_tree(nodes, text()));
}

TEST(DraftEdit, JsonOfANodeReadsBack) {
  DraftNode n = node(4, NodeKind::kMeasure, "增长6%以上");
  n.label = "（一）";
  n.aims = {"提升水平"};
  n.figures = {{"6%以上", "6", "%", act::plan::Bound::kAtLeast, true}};
  n.units = {"执法支队", "办公室"};
  n.due = "2024-06-30";
  n.due_basis = "stated";
  n.decision = Decision::kRejected;
  const auto back = node_from_json(to_json(n));
  ASSERT_TRUE(back) << back.error().text();
  EXPECT_EQ(*back, n);
}

}  // namespace
