// SPDX-License-Identifier: Apache-2.0
// bench_archive_panel: what the vessel panel asks, over HTTP from a real server: the track of 30
// days of one vessel, as the screen asks for it (at most one position in so many seconds) and
// whole. Generated traffic of 60 vessels (dense_ais.hpp), written by the archive itself, older days
// cold.
#include <algorithm>
#include <string>
#include <vector>

#include "access/access.hpp"
#include "act/alert/alert_desk.hpp"
#include "bench/dense_ais.hpp"
#include "bench/figures.hpp"
#include "detect/engine.hpp"
#include "findings/findings.hpp"
#include "picture/archive/archive.hpp"
#include "picture/live/live.hpp"
#include "registry/registry.hpp"
#include "serve/server.hpp"
#include "store/database.hpp"
#include "unit/serve/world.hpp"

using namespace jinglue;

namespace {

constexpr std::uint32_t kVessels = 60;
constexpr double kHours = 30 * 24;
constexpr int kRounds = 7;
constexpr std::int64_t kScreenRows = 20'000;  // web/src/situation/vessel_track.svelte.ts

struct Fleet {
  std::vector<model::Fix> rows;                                     ///< in order of time
  std::vector<std::pair<std::size_t, model::TrackId>> by_activity;  ///< most rows first
  base::Instant from, to;
};

Fleet fleet() {
  Fleet out;
  out.rows = bench::dense_fleet(kVessels, kHours);
  std::map<model::TrackId, std::size_t> counts;
  for (const auto& row : out.rows) ++counts[row.track];
  for (const auto& [track, count] : counts) out.by_activity.emplace_back(count, track);
  std::sort(out.by_activity.rbegin(), out.by_activity.rend());
  std::stable_sort(out.rows.begin(), out.rows.end(),
                   [](const auto& a, const auto& b) { return a.arrival < b.arrival; });
  out.from = out.rows.front().time;
  out.to = out.rows.back().time + base::Duration(1000);
  return out;
}

void fill(picture::Archive& archive, std::vector<model::Fix>& rows) {
  std::uint64_t offset = 0;
  for (auto& row : rows) {
    row.offset = ++offset;
    archive.append(row);
    if (offset % 100'000 == 0) archive.advance(offset, true);
  }
  archive.advance(offset, true);
  if (!archive.wait_applied(offset, std::chrono::minutes(5))) {
    throw std::runtime_error("the archive was not written");
  }
}

/// Median and greatest time of a question; its bytes and rows.
void ask(test::HttpClient& http, const std::string& name, const std::string& path) {
  std::vector<double> ms;
  std::size_t bytes = 0;
  for (int i = 0; i < kRounds; ++i) {
    const bench::Stopwatch watch;
    const auto reply = http.get(path);
    ms.push_back(watch.seconds() * 1000);
    if (reply.status != 200) throw std::runtime_error(path + ": " + reply.body);
    bytes = reply.body.size();
  }
  bench::figure("archive_panel." + name + "_first", ms.front(), "ms");
  bench::figure("archive_panel." + name, bench::percentile(ms, 0.5), "ms");
  bench::figure("archive_panel." + name + "_size", double(bytes) / 1000, "kB");
}

void ask_all(test::World& world, const Fleet& all) {
  const auto http = world.client("duty");
  const auto thin = std::int64_t(kHours * 3600) / kScreenRows;
  for (const auto& [name, place] :
       {std::pair{"busiest", std::size_t{0}}, std::pair{"middle", all.by_activity.size() / 2}}) {
    const auto& [rows, track] = all.by_activity[place];
    bench::figure(std::string("archive_panel.") + name + "_rows", double(rows), "positions");
    const auto base = "/api/v1/vessels/" + model::to_text(track) +
                      "/positions?format=binary&from=" + base::to_iso(all.from) +
                      "&to=" + base::to_iso(all.to);
    ask(*http, name + std::string("_30_days"),
        base + "&limit=100000&thin_s=" + std::to_string(thin));
    ask(*http, name + std::string("_30_days_unthinned"), base + "&limit=100000");
  }
}

}  // namespace

int main() {
  auto all = fleet();
  test::World world;
  world.set_now(all.to);
  fill(world.archive, all.rows);
  for (std::size_t i = all.rows.size() - kVessels * 100; i < all.rows.size(); ++i) {
    world.live.apply(all.rows[i]);  // the panel is of a vessel that is on the chart
  }
  world.publish();
  bench::figure("archive_panel.positions", double(all.rows.size()), "generated");
  ask_all(world, all);
  return 0;
}
