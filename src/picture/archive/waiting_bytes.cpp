// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/waiting_bytes.hpp"

#include <algorithm>

#include "store/block/pool.hpp"
#include "store/block/reception.hpp"
#include "store/block/varint.hpp"

namespace jinglue::picture::detail {

using model::Fix;

WaitingBytes encode_waiting(std::span<const Fix> rows) {
  WaitingBytes out;
  std::vector<std::span<const Fix>> runs;
  bool received = false;
  while (out.rows < rows.size() && runs.size() < store::kMostPoolRuns) {
    const auto& first = rows[out.rows];
    std::size_t end = out.rows + 1;
    while (end < rows.size() && end - out.rows < store::kBlockRows &&
           rows[end].track == first.track && rows[end].time - first.time <= store::kBlockSpan) {
      ++end;
    }
    runs.push_back(rows.subspan(out.rows, end - out.rows));
    const auto reception = store::encode_reception(runs.back());
    store::put_varint(out.receptions, reception.size());
    out.receptions += reception;
    received = received || std::any_of(runs.back().begin(), runs.back().end(),
                                       [](const Fix& row) { return row.offset != 0; });
    out.rows = end;
  }
  if (!received) out.receptions.clear();
  out.bytes = store::encode_pool(runs, store::PoolLevel::kFast);
  return out;
}

base::Result<std::vector<Fix>> decode_waiting(std::string_view bytes, std::string_view receptions) {
  const auto pool = store::Pool::open(bytes);
  if (!pool) return tl::unexpected(pool.error());
  store::VarintReader in(receptions);
  store::BlockColumns columns;
  std::vector<Fix> out;
  for (std::size_t run = 0; run < pool->runs(); ++run) {
    pool->get(run, columns);
    const auto begin = out.size();
    for (std::size_t i = 0; i < columns.rows; ++i) out.push_back(columns.fix_at(i));
    if (receptions.empty()) continue;
    const auto done = store::decode_reception(in.raw(in.get()), std::span(out).subspan(begin));
    if (!done) return tl::unexpected(done.error());
  }
  return out;
}

}  // namespace jinglue::picture::detail
