// SPDX-License-Identifier: Apache-2.0
// bench_archive: the archive beside a plain SQLite table of rows, on the same rows in the same run:
// durable append, size of the files as they are written (nothing is vacuumed), one track's time
// range, a box, last positions. Answers of both are compared by check sum. Rows: our own generator,
// and real tracks where the data folder is. First the bars of the archive beside DuckDB and
// PostgreSQL (archive_bars.hpp).
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <random>
#include <span>
#include <utility>

#include "base/log.hpp"
#include "bench/archive_bars.hpp"
#include "bench/dense_ais.hpp"
#include "bench/figures.hpp"
#include "bench/real_tracks.hpp"
#include "picture/archive/archive.hpp"
#include "store/database.hpp"
#include "support/cold_archive.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;
using model::Fix;

namespace {

constexpr std::size_t kRowsPerCommit = 262'144;  // as the archive's own commits
constexpr int kQueries = 200;
using bench::DataSet;
using bench::mmsi;

/// Dense AIS, made by dense_ais.hpp: not real traffic.
DataSet generated(std::uint32_t vessels) {
  return bench::numbered("generated", bench::dense_fleet(vessels, 24));
}

/// The peer: one row per position, clustered by track and time.
class RowTable {
 public:
  explicit RowTable(const std::filesystem::path& file) : m_database({.path = file}) {
    const std::vector<store::Migration> steps = {
        {1,
         "CREATE TABLE p (track INTEGER, t INTEGER, o INTEGER, lat INTEGER, lon INTEGER,"
         " sog INTEGER, cog INTEGER, heading INTEGER, status INTEGER,"
         " source INTEGER, quality INTEGER, PRIMARY KEY (track, t, o)) WITHOUT ROWID"}};
    m_database.migrate("bench", steps);
  }
  void append(std::span<const Fix> rows) {
    m_database.write([&](store::Db& db) {
      auto put = db.prepare("INSERT INTO p VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
      const auto whole = [](const auto& v) {
        return v ? std::optional<std::int64_t>(*v) : std::nullopt;
      };
      for (const auto& f : rows) {
        put.bind(1, std::int64_t(f.track.terminal.value)).bind(2, f.time.ms);
        put.bind(3, std::int64_t(f.offset));
        put.bind(4, std::int64_t{f.position.lat}).bind(5, std::int64_t{f.position.lon});
        put.bind(6, whole(f.sog_ckn)).bind(7, whole(f.cog_cdeg)).bind(8, whole(f.heading_deg));
        put.bind(9, whole(f.nav_status)).bind(10, std::int64_t(f.source));
        put.bind(11, std::int64_t(f.quality)).run();
      }
    });
  }
  std::int64_t track_sum(model::TrackId track, base::Instant from, base::Instant to) const {
    return m_database.read([&](store::Db& db) {
      auto get = db.prepare(
          "SELECT t, lat, lon, sog, cog, heading, status, source, quality FROM p"
          " WHERE track = ? AND t >= ? AND t < ? ORDER BY t, o");
      get.bind(1, std::int64_t(track.terminal.value)).bind(2, from.ms).bind(3, to.ms);
      std::int64_t sum = 0;
      while (get.step()) {
        for (int c = 0; c < 9; ++c) {
          const auto v = get.integer(c);
          sum += c < 4 ? v : 0;
        }
      }
      return sum;
    });
  }

 private:
  store::Database m_database;
};

std::int64_t archive_sum(const picture::Archive& archive, model::TrackId track, base::Instant from,
                         base::Instant to) {
  std::int64_t sum = 0;
  archive.track(track, from, to, [&](const Fix& f) {
    sum += f.time.ms + f.position.lat + f.position.lon + f.sog_ckn.value_or(0);
    return true;
  });
  return sum;
}

/// Seconds to append all rows and have them durable.
double append_archive(picture::Archive& archive, const std::vector<Fix>& rows) {
  const bench::Stopwatch watch;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    archive.append(rows[i]);
    if (i % 256 == 255) archive.advance(rows[i].offset);
  }
  archive.advance(rows.back().offset, true);
  if (!archive.wait_applied(rows.back().offset, base::Duration(600'000))) std::abort();
  return watch.seconds();
}

double append_table(RowTable& table, const std::vector<Fix>& rows) {
  const bench::Stopwatch watch;
  const std::span<const Fix> all(rows);
  for (std::size_t i = 0; i < rows.size(); i += kRowsPerCommit) {
    table.append(all.subspan(i, std::min(kRowsPerCommit, rows.size() - i)));
  }
  return watch.seconds();
}

/// The same random tracks and times asked of both; sums must agree.
void ask_tracks(const DataSet& data, const picture::Archive& archive, const RowTable& table) {
  std::mt19937 random(3);
  std::vector<double> ours_us, theirs_us;
  const base::Duration length(86'400'000);
  for (int i = 0; i < kQueries; ++i) {
    const auto& some = data.rows[random() % data.rows.size()];  // a day on which the track reported
    const auto track = some.track;
    const auto from = some.time - base::Duration(std::int64_t(random()) % length.count());
    const bench::Stopwatch a;
    const auto ours = archive_sum(archive, track, from, from + length);
    ours_us.push_back(a.seconds() * 1e6);
    const bench::Stopwatch b;
    const auto theirs = table.track_sum(track, from, from + length);
    theirs_us.push_back(b.seconds() * 1e6);
    if (ours != theirs) {
      fmt::print(stderr, "{}: answers differ\n", data.name);
      std::exit(1);
    }
  }
  bench::figure("archive_track_day_p50_" + data.name, bench::percentile(ours_us, 0.5), "us");
  bench::figure("archive_track_day_p99_" + data.name, bench::percentile(ours_us, 0.99), "us");
  bench::figure("rows_track_day_p50_" + data.name, bench::percentile(theirs_us, 0.5), "us");
  bench::figure("archive_track_day_speed_ratio_" + data.name,
                bench::percentile(theirs_us, 0.5) / bench::percentile(ours_us, 0.5), "x");
}

void ask_pictures(const DataSet& data, const picture::Archive& archive) {
  std::mt19937 random(4);
  std::vector<double> box_ms, last_ms;
  for (int i = 0; i < 20; ++i) {
    const auto& some = data.rows[random() % data.rows.size()];
    const auto p = some.position.degrees();
    const geo::Box box{p.lon_deg - 0.25, p.lat_deg - 0.25, p.lon_deg + 0.25, p.lat_deg + 0.25};
    const bench::Stopwatch a;
    archive.box(box, some.time - base::Duration(3 * 3'600'000),
                some.time + base::Duration(3 * 3'600'000), SIZE_MAX,
                [](const Fix&) { return true; });
    box_ms.push_back(a.seconds() * 1e3);
    const bench::Stopwatch b;
    archive.last(some.time, base::Duration(3'600'000), [](const Fix&) {});
    last_ms.push_back(b.seconds() * 1e3);
  }
  bench::figure("archive_box_6h_p50_" + data.name, bench::percentile(box_ms, 0.5), "ms");
  bench::figure("archive_last_p50_" + data.name, bench::percentile(last_ms, 0.5), "ms");
}

double size_of(const std::filesystem::path& file) {
  return double(std::filesystem::file_size(file));
}

/// Where the bytes are.
void measure_tables(const std::string& name, const std::filesystem::path& file, double count) {
  const store::Database database({.path = file});
  database.read([&](store::Db& db) {
    auto tables = db.prepare(
        "SELECT name, sum(pgsize) FROM dbstat GROUP BY name HAVING sum(pgsize) > 65536"
        " UNION ALL SELECT 'free', freelist_count * page_size"
        " FROM pragma_freelist_count, pragma_page_size");
    while (tables.step()) {
      bench::figure("archive_part_" + name + "_" + tables.text(0),
                    double(tables.integer(1)) / count, "B");
    }
  });
}

/// All days become cold, as the archive itself does it for days that are past.
void measure_cold(const std::string& name, const std::filesystem::path& file, double count) {
  const bench::Stopwatch watch;
  if (test::make_cold(file) != 0) std::abort();
  bench::figure("archive_make_cold_" + name, count / watch.seconds(), "rows/s");
  bench::figure("archive_cold_bytes_per_position_" + name, size_of(file) / count, "B");
  measure_tables(name + "_cold", file, count);
}

void run(const DataSet& data) {
  if (data.rows.empty()) {
    fmt::print("{}: no data here, left out\n", data.name);
    return;
  }
  const test::TempFolder folder;
  const auto ours_file = folder / "tracks.db";
  const auto theirs_file = folder / "rows.db";
  const double count = double(data.rows.size());
  double ours_s = 0;
  double theirs_s = 0;
  {
    picture::Archive archive({ours_file, {}});
    ours_s = append_archive(archive, data.rows);
    RowTable table(theirs_file);
    theirs_s = append_table(table, data.rows);
    ask_tracks(data, archive, table);
    ask_pictures(data, archive);
  }
  const double ours_bytes = size_of(ours_file);
  const double theirs_bytes = size_of(theirs_file);
  bench::figure("archive_positions_" + data.name, count, "rows");
  bench::figure("archive_append_" + data.name, count / ours_s, "rows/s");
  bench::figure("rows_append_" + data.name, count / theirs_s, "rows/s");
  bench::figure("archive_append_ratio_" + data.name, theirs_s / ours_s, "x");
  bench::figure("archive_bytes_per_position_" + data.name, ours_bytes / count, "B");
  bench::figure("rows_bytes_per_position_" + data.name, theirs_bytes / count, "B");
  bench::figure("archive_size_ratio_" + data.name, theirs_bytes / ours_bytes, "x");
  bench::figure("receptions_bytes_per_position_" + data.name,
                size_of(folder / "receptions.db") / count, "B");
  measure_tables(data.name, ours_file, count);
  measure_cold(data.name, ours_file, count);
}

/// The commits of a live system: 10,000 vessels, 2,000 positions a second, one commit each 20 s.
void run_live_commits() {
  constexpr std::size_t kVessels = 10'000;
  constexpr std::size_t kRows = 40'000;
  const test::TempFolder folder;
  picture::Archive archive({folder / "tracks.db", {}});
  std::mt19937 random(5);
  std::vector<double> commit_ms, append_ns;
  std::uint64_t offset = 0;
  for (int commit = 0; commit < 12; ++commit) {
    const bench::Stopwatch appending;
    for (std::size_t i = 0; i < kRows; ++i) {
      ++offset;
      Fix fix;
      fix.track = mmsi(412'000'000 + offset % kVessels);
      fix.time = fix.arrival = {1'714'536'000'000 + std::int64_t(offset) / 2};
      fix.position = {static_cast<std::int32_t>(222'000'000 + offset / kVessels * 1600),
                      static_cast<std::int32_t>(735'000'000 + random() % 100)};
      fix.sog_ckn = 1000;
      fix.offset = offset;
      archive.append(fix);
    }
    append_ns.push_back(appending.seconds() * 1e9 / kRows);
    const bench::Stopwatch committing;
    archive.advance(offset, true);
    if (!archive.wait_applied(offset, base::Duration(600'000))) std::abort();
    commit_ms.push_back(committing.seconds() * 1e3);
  }
  bench::figure("archive_live_append", bench::percentile(append_ns, 0.5), "ns");
  bench::figure("archive_live_commit_p50", bench::percentile(commit_ms, 0.5), "ms");
  bench::figure("archive_live_commit_share_of_core",
                bench::percentile(commit_ms, 0.5) / 20'000 * 100, "%");
}

}  // namespace

/// bench_archive [bars|rows|live] [VESSELS]: one part alone, the dense file with so many vessels.
int main(int argc, char** argv) {
  base::set_log_level(base::Level::kWarn);
  const std::string part = argc > 1 ? argv[1] : "";
  const std::uint32_t vessels = argc > 2 ? static_cast<std::uint32_t>(std::atoi(argv[2])) : 0;
  if (part.empty() || part == "bars") {
    const auto size = vessels > 0 ? vessels : 1000;
    auto fleet = bench::dense_fleet(size, 24);
    bench::add_company(fleet, size);
    bench::print_bars(bench::numbered("generated", std::move(fleet)), true);
    if (const auto data = bench::beidou(); !data.rows.empty()) bench::print_bars(data, false);
  }
  if (part.empty() || part == "rows") {
    run(generated(vessels > 0 ? vessels : 300));
    run(bench::noaa());
    run(bench::beidou());
  }
  if (part.empty() || part == "live") run_live_commits();
  return 0;
}
