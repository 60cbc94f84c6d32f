// SPDX-License-Identifier: Apache-2.0
// Segmenter: one number, several hulls. Of each terminal it keeps the open tracks and says to which
// of them a fix belongs, by where each track must be by now (dead reckoning with the reported speed
// and course, or having stayed put, or somewhere along the course line). A fix that fits none of
// them is a stray; five strays that fit each other are a second hull with a segment of its own. A
// number that has one track only keeps it over any silence after which it can be reached at all, so
// that a boat that was switched off for a week is the same boat. Formulas: Global Fishing Watch,
// gpsdio-segment and pipe-segment, as defined in
// ../shared/research/behaviour.md section 1; where the officer must see a ship at once, in the
// order of arrival, we differ and say so in docs/design/0003-gate.md. A pure function of the
// sequence of fixes. No clock. Owned by the pipeline thread.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/bytes.hpp"
#include "base/instant.hpp"
#include "model/fix.hpp"

namespace jinglue::picture {

/// The segment of fixes that belong to no track (yet). Kept in the archive, drawn and judged never.
inline constexpr std::uint16_t kStraySegment = 0xFFFF;

class Segmenter {
 public:
  static constexpr std::size_t kMostTracks = 20;  ///< of one terminal, candidates included
  static constexpr std::size_t kRemembered = 5;   ///< points of a track
  static constexpr double kFastest_kn = 25;
  static constexpr base::Duration kOpen{24LL * 3'600'000};  ///< a second track ends when silent
  /// So many strays that fit each other are a hull, when they go on for five minutes and the last
  /// five of them span no more than four hours.
  static constexpr std::uint32_t kHullFixes = kRemembered;
  static constexpr base::Duration kHullSpan{300'000}, kHullSpanMost{4LL * 3'600'000};

  /// The segment of this fix; kStraySegment when it fits no track. Remembers the fix.
  std::uint16_t assign(const model::Fix& fix);
  /// More than one hull has sent under this number within the last kOpen.
  bool shared(model::TerminalId terminal) const;
  std::size_t terminals() const { return m_senders.size(); }
  /// Forgets terminals whose newest fix is older than this.
  void forget_before(base::Instant oldest);

  void save(base::ByteWriter& out) const;
  bool load(base::ByteReader& in);

 private:
  struct Point {
    std::int64_t time_ms{0};
    geo::Position at;
    std::uint16_t sog_ckn{0xFFFF}, cog_cdeg{0xFFFF};  ///< 0xFFFF: absent
  };
  struct Track {
    std::uint16_t number{kStraySegment};  ///< kStraySegment: a candidate
    model::FixSource source{model::FixSource::kAisA};
    std::uint8_t held{0};
    std::uint32_t count{0};
    std::int64_t first_ms{0}, last_ms{0};     ///< of event time
    std::array<Point, kRemembered> points{};  ///< in order of time, the newest at held - 1
  };
  struct Sender {
    std::vector<Track> tracks;  ///< the first is the main one
    std::uint16_t given{0};     ///< segment numbers
  };
  struct Match {
    bool fits{false};
    double score{0};
  };

  static Point point_of(const model::Fix& fix);
  static double discrepancy_nm(const Point& from, const Point& to, double hours);
  static Match match(const Track& track, const Point& point, model::FixSource source);
  static bool surely_fits(const Track& track, const Point& point);
  static bool reachable(const Track& track, const Point& point);
  static void add(Track& track, const Point& point, model::FixSource source);
  static void close_silent(Sender& sender, std::int64_t now_ms);
  Track* best_track(Sender& sender, const Point& point, model::FixSource source) const;
  static std::uint16_t number_of(Sender& sender, Track& track);
  static void begin_candidate(Sender& sender, const Point& point, model::FixSource source);

  std::unordered_map<model::TerminalId, Sender> m_senders;
};

}  // namespace jinglue::picture
