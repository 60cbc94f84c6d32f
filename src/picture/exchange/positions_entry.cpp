// SPDX-License-Identifier: Apache-2.0
#include "picture/exchange/positions_entry.hpp"

#include "store/block/pool.hpp"
#include "store/block/varint.hpp"

namespace jinglue::picture::exchange {
namespace {

constexpr std::uint8_t kVersion = 1;

std::size_t run_end(std::span<const model::Fix> rows, std::size_t begin) {
  std::size_t end = begin + 1;
  while (end < rows.size() && end - begin < store::kBlockRows &&
         rows[end].track == rows[begin].track &&
         rows[end].time - rows[begin].time <= store::kBlockSpan) {
    ++end;
  }
  return end;
}

}  // namespace

std::string encode_positions(std::span<const model::Fix> rows) {
  std::string out(1, static_cast<char>(kVersion));
  for (std::size_t at = 0; at < rows.size();) {
    std::vector<std::span<const model::Fix>> runs;
    while (at < rows.size() && runs.size() < store::kMostPoolRuns) {
      const auto end = run_end(rows, at);
      runs.push_back(rows.subspan(at, end - at));
      at = end;
    }
    const auto pool = store::encode_pool(runs, store::PoolLevel::kFast);
    store::put_varint(out, pool.size());
    out += pool;
  }
  return out;
}

base::Result<std::vector<model::Fix>> decode_positions(std::string_view payload) {
  if (payload.empty() || static_cast<std::uint8_t>(payload[0]) != kVersion) {
    return base::fail(base::Code::kUnknown, "positions in a version that is not known");
  }
  store::VarintReader in(payload.substr(1));
  store::BlockColumns columns;
  std::vector<model::Fix> out;
  while (in.ok() && !in.rest().empty()) {
    const auto pool = store::Pool::open(in.raw(in.get()));
    if (!pool) return tl::unexpected(pool.error());
    for (std::size_t run = 0; run < pool->runs(); ++run) {
      pool->get(run, columns);
      for (std::size_t i = 0; i < columns.rows; ++i) out.push_back(columns.fix_at(i));
    }
  }
  if (!in.ok()) return base::fail(base::Code::kMalformed, "positions that are cut off");
  return out;
}

}  // namespace jinglue::picture::exchange
