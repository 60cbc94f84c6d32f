// SPDX-License-Identifier: Apache-2.0
// bench_questions [VESSELS [DAYS]]: what the screen asks of the archive, over HTTP on the loopback:
// a vessel's track of 30 days, who was in an area, a raster. Vessels are GENERATED (DenseFleet),
// not real traffic; the archive is committed to disk before anything is asked.
#include <cstdlib>

#include "access/access.hpp"
#include "act/alert/alert_desk.hpp"
#include "bench/dense_ais.hpp"
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

constexpr int kTimes = 9;

std::uint64_t fill(test::World& world, std::uint32_t vessels, int days, base::Instant start) {
  std::vector<model::Fix> rows;
  // Each day from the same place again, or ships under way would be far out of every area.
  for (std::uint32_t number = 0; number < vessels; ++number) {
    for (int day = 0; day < days; ++day) {
      bench::DenseVessel(number, start.ms + day * std::int64_t{86'400'000}).report(24.0, rows);
    }
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.time < b.time; });
  for (auto& row : rows) {
    row.offset = ++world.offset;
    world.archive.append(row);
    if (world.offset % 200'000 == 0) world.archive.advance(world.offset);
  }
  for (auto row = rows.end() - 2000; row < rows.end(); ++row) world.live.apply(*row);
  world.archive.advance(world.offset, true);
  if (!world.archive.wait_applied(world.offset, base::Duration(600'000))) std::abort();
  world.publish();
  return rows.size();
}

void ask(test::HttpClient& client, const std::string& name, const std::string& path) {
  std::vector<double> ms;
  std::size_t bytes = 0;
  for (int i = 0; i < kTimes; ++i) {
    const bench::Stopwatch watch;
    const auto reply = client.get("/api/v1" + path);
    ms.push_back(watch.seconds() * 1000);
    bytes = reply.body.size();
    if (reply.status != 200) {
      fmt::print("{}: {} {}\n", path, reply.status, reply.body);
      std::exit(1);
    }
  }
  bench::figure(name + "_p50", bench::percentile(ms, 0.5), "ms");
  bench::figure(name + "_max", bench::percentile(ms, 1), "ms");
  bench::figure(name + "_bytes", double(bytes), "B");
}

}  // namespace

int main(int argc, char** argv) {
  const auto vessels = argc > 1 ? std::uint32_t(std::atoi(argv[1])) : 40u;
  const int days = argc > 2 ? std::atoi(argv[2]) : 30;
  test::World world;
  const auto start = test::kNow - std::chrono::hours(24) * days;
  bench::figure("rows_generated", double(fill(world, vessels, days, start)), "rows");
  const auto client = world.client("duty");
  const std::string span = "from=" + base::to_iso(start) + "&to=" + base::to_iso(test::kNow);
  // Number 0 is a class A ship under way: it reports the most.
  const std::string track = "/vessels/mmsi:412000000/positions?" + span + "&limit=100000&";
  ask(*client, "track_30d_60s_bytes", track + "thin_s=60&format=binary");
  ask(*client, "track_30d_60s_json", track + "thin_s=60");
  ask(*client, "track_30d_whole_bytes", track + "format=binary");
  ask(*client, "visits_30d", "/archive/visits?bbox=122,36.5,122.6,37&" + span);
  ask(*client, "raster_30d",
      "/archive/raster?bbox=121,35.5,125,38.5&cell=0.01&format=binary&" + span);
  ask(*client, "tails_24h",
      "/archive/positions?bbox=121,35.5,125,38.5&thin_s=60&limit=500000&format=binary&from=" +
          base::to_iso(test::kNow - std::chrono::hours(24)) + "&to=" + base::to_iso(test::kNow));
  return 0;
}
