// SPDX-License-Identifier: Apache-2.0
#include "drill/buoys/buoys.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/local_time.hpp"
#include "drill/chance/random.hpp"
#include "geo/geodesic.hpp"

namespace jinglue::drill {
namespace {

using base::Json;
using chance::noise;

constexpr std::int64_t kHour_ms = 3'600'000;
constexpr double kSwing_m = 90;      // around the anchor, with the tide
constexpr double kDrift_mps = 0.22;  // of a buoy on its own: a light wind and the tide's rest
constexpr double kDriftTo_deg = 140;

double rounded(double value, int digits) {
  const double scale = std::pow(10, digits);
  return std::round(value * scale) / scale;
}

/// -1 to 1 with the tide, which is half a day long (M2).
double tide(base::Instant at) {
  constexpr double kPeriod_ms = 12.4206 * double(kHour_ms);
  return std::sin(2 * std::numbers::pi * double(at.ms) / kPeriod_ms);
}

/// Wind of the whole sea, m/s; a front passes about once a day.
double wind_mps(std::uint64_t seed, base::Instant at) {
  const double slow = noise(seed, at.ms, 9 * kHour_ms),
               quick = noise(seed + 1, at.ms, kHour_ms / 2);
  return std::max(0.4, 6.5 + 3.8 * slow + 0.9 * quick);
}

double from_deg(std::uint64_t seed, base::Instant at) {
  const double turned = 165 + 75 * noise(seed + 2, at.ms, 14 * kHour_ms);
  return std::fmod(turned + 360, 360);
}

Json wave_payload(const script::Buoy& buoy, std::uint64_t sea, std::uint64_t own,
                  base::Instant at) {
  const double wind = wind_mps(sea, at) * (1 + 0.12 * noise(own, at.ms, 2 * kHour_ms));
  // The sea follows the wind of the hours before.
  const double before = wind_mps(sea, at - std::chrono::hours(3));
  const double height =
      std::max(0.1, 0.016 * before * before + 0.12 + 0.06 * noise(own + 1, at.ms, kHour_ms));
  const double period = 2.4 + 2.6 * std::sqrt(height);
  const double direction = from_deg(sea, at);
  const auto place = place_of(buoy, own, at);
  const auto degrees = [](double value) { return std::int64_t{std::llround(value)} % 360; };
  return Json::object(
      {{"time", base::to_iso({at.ms / 1000 * 1000})},
       {"pos", Json::array({rounded(place.lat_deg, 6), rounded(place.lon_deg, 6)})},
       {"wave", Json::object({{"hs", rounded(height, 2)},
                              {"hmax", rounded(height * 1.62, 2)},
                              {"tz", rounded(period, 1)},
                              {"dir", degrees(direction + 12)}})},
       {"wind", Json::object({{"kn", rounded(wind * 3600 / 1852, 1)},
                              {"gust", rounded(wind * 1.28 * 3600 / 1852, 1)},
                              {"dir", degrees(direction)}})},
       {"air", Json::object({{"t", rounded(14.5 + 2.2 * noise(sea + 3, at.ms, 8 * kHour_ms), 1)},
                             {"p", rounded(1012 + 5 * noise(sea + 4, at.ms, 20 * kHour_ms), 1)}})},
       {"water",
        Json::object({{"t", rounded(11.6 + 0.5 * noise(own + 2, at.ms, 10 * kHour_ms), 2)},
                      {"s", rounded(31.4 + 0.3 * noise(own + 3, at.ms, 12 * kHour_ms), 2)}})},
       {"bat", rounded(12.7 + 0.2 * noise(own + 4, at.ms, 12 * kHour_ms), 2)}});
}

Json water_payload(const script::Buoy& buoy, std::uint64_t own, base::Instant at) {
  const auto text = [&](double middle, double swing, std::uint64_t which) {
    const double value = middle + swing * noise(own + which, at.ms, 6 * kHour_ms);
    const auto hundredths = std::llround(value * 100);
    return std::to_string(hundredths / 100) + "." +
           std::to_string(100 + hundredths % 100).substr(1);
  };
  return Json::object(
      {{"readings", Json::array({Json::object({{"node", buoy.station},
                                               {"t", base::to_local_text(at, "Asia/Shanghai")},
                                               {"temp", text(12.3, 0.8, 1)},
                                               {"sal", text(31.1, 0.3, 2)},
                                               {"do", text(8.6, 0.9, 3)},
                                               {"ph", text(8.1, 0.08, 4)},
                                               {"chl", text(3.2, 1.4, 5)},
                                               {"ntu", text(5.5, 2.5, 6)}})})}});
}

}  // namespace

geo::LatLon place_of(const script::Buoy& buoy, std::uint64_t seed, base::Instant at) {
  const double swing = kSwing_m * tide(at) + 20 * noise(seed + 9, at.ms, kHour_ms);
  auto place = geo::destination(buoy.at, 60, swing);
  if (!buoy.breaks_loose || at <= *buoy.breaks_loose) return place;
  const double adrift_s = double((at - *buoy.breaks_loose).count()) / 1000;
  return geo::destination(place, kDriftTo_deg + 20 * noise(seed + 8, at.ms, 3 * kHour_ms),
                          adrift_s * kDrift_mps);
}

Buoys::Buoys(std::vector<script::Buoy> buoys, base::Instant begin, std::uint64_t seed)
    : m_seed(chance::mix(seed + 0xB007)) {
  for (auto& buoy : buoys) {
    const auto own = base::stable_hash(buoy.station) ^ m_seed;
    // At whole intervals, and a few seconds later: not all at once.
    const auto every = buoy.every.count();
    const base::Instant first{(begin.ms + every - 1) / every * every +
                              std::int64_t(own % 40) * 1000};
    m_buoys.push_back({std::move(buoy), first, own});
  }
}

std::string Buoys::payload(const Next& one) const {
  return (one.buoy.water ? water_payload(one.buoy, one.seed, one.due)
                         : wave_payload(one.buoy, m_seed, one.seed, one.due))
      .dump();
}

void Buoys::until(base::Instant to, std::vector<Observation>& out) {
  const auto first = out.size();
  for (auto& one : m_buoys) {
    for (; one.due < to; one.due = one.due + one.buoy.every) {
      if (one.buoy.silent_from && one.due >= *one.buoy.silent_from) continue;
      out.push_back({one.due, one.buoy.topic, payload(one)});
    }
  }
  std::stable_sort(out.begin() + static_cast<std::ptrdiff_t>(first), out.end(),
                   [](const auto& a, const auto& b) { return a.time < b.time; });
}

}  // namespace jinglue::drill
