// SPDX-License-Identifier: Apache-2.0
// Rule: one version of one rule as data, read from rules/*.toml (docs/format/rules.md has every
// key). Speeds in knots, lengths in metres, durations in milliseconds (base::Duration).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/text.hpp"
#include "detect/rule/season.hpp"
#include "model/finding.hpp"
#include "model/vessel.hpp"

namespace jinglue::detect {

/// What a rule watches. An exemption may name a family instead of single rules.
enum class Family : std::uint8_t { kMoratorium = 0, kHomePort = 1, kZone = 2 };
/// Who decided it. Where several bind, the strictest does; of equals the nearest authority's.
enum class Level : std::uint8_t { kNational = 0, kProvince = 1, kCity = 2 };
/// What a zone rule reports.
enum class Trigger : std::uint8_t { kEnter = 0, kLeave = 1, kInside = 2, kOutside = 3 };

std::string_view to_key(Family family);    // moratorium, home_port, zone
std::string_view to_key(Level level);      // national, province, city
std::string_view to_key(Trigger trigger);  // enter, leave, inside, outside
std::optional<Family> family_from(std::string_view key);
std::optional<Level> level_from(std::string_view key);
std::optional<Trigger> trigger_from(std::string_view key);
base::Words words(Family family);
base::Words words(Level level);

/// A list of conditions on a vessel. In `include` each list that is not empty must be met; in
/// `exclude` meeting any one of them excludes. What is not known meets nothing.
struct Criteria {
  std::vector<model::VesselKind> kinds;
  std::vector<std::string> gears;       ///< GB/T 5147 keys, with sub-type: "Z", "Z.small"
  std::vector<std::string> flags;       ///< ISO 3166 alpha-2
  std::vector<std::string> home_ports;  ///< place keys
  std::vector<std::string> districts;   ///< organisation unit keys
  std::vector<std::string> groups;      ///< vessel groups
  std::vector<std::string> vessels;     ///< list: record id, side number, name or terminal
  std::optional<double> length_min_m;   ///< inclusive
  std::optional<double> length_max_m;   ///< exclusive
  std::optional<bool> registered;       ///< whether a record of the register claims the track
  bool empty() const;
};

/// The severity rises when the episode has lasted so long.
struct Escalation {
  base::Duration after{0};
  model::Severity severity{model::Severity::kHigh};
};

/// A vessel that was at sea when the season began and is heading home.
struct LateReturn {
  model::Severity severity{model::Severity::kLow};
  base::Duration grace{0};     ///< from the begin of the season
  base::Duration patience{0};  ///< for which it may fail to head home
  double speed_min_kn{0};      ///< slower is not heading home ...
  double near_m{0};            ///< ... but for this close to a berth
  double slack_m{0};           ///< how much farther from the nearest berth than it has been
};

/// For how long a condition must hold before it opens (dwell) or fail before it closes
/// (hysteresis): both the count and the time.
struct Steadiness {
  int fixes{1};
  base::Duration time{0};
};

struct Article {
  base::Words text;
  std::string as_of;  ///< date of the text, "2023-03-13"
};

struct Source {
  std::string id, title, number, confidence;
};

// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): in the order of the rule's file
struct Rule {
  std::string id;           ///< "summer_moratorium.north_of_35n"
  std::int64_t version{0};  ///< one id may have several, valid in turn
  Family family{Family::kZone};
  Level level{Level::kCity};
  base::Words name;
  base::Words title;  ///< of its findings; empty: the family's own
  bool enabled{true};
  base::Words disabled_because;
  TimeSpan valid;
  std::string timezone;
  std::string area;                       ///< zone id
  std::size_t zone{SIZE_MAX};             ///< its position in RulePack::zones()
  std::string season_text;                ///< "05-01T12:00 - 09-01T12:00"; empty = all the time
  std::vector<TimeSpan> seasons;          ///< ascending, inside `valid`
  std::vector<std::string> gears;         ///< only these; empty = all
  std::vector<std::string> exempt_gears;  ///< silent for a vessel that holds no other
  bool auxiliary{false};                  ///< also auxiliary vessels, whatever their gear
  Criteria include, exclude;
  Trigger trigger{Trigger::kInside};
  std::optional<double> speed_min_kn, speed_max_kn;  ///< a zone rule of moving or lying vessels
  bool at_berth_silent{true};
  Steadiness dwell, hysteresis;
  base::Duration silence{0};       ///< without any fix for longer, the episode is closed
  base::Duration extend_every{0};  ///< an open episode gives an extension at most this often
  model::Severity severity{model::Severity::kLow};
  std::vector<Escalation> escalate;  ///< ascending by `after`
  std::optional<LateReturn> late_return;
  Article article;
  std::vector<std::string> sources;
  std::string confidence;  ///< high | medium | memory | example
  std::string review;      ///< date, "2026-03-01"
  std::string note;
  std::vector<std::string> overrides;  ///< rule ids that it replaces where it speaks
  std::string where;                   ///< "summer_moratorium.toml:12"

  /// Read in a stored source. `memory` and `example` rows must be checked before any legal act.
  bool verified() const { return confidence == "high" || confidence == "medium"; }
};

/// "T" holds "T" and every sub-type "T.x"; "T.x" holds only itself.
bool gear_covers(std::string_view rule_gear, std::string_view vessel_gear);

/// The vessel's gears, each replaced by its sub-types when a group of the vessel names one
/// ("Z" with the group "Z.small" is "Z.small").
std::vector<std::string> effective_gears(const model::VesselFacts& facts);

}  // namespace jinglue::detect
