// SPDX-License-Identifier: Apache-2.0
// The table of measurements: once however often, the later correction, reopening, forgetting.
#include "picture/sensor/measurements.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "support/temp_folder.hpp"

using namespace jinglue;
using model::Quantity;
using picture::MeasurementPoint;
using picture::Measurements;

namespace {

constexpr std::int64_t kStart = 1714536000000;
constexpr base::Instant kEver{0}, kNever{kStart * 2};

model::SensorReport report(std::uint64_t offset, std::int64_t minute, std::int64_t milli) {
  model::SensorReport out;
  out.station = "W01";
  out.time = out.arrival = {kStart + minute * 60'000};
  out.values = {{Quantity::kWaveHeight, milli}, {Quantity::kBattery, 12'000}};
  out.offset = offset;
  return out;
}

bool committed(Measurements& table, std::uint64_t offset) {
  table.advance(offset, true);
  for (int i = 0; i < 500 && table.applied_offset() < offset; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return table.applied_offset() >= offset;
}

std::vector<MeasurementPoint> waves(const Measurements& table, base::Instant from = kEver,
                                    base::Instant to = kNever, std::size_t most = 1000) {
  return table.series("W01", Quantity::kWaveHeight, from, to, most);
}

}  // namespace

TEST(Measurements, HoldEachValueOnceInTimeOrderAndTheLaterCorrection) {
  const test::TempFolder folder;
  Measurements table(folder / "m.db");
  table.append(report(1, 10, 1200));
  table.append(report(2, 0, 900));
  table.append(report(3, 10, 1200));
  table.append(report(4, 10, 1300));
  ASSERT_TRUE(committed(table, 4)) << table.problem();
  const std::vector<MeasurementPoint> expected = {{{kStart}, 900}, {{kStart + 600'000}, 1300}};
  EXPECT_EQ(waves(table), expected);
  EXPECT_EQ(table.count(), 4u) << "two waves, two batteries";
  EXPECT_EQ(waves(table, {kStart + 1}).size(), 1u);
  EXPECT_EQ(waves(table, kEver, {kStart + 600'000}).size(), 1u);
  EXPECT_EQ(waves(table, kEver, kNever, 1).at(0).milli, 1300) << "the newest";
  EXPECT_TRUE(table.series("W02", Quantity::kWaveHeight, kEver, kNever, 10).empty());
}

/// After a restart entries behind the snapshot are read again, in whatever state the table is.
TEST(Measurements, ReadAgainAfterARestartChangeNothing) {
  const test::TempFolder folder;
  std::vector<MeasurementPoint> before;
  {
    Measurements table(folder / "m.db");
    for (std::uint64_t i = 1; i <= 50; ++i) {
      table.append(report(i, std::int64_t(i % 20), std::int64_t(i)));
    }
    table.advance(50);
    // Goes out of scope at once: what waits is committed.
  }
  {
    Measurements table(folder / "m.db");
    EXPECT_EQ(table.applied_offset(), 50u);
    before = waves(table);
    ASSERT_EQ(before.size(), 20u);
    EXPECT_EQ(before[10].milli, 50);
    for (std::uint64_t i = 1; i <= 50; ++i) {
      table.append(report(i, std::int64_t(i % 20), std::int64_t(i)));
    }
    ASSERT_TRUE(committed(table, 50));
    EXPECT_EQ(waves(table), before);
    table.append(report(51, 0, 7));
    ASSERT_TRUE(committed(table, 51));
    EXPECT_EQ(waves(table).at(0).milli, 7);
  }
}

TEST(Measurements, ForgetWhatIsTooOld) {
  const test::TempFolder folder;
  Measurements table(folder / "m.db");
  for (std::uint64_t i = 1; i <= 100; ++i) table.append(report(i, std::int64_t(i), 1));
  ASSERT_TRUE(committed(table, 100));
  table.forget_before({kStart + 51 * 60'000});
  EXPECT_EQ(waves(table).size(), 50u);
  EXPECT_EQ(table.count(), 100u);
}

TEST(Measurements, AFileThatIsNoDatabaseIsRefused) {
  const test::TempFolder folder;
  std::filesystem::create_directory(folder / "m.db");
  EXPECT_THROW(Measurements{folder / "m.db"}, base::WorldError);
}
