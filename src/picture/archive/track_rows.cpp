// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/track_rows.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace jinglue::picture::detail {
namespace {

using model::Fix;

/// Rows from overlapping sources, given out in order of time as soon as no source that follows can
/// hold an earlier one.
class TimeMerge {
 public:
  /// `rows`: any that lie in the period, in order of time.
  TimeMerge(RowSink& sink, std::vector<Fix> rows) : m_sink(sink), m_rows(std::move(rows)) {}

  /// `rows` in order of time.
  void add(const std::vector<Fix>& rows, const Period& period) {
    m_rows.erase(m_rows.begin(), m_rows.begin() + static_cast<std::ptrdiff_t>(m_given));
    m_given = 0;
    const auto middle = static_cast<std::ptrdiff_t>(m_rows.size());
    m_rows.reserve(m_rows.size() + rows.size());
    for (const auto& row : rows) {
      if (row.time >= period.from && row.time < period.to) m_rows.push_back(row);
    }
    std::inplace_merge(m_rows.begin(), m_rows.begin() + middle, m_rows.end(), earlier);
  }
  /// Gives out what is before t; false when the visitor stopped.
  bool give_before(base::Instant t) {
    while (m_given < m_rows.size() && m_rows[m_given].time < t) {
      if (!give_one()) return false;
    }
    return true;
  }
  bool give_rest() {
    while (m_given < m_rows.size()) {
      if (!give_one()) return false;
    }
    return true;
  }
  /// Whether all that it holds comes after t.
  bool is_after(base::Instant t) const {
    return m_given == m_rows.size() || m_rows[m_given].time > t;
  }

 private:
  bool give_one() {
    auto& row = m_rows[m_given++];
    if (row.offset == kOfMemory) row.offset = 0;
    return m_sink.row(row);
  }

  RowSink& m_sink;
  std::vector<Fix> m_rows;
  std::size_t m_given{0};
};

/// Whether all rows of the blocks come after t.
bool are_after(const BlockReader& reader, std::span<const Candidate> blocks, base::Instant t) {
  for (const auto& block : blocks) {
    if (block.first > t) return true;  // and so are those behind it
    if (reader.begin_ms(block) <= t.ms) return false;
  }
  return true;
}

}  // namespace

Piece piece_of(const store::BlockColumns& columns, const Period& period) {
  const auto row_at = [&](base::Instant t) {
    const auto since = t.ms - columns.base_ms;
    if (since > UINT32_MAX) return columns.rows;
    const auto ms = static_cast<std::uint32_t>(std::max<std::int64_t>(since, 0));
    const auto begin = columns.time.at.begin();
    const auto end = begin + std::ptrdiff_t(columns.rows);
    return std::size_t(std::lower_bound(begin, end, ms) - begin);
  };
  if (columns.rows > 0 && columns.base_ms >= period.from.ms &&
      columns.time_at(columns.rows - 1) < period.to) {
    return {columns, 0, columns.rows};  // nearly all
  }
  return {columns, row_at(period.from), row_at(period.to)};
}

void put_in_order(std::vector<Fix>& rows) {
  if (std::is_sorted(rows.begin(), rows.end(), earlier)) return;  // as nearly always
  std::stable_sort(rows.begin(), rows.end(), earlier);
}

bool FixSink::rows(const Piece& piece) {
  for (std::size_t i = piece.begin; i < piece.end; ++i) {
    if (!m_visit(piece.columns.fix_at(i))) return false;
  }
  return true;
}

bool PieceSink::row(const Fix& fix) {
  const bool full = m_rows.size() == store::kBlockRows ||
                    (!m_rows.empty() && fix.time - m_rows.front().time > store::kBlockSpan);
  if (full && !finish()) return false;
  if (m_rows.empty()) m_rows.reserve(store::kBlockRows);
  m_rows.push_back(fix);
  return true;
}

bool PieceSink::finish() {
  if (m_rows.empty()) return true;
  const auto columns = store::columns_of(m_rows, m_columns);
  m_rows.clear();
  return m_visit(Piece{columns, 0, columns.rows});
}

bool visit_track(BlockReader& reader, std::span<const Candidate> blocks, std::vector<Fix> memory,
                 const Period& period, store::Columns columns, RowSink& sink) {
  std::erase_if(memory,
                [&](const Fix& row) { return row.time < period.from || row.time >= period.to; });
  put_in_order(memory);
  TimeMerge merge(sink, std::move(memory));
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto& block = blocks[i];
    if (!merge.give_before(block.first)) return false;
    if (reader.begins_at_or_after(block, period.to, columns)) continue;
    if (!reader.with_receptions()) {
      const auto* found = reader.columns(block, columns);
      if (found == nullptr) continue;
      const auto piece = piece_of(*found, period);
      if (piece.begin == piece.end) continue;
      const auto last = found->time_at(piece.end - 1);
      if (are_after(reader, blocks.subspan(i + 1), last)) {
        if (!merge.give_before(found->time_at(piece.begin))) return false;
        if (merge.is_after(last)) {
          if (!sink.rows(piece)) return false;
          continue;
        }
      }
    }
    merge.add(reader.rows(block, period.from, period.to), period);
  }
  return merge.give_rest();
}

}  // namespace jinglue::picture::detail
