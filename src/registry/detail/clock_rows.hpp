// SPDX-License-Identifier: Apache-2.0
// Runs of clocks to rows and back.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "registry/clock_run.hpp"
#include "store/db.hpp"

namespace jinglue::registry::detail {

/// All runs of the record's clocks, those of one clock in order.
std::vector<ClockRun> load_runs(store::Db& db, const std::string& register_id,
                                const std::string& record_id);
/// `next`: when there is something to be told of it.
void store_run(store::Db& db, const ClockRun& run, std::optional<base::Instant> next);
/// Those of which something is to be told, the earliest first.
std::vector<ClockRun> runs_to_tell(store::Db& db, base::Instant now, std::size_t limit);
/// Open runs whose due day needed days off that were not known.
std::vector<ClockRun> uncertain_runs(store::Db& db);

/// A condition on the column `id` of a register's records by the state of their clocks: "overdue",
/// "KEY:due_soon". kUnknown for another state or a clock that the register does not have.
base::Result<std::string> clock_condition(const Definition& d, const std::string& filter,
                                          base::Instant now);

}  // namespace jinglue::registry::detail
