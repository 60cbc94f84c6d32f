// SPDX-License-Identifier: Apache-2.0
// Soak: 2,000 positions/s over TCP and some over UDP, ten browsers' streams, the memory printed.
// Nothing is lost over TCP, every lost datagram is counted, memory stays flat. 20 s; one hour with
// JINGLUE_LONG.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <thread>
#include <vector>

#include "support/station.hpp"
#include "support/stream_client.hpp"

namespace jinglue::test {
namespace {

constexpr int kRate = 2000;
constexpr std::uint32_t kVessels = 10000;

double resident_mb(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
  std::uint64_t pages = 0, resident = 0;
  file >> pages >> resident;
  return double(resident) * 4096 / (1 << 20);
}

/// Single samples swing: a snapshot being written needs room for a second.
double median_of(const std::vector<double>& all, std::size_t from, std::size_t to) {
  std::vector<double> part(all.begin() + std::ptrdiff_t(from), all.begin() + std::ptrdiff_t(to));
  const auto middle = part.begin() + std::ptrdiff_t(part.size() / 2);
  std::nth_element(part.begin(), middle, part.end());
  return *middle;
}

struct Viewer {
  std::atomic<std::uint64_t> frames{0}, steps{0}, resyncs{0};
  std::atomic<bool> broken{false};
};

void view(std::uint16_t port, const std::string& cookie, const std::atomic<bool>& stop,
          Viewer& viewer) {
  StreamClient stream(port, cookie);
  EXPECT_EQ(stream.status(), 101);
  stream.subscribe(base::Json::object(
      {{"topics", base::Json::array({"vessels", "findings", "counters", "records", "clock"})}}));
  while (!stop && !stream.closed()) {
    const auto frame = stream.next(std::chrono::milliseconds(200));
    if (!stream.error().empty()) viewer.broken = true;
    if (!frame) continue;
    ++viewer.frames;
    if (frame->kind == FrameKind::kSteps) viewer.steps += frame->count;
    if (frame->kind == FrameKind::kResync) ++viewer.resyncs;
  }
  if (!stop) viewer.broken = true;
}

std::string sea_line(std::uint64_t i) {
  const auto vessel = static_cast<std::uint32_t>(i % kVessels);
  const double run = 0.00005 * double(i / kVessels % 2000);
  return position_line(412000000 + vessel, 36.5 + 0.015 * (vessel / 100) + run,
                       121.5 + 0.02 * (vessel % 100), 8.0, base::wall_now());
}

base::Json input_of(HttpClient& http, const std::string& name) {
  const auto inputs = http.get("/api/v1/inputs").json();
  for (const auto& input : inputs["items"].items()) {
    if (input["name"].as_string() == name) return input;
  }
  return {};
}

TEST(Soak, KeepsUpLosesNothingAndStaysFlat) {
  const int seconds = std::getenv("JINGLUE_LONG") != nullptr ? 3600 : 20;
  TestStation station;
  station.add_user("tester", "administrator");
  station.add_user("officer", "duty_officer");
  station.start();
  ASSERT_TRUE(station.wait_ready()) << station.output();
  HttpClient http(station.http_port);
  ASSERT_TRUE(http.sign_in("tester", kPassword));
  HttpClient officer(station.http_port);
  ASSERT_TRUE(officer.sign_in("officer", kPassword));
  std::atomic<bool> stop{false};
  std::vector<Viewer> viewers(10);
  std::vector<std::thread> threads;
  for (auto& viewer : viewers) {
    threads.emplace_back(view, station.http_port, officer.cookie, std::cref(stop),
                         std::ref(viewer));
  }
  TcpFeed tcp(station.tcp_port);
  const UdpFeed udp(station.udp_port);
  std::uint64_t sent = 0, datagrams = 0;
  std::vector<double> memory_mb;
  const auto started = std::chrono::steady_clock::now();
  for (int second = 0; second < seconds; ++second) {
    for (int tenth = 0; tenth < 10; ++tenth) {
      std::string batch;
      for (int i = 0; i < kRate / 10; ++i) batch += sea_line(sent++);
      ASSERT_TRUE(tcp.send(batch)) << station.output();
      for (int i = 0; i < 20; ++i) datagrams += udp.send(sea_line(sent + 7919 * std::uint64_t(i)));
      std::this_thread::sleep_until(started +
                                    std::chrono::milliseconds(1000 * second + 100 * (tenth + 1)));
    }
    memory_mb.push_back(resident_mb(station.process->pid()));
    if (seconds > 60 && second % 60 == 0) {
      std::printf("%d s: %.0f MB\n", second, memory_mb.back());
      std::fflush(stdout);
    }
  }
  std::int64_t durable = 0;
  for (int i = 0; i < 300 && durable < std::int64_t(sent); ++i) {
    durable = input_of(http, "tcp")["durable_lines"].as_int();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  const auto udp_input = input_of(http, "udp");
  stop = true;
  for (auto& thread : threads) thread.join();

  EXPECT_EQ(durable, std::int64_t(sent));
  EXPECT_EQ(udp_input["durable_lines"].as_int() + udp_input["dropped"].as_int(),
            std::int64_t(datagrams));
  for (const auto& viewer : viewers) {
    EXPECT_FALSE(viewer.broken);
    EXPECT_GT(viewer.frames, std::uint64_t(seconds));
  }
  const std::size_t third = memory_mb.size() / 3;
  const double early = median_of(memory_mb, third, 2 * third);
  const double late = median_of(memory_mb, 2 * third, memory_mb.size());
  std::printf("figure: soak_memory_middle %.0f MB\nfigure: soak_memory_end %.0f MB\n", early, late);
  std::printf("figure: soak_udp_dropped %ld datagrams\n", udp_input["dropped"].as_int());
  EXPECT_LT(late, early * 1.15 + 32) << "memory grows";
  EXPECT_EQ(station.process->kill(SIGTERM), 0) << station.output();
}

}  // namespace
}  // namespace jinglue::test
