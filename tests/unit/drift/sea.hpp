// SPDX-License-Identifier: Apache-2.0
// Seas for the tests of drift: grids whose wind and current are functions of place and time.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "drift/forcing.hpp"
#include "drift/object.hpp"
#include "drift/run.hpp"
#include "drift/seed.hpp"
#include "model/forecast.hpp"

namespace jinglue::tests {

constexpr base::Instant kStart{1'709'078'400'000};  // 2024-02-28T00:00:00Z

using Flow = std::function<drift::EastNorth(double lon, double lat, double hour)>;

inline Flow still() {
  return [](double, double, double) { return drift::EastNorth{0, 0}; };
}
inline Flow even(float east, float north) {
  return [=](double, double, double) { return drift::EastNorth{east, north}; };
}

/// From 121 to 125 degrees east and 36 to 39 north, every tenth; `hours` from kStart - 24 h.
inline std::shared_ptr<model::Forecast> forecast_of(const Flow& wind, const Flow& current,
                                                    int hours = 97) {
  auto out = std::make_shared<model::Forecast>();
  out->name = "test";
  for (int i = 0; i <= 40; ++i) out->grid.x.push_back(121 + i / 10.0);
  for (int i = 0; i <= 30; ++i) out->grid.y.push_back(36 + i / 10.0);
  using V = model::ForecastVariable;
  out->fields = {{V::kWindX, {}}, {V::kWindY, {}}, {V::kCurrentX, {}}, {V::kCurrentY, {}}};
  for (int hour = -24; hour < hours - 24; ++hour) {
    out->times.push_back(kStart + base::Duration(std::int64_t{hour} * 3'600'000));
    for (const double y : out->grid.y) {
      for (const double x : out->grid.x) {
        const auto w = wind(x, y, hour), c = current(x, y, hour);
        out->fields[0].values.push_back(w.east);
        out->fields[1].values.push_back(w.north);
        out->fields[2].values.push_back(c.east);
        out->fields[3].values.push_back(c.north);
      }
    }
  }
  return out;
}

inline drift::Forcing forcing_of(const Flow& wind, const Flow& current) {
  drift::Forcing out;
  if (!out.add(forecast_of(wind, current))) std::abort();
  return out;
}

/// Right and left of the wind alike.
inline drift::DriftObject raft() {
  drift::DriftObject out;
  out.number = 26;
  out.key = "RAFT";
  out.kind = "leeway";
  out.downwind = {3.7, 0, 12};
  out.crosswind_right = {1.98, 0, 9.4};
  out.crosswind_left = {-1.98, 0, 9.4};
  return out;
}

inline drift::Case case_of(std::int32_t hours = 24) {
  drift::Case out;
  out.start = kStart;
  out.steps = hours * 6;
  out.objects = {raft()};
  return out;
}

inline std::vector<drift::Seeded> seeded_of(const drift::Case& what, std::size_t count,
                                            double radius_m = 2000) {
  std::vector<drift::Seeded> out;
  const drift::Seeding seeding{drift::Disc{{37.5, 123}, radius_m}, 0, count, {}, 0};
  if (!drift::seed(what, seeding, {}, out)) std::abort();
  return out;
}

/// The particles at the end.
inline drift::Particles end_of(const drift::Case& what, const drift::Forcing& forcing,
                               const drift::Land& land, const std::vector<drift::Seeded>& seeded,
                               std::size_t threads = 1) {
  drift::Particles out;
  const auto sink = [&](std::int32_t, base::Instant, const drift::Particles& particles) {
    out = particles;
    return true;
  };
  const auto done = drift::run(what, forcing, land, seeded, threads, sink);
  if (!done) std::abort();
  return out;
}

}  // namespace jinglue::tests
