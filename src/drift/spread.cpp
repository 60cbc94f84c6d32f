// SPDX-License-Identifier: Apache-2.0
#include "drift/spread.hpp"

#include <cmath>
#include <numbers>

#include "geo/local_scale.hpp"

namespace jinglue::drift {
namespace {

constexpr double kChiSquare50 = 1.386294361119891;
constexpr double kChiSquare90 = 4.605170185988092;

}  // namespace

Spread spread_of(const Particles& particles, bool drifting_only) {
  Spread out;
  double lat = 0, lon = 0;
  std::size_t count = 0;
  const auto counts = [&](std::size_t i) {
    const auto state = particles.state[i];
    return state == State::kDrifting || (!drifting_only && state != State::kWaiting);
  };
  for (std::size_t i = 0; i < particles.size(); ++i) {
    const auto state = particles.state[i];
    out.seeded += state != State::kWaiting ? 1u : 0u;
    out.drifting += state == State::kDrifting ? 1u : 0u;
    out.stranded += state == State::kStranded ? 1u : 0u;
    out.no_forcing += state == State::kNoForcing ? 1u : 0u;
    if (!counts(i)) continue;
    lat += particles.lat_deg[i];
    lon += particles.lon_deg[i];
    ++count;
  }
  if (count == 0) return out;
  out.centre = {lat / double(count), lon / double(count)};
  const auto scale = geo::LocalScale::wgs84().at(out.centre.lat_deg);
  double ee = 0, nn = 0, en = 0;
  for (std::size_t i = 0; i < particles.size(); ++i) {
    if (!counts(i)) continue;
    const double east = (particles.lon_deg[i] - out.centre.lon_deg) / scale.east_deg;
    const double north = (particles.lat_deg[i] - out.centre.lat_deg) / scale.north_deg;
    ee += east * east;
    nn += north * north;
    en += east * north;
  }
  ee /= double(count);
  nn /= double(count);
  en /= double(count);
  out.sd_east_m = std::sqrt(ee);
  out.sd_north_m = std::sqrt(nn);
  const double middle = (ee + nn) / 2;
  const double half = std::sqrt((ee - nn) * (ee - nn) / 4 + en * en);
  out.sd_major_m = std::sqrt(middle + half);
  out.sd_minor_m = std::sqrt(std::max(middle - half, 0.0));
  const double angle = 0.5 * std::atan2(2 * en, nn - ee) * 180 / std::numbers::pi;
  out.major_bearing_deg = angle < 0 ? angle + 180 : angle;
  const double area = std::numbers::pi * out.sd_major_m * out.sd_minor_m / 1e6;
  out.ellipse50_km2 = area * kChiSquare50;
  out.ellipse90_km2 = area * kChiSquare90;
  return out;
}

}  // namespace jinglue::drift
