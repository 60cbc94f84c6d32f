// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/near.hpp"

#include <algorithm>
#include <array>
#include <bit>
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
  std::int32_t row{0};   ///< of latitude; see StepPairs
  std::uint64_t key{0};  ///< puts places in order of row and longitude
};

double radians(double degrees) {
  return degrees * std::numbers::pi / 180;
}

/// Where the reports of one track put it in the middle of each step.
class TrackSteps {
 public:
  TrackSteps(const NearQuestion& question, std::int64_t step_ms, std::size_t steps)
      : m_from(question.from),
        m_step_ms(step_ms),
        m_measures_way(question.least_way_m > 0),
        m_best(steps) {}

  void begin(std::uint32_t track) {
    for (const auto step : m_used) m_best[step].away_ms = INT64_MAX;
    m_used.clear();
    m_track = track;
    m_low = {INT32_MAX, INT32_MAX};
    m_high = {INT32_MIN, INT32_MIN};
  }
  /// Of each step the report nearest to its middle counts, of equal ones the first: rows are in
  /// order of time, so it is the last before the middle or the first behind it.
  void take(const Piece& piece) {
    const auto& time = piece.columns.time.at;
    const std::int64_t base = piece.columns.base_ms - m_from.ms;
    for (std::size_t i = piece.begin; i < piece.end;) {
      const auto step = static_cast<std::size_t>((base + time[i]) / m_step_ms);
      const std::int64_t end = (std::int64_t(step) + 1) * m_step_ms - base;
      const std::int64_t middle = end - m_step_ms / 2;
      const auto after = first_at(time, i, piece.end, middle + 1);
      if (after > i) {
        auto before = after - 1;
        while (before > i && time[before - 1] == time[before]) --before;
        take(piece.columns, before, step, middle - time[before]);
      }
      i = first_at(time, after, piece.end, end);
      if (after < i) take(piece.columns, after, step, middle - time[after]);
    }
    if (m_measures_way) measure(piece);
  }
  /// Appends the places when the track moved at least so far.
  void end(double least_way_m, std::vector<Place>& out) const {
    if (m_used.empty()) return;
    if (m_measures_way && geo::distance_m(m_low.degrees(), m_high.degrees()) < least_way_m) return;
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
  }
  /// The first row from `begin` on that is not before `ms`; mostly it is near.
  static std::size_t first_at(const std::array<std::uint32_t, store::kBlockRows>& time,
                              std::size_t begin, std::size_t end, std::int64_t ms) {
    std::size_t stride = 1;
    while (begin + stride < end && time[begin + stride] < ms) stride *= 2;
    const auto from = time.begin() + std::ptrdiff_t(begin + stride / 2);
    const auto to = time.begin() + std::ptrdiff_t(std::min(begin + stride + 1, end));
    if (begin >= end) return end;
    return std::size_t(std::lower_bound(from, to, ms) - time.begin());
  }
  void measure(const Piece& piece) {
    const auto& columns = piece.columns;
    for (std::size_t i = piece.begin; i < piece.end; ++i) {
      const auto at = columns.position_at(i);
      m_low = {std::min(m_low.lat, at.lat), std::min(m_low.lon, at.lon)};
      m_high = {std::max(m_high.lat, at.lat), std::max(m_high.lon, at.lon)};
    }
  }
  Place place_of(std::uint32_t step) const {
    const auto& best = m_best[step];
    auto at = best.position.degrees();
    if (best.sog_ckn < kFastest_ckn && best.cog_cdeg < 36'000) {
      const double minutes = best.sog_ckn / 100.0 * double(best.to_middle_ms) / 3'600'000;
      if (minutes == 0) return place(step, at);
      const double course = radians(best.cog_cdeg / 100.0);
      at.lon_deg += minutes / 60 * std::sin(course) / std::max(0.02, std::cos(radians(at.lat_deg)));
      at.lat_deg += minutes / 60 * std::cos(course);
    }
    return place(step, at);
  }
  Place place(std::uint32_t step, const geo::LatLon& at) const {
    return {step, m_track, static_cast<float>(at.lat_deg), static_cast<float>(at.lon_deg)};
  }

  base::Instant m_from;
  std::int64_t m_step_ms;
  bool m_measures_way;
  std::vector<Report> m_best;  ///< by step
  std::vector<std::uint32_t> m_used;
  std::uint32_t m_track{0};
  geo::Position m_low, m_high;  ///< extremes of all reports
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
    for (auto& p : places) {
      p.row = static_cast<std::int32_t>(std::floor(p.lat / m_height_deg));
      p.key =
          std::uint64_t{static_cast<std::uint32_t>(p.row) ^ 0x8000'0000U} << 32 | ordered(p.lon);
    }
    std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
      return a.key != b.key ? a.key < b.key : a.track < b.track;
    });
    std::size_t next = 0;  // first of the row above that may be near
    double wide = 0;
    for (std::size_t i = 0; i < places.size(); ++i) {
      const auto row = places[i].row;
      const auto lon = places[i].lon;
      if (i == 0 || places[i - 1].row != row) wide = width_deg(row);
      for (auto j = i + 1; j < places.size() && places[j].row == row && places[j].lon - lon <= wide;
           ++j) {
        test(places[i], places[j], chains);
      }
      while (next < places.size() && (places[next].row <= row || (places[next].row == row + 1 &&
                                                                  places[next].lon < lon - wide))) {
        ++next;
      }
      for (auto j = next;
           j < places.size() && places[j].row == row + 1 && places[j].lon - lon <= wide; ++j) {
        test(places[i], places[j], chains);
      }
    }
  }

 private:
  /// Bits that are in the order of the numbers.
  static std::uint32_t ordered(float number) {
    const auto bits = std::bit_cast<std::uint32_t>(number);
    return bits ^ ((bits >> 31) != 0 ? UINT32_MAX : 0x8000'0000U);
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
  TrackSteps track(q, step_ms, steps);
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

/// In order of step.
std::vector<Place> by_step(const std::vector<Place>& places, std::size_t steps) {
  std::vector<std::size_t> next(steps + 1, 0);
  for (const auto& place : places) ++next[place.step + 1];
  for (std::size_t step = 0; step < steps; ++step) next[step + 1] += next[step];
  std::vector<Place> out(places.size());
  for (const auto& place : places) out[next[place.step]++] = place;
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
  auto places = by_step(places_of(archive, question, step_ms, steps, ids, go_on), steps);
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
