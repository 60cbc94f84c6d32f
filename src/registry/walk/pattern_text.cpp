// SPDX-License-Identifier: Apache-2.0
#include "registry/walk/pattern_text.hpp"

#include <algorithm>
#include <regex>

namespace jinglue::registry {
namespace {

/// Reads a pattern and writes what it asks for: of alternatives the first, of repetitions as few as
/// may be, but one.
class Writer {
 public:
  Writer(const std::string& pattern, std::size_t number) : m_pattern(pattern), m_number(number) {}

  std::string write() { return alternatives(); }
  bool whole() const { return m_at >= m_pattern.size() && m_good; }

 private:
  bool more() const { return m_at < m_pattern.size() && m_good; }
  char peek() const { return m_pattern[m_at]; }

  std::string alternatives() {
    std::string first = sequence();
    while (more() && peek() == '|') {
      ++m_at;
      sequence();
    }
    return first;
  }
  std::string sequence() {
    std::string out;
    while (more() && peek() != '|' && peek() != ')') out += repeated();
    return out;
  }
  std::string repeated() {
    const std::size_t begin = m_at;
    std::string out = atom();
    const std::size_t count = repetitions();
    const std::size_t after = m_at;
    if (count == 0) out.clear();
    for (std::size_t i = 1; i < count && m_good; ++i) {
      m_at = begin;
      out += atom();  // read again, so that digits go on
    }
    m_at = after;
    return out;
  }
  std::size_t repetitions() {
    if (!more()) return 1;
    const char c = peek();
    if (c == '?' || c == '*' || c == '+') {
      ++m_at;
      return 1;
    }
    if (c != '{') return 1;
    const auto close = m_pattern.find('}', m_at);
    if (close == std::string::npos) return fail(), 0;
    const std::size_t least = std::size_t(std::atoi(m_pattern.c_str() + m_at + 1));
    const bool open = m_pattern.find(',', m_at) < close;
    m_at = close + 1;
    return open ? std::max<std::size_t>(least, 1) : least;
  }
  std::string atom() {
    const char c = m_pattern[m_at++];
    if (c == '(') {
      if (m_pattern.compare(m_at, 2, "?:") == 0) m_at += 2;
      std::string out = alternatives();
      if (!more() || peek() != ')') return fail();
      ++m_at;
      return out;
    }
    if (c == '[') return of_class();
    if (c == '.') return "x";
    if (c == '^' || c == '$') return {};
    if (c != '\\') return std::string(1, c);
    if (!more()) return fail();
    const char escaped = m_pattern[m_at++];
    if (escaped == 'd') return digit();
    if (escaped == 'w') return "w";
    if (escaped == 's') return " ";
    return std::isalnum(static_cast<unsigned char>(escaped)) ? fail() : std::string(1, escaped);
  }
  std::string of_class() {
    const auto close = m_pattern.find(']', m_at + 1);
    if (close == std::string::npos || peek() == '^') return fail();
    const std::string inside = m_pattern.substr(m_at, close - m_at);
    m_at = close + 1;
    if (inside.starts_with("\\d")) return digit();
    if (inside.size() < 3 || inside[1] != '-' || inside[2] < inside[0])
      return std::string(1, inside[0]);
    const auto count = std::size_t(inside[2] - inside[0]) + 1;  // "0-9", "a-z": it varies
    const char out = char(inside[0] + char((m_number + 1) % count));
    m_number /= count;
    return std::string(1, out);
  }
  std::string digit() {
    const char out = char('0' + (m_number + 1) % 10);
    m_number /= 10;
    return std::string(1, out);
  }
  std::string fail() {
    m_good = false;
    return {};
  }

  const std::string& m_pattern;
  std::size_t m_number;
  std::size_t m_at{0};
  bool m_good{true};
};

}  // namespace

std::optional<std::string> text_for_pattern(const std::string& pattern, std::size_t number) {
  Writer writer(pattern, number);
  const std::string out = writer.write();
  if (!writer.whole()) return std::nullopt;
  if (!std::regex_match(out, std::regex(pattern, std::regex::ECMAScript))) return std::nullopt;
  return out;
}

}  // namespace jinglue::registry
