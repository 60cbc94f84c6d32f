// SPDX-License-Identifier: Apache-2.0
// bench_archive_memory: memory of the whole program while it takes in 10,000 vessels over TCP. The
// pace is ten times the 2,000 positions/s of the bar, so that each vessel fills its first block of
// 256 rows within minutes and the rows in memory come to their steady number; `crash.soak` prints
// the same at the true pace.
#include <algorithm>
#include <fstream>
#include <thread>
#include <vector>

#include "bench/figures.hpp"
#include "observe/ais/encoder.hpp"
#include "support/station.hpp"

using namespace jinglue;

namespace {

constexpr std::uint32_t kVessels = 10'000;
constexpr std::uint64_t kRate = 20'000;
constexpr int kSeconds = 200;  // 400 rows of each vessel

double resident_mb(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
  std::uint64_t pages = 0, resident = 0;
  file >> pages >> resident;
  return double(resident) * 4096 / 1e6;
}

std::string sea_line(std::uint64_t i) {
  const auto vessel = static_cast<std::uint32_t>(i % kVessels);
  const double run = 0.00005 * double(i / kVessels % 2000);
  return test::position_line(412'000'000 + vessel, 36.5 + 0.015 * (vessel / 100) + run,
                             121.5 + 0.02 * (vessel % 100), 8.0, base::wall_now());
}

/// Resident memory, once a second.
std::vector<double> feed(test::TestStation& station, std::uint64_t& sent) {
  test::TcpFeed tcp(station.tcp_port);
  std::vector<double> out;
  const auto started = std::chrono::steady_clock::now();
  for (int second = 0; second < kSeconds; ++second) {
    for (int tenth = 0; tenth < 10; ++tenth) {
      std::string batch;
      for (std::uint64_t i = 0; i < kRate / 10; ++i) batch += sea_line(sent++);
      if (!tcp.send(batch)) throw std::runtime_error(station.output());
      std::this_thread::sleep_until(started +
                                    std::chrono::milliseconds(1000 * second + 100 * (tenth + 1)));
    }
    out.push_back(resident_mb(station.process->pid()));
  }
  return out;
}

}  // namespace

int main() {
  test::TestStation station;
  station.start();
  if (!station.wait_ready()) {
    fmt::print("{}\n", station.output());
    return 1;
  }
  const bench::Stopwatch watch;
  std::uint64_t sent = 0;
  const auto memory = feed(station, sent);
  bench::figure("archive_memory.rate", double(sent) / watch.seconds(), "positions/s");
  const auto last = std::vector<double>(memory.end() - kSeconds / 4, memory.end());
  bench::figure("archive_memory.median", bench::percentile(last, 0.5), "MB");
  bench::figure("archive_memory.greatest", *std::max_element(memory.begin(), memory.end()), "MB");
  return station.process->kill(SIGTERM);
}
