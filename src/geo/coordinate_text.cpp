// SPDX-License-Identifier: Apache-2.0
#include "geo/coordinate_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.hpp"

namespace jinglue::geo {
namespace {

using base::Code;

enum class Letter { kNone, kLatitude, kLongitude };

/// A number of a line with what stands around it.
struct Number {
  double value{0};
  bool decimals{false};
  char mark{0};  ///< 'd', 'm', 's' for ° ′ ″ and what people write for them, '-' joined by hyphens
  Letter letter{Letter::kNone};  ///< N, S, E, W, X, Y, 北纬, 东经 beside it
  bool south_or_west{false};
};

struct Mark {
  std::string_view text;
  char kind;
};
constexpr Mark kMarks[] = {{"°", 'd'},  {"º", 'd'},  {"度", 'd'}, {"′", 'm'},  {"’", 'm'},
                           {"＇", 'm'}, {"'", 'm'},  {"分", 'm'}, {"″", 's'},  {"”", 's'},
                           {"＂", 's'}, {"\"", 's'}, {"秒", 's'}, {"''", 's'}, {"′′", 's'}};

struct Word {
  std::string_view text;
  Letter letter;
  bool negative;
};
constexpr Word kWords[] = {{"北纬", Letter::kLatitude, false},  {"纬度", Letter::kLatitude, false},
                           {"东经", Letter::kLongitude, false}, {"经度", Letter::kLongitude, false},
                           {"南纬", Letter::kLatitude, true},   {"西经", Letter::kLongitude, true},
                           {"N", Letter::kLatitude, false},     {"n", Letter::kLatitude, false},
                           {"E", Letter::kLongitude, false},    {"e", Letter::kLongitude, false},
                           {"S", Letter::kLatitude, true},      {"s", Letter::kLatitude, true},
                           {"W", Letter::kLongitude, true},     {"w", Letter::kLongitude, true}};

template <class List>
const auto* at_start(const List& list, std::string_view text) {
  const typename std::remove_reference_t<decltype(list[0])>* best = nullptr;
  for (const auto& one : list) {
    const bool fits = text.substr(0, one.text.size()) == one.text;
    if (fits && (best == nullptr || one.text.size() > best->text.size())) best = &one;
  }
  return best;
}

/// One line read into its numbers; text that is none of ours makes the rest unreadable.
class Line {
 public:
  explicit Line(std::string_view text) : m_rest(text) {}

  base::Result<std::vector<Number>> numbers() {
    const Word* before = nullptr;
    while (!m_rest.empty()) {
      if (is_digit(m_rest.front()) || begins_negative()) {
        auto number = take_number();
        if (!number) return tl::unexpected(number.error());
        if (before != nullptr) name(*number, *before);
        before = nullptr;
        m_out.push_back(*number);
      } else if (const auto* word = at_start(kWords, m_rest)) {
        // Before its number (N 37°) or behind the last one (37°23′N).
        const bool behind = !m_out.empty() && m_out.back().letter == Letter::kNone && !m_gap;
        if (behind)
          name(m_out.back(), *word);
        else
          before = word;
        m_rest.remove_prefix(word->text.size());
      } else if (!skip()) {
        return base::fail(Code::kMalformed, fmt::format("'{}' is no part of a coordinate", m_rest));
      }
    }
    return std::move(m_out);
  }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  bool begins_negative() const {
    return m_rest.size() > 1 && m_rest[0] == '-' && is_digit(m_rest[1]) && (m_out.empty() || m_gap);
  }
  static void name(Number& number, const Word& word) {
    number.letter = word.letter;
    number.south_or_west = word.negative;
  }

  base::Result<Number> take_number() {
    Number out;
    const char* end = m_rest.data() + m_rest.size();
    const auto read = std::from_chars(m_rest.data(), end, out.value, std::chars_format::fixed);
    if (read.ec != std::errc()) return base::fail(Code::kMalformed, "a number is too long");
    const std::string_view digits(m_rest.data(), std::size_t(read.ptr - m_rest.data()));
    out.decimals = digits.find('.') != std::string_view::npos;
    m_rest.remove_prefix(digits.size());
    m_gap = false;
    if (const auto* mark = at_start(kMarks, m_rest)) {
      out.mark = mark->kind;
      m_rest.remove_prefix(mark->text.size());
    } else if (m_rest.size() > 1 && m_rest[0] == '-' && is_digit(m_rest[1])) {
      out.mark = '-';
      m_rest.remove_prefix(1);
    }
    return out;
  }

  bool skip() {
    for (const std::string_view blank : {" ", "\t", ",", ";", "，", "；", "、", "　", ":", "：",
                                         "|", "(", ")", "（", "）", "m", "米"}) {
      if (m_rest.substr(0, blank.size()) != blank) continue;
      m_rest.remove_prefix(blank.size());
      m_gap = true;
      return true;
    }
    for (const std::string_view axis : {"X=", "Y=", "x=", "y=", "X", "Y", "x", "y"}) {
      if (m_rest.substr(0, axis.size()) != axis) continue;
      m_rest.remove_prefix(axis.size());
      m_gap = true;
      return true;
    }
    return false;
  }

  std::string_view m_rest;
  std::vector<Number> m_out;
  bool m_gap{true};  // something stood between the last number and here
};

/// One coordinate: so many numbers of a line make it.
struct Angle {
  double degrees{0};
  CoordinateForm form{CoordinateForm::kDegrees};
  Letter letter{Letter::kNone};
};

base::Result<Angle> angle(const Number* from, std::size_t count) {
  Angle out;
  out.form = count == 1   ? CoordinateForm::kDegrees
             : count == 2 ? CoordinateForm::kDegreesMinutes
                          : CoordinateForm::kDegreesMinutesSeconds;
  double scale = 1;
  bool negative = false;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0 && (from[i].value < 0 || from[i].value >= 60))
      return base::fail(Code::kOutOfRange,
                        fmt::format("{} minutes or seconds: at most 59.999", from[i].value));
    if (i + 1 < count && from[i].decimals)
      return base::fail(Code::kMalformed, "only the last part of an angle has decimals");
    out.degrees += std::abs(from[i].value) / scale;
    scale *= 60;
    negative = negative || from[i].south_or_west || std::signbit(from[i].value);
    if (from[i].letter != Letter::kNone) out.letter = from[i].letter;
  }
  if (negative) out.degrees = -out.degrees;
  return out;
}

/// The two coordinates of a line, in the order of the line.
struct Pair {
  double first{0}, second{0};
  CoordinateForm form{CoordinateForm::kDegrees};
  Letter first_letter{Letter::kNone}, second_letter{Letter::kNone};
};

base::Result<Pair> pair_of(std::vector<Number> numbers) {
  // A corner's number before them makes their count odd.
  if (numbers.size() % 2 == 1 && numbers.size() > 2 && !numbers.front().decimals &&
      numbers.front().mark == 0)
    numbers.erase(numbers.begin());
  if (numbers.size() < 2 || numbers.size() > 6 || numbers.size() % 2 == 1)
    return base::fail(Code::kMalformed,
                      fmt::format("{} numbers do not make two coordinates", numbers.size()));
  if (numbers.size() == 2 && std::abs(numbers[0].value) > 1000 && std::abs(numbers[1].value) > 1000)
    return Pair{numbers[0].value, numbers[1].value, CoordinateForm::kGrid, {}, {}};
  const auto half = numbers.size() / 2;
  const auto first = angle(numbers.data(), half);
  if (!first) return tl::unexpected(first.error());
  const auto second = angle(numbers.data() + half, half);
  if (!second) return tl::unexpected(second.error());
  return Pair{first->degrees, second->degrees, first->form, first->letter, second->letter};
}

/// The name of a corner off the front: J12, B-3, 界址点1.
std::string_view without_name(std::string_view line) {
  std::size_t n = 0;
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  for (const std::string_view word : {"界址点", "拐点", "点", "序号"})
    if (n == 0 && line.substr(0, word.size()) == word) n = word.size();
  const bool compass =
      std::string_view("NSEWXYnsewxy").find(line.front()) != std::string_view::npos;
  while (n < line.size() && n < 3 && is_letter(line[n]) && !compass) ++n;
  if (n == 0) return line;
  if (n < line.size() && line[n] == '-') ++n;
  const std::size_t digits = n;
  while (n < line.size() && is_digit(line[n])) ++n;
  const bool ends = n < line.size() && std::string_view(" \t,:;").find(line[n]) != line.npos;
  const bool wide = line.substr(n, 3) == "、" || line.substr(n, 3) == "，" ||
                    line.substr(n, 3) == "：" || line.substr(n, 3) == "；";
  return n > digits && (ends || wide) ? line.substr(n) : line;
}

base::Result<std::vector<Pair>> pairs_of(std::string_view text) {
  std::vector<Pair> out;
  std::size_t number = 0;
  for (const auto line : base::split(text, '\n')) {
    ++number;
    const auto trimmed = base::trim(line);
    if (trimmed.empty()) continue;
    const auto at = [number](base::Error error) {
      error.where = fmt::format("line {}", number);
      return tl::unexpected(std::move(error));
    };
    auto numbers = Line(without_name(trimmed)).numbers();
    if (!numbers) return at(numbers.error());
    auto pair = pair_of(std::move(*numbers));
    if (!pair) return at(pair.error());
    if (!out.empty() && pair->form != out.front().form)
      return at({Code::kMalformed, "this line is of another form than those before", {}, {}});
    out.push_back(*pair);
  }
  if (out.empty()) return base::fail(Code::kMissing, "there are no coordinates", "line 1");
  return out;
}

/// Which comes first: letters say, else what can be a latitude, else what lies in the waters.
base::Result<bool> longitude_first(const std::vector<Pair>& pairs, const Box& expected) {
  std::size_t inside[2] = {0, 0};
  bool possible[2] = {true, true};
  for (const auto& p : pairs) {
    if (p.first_letter == Letter::kLongitude || p.second_letter == Letter::kLatitude) return true;
    if (p.first_letter == Letter::kLatitude || p.second_letter == Letter::kLongitude) return false;
    possible[0] = possible[0] && std::abs(p.first) <= 90 && std::abs(p.second) <= 180;
    possible[1] = possible[1] && std::abs(p.second) <= 90 && std::abs(p.first) <= 180;
    inside[0] += expected.contains({p.first, p.second}) ? 1 : 0;
    inside[1] += expected.contains({p.second, p.first}) ? 1 : 0;
  }
  if (!possible[0] && !possible[1])
    return base::fail(Code::kOutOfRange, "no latitude is beyond 90 and no longitude beyond 180", {},
                      "check the order of the columns");
  if (possible[0] != possible[1]) return possible[1];
  return inside[1] > inside[0];
}

void drop_repeated_corner(std::vector<LatLon>& corners) {
  if (corners.size() > 1 && corners.front() == corners.back()) corners.pop_back();
}

base::Result<PastedCorners> of_angles(const std::vector<Pair>& pairs, const PasteOptions& options) {
  const auto first = longitude_first(pairs, options.expected);
  if (!first) return tl::unexpected(first.error());
  PastedCorners out;
  out.form = pairs.front().form;
  out.longitude_first = *first;
  for (const auto& p : pairs)
    out.corners.push_back(*first ? LatLon{p.second, p.first} : LatLon{p.first, p.second});
  drop_repeated_corner(out.corners);
  return out;
}

std::vector<LatLon> on_grid(const std::vector<GridPoint>& points, double meridian_deg) {
  const GaussKruger grid(meridian_deg);
  std::vector<LatLon> out;
  for (const auto& point : points) out.push_back(grid.reverse(point));
  return out;
}

/// Meridians of 3 degrees first, then the half degrees of charts of parcels.
std::vector<double> possible_meridians(const std::vector<GridPoint>& points, const Box& expected) {
  std::vector<double> out;
  const auto fits = [&](double meridian) {
    const auto corners = on_grid(points, meridian);
    return std::all_of(corners.begin(), corners.end(),
                       [&](const LatLon& p) { return expected.contains(p); });
  };
  for (int n = 25; n <= 45; ++n)
    if (fits(3.0 * n)) out.push_back(3.0 * n);
  for (int half = 146; half <= 270; ++half)
    if (half % 6 != 0 && fits(half / 2.0)) out.push_back(half / 2.0);
  return out;
}

base::Result<PastedCorners> of_grid(const std::vector<Pair>& pairs, const PasteOptions& options) {
  PastedCorners out;
  out.form = CoordinateForm::kGrid;
  std::vector<GridPoint> points;
  Zone zone;
  for (const auto& p : pairs) {
    // North of China is below 6,000 km; an east coordinate with a zone is above 13,000 km.
    GridPoint point{p.first, p.second};
    const bool swapped = p.first > 1e7 || (p.second <= 1e7 && p.first < 1e6 && p.second > 1e6);
    if (swapped) std::swap(point.north_m, point.east_m);
    const Zone own = take_zone(point.east_m);
    if (!points.empty() && own.number != zone.number)
      return base::fail(Code::kMalformed, "the corners lie in different zones");
    if (std::abs(point.north_m) > 10.1e6 || point.east_m < 0 || point.east_m > 1e6)
      return base::fail(Code::kOutOfRange, "these metres lie outside of any zone",
                        fmt::format("corner {}", points.size() + 1));
    zone = own;
    points.push_back(point);
  }
  if (options.central_meridian_deg) {
    out.central_meridian_deg = options.central_meridian_deg;
  } else if (zone.number != 0) {
    out.central_meridian_deg = zone.central_meridian_deg;
  } else {
    auto meridians = possible_meridians(points, options.expected);
    if (meridians.empty())
      return base::fail(Code::kMissing, "on no meridian do these metres lie in the expected waters",
                        {}, "name the central meridian");
    out.central_meridian_deg = meridians.front();
    out.meridian_guessed = true;
    out.other_meridians_deg.assign(meridians.begin() + 1, meridians.end());
  }
  out.zone = zone.number;
  out.corners = on_grid(points, *out.central_meridian_deg);
  drop_repeated_corner(out.corners);
  return out;
}

}  // namespace

std::string_view to_key(CoordinateForm form) {
  switch (form) {
    case CoordinateForm::kDegrees:
      return "degrees";
    case CoordinateForm::kDegreesMinutes:
      return "degrees_minutes";
    case CoordinateForm::kDegreesMinutesSeconds:
      return "degrees_minutes_seconds";
    case CoordinateForm::kGrid:
      return "grid";
  }
  return "";
}

base::Result<PastedCorners> read_corners(std::string_view text, const PasteOptions& options) {
  if (text.size() > (1U << 20))
    return base::fail(Code::kTooLarge, "more than 1 MB of coordinates", {},
                      "import the geometry as a file");
  const auto pairs = pairs_of(text);
  if (!pairs) return tl::unexpected(pairs.error());
  auto out = pairs->front().form == CoordinateForm::kGrid ? of_grid(*pairs, options)
                                                          : of_angles(*pairs, options);
  if (!out) return out;
  for (std::size_t i = 0; i < out->corners.size(); ++i) {
    const LatLon at = out->corners[i];
    const bool on_globe = std::abs(at.lat_deg) <= 90 && std::abs(at.lon_deg) <= 180;
    if (!on_globe)  // also when a projection gave no number
      return base::fail(Code::kOutOfRange, "this corner lies nowhere on the globe",
                        fmt::format("corner {}", i + 1));
  }
  return out;
}

}  // namespace jinglue::geo
