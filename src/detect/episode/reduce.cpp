// SPDX-License-Identifier: Apache-2.0
#include "detect/episode/reduce.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <tuple>

#include "geo/geodesic.hpp"

namespace jinglue::detect {
namespace {

/// A finding keeps at most 64 positions; room for the one before and the last.
constexpr std::size_t kMostMarks = 62;
constexpr std::int64_t kFirstSpacing_ms = 60'000;

bool presence_only(const Rule& rule) {
  return rule.family == Family::kZone &&
         (rule.trigger == Trigger::kEnter || rule.trigger == Trigger::kLeave);
}

/// Metres from p to a box, on a plane; a few percent are enough to see whether a vessel comes
/// nearer.
double distance_to_box_m(geo::LatLon p, const geo::Box& box) {
  constexpr double kMetresPerDegree = 111'195;
  const double lat = std::max({box.south_deg - p.lat_deg, p.lat_deg - box.north_deg, 0.0});
  const double lon = std::max({box.west_deg - p.lon_deg, p.lon_deg - box.east_deg, 0.0}) *
                     std::cos(p.lat_deg * std::numbers::pi / 180);
  return std::hypot(lat, lon) * kMetresPerDegree;
}

double nearest_berth_m(const picture::BerthMap& berths, geo::LatLon p) {
  double best = std::numeric_limits<double>::infinity();
  for (const auto& zone : berths.zones()) {
    best = std::min(best, distance_to_box_m(p, zone->area->box()));
  }
  return best;
}

void keep_mark(Tracker& t, const Mark& mark) {
  if (!t.marks->empty() && mark.time - t.marks->back().time < base::Duration(t.spacing_ms)) return;
  auto more = std::make_shared<Marks>(*t.marks);
  if (more->size() >= kMostMarks) {
    Marks half;
    for (std::size_t i = 0; i < more->size(); i += 2) half.push_back((*more)[i]);
    *more = std::move(half);
    t.spacing_ms *= 2;
  }
  more->push_back(mark);
  t.marks = std::move(more);
}

auto order_of(const model::Fix& f) {
  return std::make_tuple(f.time, f.track, f.position, f.sog_ckn, f.cog_cdeg, f.heading_deg,
                         f.nav_status, f.source);
}

}  // namespace

bool before(const model::Fix& a, const model::Fix& b) {
  if (a.time != b.time) return a.time < b.time;
  return order_of(a) < order_of(b);
}

std::optional<base::Instant> Reducer::exempt_from(const Tracker& t, std::uint64_t known_at) const {
  const std::string lies_in = t.berth != kNoIndex && rule_of(t).family == Family::kHomePort
                                  ? m_pack->zones()[t.berth]->id
                                  : std::string();
  const auto place = t.last_mark.position.degrees();
  return m_exemptions->next_start(
      t.who->vessel_id(), rule_of(t), t.last, known_at,
      [&](const auto& area) { return m_judge.in_area(area, place, lies_in); });
}

std::optional<Ending> Reducer::ended_by(const Tracker& t, base::Instant heard, base::Instant now,
                                        std::uint64_t known_at) const {
  const Rule& rule = rule_of(t);
  base::Instant moment = base::kDistantFuture;
  Ending ending;
  if (!presence_only(rule) && now - heard > rule.silence) {
    moment = heard + rule.silence;
    ending = {t.last, Cause::kSilence};
  }
  if (t.season.to <= now && t.season.to < moment) {
    moment = t.season.to;
    ending = {t.season.to, Cause::kSeasonEnd};
  }
  const auto exempt = exempt_from(t, known_at);
  if (exempt && *exempt <= now && *exempt < moment) {
    moment = *exempt;
    ending = {t.last, Cause::kExempt};
  }
  if (ending.cause == Cause::kNone) return std::nullopt;
  if (t.out_count > 0 && t.out_since <= moment) return Ending{t.out_since, t.out_cause};
  return ending;
}

base::Instant Reducer::deadline(const Tracker& t, base::Instant heard,
                                std::uint64_t known_at) const {
  const Rule& rule = rule_of(t);
  base::Instant first = t.season.to;
  if (!presence_only(rule)) first = std::min(first, heard + rule.silence + base::Duration(1));
  const auto exempt = exempt_from(t, known_at);
  return exempt ? std::min(first, *exempt) : first;
}

View Reducer::view_of(const Tracker& t) const {
  View v;
  v.group = t.group;
  v.rule = t.rule;
  v.key = t.key;
  const Rule& rule = rule_of(t);
  v.severity = rule.severity;
  if (t.late_return) {
    v.severity = rule.late_return->severity;
  } else {
    for (const auto& step : rule.escalate) {
      if (t.last - t.begin >= step.after) v.severity = std::max(v.severity, step.severity);
    }
  }
  if (rule.family == Family::kHomePort) v.title = Title::kOtherPort;
  if (rule.family == Family::kMoratorium) {
    v.title = t.left_berth ? Title::kDeparted : Title::kAtSea;
    if (t.late_return) v.title = Title::kLateReturn;
  }
  v.season = t.season;
  v.begin = t.begin;
  v.last = t.last;
  v.berth = t.berth;
  v.berth_since = t.berth_since;
  v.measures = t.measures;
  v.replaced = t.replaced;
  v.who = t.who;
  auto marks = std::make_shared<Marks>(*t.marks);
  if (marks->empty() || marks->back() != t.last_mark) marks->push_back(t.last_mark);
  v.marks = std::move(marks);
  return v;
}

ViewPtr Reducer::closed_view(const Tracker& t, Ending ending) const {
  auto v = std::make_shared<View>(view_of(t));
  v->end = ending.end;
  v->cause = ending.cause;
  return v;
}

/// Entering or leaving: an event at one fix, shown with the positions on both sides.
ViewPtr Reducer::moment_view(const Tracker& t, const Mark& at) const {
  auto v = std::make_shared<View>(view_of(t));
  v->key = at.offset;
  v->begin = v->last = at.time;
  v->end = at.time;
  v->cause = Cause::kMoment;
  return v;
}

void Reducer::end_by_time(State& state, const model::Fix& fix, std::vector<ViewPtr>& due) {
  if (!state.last) return;
  const auto over = [&](const Tracker& t) {
    const auto ending = ended_by(t, state.last->time, fix.time, fix.offset);
    if (!ending) return false;
    if (t.view) due.push_back(closed_view(t, *ending));
    return true;
  };
  state.trackers.erase(std::remove_if(state.trackers.begin(), state.trackers.end(), over),
                       state.trackers.end());
}

void Reducer::step(State& state, const model::Fix& fix, const std::shared_ptr<const Sender>& sender,
                   std::vector<ViewPtr>& due) {
  state.berth = picture::next_berth_state(state.berth, fix, *m_pack->berths());
  const auto verdicts = m_judge.look(fix, state.berth, *sender);
  if (!state.trackers.empty()) end_by_time(state, fix, due);
  std::size_t next = 0;
  const auto over = [&](Tracker& t) {
    while (next < verdicts.size() && verdicts[next].group < t.group) ++next;
    const bool judged = next < verdicts.size() && verdicts[next].group == t.group;
    if (judged && !verdicts[next].exempt) {
      confirm(t, fix, verdicts[next], due);
      return false;
    }
    if (judged && t.view) due.push_back(closed_view(t, {t.last, Cause::kExempt}));
    return judged || !fail(state, t, fix, *sender, due);
  };
  // std::remove_if moves elements after judging them, in order.
  state.trackers.erase(std::remove_if(state.trackers.begin(), state.trackers.end(), over),
                       state.trackers.end());
  for (const auto& verdict : verdicts) {
    if (!verdict.exempt) start(state, fix, verdict, sender, due);
  }
  state.last = fix;
  ++state.count;
}

void Reducer::start(State& state, const model::Fix& fix, const Verdict& verdict,
                    const std::shared_ptr<const Sender>& sender, std::vector<ViewPtr>& due) {
  const auto at = std::lower_bound(state.trackers.begin(), state.trackers.end(), verdict.group,
                                   [](const Tracker& t, std::size_t g) { return t.group < g; });
  if (at != state.trackers.end() && at->group == verdict.group) return;
  const Rule& rule = m_pack->rules()[verdict.rule];
  Tracker t;
  t.group = std::uint32_t(verdict.group);
  t.rule = std::uint32_t(verdict.rule);
  t.season = verdict.season;
  t.begin = fix.time;
  t.key = fix.offset;
  t.who = sender;
  t.spacing_ms = kFirstSpacing_ms;
  auto marks = std::make_shared<Marks>();
  if (presence_only(rule) && state.last) {
    const auto& area = *m_pack->zones()[rule.zone]->area;
    t.came_in = !area.contains(state.last->position.degrees());
    if (t.came_in) *marks = {mark_of(*state.last), mark_of(fix)};
  }
  t.marks = std::move(marks);
  const auto& berth = state.berth;
  if (berth.known && !berth.zone.empty()) {
    const std::size_t zone = m_pack->zone_index(berth.zone);
    t.berth = zone == SIZE_MAX ? kNoIndex : std::uint32_t(zone);
    t.berth_since = berth.since;
    t.left_berth = !berth.at_berth && berth.since >= t.season.from;
  }
  if (rule.late_return) {
    const auto place = fix.position.degrees();
    t.nearest_m = nearest_berth_m(*m_pack->berths(), place);
    const bool moves = !fix.sog_ckn || *fix.sog_ckn / 100.0 >= rule.late_return->speed_min_kn;
    t.late_return = !t.left_berth && fix.time < t.season.from + rule.late_return->grace &&
                    (moves || t.nearest_m <= rule.late_return->near_m);
  }
  auto placed = state.trackers.insert(at, std::move(t));
  confirm(*placed, fix, verdict, due);
}

void Reducer::follow_home(Tracker& t, const model::Fix& fix) const {
  if (!t.late_return) return;
  const auto& late = rule_of(t).late_return;
  if (!late || fix.time >= t.season.from + late->grace) {
    t.late_return = false;
    return;
  }
  const double away_m = nearest_berth_m(*m_pack->berths(), fix.position.degrees());
  t.nearest_m = std::min(t.nearest_m, away_m);
  const bool moves = !fix.sog_ckn || *fix.sog_ckn / 100.0 >= late->speed_min_kn;
  if ((moves || away_m <= late->near_m) && away_m <= t.nearest_m + late->slack_m) {
    t.astray_since.reset();
    return;
  }
  if (!t.astray_since) t.astray_since = fix.time;
  if (fix.time - *t.astray_since >= late->patience) t.late_return = false;
}

void Reducer::measure(Tracker& t, const model::Fix& fix) const {
  Measures& m = t.measures;
  if (m.fixes > 0) {
    m.sailed_m += geo::distance_m(t.last_mark.position.degrees(), fix.position.degrees());
  }
  ++m.fixes;
  if (fix.sog_ckn) {
    ++m.speeds;
    m.speed_sum_ckn += *fix.sog_ckn;
    m.speed_min_ckn = std::min(m.speed_min_ckn, *fix.sog_ckn);
    m.speed_max_ckn = std::max(m.speed_max_ckn, *fix.sog_ckn);
  }
  t.last_mark = mark_of(fix);
  keep_mark(t, t.last_mark);
}

void Reducer::confirm(Tracker& t, const model::Fix& fix, const Verdict& verdict,
                      std::vector<ViewPtr>& due) {
  t.rule = std::uint32_t(verdict.rule);
  t.season = verdict.season;
  t.replaced = verdict.replaced;
  t.last = fix.time;
  t.out_count = 0;
  ++t.in_count;
  const Rule& rule = rule_of(t);
  if (presence_only(rule) && t.open) {
    t.last_mark = mark_of(fix);
    return;
  }
  measure(t, fix);
  follow_home(t, fix);
  if (!t.open) {
    const bool long_enough = fix.time - t.begin >= rule.dwell.time;
    if (t.in_count < std::uint32_t(rule.dwell.fixes) || !long_enough) return;
    t.open = true;
    if (presence_only(rule)) {
      Mark first = t.marks->at(t.came_in ? 1 : 0);
      if (rule.trigger == Trigger::kEnter && t.came_in) due.push_back(moment_view(t, first));
      return;
    }
  }
  publish(t, fix, due);
}

/// An extension is due when the substance changed, and else once in each period since the begin.
void Reducer::publish(Tracker& t, const model::Fix& fix, std::vector<ViewPtr>& due) const {
  const std::int64_t period = (fix.time - t.begin) / rule_of(t).extend_every;
  if (t.view && period == t.extensions) {
    const View& old = *t.view;
    const View now = view_of(t);
    if (!differs_in_substance(old, now)) return;
  }
  t.extensions = period;
  t.view = std::make_shared<const View>(view_of(t));
  due.push_back(t.view);
}

bool Reducer::fail(const State& state, Tracker& t, const model::Fix& fix, const Sender& sender,
                   std::vector<ViewPtr>& due) {
  const Rule& rule = rule_of(t);
  if (!sender.concerned.has(t.rule)) {
    if (t.view) due.push_back(closed_view(t, {t.last, Cause::kFacts}));
    return false;
  }
  if (!t.open) return false;
  const bool moratorium = rule.family == Family::kMoratorium;
  const bool settled = moratorium && state.berth.at_berth;
  const bool home = settled || (moratorium && m_judge.in_berth(fix));
  if (t.out_count == 0) {
    t.out_since = fix.time;
    t.out_mark = mark_of(fix);
  }
  t.out_cause = home ? Cause::kBerth : Cause::kLeftArea;
  ++t.out_count;
  t.in_count = 0;
  const bool long_enough = t.out_count >= std::uint32_t(rule.hysteresis.fixes) &&
                           fix.time - t.out_since >= rule.hysteresis.time;
  // In a berth polygon but not settled yet: the berth state has its own hysteresis.
  if (!settled && (home || !long_enough)) return true;
  if (t.view) due.push_back(closed_view(t, {t.out_since, t.out_cause}));
  if (rule.family == Family::kZone && rule.trigger == Trigger::kLeave) {
    Tracker left = t;
    left.marks = std::make_shared<const Marks>(Marks{t.last_mark});
    left.last_mark = t.out_mark;
    due.push_back(moment_view(left, t.out_mark));
  }
  return false;
}

}  // namespace jinglue::detect
