// SPDX-License-Identifier: Apache-2.0
#include "drill/motion/planner.hpp"

#include <algorithm>

#include "drill/motion/pattern.hpp"
#include "drill/sea/plane.hpp"

namespace jinglue::drill::motion {
namespace {

using base::Code;
using script::Act;

constexpr double kHarbourSpeed_kn = 4.5;
constexpr double kUsualLow_kn = 8;
constexpr double kUsualHigh_kn = 9.5;
constexpr std::int64_t kPiece_s = 480;
constexpr std::int64_t kFollow_ms = 15'000;
constexpr std::int64_t kCourse_ms = 150'000;
constexpr int kTries = 5;
constexpr std::int64_t kFits_ms = 20'000;
/// How far vessels keep from the line of a lane when the plan does not say.
constexpr double kUsualSpread_m = 60;
/// A speed so far from the drawn one that the author must have erred in place or time.
constexpr double kSlowest = 0.4;
constexpr double kFastest = 1.8;

bool is_move(const script::Step& step) {
  return step.act == Act::kSail || step.act == Act::kMeet || step.act == Act::kPass;
}

}  // namespace

geo::LatLon beside(const Track& track, std::int64_t t_ms, double ahead_m, double starboard_m) {
  const auto way = sea::from_to(track.pose(t_ms - kCourse_ms).at, track.pose(t_ms + kCourse_ms).at);
  const double course = way.length_m() > 5 ? sea::course_deg(way) : 0;
  const geo::LatLon at = track.pose(t_ms).at;
  return sea::moved(sea::moved(at, sea::along(course, ahead_m)),
                    sea::along(course + 90, starboard_m));
}

base::Result<Track> Planner::make(const std::vector<script::Step>& plan,
                                  const std::vector<script::Step>& daily) {
  m_side = m_random.between(-1, 1);
  lay_out(plan, daily);
  if (const auto s = begin(); !s) return tl::unexpected(s.error());
  for (std::size_t i = 0; i < m_steps.size() && now_ms() < m_stage.to_ms; ++i) {
    if (const auto s = run(i); !s) return tl::unexpected(s.error());
  }
  if (now_ms() < m_stage.to_ms) {
    // The plan ended with a move: the vessel stays where it came to.
    const bool moored = m_stage.map.harbour(m_place.key) != nullptr;
    const bool away = m_stage.map.node(m_place.key).has_value();
    const Mode mode = moored ? Mode::kMoored : away ? Mode::kAway : Mode::kDrifting;
    m_track.enter({now_ms(), m_stage.to_ms, mode, false, m_place.heading_deg});
    m_track.add(m_stage.to_ms, m_track.last());
  }
  m_track.close(m_stage.to_ms);
  return std::move(m_track);
}

Planner::Drawn Planner::draw(const script::Step& step, std::int64_t midnight_ms) {
  const auto pick = [this](const std::optional<script::Window>& window, std::int64_t base_ms) {
    std::optional<std::int64_t> out;
    // Whole seconds: every instant of the traffic is one.
    if (window)
      out = base_ms + m_random.whole(window->low_ms / 1000, window->high_ms / 1000) * 1000;
    return out;
  };
  Drawn out;
  out.step = &step;
  out.depart_ms = pick(step.depart, midnight_ms);
  out.arrive_ms = pick(step.arrive, midnight_ms);
  out.until_ms = pick(step.until, midnight_ms);
  out.lasts_ms = pick(step.lasts, 0);
  const auto speed = step.speed_kn.value_or(script::Range{kUsualLow_kn, kUsualHigh_kn});
  out.speed_kn = m_random.between(speed.low, speed.high);
  return out;
}

void Planner::lay_out(const std::vector<script::Step>& plan,
                      const std::vector<script::Step>& daily) {
  for (const auto& step : plan) m_steps.push_back(draw(step, 0));
  for (const std::int64_t midnight_ms : m_stage.midnights_ms) {
    for (const auto& step : daily) m_steps.push_back(draw(step, midnight_ms));
  }
}

base::Status Planner::begin() {
  const script::Step& first = *m_steps.front().step;
  if (is_move(first)) return first.node.error(Code::kMalformed, "a plan begins with a stay");
  const auto start = place(first);
  if (!start) return tl::unexpected(start.error());
  m_place = *start;
  // Those that come from afar do not all appear in one spot.
  if (first.spread_m) {
    const auto off = sea::along(m_random.between(0, 360), m_random.between(0, *first.spread_m));
    m_place.at = sea::moved(m_place.at, off);
  }
  m_track.add(m_stage.from_ms, m_place.at);
  return {};
}

base::Status Planner::run(std::size_t index) {
  const Drawn& drawn = m_steps[index];
  if (is_move(*drawn.step)) {
    if (const auto s = move(drawn); !s) return s;
    return drawn.step->act == Act::kMeet ? follow(drawn) : base::Status{};
  }
  auto end_ms = end_of_stay(index);
  if (!end_ms) return tl::unexpected(end_ms.error());
  if (drawn.step->act == Act::kWork && !drawn.until_ms && !drawn.lasts_ms) {
    // Work ends elsewhere than it began, so the way home differs from the first guess: work again
    // (the same numbers are drawn) until the way from where it ends fits.
    for (int tries = 0; tries < kTries; ++tries) {
      const Planner before = *this;
      if (const auto s = stay(drawn, std::min(*end_ms, m_stage.to_ms)); !s) return s;
      const auto better_ms = end_of_stay(index);
      if (!better_ms) return tl::unexpected(better_ms.error());
      m_planned.reset();
      const std::int64_t off_ms = std::abs(*better_ms - *end_ms);
      if (off_ms < kFits_ms || tries + 1 == kTries) return {};
      *end_ms = *better_ms;
      restore(before);
    }
  }
  return stay(drawn, std::min(*end_ms, m_stage.to_ms));
}

void Planner::restore(const Planner& before) {
  m_random = before.m_random;
  m_track = before.m_track;
  m_place = before.m_place;
  m_berths = before.m_berths;
}

base::Result<std::int64_t> Planner::end_of_stay(std::size_t index) {
  const Drawn& drawn = m_steps[index];
  if (drawn.until_ms) return *drawn.until_ms;
  if (drawn.lasts_ms) return now_ms() + *drawn.lasts_ms;
  if (index + 1 == m_steps.size()) return m_stage.to_ms;
  const Drawn& next = m_steps[index + 1];
  if (!is_move(*next.step)) {
    return drawn.step->node.error(Code::kMalformed, "the stay has no end",
                                  "give 'until' or 'for', or let a move follow");
  }
  if (next.depart_ms) return *next.depart_ms;
  if (!next.arrive_ms) {
    return next.step->node.error(Code::kMalformed, "the move has no time",
                                 "give it 'depart' or 'arrive', or the stay before it an end");
  }
  auto way = way_of(next);
  if (!way) return tl::unexpected(way.error());
  const double time_s = travel_s(*way, next.speed_kn);
  if (next.step->act == Act::kSail) m_planned = std::move(*way);
  return *next.arrive_ms - std::int64_t(time_s) * 1000;
}

base::Status Planner::stay(const Drawn& drawn, std::int64_t end_ms) {
  const script::Step& step = *drawn.step;
  const bool free = step.act == Act::kWork && step.where.empty();
  if (!free && m_place.key != step.where) {
    return step.node.error(Code::kMalformed, "the vessel is not at " + step.where,
                           "a 'sail' step brings it there");
  }
  if (end_ms <= now_ms()) return {};
  if (step.act == Act::kWork) {
    const auto* ground = free ? nullptr : m_stage.map.ground(step.where);
    do_work(m_track, {step.pattern, ground, step.speed_kn, end_ms, step.silent}, m_random);
    m_place.at = m_track.last();
    // The way was found from where the work began; from where it ended it differs.
    if (m_planned) m_planned.reset();
    return {};
  }
  const Mode mode = step.act == Act::kMoor     ? Mode::kMoored
                    : step.act == Act::kAnchor ? Mode::kAnchored
                                               : Mode::kAway;
  m_track.enter({now_ms(), end_ms, mode, step.silent, m_place.heading_deg});
  while (mode == Mode::kAnchored && now_ms() + 3'600'000 < end_ms) {
    const auto swing = sea::along(m_random.between(0, 360), m_random.between(20, 70));
    m_track.add(now_ms() + m_random.whole(1500, 3000) * 1000, sea::moved(m_place.at, swing));
  }
  m_track.add(end_ms, m_track.last());
  return {};
}

base::Result<Planner::Place> Planner::place(const script::Step& step) {
  const sea::SeaMap& map = m_stage.map;
  if (const auto* harbour = map.harbour(step.where)) {
    auto [mine, fresh] = m_berths.try_emplace(step.where);
    if (fresh) {
      const auto berth = m_stage.moorings.take(*harbour);
      if (!berth) return step.node.error(Code::kTooMany, "the harbour is full: " + step.where);
      mine->second = *berth;
    }
    return Place{step.where, mine->second.at, harbour->gates, mine->second.heading_deg};
  }
  if (const auto* ground = map.ground(step.where)) {
    const auto at = step.at ? *step.at : map.random_point(*ground, m_random);
    if (!ground->zone->area->contains(at)) {
      return step.node.error(Code::kOutOfRange, "the point is not on the ground " + step.where);
    }
    return Place{step.where, at, ground->gates, 0};
  }
  if (const auto node = map.node(step.where)) {
    std::vector<geo::LatLon> points{map.node_at(*node)};
    return Place{step.where, points.front(), {*node}, 0};
  }
  return step.node.error(Code::kUnknown, "no such place: " + step.where,
                         "a key of [[harbour]], the zone of a [[ground]] or a node");
}

base::Result<const Track*> Planner::other(const script::Step& step) const {
  const auto found = m_stage.others.find(step.vessel);
  if (found == m_stage.others.end()) {
    return step.node.error(Code::kUnknown, "no such vessel before this one: " + step.vessel,
                           "only a [[vessel]] that stands earlier in the file can be met");
  }
  return found->second;
}

base::Result<Planner::Place> Planner::destination(const Drawn& drawn) {
  const script::Step& step = *drawn.step;
  if (step.act == Act::kSail) return place(step);
  const auto track = other(step);
  if (!track) return tl::unexpected(track.error());
  const std::int64_t t_ms = *drawn.arrive_ms;
  geo::LatLon at = (*track)->pose(t_ms).at;
  if (step.act == Act::kMeet) at = beside(**track, t_ms, step.ahead_m, step.starboard_m);
  return Place{"", at, {m_stage.map.nearest_node(at)}, 0};
}

base::Result<Planner::Way> Planner::way_of(const Drawn& drawn) {
  const script::Step& step = *drawn.step;
  auto to = destination(drawn);
  if (!to) return tl::unexpected(to.error());
  Way way;
  way.slow_first = m_stage.map.harbour(m_place.key) != nullptr;
  way.slow_last = m_stage.map.harbour(to->key) != nullptr;
  if (!step.via.empty()) {
    for (const auto& key : step.via) {
      const auto node = m_stage.map.node(key);
      if (!node) return step.node.error(Code::kUnknown, "no such node: " + key);
      way.points.push_back(m_stage.map.node_at(*node));
    }
  } else if (!step.direct) {
    way.points = m_stage.map.way(m_place.at, m_place.exits, to->at, to->exits);
    if (way.points.empty()) {
      return step.node.error(Code::kUnknown, "no lane leads to " + step.where,
                             "join the nodes in sea.lanes");
    }
  }
  if (step.act == Act::kPass) {
    const geo::LatLon before = way.points.empty() ? m_place.at : way.points.back();
    const double course = sea::course_deg(sea::from_to(before, to->at));
    const double off_m = step.distance_nm * sea::kMetresPerMile;
    to->at = sea::moved(to->at, sea::along(course + 90, off_m));
  }
  way.points.push_back(to->at);
  spread(step, way.points);
  way.to = std::move(*to);
  way.to.at = way.points.back();
  return way;
}

/// Moves the points between the ends to this vessel's side of the lane.
void Planner::spread(const script::Step& step, std::vector<geo::LatLon>& points) const {
  const double spread_m = step.spread_m.value_or(kUsualSpread_m);
  const std::vector<geo::LatLon> lane = points;
  const bool open_end = m_stage.map.node(step.where).has_value();
  for (std::size_t i = 0; i < lane.size(); ++i) {
    if (i + 1 == lane.size() && !open_end) continue;
    const geo::LatLon before = i == 0 ? m_place.at : lane[i - 1];
    const geo::LatLon after = i + 1 < lane.size() ? lane[i + 1] : lane[i];
    const double course = sea::course_deg(sea::from_to(before, after));
    points[i] = sea::moved(lane[i], sea::along(course + 90, m_side * spread_m));
  }
}

double Planner::travel_s(const Way& way, double speed_kn) const {
  double time_s = 0;
  geo::LatLon from = m_track.last();
  for (std::size_t i = 0; i < way.points.size(); ++i) {
    const bool slow = (i == 0 && way.slow_first) || (i + 1 == way.points.size() && way.slow_last);
    const double knots = slow ? std::min(kHarbourSpeed_kn, speed_kn) : speed_kn;
    time_s += sea::distance_m(from, way.points[i]) / (knots * sea::kMpsPerKnot);
    from = way.points[i];
  }
  return std::max(time_s, 1.0);
}

void Planner::sail(const Way& way, double speed_kn, double stretch) {
  for (std::size_t i = 0; i < way.points.size(); ++i) {
    const bool slow = (i == 0 && way.slow_first) || (i + 1 == way.points.size() && way.slow_last);
    const double knots = slow ? std::min(kHarbourSpeed_kn, speed_kn) : speed_kn;
    const geo::LatLon from = m_track.last();
    const std::int64_t from_ms = now_ms();
    const double leg_s =
        sea::distance_m(from, way.points[i]) / (knots * sea::kMpsPerKnot) * stretch;
    const auto pieces = std::max<std::int64_t>(1, std::int64_t(leg_s) / kPiece_s);
    // The speed differs a little from piece to piece; the leg's time stays as computed.
    for (std::int64_t p = 1; p <= pieces; ++p) {
      const double part = double(p) / double(pieces);
      const double early = p == pieces ? 0 : m_random.between(-0.02, 0.02) / double(pieces);
      m_track.add(from_ms + std::int64_t((part + early) * leg_s * 1000),
                  sea::between(from, way.points[i], part));
    }
  }
}

base::Status Planner::move(const Drawn& drawn) {
  const script::Step& step = *drawn.step;
  if (drawn.depart_ms && *drawn.depart_ms > now_ms()) {
    // A move after a move that begins later: drift until then.
    m_track.enter({now_ms(), *drawn.depart_ms, Mode::kDrifting, step.silent, 0});
    m_track.add(*drawn.depart_ms, m_track.last());
  }
  Way way;
  if (m_planned) {
    way = std::move(*m_planned);
    m_planned.reset();
  } else {
    auto found = way_of(drawn);
    if (!found) return tl::unexpected(found.error());
    way = std::move(*found);
  }
  double stretch = 1;
  if (drawn.arrive_ms) {
    const double have_s = double(*drawn.arrive_ms - now_ms()) / 1000;
    stretch = have_s / travel_s(way, drawn.speed_kn);
    if (stretch < 1 / kFastest || stretch > 1 / kSlowest) {
      return step.node.error(Code::kOutOfRange, "the vessel cannot arrive then at its speed",
                             "let it depart at another time or come from elsewhere");
    }
  }
  m_track.enter({now_ms(), m_stage.to_ms, Mode::kUnderway, step.silent, 0});
  sail(way, drawn.speed_kn, stretch);
  m_place = way.to;
  if (step.act == Act::kPass) {
    // Keeps its course past the other one, so that the distance is the least there.
    const std::size_t n = way.points.size();
    const geo::LatLon before = n > 1 ? way.points[n - 2] : m_place.at;
    const double course = sea::course_deg(sea::from_to(before, m_place.at));
    const geo::LatLon beyond =
        sea::moved(m_place.at, sea::along(course, 1.5 * sea::kMetresPerMile));
    sail({{beyond}, false, false, {}}, drawn.speed_kn, stretch);
    m_place.at = beyond;
  }
  return {};
}

base::Status Planner::follow(const Drawn& drawn) {
  const script::Step& step = *drawn.step;
  const auto track = other(step);
  if (!track) return tl::unexpected(track.error());
  const std::int64_t end_ms = std::min(
      drawn.until_ms ? *drawn.until_ms : now_ms() + drawn.lasts_ms.value_or(0), m_stage.to_ms);
  const Mode theirs = (*track)->span(now_ms()).mode;
  m_track.enter(
      {now_ms(), end_ms, theirs == Mode::kFishing ? theirs : Mode::kUnderway, step.silent, 0});
  while (now_ms() < end_ms) {
    const std::int64_t t_ms = std::min(now_ms() + kFollow_ms, end_ms);
    m_track.add(t_ms, beside(**track, t_ms, step.ahead_m, step.starboard_m));
  }
  m_place = {"", m_track.last(), {m_stage.map.nearest_node(m_track.last())}, 0};
  return {};
}

}  // namespace jinglue::drill::motion
