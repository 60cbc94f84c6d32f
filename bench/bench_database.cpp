// SPDX-License-Identifier: Apache-2.0
// Durable writes per second of one database with 1 and with 32 writing threads (grouped commits),
// beside one fdatasync per write, and how long a read takes while they write. The folder is the
// first argument (default: a new one in /var/tmp, because /tmp may be memory).
#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "bench/figures.hpp"
#include "store/database.hpp"
#include "store/disk.hpp"

namespace {

namespace fs = std::filesystem;
namespace store = jinglue::store;
using jinglue::bench::figure;
using jinglue::bench::percentile;
using jinglue::bench::Stopwatch;

constexpr int kWrites = 640;
constexpr int kRepeats = 5;

void write_one(store::Database& database, std::int64_t i) {
  database.write([&](store::Db& db) {
    db.prepare("INSERT INTO t (who, fill) VALUES (?, ?)")
        .bind(1, i)
        .bind(2, std::string(200, 'x'))
        .run();
  });
}

double rate_with(store::Database& database, int threads) {
  const Stopwatch time;
  std::vector<std::thread> writers;
  for (int t = 0; t < threads; ++t) {
    writers.emplace_back([&, t] {
      for (int i = 0; i < kWrites / threads; ++i) write_one(database, t * kWrites + i);
    });
  }
  for (auto& writer : writers) writer.join();
  return kWrites / time.seconds();
}

double sync_rate(const fs::path& file) {
  const auto disk = store::real_disk()->open(file);
  const std::string bytes(4096 + 24, 'x');  // a page and its frame header in the log
  const Stopwatch time;
  for (std::uint64_t i = 0; i < kWrites; ++i) {
    disk->write_at(i * bytes.size(), bytes);
    disk->sync();
  }
  fs::remove(file);
  return kWrites / time.seconds();
}

std::vector<double> read_times(store::Database& database) {
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (std::int64_t i = 0; !stop; ++i) write_one(database, i);
  });
  std::vector<double> out;
  for (int i = 0; i < 20'000; ++i) {
    const Stopwatch one;
    database.read([&](store::Db& db) {
      auto row = db.prepare("SELECT fill FROM t WHERE id = ?");
      row.bind(1, 1 + i % kWrites);
      row.step();
    });
    out.push_back(one.seconds());
  }
  stop = true;
  writer.join();
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const fs::path root = argc > 1 ? argv[1] : "/var/tmp/jinglue_bench_database";
  fs::remove_all(root);
  fs::create_directories(root);
  {
    store::Database database({.path = root / "a.db"});
    database.write([](store::Db& db) {
      db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, who INTEGER, fill TEXT)");
    });
    std::vector<double> one, many, syncs;
    for (int i = 0; i < kRepeats; ++i) {
      one.push_back(rate_with(database, 1));
      many.push_back(rate_with(database, 32));
      syncs.push_back(sync_rate(root / "raw"));
    }
    figure("database_writes_1_thread", percentile(one, 0.5), "writes/s");
    figure("database_writes_32_threads", percentile(many, 0.5), "writes/s");
    figure("database_disk_limit_one_sync_each", percentile(syncs, 0.5), "writes/s");
    const auto reads = read_times(database);
    figure("database_read_while_writing_p50", 1e6 * percentile(reads, 0.5), "us");
    figure("database_read_while_writing_p99", 1e6 * percentile(reads, 0.99), "us");
  }
  fs::remove_all(root);
  return 0;
}
