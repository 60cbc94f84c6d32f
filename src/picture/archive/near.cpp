// SPDX-License-Identifier: Apache-2.0
// A meeting lasts at least L steps, and of two steps that follow one another its tracks are
// together in one. So of all pairs that meet, each is together in the first or the second step of
// some group of L - 1: the first pass looks at these two steps of each group only and gives
// candidates, most often a small share of all tracks; the second follows the candidates through all
// steps. Blocks outside of the looked-at steps are read for tracks of candidates only.
#include "picture/archive/near.hpp"

#include <algorithm>
#include <numeric>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "picture/archive/archive_view.hpp"
#include "picture/archive/place_pairs.hpp"
#include "picture/archive/step_places.hpp"

namespace jinglue::picture {
namespace {

using detail::StepPlace;
using detail::StepPlaces;
using detail::StepTimes;
using detail::TrackPlace;
using detail::Way;

constexpr std::int64_t kMinute_ms = 60'000;
constexpr std::size_t kMostSteps = 100'000;
constexpr std::size_t kSomePairs = 65'536;

using GoOn = std::function<bool()>;

/// Pairs of track numbers, each kept once.
class PairSet {
 public:
  using Pair = std::pair<std::uint32_t, std::uint32_t>;

  void add(std::uint32_t low, std::uint32_t high) {
    m_pairs.emplace_back(low, high);
    if (m_pairs.size() >= m_tidy_at) tidy();
  }
  std::vector<Pair> take() {
    tidy();
    return std::exchange(m_pairs, {});
  }

 private:
  void tidy() {
    std::sort(m_pairs.begin(), m_pairs.end());
    m_pairs.erase(std::unique(m_pairs.begin(), m_pairs.end()), m_pairs.end());
    m_tidy_at = 2 * m_pairs.size() + kSomePairs;
  }
  std::vector<Pair> m_pairs;
  std::size_t m_tidy_at{kSomePairs};
};

/// One question to one view.
class Search {
 public:
  Search(const NearQuestion& question, std::int64_t step_ms, const GoOn& go_on)
      : m_question(question), m_step_ms(step_ms), m_go_on(go_on) {
    const auto span = question.to.ms - question.from.ms;
    m_steps = static_cast<std::size_t>((span + step_ms - 1) / step_ms);
    const auto least = std::max<std::int64_t>(question.least.count(), 1);
    m_least_steps = static_cast<std::size_t>((least + step_ms - 1) / step_ms);
  }

  bool may_find() const { return m_least_steps <= m_steps; }
  /// In order of their end, then by track. Nothing when it was stopped.
  std::vector<Meeting> find(ArchiveView& view) {
    const auto pairs = candidates(view);
    follow_tracks(view, pairs);
    std::vector<Meeting> out;
    for (const auto& [a, b] : pairs) {
      if (m_go_on && !m_go_on()) m_stopped = true;
      if (m_stopped) return {};
      follow(view, a, b, out);
    }
    std::sort(out.begin(), out.end(), [](const Meeting& x, const Meeting& y) {
      return std::tie(x.to, x.a, x.b, x.from) < std::tie(y.to, y.a, y.b, y.from);
    });
    return out;
  }

 private:
  StepTimes times(std::vector<std::uint32_t> steps) const {
    return {m_question.from, m_step_ms, std::move(steps)};
  }
  StepTimes all_times() const {
    std::vector<std::uint32_t> steps(m_steps);
    std::iota(steps.begin(), steps.end(), 0u);
    return times(std::move(steps));
  }
  /// The steps that the first pass looks at.
  StepTimes few_times() const {
    if (m_least_steps < 4) return all_times();
    std::vector<std::uint32_t> steps;
    for (std::size_t step = 0; step < m_steps; ++step) {
      if (step % (m_least_steps - 1) < 2) steps.push_back(static_cast<std::uint32_t>(step));
    }
    return times(std::move(steps));
  }

  std::vector<PairSet::Pair> candidates(ArchiveView& view) {
    const auto few = few_times();
    auto places = few_places(view, few);
    PairSet pairs;
    for (auto& of_step : places) {
      if (m_go_on && !m_go_on()) m_stopped = true;
      if (m_stopped) return {};
      detail::near_pairs(of_step, m_question.distance_m,
                         [&](std::uint32_t a, std::uint32_t b) { pairs.add(a, b); });
    }
    return pairs.take();
  }
  /// By step, of the tracks that move far enough.
  std::vector<std::vector<TrackPlace>> few_places(ArchiveView& view, const StepTimes& few) {
    std::vector<std::vector<TrackPlace>> out(few.steps.size());
    const auto meets = [&](const auto& part) { return few.meet(part.first, part.last); };
    const auto meets_not = [&](const auto& part) { return !meets(part); };
    std::vector<StepPlaces> gathered(view.tracks(), StepPlaces(few));
    std::vector<Way> ways(view.tracks());
    for (const auto& id : view.in_file_order(meets)) {
      read(view, id.track, id.part, [&](const Piece& piece) {
        gathered[id.track].take(piece);
        measure(ways[id.track], piece);
      });
      if (m_stopped) return {};
    }
    for (std::uint32_t track = 0; track < view.tracks() && !m_stopped; ++track) {
      const auto found = gathered[track].finish();
      if (found.empty()) continue;
      auto& way = ways[track];
      if (!moves(way)) {  // as far as was read
        read_if(view, track, meets_not, [&](const Piece& piece) { measure(way, piece); });
        if (!moves(way)) continue;
      }
      std::size_t slot = 0;
      for (const auto& place : found) {
        while (few.steps[slot] < place.step) ++slot;
        out[slot].push_back({track, place.lat_deg, place.lon_deg});
      }
    }
    return out;
  }
  void measure(Way& way, const Piece& piece) const {
    if (m_question.least_way_m > 0) way.add(piece);
  }
  bool moves(const Way& way) const {
    return m_question.least_way_m <= 0 || way.reaches(m_question.least_way_m);
  }
  template <class Take>
  void read(ArchiveView& view, std::size_t track, std::size_t part, Take take) {
    view.read(track, part, store::Columns::kWay, [&](const Piece& piece) {
      take(piece);
      return true;
    });
    if (m_go_on && !m_go_on()) m_stopped = true;
  }
  template <class Wants, class Take>
  void read_if(ArchiveView& view, std::uint32_t track, Wants wants, Take take) {
    for (std::size_t part = 0; part < view.parts(track) && !m_stopped; ++part) {
      if (wants(view.part(track, part))) read(view, track, part, take);
    }
  }

  /// Fills m_places for the tracks of the pairs.
  void follow_tracks(ArchiveView& view, std::span<const PairSet::Pair> pairs) {
    m_places.resize(view.tracks());
    std::vector<bool> wanted(view.tracks(), false);
    for (const auto& [a, b] : pairs) wanted[a] = wanted[b] = true;
    const auto all = all_times();
    for (std::uint32_t track = 0; track < view.tracks() && !m_stopped; ++track) {
      if (!wanted[track]) continue;
      StepPlaces gathered(all);
      Way way;
      const auto any = [](const auto&) { return true; };
      read_if(view, track, any, [&](const Piece& piece) {
        gathered.take(piece);
        measure(way, piece);
      });
      if (moves(way)) m_places[track] = gathered.finish();
    }
  }
  /// Adds the meetings of one pair.
  void follow(const ArchiveView& view, std::uint32_t a, std::uint32_t b,
              std::vector<Meeting>& out) const {
    Chain chain;
    const auto end_chain = [&] {
      if (chain.steps() >= m_least_steps) out.push_back(meeting_of(view, a, b, chain));
    };
    auto in_b = m_places[b].begin();
    for (const auto& place : m_places[a]) {
      while (in_b != m_places[b].end() && in_b->step < place.step) ++in_b;
      if (in_b == m_places[b].end()) break;
      if (in_b->step > place.step) continue;
      if (!detail::may_be_near(place.lat_deg, in_b->lat_deg, m_question.distance_m)) continue;
      const double m =
          detail::metres_between(place.lat_deg, place.lon_deg, in_b->lat_deg, in_b->lon_deg);
      if (m > m_question.distance_m) continue;
      if (chain.goes_on_in(place.step)) {
        chain.add(place, m);
      } else {
        end_chain();
        chain = Chain(place, m);
      }
    }
    end_chain();
  }
  struct Chain {
    std::uint32_t first{1}, last{0};  ///< steps; none at the beginning
    double closest_m{0};
    geo::LatLon place;

    Chain() = default;
    Chain(const StepPlace& of_a, double distance_m)
        : first(of_a.step), last(of_a.step), closest_m(distance_m), place(degrees(of_a)) {}
    std::size_t steps() const { return last + 1 - first; }
    bool goes_on_in(std::uint32_t step) const { return steps() > 0 && step <= last + 2; }
    void add(const StepPlace& of_a, double distance_m) {
      last = of_a.step;
      if (distance_m >= closest_m) return;
      closest_m = distance_m;
      place = degrees(of_a);
    }
    static geo::LatLon degrees(const StepPlace& p) {
      return {double(p.lat_deg), double(p.lon_deg)};
    }
  };
  Meeting meeting_of(const ArchiveView& view, std::uint32_t a, std::uint32_t b,
                     const Chain& chain) const {
    const auto begin_of = [&](std::int64_t step) {
      return m_question.from + base::Duration(step * m_step_ms);
    };
    return {view.track(a),         view.track(b),
            begin_of(chain.first), begin_of(std::int64_t{chain.last} + 1),
            chain.closest_m,       chain.place};
  }

  const NearQuestion& m_question;
  std::int64_t m_step_ms;
  const GoOn& m_go_on;
  std::size_t m_steps{0}, m_least_steps{0};
  bool m_stopped{false};
  std::vector<std::vector<StepPlace>> m_places;  ///< by track
};

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
  Search search(question, step_ms, go_on);
  if (!search.may_find()) return {};
  std::vector<Meeting> found;
  archive.view(question.box, question.from, question.to,
               [&](ArchiveView& view) { found = search.find(view); });
  (void)std::all_of(found.begin(), found.end(), visit);
  return {};
}

}  // namespace jinglue::picture
