// SPDX-License-Identifier: Apache-2.0
// ReceptionStore: when the rows of the archive arrived and under which journal offset, in a file of
// its own beside the journal (receptions.db): only answers in order of arrival need it, and it
// lives as long as the journal does. Keys are those of the archive's runs and waiting pools; a
// check sum over the rows tells whether an entry still belongs to its run, so that files that do
// not fit each other (a crash, a backup of only one) give rows without reception, never false ones.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/fix.hpp"
#include "store/block/block_columns.hpp"
#include "store/database.hpp"

namespace jinglue::picture::detail {

/// Tells the rows of a run from those of any other.
std::uint32_t run_check(const store::BlockColumns& columns);

/// The same of a waiting pool: its own check sum, at its end. (A check sum over both is the same
/// for all pools.)
std::uint32_t pool_check(std::string_view bytes);

/// What a commit of the archive has to say; written before it.
struct Receptions {
  struct OfRun {
    std::int64_t id{0};
    std::uint32_t check{0};
    std::uint64_t first_offset{0}, last_offset{0};
    std::string bytes;
  };
  struct OfWaiting {
    std::int64_t id{0};
    std::uint32_t check{0};
    std::string bytes;
  };
  std::vector<OfRun> runs;
  std::vector<OfWaiting> waiting;
  std::vector<std::int64_t> gone;          ///< runs that the commit removes
  std::int64_t oldest_waiting{INT64_MIN};  ///< waiting pools below are removed

  /// Nothing when no row has an offset.
  void add(std::int64_t id, std::span<const model::Fix> rows);
};

class ReceptionStore {
 public:
  /// A damaged file is set aside and a new one begun.
  ReceptionStore(const std::filesystem::path& file, const std::string& vfs);

  /// Returns when they are durable. The same again changes nothing.
  void put(const Receptions& receptions);
  /// Receptions of runs and of waiting pools below an id. In the background.
  void remove_later(std::vector<std::int64_t> runs, std::int64_t oldest_waiting);
  /// Those whose rows all have offsets below `offset`. In the background.
  void forget_later(std::uint64_t offset);

  template <class F>
  auto read(F&& work) const {
    return m_database->read(std::forward<F>(work));
  }

  /// Sets arrival and offset of the rows; false when there is no entry that fits.
  static bool apply(store::Db& db, std::int64_t id, std::uint32_t check,
                    std::span<model::Fix> rows);
  /// Least offset of the run; absent when there is no entry.
  static std::optional<std::uint64_t> first_offset(store::Db& db, std::int64_t id);
  /// Receptions of a waiting pool: empty when there is no entry that fits.
  static std::string waiting(store::Db& db, std::int64_t id, std::uint32_t check);

 private:
  std::unique_ptr<store::Database> m_database;
};

}  // namespace jinglue::picture::detail
