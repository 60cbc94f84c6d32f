// SPDX-License-Identifier: Apache-2.0
// bench_archive: the archive beside a plain SQLite table of rows, on the same rows in the same run:
// durable append, size of the file, one track's time range, a box, last positions. Answers of both
// are compared by check sum. Rows: our own generator, and real tracks where the data folder is.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <random>
#include <span>
#include <utility>

#include "base/log.hpp"
#include "base/text.hpp"
#include "bench/figures.hpp"
#include "picture/archive/archive.hpp"
#include "store/database.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;
using model::Fix;

namespace {

constexpr std::size_t kRowsPerCommit = 262'144;  // as the archive's own commits
constexpr int kQueries = 200;
const std::filesystem::path kTracks =
    std::filesystem::path(JINGLUE_SOURCE_DIR) / "../shared/data/ais/tracks";

struct DataSet {
  std::string name;
  std::vector<Fix> rows;  ///< in order of arrival, offsets from 1
};

model::TrackId mmsi(std::uint64_t number) {
  return {model::TerminalId::make(model::TerminalKind::kMmsi, number), 0};
}

/// Orders by time and numbers, as the journal would.
DataSet numbered(std::string name, std::vector<Fix> rows) {
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Fix& a, const Fix& b) { return a.time < b.time; });
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].offset = i + 1;
    if (rows[i].arrival.ms == 0) rows[i].arrival = rows[i].time;
  }
  return {std::move(name), std::move(rows)};
}

/// One vessel: moored (a report each 3 minutes, noise of the receiver) or steaming with slow turns
/// (one each 10 s). Units and steps of AIS.
void generate_vessel(std::uint64_t number, base::Duration span, std::vector<Fix>& rows) {
  std::mt19937 random(static_cast<unsigned>(number));
  std::normal_distribution<double> noise(0, 1);
  const bool moored = number % 5 < 2;
  const std::int64_t step_ms = moored ? 180'000 : 10'000;
  double lat = 36.5 + double(random() % 1000) / 1000;
  double lon = 122 + double(random() % 1500) / 1000;
  double course = double(random() % 360);
  const double speed = moored ? 0 : 6 + double(random() % 80) / 10;
  for (std::int64_t t = random() % step_ms; t < span.count(); t += step_ms) {
    Fix fix;
    fix.track = mmsi(412'000'000 + number);
    fix.time = {1'714'536'000'000 + t / 1000 * 1000 + std::int64_t(random() % 2) * 1000};
    fix.arrival = fix.time + base::Duration(200 + random() % 1500);
    fix.quality = model::TimeQuality::kDerived;
    course += noise(random) * 0.8;
    const double made = speed * double(step_ms) / 3'600'000 / 60;  // degrees of latitude
    lat += made * std::cos(course * 0.0174533);
    lon += made * std::sin(course * 0.0174533) / 0.79;
    const auto ais = [&](double degrees) {  // 1e-4 minute, noise of 3 m
      return static_cast<std::int32_t>(std::lround(degrees * 600'000 + noise(random) * 16)) * 10;
    };
    fix.position = {ais(lat), ais(lon)};
    fix.sog_ckn =
        static_cast<std::uint16_t>(std::lround(std::abs(speed * 10 + noise(random))) * 10);
    const int cog = static_cast<int>(std::lround(course * 10 + noise(random) * (moored ? 900 : 8)));
    fix.cog_cdeg = static_cast<std::uint16_t>(((cog % 3600) + 3600) % 3600 * 10);
    const int heading = static_cast<int>(std::lround(course + noise(random) * 0.5));
    fix.heading_deg = static_cast<std::uint16_t>(((heading % 360) + 360) % 360);
    fix.nav_status = static_cast<std::uint8_t>(moored ? 5 : 0);
    rows.push_back(fix);
  }
}

DataSet generated() {
  std::vector<Fix> rows;
  for (std::uint64_t i = 0; i < 1000; ++i) generate_vessel(i, base::Duration(4 * 3'600'000), rows);
  return numbered("generated", std::move(rows));
}

/// Lines of a packed text file; empty when it is not there.
std::vector<std::string> unpacked(const std::string& tool, const std::filesystem::path& file) {
  std::vector<std::string> lines;
  if (!std::filesystem::exists(file)) return lines;
  std::FILE* pipe = popen((tool + " -dc '" + file.string() + "'").c_str(), "r");
  if (pipe == nullptr) return lines;
  std::string line;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
    if (c != '\n') {
      line.push_back(static_cast<char>(c));
    } else {
      lines.push_back(std::exchange(line, {}));
    }
  }
  pclose(pipe);
  return lines;
}

double number(std::string_view text) {
  return std::strtod(std::string(text).c_str(), nullptr);
}

/// Reports of Chinese fishing vessels: day and month, no year (2019 is taken), 3 decimals.
DataSet beidou() {
  std::vector<Fix> rows;
  const auto lines = unpacked("xz", kTracks / "beidou_fishing_train.csv.xz");
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto cells = base::split(lines[i], ',');
    if (cells.size() < 6 || cells[1].size() != 13) continue;
    const auto t = cells[1];
    const auto time =
        base::parse_iso("2019-" + std::string(t.substr(0, 2)) + "-" + std::string(t.substr(2, 2)) +
                        "T" + std::string(t.substr(5)) + "+08:00");
    if (!time) continue;
    Fix fix;
    fix.track = {
        model::TerminalId::make(model::TerminalKind::kBeidou, std::uint64_t(number(cells[0]))), 0};
    fix.time = *time;
    fix.source = model::FixSource::kBeidou;
    fix.position = geo::to_position({number(cells[2]), number(cells[3])});
    fix.sog_ckn = static_cast<std::uint16_t>(std::lround(number(cells[4]) * 100));
    fix.cog_cdeg = static_cast<std::uint16_t>(std::lround(number(cells[5])) % 360 * 100);
    rows.push_back(fix);
  }
  return numbered("beidou", std::move(rows));
}

/// AIS of the United States coast; several vessels per line order, 5 decimals.
DataSet noaa() {
  std::vector<Fix> rows;
  const auto lines = unpacked("gzip", kTracks / "noaa_marinecadastre_20220103.csv.gz");
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto cells = base::split(lines[i], ',');
    if (cells.size() < 7 || cells[1].size() != 21) continue;
    const auto time = base::parse_iso(std::string(cells[1].substr(1, 19)) + "Z");
    if (!time) continue;
    Fix fix;
    fix.track = mmsi(std::uint64_t(number(cells[0])));
    fix.time = *time;
    fix.position = geo::to_position({number(cells[2]), number(cells[3])});
    fix.sog_ckn = static_cast<std::uint16_t>(std::lround(number(cells[4]) * 100));
    const auto cog = std::lround(number(cells[5]) * 100);
    if (cog >= 0 && cog < 36000) fix.cog_cdeg = static_cast<std::uint16_t>(cog);
    const auto heading = std::lround(number(cells[6]));
    if (heading < 360) fix.heading_deg = static_cast<std::uint16_t>(heading);
    rows.push_back(fix);
  }
  return numbered("noaa", std::move(rows));
}

/// The peer: one row per position, clustered by track and time.
class RowTable {
 public:
  explicit RowTable(const std::filesystem::path& file) : m_database({.path = file}) {
    const std::vector<store::Migration> steps = {
        {1,
         "CREATE TABLE p (track INTEGER, t INTEGER, o INTEGER, arrival INTEGER, lat INTEGER,"
         " lon INTEGER, sog INTEGER, cog INTEGER, heading INTEGER, status INTEGER,"
         " source INTEGER, quality INTEGER, PRIMARY KEY (track, t, o)) WITHOUT ROWID"}};
    m_database.migrate("bench", steps);
  }
  void append(std::span<const Fix> rows) {
    m_database.write([&](store::Db& db) {
      auto put = db.prepare("INSERT INTO p VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
      const auto whole = [](const auto& v) {
        return v ? std::optional<std::int64_t>(*v) : std::nullopt;
      };
      for (const auto& f : rows) {
        put.bind(1, std::int64_t(f.track.terminal.value)).bind(2, f.time.ms);
        put.bind(3, std::int64_t(f.offset)).bind(4, f.arrival.ms);
        put.bind(5, std::int64_t{f.position.lat}).bind(6, std::int64_t{f.position.lon});
        put.bind(7, whole(f.sog_ckn)).bind(8, whole(f.cog_cdeg)).bind(9, whole(f.heading_deg));
        put.bind(10, whole(f.nav_status)).bind(11, std::int64_t(f.source));
        put.bind(12, std::int64_t(f.quality)).run();
      }
    });
  }
  std::int64_t track_sum(model::TrackId track, base::Instant from, base::Instant to) const {
    return m_database.read([&](store::Db& db) {
      auto get = db.prepare(
          "SELECT t, o, arrival, lat, lon, sog, cog, heading, status, source, quality FROM p"
          " WHERE track = ? AND t >= ? AND t < ? ORDER BY t, o");
      get.bind(1, std::int64_t(track.terminal.value)).bind(2, from.ms).bind(3, to.ms);
      std::int64_t sum = 0;
      while (get.step()) {
        for (int c = 0; c < 9; ++c) {
          const auto v = get.integer(c);
          sum += c < 5 ? v : 0;
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
    sum += f.time.ms + std::int64_t(f.offset) + f.arrival.ms + f.position.lat + f.position.lon;
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
  const base::Instant first = data.rows.front().time;
  const base::Duration span = data.rows.back().time - first;
  for (int i = 0; i < kQueries; ++i) {
    const auto track = data.rows[random() % data.rows.size()].track;
    const auto length = std::min(span, base::Duration(86'400'000));
    const auto slack = std::max<std::int64_t>((span - length).count(), 1);
    const auto from = first + base::Duration(std::int64_t(random()) % slack);
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
  const double ours_bytes = double(std::filesystem::file_size(ours_file));
  const double theirs_bytes = double(std::filesystem::file_size(theirs_file));
  bench::figure("archive_positions_" + data.name, count, "rows");
  bench::figure("archive_append_" + data.name, count / ours_s, "rows/s");
  bench::figure("rows_append_" + data.name, count / theirs_s, "rows/s");
  bench::figure("archive_append_ratio_" + data.name, theirs_s / ours_s, "x");
  bench::figure("archive_bytes_per_position_" + data.name, ours_bytes / count, "B");
  bench::figure("rows_bytes_per_position_" + data.name, theirs_bytes / count, "B");
  bench::figure("archive_size_ratio_" + data.name, theirs_bytes / ours_bytes, "x");
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

int main() {
  base::set_log_level(base::Level::kWarn);
  run(generated());
  run(noaa());
  run(beidou());
  run_live_commits();
  return 0;
}
