// SPDX-License-Identifier: Apache-2.0
#include "picture/gate/segmenter.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace jinglue::picture {
namespace {

constexpr std::uint16_t kAbsent = 0xFFFF;
constexpr double kMs_per_hour = 3'600'000;
constexpr double kPadding_h = 0.25;  // two messages at once are as if a quarter of an hour apart
constexpr double kPenalty_h = 4;     // a gap this long counts for half
constexpr double kStretch = 4;       // a place off the course line counts so much worse
constexpr double kShortTrack = 10;   // fixes; shorter ones are trusted less
constexpr double kOtherClass = 0.1;
constexpr double kUnits_per_nm = geo::Position::kUnitsPerDegree / 60.0;

double radians(double degrees) {
  return degrees * std::numbers::pi / 180;
}

/// A short way in nautical miles, east and north. Over the date line the short way too.
struct Way {
  double east_nm{0}, north_nm{0};
  double length_nm() const { return std::hypot(east_nm, north_nm); }
};

Way way(geo::Position a, geo::Position b) {
  constexpr std::int64_t kWhole = 360LL * geo::Position::kUnitsPerDegree;
  std::int64_t east = std::int64_t{b.lon} - a.lon;
  if (east > kWhole / 2) east -= kWhole;
  if (east < -kWhole / 2) east += kWhole;
  const double middle = (double(a.lat) + double(b.lat)) / 2 / geo::Position::kUnitsPerDegree;
  return {double(east) / kUnits_per_nm * std::cos(radians(middle)),
          (double(b.lat) - double(a.lat)) / kUnits_per_nm};
}

/// Hours as the formulas count them: never less than a quarter, long ones less and less.
double padded_hours(double hours) {
  const double padded = std::hypot(hours, kPadding_h);
  return padded / (1 + std::sqrt(padded / kPenalty_h));
}

/// How far dead reckoning from one end misses the other end; at least, when the course is unknown.
double miss_nm(const Way& to, std::uint16_t sog_ckn, std::uint16_t cog_cdeg, double hours) {
  const double run_nm = sog_ckn / 100.0 * hours;
  if (cog_cdeg == kAbsent) return std::abs(to.length_nm() - run_nm);
  const double course = radians(cog_cdeg / 100.0);
  return std::hypot(to.east_nm - run_nm * std::sin(course),
                    to.north_nm - run_nm * std::cos(course));
}

/// Off the course line, when the place is on the stretch that the fastest ship could have run.
double beside_nm(const Way& to, std::uint16_t cog_cdeg, double reach_nm) {
  const double course = radians(cog_cdeg / 100.0);
  const double along = to.east_nm * std::sin(course) + to.north_nm * std::cos(course);
  if (along < 0 || along > reach_nm) return HUGE_VAL;
  return std::abs(to.east_nm * std::cos(course) - to.north_nm * std::sin(course));
}

}  // namespace

Segmenter::Point Segmenter::point_of(const model::Fix& fix) {
  const auto time = std::min(fix.time, fix.arrival);  // a clock that is ahead must not end tracks
  return {time.ms, fix.position, fix.sog_ckn.value_or(kAbsent), fix.cog_cdeg.value_or(kAbsent)};
}

double Segmenter::discrepancy_nm(const Point& from, const Point& to, double hours) {
  const Way there = way(from.at, to.at);
  double sum = 0;
  int ends = 0;
  for (const auto* end : {&from, &to}) {
    if (end->sog_ckn == kAbsent) continue;
    sum += miss_nm(there, end->sog_ckn, end->cog_cdeg, hours);
    ++ends;
  }
  double best = kStretch * there.length_nm();  // it stayed put
  best = std::min(best, ends > 0 ? sum / ends : there.length_nm());
  if (from.cog_cdeg != kAbsent) {
    const double reach_nm = kFastest_kn * padded_hours(hours);
    best = std::min(best, kStretch * beside_nm(there, from.cog_cdeg, reach_nm));
  }
  return best;
}

Segmenter::Match Segmenter::match(const Track& track, const Point& point, model::FixSource source) {
  Match best;
  for (std::size_t i = 0; i < track.held; ++i) {
    const bool later = point.time_ms >= track.points[i].time_ms;
    const Point& from = later ? track.points[i] : point;
    const Point& to = later ? point : track.points[i];
    const double hours = double(to.time_ms - from.time_ms) / kMs_per_hour;
    if (hours * kMs_per_hour > double(kOpen.count())) continue;
    const double padded = padded_hours(hours);
    const double most_nm = padded * kFastest_kn;
    const double d = discrepancy_nm(from, to, hours);
    if (d > most_nm) continue;
    const double score = std::exp(-std::pow(5 * d / most_nm, 2)) / padded;
    if (!best.fits || score > best.score) best = {true, score};
  }
  best.score *= std::min(1.0, track.count / kShortTrack);
  if (track.source != source) best.score *= kOtherClass;
  return best;
}

/// What match() would accept for certain, without its roots: by far the most fixes. A quarter of an
/// hour leaves 25 kn x 0.2 h = 5 nm, and a place counts at most four times its distance.
bool Segmenter::surely_fits(const Track& track, const Point& point) {
  if (track.held == 0) return false;
  const auto& newest = track.points[track.held - 1];
  const std::int64_t gap_ms = point.time_ms - newest.time_ms;
  if (gap_ms < 0 || gap_ms > kOpen.count()) return false;
  constexpr std::int64_t kSure = geo::Position::kUnitsPerDegree / 60;  // a mile each way
  return std::abs(std::int64_t{point.at.lat} - newest.at.lat) < kSure &&
         std::abs(std::int64_t{point.at.lon} - newest.at.lon) < kSure / 2;
}

bool Segmenter::reachable(const Track& track, const Point& point) {
  for (std::size_t i = 0; i < track.held; ++i) {
    const auto& from = track.points[i];
    const double hours = std::abs(double(point.time_ms - from.time_ms)) / kMs_per_hour;
    if (hours < 1) continue;  // what is near in time is judged by match()
    if (way(from.at, point.at).length_nm() <= kFastest_kn * hours) return true;
  }
  return false;
}

void Segmenter::add(Track& track, const Point& point, model::FixSource source) {
  if (track.count == 0) track.first_ms = track.last_ms = point.time_ms;
  ++track.count;
  track.first_ms = std::min(track.first_ms, point.time_ms);
  track.last_ms = std::max(track.last_ms, point.time_ms);
  auto* const begin = track.points.data();
  std::size_t at = track.held;
  while (at > 0 && begin[at - 1].time_ms > point.time_ms) --at;
  if (track.held < kRemembered) {
    std::move_backward(begin + at, begin + track.held, begin + track.held + 1);
    begin[at] = point;
    ++track.held;
  } else if (at > 0) {  // the oldest goes
    std::move(begin + 1, begin + at, begin);
    begin[at - 1] = point;
  }
  if (at + 1 >= track.held) track.source = source;
}

/// The main track stays for ever, others end with their silence. When the main one has been silent
/// for that long while another hull went on sending, it still keeps its number.
void Segmenter::close_silent(Sender& sender, std::int64_t now_ms) {
  const auto silent = [&](const Track& track) { return now_ms - track.last_ms > kOpen.count(); };
  const auto kept = std::remove_if(sender.tracks.begin() + 1, sender.tracks.end(), silent);
  sender.tracks.erase(kept, sender.tracks.end());
}

Segmenter::Track* Segmenter::best_track(Sender& sender, const Point& point,
                                        model::FixSource source) const {
  Track* best = nullptr;
  double score = 0;
  bool confirmed = false;
  for (auto& track : sender.tracks) {
    const auto found = match(track, point, source);
    if (!found.fits) continue;
    const bool known = track.number != kStraySegment;
    const bool better = known != confirmed ? known : found.score > score;
    if (best != nullptr && !better) continue;
    best = &track;
    score = found.score;
    confirmed = known;
  }
  const auto known = std::count_if(sender.tracks.begin(), sender.tracks.end(),
                                   [](const Track& t) { return t.number != kStraySegment; });
  auto& main = sender.tracks.front();
  if (!confirmed && known == 1 && reachable(main, point)) return &main;
  return best;
}

/// A candidate that has become a hull gets a number. When the main track never was one (a first
/// position that was wrong), the new one takes its place and number.
std::uint16_t Segmenter::number_of(Sender& sender, Track& track) {
  if (track.number != kStraySegment) return track.number;
  const bool hull = track.count >= kHullFixes &&
                    track.last_ms - track.first_ms >= kHullSpan.count() &&
                    track.last_ms - track.points[0].time_ms <= kHullSpanMost.count();
  if (!hull) return kStraySegment;
  auto& main = sender.tracks.front();
  if (main.count < kHullFixes && main.last_ms < track.last_ms) {
    std::swap(main, track);
    main.number = track.number;
    track.number = kStraySegment;
    return main.number;
  }
  if (sender.given == kStraySegment - 1) return kStraySegment;  // 65,534 hulls on one number
  track.number = ++sender.given;
  return track.number;
}

void Segmenter::begin_candidate(Sender& sender, const Point& point, model::FixSource source) {
  if (sender.tracks.size() == kMostTracks) {  // the candidate that was silent longest gives way
    const auto oldest = std::min_element(
        sender.tracks.begin() + 1, sender.tracks.end(), [](const Track& a, const Track& b) {
          const bool a_known = a.number != kStraySegment;
          const bool b_known = b.number != kStraySegment;
          return a_known != b_known ? b_known : a.last_ms < b.last_ms;
        });
    sender.tracks.erase(oldest);
  }
  sender.tracks.emplace_back();
  add(sender.tracks.back(), point, source);
}

std::uint16_t Segmenter::assign(const model::Fix& fix) {
  const Point point = point_of(fix);
  auto& sender = m_senders[fix.track.terminal];
  if (sender.tracks.empty()) {
    sender.tracks.emplace_back().number = 0;
    add(sender.tracks.front(), point, fix.source);
    return 0;
  }
  if (sender.tracks.size() == 1 && surely_fits(sender.tracks.front(), point)) {
    add(sender.tracks.front(), point, fix.source);
    return sender.tracks.front().number;
  }
  close_silent(sender, point.time_ms);
  if (auto* track = best_track(sender, point, fix.source)) {
    add(*track, point, fix.source);
    return number_of(sender, *track);
  }
  const bool before_all = std::all_of(sender.tracks.begin(), sender.tracks.end(), [&](auto& track) {
    return track.points[0].time_ms - point.time_ms > kOpen.count();
  });
  if (before_all) return sender.tracks.front().number;  // nothing is remembered of that time
  begin_candidate(sender, point, fix.source);
  return kStraySegment;
}

bool Segmenter::shared(model::TerminalId terminal) const {
  const auto found = m_senders.find(terminal);
  if (found == m_senders.end()) return false;
  const auto& tracks = found->second.tracks;
  std::int64_t newest = INT64_MIN;
  for (const auto& track : tracks) newest = std::max(newest, track.last_ms);
  return std::count_if(tracks.begin(), tracks.end(), [&](const Track& track) {
           return track.number != kStraySegment && newest - track.last_ms <= kOpen.count();
         }) > 1;
}

void Segmenter::forget_before(base::Instant oldest) {
  std::erase_if(m_senders, [&](const auto& entry) {
    return std::all_of(entry.second.tracks.begin(), entry.second.tracks.end(),
                       [&](const Track& track) { return track.last_ms < oldest.ms; });
  });
}

void Segmenter::save(base::ByteWriter& out) const {
  std::vector<model::TerminalId> order;  // equal states give equal bytes
  order.reserve(m_senders.size());
  for (const auto& [terminal, sender] : m_senders) order.push_back(terminal);
  std::sort(order.begin(), order.end());
  out.put(static_cast<std::uint32_t>(order.size()));
  for (const auto terminal : order) {
    const auto& sender = m_senders.at(terminal);
    out.put(terminal.value);
    out.put(sender.given);
    out.put(static_cast<std::uint8_t>(sender.tracks.size()));
    for (const auto& track : sender.tracks) {
      out.put(track.number);
      out.put(track.source);
      out.put(track.count);
      out.put(track.first_ms);
      out.put(track.last_ms);
      out.put(track.held);
      for (std::size_t i = 0; i < track.held; ++i) {
        const auto& point = track.points[i];
        out.put(point.time_ms);
        out.put(point.at.lat);
        out.put(point.at.lon);
        out.put(point.sog_ckn);
        out.put(point.cog_cdeg);
      }
    }
  }
}

bool Segmenter::load(base::ByteReader& in) {
  m_senders.clear();
  for (auto n = in.get<std::uint32_t>(); n > 0 && in.ok(); --n) {
    auto& sender = m_senders[model::TerminalId{in.get<std::uint64_t>()}];
    sender.given = in.get<std::uint16_t>();
    sender.tracks.resize(in.get<std::uint8_t>());
    if (sender.tracks.empty() || sender.tracks.size() > kMostTracks) return false;
    for (auto& track : sender.tracks) {
      track.number = in.get<std::uint16_t>();
      track.source = in.get<model::FixSource>();
      track.count = in.get<std::uint32_t>();
      track.first_ms = in.get<std::int64_t>();
      track.last_ms = in.get<std::int64_t>();
      track.held = in.get<std::uint8_t>();
      if (track.held == 0 || track.held > kRemembered) return false;
      for (std::size_t i = 0; i < track.held; ++i) {
        auto& point = track.points[i];
        point.time_ms = in.get<std::int64_t>();
        point.at.lat = in.get<std::int32_t>();
        point.at.lon = in.get<std::int32_t>();
        point.sog_ckn = in.get<std::uint16_t>();
        point.cog_cdeg = in.get<std::uint16_t>();
      }
    }
  }
  return in.ok();
}

}  // namespace jinglue::picture
