// SPDX-License-Identifier: Apache-2.0
// The rows of one track in order of time, out of blocks that may overlap and rows in memory. Blocks
// that overlap with nothing, nearly all, are given out as the columns that they decode to.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "picture/archive/block_reader.hpp"
#include "picture/archive/piece.hpp"

namespace jinglue::picture::detail {

/// In place of the offset of a row in memory whose reception is not asked for: of equal times it
/// comes after what the file holds, as it arrived later.
inline constexpr std::uint64_t kOfMemory = UINT64_MAX;

/// By time, then arrival.
void put_in_order(std::vector<model::Fix>& rows);

/// Where rows go, in order of time; false stops.
class RowSink {
 public:
  virtual ~RowSink() = default;
  virtual bool rows(const Piece& piece) = 0;
  virtual bool row(const model::Fix& fix) = 0;
};

/// Every row on its own.
class FixSink : public RowSink {
 public:
  explicit FixSink(const std::function<bool(const model::Fix&)>& visit) : m_visit(visit) {}
  bool rows(const Piece& piece) override;
  bool row(const model::Fix& fix) override { return m_visit(fix); }

 private:
  const std::function<bool(const model::Fix&)>& m_visit;
};

/// Columns; rows that come one by one are gathered. finish() ends a track.
class PieceSink : public RowSink {
 public:
  PieceSink(const std::function<bool(const Piece&)>& visit, store::Columns columns)
      : m_visit(visit), m_columns(columns) {}
  bool rows(const Piece& piece) override { return finish() && m_visit(piece); }
  bool row(const model::Fix& fix) override;
  bool finish();

 private:
  const std::function<bool(const Piece&)>& m_visit;
  store::Columns m_columns;
  std::vector<model::Fix> m_rows;
};

struct Period {
  base::Instant from, to;  ///< [from, to)
};

/// The rows of [from, to) of columns in order of time.
Piece piece_of(const store::BlockColumns& columns, const Period& period);

/// `blocks`: of one track in order of first time; `memory`: its rows in memory. False when stopped.
bool visit_track(BlockReader& reader, std::span<const Candidate> blocks,
                 std::vector<model::Fix> memory, const Period& period, store::Columns columns,
                 RowSink& sink);

}  // namespace jinglue::picture::detail
