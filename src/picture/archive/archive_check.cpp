// SPDX-License-Identifier: Apache-2.0
// Table by table; what SQLite itself cannot read any more is a problem of that table, not the end.
#include "picture/archive/archive_check.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <list>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "picture/archive/block_table.hpp"
#include "picture/archive/density_table.hpp"
#include "picture/archive/last_table.hpp"
#include "picture/archive/reception_store.hpp"
#include "picture/archive/waiting_bytes.hpp"
#include "store/block/block.hpp"
#include "store/block/pool.hpp"

namespace jinglue::picture {
namespace {

using detail::BlockTable;
using detail::Candidate;
using store::BlockColumns;

constexpr std::uint64_t kTellEvery = 4096;
constexpr std::size_t kMostPools = 8;  // kept open

/// What an index entry says, and what its rows hold.
struct Bounds {
  std::int64_t first_ms{INT64_MAX}, last_ms{INT64_MIN};
  std::int64_t south{INT32_MAX}, north{INT32_MIN}, west{INT32_MAX}, east{INT32_MIN};
  bool operator==(const Bounds&) const = default;

  void add(const BlockColumns& rows) {
    first_ms = std::min(first_ms, rows.time_at(0).ms);
    last_ms = std::max(last_ms, rows.time_at(rows.rows - 1).ms);
    for (std::size_t i = 0; i < rows.rows; ++i) {
      const auto place = rows.position_at(i);
      south = std::min<std::int64_t>(south, place.lat);
      north = std::max<std::int64_t>(north, place.lat);
      west = std::min<std::int64_t>(west, place.lon);
      east = std::max<std::int64_t>(east, place.lon);
    }
  }
};

struct Entry {
  std::int64_t id{0}, last_ms{0}, length_ms{0}, runs{0};
};

class Checker {
 public:
  Checker(const std::filesystem::path& file, const ArchiveProgress& progress)
      : m_db({.path = file, .read_only = true, .truncated = true}), m_progress(progress) {
    const auto beside = file.parent_path() / "receptions.db";
    if (std::filesystem::exists(beside)) {
      part("receptions.db", [&] {
        m_receptions.emplace(store::OpenOptions{.path = beside, .read_only = true});
        m_receptions->exec("BEGIN");
      });
    }
    m_db.exec("BEGIN");
  }

  /// False when it was ended.
  bool run() {
    part("tracks.db", [&] { pages(); });
    part("archive_state", [&] { m_state = BlockTable::state(m_db); });
    part("archive_by_track", [&] { m_all = number("SELECT sum(runs) FROM archive_by_track"); });
    part("archive_track", [&] { m_tracks = track_numbers(); });
    part("archive_last", [&] {
      m_has_last = number("SELECT count(*) FROM sqlite_schema WHERE name = 'archive_last'") > 0;
    });
    m_report.tracks = m_tracks.size();
    for (const auto& track : m_tracks) {
      part("archive_by_track", [&] { check_track(track.first, track.second); });
      if (m_ended) return false;
    }
    part("archive_bytes", [&] { strays(); });
    part("archive_pool", [&] { pools(); });
    part("archive_waiting", [&] { waiting(); });
    part("archive_day", [&] { days(); });
    part("archive_state", [&] { totals(); });
    return !m_ended;
  }

  ArchiveReport take() { return std::move(m_report); }

 private:
  template <class F>
  void part(const std::string& name, F&& work) {
    try {
      work();
    } catch (const store::DbError& e) {
      m_report.tell(name + ": " + e.what());
    }
  }

  std::uint64_t number(const std::string& sql) {
    auto row = m_db.prepare(sql);
    return row.step() && !row.is_null(0) ? std::uint64_t(row.integer(0)) : 0;
  }

  void pages() {
    auto rows = m_db.prepare("PRAGMA integrity_check(100)");
    while (rows.step()) {
      if (rows.text(0) != "ok") m_report.tell("tracks.db: " + rows.text(0));
    }
  }

  std::vector<std::pair<std::int64_t, model::TrackId>> track_numbers() {
    std::vector<std::pair<std::int64_t, model::TrackId>> out;
    auto rows = m_db.prepare("SELECT id, terminal, segment FROM archive_track ORDER BY id");
    while (rows.step()) {
      out.push_back(
          {rows.integer(0), {{std::uint64_t(rows.integer(1))}, std::uint16_t(rows.integer(2))}});
    }
    return out;
  }

  void check_track(std::int64_t id, model::TrackId track) {
    std::vector<Entry> entries;
    auto rows =
        m_db.prepare("SELECT id, last_ms, length_ms, runs FROM archive_by_track WHERE track = ?");
    rows.bind(1, id);
    while (rows.step()) {
      entries.push_back({rows.integer(0), rows.integer(1), rows.integer(2), rows.integer(3)});
    }
    m_last.clear();
    m_whole = true;
    for (const auto& entry : entries) {
      const auto name = fmt::format("block {} of {}", entry.id, model::to_text(track));
      part(name, [&] { check_entry(name, entry, id, track); });
      m_done += std::uint64_t(entry.runs);
      if (m_done / kTellEvery == m_told) continue;
      m_told = m_done / kTellEvery;
      m_ended = m_progress && !m_progress(m_done, std::max(m_done, m_all));
      if (m_ended) return;
    }
    part("archive_last", [&] { check_last(id, track); });
  }

  /// The rows of the track with the greatest time.
  void take_last() {
    for (std::size_t i = m_columns.rows; i-- > 0;) {
      const auto time = m_columns.time_at(i);
      if (!m_last.empty() && time < m_last[0].time) return;
      if (!m_last.empty() && time > m_last[0].time) m_last.clear();
      m_last.push_back(m_columns.fix_at(i));
    }
  }

  void check_last(std::int64_t id, model::TrackId track) {
    if (!m_has_last || !m_whole) return;
    const auto name = "the last position of " + model::to_text(track);
    const auto kept = detail::LastTable::entry(m_db, id, track);
    if (!kept) {
      const auto sql = fmt::format("SELECT count(*) FROM archive_last WHERE track = {}", id);
      const bool there = number(sql) > 0;
      if (there) m_report.tell(name + ": its entry in archive_last is damaged");
      if (!there && !m_last.empty()) m_report.tell(name + " is not in archive_last");
    } else if (std::find(m_last.begin(), m_last.end(), *kept) == m_last.end()) {
      m_report.tell(fmt::format("{}: archive_last says that it is of {}, its blocks say {}", name,
                                base::to_iso(kept->time),
                                m_last.empty() ? "nothing" : base::to_iso(m_last[0].time)));
    }
  }

  void check_entry(const std::string& name, const Entry& entry, std::int64_t track_number,
                   model::TrackId track) {
    Bounds held;
    for (std::int64_t i = 0; i < entry.runs; ++i) {
      const Candidate block{entry.id - i, track, {}, {}};
      const auto problem = decode(block);
      if (!problem.empty()) {
        m_report.tell(fmt::format("{}, from {}: {}", name,
                                  base::to_iso({entry.last_ms - entry.length_ms}), problem));
        m_whole = false;
        return;
      }
      held.add(m_columns);
      take_last();
      count_days();
      m_report.positions += m_columns.rows;
      check_reception(name, block.id);
    }
    if (entry.id > 0) {
      ++m_report.blocks;
    } else {
      m_runs_in_pools += std::uint64_t(entry.runs);
    }
    check_bounds(name, entry, track_number, held);
  }

  void check_bounds(const std::string& name, const Entry& entry, std::int64_t track_number,
                    const Bounds& held) {
    if (held.last_ms != entry.last_ms || held.last_ms - held.first_ms != entry.length_ms) {
      m_report.tell(name + ": archive_by_track gives other times than its rows have");
    }
    auto row = m_db.prepare(
        "SELECT first_ms, first_ms + length_ms, south, north, west, east, track, runs"
        " FROM archive_area WHERE id = ?");
    row.bind(1, entry.id);
    if (!row.step()) return m_report.tell(name + ": it is not in archive_area");
    const Bounds said{row.integer(0), row.integer(1), row.integer(2),
                      row.integer(3), row.integer(4), row.integer(5)};
    if (said != held || row.integer(6) != track_number || row.integer(7) != entry.runs) {
      m_report.tell(name + ": archive_area says other than its rows");
    }
  }

  /// Into m_columns; what is wrong, else empty.
  std::string decode(const Candidate& block) {
    if (block.alone()) {
      auto query = m_db.prepare("SELECT bytes FROM archive_bytes WHERE id = ?");
      query.bind(1, block.id);
      if (!query.step()) return "its bytes are not there";
      const auto done = store::decode_block(query.blob(0), m_columns);
      if (!done) return done.error().text();
    } else {
      const auto* pool = pool_of(block.pool());
      if (pool == nullptr) return m_pool_problem;
      if (block.run() >= pool->runs()) return "its pool has no such run";
      pool->get(block.run(), m_columns);
    }
    return m_columns.track == block.track ? "" : "it holds another track";
  }

  const store::Pool* pool_of(std::int64_t number) {
    for (auto at = m_open.begin(); at != m_open.end(); ++at) {
      if (at->first != number) continue;
      m_open.splice(m_open.begin(), m_open, at);
      return &m_open.front().second;
    }
    const auto bytes = BlockTable::pool_bytes(m_db, number);
    auto opened = store::Pool::open(bytes);
    if (!opened) {
      m_pool_problem = bytes.empty() ? "its pool is not there" : opened.error().text();
      return nullptr;
    }
    if (m_open.size() == kMostPools) m_open.pop_back();
    m_open.emplace_front(number, std::move(*opened));
    return &m_open.front().second;
  }

  void check_reception(const std::string& name, std::int64_t id) {
    if (!m_receptions) return;
    auto row = m_receptions->prepare("SELECT check_sum FROM reception WHERE id = ?");
    row.bind(1, id);
    if (!row.step()) return;  // it came before the journal begins
    if (row.integer(0) == std::int64_t{detail::run_check(m_columns)}) {
      ++m_report.with_reception;
    } else {
      m_report.tell(name + ": receptions.db holds the arrivals of other rows under its number");
    }
  }

  /// Bytes that no index names: questions do not find them.
  void strays() {
    auto rows = m_db.prepare(
        "SELECT id FROM archive_bytes WHERE id NOT IN"
        " (SELECT id FROM archive_by_track WHERE id > 0)");
    while (rows.step()) {
      m_report.tell(fmt::format("block {}: no index names it", rows.integer(0)));
    }
    if (m_has_last && number("SELECT count(*) FROM archive_last WHERE track NOT IN"
                             " (SELECT id FROM archive_track)") > 0) {
      m_report.tell("archive_last: it names tracks that are not in archive_track");
    }
    const auto areas = number("SELECT count(*) FROM archive_area");
    const auto entries = number("SELECT count(*) FROM archive_by_track");
    if (areas != entries) {
      m_report.tell(
          fmt::format("archive_area has {} entries, archive_by_track {}", areas, entries));
    }
  }

  void pools() {
    std::uint64_t runs = 0;
    std::vector<std::int64_t> numbers;
    {
      auto rows = m_db.prepare("SELECT DISTINCT id / 1024 FROM archive_pool ORDER BY 1");
      while (rows.step()) numbers.push_back(rows.integer(0));
    }
    bool whole = true;
    for (const auto pool : numbers) {
      const auto* opened = pool_of(pool);
      if (opened != nullptr) {
        runs += opened->runs();
        ++m_report.pools;
      } else {
        whole = false;
        m_report.tell(fmt::format("pool {}: {}", pool, m_pool_problem));
      }
    }
    if (whole && runs != m_runs_in_pools) {
      m_report.tell(fmt::format("pools hold {} runs, the indexes name {}", runs, m_runs_in_pools));
    }
  }

  void waiting() {
    std::map<model::TrackId, std::uint64_t> from;
    for (const auto& known : BlockTable::tracks(m_db)) from[known.track] = known.waits_from;
    auto rows = m_db.prepare("SELECT id, row_count, bytes FROM archive_waiting ORDER BY id");
    while (rows.step()) {
      const auto decoded = detail::decode_waiting(rows.blob(2), {});
      if (!decoded) {
        m_report.tell(fmt::format("waiting rows {}: {}", rows.integer(0), decoded.error().text()));
        continue;
      }
      if (std::int64_t(decoded->size()) != std::abs(rows.integer(1))) {
        m_report.tell(fmt::format("waiting rows {}: {} rows, row_count says {}", rows.integer(0),
                                  decoded->size(), rows.integer(1)));
      }
      const auto generation = BlockTable::generation_of(rows.integer(0));
      for (const auto& row : *decoded) {
        const auto known = from.find(row.track);
        m_report.waiting += known == from.end() || generation >= known->second;
      }
    }
    m_report.positions += m_report.waiting;
  }

  void count_days() {
    for (std::size_t i = 0; i < m_columns.rows;) {  // rows are in order of time
      const auto day = detail::day_of(m_columns.time_at(i));
      const auto begin = i;
      const auto end = base::Instant{(day + 1) * detail::kDay_ms};
      while (i < m_columns.rows && m_columns.time_at(i) < end) ++i;
      m_of_day[day] += i - begin;
    }
  }

  /// Counts of days for rasters, when they are up to date.
  void days() {
    if (number("SELECT count(*) FROM sqlite_schema WHERE name = 'archive_day'") == 0) return;
    if (number("SELECT days_counted FROM archive_state") == 0) return;
    auto rows = m_db.prepare("SELECT day, positions, cells FROM archive_day WHERE kept = 1");
    while (rows.step()) {
      const auto name = "the counts of " + base::to_iso({rows.integer(0) * detail::kDay_ms});
      std::vector<detail::DensityCell> cells;
      if (!detail::DensityTable::cells(m_db, rows.integer(0), {-400, -400, 400, 400}, cells)) {
        m_report.tell(name + " are damaged");
        continue;
      }
      std::uint64_t sum = 0;
      for (const auto& cell : cells) sum += cell.count;
      if (m_report.sound() && sum != m_of_day[rows.integer(0)]) {
        m_report.tell(fmt::format("{} give {} positions, {} are there", name, sum,
                                  m_of_day[rows.integer(0)]));
      }
    }
  }

  void totals() {
    if (m_report.sound() && m_state.positions != m_report.positions) {
      m_report.tell(fmt::format("archive_state counts {} positions, there are {}",
                                m_state.positions, m_report.positions));
    }
  }

  store::Db m_db;
  std::optional<store::Db> m_receptions;
  const ArchiveProgress& m_progress;
  ArchiveReport m_report;
  detail::ArchiveState m_state;
  std::vector<std::pair<std::int64_t, model::TrackId>> m_tracks;
  BlockColumns m_columns;
  std::list<std::pair<std::int64_t, store::Pool>> m_open;  ///< the last used one first
  std::string m_pool_problem;
  std::vector<model::Fix> m_last;  ///< of the track, as far as it was read
  bool m_has_last{false};          ///< not in a file of an older program
  bool m_whole{true};              ///< all blocks of the track could be read
  std::uint64_t m_runs_in_pools{0};
  std::map<std::int64_t, std::uint64_t> m_of_day;  ///< rows in blocks and runs
  std::uint64_t m_done{0}, m_all{0}, m_told{0};
  bool m_ended{false};
};

}  // namespace

void ArchiveReport::tell(std::string problem) {
  if (problem_count++ < kMostProblems) problems.push_back(std::move(problem));
}

std::optional<ArchiveReport> check_archive(const std::filesystem::path& file,
                                           const ArchiveProgress& progress) {
  Checker checker(file, progress);
  if (!checker.run()) return std::nullopt;
  return checker.take();
}

}  // namespace jinglue::picture
