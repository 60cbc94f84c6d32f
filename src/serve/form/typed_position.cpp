// SPDX-License-Identifier: Apache-2.0
#include "serve/form/typed_position.hpp"

#include <array>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

namespace jinglue::serve {
namespace {

/// Signs and words become ASCII letters or blanks first.
constexpr std::array<std::pair<std::string_view, std::string_view>, 19> kSigns = {{
    {"北纬", " N "}, {"南纬", " S "}, {"东经", " E "}, {"西经", " W "}, {"度", " "},
    {"分", " "},     {"秒", " "},     {"°", " "},      {"′", " "},      {"″", " "},
    {"’", " "},      {"”", " "},      {"'", " "},      {"\"", " "},     {",", " , "},
    {"，", " , "},   {"、", " , "},   {";", " , "},    {"　", " "},
}};

std::string plain(std::string_view text) {
  std::string out(text);
  for (const auto& [sign, word] : kSigns) {
    for (std::size_t at = 0; (at = out.find(sign, at)) != std::string::npos; at += word.size()) {
      out.replace(at, sign.size(), word);
    }
  }
  return out;
}

struct Token {
  char letter{0};  ///< N S E W or ','; 0 = a number
  double value{0};
  bool whole{true};
};

std::optional<std::vector<Token>> tokens_of(const std::string& text) {
  std::vector<Token> out;
  for (std::size_t i = 0; i < text.size();) {
    const char c = static_cast<char>(std::toupper(static_cast<unsigned char>(text[i])));
    if (c == ' ' || c == '\t') {
      ++i;
    } else if (c == 'N' || c == 'S' || c == 'E' || c == 'W' || c == ',') {
      out.push_back({c, 0, true});
      ++i;
    } else if ((c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.') {
      const std::size_t end = text.find_first_not_of("0123456789.", i + 1);
      const std::string number = text.substr(i, end == std::string::npos ? end : end - i);
      char* stop = nullptr;
      const double value = std::strtod(number.c_str(), &stop);
      if (*stop != '\0' || number.size() > 12) return std::nullopt;
      out.push_back({0, value, number.find('.') == std::string::npos});
      i += number.size();
    } else {
      return std::nullopt;
    }
    if (out.size() > 12) return std::nullopt;
  }
  return out;
}

/// Degrees, then minutes, then seconds; only the last may have a fraction.
std::optional<double> angle_of(const std::vector<Token>& parts) {
  if (parts.empty() || parts.size() > 3) return std::nullopt;
  double out = std::abs(parts[0].value);
  double unit = 1;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i + 1 < parts.size() && !parts[i].whole) return std::nullopt;
    if (i == 0) continue;
    if (parts[i].value < 0 || parts[i].value >= 60) return std::nullopt;
    unit /= 60;
    out += parts[i].value * unit;
  }
  return std::signbit(parts[0].value) ? -out : out;
}

std::optional<geo::LatLon> checked(double lat, double lon) {
  if (std::abs(lat) > 90 || std::abs(lon) > 180) return std::nullopt;
  return geo::LatLon{lat, lon};
}

/// Each letter belongs to the numbers on one side of it: before it, or after it throughout.
std::optional<geo::LatLon> with_letters(const std::vector<Token>& tokens) {
  const bool letter_first = tokens.front().letter != 0;
  std::optional<double> lat, lon;
  std::vector<Token> numbers;
  char letter = 0;
  const auto finish = [&](char named) {
    const auto angle = angle_of(numbers);
    numbers.clear();
    if (!angle || *angle < 0) return false;
    auto& axis = named == 'N' || named == 'S' ? lat : lon;
    if (axis) return false;
    axis = named == 'S' || named == 'W' ? -*angle : *angle;
    return true;
  };
  for (const auto& token : tokens) {
    if (token.letter == ',') continue;
    if (token.letter == 0) {
      numbers.push_back(token);
    } else if (!letter_first) {
      if (!finish(token.letter)) return std::nullopt;
    } else {
      if (letter != 0 && !finish(letter)) return std::nullopt;
      letter = token.letter;
    }
  }
  if (letter_first && !finish(letter)) return std::nullopt;
  if (!lat || !lon || !numbers.empty()) return std::nullopt;
  return checked(*lat, *lon);
}

/// Two decimal numbers, or two angles parted by a comma; latitude first unless it cannot be one.
std::optional<geo::LatLon> without_letters(const std::vector<Token>& tokens) {
  std::vector<std::vector<Token>> halves(1);
  for (const auto& token : tokens) {
    if (token.letter == ',') {
      halves.emplace_back();
    } else {
      halves.back().push_back(token);
    }
  }
  if (halves.size() == 1 && tokens.size() == 2 && !tokens[0].whole && !tokens[1].whole) {
    halves = {{tokens[0]}, {tokens[1]}};
  }
  if (halves.size() != 2) return std::nullopt;
  const auto first = angle_of(halves[0]), second = angle_of(halves[1]);
  if (!first || !second) return std::nullopt;
  return std::abs(*first) > 90 ? checked(*second, *first) : checked(*first, *second);
}

}  // namespace

std::optional<geo::LatLon> parse_typed_position(std::string_view text) {
  if (text.size() > 100) return std::nullopt;
  const auto tokens = tokens_of(plain(text));
  if (!tokens || tokens->size() < 2) return std::nullopt;
  for (const auto& token : *tokens) {
    if (token.letter != 0 && token.letter != ',') return with_letters(*tokens);
  }
  return without_letters(*tokens);
}

}  // namespace jinglue::serve
