// SPDX-License-Identifier: Apache-2.0
// The table of last positions: it answers as the blocks do, whatever happened to the archive; what
// is missing or damaged in it is made anew, and named by the check.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <tuple>
#include <vector>

#include "base/log.hpp"
#include "picture/archive/archive.hpp"
#include "picture/archive/archive_check.hpp"
#include "picture/archive/archive_repair.hpp"
#include "support/cold_archive.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;
using model::Fix;
using picture::Archive;

namespace {

[[maybe_unused]] const bool kQuiet = (base::set_log_level(base::Level::kError), true);

constexpr base::Instant kStart{1'714'536'000'000};
constexpr base::Duration kPatience{60'000};
constexpr base::Duration kForEver{std::int64_t{400} * 86'400'000};

using Entries = std::vector<std::tuple<std::int64_t, std::int64_t, std::string>>;

/// Takes the table away as long as it lives: then only the blocks can answer.
class WithoutTable {
 public:
  explicit WithoutTable(const std::filesystem::path& file) : m_db({.path = file}) {
    {
      auto rows = m_db.prepare("SELECT track, last_ms, bytes FROM archive_last");
      while (rows.step()) {
        m_entries.emplace_back(rows.integer(0), rows.integer(1), rows.blob(2));
      }
    }
    m_db.exec("DELETE FROM archive_last");
  }
  ~WithoutTable() {
    m_db.exec("BEGIN IMMEDIATE");
    for (const auto& [track, last_ms, bytes] : m_entries) {
      m_db.prepare("INSERT INTO archive_last VALUES (?, ?, ?)")
          .bind(1, track)
          .bind(2, last_ms)
          .bind_blob(3, bytes)
          .run();
    }
    m_db.exec("COMMIT");
  }
  WithoutTable(const WithoutTable&) = delete;
  WithoutTable& operator=(const WithoutTable&) = delete;

 private:
  store::Db m_db;
  Entries m_entries;
};

std::int64_t entries(const std::filesystem::path& file) {
  store::Db db({.path = file});
  auto row = db.prepare("SELECT count(*) FROM archive_last");
  row.step();
  return row.integer(0);
}

void sql(const std::filesystem::path& file, const std::string& text) {
  store::Db db({.path = file});
  db.exec(text);
}

std::map<model::TrackId, Fix> last_of(const Archive& archive, base::Instant t,
                                      base::Duration max_age) {
  std::map<model::TrackId, Fix> out;
  archive.last(t, max_age, [&](const Fix& fix) {
    EXPECT_TRUE(out.emplace(fix.track, fix).second) << "each track once";
  });
  return out;
}

/// An archive with a life of its own.
class Life {
 public:
  explicit Life(std::uint32_t seed) : m_random(seed) { open(); }

  void append(std::size_t count, std::int64_t gap_ms) {
    for (std::size_t i = 0; i < count; ++i) {
      m_newest = m_newest + base::Duration(std::int64_t(m_random() % std::uint64_t(gap_ms)));
      Fix fix;
      const auto vessel = m_random() % 6;
      fix.track = {model::TerminalId::make(model::TerminalKind::kMmsi, 412000001 + vessel / 2),
                   static_cast<std::uint16_t>(vessel % 2)};
      fix.time = m_newest;
      if (m_random() % 10 == 0) fix.time = fix.time - base::Duration(m_random() % 100'000'000);
      // A correction: the same instant again, with another place.
      if (m_random() % 15 == 0 && m_last.contains(fix.track)) fix.time = m_last[fix.track];
      if (m_random() % 400 == 0) fix.time = fix.time + base::Duration(3'600'000);  // a wrong clock
      m_last[fix.track] = std::max(m_last[fix.track], fix.time);
      fix.arrival = m_newest;
      fix.offset = ++m_offset;
      fix.position = {222'000'000 + std::int32_t(m_random() % 90'000),
                      735'000'000 + std::int32_t(m_offset)};
      if (m_random() % 3 != 0) fix.heading_deg = std::uint16_t(m_random() % 360);
      archive().append(fix);
    }
  }
  void commit() {
    archive().advance(m_offset, true);
    RC_ASSERT(archive().wait_applied(m_offset, kPatience));
  }
  /// What was not committed is lost.
  void restart() {
    m_archive.reset();
    open();
    m_offset = std::max(m_offset, archive().applied_offset());
  }
  void silence(std::int64_t days) { m_newest = m_newest + base::Duration(days * 86'400'000); }
  void grow_old(const picture::Retention& policy) {
    m_archive.reset();
    test::make_cold(file());
    std::atomic<std::uint64_t> damaged{0};
    {
      namespace detail = picture::detail;
      store::Database database({.path = file()});
      detail::ReceptionStore receptions(file().parent_path() / "receptions.db", {});
      detail::RetentionPass pass(m_newest, policy, damaged);
      while (database.write([&](store::Db& db) {
        detail::Receptions said;
        const bool more = receptions.read([&](store::Db& r) { return pass.step(db, r, said); });
        receptions.put(said);
        return more;
      })) {
      }
    }
    RC_ASSERT(damaged == 0u);
    open();
  }
  void repair() {
    m_archive.reset();
    const auto done = picture::repair_archive(file(), {});
    RC_ASSERT(done.has_value());
    std::filesystem::remove(done->aside);  // the next one may come within this second
    open();
  }
  /// Some entries are not what they were.
  void damage() {
    const auto below = std::to_string(m_random() % 7);
    sql(file(), "UPDATE archive_last SET bytes = zeroblob(9) WHERE track < " + below);
    sql(file(), "DELETE FROM archive_last WHERE track = " + below);
  }

  void expect_alike() {
    for (int i = 0; i < 3; ++i) {
      const auto span = (m_newest - kStart).count() + 200'000'000;
      const base::Instant t =
          i == 0 ? m_newest
                 : m_newest + base::Duration(3'600'000 - std::int64_t(m_random()) % span);
      const auto age = i == 0 ? kForEver : base::Duration(m_random() % 300'000'000);
      const auto with = last_of(archive(), t, age);
      const WithoutTable away(file());
      expect_same(with, last_of(archive(), t, age));
    }
    const auto report = picture::check_archive(file(), {}).value();
    if (!report.sound()) RC_FAIL(report.problems.front());
  }
  Archive& archive() { return *m_archive; }
  std::filesystem::path file() const { return m_folder / "tracks.db"; }

 private:
  void open() { m_archive = std::make_unique<Archive>(Archive::Options{file(), {}, {}}); }

  /// The same rows; of two that a vessel said of one instant either may be in a block of its own.
  void expect_same(const std::map<model::TrackId, Fix>& a, const std::map<model::TrackId, Fix>& b) {
    RC_ASSERT(a.size() == b.size());
    for (const auto& [track, row] : a) {
      RC_ASSERT(b.contains(track));
      const auto& other = b.at(track);
      if (row == other) continue;
      RC_ASSERT(row.time == other.time);
      std::vector<Fix> there;
      archive().track(track, row.time, row.time + base::Duration(1), [&](const Fix& fix) {
        there.push_back(fix);
        return true;
      });
      RC_ASSERT(std::find(there.begin(), there.end(), row) != there.end());
      ++ties;
    }
  }

  test::TempFolder m_folder;
  std::mt19937 m_random;
  std::unique_ptr<Archive> m_archive;
  std::map<model::TrackId, base::Instant> m_last;
  std::uint64_t m_offset{0};
  base::Instant m_newest{kStart};

 public:
  int ties{0};
};

Fix row_of(std::uint64_t offset, std::int64_t seconds) {
  Fix fix;
  fix.track = {model::TerminalId::make(model::TerminalKind::kMmsi, 412000001), 0};
  fix.offset = offset;
  fix.time = fix.arrival = kStart + base::Duration(seconds * 1000);
  fix.position = {222'000'000 + std::int32_t(offset), 735'000'000};
  return fix;
}

/// One vessel, 600 reports: two blocks, the rest waits.
void fill(const std::filesystem::path& file) {
  Archive archive({file, {}, {}});
  for (std::uint64_t i = 1; i <= 600; ++i) archive.append(row_of(i, std::int64_t(i) * 10));
  archive.advance(600, true);
  ASSERT_TRUE(archive.wait_applied(600, kPatience));
}

}  // namespace

RC_GTEST_PROP(ArchiveLast, TheTableAnswersAsTheBlocksDo, ()) {
  Life life(*rc::gen::arbitrary<std::uint32_t>());
  const auto steps = *rc::gen::inRange(2, 7);
  life.append(1500, 20'000);
  life.commit();
  for (int step = 0; step < steps; ++step) {
    switch (*rc::gen::inRange(0, 7)) {
      case 0:
        life.append(*rc::gen::element<std::size_t>(3, 60, 900), 30'000);
        break;
      case 1:
        life.commit();
        break;
      case 2:
        life.restart();
        break;
      case 3:
        life.silence(*rc::gen::inRange(1, 40));
        break;
      case 4: {
        picture::Retention policy;
        policy.keep = base::Duration(*rc::gen::inRange<std::int64_t>(1, 60) * 86'400'000);
        policy.thin_after = base::Duration(*rc::gen::inRange<std::int64_t>(1, 60) * 3'600'000);
        policy.thin_to = base::Duration(600'000);
        life.grow_old(policy);
        break;
      }
      case 5:
        life.repair();
        break;
      default:
        life.damage();
        life.restart();  // which makes it anew
    }
    life.expect_alike();
  }
}

TEST(ArchiveLast, ALateRowDoesNotReplaceANewerOneAndAnEqualOneDoes) {
  const test::TempFolder folder;
  const auto file = folder / "tracks.db";
  fill(file);
  Archive archive({file, {}, {}});
  const auto at = [&](std::int64_t seconds) {
    return last_of(archive, kStart + base::Duration(seconds * 1000), kForEver);
  };
  std::uint64_t offset = 600;
  for (int i = 0; i < 300; ++i) archive.append(row_of(++offset, 100 + i));  // late
  archive.advance(offset, true);
  ASSERT_TRUE(archive.wait_applied(offset, kPatience));
  EXPECT_EQ(at(99'999).begin()->second.time, kStart + base::Duration(6'000'000));
  for (int i = 0; i < 300; ++i) archive.append(row_of(++offset, 6000));  // the same instant again
  archive.advance(offset, true);
  ASSERT_TRUE(archive.wait_applied(offset, kPatience));
  EXPECT_EQ(at(99'999).begin()->second.position.lat, 222'000'000 + std::int32_t(offset));
}

TEST(ArchiveLast, AFileOfAnOlderProgramGetsTheTableWhenItIsOpened) {
  const test::TempFolder folder;
  const auto file = folder / "tracks.db";
  fill(file);
  sql(file,
      "DROP TABLE archive_last; DROP TABLE archive_seal;"
      "DELETE FROM schema_migration WHERE version >= 5");
  EXPECT_TRUE(picture::check_archive(file, {})->sound()) << "it is not asked of an older file";
  const Archive archive({file, {}, {}});
  EXPECT_EQ(entries(file), 1);
  EXPECT_EQ(last_of(archive, kStart + base::Duration(99'000'000), kForEver).size(), 1u);
  EXPECT_TRUE(picture::check_archive(file, {})->sound());
}

TEST(ArchiveLast, WhatIsWrongIsNamedAndMadeAnew) {
  const test::TempFolder folder;
  const auto file = folder / "tracks.db";
  fill(file);
  const auto problem = [&](const std::string& change) {
    sql(file, change);
    const auto report = picture::check_archive(file, {}).value();
    return report.problems.empty() ? std::string() : report.problems.front();
  };
  EXPECT_EQ(problem("UPDATE archive_last SET last_ms = last_ms + 1"),
            "the last position of mmsi:412000001: its entry in archive_last is damaged");
  {
    const Archive opened({file, {}, {}});
  }
  EXPECT_EQ(problem("SELECT 1"), "");
  EXPECT_EQ(problem("DELETE FROM archive_last"),
            "the last position of mmsi:412000001 is not in archive_last");
  ASSERT_TRUE(picture::repair_archive(file, {}).has_value());
  EXPECT_EQ(problem("SELECT 1"), "");
  EXPECT_EQ(entries(file), 1);
  EXPECT_EQ(problem("INSERT INTO archive_last SELECT track + 7, last_ms, bytes FROM archive_last"),
            "archive_last: it names tracks that are not in archive_track");
}
