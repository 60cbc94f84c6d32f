// SPDX-License-Identifier: Apache-2.0
#include "registry/highlight.hpp"

#include <algorithm>

#include "base/utf32.hpp"

namespace jinglue::registry {
namespace {

constexpr std::size_t kBeforeHit = 12;  // characters of a cut text before its first hit
constexpr std::u32string_view kCut = U"…";

char32_t folded(char32_t c) {
  if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0;  // of full width
  return c >= U'A' && c <= U'Z' ? c + 32 : c;
}

bool is_digit(char32_t c) {
  return c >= U'0' && c <= U'9';
}
bool is_latin(char32_t c) {
  return is_digit(c) || (c >= U'a' && c <= U'z');
}

/// Whether `term` may be marked from `at` on: a word is found by its beginning, digits by their
/// end.
bool stands(std::u32string_view plain, std::size_t at, std::u32string_view term) {
  if (plain.substr(at, term.size()) != term) return false;
  if (!is_latin(term.front()) || at == 0 || !is_latin(plain[at - 1])) return true;
  const std::size_t end = at + term.size();
  const bool ends = end == plain.size() || !is_latin(plain[end]);
  return ends && std::all_of(term.begin(), term.end(), is_digit);
}

std::vector<bool> hits_in(std::u32string_view plain, const std::vector<std::string>& terms) {
  std::vector<bool> out(plain.size(), false);
  for (const auto& utf8 : terms) {
    const std::u32string term = base::to_utf32(utf8);
    if (term.empty()) continue;
    for (std::size_t at = 0; at + term.size() <= plain.size(); ++at) {
      if (!stands(plain, at, term)) continue;
      std::fill_n(out.begin() + std::ptrdiff_t(at), term.size(), true);
    }
  }
  return out;
}

}  // namespace

std::vector<TextPart> highlight(std::string_view text, const std::vector<std::string>& terms,
                                std::size_t characters) {
  const std::u32string whole = base::to_utf32(text);
  std::u32string plain = whole;
  std::transform(plain.begin(), plain.end(), plain.begin(), folded);
  const auto hits = hits_in(plain, terms);
  const auto first = std::size_t(std::find(hits.begin(), hits.end(), true) - hits.begin());
  if (first == hits.size()) return {};
  std::size_t begin = 0, end = whole.size();
  if (characters > 0 && whole.size() > characters) {
    begin = first > kBeforeHit ? first - kBeforeHit : 0;
    end = std::min(whole.size(), begin + characters);
  }
  std::vector<TextPart> out;
  const auto add = [&](std::u32string_view some, bool hit) {
    if (out.empty() || out.back().hit != hit) out.push_back({{}, hit});
    out.back().text += base::to_utf8(some);
  };
  if (begin > 0) add(kCut, false);
  for (std::size_t i = begin; i < end; ++i) add({&whole[i], 1}, hits[i]);
  if (end < whole.size()) add(kCut, false);
  return out;
}

}  // namespace jinglue::registry
