// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/cold_tier.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

#include "picture/archive/block_reader.hpp"
#include "picture/archive/block_table.hpp"

namespace jinglue::picture::detail {
namespace {

using model::Fix;

constexpr std::int64_t kBlocksAtOnce = 256;
/// Fewer of a track wait for more, so that one index entry covers many; but not longer than this.
constexpr std::int64_t kLeastBlocks = 8;
constexpr base::Duration kLongestHot{std::int64_t{21} * 24 * 3'600'000};

}  // namespace

void append_runs(std::vector<Fix> rows, std::vector<Run>& out) {
  std::stable_sort(rows.begin(), rows.end(), earlier);
  for (std::size_t begin = 0; begin < rows.size();) {
    std::size_t end = begin + 1;
    while (end < rows.size() && end - begin < store::kBlockRows &&
           rows[end].time - rows[begin].time <= store::kBlockSpan) {
      ++end;
    }
    const auto from = rows.begin() + std::ptrdiff_t(begin);
    out.push_back({std::vector<Fix>(from, rows.begin() + std::ptrdiff_t(end)), true});
    begin = end;
  }
}

bool ColdPass::step(store::Db& db, store::Db& db_receptions, Receptions& receptions) {
  BlockReader reader(db, m_damaged, &db_receptions);
  std::vector<Run> runs;
  std::int64_t blocks = 0;
  bool more = true;
  while (blocks < kBlocksAtOnce) {
    const auto past = BlockTable::past_blocks(db, m_track_number, m_t, m_t - kLongestHot,
                                              kLeastBlocks, kBlocksAtOnce);
    more = past.track_number != 0;
    if (!more) break;
    std::vector<Fix> rows;
    for (const auto& block : past.blocks) {
      const auto found = reader.rows(block);
      if (found.empty()) continue;  // a damaged one stays
      BlockTable::remove_block(db, past.track_number, block, receptions);
      rows.insert(rows.end(), found.begin(), found.end());
    }
    append_runs(std::move(rows), runs);
    blocks += std::ssize(past.blocks);
    // A track with more blocks than one step takes is asked again; its damaged ones only once.
    const bool whole = std::ssize(past.blocks) < kBlocksAtOnce;
    m_track_number = whole ? past.track_number : past.track_number - 1;
    if (!whole && receptions.gone.empty()) m_track_number = past.track_number;
  }
  // Generation 0: nothing of what waits is touched.
  BlockTable::add_blocks(db, runs, Stored::kPooledSmall, 0, receptions);
  return more;
}

}  // namespace jinglue::picture::detail
