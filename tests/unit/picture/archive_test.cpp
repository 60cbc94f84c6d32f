// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/archive.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "base/log.hpp"
#include "picture/archive/piece.hpp"
#include "store/database.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;
using model::Fix;
using model::TrackId;
using picture::Archive;

namespace {

/// One line for each file that is made would be thousands.
[[maybe_unused]] const bool kQuiet = (base::set_log_level(base::Level::kWarn), true);

constexpr base::Instant kStart{1'714'536'000'000};
constexpr base::Duration kPatience{60'000};

TrackId track_of(std::uint64_t number) {
  return {model::TerminalId::make(model::TerminalKind::kMmsi, 412000000 + number),
          static_cast<std::uint16_t>(number % 2)};
}

Fix fix_of(std::uint64_t track, base::Instant time, std::uint64_t offset) {
  Fix fix;
  fix.track = track_of(track);
  fix.time = time;
  fix.arrival = time + base::Duration(offset % 900);
  fix.quality = model::TimeQuality::kDerived;
  fix.position =
      geo::to_position({36.0 + double(offset % 1000) / 1000, 122.0 + double(offset % 37) / 37});
  fix.sog_ckn = static_cast<std::uint16_t>(offset % 2000);
  if (offset % 3 != 0) fix.cog_cdeg = static_cast<std::uint16_t>(offset * 10 % 36000);
  if (offset % 5 != 0) fix.heading_deg = static_cast<std::uint16_t>(offset % 360);
  fix.nav_status = static_cast<std::uint8_t>(offset % 16);
  fix.offset = offset;
  return fix;
}

bool earlier(const Fix& a, const Fix& b) {
  return std::tie(a.time, a.offset) < std::tie(b.time, b.offset);
}

/// Without arrival and offset.
std::vector<Fix> said(std::vector<Fix> rows) {
  for (auto& row : rows) {
    row.arrival = row.time;
    row.offset = 0;
  }
  return rows;
}

std::vector<Fix> said_by(const Archive& archive, TrackId track, base::Instant from,
                         base::Instant to) {
  std::vector<Fix> out;
  archive.track(track, from, to, [&](const Fix& fix) {
    out.push_back(fix);
    return true;
  });
  return out;
}

/// The same by columns; with Columns::kWay without heading, status and source.
std::vector<Fix> columns_by(const Archive& archive, TrackId track, base::Instant from,
                            base::Instant to, store::Columns columns) {
  std::vector<Fix> out;
  archive.track_columns(
      track, from, to,
      [&](const picture::Piece& piece) {
        EXPECT_LT(piece.begin, piece.end);
        for (auto i = piece.begin; i < piece.end; ++i) {
          if (columns == store::Columns::kAll) {
            out.push_back(piece.columns.fix_at(i));
            continue;
          }
          auto& fix = out.emplace_back();
          fix.track = piece.track();
          fix.time = fix.arrival = piece.columns.time_at(i);
          fix.position = piece.columns.position_at(i);
          const auto sog = piece.columns.sog.at[i];
          const auto cog = piece.columns.cog.at[i];
          if (sog != store::BlockColumns::kAbsent) fix.sog_ckn = static_cast<std::uint16_t>(sog);
          if (cog != store::BlockColumns::kAbsent) fix.cog_cdeg = static_cast<std::uint16_t>(cog);
        }
        return true;
      },
      columns);
  return out;
}

std::vector<Fix> way_only(std::vector<Fix> rows) {
  for (auto& row : rows) {
    row.heading_deg.reset();
    row.nav_status.reset();
    row.source = Fix{}.source;
    row.quality = Fix{}.quality;
  }
  return rows;
}

std::vector<Fix> collect_track(const Archive& archive, TrackId track, base::Instant from,
                               base::Instant to) {
  std::vector<Fix> out;
  archive.received(track, from, to, [&](const Fix& fix) {
    out.push_back(fix);
    return true;
  });
  EXPECT_EQ(said_by(archive, track, from, to), said(out));
  EXPECT_EQ(columns_by(archive, track, from, to, store::Columns::kAll), said(out));
  EXPECT_EQ(columns_by(archive, track, from, to, store::Columns::kWay), way_only(said(out)));
  return out;
}

std::vector<Fix> collect_all(const Archive& archive, base::Instant from = base::kDistantPast,
                             base::Instant to = base::kDistantFuture) {
  std::vector<Fix> out;
  archive.all(from, to, [&](const Fix& fix) {
    out.push_back(fix);
    return true;
  });
  return out;
}

std::pair<std::vector<Fix>, bool> collect_box(const Archive& archive, const geo::Box& box,
                                              base::Instant from, base::Instant to,
                                              std::size_t limit) {
  std::vector<Fix> out;
  const bool cut = archive.box(box, from, to, limit, [&](const Fix& fix) {
    out.push_back(fix);
    return true;
  });
  return {out, cut};
}

std::vector<Fix> collect_last(const Archive& archive, base::Instant t, base::Duration max_age) {
  std::vector<Fix> out;
  archive.last(t, max_age, [&](const Fix& fix) { out.push_back(fix); });
  return out;
}

void commit(Archive& archive, std::uint64_t offset) {
  archive.advance(offset, true);
  ASSERT_TRUE(archive.wait_applied(offset, kPatience)) << archive.counts().problem;
}

/// The naive archive: all rows in a vector.
struct Oracle {
  std::vector<Fix> rows;  // by offset

  std::vector<Fix> track(TrackId id, base::Instant from, base::Instant to) const {
    std::vector<Fix> out;
    for (const auto& row : rows) {
      if (row.track == id && row.time >= from && row.time < to) out.push_back(row);
    }
    std::sort(out.begin(), out.end(), earlier);
    return out;
  }
  std::vector<Fix> all(base::Instant from, base::Instant to) const {
    std::vector<Fix> out;
    for (const auto& row : rows) {
      if (row.time >= from && row.time < to) out.push_back(row);
    }
    return out;
  }
  std::vector<Fix> box(const geo::Box& box, base::Instant from, base::Instant to) const {
    auto out = all(from, to);
    std::erase_if(out, [&](const Fix& f) { return !box.contains(f.position.degrees()); });
    std::sort(out.begin(), out.end(), [](const Fix& a, const Fix& b) {
      return std::tie(a.track, a.time, a.offset) < std::tie(b.track, b.time, b.offset);
    });
    return out;
  }
  std::vector<Fix> last(base::Instant t, base::Duration max_age) const {
    std::map<TrackId, Fix> best;
    for (const auto& row : rows) {
      if (row.time > t || row.time < t - max_age) continue;
      const auto [at, made] = best.emplace(row.track, row);
      if (!made && earlier(at->second, row)) at->second = row;
    }
    std::vector<Fix> out;
    for (const auto& [id, row] : best) out.push_back(row);
    return out;
  }
};

void check_random_queries(const Archive& archive, const Oracle& oracle, base::Instant newest) {
  const auto instant = [&] {
    const auto age =
        *rc::gen::inRange<std::int64_t>(-3'600'000, newest.ms - kStart.ms + 90'000'000);
    return base::Instant{newest.ms - age};
  };
  for (int i = 0; i < 3; ++i) {
    auto from = instant();
    auto to = instant();
    if (to < from) std::swap(from, to);
    const auto id = track_of(std::uint64_t(*rc::gen::inRange(0, 5)));
    RC_ASSERT(collect_track(archive, id, from, to) == oracle.track(id, from, to));
    RC_ASSERT(collect_all(archive, from, to) == oracle.all(from, to));
    const double south = 36 + *rc::gen::inRange(0, 100) / 100.0;
    const double west = 122 + *rc::gen::inRange(0, 100) / 100.0;
    const geo::Box box{west, south, west + 0.4, south + 0.5};
    auto inside = oracle.box(box, from, to);
    const auto limit = *rc::gen::inRange<std::size_t>(0, 400);
    const auto [rows, cut] = collect_box(archive, box, from, to, limit);
    RC_ASSERT(cut == (inside.size() > limit));
    inside.resize(std::min(inside.size(), limit));
    RC_ASSERT(rows == said(inside));
    const base::Duration age(*rc::gen::inRange(0, 100'000'000));
    RC_ASSERT(collect_last(archive, to, age) == said(oracle.last(to, age)));
  }
  const auto counts = archive.counts();
  RC_ASSERT(counts.positions == oracle.rows.size());
  RC_ASSERT(counts.damaged == 0u);
}

}  // namespace

TEST(Archive, AnswersFromMemoryAndFromTheFileAlike) {
  const test::TempFolder folder;
  Archive archive({folder / "tracks.db", {}});
  std::vector<Fix> rows;
  for (std::uint64_t i = 1; i <= 600; ++i) {
    rows.push_back(fix_of(1, kStart + base::Duration(std::int64_t(i) * 10'000), i));
    archive.append(rows.back());
  }
  const auto id = track_of(1);
  EXPECT_EQ(collect_track(archive, id, base::kDistantPast, base::kDistantFuture), rows);
  EXPECT_EQ(archive.applied_offset(), 0u);
  commit(archive, 700);
  EXPECT_EQ(archive.applied_offset(), 700u);
  EXPECT_EQ(collect_track(archive, id, base::kDistantPast, base::kDistantFuture), rows);
  const auto from = rows[100].time;
  const auto to = rows[300].time;
  EXPECT_EQ(collect_track(archive, id, from, to),
            (std::vector<Fix>(rows.begin() + 100, rows.begin() + 300)))
      << "from inclusive, to exclusive";
  EXPECT_TRUE(collect_track(archive, track_of(2), from, to).empty());
  EXPECT_TRUE(collect_track(archive, id, to, from).empty());
  int seen = 0;
  archive.track(id, from, to, [&](const Fix&) { return ++seen < 5; });
  EXPECT_EQ(seen, 5) << "the visitor stops";
  const auto counts = archive.counts();
  EXPECT_EQ(counts.positions, 600u);
  EXPECT_EQ(counts.tracks, 1u);
  EXPECT_EQ(counts.first, rows.front().time);
  EXPECT_EQ(counts.last, rows.back().time);
  EXPECT_EQ(counts.waiting, 0u);
  EXPECT_GT(counts.bytes, 0u);
}

TEST(Archive, AReplayAddsNothingTwice) {
  const test::TempFolder folder;
  std::vector<Fix> rows;
  for (std::uint64_t i = 1; i <= 100; ++i) {
    rows.push_back(fix_of(i % 3, kStart + base::Duration(std::int64_t(i) * 1000), i));
  }
  {
    Archive archive({folder / "tracks.db", {}});
    for (std::size_t i = 0; i < 60; ++i) archive.append(rows[i]);
    commit(archive, 60);
    for (std::size_t i = 60; i < 90; ++i) archive.append(rows[i]);
  }  // the last 30 were never committed
  Archive archive({folder / "tracks.db", {}});
  EXPECT_EQ(archive.applied_offset(), 60u);
  EXPECT_EQ(collect_all(archive).size(), 60u);
  for (std::size_t i = 40; i < 100; ++i) archive.append(rows[i]);
  archive.append(rows[98]);
  EXPECT_EQ(collect_all(archive), rows);
  commit(archive, 100);
  archive.append(rows[99]);
  EXPECT_EQ(collect_all(archive), rows);
  EXPECT_EQ(archive.counts().positions, 100u);
}

TEST(Archive, RowsOfOneOffsetAllCountAndAReplayAddsNoneTwice) {
  const test::TempFolder folder;
  std::vector<Fix> rows;  // offset 7 brings 300 rows of two tracks, offset 8 brings 40
  for (std::uint64_t i = 0; i < 340; ++i) {
    rows.push_back(fix_of(i % 2, kStart + base::Duration(std::int64_t(i) * 1000), i + 1));
    rows.back().offset = i < 300 ? 7 : 8;
  }
  {
    Archive archive({folder / "tracks.db", {}});
    for (std::size_t i = 0; i < 300; ++i) archive.append(rows[i]);
    EXPECT_EQ(collect_all(archive).size(), 300u);
    commit(archive, 7);
    for (std::size_t i = 300; i < 320; ++i) archive.append(rows[i]);
    archive.advance(7, true);  // in the middle of offset 8: nothing of it may be written
    EXPECT_EQ(collect_all(archive), (std::vector<Fix>(rows.begin(), rows.begin() + 320)));
    EXPECT_FALSE(archive.wait_applied(8, base::Duration(200)));
  }
  Archive archive({folder / "tracks.db", {}});
  EXPECT_EQ(archive.applied_offset(), 7u);
  EXPECT_EQ(collect_all(archive), (std::vector<Fix>(rows.begin(), rows.begin() + 300)));
  for (const auto& row : rows) archive.append(row);
  EXPECT_EQ(collect_all(archive), rows);
  commit(archive, 8);
  EXPECT_EQ(collect_all(archive), rows);
  EXPECT_EQ(archive.counts().positions, 340u);
}

TEST(Archive, ACommitThatIsWantedInTheMiddleOfAnOffsetFollowsWhenItIsComplete) {
  const test::TempFolder folder;
  Archive archive({folder / "tracks.db", {}});
  std::uint64_t offset = 0;
  for (int round = 0; round < 200; ++round) {
    ++offset;
    for (int row = 0; row < 3; ++row) archive.append(fix_of(1, kStart, offset));
    archive.advance(offset, true);  // often while the one before is being written
    archive.append(fix_of(1, kStart, offset + 1));
    if (round % 10 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  archive.advance(offset + 1);
  ASSERT_TRUE(archive.wait_applied(offset, kPatience));
  EXPECT_EQ(collect_all(archive).size(), 800u);
}

TEST(Archive, RowsOfUnknownArrivalComeFirstInOrderOfTimeAlsoAfterARestart) {
  const test::TempFolder folder;
  std::vector<Fix> known, unknown;
  const auto check = [&](const Archive& archive) {
    auto expected = unknown;
    std::sort(expected.begin(), expected.end(), earlier);
    expected.insert(expected.end(), known.begin(), known.end());
    EXPECT_EQ(collect_all(archive), expected);
  };
  {
    Archive archive({folder / "tracks.db", {}});
    for (std::uint64_t i = 1; i <= 2000; ++i) {
      auto fix = fix_of(i % 3, kStart + base::Duration(std::int64_t(i * 7919 % 2000) * 1000), i);
      if (i % 4 == 0) {
        known.push_back(fix);
      } else {
        unknown.push_back(said({fix}).front());
        fix = unknown.back();
      }
      archive.append(fix, i);
      if (i % 500 == 0) {
        check(archive);
        commit(archive, i);
        check(archive);
      }
    }
  }
  check(Archive({folder / "tracks.db", {}}));
}

TEST(Archive, AnOffsetWithoutRowsIsKeptToo) {
  const test::TempFolder folder;
  {
    Archive archive({folder / "tracks.db", {}});
    commit(archive, 12345);
  }
  EXPECT_EQ(Archive({folder / "tracks.db", {}}).applied_offset(), 12345u);
}

TEST(Archive, LateRowsComeInOrderOfTime) {
  const test::TempFolder folder;
  Archive archive({folder / "tracks.db", {}});
  std::vector<Fix> rows;
  std::mt19937 random(7);
  for (std::uint64_t i = 1; i <= 2000; ++i) {
    auto time = kStart + base::Duration(std::int64_t(i) * 30'000);
    if (random() % 20 == 0) time = time - base::Duration(random() % 86'400'000);
    rows.push_back(fix_of(1, time, i));
    archive.append(rows.back());
    if (i % 300 == 0) commit(archive, i);
  }
  std::sort(rows.begin(), rows.end(), earlier);
  EXPECT_EQ(collect_track(archive, track_of(1), base::kDistantPast, base::kDistantFuture), rows);
}

TEST(Archive, ADamagedChunkIsCountedAndTheOthersAreStillAnswered) {
  const test::TempFolder folder;
  {
    Archive archive({folder / "tracks.db", {}});
    for (std::uint64_t i = 1; i <= 1200; ++i) {
      archive.append(fix_of(i % 2, kStart + base::Duration(std::int64_t(i) * 1000), i));
    }
    commit(archive, 1200);
  }
  {
    store::Database database({.path = folder / "tracks.db"});
    database.write([](store::Db& db) {
      std::string bytes;
      {
        auto row = db.prepare("SELECT bytes FROM archive_bytes WHERE id = 2");
        ASSERT_TRUE(row.step());
        bytes = row.blob(0);
      }
      bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x10);
      db.prepare("UPDATE archive_bytes SET bytes = ? WHERE id = 2").bind_blob(1, bytes).run();
    });
  }
  Archive archive({folder / "tracks.db", {}});
  const auto rows = collect_all(archive);
  EXPECT_EQ(rows.size(), 1200u - 256u);
  EXPECT_EQ(archive.counts().damaged, 1u);
  const auto even = collect_track(archive, track_of(0), base::kDistantPast, base::kDistantFuture);
  const auto odd = collect_track(archive, track_of(1), base::kDistantPast, base::kDistantFuture);
  EXPECT_EQ(even.size() + odd.size(), 1200u - 256u);
  for (std::uint64_t i = 1201; i <= 1800; ++i) {  // goes on beside the damage
    archive.append(fix_of(i % 2, kStart + base::Duration(std::int64_t(i) * 1000), i));
  }
  commit(archive, 1800);
  EXPECT_EQ(collect_all(archive).size(), 1800u - 256u);
}

TEST(Archive, ADamagedOpenChunkDoesNotStopNewRows) {
  const test::TempFolder folder;
  {
    Archive archive({folder / "tracks.db", {}});
    archive.append(fix_of(1, kStart, 1));
    commit(archive, 1);
  }
  store::Database({.path = folder / "tracks.db"}).write([](store::Db& db) {
    db.exec("UPDATE archive_waiting SET bytes = x'00'");
  });
  Archive archive({folder / "tracks.db", {}});
  archive.append(fix_of(1, kStart + base::Duration(1000), 2));
  commit(archive, 2);
  EXPECT_EQ(collect_all(archive).size(), 1u);
  EXPECT_GE(archive.counts().damaged, 1u);
}

TEST(Archive, WhatCouldNotBeWrittenIsToldKeptAndTriedAgain) {
  const test::TempFolder folder;
  Archive archive({folder / "tracks.db", {}});
  store::Database other({.path = folder / "tracks.db"});
  const auto refuse = [&](const char* sql) { other.write([&](store::Db& db) { db.exec(sql); }); };
  refuse(
      "CREATE TRIGGER refuse BEFORE UPDATE ON archive_state"
      " BEGIN SELECT RAISE(ABORT, 'no room'); END");
  archive.append(fix_of(1, kStart, 1));
  archive.advance(1, true);
  EXPECT_FALSE(archive.wait_applied(1, kPatience));
  EXPECT_NE(archive.counts().problem.find("no room"), std::string::npos);
  EXPECT_EQ(archive.counts().waiting, 1u);
  archive.append(fix_of(1, kStart + base::Duration(1), 2));
  EXPECT_EQ(collect_all(archive).size(), 2u) << "answered from memory meanwhile";
  refuse("DROP TRIGGER refuse");
  commit(archive, 2);
  EXPECT_EQ(archive.counts().problem, "");
  EXPECT_EQ(collect_all(archive).size(), 2u);
  EXPECT_EQ(archive.counts().waiting, 0u);
}

TEST(Archive, AFileThatIsNoDatabaseIsNamed) {
  const test::TempFolder folder;
  {
    std::FILE* file = std::fopen((folder / "tracks.db").c_str(), "w");
    for (int i = 0; i < 1000; ++i) std::fputs("this is not a database\n", file);
    std::fclose(file);
  }
  try {
    Archive archive({folder / "tracks.db", {}});
    FAIL() << "opened";
  } catch (const store::DbError& e) {
    EXPECT_EQ(e.cause(), store::DbError::Cause::kCorrupt);
    EXPECT_NE(std::string(e.what()).find("tracks.db"), std::string::npos) << e.what();
  }
}

TEST(Archive, EveryAnswerHoldsEachRowOnceWhileWriting) {
  const test::TempFolder folder;
  Archive archive({folder / "tracks.db", {}});
  constexpr std::uint64_t kRows = 30'000;
  std::atomic<std::uint64_t> appended{0};
  std::atomic<bool> stop{false};
  std::atomic<int> looks{0};
  const auto reader = [&] {
    while (!stop) {
      const auto before = appended.load();
      std::uint64_t next = 1;
      archive.all(base::kDistantPast, base::kDistantFuture, [&](const Fix& fix) {
        EXPECT_EQ(fix.offset, next);
        return fix.offset == next++;
      });
      EXPECT_GT(next, before) << "what was appended before the question is in the answer";
      std::uint64_t last = 0;
      archive.received(track_of(3), base::kDistantPast, base::kDistantFuture, [&](const Fix& fix) {
        EXPECT_TRUE(last == 0 || fix.offset == last + 10) << fix.offset << " after " << last;
        last = fix.offset;
        return true;
      });
      ++looks;
    }
  };
  std::thread a(reader), b(reader);
  for (std::uint64_t i = 1; i <= kRows || looks < 6; ++i) {
    archive.append(fix_of(i % 10, kStart + base::Duration(std::int64_t(i) * 100), i));
    appended = i;
    if (i % 97 == 0) archive.advance(i, true);
    if (i > kRows) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  stop = true;
  a.join();
  b.join();
}

/// Found by the property below: a vessel that reports twice at one instant.
TEST(Archive, OfEqualTimesTheOneThatArrivedLastIsTheLast) {
  const test::TempFolder folder;
  const auto second = kStart + base::Duration(1000);
  for (const std::uint64_t committed : {0, 1, 2}) {
    const auto own = folder / std::to_string(committed);
    std::filesystem::create_directories(own);
    Archive archive({own / "tracks.db", {}});
    for (const std::uint64_t offset : {1, 2}) {
      archive.append(fix_of(1, second, offset));
      if (offset == committed) commit(archive, offset);
    }
    const auto expected = said({fix_of(1, second, 1), fix_of(1, second, 2)});
    EXPECT_EQ(said_by(archive, track_of(1), kStart, base::kDistantFuture), expected);
    EXPECT_EQ(collect_last(archive, second, base::Duration(1000)), said({fix_of(1, second, 2)}))
        << committed << " of two rows in the file";
  }
}

/// The same across the end of a block: 256 rows and some more make one.
TEST(Archive, OfEqualTimesAtTheEndOfABlockTheLaterOneIsTheLast) {
  const test::TempFolder folder;
  Archive archive({folder / "tracks.db", {}});
  std::vector<Fix> rows;
  for (std::uint64_t i = 0; i < 300; ++i) {
    const auto second = std::int64_t(i < 255 ? i : i - 1);  // rows 254 and 255 at one instant
    rows.push_back(fix_of(1, kStart + base::Duration(second * 1000), i + 1));
    archive.append(rows.back());
  }
  commit(archive, 300);
  EXPECT_EQ(said_by(archive, track_of(1), kStart, base::kDistantFuture), said(rows));
  for (const std::size_t at : {100, 255, 256, 299}) {
    EXPECT_EQ(collect_last(archive, rows[at].time, base::Duration(500)), said({rows[at]})) << at;
  }
}

RC_GTEST_PROP(Archive, EqualsAVectorOfRows, ()) {
  const test::TempFolder folder;
  const auto open = [&] {
    return std::make_unique<Archive>(Archive::Options{folder / "tracks.db", {}});
  };
  auto archive = open();
  Oracle oracle;
  std::vector<Fix> journal;  // all that ever arrived, by offset
  std::mt19937 random(*rc::gen::arbitrary<std::uint32_t>());
  base::Instant newest = kStart;
  const auto steps = *rc::gen::inRange(1, 9);
  for (int step = 0; step < steps; ++step) {
    const auto burst = *rc::gen::elementOf(std::vector<int>{3, 40, 700});
    const auto gap_ms = *rc::gen::elementOf(std::vector<int>{500, 10'000, 600'000});
    for (int i = 0; i < burst; ++i) {
      newest = newest + base::Duration(random() % std::uint32_t(gap_ms));
      auto time = newest;
      if (random() % 10 == 0) time = time - base::Duration(random() % 100'000'000);
      const auto offset = (journal.empty() ? 0 : journal.back().offset) + 1 + random() % 3;
      journal.push_back(fix_of(random() % 5, time, offset));
      archive->append(journal.back());
      oracle.rows.push_back(journal.back());
    }
    const auto last = journal.back().offset;
    switch (*rc::gen::inRange(0, 4)) {
      case 0:
        archive->advance(last, true);  // goes on while it is being written
        break;
      case 1:
        archive->advance(last, true);
        RC_ASSERT(archive->wait_applied(last, kPatience));
        break;
      case 2: {  // a crash: what was not committed comes again from the journal
        archive.reset();
        archive = open();
        const auto applied = archive->applied_offset();
        std::erase_if(oracle.rows, [&](const Fix& f) { return f.offset > applied; });
        check_random_queries(*archive, oracle, newest);
        const auto again = *rc::gen::inRange<std::size_t>(0, journal.size());
        for (std::size_t i = 0; i < journal.size(); ++i) {
          const bool missing = journal[i].offset > applied;
          if (i >= again || missing) archive->append(journal[i]);
          if (missing) oracle.rows.push_back(journal[i]);
        }
        break;
      }
      default:
        break;
    }
    check_random_queries(*archive, oracle, newest);
  }
}
