// SPDX-License-Identifier: Apache-2.0
// The archive beside other databases on the same rows in the same run, questions in turn, medians,
// answers compared. Rows are generated (dense_ais.hpp): NOT real traffic. The archive answers in
// process and gives out rows (a box) or columns (a track); the peers add up in their own engine and
// give one row of sums.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bench/dense_ais.hpp"
#include "bench/figures.hpp"
#include "bench/peer_duckdb.hpp"
#include "bench/peer_postgis.hpp"
#include "bench/peer_postgres.hpp"
#include "bench/real_tracks.hpp"
#include "picture/archive/archive.hpp"
#include "picture/archive/near.hpp"
#include "picture/archive/piece.hpp"
#include "picture/archive/raster.hpp"
#include "store/journal.hpp"
#include "support/temp_folder.hpp"

namespace jinglue::bench {

class Bars {
 public:
  Bars(const DataSet& data, const picture::Archive& archive,
       const std::vector<std::unique_ptr<Peer>>& peers)
      : m_data(data), m_archive(archive), m_peers(peers) {
    m_day = {data.rows.front().time.ms / kDay_ms * kDay_ms};
    m_day = {std::max(m_day.ms, data.rows.front().time.ms)};
  }

  void ask() {
    std::mt19937 random(6);
    for (int i = 0; i < kInTurn; ++i) ask_tracks("track_day_in_turn", some(random, 1));
    tell_first("track_day_in_turn");
    for (int i = 0; i < kTrackRounds; ++i) ask_tracks("track_day_rounds", some(random, kRound));
    for (int i = 0; i < kBoxesInTurn; ++i) ask_boxes("box_6h_in_turn", some(random, 1));
    for (int i = 0; i < kBoxRounds; ++i) ask_boxes("box_6h_rounds", some(random, kRound));
    for (int i = 0; i < 5; ++i) ask_raster();
    for (int i = 0; i < 11; ++i) ask_pairs();
    for (const auto& [name, ms] : m_ms) {
      figure("bars_" + m_data.name + "_" + name.first + "_" + name.second, percentile(ms, 0.5),
             "ms");
      if (name.second == "archive") continue;
      figure("bars_" + m_data.name + "_" + name.first + "_times_" + name.second,
             percentile(ms, 0.5) / percentile(m_ms[{name.first, "archive"}], 0.5), "x");
    }
  }

 private:
  static constexpr std::int64_t kDay_ms = 86'400'000;
  static constexpr std::int64_t kHour_ms = 3'600'000;
  /// Short questions come in two ways. In turn: one to an engine, the same to the next, so that
  /// each finds the processor's caches as the engine before left them; the bars are judged by
  /// these. In rounds: so many to one engine, then the same to the next. So many of both that the
  /// first reading of pages does not decide the median; what that costs is told apart.
  static constexpr int kInTurn = 2000;
  static constexpr std::size_t kFirst = 300;
  static constexpr int kTrackRounds = 100;
  static constexpr int kBoxesInTurn = 300;
  static constexpr int kBoxRounds = 15;
  static constexpr std::size_t kRound = 20;
  static constexpr double kPatience_ms = 5000;

  using Rows = std::vector<const model::Fix*>;

  /// Rows of which questions are.
  Rows some(std::mt19937& random, std::size_t count) const {
    Rows out(count);
    for (auto& row : out) row = &m_data.rows[random() % m_data.rows.size()];
    return out;
  }
  std::int64_t to_ms() const { return m_day.ms + kDay_ms; }

  /// The first questions, which find no page of the file in memory of the process.
  void tell_first(const std::string& question) {
    const auto median = [&](const std::string& engine) {
      auto ms = m_ms[{question, engine}];
      ms.resize(std::min(ms.size(), kFirst));
      return percentile(ms, 0.5);
    };
    const auto name = "bars_" + m_data.name + "_" + question + "_first_";
    figure(name + "archive", median("archive"), "ms");
    for (const auto& peer : m_peers) {
      figure(name + "times_" + peer->name(), median(peer->name()) / median("archive"), "x");
    }
  }

  /// `ours(row)` and `theirs(peer, row)` answer what is asked of each row.
  template <class Ours, class Theirs>
  void ask(const std::string& question, const Rows& rows, Ours ours, Theirs theirs) {
    std::vector<Answer> answers;
    for (const auto* row : rows) {
      m_ms[{question, "archive"}].push_back(
          measured(question, "archive", [&] { answers.push_back(ours(*row)); }));
    }
    for (const auto& peer : m_peers) {
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!peer->answers(question) || has_told(question, *peer)) break;
        Answer its;
        m_ms[{question, peer->name()}].push_back(
            measured(question, peer->name(), [&] { its = theirs(*peer, *rows[i]); }));
        check(question, *peer, its, answers[i]);
      }
    }
  }
  static void check(const std::string& question, const Peer& peer, const Answer& its,
                    const Answer& ours) {
    if (its == ours) return;
    fmt::print(stderr, "{}: {} answers {}, the archive {}\n", question, peer.name(),
               fmt::join(its, " "), fmt::join(ours, " "));
    std::exit(1);
  }

  /// An engine that has taken seconds is asked no more, after two answers: what it does to the
  /// machine's caches would be measured of the others.
  bool has_told(const std::string& question, const Peer& peer) {
    const auto& ms = m_ms[{question, peer.name()}];
    return ms.size() >= 2 && std::accumulate(ms.begin(), ms.end(), 0.0) > kPatience_ms;
  }

  /// Milliseconds of the clock; those of this process (all threads) are kept for engines that run
  /// in it: on a machine that others use they tell more.
  template <class Work>
  double measured(const std::string& question, const std::string& engine, Work work) {
    const double begin = processor_seconds();
    const Stopwatch watch;  // asking for the time of the process is a call of the system
    work();
    const double ms = watch.seconds() * 1e3;
    if (engine == "archive" || engine == "duckdb") {
      m_ms[{question + "_processor", engine}].push_back((processor_seconds() - begin) * 1e3);
    }
    return ms;
  }
  static double processor_seconds() {
    timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return double(t.tv_sec) + double(t.tv_nsec) * 1e-9;
  }

  struct Sums {
    Answer answer{0, 0, 0, 0};
    std::int64_t from_ms;
    bool operator()(const model::Fix& fix) {
      ++answer[0];
      answer[1] += fix.time.ms - from_ms;
      answer[2] += fix.position.lat;
      answer[3] += fix.position.lon;
      return true;
    }
  };
  static void add_up(const picture::Piece& piece, base::Instant from, Answer& sums) {
    std::int64_t time = 0;
    std::int64_t lat = 0;
    std::int64_t lon = 0;
    for (auto i = piece.begin; i < piece.end; ++i) {
      time += piece.columns.time.at[i];
      lat += static_cast<std::int32_t>(piece.columns.lat.at[i]);
      lon += static_cast<std::int32_t>(piece.columns.lon.at[i]);
    }
    const auto rows = std::int64_t(piece.end - piece.begin);
    sums[0] += rows;
    sums[1] += time + rows * (piece.columns.base_ms - from.ms);
    sums[2] += lat;
    sums[3] += lon;
  }
  void ask_tracks(const std::string& question, const Rows& rows) {
    ask(
        question, rows,
        [&](const model::Fix& row) {
          Answer sums{0, 0, 0, 0};
          m_archive.track_columns(
              row.track, m_day, {to_ms()},
              [&](const picture::Piece& piece) {
                add_up(piece, m_day, sums);
                return true;
              },
              store::Columns::kWay);
          return sums;
        },
        [&](Peer& peer, const model::Fix& row) {
          return peer.track(std::int64_t(row.track.terminal.number()), m_day.ms, to_ms());
        });
  }
  /// Edges lie between two units, so that no position is on one.
  static geo::Box degrees(const UnitBox& b) {
    const auto edge = [](std::int64_t unit, double side) { return (double(unit) + side) / 6e6; };
    return {edge(b.west, -0.5), edge(b.south, -0.5), edge(b.east, 0.5), edge(b.north, 0.5)};
  }
  static UnitBox around(const model::Fix& row) {
    constexpr std::int64_t kQuarter = 1'500'000;  // of a degree
    const auto& p = row.position;
    return {p.lat - kQuarter, p.lat + kQuarter, p.lon - kQuarter, p.lon + kQuarter};
  }
  void ask_boxes(const std::string& question, const Rows& rows) {
    const auto from = [](const model::Fix& row) { return row.time.ms - 3 * kHour_ms; };
    ask(
        question, rows,
        [&](const model::Fix& row) {
          Sums sums{.from_ms = from(row)};
          m_archive.box(degrees(around(row)), {from(row)}, {from(row) + 6 * kHour_ms}, SIZE_MAX,
                        std::ref(sums));
          return sums.answer;
        },
        [&](Peer& peer, const model::Fix& row) {
          return peer.box(around(row), from(row), from(row) + 6 * kHour_ms);
        });
  }
  void ask_raster() {
    constexpr std::int64_t kCell = 60'000;  // 0.01 degree
    const UnitBox box{34 * 6'000'000, 40 * 6'000'000 - 1, 119 * 6'000'000, 127 * 6'000'000 - 1};
    ask(
        "raster_day", {&m_data.rows.front()},
        [&](const model::Fix&) {
          const auto made = picture::raster(m_archive, {119, 34, 127, 40}, m_day, {to_ms()}, 0.01);
          if (!made) std::abort();
          const auto empty = std::count(made->counts.begin(), made->counts.end(), 0u);
          return Answer{std::int64_t(made->positions), std::ssize(made->counts) - empty};
        },
        [&](Peer& peer, const model::Fix&) { return peer.raster(box, kCell, m_day.ms, to_ms()); });
  }

  static Answer sum_of(const std::vector<std::pair<std::int64_t, std::int64_t>>& meetings) {
    Answer out{0, 0, 0};
    for (const auto& [first, last] : meetings) {
      ++out[0];
      out[1] += first;
      out[2] += last;
    }
    return out;
  }
  /// Chains of steps, in which one may be missing, of two hours and more.
  static Answer chains(const std::vector<Together>& candidates) {
    std::map<std::pair<std::int64_t, std::int64_t>, std::set<std::int64_t>> steps;
    for (const auto& c : candidates) {
      const double m =
          geo::distance_m({double(c.lat_a), double(c.lon_a)}, {double(c.lat_b), double(c.lon_b)});
      if (m <= 500) steps[{c.a, c.b}].insert(c.step);
    }
    std::vector<std::pair<std::int64_t, std::int64_t>> meetings;
    for (const auto& [pair, of_pair] : steps) {
      auto first = *of_pair.begin();
      auto last = first;
      const auto end = [&] {
        if (last - first + 1 >= 12) meetings.emplace_back(first, last + 1);
      };
      for (const auto step : of_pair) {
        if (step > last + 2) {
          end();
          first = step;
        }
        last = step;
      }
      end();
    }
    return sum_of(meetings);
  }
  void ask_pairs() {
    ask(
        "pairs_2h_day", {&m_data.rows.front()},
        [&](const model::Fix&) {
          picture::NearQuestion question;
          question.from = m_day;
          question.to = {to_ms()};
          question.least_way_m = 0;
          std::vector<std::pair<std::int64_t, std::int64_t>> meetings;
          const auto done = picture::near(m_archive, question, [&](const auto& meeting) {
            meetings.emplace_back((meeting.from - m_day).count() / 600'000,
                                  (meeting.to - m_day).count() / 600'000);
            return true;
          });
          if (!done) std::abort();
          return sum_of(meetings);
        },
        [&](Peer& peer, const model::Fix&) { return chains(peer.pairs(m_day.ms, to_ms())); });
  }

  const DataSet& m_data;
  const picture::Archive& m_archive;
  const std::vector<std::unique_ptr<Peer>>& m_peers;
  base::Instant m_day;
  std::map<std::pair<std::string, std::string>, std::vector<double>> m_ms;
};

/// Lines through the journal, each 1,000 synced, their positions into the archive; until all are
/// durable in both. Sentences are not decoded here.
inline double ingest_archive(const std::filesystem::path& folder,
                             std::span<const model::Fix> rows) {
  store::Journal::Options options;
  options.folder = folder / "journal";
  store::Journal journal(options);
  picture::Archive archive({folder / "tracks.db", {}});
  const Stopwatch watch;
  for (std::size_t i = 0; i < rows.size(); i += 1000) {
    const auto part = rows.subspan(i, std::min<std::size_t>(1000, rows.size() - i));
    std::vector<model::JournalEntry> lines(part.size());
    for (std::size_t k = 0; k < part.size(); ++k) {
      lines[k].arrival = part[k].arrival;
      lines[k].input = "bench";
      lines[k].payload = "!AIVDM,1,1,,A,13aDrV0P00b9wJ0DhV@AuwvL0<0d,0*5C";
    }
    journal.append(lines);
    journal.sync();
    for (std::size_t k = 0; k < part.size(); ++k) {
      auto fix = part[k];
      fix.offset = lines[k].offset;
      archive.append(fix);
    }
    archive.advance(lines.back().offset);
  }
  archive.advance(journal.last_offset(), true);
  if (!archive.wait_applied(journal.last_offset(), base::Duration(600'000))) std::abort();
  return watch.seconds();
}

inline void print_bars(const DataSet& data, bool questions) {
  const test::TempFolder folder;
  const double count = double(data.rows.size());
  figure("bars_" + data.name + "_positions", count, "rows");
  std::vector<std::unique_ptr<Peer>> peers;
  if (auto duckdb = open_duckdb(folder.path())) peers.push_back(std::move(duckdb));
  if (questions) {
    if (const auto server = start_postgres(folder.path())) {
      peers.push_back(std::make_unique<Postgres>(server, "postgres"));
      if (auto gis = open_postgis(server)) peers.push_back(std::move(gis));
    }
  }
  const auto bytes = [&](const std::string& name, double size) {
    figure("bars_" + data.name + "_bytes_per_position_" + name, size / count, "B");
  };
  for (const auto& peer : peers) bytes(peer->name(), peer->load(data.rows));
  {
    picture::Archive archive({folder / "tracks.db", {}});
    for (const auto& row : data.rows) {
      archive.append(row);
      if (row.offset % 256 == 0) archive.advance(row.offset);
    }
    archive.advance(data.rows.back().offset, true);
    if (!archive.wait_applied(data.rows.back().offset, base::Duration(600'000))) std::abort();
    if (questions) Bars(data, archive, peers).ask();
  }
  bytes("archive", double(std::filesystem::file_size(folder / "tracks.db")));
  if (!questions) return;
  const auto some = std::span(data.rows).first(std::min<std::size_t>(500'000, data.rows.size()));
  std::filesystem::create_directories(folder / "ingest");
  const double ours = double(some.size()) / ingest_archive(folder / "ingest", some);
  figure("bars_ingest_1000_archive", ours, "rows/s");
  for (const auto& peer : peers) {
    const double seconds = peer->ingest(some, 1000);
    if (seconds == 0) continue;
    figure("bars_ingest_1000_" + peer->name(), double(some.size()) / seconds, "rows/s");
    figure("bars_ingest_1000_times_" + peer->name(), ours * seconds / double(some.size()), "x");
  }
}

}  // namespace jinglue::bench
