// SPDX-License-Identifier: Apache-2.0
// A finding is a row of append-only steps; its present is a fold over them (room findings). A
// finding is a suspicion (疑似…), never an offence. Detectors make steps, people make reviews.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "geo/point.hpp"

namespace jinglue::model {

/// hash(rule id, subject, journal offset of the opening input); never recomputed.
struct FindingId {
  std::uint64_t value{0};
  friend constexpr auto operator<=>(FindingId, FindingId) = default;
};

enum class StepKind : std::uint8_t { kOpened = 1, kExtended, kCorrected, kRetracted, kClosed };
enum class Severity : std::uint8_t { kInfo = 0, kLow, kMedium, kHigh, kCritical };
enum class SubjectKind : std::uint8_t { kVessel = 1, kTrack, kArea, kInput };

std::string_view to_key(StepKind kind);      // opened, extended, ...
std::string_view to_key(Severity severity);  // info, low, medium, high, critical
std::string_view to_key(SubjectKind kind);
std::optional<StepKind> step_kind_from(std::string_view key);
std::optional<Severity> severity_from(std::string_view key);
std::optional<SubjectKind> subject_kind_from(std::string_view key);

struct Subject {
  SubjectKind kind{SubjectKind::kTrack};
  std::string id;            ///< record id, track text ("mmsi:412..."), zone id or input name
  std::string role{"main"};  ///< main | partner | ...
  std::string label;         ///< name as known at opening
  friend bool operator==(const Subject&, const Subject&) = default;
};

/// A position that a step used, with the journal offset where its line stands.
struct UsedFix {
  base::Instant time;
  geo::Position position;
  std::optional<std::uint16_t> sog_ckn;
  std::optional<std::uint16_t> cog_cdeg;
  std::string track;
  std::uint64_t offset{0};
  friend bool operator==(const UsedFix&, const UsedFix&) = default;
};

/// One step. kOpened holds everything; later steps hold the full picture as of that step too, so
/// that a fold is "take the last, keep the first positions" and a reader needs no other row.
struct FindingStep {
  FindingId finding;
  std::uint32_t number{0};  ///< 0, 1, 2 ... within the finding
  StepKind kind{StepKind::kOpened};
  std::uint64_t offset{0};  ///< journal offset of the input that caused it
  base::Instant at;         ///< arrival time of that input: when we knew
  std::string rule_id;
  std::int64_t rule_version{0};
  Severity severity{Severity::kLow};
  base::Words title;    ///< "疑似休渔期离港"
  base::Words reason;   ///< the whole explanation in words
  std::string article;  ///< law article, with date
  std::string zone;     ///< zone id; may be empty
  std::vector<Subject> subjects;
  base::Instant begin;                ///< event time at which the condition began
  std::optional<base::Instant> last;  ///< event time of the last fix that confirmed it
  std::optional<base::Instant> end;   ///< set by kClosed
  base::Json values;                  ///< measured values by name, with units in the name
  std::vector<UsedFix> positions;     ///< at most 64, first and last always kept

  /// Of role "main", else the first; null when there is none.
  const Subject* main_subject() const;

  base::Json to_json() const;
  static base::Result<FindingStep> from_json(const base::Json& json);
  friend bool operator==(const FindingStep&, const FindingStep&) = default;
};

}  // namespace jinglue::model
