// SPDX-License-Identifier: Apache-2.0
#include "drift/seed.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <utility>

#include "drift/random.hpp"
#include "geo/area.hpp"
#include "geo/local_scale.hpp"

namespace jinglue::drift {
namespace {

constexpr std::uint32_t kDraws = 200;

geo::LatLon in_disc(geo::LatLon centre, double radius_m, std::array<double, 2> u) {
  const double radius = radius_m * std::sqrt(u[0]);
  const double angle = 2 * std::numbers::pi * u[1];
  return geo::LocalScale::wgs84().moved(centre, radius * std::sin(angle), radius * std::cos(angle));
}

geo::LatLon on_track(const Track& track, base::Instant time) {
  const auto& points = track.points;
  const auto after = std::upper_bound(points.begin(), points.end(), time,
                                      [](base::Instant t, const auto& p) { return t < p.time; });
  if (after == points.begin()) return points.front().at;
  if (after == points.end()) return points.back().at;
  const auto& a = *(after - 1);
  const double part = double((time - a.time).count()) / double((after->time - a.time).count());
  return {a.at.lat_deg + part * (after->at.lat_deg - a.at.lat_deg),
          a.at.lon_deg + part * (after->at.lon_deg - a.at.lon_deg)};
}

/// One draw of a place; absent when it is not in the polygon, which is `area`.
std::optional<geo::LatLon> place_of(const Place& place, const geo::Area* area, base::Instant time,
                                    std::array<double, 2> u) {
  if (const auto* disc = std::get_if<Disc>(&place)) return in_disc(disc->centre, disc->radius_m, u);
  if (const auto* track = std::get_if<Track>(&place)) {
    return in_disc(on_track(*track, time), track->radius_m, u);
  }
  const auto& box = area->box();
  const geo::LatLon at{box.south_deg + u[0] * (box.north_deg - box.south_deg),
                       box.west_deg + u[1] * (box.east_deg - box.west_deg)};
  return area->contains(at) ? std::optional(at) : std::nullopt;
}

/// Drawn again while the object would go against the wind.
double downwind_draw(const DriftObject& object, const Draw& draw) {
  const auto& line = object.downwind;
  for (std::uint32_t time = 0; time < kDraws; ++time) {
    for (const double normal : draw.normal(Purpose::kDownwind, time)) {
      const double e = normal * line.sd_cm_s;
      if (line.slope_pct + e / 20 >= 0) return e;
    }
  }
  return 0;
}

base::Status check(const Case& what, const Seeding& seeding) {
  const auto wrong = [](const char* text) {
    return base::fail(base::Code::kOutOfRange, text, "seeding");
  };
  if (seeding.particles == 0) return wrong("no particle to seed");
  if (seeding.object >= what.objects.size()) return wrong("its object is not in the case");
  if (seeding.window.count() < 0 || seeding.window > what.step * what.steps) {
    return wrong("the time window is not within the time of the run");
  }
  if (const auto* disc = std::get_if<Disc>(&seeding.place)) {
    const auto& at = disc->centre;
    if (!(std::abs(at.lat_deg) < 89) || !(std::abs(at.lon_deg) <= 360)) {
      return wrong("the place is not on the sea of this Earth");
    }
    if (!(disc->radius_m >= 0 && disc->radius_m <= 500'000))
      return wrong("the radius is too large");
  }
  if (const auto* track = std::get_if<Track>(&seeding.place)) {
    const bool ordered =
        std::is_sorted(track->points.begin(), track->points.end(),
                       [](const auto& a, const auto& b) { return a.time <= b.time; });
    if (track->points.size() < 2 || !ordered) {
      return wrong("a track needs two points or more in the order of time");
    }
  }
  if (const auto* polygon = std::get_if<Polygon>(&seeding.place);
      polygon != nullptr && polygon->corners.size() < 3) {
    return wrong("a polygon needs three corners or more");
  }
  return {};
}

}  // namespace

base::Status seed(const Case& what, const Seeding& seeding, const Land& land,
                  std::vector<Seeded>& out) {
  if (auto good = check(what, seeding); !good) return good;
  std::optional<geo::Area> area;
  if (const auto* polygon = std::get_if<Polygon>(&seeding.place)) {
    auto ring = polygon->corners;
    ring.push_back(ring.front());
    auto made = geo::Area::from_polygons({{std::move(ring)}});
    if (!made) return base::fail(made.error().code, made.error().message, "seeding");
    area.emplace(std::move(*made));
  }
  const auto& object = what.objects[seeding.object];
  const auto* track = std::get_if<Track>(&seeding.place);
  const auto first = track != nullptr ? track->points.front().time : what.start;
  const auto window = track != nullptr ? track->points.back().time - first : seeding.window;
  out.reserve(out.size() + seeding.particles);
  for (std::size_t i = 0; i < seeding.particles; ++i) {
    Seeded one;
    one.object = seeding.object;
    one.number = seeding.first_number + i;
    one.side = i % 2 == 0 ? Side::kRight : Side::kLeft;
    const double part = seeding.particles == 1 ? 0 : double(i) / double(seeding.particles - 1);
    const auto into = base::Duration(std::int64_t(part * double(window.count())));
    const auto time = what.backward && track == nullptr ? first - into : first + into;
    const auto since = what.backward ? what.start - time : time - what.start;
    if (since.count() < 0 || since > what.step * what.steps) {
      return base::fail(base::Code::kOutOfRange, "a particle begins outside the time of the run",
                        "seeding");
    }
    one.start_step = static_cast<std::int32_t>(since / what.step);
    const Draw draw(what.seed, one.number);
    std::optional<geo::LatLon> at;
    for (std::uint32_t times = 0; times < kDraws && !at; ++times) {
      at = place_of(seeding.place, area ? &*area : nullptr, time,
                    draw.uniform(Purpose::kPlace, times));
      if (at && land.is_land(*at)) at.reset();
    }
    if (!at) {
      return base::fail(base::Code::kOutOfRange, "the start lies on land, no sea was found there",
                        "seeding", "move it to the sea, or give it a radius that reaches the sea");
    }
    one.at = *at;
    one.downwind_e = downwind_draw(object, draw);
    const auto& cross = one.side == Side::kRight ? object.crosswind_right : object.crosswind_left;
    one.crosswind_e = draw.normal(Purpose::kCrosswind)[0] * cross.sd_cm_s;
    out.push_back(one);
  }
  return {};
}

}  // namespace jinglue::drift
