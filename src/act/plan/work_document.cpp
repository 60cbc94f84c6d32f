// SPDX-License-Identifier: Apache-2.0
#include "act/plan/work_document.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "act/plan/due.hpp"
#include "act/plan/goals.hpp"
#include "act/plan/outline.hpp"
#include "act/plan/sentence.hpp"
#include "base/utf32.hpp"

namespace jinglue::act::plan {
namespace {

using View = std::u32string_view;
using base::to_utf8;

bool starts(View text, View with) {
  return text.substr(0, with.size()) == with;
}
bool has(View text, View word) {
  return text.find(word) != View::npos;
}

View without_end_marks(View text) {
  while (!text.empty() && View(U"。；;，,、：:！!？? \u3000").find(text.back()) != View::npos)
    text.remove_suffix(1);
  return text;
}

/// What a meeting did or found, not what is to be done.
bool tells_of_past(const Item& item) {
  const View label = item.label;
  return has(label, U"认为") || has(label, U"回顾") || has(label, U"总结");
}
bool tells_of_past(View heading) {
  const View text = heading.substr(0, 30);
  return has(text, U"工作回顾") || has(text, U"主要成效") || has(text, U"工作成效") ||
         has(text, U"取得的成绩") || has(text, U"工作总结") || has(text, U"面临的形势");
}
bool tells_of_meeting(View sentence) {
  return starts(sentence, U"会议") || starts(sentence, U"大会") || starts(sentence, U"来源") ||
         starts(sentence, U"本次会议") || starts(sentence, U"附件") || starts(sentence, U"抄送");
}

class Reader {
 public:
  Reader(CleanText text, const Dictionary& words) : m_words(words) { m_out.text = std::move(text); }

  WorkDocument run() {
    auto found = outline(m_out.text);
    years();
    title(found);
    dates();
    auto lines = below(found.root, {});
    aims();
    auto& into = m_main_line ? m_out.nodes.front().children : m_out.nodes;
    for (auto& line : lines) into.push_back(std::move(line));
    return std::move(m_out);
  }

 private:
  View text(const Passage& passage) const { return view(m_out.text, passage); }

  // ---- what the document is

  /// The year of the work: the one most often named, the later of two named equally often.
  void years() {
    std::map<int, int> seen;
    for (const auto& paragraph : m_out.text.paragraphs) {
      const View all = paragraph.text;
      for (auto at = all.find(U'年'); at != View::npos; at = all.find(U'年', at + 1))
        if (const int year = year_in(all.substr(0, at + 1), at); year > 0) ++seen[year];
    }
    int most = 0;
    for (const auto& [year, times] : seen) {
      if (times < most) continue;
      most = times;
      m_out.year = year;
    }
  }

  void title(const Outline& found) {
    View title = found.title;
    for (const View word : {View(U"召开"), View(U"举行")})
      if (title.size() > 8 && title.substr(title.size() - 2) == word) title.remove_suffix(2);
    if (title.empty()) title = title_of_meeting();
    if (title.empty() && !m_out.text.paragraphs.empty())
      title = without_end_marks(View(m_out.text.paragraphs.front().text).substr(0, 40));
    m_out.title = to_utf8(title);
  }
  /// 2月28日上午,…会议召开。
  View title_of_meeting() const {
    for (const auto& paragraph : m_out.text.paragraphs) {
      const View all = paragraph.text;
      const View first = all.substr(0, std::min(all.find(U'。'), all.size()));
      for (const View word : {View(U"召开"), View(U"举行")}) {
        if (first.size() < word.size() || first.substr(first.size() - word.size()) != word)
          continue;
        const View name = first.substr(0, first.size() - word.size());
        const auto comma = name.find_last_of(U"，,");
        return without_end_marks(comma == View::npos ? name : name.substr(comma + 1));
      }
    }
    return {};
  }

  /// Of the first or last paragraphs: the others' dates are when something is due.
  void dates() {
    for (const int year : {0, m_out.year}) {
      for (std::size_t i = 0; i < m_out.text.paragraphs.size(); ++i) {
        const View all = m_out.text.paragraphs[i].text;
        const bool outer = i < 3 || i + 3 > m_out.text.paragraphs.size();
        if (!outer || marker(all) || all.find(U"时限") != View::npos) continue;
        m_out.date = first_date(all, year);
        m_out.year_inferred = year > 0 && !m_out.date.empty();
        if (!m_out.date.empty()) return;
      }
    }
  }

  // ---- lines and measures

  std::vector<PlanNode> below(const Item& item, const Stated& stated) {
    std::vector<PlanNode> out;
    if (tells_of_past(item) || (item.rank > 0 && tells_of_past(text(item.heading)))) return out;
    // What stands before the first item tells of the meeting, unless there are no items at all.
    const bool preamble = item.rank < 0 && !item.children.empty();
    for (const auto& sentence : item.body)
      if (!preamble) measures(sentence, item, stated, out);
    for (const auto& child : item.children) add(child, stated, out);
    return out;
  }

  void add(const Item& item, const Stated& outer, std::vector<PlanNode>& out) {
    const Stated stated = item.stated.empty() ? outer : item.stated;
    auto children = below(item, stated);
    if (item.rank == 0) {
      speech(item, std::move(children), out);
      return;
    }
    const bool leaf = children.empty() && item.body.empty() && item.children.empty();
    if (leaf && item.rank >= 5) {
      const auto before = out.size();
      measures(item.heading, item, stated, out);
      if (out.size() > before) return;
    }
    if (tells_of_past(text(item.heading))) return;
    PlanNode node = of_heading(item);
    const bool barren = children.empty() && item.children.empty();
    const bool numbered = item.rank >= 3 && item.rank <= 4;
    node.kind = barren || numbered ? NodeKind::kMeasure : NodeKind::kLine;
    if (node.kind == NodeKind::kMeasure) suggest(node, stated);
    node.children = std::move(children);
    out.push_back(std::move(node));
  }

  /// A part of a speech is a line of its own when it asks for something itself.
  void speech(const Item& item, std::vector<PlanNode> children, std::vector<PlanNode>& out) {
    const bool own = std::any_of(children.begin(), children.end(), [](const PlanNode& child) {
      return child.kind == NodeKind::kMeasure;
    });
    if (!own) {
      for (auto& child : children) out.push_back(std::move(child));
      return;
    }
    PlanNode node;
    node.kind = NodeKind::kLine;
    node.label = node.text = to_utf8(item.label);
    node.passage = item.heading;
    node.children = std::move(children);
    out.push_back(std::move(node));
  }

  PlanNode of_heading(const Item& item) const {
    PlanNode out;
    out.label = to_utf8(item.label);
    out.passage = item.heading;
    View heading = without_end_marks(text(item.heading));
    // Who and when stand in brackets behind it.
    if (const auto open = heading.find_last_of(U"（(");
        open != View::npos && open > 0 && !item.stated.empty())
      heading = without_end_marks(heading.substr(0, open));
    out.text = to_utf8(heading);
    return out;
  }

  void measures(const Passage& sentence, const Item& item, const Stated& stated,
                std::vector<PlanNode>& out) {
    if (tells_of_meeting(text(sentence))) return;
    const View all = m_out.text.paragraphs[sentence.paragraph].text;
    std::size_t consumed = 0;
    named_aims(all, consumed);
    Span span{std::max(sentence.begin, std::min(consumed, sentence.end)), sentence.end};
    if (is_about_goals(item) && goals(sentence, out)) return;
    const auto told = duty(text(sentence)).who;
    const Stated who{told.empty() ? stated.units : std::vector{to_utf8(told)}, stated.due};
    for (const auto& action : actions(all, span, m_words)) {
      PlanNode node;
      node.kind = NodeKind::kMeasure;
      node.text = piece(all, action.span);
      for (const auto& aim : action.aims) node.aims.push_back(piece(all, aim));
      node.passage = sentence;
      suggest(node, who);
      out.push_back(std::move(node));
    }
  }
  static std::string piece(View all, Span span) {
    return to_utf8(without_end_marks(all.substr(span.begin, span.end - span.begin)));
  }

  bool is_about_goals(const Item& item) const {
    if (item.rank < 0) return false;
    const View name = item.rank == 0 ? View(item.label) : text(item.heading);
    return name.size() <= 30 && (has(name, U"目标") || has(name, U"指标"));
  }
  /// Pieces with a number, in the part that is about goals.
  bool goals(const Passage& sentence, std::vector<PlanNode>& out) {
    const View all = text(sentence);
    bool any = false;
    for (std::size_t begin = 0; begin < all.size();) {
      auto end = all.find_first_of(U"，,；;。", begin);
      // A comma inside a number is none.
      while (end != View::npos && all[end] == ',' && end + 1 < all.size() && all[end + 1] >= '0' &&
             all[end + 1] <= '9')
        end = all.find_first_of(U"，,；;。", end + 1);
      end = std::min(end, all.size());
      const View part = without_end_marks(all.substr(begin, end - begin));
      auto figures = figures_in(part, m_words.units);
      if (!figures.empty()) {
        PlanNode node;
        node.kind = NodeKind::kGoal;
        node.text = to_utf8(part);
        node.passage = {sentence.paragraph, sentence.begin + begin, sentence.begin + end};
        node.figures = std::move(figures);
        if (const auto* indicator = best(m_words.indicators, part))
          node.suggestion.indicator = indicator->id;
        out.push_back(std::move(node));
        any = true;
      }
      begin = end + 1;
    }
    return any;
  }

  void suggest(PlanNode& node, const Stated& stated) {
    const auto said = base::to_utf32(node.text);
    std::u32string whole = said;
    for (const auto& aim : node.aims) whole += U'，' + base::to_utf32(aim);
    node.figures = figures_in(whole, m_words.units);
    auto& s = node.suggestion;
    const auto* book = best(m_words.registers, said);
    s.register_id = book != nullptr             ? book->id
                    : m_words.registers.empty() ? ""
                                                : m_words.registers.front().id;
    if (const auto* indicator = best(m_words.indicators, whole)) s.indicator = indicator->id;
    s.units = stated.units;
    s.units_stated = !stated.units.empty();
    if (!s.units_stated)
      if (const auto* unit = best(m_words.responsible, whole)) s.units.push_back(unit->name.zh);
    due(node, whole, stated);
  }
  void due(PlanNode& node, View whole, const Stated& stated) const {
    auto day = due_in(whole, m_out.year);
    if (!day && !stated.due.empty()) day = due_in(stated.due, m_out.year);
    if (!day && !stated.due.empty()) {
      const auto date = first_date(stated.due, m_out.year);
      if (!date.empty()) day = date;
    }
    auto& s = node.suggestion;
    if (day) {
      s.due = *day;
      s.due_basis = DueBasis::kStated;
    } else if (m_words.due_at_year_end && m_out.year > 0) {
      s.due = std::to_string(m_out.year) + "-12-31";
      s.due_basis = DueBasis::kYearEnd;
    }
  }

  // ---- main line, goals, orientations

  void aims() {
    std::vector<PlanNode> named;
    for (std::size_t i = 0; i < m_out.text.paragraphs.size(); ++i) {
      std::size_t consumed = 0;
      for (const auto& aim : named_aims(m_out.text.paragraphs[i].text, consumed)) {
        PlanNode node;
        node.kind = aim.kind;
        node.text = to_utf8(aim.text);
        node.passage = {i, aim.begin, aim.end};
        const bool twice = std::any_of(named.begin(), named.end(), [&](const PlanNode& other) {
          return other.kind == node.kind && other.text == node.text;
        });
        if (!twice) named.push_back(std::move(node));
      }
    }
    const auto main = std::find_if(named.begin(), named.end(), [](const PlanNode& node) {
      return node.kind == NodeKind::kMainLine;
    });
    m_main_line = main != named.end();
    if (!m_main_line) {
      m_out.nodes = std::move(named);
      return;
    }
    PlanNode root = std::move(*main);
    named.erase(main);
    root.children = std::move(named);
    m_out.nodes.push_back(std::move(root));
  }

  const Dictionary& m_words;
  WorkDocument m_out;
  bool m_main_line{false};
};

}  // namespace

std::string_view to_key(Bound bound) {
  switch (bound) {
    case Bound::kExactly:
      return "exactly";
    case Bound::kAtLeast:
      return "at_least";
    case Bound::kAtMost:
      return "at_most";
    case Bound::kAbout:
      return "about";
  }
  return "";
}
std::string_view to_key(DueBasis basis) {
  switch (basis) {
    case DueBasis::kNone:
      return "none";
    case DueBasis::kStated:
      return "stated";
    case DueBasis::kYearEnd:
      return "year_end";
  }
  return "";
}
std::string_view to_key(NodeKind kind) {
  switch (kind) {
    case NodeKind::kMainLine:
      return "main_line";
    case NodeKind::kGoal:
      return "goal";
    case NodeKind::kOrientation:
      return "orientation";
    case NodeKind::kLine:
      return "line";
    case NodeKind::kMeasure:
      return "measure";
  }
  return "";
}

WorkDocument read_work_document(CleanText text, const Dictionary& dictionary) {
  return Reader(std::move(text), dictionary).run();
}

std::size_t count(const std::vector<PlanNode>& nodes, NodeKind kind) {
  std::size_t out = 0;
  for (const auto& node : nodes) out += (node.kind == kind ? 1U : 0U) + count(node.children, kind);
  return out;
}

}  // namespace jinglue::act::plan
