// SPDX-License-Identifier: Apache-2.0
// A pool: many runs of up to 256 positions each, compressed together with zstd. Smaller than the
// same blocks alone and slower to read: for rows that wait, for tracks with few reports, and for
// days that are seldom asked for. docs/format/archive.md, "A pool".
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/fix.hpp"
#include "store/block/block_columns.hpp"

namespace jinglue::store {

inline constexpr std::uint8_t kPoolVersion = 3;
inline constexpr std::size_t kMostPoolRuns = 256;

enum class PoolLevel { kFast = 1, kSmall = 19 };  ///< of zstd

/// Each run: 1 to 256 rows of one track in order of time within kBlockSpan; at most kMostPoolRuns.
std::string encode_pool(std::span<const std::span<const model::Fix>> runs, PoolLevel level);

/// The runs of a pool, decompressed once and given out one by one.
class Pool {
 public:
  static base::Result<Pool> open(std::string_view bytes, Columns columns = Columns::kAll);
  Pool(Pool&&) noexcept;
  Pool& operator=(Pool&&) noexcept;
  ~Pool();

  std::size_t runs() const;
  std::int64_t begin_ms(std::size_t run) const;  ///< event time of its first row
  Columns columns() const;                       ///< that it was opened with
  /// run < runs(); kAll only when opened with it.
  void get(std::size_t run, BlockColumns& out, Columns columns = Columns::kAll) const;

 private:
  struct Impl;
  explicit Pool(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> m_impl;
};

}  // namespace jinglue::store
