// SPDX-License-Identifier: Apache-2.0
// The chunks of a tracks.db that an older program wrote become blocks, some tracks at a time, each
// time in one transaction: an interruption leaves whole tracks on either side.
#pragma once

#include <atomic>
#include <cstdint>

#include "picture/archive/reception_store.hpp"
#include "store/database.hpp"

namespace jinglue::picture::detail {

/// A damaged chunk is logged, counted and stays in its table.
void import_chunks(store::Database& database, ReceptionStore& receptions,
                   std::atomic<std::uint64_t>& damaged);

}  // namespace jinglue::picture::detail
