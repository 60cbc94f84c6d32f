// SPDX-License-Identifier: Apache-2.0
// Positions per second through decode, picture, rules and archive on one core, beside decode alone
// on the same lines in the same run. The lines are made by the project's own encoder: 2,000 vessels
// around Weihai, shipped rules. Interleaved, median of five.
#include <sched.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <vector>

#include "app/replay.hpp"
#include "bench/figures.hpp"
#include "observe/ais/decoder.hpp"
#include "support/station.hpp"

namespace {

using Steady = std::chrono::steady_clock;
constexpr int kVessels = 2000;
constexpr int kReports = 100;

/// Vessels on straight courses from grid points, one report each ten seconds.
std::vector<jinglue::model::JournalEntry> made_lines() {
  std::vector<jinglue::model::JournalEntry> out;
  const std::int64_t start_ms = 1714536000000;  // 2024-05-01T04:00:00Z
  for (int report = 0; report < kReports; ++report) {
    for (int vessel = 0; vessel < kVessels; ++vessel) {
      const double angle = 2 * M_PI * (vessel % 360) / 360;
      const double run = 0.0004 * report;
      jinglue::model::JournalEntry entry;
      entry.arrival = {start_ms + report * 10'000 + vessel * 5};
      entry.input = "bench";
      entry.payload = jinglue::test::position_line(
          412000000u + std::uint32_t(vessel), 36.6 + 0.02 * (vessel / 50) + run * std::cos(angle),
          121.5 + 0.04 * (vessel % 50) + run * std::sin(angle), 8.0, entry.arrival);
      entry.payload.resize(entry.payload.size() - 2);  // the line end
      out.push_back(std::move(entry));
    }
  }
  return out;
}

double decode_alone(const std::vector<jinglue::model::JournalEntry>& lines) {
  jinglue::observe::ais::Decoder decoder;
  std::uint64_t messages = 0;
  const auto started = Steady::now();
  for (const auto& entry : lines) {
    messages += decoder.decode(entry.payload, entry.input, {}, entry.arrival).message ? 1u : 0u;
  }
  const std::chrono::duration<double> took = Steady::now() - started;
  if (messages != lines.size()) std::fprintf(stderr, "only %lu messages\n", messages);
  return double(lines.size()) / took.count();
}

double whole(const std::vector<jinglue::model::JournalEntry>& lines) {
  jinglue::app::Replay replay;
  const auto files = jinglue::detect::read_rule_files(JINGLUE_SOURCE_DIR "/rules");
  if (!files) {
    std::fprintf(stderr, "%s\n", files.error().text().c_str());
    std::exit(1);
  }
  replay.rules(*files);
  const auto started = Steady::now();
  for (const auto& entry : lines) replay.entry(entry);
  const std::chrono::duration<double> took = Steady::now() - started;
  if (replay.pipeline().positions() != lines.size())
    std::fprintf(stderr, "positions are missing\n");
  return double(lines.size()) / took.count();
}

}  // namespace

int main() {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(0, &one);
  sched_setaffinity(0, sizeof one, &one);
  const auto lines = made_lines();
  std::vector<double> decoded, piped;
  for (int i = 0; i < 5; ++i) {
    decoded.push_back(decode_alone(lines));
    piped.push_back(whole(lines));
  }
  using jinglue::bench::figure;
  const double decode = jinglue::bench::percentile(decoded, 0.5);
  const double pipeline = jinglue::bench::percentile(piped, 0.5);
  figure("decode_only", decode, "positions/s");
  figure("pipeline", pipeline, "positions/s");
  figure("pipeline_of_decode", pipeline / decode, "-");
  return 0;
}
