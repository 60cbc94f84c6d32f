// SPDX-License-Identifier: Apache-2.0
// View: an episode as it is to be published, and what it is measured from. Views are values made by
// the reduction of ordered fixes; comparing two tells whether a step is due. Rules, zones and
// groups are positions in the pack.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/instant.hpp"
#include "detect/judge/sender.hpp"
#include "detect/rule/season.hpp"
#include "geo/point.hpp"
#include "model/finding.hpp"
#include "model/fix.hpp"

namespace jinglue::detect {

inline constexpr std::uint32_t kNoIndex = UINT32_MAX;

/// A position that an episode used.
struct Mark {
  base::Instant time;
  geo::Position position;
  std::optional<std::uint16_t> sog_ckn;
  std::optional<std::uint16_t> cog_cdeg;
  model::TrackId track;
  std::uint64_t offset{0};
  friend bool operator==(const Mark&, const Mark&) = default;
};
Mark mark_of(const model::Fix& fix);

/// What a finding is called.
enum class Title : std::uint8_t {
  kDeparted = 1,  ///< left a berth in the season (疑似休渔期离港)
  kAtSea,         ///< at sea in the season (疑似休渔期海上作业)
  kLateReturn,    ///< at sea when the season began, heading home (疑似休渔期未按时回港)
  kOtherPort,     ///< lies in another port than its own (疑似休渔期未在船籍港停泊)
  kZone,          ///< the zone rule's own title
};

/// Why an episode ended.
enum class Cause : std::uint8_t {
  kNone = 0,
  kBerth,         ///< back at berth
  kLeftArea,      ///< out of the area, or the condition no longer held
  kSeasonEnd,     ///< the season or the rule's validity ended
  kSilence,       ///< no position for longer than the rule allows
  kExempt,        ///< an exemption came into force
  kFacts,         ///< the vessel's record no longer meets the rule, or another record claims it
  kRulesChanged,  ///< the rule is not in the new rule pack
  kMoment,        ///< an event without duration (enter, leave)
};
std::string_view to_key(Cause cause);

struct Measures {
  std::uint32_t fixes{0};
  std::uint32_t speeds{0};
  std::uint64_t speed_sum_ckn{0};
  std::uint16_t speed_min_ckn{UINT16_MAX};
  std::uint16_t speed_max_ckn{0};
  double sailed_m{0};
  friend bool operator==(const Measures&, const Measures&) = default;
};

using Marks = std::vector<Mark>;

struct View {
  std::uint32_t group{0};
  std::uint32_t rule{0};
  std::uint64_t key{0};  ///< offset of the input that the episode begins with
  model::Severity severity{model::Severity::kLow};
  Title title{Title::kZone};
  TimeSpan season;
  base::Instant begin;
  base::Instant last;
  std::optional<base::Instant> end;
  Cause cause{Cause::kNone};
  std::uint32_t berth{kNoIndex};  ///< zone left, or lain in
  base::Instant berth_since;      ///< when it was left, or reached
  Measures measures;
  std::vector<std::uint32_t> replaced;
  std::shared_ptr<const Sender> who;   // shared: facts at opening
  std::shared_ptr<const Marks> marks;  // shared between views of one episode
};

/// Equal by value; facts at opening by label and record.
bool same(const View& a, const View& b);
/// The differences that an officer must be told of when late data make them: begin, rule, severity,
/// title, or the end of a closed episode.
bool differs_in_substance(const View& a, const View& b);

using ViewPtr = std::shared_ptr<const View>;

}  // namespace jinglue::detect
