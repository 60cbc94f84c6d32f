// SPDX-License-Identifier: Apache-2.0
// WorkDocument: what a conference text, work points or a list of tasks asks for, as a tree: main
// line, goals and orientations; lines; measures, each with the passage it was read from and with
// what is proposed for it. Numbering follows GB/T 9704-2012 (一、 (一) 1. (1)) and the spoken forms
// (一要…, 一是…). Nothing is decided here: an officer edits the tree and makes tasks of it.
// Dates are those of the text, without a time zone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "act/plan/clean_text.hpp"
#include "act/plan/dictionary.hpp"

namespace jinglue::act::plan {

/// Characters [begin, end) of a paragraph, counted in code points.
struct Passage {
  std::size_t paragraph{0};
  std::size_t begin{0}, end{0};
  friend bool operator==(const Passage&, const Passage&) = default;
};

enum class Bound { kExactly, kAtLeast, kAtMost, kAbout };
/// A number with its unit: "达到1400亿元以上" is 1400, 亿元, at least.
struct Figure {
  std::string text;
  std::string value;  ///< decimal digits, without separators of thousands
  std::string unit;
  Bound bound{Bound::kExactly};
  bool growth{false};  ///< 增长, 提高, 下降: a change, not a level
  friend bool operator==(const Figure&, const Figure&) = default;
};
std::string_view to_key(Bound bound);

enum class DueBasis { kNone, kStated, kYearEnd };
std::string_view to_key(DueBasis basis);

struct Suggestion {
  std::string register_id;
  std::string indicator;
  std::vector<std::string> units;  ///< the first leads
  bool units_stated{false};        ///< the text names them; else by words of the dictionary
  std::string due;                 ///< "2024-06-30"; empty when there is none
  DueBasis due_basis{DueBasis::kNone};
};

enum class NodeKind { kMainLine, kGoal, kOrientation, kLine, kMeasure };
std::string_view to_key(NodeKind kind);

struct PlanNode {
  NodeKind kind{NodeKind::kLine};
  std::string label;              ///< "一", "(二)", "3"; of a speech "会议要求"
  std::string text;               ///< what is to be done, or the name of a goal
  std::vector<std::string> aims;  ///< what the text says a measure is for
  Passage passage;                ///< the whole sentence or item
  std::vector<Figure> figures;
  Suggestion suggestion;  ///< of measures
  std::vector<PlanNode> children;
};

struct WorkDocument {
  std::string title;
  std::string date;  ///< "2024-02-28", or "2024-02" or ""; of the meeting or the paper
  bool year_inferred{false};
  int year{0};  ///< that the work is for; 0 when the text names none
  std::vector<PlanNode> nodes;
  CleanText text;
};

WorkDocument read_work_document(CleanText text, const Dictionary& dictionary);

/// Nodes of a kind in the whole tree.
std::size_t count(const std::vector<PlanNode>& nodes, NodeKind kind);

}  // namespace jinglue::act::plan
