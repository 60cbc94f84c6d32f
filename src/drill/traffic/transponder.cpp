// SPDX-License-Identifier: Apache-2.0
#include "drill/traffic/transponder.hpp"

#include <algorithm>
#include <cmath>

#include "drill/chance/random.hpp"
#include "drill/sea/plane.hpp"

namespace jinglue::drill::traffic {
namespace {

using motion::Mode;
using motion::Pose;
using observe::ais::Message;
using observe::ais::PositionReport;
using observe::ais::StaticData;
using script::Carry;

// Two octaves per axis give 13 m root mean square around the true place and 35 m at most; a
// receiver may be somewhat better or worse.
constexpr double kSlowNoise_m = 16;
constexpr double kFastNoise_m = 9;
constexpr std::int64_t kSlowNoise_ms = 400'000;
constexpr std::int64_t kFastNoise_ms = 60'000;
constexpr double kBestReceiver = 0.8;
constexpr double kWorstReceiver = 1.15;
constexpr double kUnderWay = 0.35;  ///< the filter of a moving receiver

constexpr std::int64_t kTurn_ms = 30'000;
constexpr double kTurn_deg = 5;
constexpr std::uint8_t kGps = 1;  ///< kind of position fixing device

bool lies(Mode mode) {
  return mode == Mode::kMoored || mode == Mode::kAnchored;
}

double knots(const Pose& pose) {
  return pose.speed_mps / sea::kMpsPerKnot;
}

/// Course differs from that of half a minute ago by more than 5 degrees (annex 2, 4.3.1).
bool turns(const cast::Vessel& vessel, std::int64_t t_ms, const Pose& now) {
  if (knots(now) < 1) return false;
  const Pose before = vessel.track.pose(t_ms - kTurn_ms);
  return std::abs(sea::turn_deg(before.course_deg, now.course_deg)) > kTurn_deg;
}

std::int64_t class_a_ms(const cast::Vessel& vessel, std::int64_t t_ms) {
  const Pose pose = vessel.track.pose(t_ms);
  const double speed = knots(pose);
  if (lies(vessel.track.span(t_ms).mode) && speed < 3) return 180'000;
  if (speed > 23) return 2'000;
  const bool turning = turns(vessel, t_ms, pose);
  if (speed > 14) return turning ? 2'000 : 6'000;
  return turning ? 3'333 : 10'000;
}

std::uint64_t terminal_seed(const cast::Vessel& vessel, const cast::Terminal& terminal) {
  return chance::mix(vessel.seed ^ terminal.mmsi);
}

geo::LatLon received(const cast::Vessel& vessel, const cast::Terminal& terminal, std::int64_t t_ms,
                     geo::LatLon at) {
  const std::uint64_t seed = terminal_seed(vessel, terminal);
  const double receiver =
      kBestReceiver + (kWorstReceiver - kBestReceiver) * (chance::lattice(seed, -1) + 1) / 2;
  const double scale = receiver * (lies(vessel.track.span(t_ms).mode) ? 1 : kUnderWay);
  const auto axis = [&](std::uint64_t which) {
    return kSlowNoise_m * chance::noise(seed ^ which, t_ms, kSlowNoise_ms) +
           kFastNoise_m * chance::noise(seed ^ (which + 1), t_ms, kFastNoise_ms);
  };
  return sea::moved(at, {axis(0xA0) * scale, axis(0xB0) * scale});
}

std::uint8_t nav_status(const cast::Vessel& vessel, const cast::Terminal& terminal,
                        std::int64_t t_ms) {
  if (terminal.carry == Carry::kOverboard) return 14;
  switch (vessel.track.span(t_ms).mode) {
    case Mode::kMoored:
      return 5;
    case Mode::kAnchored:
      return 1;
    case Mode::kFishing:
      return 7;
    default:
      return 0;
  }
}

std::uint16_t tenths(double degrees) {
  return static_cast<std::uint16_t>(std::llround((degrees + 720) * 10) % 3600);
}

/// Table 46: 4.733 times the root of degrees per minute, with its sign.
std::int8_t rate_of_turn(const cast::Vessel& vessel, std::int64_t t_ms, const Pose& now) {
  if (knots(now) < 1) return 0;
  const Pose before = vessel.track.pose(t_ms - 10'000);
  const double per_minute = sea::turn_deg(before.course_deg, now.course_deg) * 6;
  const double code = 4.733 * std::sqrt(std::abs(per_minute));
  return static_cast<std::int8_t>(std::copysign(std::min(code, 126.0), per_minute));
}

void fill_class_a(PositionReport& m, const cast::Vessel& vessel, const cast::Terminal& terminal,
                  std::int64_t t_ms, const Pose& pose) {
  const auto& span = vessel.track.span(t_ms);
  m.type = turns(vessel, t_ms, pose) ? 3 : 1;
  m.nav_status = nav_status(vessel, terminal, t_ms);
  if (terminal.carry == Carry::kOverboard) {
    m.type = 1;
    return;
  }
  m.rate_of_turn = rate_of_turn(vessel, t_ms, pose);
  // At anchor the bow lies in the tide, which turns every six hours.
  const double tide = (t_ms / 22'350'000) % 2 == 0 ? 20 : 200;
  const double bow = span.mode == Mode::kMoored ? span.heading_deg
                     : knots(pose) > 1          ? pose.course_deg
                                                : tide;
  const double crab = 3 * chance::noise(terminal_seed(vessel, terminal) ^ 0xC0, t_ms, 120'000);
  m.heading = static_cast<std::uint16_t>(std::llround(bow + crab + 720) % 360);
}

model::Dimensions dimensions(const cast::Vessel& vessel) {
  const auto whole = static_cast<std::uint16_t>(std::lround(vessel.length_m));
  const auto wide = static_cast<std::uint8_t>(std::max(2L, std::lround(vessel.beam_m)));
  const auto stern = static_cast<std::uint16_t>(whole / 4);
  const auto port = static_cast<std::uint8_t>(wide / 2);
  return {static_cast<std::uint16_t>(whole - stern), stern, port,
          static_cast<std::uint8_t>(wide - port)};
}

}  // namespace

std::int64_t interval_ms(const cast::Vessel& vessel, script::Carry carry, std::int64_t t_ms) {
  switch (carry) {
    case Carry::kClassA:
      return class_a_ms(vessel, t_ms);
    case Carry::kClassB:
      return knots(vessel.track.pose(t_ms)) > 2 ? 30'000 : 180'000;
    case Carry::kBeidou:
    case Carry::kBeacon:
      return 180'000;
    case Carry::kOverboard:
      // Eight messages two seconds apart, then the rest of the minute.
      return t_ms / 1000 % 60 < 14 ? 2'000 : (60 - t_ms / 1000 % 60) * 1000;
  }
  return 180'000;
}

Message position_report(const cast::Vessel& vessel, const cast::Terminal& terminal,
                        std::int64_t t_ms) {
  const Pose pose = vessel.track.pose(t_ms);
  const std::uint64_t seed = terminal_seed(vessel, terminal);
  const geo::LatLon at = received(vessel, terminal, t_ms, pose.at);
  PositionReport m;
  m.mmsi = terminal.mmsi;
  m.type = 18;
  m.lat = static_cast<std::int32_t>(std::lround(at.lat_deg * 600'000));
  m.lon = static_cast<std::int32_t>(std::lround(at.lon_deg * 600'000));
  const double wobble = chance::noise(seed ^ 0xD0, t_ms, 45'000);
  const bool lying = lies(vessel.track.span(t_ms).mode) && knots(pose) < 0.3;
  const double speed_kn = lying ? std::max(0.0, wobble) * 0.25 : knots(pose) + 0.15 * wobble;
  m.sog = static_cast<std::uint16_t>(std::lround(std::max(0.0, speed_kn) * 10));
  m.cog = lying ? tenths(180 * (chance::lattice(seed ^ 0xE0, t_ms / 1000) + 1))
                : tenths(pose.course_deg + 2 * wobble);
  m.utc_second = static_cast<std::uint8_t>(t_ms / 1000 % 60);
  m.accurate = chance::lattice(seed, -2) > 0;
  if (terminal.carry == Carry::kClassA || terminal.carry == Carry::kOverboard) {
    fill_class_a(m, vessel, terminal, t_ms, pose);
  }
  return m;
}

std::vector<Message> static_reports(const cast::Vessel& vessel, const cast::Terminal& terminal) {
  if (terminal.carry == Carry::kBeidou || terminal.carry == Carry::kOverboard) return {};
  StaticData m;
  m.mmsi = terminal.mmsi;
  m.name = vessel.ais_name;
  m.epfd = kGps;
  if (terminal.carry == Carry::kClassA) {
    m.type = 5;
    m.call_sign = vessel.call_sign;
    m.ship_type = static_cast<std::uint8_t>(vessel.group->ship_type);
    m.dimensions = dimensions(vessel);
    m.draught_dm = static_cast<std::uint8_t>(std::min(200.0, vessel.length_m * 0.55));
    if (!vessel.destination.empty()) m.destination = vessel.destination;
    return {m};
  }
  m.type = 24;
  m.part = 0;
  if (terminal.carry == Carry::kBeacon) return {m};
  StaticData b;
  b.type = 24;
  b.part = 1;
  b.mmsi = terminal.mmsi;
  b.ship_type = static_cast<std::uint8_t>(vessel.group->ship_type);
  b.call_sign = vessel.call_sign;
  b.vendor = "YL1";
  b.epfd = kGps;
  b.dimensions = dimensions(vessel);
  return {m, b};
}

}  // namespace jinglue::drill::traffic
