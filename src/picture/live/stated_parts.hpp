// SPDX-License-Identifier: Apache-2.0
// StatedParts: which of the things that a terminal has said of itself belong together. A class B
// unit says its name (message 24, part A) and type, call sign and size (part B) in two messages, B
// within a minute of A, every six minutes (ITU-R M.1371-5 annex 8, message 24; annex 2 table 2).
// When two vessels send under one number, or a part is lost, name and size of different ships must
// not become one. Times are those of the messages.
#pragma once

#include "base/bytes.hpp"
#include "base/instant.hpp"
#include "model/fix.hpp"
#include "picture/live/live.hpp"

namespace jinglue::picture {

struct StatedParts {
  /// A part is joined with the other one that came no longer ago: one interval of six minutes, and
  /// the minute within which B follows A.
  static constexpr base::Duration kPairLimit{7 * 60'000};

  base::Instant name_at{base::kDistantPast};   ///< the name as it stands was said last
  base::Instant body_at{base::kDistantPast};   ///< likewise type, call sign, size
  base::Instant other_at{base::kDistantPast};  ///< another name was said last

  friend bool operator==(const StatedParts&, const StatedParts&) = default;
  void save(base::ByteWriter& out) const;
  static StatedParts load(base::ByteReader& in);
};

/// Takes over the fields that the report holds; drops those that another vessel or a part too old
/// has said. True when something differs.
bool merge_report(StaticState& state, StatedParts& parts, const model::StaticReport& report);

}  // namespace jinglue::picture
