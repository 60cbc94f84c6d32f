// SPDX-License-Identifier: Apache-2.0
// Tiles: numbers of registers for the first page, from `[[tiles]]` of their definitions
// (docs/format/register.md): how many records a filter lets through, or the sum or average of a
// field of them. Each person gets the numbers of the records that this person sees; a number over a
// field that the person does not see is not shown. Money as it is written, in the unit of its
// field.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/access.hpp"
#include "base/instant.hpp"
#include "base/result.hpp"
#include "registry/expression/value.hpp"
#include "registry/life.hpp"
#include "registry/registry.hpp"

namespace jinglue::registry {

/// Local days, both in it.
struct TileSpan {
  expression::Day from, to;
};
struct TileValue {
  const Definition* definition{nullptr};
  const Tile* tile{nullptr};
  std::uint64_t records{0};
  std::optional<double> value;     ///< of an average over nothing there is none
  std::optional<double> against;   ///< the plan
  std::optional<double> percent;   ///< of the plan; none when the plan is 0
  std::optional<TileSpan> span;    ///< the period, up to today
  std::optional<TileSpan> before;  ///< the same part of the period before
  std::optional<double> previous;
  bool warns{false};
  std::string cql;  ///< the filter of the list that shows these records
};

/// "{today}", "{today+30}", "{today-7}", "{year}", "{month}" of a filter filled in: 2024-05-01,
/// 2024, 2024-05. kMalformed for other braces.
base::Result<std::string> filled_filter(const std::string& cql, expression::Day today);
/// From the begin of the period of `day` to `day`.
TileSpan span_of(TilePeriod period, expression::Day day);
/// The same part of the period before: as many days in, at most to its end.
TileSpan span_before(TilePeriod period, expression::Day day);

/// kForbidden when the person does not see the register or a field that it is made of.
base::Result<TileValue> tile_value(const Registry& registry, const Definition& definition,
                                   const Tile& tile, const access::Actor& actor, base::Instant now);
/// Those of every register in use that the person may see, in order of the definitions.
std::vector<TileValue> tiles_for(const Registry& registry, const access::Actor& actor,
                                 base::Instant now);

}  // namespace jinglue::registry
