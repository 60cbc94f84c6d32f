// SPDX-License-Identifier: Apache-2.0
// The journal against the disk it stands on: durable lines per second, beside the same bytes in the
// same batches by plain pwrite and fdatasync; then appending without sync, reading, and opening.
// Interleaved, medians of five. The folder is the first argument (default: a new one in /var/tmp,
// because /tmp may be memory).
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "bench/figures.hpp"
#include "store/disk.hpp"
#include "store/journal.hpp"
#include "store/journal_format.hpp"

namespace {

namespace fs = std::filesystem;
namespace store = jinglue::store;
using jinglue::bench::figure;
using jinglue::bench::percentile;
using jinglue::bench::Stopwatch;
using jinglue::model::JournalEntry;

constexpr int kRepeats = 5;

std::vector<JournalEntry> lines(std::size_t count) {
  std::vector<JournalEntry> out(count);
  for (std::size_t i = 0; i < count; ++i) {
    out[i].arrival.ms = 1'714'536'000'000 + static_cast<std::int64_t>(i);
    out[i].input = "ais";
    out[i].station = "127.0.0.1:4001";
    out[i].payload = "!AIVDM,1,1,,A,13u?etPv2;0n:dDPwUM1U1Cb069D,0*" + std::to_string(10 + i % 90);
  }
  return out;
}

std::string bytes_of(std::vector<JournalEntry> batch) {
  std::string out;
  for (auto& entry : batch) {
    entry.offset = 1;
    store::encode_record(out, entry, 0);
  }
  return out;
}

/// Durable lines per second; the seconds of each append and sync go to `syncs`.
double journal_rate(const fs::path& folder, std::size_t size, std::size_t batches,
                    std::vector<double>& syncs) {
  fs::remove_all(folder);
  store::Journal journal({.folder = folder});
  auto batch = lines(size);
  journal.append(batch);
  journal.sync();
  const Stopwatch all;
  for (std::size_t i = 0; i < batches; ++i) {
    const Stopwatch one;
    journal.append(batch);
    journal.sync();
    syncs.push_back(one.seconds());
  }
  return static_cast<double>(size * batches) / all.seconds();
}

double raw_rate(const fs::path& file, std::size_t size, std::size_t batches) {
  fs::remove(file);
  const std::string bytes = bytes_of(lines(size));
  const auto disk = store::real_disk()->open(file);
  disk->write_at(0, bytes);
  disk->sync();
  std::uint64_t at = bytes.size();
  const Stopwatch all;
  for (std::size_t i = 0; i < batches; ++i, at += bytes.size()) {
    disk->write_at(at, bytes);
    disk->sync();
  }
  return static_cast<double>(size * batches) / all.seconds();
}

void durable(const fs::path& root, std::size_t size, std::size_t batches) {
  std::vector<double> ours, raw, syncs;
  for (int i = 0; i < kRepeats; ++i) {
    ours.push_back(journal_rate(root / "journal", size, batches, syncs));
    raw.push_back(raw_rate(root / "raw", size, batches));
  }
  const std::string name = "journal_batch_" + std::to_string(size);
  figure(name + "_durable", percentile(ours, 0.5), "lines/s");
  figure(name + "_disk_limit", percentile(raw, 0.5), "lines/s");
  figure(name + "_of_limit", 100 * percentile(ours, 0.5) / percentile(raw, 0.5), "%");
  figure(name + "_sync_p50", 1000 * percentile(syncs, 0.5), "ms");
  figure(name + "_sync_p99", 1000 * percentile(syncs, 0.99), "ms");
}

void append_read_open(const fs::path& root) {
  const fs::path folder = root / "bulk";
  std::vector<double> append, read, open;
  double bytes = 0;
  for (int i = 0; i < kRepeats; ++i) {
    fs::remove_all(folder);
    constexpr std::size_t kLines = 500'000;
    constexpr std::size_t kBatch = 500;
    auto batch = lines(kBatch);
    {
      store::Journal journal({.folder = folder});
      const Stopwatch time;
      for (std::size_t n = 0; n < kLines; n += kBatch) journal.append(batch);
      append.push_back(kLines / time.seconds());
      bytes = static_cast<double>(journal.size_bytes()) / kLines;
      journal.sync();
    }
    const Stopwatch reading;
    store::JournalReader reader(folder, 1);
    std::size_t count = 0;
    for (JournalEntry entry; reader.next(entry);) ++count;
    if (count != kLines) std::abort();
    read.push_back(kLines / reading.seconds());
    const Stopwatch opening;
    const store::Journal again({.folder = folder});
    open.push_back(opening.seconds());
  }
  figure("journal_append_without_sync", percentile(append, 0.5), "lines/s");
  figure("journal_read", percentile(read, 0.5), "lines/s");
  figure("journal_bytes_per_line", bytes, "B");
  figure("journal_open", 1000 * percentile(open, 0.5), "ms");
}

}  // namespace

int main(int argc, char** argv) {
  const fs::path root = argc > 1 ? argv[1] : "/var/tmp/jinglue_bench_journal";
  fs::create_directories(root);
  durable(root, 40, 150);    // 20 ms at 2,000 lines/s
  durable(root, 1000, 100);  // what a replay or a burst gives
  append_read_open(root);
  fs::remove_all(root);
  return 0;
}
