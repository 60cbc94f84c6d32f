// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/text_search.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cassert>

#include "base/text.hpp"

namespace jinglue::store::sqlite {

namespace {

constexpr std::size_t kMostTerms = 16;      // of a query
constexpr std::size_t kShortestEnd = 3;     // digits
constexpr std::size_t kLongestDigits = 24;  // longer runs of digits are kept without their ends

enum class Run { kHan, kWord };
struct Piece {
  Run run;
  std::size_t characters;
  std::string_view text;
};

std::uint32_t code_point(std::string_view c) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(c[i]); };
  if (c.size() == 1) return at(0);
  if (c.size() == 2) return (at(0) & 0x1FU) << 6 | (at(1) & 0x3FU);
  if (c.size() == 3) return (at(0) & 0x0FU) << 12 | (at(1) & 0x3FU) << 6 | (at(2) & 0x3FU);
  return (at(0) & 0x07U) << 18 | (at(1) & 0x3FU) << 12 | (at(2) & 0x3FU) << 6 | (at(3) & 0x3FU);
}

/// Scripts written without blanks between words: Han, kana, hangul.
bool is_han(std::uint32_t c) {
  return (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x20000 && c <= 0x3FFFF) || (c >= 0x3040 && c <= 0x30FF) ||
         (c >= 0xAC00 && c <= 0xD7AF);
}

bool is_word(std::uint32_t c) {
  if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
  const bool punctuation = (c >= 0x2000 && c <= 0x206F) || (c >= 0x3000 && c <= 0x303F) ||
                           (c >= 0xFE30 && c <= 0xFE4F) || (c >= 0xFF00 && c <= 0xFFEF) ||
                           c < 0xC0 || c == 0xD7 || c == 0xF7 || c == 0xFFFD;
  return !punctuation;
}

/// Full-width letters and digits (U+FF01 to U+FF5E) as their ASCII ones, ASCII in lower case.
std::string folded(std::string_view text) {
  std::string out;
  const std::string sound = base::replace_invalid_utf8(text);
  for (std::size_t i = 0; i < sound.size(); ++i) {
    const auto at = [&](std::size_t k) { return static_cast<unsigned char>(sound[k]); };
    if (at(i) == 0xEF && i + 2 < sound.size() && (at(i + 1) == 0xBC || at(i + 1) == 0xBD)) {
      const std::uint32_t c = code_point(std::string_view(sound).substr(i, 3));
      if (c >= 0xFF01 && c <= 0xFF5E) {
        out += static_cast<char>(c - 0xFEE0);
        i += 2;
        continue;
      }
    }
    out += sound[i];
  }
  return base::to_lower_ascii(out);
}

std::size_t length_at(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/// Runs of Chinese characters and words; what lies between them is left out. `text` is folded.
std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> out;
  bool open = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t n = length_at(text, at);
    const std::string_view c = text.substr(at, n);
    const std::uint32_t code = code_point(c);
    const bool han = is_han(code);
    if (!han && !is_word(code)) {
      open = false;
    } else {
      const Run run = han ? Run::kHan : Run::kWord;
      if (!open || out.back().run != run) out.push_back({run, 0, text.substr(at, 0)});
      ++out.back().characters;
      out.back().text = {out.back().text.data(), out.back().text.size() + n};
      open = true;
    }
    at += n;
  }
  return out;
}

/// Calls `pair` with each two neighbouring characters; gives back the last character.
template <class F>
std::string_view each_pair(std::string_view han, F&& pair) {
  std::size_t at = 0, n = length_at(han, 0);
  while (at + n < han.size()) {
    const std::size_t next = length_at(han, at + n);
    pair(han.substr(at, n + next));
    at += n;
    n = next;
  }
  return han.substr(at);
}

/// Ends of the digits at the end of a word: "lu512" gives "512", "51234" gives "1234", "234".
std::vector<std::string_view> ends_of(std::string_view word) {
  std::size_t digits = 0;
  while (digits < word.size() && word[word.size() - 1 - digits] >= '0' &&
         word[word.size() - 1 - digits] <= '9') {
    ++digits;
  }
  std::vector<std::string_view> out;
  if (digits > kLongestDigits) return out;
  const std::size_t longest = digits == word.size() ? digits - 1 : digits;
  for (std::size_t n = longest; digits > 0 && n >= kShortestEnd; --n) {
    out.push_back(word.substr(word.size() - n));
  }
  return out;
}

void check_name([[maybe_unused]] const std::string& index) {
  assert(!index.empty() && std::all_of(index.begin(), index.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  }));
}

}  // namespace

std::string search_tokens(std::string_view text) {
  const std::string plain = folded(text);
  std::string out;
  out.reserve(plain.size() * 3);
  const auto add = [&](std::string_view token) {
    if (!out.empty()) out += ' ';
    out += token;
  };
  const auto pieces = pieces_of(plain);
  for (const auto& piece : pieces) {
    if (piece.run == Run::kWord) {
      add(piece.text);
      continue;
    }
    add(each_pair(piece.text, add));
  }
  // Behind the text, so that they do not come between its words.
  for (const auto& piece : pieces) {
    if (piece.run != Run::kWord) continue;
    for (const auto end : ends_of(piece.text)) add(end);
  }
  return out;
}

std::string search_expression(std::string_view query) {
  const std::string plain = folded(query);
  std::string out;
  std::size_t terms = 0;
  for (const auto& piece : pieces_of(plain)) {
    if (++terms > kMostTerms) break;
    if (!out.empty()) out += " AND ";
    // Quoted: a token is never an operator of the query language. Pairs in a phrase are adjacent.
    if (piece.run == Run::kWord || piece.characters == 1) {
      out += fmt::format("\"{}\"*", piece.text);
      continue;
    }
    std::string phrase;
    each_pair(piece.text, [&](std::string_view pair) {
      phrase += phrase.empty() ? "" : " ";
      phrase += pair;
    });
    out += fmt::format("\"{}\"", phrase);
  }
  return out;
}

std::vector<std::string> search_terms(std::string_view query) {
  std::vector<std::string> out;
  const std::string plain = folded(query);
  for (const auto& piece : pieces_of(plain)) {
    if (out.size() < kMostTerms) out.emplace_back(piece.text);
  }
  return out;
}

void make_text_index(Db& db, const std::string& index) {
  check_name(index);
  // Tokens come ready; the tokenizer only splits at blanks and must not strip marks.
  db.exec(
      fmt::format("CREATE VIRTUAL TABLE IF NOT EXISTS {} USING fts5("
                  "tokens, tokenize = \"unicode61 remove_diacritics 0\")",
                  index));
}

void put_text(Db& db, const std::string& index, std::int64_t row, std::string_view text) {
  check_name(index);
  remove_text(db, index, row);
  db.prepare(fmt::format("INSERT INTO {} (rowid, tokens) VALUES (?, ?)", index))
      .bind(1, row)
      .bind(2, search_tokens(text))
      .run();
}

void remove_text(Db& db, const std::string& index, std::int64_t row) {
  check_name(index);
  db.prepare(fmt::format("DELETE FROM {} WHERE rowid = ?", index)).bind(1, row).run();
}

std::vector<std::int64_t> search_text(Db& db, const std::string& index, std::string_view query,
                                      std::size_t limit) {
  check_name(index);
  const std::string expression = search_expression(query);
  if (expression.empty()) return {};
  auto rows = db.prepare(
      fmt::format("SELECT rowid FROM {0} WHERE {0} MATCH ? ORDER BY rank LIMIT ?", index));
  rows.bind(1, expression).bind(2, limit);
  std::vector<std::int64_t> out;
  while (rows.step()) out.push_back(rows.integer(0));
  return out;
}

std::string search_condition(const std::string& key, const std::string& index) {
  check_name(index);
  return fmt::format("{0} IN (SELECT rowid FROM {1} WHERE {1} MATCH ?)", key, index);
}

}  // namespace jinglue::store::sqlite
