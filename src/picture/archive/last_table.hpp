// SPDX-License-Identifier: Apache-2.0
// LastTable: the last position of each track in blocks, so that "where is everyone now" opens no
// block, however long a track has been silent. Kept in the transaction that puts rows into a block;
// rows that wait are in memory. An entry carries a check sum; where there is none, or a damaged
// one, the blocks are asked. docs/format/archive.md, archive_last. Times in ms since 1970 UTC.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/instant.hpp"
#include "model/fix.hpp"
#include "picture/archive/block_reader.hpp"
#include "picture/archive/open_rows.hpp"
#include "store/database.hpp"

namespace jinglue::picture::detail {

/// What the table says of an instant t.
struct LastKept {
  std::vector<model::Fix> rows;      ///< of tracks whose last row in blocks is at or before t
  std::vector<model::TrackId> open;  ///< of which it does not know the row: ask their blocks
};

class LastTable {
 public:
  /// Inside a transaction: these runs came into blocks. Late ones change nothing; of equal times
  /// the one that comes later stays.
  static void add(store::Db& db, std::span<const Run> runs);
  /// Inside a transaction: rows of the track went away.
  static void renew(store::Db& db, BlockReader& reader, model::TrackId track);
  /// Makes what is missing or damaged from the blocks.
  static void prepare(store::Database& database, std::atomic<std::uint64_t>& damaged);
  /// The same, inside a transaction.
  static void complete(store::Db& db, std::atomic<std::uint64_t>& damaged);

  /// Rows older than `oldest` are not given out, nor those of tracks of which `memory` (by track,
  /// up to t) has a later row.
  static LastKept read(store::Db& db, base::Instant oldest, base::Instant t,
                       std::span<const model::Fix> memory);
  /// The blocks in which the last rows of [oldest, t] of the open tracks are; by track.
  static std::vector<Candidate> blocks_of(store::Db& db, const LastKept& kept, base::Instant oldest,
                                          base::Instant t);
  /// The entry of a track; nothing when there is none that can be read.
  static std::optional<model::Fix> entry(store::Db& db, std::int64_t track_number,
                                         model::TrackId track);
};

/// The last row of [oldest, t] of one track among its blocks and rows in memory, of equal times the
/// one that arrived last; nothing when there is none.
std::optional<model::Fix> last_row(BlockReader& reader, std::span<const Candidate> blocks,
                                   std::span<const model::Fix> memory, base::Instant oldest,
                                   base::Instant t);

}  // namespace jinglue::picture::detail
