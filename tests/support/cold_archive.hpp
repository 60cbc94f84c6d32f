// SPDX-License-Identifier: Apache-2.0
// An archive of which all days are past, as its own maintenance would leave it.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>

#include "picture/archive/cold_tier.hpp"
#include "picture/archive/reception_store.hpp"
#include "store/database.hpp"
#include "store/sqlite/large_pages.hpp"

namespace jinglue::test {

/// How many blocks were damaged.
inline std::uint64_t make_cold(const std::filesystem::path& file) {
  namespace detail = picture::detail;
  std::atomic<std::uint64_t> damaged{0};
  store::Database database({.path = file});
  detail::ReceptionStore receptions(file.parent_path() / "receptions.db", {});
  detail::ColdPass pass(base::kDistantFuture, damaged);
  while (database.write([&](store::Db& db) {
    detail::Receptions said;
    const bool more = receptions.read([&](store::Db& r) { return pass.step(db, r, said); });
    receptions.put(said);
    return more;
  })) {
  }
  while (database.write([](store::Db& db) { return store::shrink(db, 32, 512); })) {
  }
  return damaged;
}

}  // namespace jinglue::test
