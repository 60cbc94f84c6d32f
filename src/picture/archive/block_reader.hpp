// SPDX-License-Identifier: Apache-2.0
// BlockReader: the bytes of candidates, decoded. What is damaged is logged, counted and empty. One
// per question: it keeps the pools that it opened last. With the file of receptions it also gives
// arrival and journal offset; where there is none, arrival is the event time and offset is 0.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "picture/archive/block_table.hpp"
#include "store/block/block_columns.hpp"
#include "store/block/pool.hpp"

namespace jinglue::picture::detail {

class BlockReader {
 public:
  BlockReader(store::Db& db, std::atomic<std::uint64_t>& damaged, store::Db* receptions = nullptr)
      : m_db(db), m_receptions(receptions), m_damaged(damaged) {}

  /// The blocks of one track, in order of first time, will be asked for in this order: those that
  /// follow one another in its index come out of one statement.
  void expect(std::span<const Candidate> blocks);
  /// Null when damaged; valid until the next call.
  const store::BlockColumns* columns(const Candidate& block,
                                     store::Columns wanted = store::Columns::kAll);
  /// No row is before this. Of a run it is the time of its first row while its pool is open.
  std::int64_t begin_ms(const Candidate& block) const;
  bool begins_at_or_after(const Candidate& block, base::Instant t,
                          store::Columns wanted = store::Columns::kAll);
  bool with_receptions() const { return m_receptions != nullptr; }
  /// In order of time; those of [from, to).
  std::vector<model::Fix> rows(const Candidate& block, base::Instant from = {INT64_MIN},
                               base::Instant to = {INT64_MAX});
  /// The rows that wait for a block, by track, in order of arrival as far as it is known.
  std::map<model::TrackId, std::vector<model::Fix>> waiting();
  /// Ids of what waiting() could not read.
  const std::vector<std::int64_t>& damaged_waiting() const { return m_damaged_waiting; }

 private:
  const store::Pool* pool(const Candidate& block, store::Columns wanted);
  /// The bytes of a block, in place until the next call; nothing when they are not there.
  std::optional<std::string_view> bytes_of(const Candidate& block);
  /// Whether m_way stands at the block; it goes on to it when that lies ahead.
  bool goes_to(const Candidate& block);
  /// Whether m_bytes stands at the block.
  bool find_bytes(std::int64_t id);
  void tell(const Candidate& block, const std::string& reason);

  std::vector<model::Fix> waiting_pool(std::int64_t id, const std::string& bytes);

  store::Db& m_db;
  store::Db* m_receptions;
  std::atomic<std::uint64_t>& m_damaged;
  std::optional<store::Stmt> m_bytes;  ///< made once for many blocks
  std::int64_t m_at{0};                ///< the block that it stands at; 0 = none
  std::optional<store::Stmt> m_way;    ///< of expect(); ends before its last row
  std::pair<base::Instant, std::int64_t> m_way_at{base::kDistantPast, 0};  ///< last time and id
  store::BlockColumns m_columns;
  std::vector<std::int64_t> m_damaged_waiting;
  std::list<std::pair<std::int64_t, store::Pool>> m_pools;  ///< the last used one first
  std::set<std::int64_t> m_damaged_pools;
};

}  // namespace jinglue::picture::detail
