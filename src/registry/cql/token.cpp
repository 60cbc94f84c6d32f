// SPDX-License-Identifier: Apache-2.0
#include "registry/cql/token.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace jinglue::registry::cql {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : m_text(text) {}

  base::Result<std::vector<Token>> run() {
    std::vector<Token> out;
    for (;;) {
      while (m_at < m_text.size() && is_space(m_text[m_at])) ++m_at;
      if (m_at == m_text.size()) break;
      auto token = next();
      if (!token) return tl::unexpected(token.error());
      out.push_back(std::move(*token));
    }
    out.push_back({Token::Kind::kEnd, {}, {}, 0, m_text.size()});
    return out;
  }

 private:
  base::Result<Token> next() {
    const char c = m_text[m_at];
    if (c == '\'') return quoted(Token::Kind::kText);
    if (c == '"') return quoted(Token::Kind::kQuotedName);
    if (begins_name(c)) return name();
    const bool signed_number = (c == '-' || c == '+' || c == '.') && m_at + 1 < m_text.size() &&
                               (is_digit(m_text[m_at + 1]) || m_text[m_at + 1] == '.');
    if (is_digit(c) || signed_number) return number();
    return sign();
  }
  /// A quote inside is written twice.
  base::Result<Token> quoted(Token::Kind kind) {
    const std::size_t begin = m_at;
    const char quote = m_text[m_at++];
    Token out{kind, {}, {}, 0, begin};
    for (; m_at < m_text.size(); ++m_at) {
      if (m_text[m_at] != quote) {
        out.text += m_text[m_at];
        continue;
      }
      ++m_at;
      if (m_at == m_text.size() || m_text[m_at] != quote) return out;
      out.text += quote;
    }
    return tl::unexpected(error_at(begin, "a quote without its end"));
  }
  Token name() {
    Token out{Token::Kind::kName, {}, {}, 0, m_at};
    while (m_at < m_text.size() && (begins_name(m_text[m_at]) || is_digit(m_text[m_at]))) {
      out.text += m_text[m_at++];
    }
    out.upper = out.text;
    std::transform(out.upper.begin(), out.upper.end(), out.upper.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? char(c - 32) : c; });
    return out;
  }
  base::Result<Token> number() {
    Token out{Token::Kind::kNumber, {}, {}, 0, m_at};
    const char* begin = m_text.data() + m_at + (m_text[m_at] == '+' ? 1 : 0);
    const auto end = std::from_chars(begin, m_text.data() + m_text.size(), out.number);
    if (end.ec != std::errc() || !std::isfinite(out.number)) {
      return tl::unexpected(error_at(m_at, "not a number"));
    }
    out.text.assign(begin, end.ptr);
    m_at = std::size_t(end.ptr - m_text.data());
    return out;
  }
  base::Result<Token> sign() {
    for (const std::string_view known : {"<=", ">=", "<>", "=", "<", ">", "(", ")", ","}) {
      if (m_text.substr(m_at).starts_with(known)) {
        Token out{Token::Kind::kSign, std::string(known), {}, 0, m_at};
        m_at += known.size();
        return out;
      }
    }
    return tl::unexpected(error_at(m_at, "a character that has no meaning here"));
  }

  std::string_view m_text;
  std::size_t m_at{0};
};

}  // namespace

base::Error error_at(std::size_t at, std::string message) {
  return {base::Code::kMalformed, std::move(message), "filter, character " + std::to_string(at + 1),
          "CQL2 text, for example: state = 'open' AND area > 100"};
}

base::Result<std::vector<Token>> tokens_of(std::string_view text) {
  return Scanner(text).run();
}

}  // namespace jinglue::registry::cql
