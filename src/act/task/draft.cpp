// SPDX-License-Identifier: Apache-2.0
#include "act/task/draft.hpp"

#include <algorithm>
#include <array>

#include "act/task/draft_limits.hpp"
#include "base/keys.hpp"
#include "base/text.hpp"
#include "base/utf32.hpp"

namespace jinglue::act::task {
namespace {

using base::Json;
using plan::NodeKind;

constexpr std::array<std::string_view, 3> kDecisions = {"open", "accepted", "rejected"};

/// The reader knows no limits; what is longer than a field of a record is cut, visibly.
std::string cut(const std::string& text, std::size_t most) {
  auto wide = base::to_utf32(base::trim(text));
  if (wide.size() <= most) return base::to_utf8(wide);
  wide.resize(most - 1);
  return base::to_utf8(wide) + "…";
}

std::vector<std::string> cut(const std::vector<std::string>& texts, std::size_t most_items,
                             std::size_t most) {
  std::vector<std::string> out;
  for (const auto& text : texts) {
    if (out.size() == most_items) break;
    if (auto one = cut(text, most); !one.empty()) out.push_back(std::move(one));
  }
  return out;
}

/// An officer's tree is stricter than what odd numbering makes: an item with lines below it is a
/// line, and so is a goal that holds something; the main line is the root.
NodeKind fitting(const DraftNode& node, bool root) {
  const auto& below = node.children;
  if (node.kind == NodeKind::kMainLine) return root ? node.kind : NodeKind::kLine;
  const bool holds_line = std::any_of(below.begin(), below.end(), [](const DraftNode& child) {
    return child.kind != NodeKind::kMeasure;
  });
  if (node.kind == NodeKind::kMeasure && holds_line) return NodeKind::kLine;
  const bool aim = node.kind == NodeKind::kGoal || node.kind == NodeKind::kOrientation;
  return aim && !below.empty() ? NodeKind::kLine : node.kind;
}

void number(const std::vector<plan::PlanNode>& from, std::vector<DraftNode>& into,
            std::int64_t& next, bool root) {
  for (const auto& node : from) {
    DraftNode out;
    out.id = next++;
    out.kind = node.kind;
    out.label = cut(node.label, kMostLabel);
    out.text = cut(node.text.empty() ? node.label : node.text, kMostText);
    if (out.text.empty()) out.text = "…";
    out.aims = cut(node.aims, kMostAims, kMostText);
    out.passage = node.passage;
    for (const auto& figure : node.figures)
      if (out.figures.size() < kMostFigures && figure.text.size() <= kMostFigure)
        out.figures.push_back(figure);
    out.register_id = node.suggestion.register_id;
    out.indicator = node.suggestion.indicator;
    out.units = cut(node.suggestion.units, kMostUnits, kMostUnit);
    out.due = node.suggestion.due;
    if (!out.due.empty()) out.due_basis = to_key(node.suggestion.due_basis);
    number(node.children, out.children, next, false);
    out.kind = fitting(out, root);
    into.push_back(std::move(out));
  }
}

void count(const std::vector<DraftNode>& nodes, DraftCounts& out) {
  for (const auto& node : nodes) {
    count(node.children, out);
    if (node.kind == NodeKind::kLine) ++out.lines;
    if (node.kind != NodeKind::kMeasure) continue;
    ++out.measures;
    if (!node.record.empty()) ++out.made;
    if (node.decision == Decision::kAccepted) ++out.accepted;
    if (node.decision == Decision::kRejected) {
      ++out.rejected;
      continue;
    }
    if (node.units.empty()) ++out.no_unit;
    if (node.due.empty()) ++out.no_due;
  }
}

}  // namespace

std::string_view to_key(Decision decision) {
  return base::key_of(kDecisions, decision);
}

std::vector<DraftNode> draft_nodes(const std::vector<plan::PlanNode>& nodes,
                                   std::int64_t& next_node) {
  std::vector<DraftNode> out;
  number(nodes, out, next_node, true);
  return out;
}

DraftCounts counts_of(const std::vector<DraftNode>& nodes) {
  DraftCounts out;
  count(nodes, out);
  return out;
}

Json to_json(const DraftCounts& counts) {
  const auto n = [](std::size_t value) { return Json(std::uint64_t{value}); };
  return Json::object({{"lines", n(counts.lines)},
                       {"measures", n(counts.measures)},
                       {"accepted", n(counts.accepted)},
                       {"rejected", n(counts.rejected)},
                       {"made", n(counts.made)},
                       {"no_unit", n(counts.no_unit)},
                       {"no_due", n(counts.no_due)}});
}

}  // namespace jinglue::act::task
