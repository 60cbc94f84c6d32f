// SPDX-License-Identifier: Apache-2.0
// Salvage: copies what can be read of one archive file into a new one (archive_repair.hpp). Reads
// by number, and goes on behind numbers that SQLite cannot read; a row is never copied twice.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "picture/archive/archive_repair.hpp"
#include "picture/archive/block_table.hpp"

namespace jinglue::picture::detail {

class Salvage {
 public:
  /// `into`: a file that is not there yet.
  Salvage(const std::filesystem::path& from, const std::filesystem::path& into);
  /// False when `progress` ended it.
  bool run(const ArchiveProgress& progress);
  ArchiveRepair take() { return std::move(m_result); }

 private:
  using Work = std::function<void(std::int64_t id, const std::string& bytes)>;

  void copy_blocks();
  void copy_block(std::int64_t id, const std::string& bytes);
  void copy_pools();
  void copy_pool(std::int64_t pool, const std::string& bytes);
  void copy_waiting();
  void copy_tracks();
  void copy_state();
  void name_the_lost();

  std::int64_t greatest(const std::vector<std::string>& queries);
  std::uint64_t last_offset_of_receptions(const std::filesystem::path& beside);
  void each(std::int64_t last, const std::string& sql, const Work& work);
  void lose(std::string what);
  void count(const std::vector<Run>& runs);
  void count(const model::Fix& row);
  std::vector<model::Fix> not_in_blocks(std::vector<model::Fix> rows);

  store::Db m_from, m_to;
  std::filesystem::path m_beside;  ///< receptions.db
  const ArchiveProgress* m_progress{nullptr};
  ArchiveRepair m_result;
  ArchiveState m_state;
  bool m_state_known{false}, m_tracks_known{false}, m_ended{false};
  std::vector<KnownTrack> m_tracks;
  std::unordered_map<model::TrackId, base::Instant> m_closed;  ///< end of the blocks copied
  std::set<std::int64_t> m_copied;                             ///< of the index
  std::uint64_t m_done{0}, m_all{0}, m_done_commits{0};
};

}  // namespace jinglue::picture::detail
