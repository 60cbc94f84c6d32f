// SPDX-License-Identifier: Apache-2.0
// State: what the rules remember of one subject after its fixes so far, in event-time order. A
// plain value: checkpoints are copies of it, and a late fix continues from a copy.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "detect/episode/view.hpp"
#include "model/fix.hpp"
#include "picture/berth/berth_watch.hpp"

namespace jinglue::detect {

/// The order of a subject's fixes. Only what was sent decides, not when it arrived, so that any
/// order of arrival gives one order of evaluation.
bool before(const model::Fix& a, const model::Fix& b);

/// One group of rules whose condition holds for the subject (or held until a moment ago).
struct Tracker {
  std::uint32_t group{0};
  std::uint32_t rule{0};
  bool open{false};         ///< it has lasted for the dwell time
  bool came_in{false};      ///< it was seen outside before (zone rules on entering)
  bool late_return{false};  ///< heading home since the season began
  bool left_berth{false};   ///< it was at berth in this season and left
  Cause out_cause{Cause::kNone};
  std::uint32_t in_count{0};   ///< fixes in a row that confirm
  std::uint32_t out_count{0};  ///< fixes in a row that do not
  std::uint32_t berth{kNoIndex};
  base::Instant berth_since;
  TimeSpan season;
  base::Instant begin;
  std::uint64_t key{0};  ///< offset of the fix that it begins with
  base::Instant last;    ///< of the last fix that confirms
  base::Instant out_since;
  std::int64_t extensions{0};                 ///< how many periods of `extend_every` are published
  std::optional<base::Instant> astray_since;  ///< late_return: not heading home since
  double nearest_m{0};                        ///< late_return: nearest to a berth so far
  std::int64_t spacing_ms{0};                 ///< between kept marks; doubles when they are many
  Measures measures;
  Mark last_mark, out_mark;
  std::vector<std::uint32_t> replaced;
  std::shared_ptr<const Sender> who;   // shared: facts at opening
  std::shared_ptr<const Marks> marks;  // shared with checkpoints until more are kept
  ViewPtr view;                        // shared: the last one published; null while not open
};

struct State {
  std::optional<model::Fix> last;  ///< none before the first fix
  std::uint64_t count{0};          ///< fixes so far
  picture::BerthState berth;
  std::vector<Tracker> trackers;  ///< in order of group
};

}  // namespace jinglue::detect
