// SPDX-License-Identifier: Apache-2.0
#include "act/plan/show.hpp"

#include <fmt/format.h>

#include "base/utf32.hpp"

namespace jinglue::act::plan {
namespace {

using base::Json;

Json to_json(const Suggestion& s) {
  Json units = Json::array();
  for (const auto& unit : s.units) units.push(unit);
  Json out = Json::object({{"register", s.register_id}, {"units", std::move(units)}});
  out.set("units_stated", s.units_stated);
  if (!s.indicator.empty()) out.set("indicator", s.indicator);
  if (!s.due.empty()) out.set("due", s.due);
  out.set("due_basis", to_key(s.due_basis));
  return out;
}

Json to_json(const Figure& figure) {
  return Json::object({{"text", figure.text},
                       {"value", figure.value},
                       {"unit", figure.unit},
                       {"bound", to_key(figure.bound)},
                       {"growth", figure.growth}});
}

Json to_json(const PlanNode& node) {
  Json out = Json::object({{"kind", to_key(node.kind)}, {"text", node.text}});
  if (!node.label.empty()) out.set("label", node.label);
  if (!node.aims.empty()) {
    Json aims = Json::array();
    for (const auto& aim : node.aims) aims.push(aim);
    out.set("aims", std::move(aims));
  }
  out.set("passage", Json::object({{"paragraph", std::uint64_t{node.passage.paragraph}},
                                   {"begin", std::uint64_t{node.passage.begin}},
                                   {"end", std::uint64_t{node.passage.end}}}));
  if (!node.figures.empty()) {
    Json figures = Json::array();
    for (const auto& figure : node.figures) figures.push(to_json(figure));
    out.set("figures", std::move(figures));
  }
  if (node.kind == NodeKind::kMeasure || node.kind == NodeKind::kGoal)
    out.set("proposal", to_json(node.suggestion));
  Json children = Json::array();
  for (const auto& child : node.children) children.push(to_json(child));
  if (!node.children.empty()) out.set("children", std::move(children));
  return out;
}

std::string suggestion_text(const Suggestion& s) {
  std::string out = s.register_id;
  std::string units;
  for (const auto& unit : s.units) units += (units.empty() ? "" : "、") + unit;
  if (!units.empty()) out += " | " + units;
  if (!s.due.empty()) out += " | " + s.due + (s.due_basis == DueBasis::kYearEnd ? "*" : "");
  if (!s.indicator.empty()) out += " | " + s.indicator;
  return out;
}

void write(const std::vector<PlanNode>& nodes, const CleanText& text, std::size_t depth,
           std::string& out) {
  for (const auto& node : nodes) {
    out += std::string(2 * depth, ' ') + std::string(to_key(node.kind)) + ' ';
    if (!node.label.empty() && node.label != node.text) out += node.label + ' ';
    out += node.text;
    if (node.kind == NodeKind::kMeasure)
      out += fmt::format("  [{} | line {}]", suggestion_text(node.suggestion),
                         text.paragraphs[node.passage.paragraph].line);
    out += '\n';
    for (const auto& aim : node.aims) out += std::string(2 * depth + 2, ' ') + "-> " + aim + '\n';
    write(node.children, text, depth + 1, out);
  }
}

}  // namespace

Json to_json(const CleanText& text) {
  Json paragraphs = Json::array();
  for (const auto& paragraph : text.paragraphs)
    paragraphs.push(Json::object(
        {{"line", std::uint64_t{paragraph.line}}, {"text", base::to_utf8(paragraph.text)}}));
  Json removed = Json::array();
  for (const auto& removal : text.removed)
    removed.push(Json::object({{"kind", to_key(removal.kind)},
                               {"line", std::uint64_t{removal.line}},
                               {"text", base::to_utf8(removal.what)}}));
  return Json::object({{"paragraphs", std::move(paragraphs)},
                       {"removed", std::move(removed)},
                       {"han", std::uint64_t{text.han}}});
}

Json to_json(const WorkDocument& document) {
  Json nodes = Json::array();
  for (const auto& node : document.nodes) nodes.push(to_json(node));
  Json counts = Json::object();
  for (const auto kind : {NodeKind::kMainLine, NodeKind::kGoal, NodeKind::kOrientation,
                          NodeKind::kLine, NodeKind::kMeasure})
    counts.set(to_key(kind), std::uint64_t{count(document.nodes, kind)});
  Json out = Json::object({{"title", document.title}});
  if (!document.date.empty()) out.set("date", document.date);
  out.set("year_inferred", document.year_inferred);
  if (document.year > 0) out.set("year", document.year);
  out.set("counts", std::move(counts));
  out.set("nodes", std::move(nodes));
  out.set("text", to_json(document.text));
  return out;
}

std::string to_text(const WorkDocument& document) {
  std::string out = document.title;
  if (!document.date.empty())
    out += "  " + document.date + (document.year_inferred ? " (year inferred)" : "");
  out += fmt::format(
      "\n{} goals, {} orientations, {} lines, {} measures; {} ideographs kept, {} "
      "pieces of noise taken out\n",
      count(document.nodes, NodeKind::kGoal), count(document.nodes, NodeKind::kOrientation),
      count(document.nodes, NodeKind::kLine), count(document.nodes, NodeKind::kMeasure),
      document.text.han, document.text.removed.size());
  write(document.nodes, document.text, 0, out);
  return out;
}

}  // namespace jinglue::act::plan
