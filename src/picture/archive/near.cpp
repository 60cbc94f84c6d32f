// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/near.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "geo/geodesic.hpp"
#include "picture/archive/piece.hpp"

namespace jinglue::picture {
namespace {

constexpr std::int64_t kMinute_ms = 60'000;
constexpr std::size_t kMostSteps = 100'000;
constexpr double kMetresPerDegree = 111'200;  // of latitude, a little less than anywhere
constexpr std::uint32_t kFastest_ckn = 10'000;

struct Place {
  std::uint32_t step{0}, track{0};
  float lat{0}, lon{0};  ///< degrees; float is good to a metre
};

double radians(double degrees) {
  return degrees * std::numbers::pi / 180;
}

/// Where the reports of one track put it in the middle of each step.
class TrackSteps {
 public:
  TrackSteps(base::Instant from, std::int64_t step_ms, std::size_t steps)
      : m_from(from), m_step_ms(step_ms), m_best(steps) {}

  void begin(std::uint32_t track) {
    for (const auto step : m_used) m_best[step].away_ms = INT64_MAX;
    m_used.clear();
    m_track = track;
    m_low = {INT32_MAX, INT32_MAX};
    m_high = {INT32_MIN, INT32_MIN};
  }
  void take(const Piece& piece) {
    std::size_t step = 0;
    std::int64_t end = INT64_MIN;  // of the step
    for (std::size_t i = piece.begin; i < piece.end; ++i) {
      const std::int64_t since = piece.columns.time_at(i).ms - m_from.ms;
      if (since >= end) {  // rows are in order of time: a division per step, not per row
        step = static_cast<std::size_t>(since / m_step_ms);
        end = (static_cast<std::int64_t>(step) + 1) * m_step_ms;
      }
      take(piece.columns, i, step, end - m_step_ms / 2 - since);
    }
  }
  /// Appends the places when the track moved at least so far.
  void end(double least_way_m, std::vector<Place>& out) const {
    if (m_used.empty()) return;
    const double way = geo::distance_m(m_low.degrees(), m_high.degrees());
    if (way < least_way_m) return;
    for (const auto step : m_used) out.push_back(place_of(step));
  }

 private:
  struct Report {
    std::int64_t away_ms{INT64_MAX};  ///< from the middle of the step
    std::int64_t to_middle_ms{0};
    geo::Position position;
    std::uint32_t sog_ckn{0}, cog_cdeg{0};
  };

  void take(const store::BlockColumns& columns, std::size_t i, std::size_t step,
            std::int64_t to_middle_ms) {
    auto& best = m_best[step];
    const auto away = std::abs(to_middle_ms);
    if (away >= best.away_ms) return;
    if (best.away_ms == INT64_MAX) m_used.push_back(static_cast<std::uint32_t>(step));
    best = {away, to_middle_ms, columns.position_at(i), columns.sog.at[i], columns.cog.at[i]};
    m_low = {std::min(m_low.lat, best.position.lat), std::min(m_low.lon, best.position.lon)};
    m_high = {std::max(m_high.lat, best.position.lat), std::max(m_high.lon, best.position.lon)};
  }
  Place place_of(std::uint32_t step) const {
    const auto& best = m_best[step];
    auto at = best.position.degrees();
    if (best.sog_ckn < kFastest_ckn && best.cog_cdeg < 36'000) {
      const double minutes = best.sog_ckn / 100.0 * double(best.to_middle_ms) / 3'600'000;
      const double course = radians(best.cog_cdeg / 100.0);
      at.lon_deg += minutes / 60 * std::sin(course) / std::max(0.02, std::cos(radians(at.lat_deg)));
      at.lat_deg += minutes / 60 * std::cos(course);
    }
    return {step, m_track, static_cast<float>(at.lat_deg), static_cast<float>(at.lon_deg)};
  }

  base::Instant m_from;
  std::int64_t m_step_ms;
  std::vector<Report> m_best;  ///< by step
  std::vector<std::uint32_t> m_used;
  std::uint32_t m_track{0};
  geo::Position m_low, m_high;  ///< extremes of the reports taken
};

/// Chains of steps of each pair.
class Chains {
 public:
  Chains(const NearQuestion& question, std::int64_t step_ms, const std::vector<model::TrackId>& ids)
      : m_question(question), m_step_ms(step_ms), m_ids(ids) {}

  void together(const Place& a, const Place& b, double distance_m) {
    const auto low = std::min(a.track, b.track);
    const auto high = std::max(a.track, b.track);
    auto [at, made] = m_open.try_emplace(std::uint64_t{low} << 32 | high);
    auto& chain = at->second;
    if (made) chain.first = a.step;
    if (made || distance_m < chain.closest_m) {
      chain.closest_m = distance_m;
      const auto& first = a.track == low ? a : b;
      chain.place = {double(first.lat), double(first.lon)};
    }
    chain.last = a.step;
  }
  /// Gives out the chains that ended before `step`; false when the visitor stopped.
  bool close(std::uint32_t step, const std::function<bool(const Meeting&)>& visit) {
    std::vector<Meeting> ended;
    for (auto at = m_open.begin(); at != m_open.end();) {
      const auto& chain = at->second;
      if (chain.last + 2 >= step) {
        ++at;
        continue;
      }
      const auto meeting = meeting_of(at->first, chain);
      if (meeting.to - meeting.from >= m_question.least) ended.push_back(meeting);
      at = m_open.erase(at);
    }
    std::sort(ended.begin(), ended.end(), [](const Meeting& x, const Meeting& y) {
      return std::tie(x.to, x.a, x.b) < std::tie(y.to, y.a, y.b);
    });
    return std::all_of(ended.begin(), ended.end(), visit);
  }

 private:
  struct Chain {
    std::uint32_t first{0}, last{0};
    double closest_m{0};
    geo::LatLon place;
  };
  Meeting meeting_of(std::uint64_t pair, const Chain& chain) const {
    Meeting out;
    out.a = m_ids[pair >> 32];
    out.b = m_ids[pair & 0xFFFF'FFFF];
    out.from = m_question.from + base::Duration(chain.first * m_step_ms);
    out.to = m_question.from + base::Duration((std::int64_t{chain.last} + 1) * m_step_ms);
    out.closest_m = chain.closest_m;
    out.place = chain.place;
    return out;
  }

  const NearQuestion& m_question;
  std::int64_t m_step_ms;
  const std::vector<model::TrackId>& m_ids;
  std::unordered_map<std::uint64_t, Chain> m_open;
};

/// Finds the pairs among places of one step. Places are put into rows of latitude as high as the
/// distance, each row in order of longitude: near ones are neighbours in a row or the next.
class StepPairs {
 public:
  explicit StepPairs(double distance_m)
      : m_distance_m(distance_m), m_height_deg(distance_m / kMetresPerDegree) {}

  void find(std::span<Place> places, Chains& chains) const {
    std::sort(places.begin(), places.end(), [&](const Place& a, const Place& b) {
      const auto ra = row(a);
      const auto rb = row(b);
      return ra != rb ? ra < rb : std::tie(a.lon, a.track) < std::tie(b.lon, b.track);
    });
    std::size_t next = 0;  // first of the row above that may be near
    for (std::size_t i = 0; i < places.size(); ++i) {
      const double wide = width_deg(row(places[i]));
      for (auto j = i + 1; j < places.size() && row(places[j]) == row(places[i]) &&
                           places[j].lon - places[i].lon <= wide;
           ++j) {
        test(places[i], places[j], chains);
      }
      while (next < places.size() &&
             (row(places[next]) <= row(places[i]) || (row(places[next]) == row(places[i]) + 1 &&
                                                      places[next].lon < places[i].lon - wide))) {
        ++next;
      }
      for (auto j = next; j < places.size() && row(places[j]) == row(places[i]) + 1 &&
                          places[j].lon - places[i].lon <= wide;
           ++j) {
        test(places[i], places[j], chains);
      }
    }
  }

 private:
  std::int64_t row(const Place& p) const {
    return static_cast<std::int64_t>(std::floor(double(p.lat) / m_height_deg));
  }
  /// Longitudes further apart than this are not near, in this row and the next.
  double width_deg(std::int64_t of_row) const {
    const double north = std::abs(double(of_row + 2) * m_height_deg);
    const double south = std::abs(double(of_row) * m_height_deg);
    return m_height_deg / std::cos(radians(std::min(89.0, std::max(north, south))));
  }
  void test(const Place& a, const Place& b, Chains& chains) const {
    if (a.track == b.track) return;
    const double north = (double(b.lat) - double(a.lat)) * kMetresPerDegree;
    if (std::abs(north) > m_distance_m * 1.01) return;
    const double m =
        geo::distance_m({double(a.lat), double(a.lon)}, {double(b.lat), double(b.lon)});
    if (m <= m_distance_m) chains.together(a, b, m);
  }

  double m_distance_m, m_height_deg;
};

std::vector<Place> places_of(const Archive& archive, const NearQuestion& q, std::int64_t step_ms,
                             std::size_t steps, std::vector<model::TrackId>& ids,
                             const std::function<bool()>& go_on) {
  std::vector<Place> out;
  TrackSteps track(q.from, step_ms, steps);
  archive.scan(
      q.box, q.from, q.to,
      [&](const Piece& piece) {
        if (ids.empty() || ids.back() != piece.track()) {
          if (!ids.empty()) track.end(q.least_way_m, out);
          track.begin(static_cast<std::uint32_t>(ids.size()));
          ids.push_back(piece.track());
        }
        track.take(piece);
        return !go_on || go_on();
      },
      store::Columns::kWay);
  if (!ids.empty()) track.end(q.least_way_m, out);
  return out;
}

}  // namespace

base::Status near(const Archive& archive, const NearQuestion& question,
                  const std::function<bool(const Meeting&)>& visit,
                  const std::function<bool()>& go_on) {
  const std::int64_t step_ms =
      std::clamp<std::int64_t>(question.least.count() / 12, kMinute_ms, 10 * kMinute_ms);
  const auto span = question.to.ms - question.from.ms;
  const bool sensible = question.distance_m >= 1 && question.distance_m <= 20'000 && span > 0 &&
                        span / step_ms < std::int64_t(kMostSteps);
  if (!sensible) {
    return base::fail(base::Code::kOutOfRange, "no meetings can be looked for", "near",
                      "a distance of 1 to 20,000 m and a period of up to 100,000 steps");
  }
  const auto steps = static_cast<std::size_t>((span + step_ms - 1) / step_ms);
  std::vector<model::TrackId> ids;
  auto places = places_of(archive, question, step_ms, steps, ids, go_on);
  std::sort(places.begin(), places.end(),
            [](const Place& a, const Place& b) { return a.step < b.step; });
  Chains chains(question, step_ms, ids);
  const StepPairs pairs(question.distance_m);
  for (std::size_t begin = 0; begin < places.size();) {
    std::size_t end = begin;
    while (end < places.size() && places[end].step == places[begin].step) ++end;
    const auto step = places[begin].step;
    pairs.find(std::span(places).subspan(begin, end - begin), chains);
    if (!chains.close(step, visit) || (go_on && !go_on())) return {};
    begin = end;
  }
  chains.close(UINT32_MAX, visit);
  return {};
}

}  // namespace jinglue::picture
