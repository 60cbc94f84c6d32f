// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/line_crossings.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace jinglue::picture {
namespace {

using model::Fix;

/// Nothing at sea moves further in the longest gap; reports beyond do not matter.
constexpr double kFastest_deg_per_h = 60.0 / 60;

__extension__ typedef __int128 Wide;

/// > 0 when p lies to the left of a -> b. Exact: products of differences of 32-bit integers.
Wide side(geo::Position a, geo::Position b, geo::Position p) {
  const auto d = [](std::int32_t x, std::int32_t y) { return std::int64_t{x} - y; };
  return Wide{d(b.lon, a.lon)} * d(p.lat, a.lat) - Wide{d(b.lat, a.lat)} * d(p.lon, a.lon);
}

/// Where p -> q crosses a -> b, as the share of the way from p; the right side holds its edge.
std::optional<double> crossed_at(geo::Position a, geo::Position b, geo::Position p,
                                 geo::Position q) {
  const auto before = side(a, b, p);
  const auto after = side(a, b, q);
  if ((before > 0) == (after > 0)) return std::nullopt;
  const auto first = side(p, q, a);
  const auto second = side(p, q, b);
  if ((first > 0) == (second > 0)) return std::nullopt;
  return double(before) / (double(before) - double(after));
}

geo::Box around(const CrossingQuestion& question) {
  geo::Box box;
  for (const auto& point : question.line) box.include(point);
  const double hours = double(question.longest_gap.count()) / 3'600'000;
  const double north = kFastest_deg_per_h * hours + 0.01;
  const double lat = std::min(89.0, std::max(std::abs(box.south_deg), std::abs(box.north_deg)));
  const double east = north / std::cos(lat * 0.017453292519943295);
  return {std::max(-180.0, box.west_deg - east), std::max(-90.0, box.south_deg - north),
          std::min(180.0, box.east_deg + east), std::min(90.0, box.north_deg + north)};
}

Crossing crossing_of(const Fix& p, const Fix& q, double share, bool to_right) {
  const auto a = p.position.degrees();
  const auto b = q.position.degrees();
  Crossing out;
  out.track = p.track;
  out.time = p.time + base::Duration(std::llround(double((q.time - p.time).count()) * share));
  out.place = {a.lat_deg + (b.lat_deg - a.lat_deg) * share,
               a.lon_deg + (b.lon_deg - a.lon_deg) * share};
  out.to_right = to_right;
  return out;
}

}  // namespace

base::Status crossings(const Archive& archive, const CrossingQuestion& question,
                       const std::function<bool(const Crossing&)>& visit) {
  if (question.line.size() < 2) {
    return base::fail(base::Code::kMalformed, "a line has two points or more", "line");
  }
  std::vector<geo::Position> line;
  line.reserve(question.line.size());
  for (const auto& point : question.line) line.push_back(geo::to_position(point));
  std::optional<Fix> before;
  archive.box(around(question), question.from, question.to, SIZE_MAX, [&](const Fix& fix) {
    const auto last = std::exchange(before, fix);
    if (!last || last->track != fix.track || fix.time - last->time > question.longest_gap) {
      return true;
    }
    std::vector<Crossing> found;
    for (std::size_t i = 1; i < line.size(); ++i) {
      const auto share = crossed_at(line[i - 1], line[i], last->position, fix.position);
      if (!share) continue;
      const bool to_right = side(line[i - 1], line[i], fix.position) <= 0;
      found.push_back(crossing_of(*last, fix, *share, to_right));
    }
    std::sort(found.begin(), found.end(),
              [](const Crossing& a, const Crossing& b) { return a.time < b.time; });
    return std::all_of(found.begin(), found.end(), visit);
  });
  return {};
}

}  // namespace jinglue::picture
