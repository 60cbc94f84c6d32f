// SPDX-License-Identifier: Apache-2.0
// bench_stream: what ten browsers cost the server with 20,000 vessels of which 2,000 change each
// second: time of one core, bytes per browser, the first picture, a finding's way to the socket.
// The readers are a process of their own, so that their time is not counted.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <random>
#include <thread>

#include "access/access.hpp"
#include "act/alert/alert_desk.hpp"
#include "bench/figures.hpp"
#include "detect/engine.hpp"
#include "findings/findings.hpp"
#include "picture/live/live.hpp"
#include "registry/registry.hpp"
#include "serve/server.hpp"
#include "store/database.hpp"
#include "unit/serve/world.hpp"

using namespace jinglue;

namespace {

constexpr std::size_t kVessels = 20'000;
constexpr std::size_t kUpdatesPerTick = 200;
constexpr int kTicks = 100;  // ten seconds
constexpr int kReaders = 10;
constexpr int kCookieSize = 128;

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return double(t.tv_sec) + double(t.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Monotonic time is the same in both processes; it travels in the field `at` of a step.
std::int64_t steady_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

struct Greeting {
  std::uint16_t port{0};
  char cookie[kCookieSize]{};
};
struct Report {
  double ready_ms{0}, step_p50_ms{0}, step_p99_ms{0}, bytes_per_s{0};
  std::uint64_t steps{0};
};

struct Reader {
  double ready_ms{0};
  std::uint64_t bytes{0};
  std::vector<double> step_ms;
};

void read_stream(const Greeting& greeting, Reader& out, std::atomic<int>& ready,
                 const std::atomic<bool>& stop) {
  const bench::Stopwatch watch;
  test::StreamClient stream(greeting.port, greeting.cookie);
  stream.send_text(R"({"type":"subscribe","topics":["vessels","findings","counters","clock"]})");
  std::uint64_t begin = 0;
  while (!stop) {
    const auto frame = stream.next(std::chrono::milliseconds(200));
    if (!frame) continue;
    if (frame->kind == test::FrameKind::kReady) {
      out.ready_ms = watch.seconds() * 1000;
      begin = stream.bytes();
      ++ready;
    }
    if (frame->kind != test::FrameKind::kSteps) continue;
    for (const auto& step : stream.steps(*frame)) {
      out.step_ms.push_back(double(steady_us() - step.at_ms) / 1000);
    }
  }
  out.bytes = stream.bytes() - begin;
}

[[noreturn]] void run_readers(int from_parent, int to_parent) {
  Greeting greeting;
  if (::read(from_parent, &greeting, sizeof greeting) != sizeof greeting) ::_exit(1);
  std::vector<Reader> readers(kReaders);
  std::vector<std::thread> threads;
  std::atomic<int> ready{0};
  std::atomic<bool> stop{false};
  for (auto& reader : readers) {
    threads.emplace_back([&] { read_stream(greeting, reader, ready, stop); });
  }
  while (ready < kReaders) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const bench::Stopwatch watch;
  char signal = 'r';
  if (::write(to_parent, &signal, 1) != 1 || ::read(from_parent, &signal, 1) != 1) ::_exit(1);
  stop = true;
  for (auto& thread : threads) thread.join();
  Report report;
  std::vector<double> all;
  for (const auto& reader : readers) {
    report.ready_ms = std::max(report.ready_ms, reader.ready_ms);
    report.bytes_per_s += double(reader.bytes) / watch.seconds() / kReaders;
    all.insert(all.end(), reader.step_ms.begin(), reader.step_ms.end());
  }
  report.steps = all.size();
  report.step_p50_ms = bench::percentile(all, 0.5);
  report.step_p99_ms = bench::percentile(all, 0.99);
  ::_exit(::write(to_parent, &report, sizeof report) == sizeof report ? 0 : 1);
}

class Traffic {
 public:
  explicit Traffic(test::World& world) : m_world(world) {
    for (std::size_t i = 0; i < kVessels; ++i) move(i);
    m_world.publish();
  }
  /// A tick of the picture each 100 ms, a finding each second tick.
  void run(int ticks, bool findings) {
    auto next = std::chrono::steady_clock::now();
    for (int tick = 0; tick < ticks; ++tick) {
      for (std::size_t i = 0; i < kUpdatesPerTick; ++i) move(m_random() % kVessels);
      m_world.set_now(m_world.now() + std::chrono::milliseconds(100));
      m_world.publish();
      if (findings && tick % 2 == 1) {
        auto step = m_world.step(std::uint64_t(++m_findings), "mmsi:412000001", "rongcheng");
        step.at.ms = steady_us();
        m_world.server->publish_steps({&step, 1});
      }
      next += std::chrono::milliseconds(100);
      std::this_thread::sleep_until(next);
    }
  }

 private:
  void move(std::size_t vessel) {
    const double lat = 36 + double(m_random() % 200'000) / 1e5;
    m_world.live.apply(m_world.fix(412'000'000 + vessel, lat, 122.5, m_world.now()));
  }
  test::World& m_world;
  std::mt19937 m_random{7};
  int m_findings{0};
};

}  // namespace

int main() {
  int down[2], up[2];
  if (::pipe(down) != 0 || ::pipe(up) != 0) return 1;
  const pid_t child = ::fork();
  if (child == 0) run_readers(down[0], up[1]);

  test::World world;
  Traffic traffic(world);
  double before = cpu_seconds();
  traffic.run(kTicks / 2, true);
  const double idle = (cpu_seconds() - before) / (kTicks / 20.0);

  Greeting greeting;
  greeting.port = world.server->port();
  const auto client = world.client("duty");
  client->cookie.copy(greeting.cookie, kCookieSize - 1);
  char signal = 'x';
  if (::write(down[1], &greeting, sizeof greeting) < 0 || ::read(up[0], &signal, 1) != 1) return 1;
  before = cpu_seconds();
  traffic.run(kTicks, true);
  const double busy = (cpu_seconds() - before) / (kTicks / 10.0);
  Report report;
  if (::write(down[1], &signal, 1) != 1) return 1;
  if (::read(up[0], &report, sizeof report) != sizeof report) return 1;
  ::waitpid(child, nullptr, 0);

  bench::figure("stream.readers", kReaders, "browsers");
  bench::figure("stream.cpu_for_readers", (busy - idle) * 100, "percent_of_a_core");
  bench::figure("stream.cpu_without_readers", idle * 100, "percent_of_a_core");
  bench::figure("stream.bytes_per_reader", report.bytes_per_s / 1000, "kB/s");
  bench::figure("stream.first_picture", report.ready_ms, "ms");
  bench::figure("stream.steps_read", double(report.steps), "steps");
  bench::figure("stream.step_p50", report.step_p50_ms, "ms");
  bench::figure("stream.step_p99", report.step_p99_ms, "ms");
  bench::figure("stream.slowest_tick",
                double(world.server->counters()["stream_slowest_tick_us"].as_int()) / 1000, "ms");
  return 0;
}
