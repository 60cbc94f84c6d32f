// SPDX-License-Identifier: Apache-2.0
#include "act/plan/clean_text.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "base/utf32.hpp"

namespace jinglue::act::plan {
namespace {

using View = std::u32string_view;
using base::is_han;

bool is_space(char32_t c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == 0xA0 || c == 0x3000;
}
bool is_invisible(char32_t c) {
  return c == 0xAD || (c >= 0x200B && c <= 0x200F) || c == 0x2060 || c == 0xFEFF;
}
bool is_ascii(char32_t c) {
  return c > 0x20 && c < 0x7F;
}
bool is_digit(char32_t c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char32_t c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}
bool is_dot(char32_t c) {
  return c == 0xB7 || c == 0x2022 || c == 0x2027 || c == 0x30FB;
}

View trimmed(View text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<View> tokens(View run) {
  std::vector<View> out;
  for (std::size_t i = 0; i < run.size();) {
    while (i < run.size() && is_space(run[i])) ++i;
    const std::size_t begin = i;
    while (i < run.size() && !is_space(run[i])) ++i;
    if (i > begin) out.push_back(run.substr(begin, i - begin));
  }
  return out;
}

/// Random letters and signs: many short pieces, most of them with a sign or a single character.
bool is_noise(View run, std::size_t least_pieces) {
  const auto pieces = tokens(run);
  if (pieces.size() < least_pieces) return false;
  std::size_t length = 0;
  std::size_t odd = 0;
  for (const View piece : pieces) {
    length += piece.size();
    const bool sign = std::any_of(piece.begin(), piece.end(), [](char32_t c) {
      return is_ascii(c) && !is_digit(c) && !is_letter(c);
    });
    const bool mixed = piece.size() == 2 && is_letter(piece[0]) && is_digit(piece[1]);
    odd += sign || mixed || piece.size() == 1 ? 1 : 0;
  }
  return double(length) <= 2.6 * double(pieces.size()) && 2 * odd >= pieces.size();
}

bool is_latin(char32_t c) {
  return is_ascii(c) || is_space(c);
}

/// One line of the input, being cleaned.
struct Line {
  std::u32string text;
  std::size_t number{0};
};

class Cleaner {
 public:
  Cleaner(View text, const std::vector<std::u32string>& words) : m_words(words) {
    split(text);
    learn_marks();
    m_noisy = definite_noise() >= 3;
  }

  CleanText run() {
    for (auto& line : m_lines) {
      if (m_noisy) strip(line);
      line.text = trimmed(line.text);
    }
    join_dots();
    gather();
    for (const auto& paragraph : m_out.paragraphs)
      m_out.han += std::size_t(std::count_if(paragraph.text.begin(), paragraph.text.end(), is_han));
    return std::move(m_out);
  }

 private:
  void split(View text) {
    std::size_t number = 1;
    Line line{{}, number};
    std::size_t invisible = 0;
    for (const char32_t c : text) {
      if (c == '\n' || c == 0x2028 || c == 0x2029) {
        note_invisible(invisible, number);
        m_lines.push_back(std::move(line));
        line = {{}, ++number};
      } else if (is_invisible(c)) {
        ++invisible;
      } else {
        line.text += c;
      }
    }
    note_invisible(invisible, number);
    m_lines.push_back(std::move(line));
  }
  void learn_marks() {
    for (const auto& line : m_lines) {
      const View text = line.text;
      for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        const bool between = is_han(text[i - 1]) && is_han(text[i + 1]);
        if (between && View(U",.;:!?").find(text[i]) != View::npos) m_marks += text[i];
      }
    }
  }
  void note_invisible(std::size_t& count, std::size_t line) {
    if (count > 0) m_out.removed.push_back({Removed::kInvisible, line, {}});
    count = 0;
  }
  void drop(Line& line, std::size_t begin, std::size_t end) {
    const View what = trimmed(View(line.text).substr(begin, end - begin));
    if (!what.empty())
      m_out.removed.push_back({Removed::kNoise, line.number, std::u32string(what)});
    line.text.erase(begin, end - begin);
  }

  /// Runs of Latin characters at the ends of lines that can be nothing else.
  std::size_t definite_noise() const {
    std::size_t out = 0;
    for (const auto& line : m_lines) {
      const View text = line.text;
      const auto first = content_begin(text);
      out += is_noise(text.substr(0, first), 4) ? 1 : 0;
      if (first == text.size()) continue;
      out += is_noise(text.substr(content_end(text)), 4) ? 1 : 0;
    }
    return out;
  }
  static std::size_t content_begin(View text) {
    return std::size_t(std::find_if_not(text.begin(), text.end(), is_latin) - text.begin());
  }
  static std::size_t content_end(View text) {
    std::size_t end = text.size();
    while (end > 0 && is_latin(text[end - 1])) --end;
    return end;
  }

  void strip(Line& line) {
    const auto first = content_begin(line.text);
    if (first == line.text.size()) {
      strip_latin_line(line);
      return;
    }
    strip_end(line);
    strip_begin(line);
    strip_inside(line);
  }

  /// A line without Chinese: noise, or too short to say anything.
  void strip_latin_line(Line& line) {
    const View text = trimmed(line.text);
    if (text.size() <= 2 || is_noise(text, 2)) drop(line, 0, line.text.size());
  }

  void strip_end(Line& line) {
    const std::size_t end = content_end(line.text);
    const std::size_t keep = end + kept_after(line.text, end);
    const View rest = trimmed(View(line.text).substr(keep));
    if (rest.empty()) return;
    if (is_noise(rest, 2) || rest.size() <= 2) drop(line, keep, line.text.size());
  }

  /// How many characters after the last Chinese one belong to it: the closing bracket of one that
  /// is open, a number with its sign, a sentence's end in the Latin form that this text uses.
  std::size_t kept_after(View text, std::size_t end) const {
    const View run = text.substr(end);
    if (run.empty()) return 0;
    const char32_t before = end > 0 ? text[end - 1] : U' ';
    if (run.front() == ')' && open_brackets(text.substr(0, end)) > 0) return 1;
    if (!is_han(before)) return 0;
    if (View(U",.;:!?").find(run.front()) != View::npos)
      return m_marks.find(run.front()) != std::u32string::npos ? 1 : 0;
    std::size_t size = 0;
    while (size < run.size() && (is_digit(run[size]) || run[size] == '.')) ++size;
    if (size > 0 && size < run.size() && run[size] == '%') return size + 1;
    if (size >= 2) return size;
    size = 0;
    while (size < run.size() && (is_letter(run[size]) || is_digit(run[size]))) ++size;
    return size >= 3 ? size : 0;
  }
  static std::size_t open_brackets(View text) {
    const auto opened = std::count(text.begin(), text.end(), U'(');
    const auto closed = std::count(text.begin(), text.end(), U')');
    return opened > closed ? std::size_t(opened - closed) : 0;
  }

  void strip_begin(Line& line) {
    const std::size_t first = content_begin(line.text);
    const std::size_t from = kept_before(line.text, first);
    const View rest = trimmed(View(line.text).substr(0, from));
    if (rest.empty()) return;
    if (is_noise(rest, 2) || rest.size() <= 2) drop(line, 0, from);
  }

  /// Where what belongs to the first Chinese character begins: its number ("2月", "1、"), a marker
  /// ("1. ", "(3)"), a Latin word ("AIS").
  static std::size_t kept_before(View text, std::size_t first) {
    std::size_t begin = first;
    while (begin > 0 && !is_space(text[begin - 1])) --begin;
    const View piece = text.substr(begin, first - begin);
    if (piece.empty()) return marker_before(text, first);
    const bool number = std::all_of(piece.begin(), piece.end(), is_digit);
    if (number) return number_goes_with(text[first]) ? begin : first;
    const bool word = piece.size() >= 2 && std::all_of(piece.begin(), piece.end(), [](char32_t c) {
                        return is_letter(c) || is_digit(c) || c == '-';
                      });
    const bool all_letters = std::all_of(piece.begin(), piece.end(), is_letter);
    if (word && (piece.size() >= 3 || (all_letters && piece.size() == 2))) return begin;
    return is_marker(piece) ? begin : first;
  }
  static bool number_goes_with(char32_t c) {
    return View(
               U"年月日时点分秒个项万亿千百十号艘家件大名条届次户种类处座米海里公吨级、"
               U"倍人天周期批岁节章区")
               .find(c) != View::npos;
  }
  /// "1." or "(3)" standing before a space.
  static std::size_t marker_before(View text, std::size_t first) {
    std::size_t end = first;
    while (end > 0 && is_space(text[end - 1])) --end;
    std::size_t begin = end;
    while (begin > 0 && !is_space(text[begin - 1])) --begin;
    return begin < end && is_marker(text.substr(begin, end - begin)) ? begin : first;
  }
  static bool is_marker(View piece) {
    if (piece.size() >= 3 && piece.front() == '(' && piece.back() == ')')
      return std::all_of(piece.begin() + 1, piece.end() - 1, is_digit);
    return piece.size() >= 2 && (piece.back() == '.' || piece.back() == ')') &&
           std::all_of(piece.begin(), piece.end() - 1, is_digit);
  }

  /// Noise between two paragraphs that a copy has put on one line.
  void strip_inside(Line& line) {
    for (std::size_t i = 0; i < line.text.size();) {
      if (!is_latin(line.text[i])) {
        ++i;
        continue;
      }
      std::size_t end = i;
      while (end < line.text.size() && is_latin(line.text[end])) ++end;
      if (is_noise(View(line.text).substr(i, end - i), 6)) {
        drop(line, i, end);
        line.text.insert(i, 1, U'\n');
      } else {
        i = end;
      }
    }
  }

  void join_dots() {
    std::u32string all;
    for (const auto& line : m_lines) all += line.text + U'\n';
    for (auto& line : m_lines) {
      for (std::size_t i = 1; i + 1 < line.text.size(); ++i) {
        if (!is_dot(line.text[i])) continue;
        const std::u32string joined{line.text[i - 1], line.text[i + 1]};
        const bool known = std::any_of(m_words.begin(), m_words.end(), [&](const auto& word) {
          return word.find(joined) != std::u32string::npos;
        });
        if (!is_han(joined[0]) || !is_han(joined[1])) continue;
        if (!known && all.find(joined) == std::u32string::npos) continue;
        m_out.removed.push_back({Removed::kMiddleDot, line.number, line.text.substr(i - 1, 3)});
        line.text.erase(i, 1);
      }
    }
  }

  /// Lines to paragraphs; lines broken at a fixed width are joined again.
  void gather() {
    const std::size_t width = usual_width();
    bool open = false;  // the line before goes on
    for (const auto& line : m_lines) {
      View rest = line.text;
      if (rest.empty()) open = false;
      while (!rest.empty()) {
        const auto end = std::min(rest.find(U'\n'), rest.size());
        const View piece = trimmed(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (piece.empty()) continue;
        const bool joins = open && !begins_item(piece);
        if (joins)
          m_out.paragraphs.back().text += piece;
        else
          m_out.paragraphs.push_back({std::u32string(piece), line.number});
        open = piece.size() >= 20 && piece.size() * 20 >= width * 17 && !ends_sentence(piece);
      }
    }
  }
  std::size_t usual_width() const {
    std::vector<std::size_t> widths;
    for (const auto& line : m_lines)
      if (!line.text.empty()) widths.push_back(line.text.size());
    if (widths.empty()) return 0;
    const auto at = widths.begin() + std::ptrdiff_t(widths.size() * 9 / 10);
    std::nth_element(widths.begin(), at, widths.end());
    return *at;
  }
  static bool ends_sentence(View text) {
    return View(U"。！？；：…!?;:”’）)》】|").find(text.back()) != View::npos;
  }
  static bool begins_item(View text) {
    if (View(U"（(①②③④⑤⑥⑦⑧⑨⑩第●■◆－—-").find(text.front()) != View::npos) return true;
    std::size_t i = 0;
    while (i < text.size() && View(U"一二三四五六七八九十百0123456789").find(text[i]) != View::npos)
      ++i;
    return i > 0 && i < text.size() && View(U"、.．要是").find(text[i]) != View::npos;
  }

  const std::vector<std::u32string>& m_words;
  std::vector<Line> m_lines;
  bool m_noisy{false};
  std::u32string m_marks;  ///< Latin marks that this text puts between ideographs
  CleanText m_out;
};

}  // namespace

std::string_view to_key(Removed kind) {
  switch (kind) {
    case Removed::kNoise:
      return "noise";
    case Removed::kMiddleDot:
      return "middle_dot";
    case Removed::kInvisible:
      return "invisible";
  }
  return "";
}

CleanText clean(std::u32string_view text, const std::vector<std::u32string>& words) {
  return Cleaner(text, words).run();
}

}  // namespace jinglue::act::plan
