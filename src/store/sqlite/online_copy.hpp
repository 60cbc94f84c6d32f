// SPDX-License-Identifier: Apache-2.0
// A copy of a database file as it is at one moment, while others read and write it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

namespace jinglue::store {

/// `into` must not exist; it is durable on return. `progress(done, all)` in pages; false ends the
/// copy, removes what was written and gives false here. Throws DbError; what was written is
/// removed.
bool copy_online(const std::filesystem::path& from, const std::filesystem::path& into,
                 const std::function<bool(std::uint64_t done, std::uint64_t all)>& progress);

}  // namespace jinglue::store
