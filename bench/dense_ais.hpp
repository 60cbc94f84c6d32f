// SPDX-License-Identifier: Apache-2.0
// DenseFleet: a made-up day of dense AIS for benches, with the reporting intervals, losses and
// receiver noise of real traffic. NOT real data: every figure measured on it says "generated".
// 30 % cargo (class A), 20 % moored class A, 30 % fishing (two of three class B), 7 % fast craft,
// 13 % moored class B. Receiver noise: correlated error of 2.5 m over 90 s and 0.3 m white noise.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "model/fix.hpp"

namespace jinglue::bench {

class DenseVessel {
 public:
  DenseVessel(std::uint32_t number, std::int64_t start_ms) : m_random(number), m_start(start_ms) {
    m_track = {model::TerminalId::make(model::TerminalKind::kMmsi, 412'000'000 + number), 0};
    const auto share = number % 100;
    m_kind = share < 30   ? kCargo
             : share < 50 ? kMoored
             : share < 80 ? kFishing
             : share < 87 ? kFast
                          : kMooredB;
    m_class_a = m_kind == kCargo || m_kind == kMoored || m_kind == kFast ||
                (m_kind == kFishing && number % 3 == 0);
    m_lat = 35.5 + unit() * 3;
    m_lon = 121 + unit() * 4;
    m_course = unit() * 360;
    m_loss = 0.05 + unit() * 0.3;
    const double speeds[] = {9 + unit() * 6, 0, 2 + unit() * 2, 22 + unit() * 8, 0};
    m_speed = speeds[m_kind];
  }

  /// Appends the reports of `hours` from the start, in order of time.
  void report(double hours, std::vector<model::Fix>& out) {
    double t = unit() * 10;
    double at = 0;
    for (; t < hours * 3600; t += interval_s()) {
      for (; at + 1 <= t; at += 1) sail(1);
      if (unit() < 0.0005) t += 300 + unit() * 1500;  // out of range for a while
      if (unit() >= m_loss) out.push_back(fix_at(t));
    }
  }

 private:
  enum Kind { kCargo, kMoored, kFishing, kFast, kMooredB };
  double unit() { return std::uniform_real_distribution<double>(0, 1)(m_random); }
  double normal() { return m_normal(m_random); }

  void sail(double dt) {
    if (m_kind == kFishing) {
      if (unit() < dt / 2400) m_speed = unit() < 0.6 ? 2 + unit() * 2 : 7 + unit() * 2;
      m_turn += normal() * 0.05 * std::sqrt(dt) - m_turn * dt / 200;
    } else if (m_kind == kCargo || m_kind == kFast) {
      if (unit() < dt / 3600) m_turn = normal() * 0.1;
      m_turn -= m_turn * dt / 300;
    }
    const bool moves = m_speed > 0;
    m_swing += normal() * 0.05 * std::sqrt(dt) - m_swing * dt / 120;
    if (moves) m_course = std::fmod(m_course + m_turn * dt + 360, 360);
    m_made = moves ? std::max(0.0, m_speed + m_swing) : 0;
    const double way = m_made * dt / 3600 / 60;
    m_lat += way * std::cos(m_course * M_PI / 180);
    m_lon += way * std::sin(m_course * M_PI / 180) / std::cos(m_lat * M_PI / 180);
    const double keep = std::exp(-dt / 90);
    for (double& e : m_error_m) e = e * keep + normal() * 2.5 * std::sqrt(1 - keep * keep);
  }

  double interval_s() {
    if (m_kind == kMoored || m_kind == kMooredB) return std::round(180 + normal());
    if (!m_class_a) return std::round((m_speed > 2 ? 30 : 180) + normal());
    const bool turning = std::abs(m_turn) > 0.06;
    const double nominal = m_speed > 23   ? 2
                           : m_speed > 14 ? (turning ? 2 : 6)
                           : turning      ? 3.33
                                          : 10;
    return std::max(1.0, std::round(nominal + normal() * 0.4));
  }

  model::Fix fix_at(double t) {
    model::Fix fix;
    fix.track = m_track;
    fix.time = {m_start + std::int64_t(t) * 1000};
    fix.arrival = fix.time + base::Duration(200 + std::int64_t(unit() * 1500));
    fix.quality = model::TimeQuality::kDerived;
    fix.source = m_class_a ? model::FixSource::kAisA : model::FixSource::kAisB;
    const double metre = 1 / 1852.0 / 60;
    const double lat = m_lat + (m_error_m[0] + normal() * 0.3) * metre;
    const double lon =
        m_lon + (m_error_m[1] + normal() * 0.3) * metre / std::cos(m_lat * M_PI / 180);
    fix.position = {std::int32_t(std::lround(lat * 600'000)) * 10,
                    std::int32_t(std::lround(lon * 600'000)) * 10};
    const double sog = std::abs(m_made + normal() * 0.06);
    fix.sog_ckn = static_cast<std::uint16_t>(std::lround(sog * 10) * 10);
    const double noise = m_made > 0.5 ? 0.4 * 8 / (m_made + 2) : 120;
    const auto cog = std::lround((m_course + normal() * noise) * 10);
    fix.cog_cdeg = static_cast<std::uint16_t>((cog % 3600 + 3600) % 3600 * 10);
    if (m_class_a) {
      const auto heading = std::lround(m_course + normal() * 0.3);
      fix.heading_deg = static_cast<std::uint16_t>((heading % 360 + 360) % 360);
      fix.nav_status = std::uint8_t(m_kind == kMoored ? 5 : m_kind == kFishing ? 7 : 0);
    }
    return fix;
  }

  std::mt19937 m_random;
  std::normal_distribution<double> m_normal{0, 1};
  std::int64_t m_start;
  model::TrackId m_track;
  Kind m_kind{};
  bool m_class_a{};
  double m_lat{}, m_lon{}, m_course{}, m_speed{}, m_made{}, m_turn{}, m_swing{}, m_loss{};
  double m_error_m[2]{};
};

/// By vessel, each in order of time. Offsets are not set.
inline std::vector<model::Fix> dense_fleet(std::uint32_t vessels, double hours) {
  std::vector<model::Fix> out;
  for (std::uint32_t i = 0; i < vessels; ++i) {
    DenseVessel(i, 1'714'521'600'000).report(hours, out);
  }
  return out;
}

/// Adds vessels that keep 150 m from another one for two and a half to six hours: pairs of vessels
/// at random places hardly meet. `rows`: by vessel, as dense_fleet() gives them.
inline void add_company(std::vector<model::Fix>& rows, std::uint32_t vessels) {
  constexpr std::int64_t kHalfHour_ms = 1'800'000;
  constexpr std::int32_t kAway = 8'100;  // 150 m northwards
  std::mt19937 random(7);
  const auto all = rows.size();
  const auto start = rows.front().time;
  for (std::size_t i = 0; i < all; ++i) {
    const auto number = static_cast<std::uint32_t>(rows[i].track.terminal.number() % 1'000'000);
    if (number % 25 != 0 || number >= vessels) continue;
    const auto half_hours = (rows[i].time - start).count() / kHalfHour_ms;
    const auto begin = std::int64_t{number / 25 % 9} * 2;
    if (half_hours < begin || half_hours >= begin + 5 + number / 25 % 8) continue;
    auto row = rows[i];
    row.track = {model::TerminalId::make(model::TerminalKind::kMmsi, 413'000'000 + number), 0};
    row.position.lat += kAway + static_cast<std::int32_t>(random() % 40) * 10;
    row.time = row.time + base::Duration(1000);
    row.arrival = row.arrival + base::Duration(1000);
    rows.push_back(row);
  }
}

}  // namespace jinglue::bench
