// SPDX-License-Identifier: Apache-2.0
#include "act/plan/outline.hpp"

#include <algorithm>
#include <array>

#include "base/utf32.hpp"

namespace jinglue::act::plan {
namespace {

using View = std::u32string_view;

bool starts(View text, View with) {
  return text.substr(0, with.size()) == with;
}
bool ends(View text, View with) {
  return text.size() >= with.size() && text.substr(text.size() - with.size()) == with;
}
bool any_end(View text, std::initializer_list<View> words) {
  return std::any_of(words.begin(), words.end(), [&](View word) { return ends(text, word); });
}
bool is_mark(char32_t c) {
  return View(U"，,：:；;。、！!？? \u3000").find(c) != View::npos;
}

View without_marks(View text) {
  while (!text.empty() && is_mark(text.back())) text.remove_suffix(1);
  while (!text.empty() && is_mark(text.front())) text.remove_prefix(1);
  return text;
}

/// A part of a report of a meeting: 会议指出, 会议对2024年重点工作作出安排部署. The size of the
/// words that name it; 0 when the paragraph does not begin so.
std::size_t speech_size(View text) {
  const std::size_t end = std::min(text.find_first_of(U"，,：:。"), text.size());
  const View lead = text.substr(0, end);
  if (lead.size() < 4 || lead.size() > 30) return 0;
  const bool spoken =
      any_end(lead, {U"指出", U"强调", U"要求", U"认为", U"提出", U"明确", U"部署"}) ||
      (any_end(lead, {U"安排"}) && end == text.size());
  const bool who = starts(lead, U"会议") || starts(lead, U"大会") || starts(lead, U"全会") ||
                   starts(lead, U"座谈会");
  return spoken && who ? end : 0;
}

struct Key {
  View word;
  bool due;
};
constexpr std::array<Key, 12> kKeys{{{U"责任单位", false},
                                     {U"牵头单位", false},
                                     {U"配合单位", false},
                                     {U"责任部门", false},
                                     {U"牵头部门", false},
                                     {U"配合部门", false},
                                     {U"责任科室", false},
                                     {U"牵头科室", false},
                                     {U"完成时限", true},
                                     {U"完成时间", true},
                                     {U"时间节点", true},
                                     {U"办结时限", true}}};

void add_units(View list, Stated& out) {
  while (!list.empty()) {
    const auto end = std::min(list.find_first_of(U"、，,和 \u3000"), list.size());
    View unit = without_marks(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    for (const View role : {View(U"牵头"), View(U"配合"), View(U"负责"), View(U"按职责分工")})
      if (ends(unit, role)) unit.remove_suffix(role.size());
    if (unit.size() < 2 || unit.size() > 30) continue;
    auto name = base::to_utf8(unit);
    if (std::find(out.units.begin(), out.units.end(), name) == out.units.end())
      out.units.push_back(std::move(name));
  }
}

/// 责任单位：A、B；完成时限：6月底前. Also (A牵头，B配合).
Stated stated_in(View text) {
  Stated out;
  for (const auto& key : kKeys) {
    const auto at = text.find(key.word);
    if (at == View::npos) continue;
    View rest = text.substr(at + key.word.size());
    if (rest.empty() || View(U"：:").find(rest.front()) == View::npos) continue;
    rest = rest.substr(1, rest.find_first_of(U"；;。）)\n", 1) - 1);
    if (key.due)
      out.due = rest;
    else
      add_units(rest, out);
  }
  if (!out.units.empty()) return out;
  const auto open = text.find_last_of(U"（(");
  if (open == View::npos) return out;
  const View inside = text.substr(open + 1, text.find_first_of(U"）)", open) - open - 1);
  if (inside.find(U"牵头") != View::npos || ends(inside, U"负责")) add_units(inside, out);
  return out;
}

/// A sentence that only says who and when.
bool only_states(View sentence) {
  if (marker(sentence)) return false;
  const View text = without_marks(sentence);
  const View inside =
      !text.empty() && View(U"（(").find(text.front()) != View::npos ? text.substr(1) : text;
  if (std::any_of(kKeys.begin(), kKeys.end(),
                  [&](const Key& key) { return starts(inside, key.word); }))
    return true;
  return inside.size() < text.size() && !stated_in(text).empty();
}

bool looks_like_title(View text) {
  return text.size() >= 4 && text.size() <= 60 && !ends(text, U"。") && !marker(text) &&
         speech_size(text) == 0;
}

class Builder {
 public:
  explicit Builder(const CleanText& text) : m_text(text) { m_open.push_back(&m_out.root); }

  Outline run() {
    m_out.root.rank = -1;
    for (std::size_t i = 0; i < m_text.paragraphs.size(); ++i) paragraph(i);
    return std::move(m_out);
  }

 private:
  View text_of(std::size_t i) const { return m_text.paragraphs[i].text; }

  void paragraph(std::size_t i) {
    const View text = text_of(i);
    if (only_states(text)) {
      // A paragraph of its own speaks of the whole item, not of its last point.
      while (m_open.back()->rank > 3) m_open.pop_back();
      add_stated(stated_in(text));
      return;
    }
    if (const auto size = speech_size(text); size > 0) {
      open({0, std::u32string(text.substr(0, size)), {i, 0, size}, {}, {}, {}});
      body(i, size);
      return;
    }
    if (const auto found = marker(text)) {
      numbered(i, *found);
      return;
    }
    if (m_out.title.empty() && m_open.size() == 1 && m_out.root.body.empty() &&
        looks_like_title(text)) {
      m_out.title = text;
      return;
    }
    if (ends_or_long(text)) body(i, 0);
  }
  /// Short lines without an end (captions, names of signers) are not sentences.
  static bool ends_or_long(View text) {
    return text.size() > 30 || View(U"。；;！!）)").find(text.back()) != View::npos;
  }

  void numbered(std::size_t i, const Marker& found) {
    const View text = text_of(i);
    std::size_t begin = found.size;
    while (begin < text.size() && is_mark(text[begin])) ++begin;
    const auto parts = sentences(text, {begin, text.size()});
    if (parts.empty()) return;
    Item item{found.level, found.label, {i, parts.front().begin, parts.front().end}, {}, {}, {}};
    open(std::move(item));
    add_stated(stated_in(text));
    for (std::size_t k = 1; k < parts.size(); ++k) sentence(i, parts[k]);
    if (m_open.back()->rank == 6) m_open.pop_back();
  }

  void body(std::size_t i, std::size_t from) {
    const View text = text_of(i);
    while (from < text.size() && is_mark(text[from])) ++from;
    for (const auto& part : sentences(text, {from, text.size()})) sentence(i, part);
    if (m_open.back()->rank == 6) m_open.pop_back();
  }

  /// 一是…；二是… inside a paragraph are items below the one that is open.
  void sentence(std::size_t i, Span part) {
    const View text = text_of(i).substr(part.begin, part.end - part.begin);
    if (only_states(text)) return;
    const auto spoken = marker(text);
    if (spoken && spoken->level == 5) {
      std::size_t begin = part.begin + spoken->size;
      while (begin < part.end && is_mark(text_of(i)[begin])) ++begin;
      open({6, spoken->label, {i, begin, part.end}, {}, {}, {}});
      return;
    }
    m_open.back()->body.push_back({i, part.begin, part.end});
  }

  void open(Item item) {
    while (m_open.back()->rank >= item.rank) m_open.pop_back();
    m_open.back()->children.push_back(std::move(item));
    m_open.push_back(&m_open.back()->children.back());
  }
  void add_stated(Stated stated) {
    auto& into = m_open.back()->stated;
    for (auto& unit : stated.units) into.units.push_back(std::move(unit));
    if (into.due.empty()) into.due = std::move(stated.due);
  }

  const CleanText& m_text;
  Outline m_out;
  std::vector<Item*> m_open;  // the way to the item that is open, the root first
};

}  // namespace

Outline outline(const CleanText& text) {
  return Builder(text).run();
}

std::u32string_view view(const CleanText& text, const Passage& passage) {
  return View(text.paragraphs[passage.paragraph].text)
      .substr(passage.begin, passage.end - passage.begin);
}

}  // namespace jinglue::act::plan
