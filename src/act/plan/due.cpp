// SPDX-License-Identifier: Apache-2.0
#include "act/plan/due.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "base/utf32.hpp"

namespace jinglue::act::plan {
namespace {

using View = std::u32string_view;

bool is_digit(char32_t c) {
  return c >= '0' && c <= '9';
}
bool starts(View text, View with) {
  return text.substr(0, with.size()) == with;
}

/// The number that ends before `end`, at most `digits` digits; 0 when there is none or more.
int number_before(View text, std::size_t end, std::size_t digits) {
  std::size_t begin = end;
  while (begin > 0 && is_digit(text[begin - 1])) --begin;
  if (begin == end || end - begin > digits) return 0;
  int out = 0;
  for (std::size_t i = begin; i < end; ++i) out = out * 10 + int(text[i] - '0');
  return out;
}
std::size_t digits_before(View text, std::size_t end) {
  std::size_t begin = end;
  while (begin > 0 && is_digit(text[begin - 1])) --begin;
  return begin;
}

int last_day(int year, int month) {
  using namespace std::chrono;
  const auto end = std::chrono::year{year} / std::chrono::month{unsigned(month)} / last;
  return int(unsigned(end.day()));
}
std::string day_text(int year, int month, int day) {
  return fmt::format("{:04}-{:02}-{:02}", year, month, day);
}
std::string month_end(int year, int month) {
  return day_text(year, month, last_day(year, month));
}

/// The year that a date at `at` belongs to: named just before it, or this year, next year.
int year_for(View text, std::size_t at, int year) {
  if (at > 0 && text[at - 1] == U'年') {
    const int named = number_before(text, at - 1, 4);
    if (named >= 1990 && named <= 2100) return named;
  }
  const View before = text.substr(0, at);
  const auto ends = [&before](View with) {
    return before.size() >= with.size() && before.substr(before.size() - with.size()) == with;
  };
  return ends(U"明年") || ends(U"次年") ? year + 1 : year;
}

/// 月: with a day or an end, or a word of completion after it.
std::optional<std::string> due_by_month(View text, int year) {
  for (std::size_t at = text.find(U'月'); at != View::npos; at = text.find(U'月', at + 1)) {
    const int month = number_before(text, at, 2);
    if (month < 1 || month > 12) continue;
    const int of = year_for(text, digits_before(text, at), year);
    if (of == 0) continue;
    View rest = text.substr(at + 1);
    if (starts(rest, U"份")) rest.remove_prefix(1);
    std::size_t n = 0;
    while (n < rest.size() && is_digit(rest[n])) ++n;
    const int day = n > 0 && n < rest.size() && rest[n] == U'日' ? number_before(rest, n, 2) : 0;
    if (day > 0 && day <= last_day(of, month)) {
      const View after = rest.substr(n + 1);
      if (starts(after, U"前") || starts(after, U"之前") || starts(after, U"以前"))
        return day_text(of, month, day);
      continue;
    }
    if (starts(rest, U"上旬")) return day_text(of, month, 10);
    if (starts(rest, U"中旬")) return day_text(of, month, 20);
    const bool end = !rest.empty() && View(U"底末前").find(rest.front()) != View::npos;
    if (end || starts(rest, U"下旬") || rest.substr(0, 8).find(U"完成") != View::npos)
      return month_end(of, month);
  }
  return std::nullopt;
}

struct Phrase {
  View text;
  int month;
};
constexpr std::array<Phrase, 11> kPhrases{{{U"一季度", 3},
                                           {U"二季度", 6},
                                           {U"三季度", 9},
                                           {U"四季度", 12},
                                           {U"上半年", 6},
                                           {U"下半年", 12},
                                           {U"年底", 12},
                                           {U"年末", 12},
                                           {U"年内", 12},
                                           {U"年度内", 12},
                                           {U"前三季度", 9}}};

std::optional<std::string> due_by_phrase(View text, int year) {
  for (const auto& phrase : kPhrases) {
    const auto at = text.find(phrase.text);
    if (at == View::npos) continue;
    const bool own_year = phrase.text.front() == U'年';
    std::size_t from = at;
    if (from > 0 && text[from - 1] == U'第') --from;
    // "2025年底": the 年 belongs to both.
    int of = year_for(text, own_year ? from + 1 : from, year);
    if (of != 0) return month_end(of, phrase.month);
  }
  return std::nullopt;
}

bool ends_with_any(View text, std::initializer_list<View> words) {
  return std::any_of(words.begin(), words.end(), [&](View word) {
    return text.size() >= word.size() && text.substr(text.size() - word.size()) == word;
  });
}

Bound bound_of(View before, View after) {
  if (starts(after, U"以上") || starts(after, U"及以上")) return Bound::kAtLeast;
  if (starts(after, U"以内") || starts(after, U"以下")) return Bound::kAtMost;
  if (starts(after, U"左右")) return Bound::kAbout;
  if (ends_with_any(before, {U"不超过", U"不高于", U"控制在", U"不多于", U"至多"}))
    return Bound::kAtMost;
  if (ends_with_any(before,
                    {U"超过", U"不低于", U"不少于", U"突破", U"至少", U"超", U"高于", U"大于"}))
    return Bound::kAtLeast;
  return ends_with_any(before, {U"约", U"大约", U"近"}) ? Bound::kAbout : Bound::kExactly;
}

bool is_growth(View before) {
  const View near = before.substr(before.size() - std::min<std::size_t>(before.size(), 8));
  for (const View word :
       {View(U"增长"), View(U"增速"), View(U"下降"), View(U"增幅"), View(U"降低")})
    if (near.find(word) != View::npos) return true;
  return false;
}

}  // namespace

std::optional<std::string> due_in(View text, int year) {
  if (auto by_month = due_by_month(text, year)) return by_month;
  return due_by_phrase(text, year);
}

std::vector<Figure> figures_in(View text, const std::vector<std::u32string>& units) {
  std::vector<Figure> out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_digit(text[i])) continue;
    std::size_t end = i;
    const auto goes_on = [&text](std::size_t at) {
      const bool inside = at + 1 < text.size() && is_digit(text[at + 1]);
      return is_digit(text[at]) || ((text[at] == '.' || text[at] == ',') && inside);
    };
    while (end < text.size() && goes_on(end)) ++end;
    const View after = text.substr(end);
    const auto unit = std::find_if(units.begin(), units.end(),
                                   [&](const auto& one) { return starts(after, one); });
    if (unit != units.end()) {
      Figure figure;
      const View digits = text.substr(i, end - i);
      for (const char32_t c : digits)
        if (c != ',') figure.value += static_cast<char>(c);
      figure.unit = base::to_utf8(*unit);
      figure.bound = bound_of(text.substr(0, i), after.substr(unit->size()));
      figure.growth = is_growth(text.substr(0, i));
      figure.text = base::to_utf8(text.substr(i, end - i + unit->size()));
      out.push_back(std::move(figure));
    }
    i = end;
  }
  return out;
}

int year_in(View text, std::size_t from) {
  for (std::size_t at = text.find(U'年', from); at != View::npos; at = text.find(U'年', at + 1)) {
    const int year = number_before(text, at, 4);
    if (year >= 1990 && year <= 2100) return year;
  }
  return 0;
}

std::string first_date(View text, int year) {
  for (std::size_t at = text.find(U'月'); at != View::npos; at = text.find(U'月', at + 1)) {
    const int month = number_before(text, at, 2);
    std::size_t n = at + 1;
    while (n < text.size() && is_digit(text[n])) ++n;
    if (month < 1 || month > 12 || n >= text.size() || text[n] != U'日') continue;
    const int day = number_before(text, n, 2);
    const int of = year_for(text, digits_before(text, at), year);
    if (of == 0) return {};
    if (day >= 1 && day <= last_day(of, month)) return day_text(of, month, day);
  }
  return {};
}

}  // namespace jinglue::act::plan
