// SPDX-License-Identifier: Apache-2.0
// bench_block: bytes per position and speed of blocks and pools, beside zstd-19 of the same columns
// and memcpy of raw rows of 24 bytes. The dense file is generated (dense_ais.hpp), NOAA and BeiDou
// are real. Times are of this thread's processor time, the best of several: other jobs disturb
// less.
#include <zstd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <span>
#include <tuple>

#include "bench/dense_ais.hpp"
#include "bench/figures.hpp"
#include "bench/real_tracks.hpp"
#include "store/block/block.hpp"
#include "store/block/pool.hpp"
#include "store/block/reception.hpp"

using namespace jinglue;
using model::Fix;
using Runs = std::vector<std::span<const Fix>>;

namespace {

constexpr std::size_t kPoolRuns = 8;  // as the archive does

double best_seconds(int times, const std::function<void()>& work) {
  const auto cpu_now = [] {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return double(t.tv_sec) + double(t.tv_nsec) * 1e-9;
  };
  double best = 1e9;
  for (int i = 0; i < times; ++i) {
    const double begin = cpu_now();
    work();
    best = std::min(best, cpu_now() - begin);
  }
  return best;
}

/// By track and time, in runs of up to 256 rows.
Runs runs_of(std::vector<Fix>& rows) {
  std::sort(rows.begin(), rows.end(), [](const Fix& a, const Fix& b) {
    return std::tie(a.track, a.time, a.offset) < std::tie(b.track, b.time, b.offset);
  });
  Runs out;
  for (std::size_t begin = 0; begin < rows.size();) {
    std::size_t end = begin;
    while (end < rows.size() && end - begin < store::kBlockRows &&
           rows[end].track == rows[begin].track &&
           rows[end].time - rows[begin].time <= store::kBlockSpan) {
      ++end;
    }
    out.emplace_back(&rows[begin], end - begin);
    begin = end;
  }
  return out;
}

void require(bool holds) {
  if (!holds) {
    fmt::print(stderr, "decoded rows differ\n");
    std::exit(1);
  }
}

template <class T, class Get>
std::size_t zstd_19(const std::vector<Fix>& rows, Get get) {
  std::vector<T> column;
  for (const auto& row : rows) column.push_back(static_cast<T>(get(row)));
  const auto size = column.size() * sizeof(T);
  std::string out(ZSTD_compressBound(size), '\0');
  return ZSTD_compress(out.data(), out.size(), column.data(), size, 19);
}

/// The peer: each column as plain integers of its width, compressed whole.
double zstd_columns(const std::vector<Fix>& rows) {
  std::size_t size =
      zstd_19<std::uint32_t>(rows, [](auto& f) { return f.track.terminal.number(); });
  size += zstd_19<std::int32_t>(rows, [](auto& f) { return f.time.ms / 1000; });
  size += zstd_19<std::int32_t>(rows, [](auto& f) { return f.position.lat; });
  size += zstd_19<std::int32_t>(rows, [](auto& f) { return f.position.lon; });
  size += zstd_19<std::uint16_t>(rows, [](auto& f) { return f.sog_ckn.value_or(0xFFFF); });
  size += zstd_19<std::uint16_t>(rows, [](auto& f) { return f.cog_cdeg.value_or(0xFFFF); });
  size += zstd_19<std::uint16_t>(rows, [](auto& f) { return f.heading_deg.value_or(0xFFFF); });
  size += zstd_19<std::uint8_t>(rows, [](auto& f) { return f.nav_status.value_or(0xFF); });
  size += zstd_19<std::uint8_t>(rows, [](auto& f) { return f.source; });
  return double(size) / double(rows.size());
}

void check_identity(std::span<const Fix> rows, const store::BlockColumns& columns) {
  require(columns.rows == rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto fix = columns.fix_at(i);
    fix.arrival = rows[i].arrival;
    fix.offset = rows[i].offset;
    require(fix == rows[i]);
  }
}

void run_blocks(const std::string& name, const Runs& runs, double count) {
  std::vector<std::string> blocks;
  const double encode = best_seconds(1, [&] {
    for (const auto run : runs) blocks.push_back(store::encode_block(run));
  });
  std::size_t bytes = 0;
  std::size_t receptions = 0;
  store::BlockColumns columns;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    bytes += blocks[i].size();
    receptions += store::encode_reception(runs[i]).size();
    for (const auto speed : {store::Speed::kBest, store::Speed::kEight, store::Speed::kPortable}) {
      require(store::decode_block(blocks[i], columns, speed).has_value());
      check_identity(runs[i], columns);
    }
  }
  const auto decode = [&](store::Speed speed) {
    return count / best_seconds(10, [&] {
             for (const auto& block : blocks) {
               if (!store::decode_block(block, columns, speed)) std::abort();
             }
           });
  };
  bench::figure("block_bytes_per_position_" + name, double(bytes) / count, "B");
  bench::figure("reception_bytes_per_position_" + name, double(receptions) / count, "B");
  bench::figure("block_encode_" + name, count / encode / 1e6, "M positions/s");
  bench::figure("block_decode_" + name, decode(store::Speed::kBest) / 1e6, "M positions/s");
  bench::figure("block_decode_eight_" + name, decode(store::Speed::kEight) / 1e6, "M positions/s");
  bench::figure("block_decode_portable_" + name, decode(store::Speed::kPortable) / 1e6,
                "M positions/s");
}

void run_pools(const std::string& name, const Runs& runs, double count, store::PoolLevel level) {
  std::vector<std::string> pools;
  const double encode = best_seconds(1, [&] {
    for (std::size_t i = 0; i < runs.size(); i += kPoolRuns) {
      const auto size = std::min(kPoolRuns, runs.size() - i);
      pools.push_back(store::encode_pool(std::span(runs).subspan(i, size), level));
    }
  });
  std::size_t bytes = 0;
  store::BlockColumns columns;
  for (std::size_t i = 0; i < pools.size(); ++i) {
    bytes += pools[i].size();
    const auto pool = store::Pool::open(pools[i]);
    require(pool.has_value());
    for (std::size_t run = 0; run < pool->runs(); ++run) {
      pool->get(run, columns);
      check_identity(runs[i * kPoolRuns + run], columns);
    }
  }
  const double decode = best_seconds(3, [&] {
    for (const auto& bytes_of_pool : pools) {
      const auto pool = store::Pool::open(bytes_of_pool);
      for (std::size_t run = 0; run < pool->runs(); ++run) pool->get(run, columns);
    }
  });
  const auto label = (level == store::PoolLevel::kFast ? "pool_fast_" : "pool_small_") + name;
  bench::figure(label + "_bytes_per_position", double(bytes) / count, "B");
  bench::figure(label + "_encode", count / encode / 1e6, "M positions/s");
  bench::figure(label + "_decode", count / decode / 1e6, "M positions/s");
}

void run(bench::DataSet data) {
  if (data.rows.empty()) {
    fmt::print("{}: no data here, left out\n", data.name);
    return;
  }
  const auto runs = runs_of(data.rows);
  const auto count = double(data.rows.size());
  bench::figure("block_positions_" + data.name, count, "rows");
  run_blocks(data.name, runs, count);
  run_pools(data.name, runs, count, store::PoolLevel::kFast);
  run_pools(data.name, runs, count, store::PoolLevel::kSmall);
  bench::figure("zstd_19_columns_bytes_per_position_" + data.name, zstd_columns(data.rows), "B");
}

void run_memcpy() {
  constexpr std::size_t kRows = 4'000'000;
  std::vector<char> from(kRows * 24, 'x'), to(kRows * 24, 'y');
  const double seconds =
      best_seconds(10, [&] { std::memcpy(to.data(), from.data(), from.size()); });
  bench::figure("memcpy_rows_of_24_bytes", kRows / seconds / 1e6, "M positions/s");
}

}  // namespace

int main() {
  run(bench::numbered("generated", bench::dense_fleet(300, 24)));
  run(bench::noaa());
  run(bench::beidou());
  run_memcpy();
  return 0;
}
