// SPDX-License-Identifier: Apache-2.0
// SQL over the archive: the same answers as its verbs, conditions reach it, and nothing but
// reading.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <fmt/format.h>
#include <algorithm>

#include "base/log.hpp"
#include "picture/archive/archive.hpp"
#include "picture/archive/positions_sql.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;
using model::Fix;
using picture::Archive;
using store::SqlConsole;
using store::SqlValue;

namespace {

[[maybe_unused]] const bool kQuiet = (base::set_log_level(base::Level::kWarn), true);

constexpr std::int64_t kStart_ms = 1'714'536'000'000;

class PositionsSqlTest : public testing::Test {
 protected:
  PositionsSqlTest() {
    std::uint64_t offset = 0;
    for (int minute = 0; minute < 600; ++minute) {
      for (std::uint64_t vessel = 0; vessel < 8; ++vessel) {
        Fix fix;
        fix.track = {model::TerminalId::make(model::TerminalKind::kMmsi, 412000001 + vessel), 0};
        fix.time = fix.arrival = {kStart_ms + std::int64_t{minute} * 60'000};
        fix.position = {222'000'000 + std::int32_t(vessel) * 60'000, 732'000'000 + minute * 5'000};
        if (vessel % 2 == 0) fix.sog_ckn = static_cast<std::uint16_t>(100 * vessel);
        fix.offset = ++offset;
        m_archive.append(fix);
        m_rows.push_back(fix);
      }
    }
    m_archive.advance(offset, true);
    EXPECT_TRUE(m_archive.wait_applied(offset, base::Duration(60'000)));
    m_console.add("positions", m_positions);
  }

  std::vector<std::vector<SqlValue>> run(const std::string& sql, SqlConsole::Limits limits = {}) {
    std::vector<std::vector<SqlValue>> out;
    const auto done = m_console.run(
        sql, limits, [](auto) {},
        [&](std::span<const SqlValue> values) {
          out.emplace_back(values.begin(), values.end());
          return true;
        });
    m_error = done ? std::nullopt : std::optional(done.error().code);
    m_words = done ? "" : done.error().text();
    return out;
  }
  std::int64_t number(const std::string& sql) {
    const auto rows = run(sql);
    EXPECT_EQ(rows.size(), 1u) << sql << ": " << m_words;
    return rows.empty() ? -1 : std::get<std::int64_t>(rows.front().front());
  }

  test::TempFolder m_folder;
  Archive m_archive{{m_folder / "tracks.db", {}}};
  picture::PositionsSql m_positions{m_archive};
  SqlConsole m_console;
  std::vector<Fix> m_rows;
  std::optional<base::Code> m_error;
  std::string m_words;
};

TEST_F(PositionsSqlTest, AnswersAsTheVerbsDo) {
  EXPECT_EQ(number("SELECT count(*) FROM positions"), 4800);
  EXPECT_EQ(number("SELECT count(*) FROM positions WHERE track = 'mmsi:412000003'"), 600);
  EXPECT_EQ(number("SELECT count(DISTINCT track) FROM positions WHERE latitude_deg > 37.015"), 6);
  EXPECT_EQ(number("SELECT count(*) FROM positions WHERE speed_kn IS NULL"), 2400);
  EXPECT_EQ(number("SELECT count(*) FROM positions WHERE time_utc >= '2024-05-01T05:00:00.000Z'"
                   " AND time_utc < '2024-05-01T06:00:00.000Z'"),
            480);
  EXPECT_EQ(number("SELECT count(*) FROM positions WHERE time_utc LIKE '2024-05-01T05:%'"), 480);
  const auto rows =
      run("SELECT track, time_ms, latitude_deg, longitude_deg, speed_kn, heading_deg, source,"
          " time_quality FROM positions WHERE track = 'mmsi:412000003' ORDER BY time_ms LIMIT 1");
  ASSERT_EQ(rows.size(), 1u) << m_words;
  const std::vector<SqlValue> first{std::string("mmsi:412000003"),
                                    kStart_ms,
                                    37.02,
                                    122.0,
                                    2.0,
                                    std::monostate{},
                                    std::string("ais_a"),
                                    std::string("arrival")};
  EXPECT_EQ(rows.front(), first);
}

TEST_F(PositionsSqlTest, JoinsItselfAndGroups) {
  const auto rows = run(
      "SELECT a.track, b.track, count(*) FROM positions a JOIN positions b ON a.time_ms = b.time_ms"
      " AND a.track < b.track WHERE a.time_ms < 1714536300000 AND b.time_ms < 1714536300000"
      " AND abs(a.latitude_deg - b.latitude_deg) < 0.011 GROUP BY 1, 2 ORDER BY 1, 2");
  ASSERT_EQ(rows.size(), 7u) << m_words;
  EXPECT_EQ(rows.front(), (std::vector<SqlValue>{std::string("mmsi:412000001"),
                                                 std::string("mmsi:412000002"), std::int64_t{5}}));
}

TEST_F(PositionsSqlTest, ConditionsThatCannotBeNarrowedAreStillExact) {
  EXPECT_EQ(number("SELECT count(*) FROM positions WHERE track = 'MMSI:412000003'"), 0);
  EXPECT_EQ(number("SELECT count(*) FROM positions WHERE track = 'MMSI:412000003' COLLATE NOCASE"),
            600);
  EXPECT_EQ(number("SELECT count(*) FROM positions WHERE track > 'mmsi:412000007'"), 600);
  EXPECT_EQ(number("SELECT count(*) FROM positions WHERE time_utc > '2024-05-01T05'"), 4320);
  EXPECT_EQ(number("SELECT count(*) FROM positions WHERE time_ms < 'x'"), 4800)
      << "texts are greater";
  EXPECT_EQ(number("SELECT count(*) FROM positions WHERE time_ms = NULL"), 0);
  EXPECT_EQ(number("SELECT count(*) FROM positions WHERE track IN ('mmsi:412000001', 'x')"), 600);
  EXPECT_EQ(number("SELECT count(*) FROM positions WHERE time_ms > 9e300"), 0);
  EXPECT_EQ(number("SELECT count(*) FROM positions WHERE latitude_deg = 37.02"), 600);
}

TEST_F(PositionsSqlTest, AnyBoxAndTimeHoldsTheRowsThatAListHolds) {
  EXPECT_TRUE(rc::check([this] {
    const auto between = [](int from, int to) { return *rc::gen::inRange(from, to); };
    const double south = 37 + between(-5, 90) / 1000.0, north = south + between(0, 60) / 1000.0;
    const double west = 122 + between(-5, 500) / 1000.0, east = west + between(0, 300) / 1000.0;
    const std::int64_t from = kStart_ms + between(-10, 600) * 60'000LL + between(-1, 2);
    const std::int64_t to = from + between(0, 300) * 60'000LL;
    const auto expected = std::count_if(m_rows.begin(), m_rows.end(), [&](const Fix& fix) {
      const auto p = fix.position.degrees();
      return p.lat_deg >= south && p.lat_deg < north && p.lon_deg > west && p.lon_deg <= east &&
             fix.time.ms >= from && fix.time.ms < to;
    });
    RC_ASSERT(
        number(fmt::format(
            "SELECT count(*) FROM positions WHERE latitude_deg >= {} AND latitude_deg < {} AND"
            " longitude_deg > {} AND longitude_deg <= {} AND time_ms >= {} AND time_ms < {}",
            south, north, west, east, from, to)) == expected);
  }));
}

TEST_F(PositionsSqlTest, OnlyReads) {
  for (const char* sql : {"CREATE TABLE x(a)", "ATTACH 'x.db' AS x", "PRAGMA page_size",
                          "DELETE FROM positions", "SELECT load_extension('x')",
                          "INSERT INTO positions(track) VALUES (1)", "VACUUM INTO 'x'"}) {
    EXPECT_TRUE(run(sql).empty()) << sql;
    EXPECT_TRUE(m_error) << sql;
  }
  EXPECT_FALSE(std::filesystem::exists("x.db"));
  run("SELECT no_such FROM positions");
  EXPECT_NE(m_words.find("no such column"), std::string::npos) << m_words;
  run("SELECT 1; SELECT 2");
  EXPECT_EQ(m_error, base::Code::kMalformed);
  run(" ");
  EXPECT_EQ(m_error, base::Code::kMalformed);
}

TEST_F(PositionsSqlTest, StopsAtItsLimits) {
  EXPECT_EQ(run("SELECT * FROM positions", {.rows = 10}).size(), 10u);
  EXPECT_FALSE(m_error);
  run("SELECT count(*) FROM positions a, positions b, positions c",
      {.time = std::chrono::seconds(1)});
  EXPECT_EQ(m_error, base::Code::kTooMany) << m_words;
  std::size_t seen = 0;
  const auto ended =
      m_console.run("SELECT * FROM positions", {}, [](auto) {}, [&](auto) { return ++seen < 3; });
  ASSERT_TRUE(ended);
  EXPECT_EQ(*ended, SqlConsole::End::kStopped);
  EXPECT_EQ(seen, 3u);
}

}  // namespace
