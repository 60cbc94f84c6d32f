// SPDX-License-Identifier: Apache-2.0
#include "act/plan/goals.hpp"

#include <algorithm>
#include <optional>

namespace jinglue::act::plan {
namespace {

using View = std::u32string_view;

bool starts(View text, View with) {
  return text.substr(0, with.size()) == with;
}

/// 两 and 二 are 2; digits too. 0 for anything else.
std::size_t numeral(char32_t c) {
  if (c == U'两') return 2;
  if (c >= '2' && c <= '9') return c - '0';
  const auto at = View(U"一二三四五六七八九十").find(c);
  return at == View::npos ? 0 : at + 1;
}

/// 以“…”为主线; the quoted words may hold ‘…’.
void main_line(View text, std::vector<NamedAim>& out, std::size_t& consumed) {
  const auto at = text.find(U"为主线");
  if (at == View::npos) return;
  std::size_t begin = text.rfind(U'以', at);
  if (begin == View::npos) return;
  ++begin;
  std::size_t end = at;
  if (begin < end && text[begin] == U'“' && text[end - 1] == U'”') ++begin, --end;
  if (begin >= end) return;
  out.push_back({NodeKind::kMainLine, std::u32string(text.substr(begin, end - begin)), begin, end});
  consumed = std::max(consumed, at + 3);
}

struct Member {
  std::size_t begin, end;
};

/// “…”“…” ending before `end`, the last `count` of them.
std::vector<Member> quoted_before(View text, std::size_t end, std::size_t count) {
  std::vector<Member> out;
  while (out.size() < count) {
    while (end > 0 && View(U"、，,和").find(text[end - 1]) != View::npos) --end;
    if (end == 0 || text[end - 1] != U'”') break;
    const auto open = text.rfind(U'“', end - 1);
    if (open == View::npos) break;
    out.push_back({open + 1, end - 1});
    end = open;
  }
  std::reverse(out.begin(), out.end());
  return out;
}

/// A、B、C ending before `end`; a verb before A (聚焦, 锚定) is not part of it.
std::vector<Member> listed_before(View text, std::size_t end, std::size_t count) {
  std::vector<Member> out;
  while (out.size() < count && end > 0) {
    const auto mark = text.find_last_of(U"、，,。；;：:", end - 1);
    const std::size_t begin = mark == View::npos ? 0 : mark + 1;
    if (begin >= end) break;
    out.push_back({begin, end});
    if (mark == View::npos || text[mark] != U'、') break;
    end = mark;
  }
  std::reverse(out.begin(), out.end());
  if (out.empty()) return out;
  auto& first = out.front().begin;
  for (const View word :
       {View(U"要"), View(U"聚焦"), View(U"锚定"), View(U"围绕"), View(U"紧扣"), View(U"坚持"),
        View(U"突出"), View(U"抓好"), View(U"实施"), View(U"把握"), View(U"瞄准")})
    if (starts(text.substr(first), word)) first += word.size();
  return out;
}

/// “A、B” in one pair of quotes.
void unquote(View text, std::vector<Member>& members) {
  auto& first = members.front().begin;
  auto& last = members.back().end;
  if (text[first] != U'“' || text[last - 1] != U'”') return;
  ++first;
  --last;
}

/// N大目标, N个目标, N大导向, with or without quotes around them.
void lists(View text, View noun, NodeKind kind, std::vector<NamedAim>& out, std::size_t& consumed) {
  for (auto at = text.find(noun); at != View::npos; at = text.find(noun, at + 1)) {
    if (at < 2 || View(U"大个项").find(text[at - 1]) == View::npos) continue;
    const std::size_t count = numeral(text[at - 2]);
    if (count < 2) continue;
    std::size_t end = at - 2;
    if (end > 0 && text[end - 1] == U'“') --end;
    auto members = quoted_before(text, end, count);
    if (members.size() != count) members = listed_before(text, end, count);
    if (members.size() != count) continue;
    unquote(text, members);
    for (const auto& m : members)
      out.push_back({kind, std::u32string(text.substr(m.begin, m.end - m.begin)), m.begin, m.end});
    std::size_t behind = at + noun.size();
    if (behind < text.size() && text[behind] == U'”') ++behind;
    consumed = std::max(consumed, behind);
  }
}

}  // namespace

std::vector<NamedAim> named_aims(View paragraph, std::size_t& consumed) {
  std::vector<NamedAim> out;
  consumed = 0;
  main_line(paragraph, out, consumed);
  lists(paragraph, U"目标", NodeKind::kGoal, out, consumed);
  lists(paragraph, U"导向", NodeKind::kOrientation, out, consumed);
  return out;
}

}  // namespace jinglue::act::plan
