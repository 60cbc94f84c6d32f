// SPDX-License-Identifier: Apache-2.0
// bench_live: what the live picture costs with 20,000 vessels and 2,000 updates a second, published
// ten times a second, while readers hold snapshots.
#include <atomic>
#include <numeric>
#include <random>
#include <thread>

#include "bench/figures.hpp"
#include "picture/identity/identity.hpp"
#include "picture/live/live.hpp"

using namespace jinglue;

namespace {

constexpr std::size_t kVessels = 20'000;
constexpr std::size_t kUpdatesPerPublish = 200;
constexpr int kPublishes = 600;  // one minute

model::TrackId track_of(std::size_t i) {
  return {model::TerminalId::make(model::TerminalKind::kMmsi, 412'000'000 + i), 0};
}

std::shared_ptr<const picture::BerthMap> ports() {
  std::vector<std::shared_ptr<const model::Zone>> zones;
  for (int i = 0; i < 60; ++i) {
    const double s = 36.8 + i % 10 * 0.1;
    const double w = 122 + i / 10 * 0.1;
    auto zone = std::make_shared<model::Zone>();
    zone->id = "port_" + std::to_string(i);
    zone->kind = "port";
    zone->area = std::make_shared<const geo::Area>(
        geo::Area::from_polygons(
            {{{{s, w}, {s, w + 0.01}, {s + 0.01, w + 0.01}, {s + 0.01, w}, {s, w}}}})
            .value());
    zones.push_back(std::move(zone));
  }
  return std::make_shared<const picture::BerthMap>(std::move(zones));
}

model::Fix fix_of(std::size_t vessel, std::int64_t ms, std::uint64_t offset, std::mt19937& random) {
  model::Fix fix;
  fix.track = track_of(vessel);
  fix.time = fix.arrival = {ms};
  fix.position = {static_cast<std::int32_t>(220'800'000 + random() % 6'000'000),
                  static_cast<std::int32_t>(732'000'000 + random() % 6'000'000)};
  fix.sog_ckn = static_cast<std::uint16_t>(random() % 1500);
  fix.offset = offset;
  return fix;
}

/// Every second vessel is registered, a quarter of them with a second terminal.
void fill_register(picture::Identity& identity) {
  for (std::size_t i = 0; i < kVessels; i += 2) {
    model::RecordChange change;
    change.register_id = "vessel";
    change.record_id = "018f0000-0000-7000-8000-" + fmt::format("{:012d}", i);
    change.revision = 1;
    auto rows = base::Json::array();
    rows.push(base::Json::object({{"terminal", model::to_text(track_of(i).terminal)}}));
    change.fields = base::Json::object({{"name", fmt::format("鲁荣渔{:05d}", i)},
                                        {"kind", "fishing"},
                                        {"terminals", std::move(rows)}});
    identity.apply(change);
  }
}

/// Like a stream connection: looks ten times a second for chunks that differ.
void read_until(const std::atomic<bool>& stop, const picture::Live& live,
                std::atomic<std::uint64_t>& entries) {
  auto held = live.snapshot();
  while (!stop) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    const auto now = live.snapshot();
    for (std::size_t i = 0; i < now->chunks().size(); ++i) {
      const bool same = i < held->chunks().size() && held->chunks()[i] == now->chunks()[i];
      if (!same) entries += now->chunks()[i]->size();
    }
    held = now;
  }
}

}  // namespace

int main() {
  picture::Identity identity;
  fill_register(identity);
  picture::Live live(identity);
  live.set_berths(ports());
  std::mt19937 random(1);
  std::uint64_t offset = 0;
  std::int64_t now_ms = 1'714'536'000'000;
  for (std::size_t i = 0; i < kVessels; ++i) live.apply(fix_of(i, now_ms, ++offset, random));
  live.publish(offset, {now_ms});

  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> entries{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) readers.emplace_back([&] { read_until(stop, live, entries); });

  std::vector<double> publish_us;
  double apply_s = 0;
  for (int round = 0; round < kPublishes; ++round) {
    now_ms += 100;
    const bench::Stopwatch applying;
    for (std::size_t i = 0; i < kUpdatesPerPublish; ++i) {
      live.apply(fix_of(random() % kVessels, now_ms, ++offset, random));
    }
    apply_s += applying.seconds();
    const bench::Stopwatch publishing;
    live.publish(offset, {now_ms});
    publish_us.push_back(publishing.seconds() * 1e6);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  stop = true;
  for (auto& reader : readers) reader.join();

  const auto snapshot = live.snapshot();
  const bench::Stopwatch taking;
  for (int i = 0; i < 100'000; ++i) (void)live.snapshot();
  const double snapshot_ns = taking.seconds() * 1e9 / 100'000;
  std::vector<double> search_ms;
  for (int i = 0; i < 50; ++i) {
    const bench::Stopwatch searching;
    (void)snapshot->search(i % 2 == 0 ? "荣渔0" + std::to_string(i) : "41200" + std::to_string(i),
                           20);
    search_ms.push_back(searching.seconds() * 1e3);
  }
  const double mean_us =
      std::accumulate(publish_us.begin(), publish_us.end(), 0.0) / double(publish_us.size());
  bench::figure("live_apply", apply_s * 1e9 / (kPublishes * double(kUpdatesPerPublish)), "ns");
  bench::figure("live_publish_mean", mean_us, "us");
  bench::figure("live_publish_p50", bench::percentile(publish_us, 0.5), "us");
  bench::figure("live_publish_p99", bench::percentile(publish_us, 0.99), "us");
  bench::figure("live_publish_share_of_core", mean_us * 10 / 1e6 * 100, "%");
  bench::figure("live_snapshot", snapshot_ns, "ns");
  bench::figure("live_search_p50", bench::percentile(search_ms, 0.5), "ms");
  bench::figure("live_search_p99", bench::percentile(search_ms, 0.99), "ms");
  return 0;
}
