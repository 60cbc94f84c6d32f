// SPDX-License-Identifier: Apache-2.0
// jinglue archive check, backup, repair on a data folder, with exit codes.
#include <gtest/gtest.h>

#include <thread>

#include "picture/archive/archive.hpp"
#include "picture/message/message_log.hpp"
#include "picture/sensor/measurements.hpp"
#include "store/data_folder.hpp"
#include "store/db.hpp"
#include "unit/cli/run.hpp"

namespace jinglue {
namespace {

void fill(const std::filesystem::path& file) {
  picture::Archive archive({file, {}});
  for (std::uint64_t i = 1; i <= 3000; ++i) {
    model::Fix fix;
    fix.track = {model::TerminalId::make(model::TerminalKind::kMmsi, 412000000 + i % 3), 0};
    fix.time = fix.arrival = {1'714'536'000'000 + std::int64_t(i) * 10'000};
    fix.position = {222'000'000, 732'000'000 + std::int32_t(i) * 500};
    fix.offset = i;
    archive.append(fix);
  }
  archive.advance(3000, true);
  ASSERT_TRUE(archive.wait_applied(3000, base::Duration(60'000)));
}

TEST(ArchiveVerb, ChecksCopiesAndRepairs) {
  const test::TempFolder folder;
  const std::string data = folder.path().string();
  fill(folder / "tracks.db");
  const auto sound = test::run({"archive", "check", "--data", data});
  EXPECT_EQ(sound.code, 0) << sound.output;
  EXPECT_TRUE(test::holds(sound.output, "3000 positions of 3 tracks")) << sound.output;
  const auto copy = (folder / "copy").string();
  EXPECT_EQ(test::run({"archive", "backup", copy, "--data", data}).code, 0);
  EXPECT_EQ(test::run({"archive", "check", "--data", copy}).code, 0);
  const auto again = test::run({"archive", "backup", copy, "--data", data});
  EXPECT_EQ(again.code, 1);
  EXPECT_TRUE(test::holds(again.output, "holds no archive")) << again.output;
  EXPECT_TRUE(
      test::holds(test::run({"archive", "repair", "--data", data}).output, "nothing was changed"));

  store::Db({.path = folder / "tracks.db"})
      .exec("UPDATE archive_bytes SET bytes = zeroblob(50) WHERE id = 2");
  const auto damaged = test::run({"archive", "check", "--data", data});
  EXPECT_EQ(damaged.code, 1);
  EXPECT_TRUE(test::holds(damaged.output, "block 2 of mmsi:")) << damaged.output;
  {
    const store::DataFolder station(data);
    const auto owned = test::run({"archive", "repair", "--data", data});
    EXPECT_EQ(owned.code, 1) << "a station owns the folder";
  }
  const auto repaired = test::run({"archive", "repair", "--data", data});
  EXPECT_EQ(repaired.code, 0) << repaired.output;
  EXPECT_TRUE(test::holds(repaired.output, "2744 positions are in the new archive"))
      << repaired.output;
  EXPECT_TRUE(test::holds(repaired.output, "tracks.db.damaged-")) << repaired.output;
  EXPECT_EQ(test::run({"archive", "check", "--data", data}).code, 0);
  EXPECT_EQ(test::run({"archive", "check", "--data", copy + "/nothing"}).code, 1);
}

/// While a station has them open and writes: one more of each comes after the copy.
TEST(ArchiveVerb, TheBackupTakesMeasurementsAndMessagesAlong) {
  const test::TempFolder folder;
  fill(folder / "tracks.db");
  picture::Measurements measurements(folder / "measurements.db");
  picture::MessageLog messages(folder / "messages.db");
  const auto take = [&](std::uint64_t offset) {
    model::SensorReport report;
    report.station = "W01";
    report.time = {1'714'536'000'000 + std::int64_t(offset) * 1000};
    report.values = {{model::Quantity::kWaveHeight, 1200}};
    report.offset = offset;
    measurements.append(report);
    model::VesselMessage said;
    said.time = report.time;
    said.offset = offset;
    said.text = "返港";
    messages.append(said);
    measurements.advance(offset, true);
    messages.advance(offset, true);
    while (measurements.applied_offset() < offset || messages.applied_offset() < offset) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  };
  take(1);
  take(2);
  const auto copy = folder / "copy";
  const auto done =
      test::run({"archive", "backup", copy.string(), "--data", folder.path().string()});
  EXPECT_EQ(done.code, 0) << done.output;
  take(3);
  const picture::Measurements measured(copy / "measurements.db");
  EXPECT_EQ(measured.count(), 2u);
  EXPECT_EQ(measured.applied_offset(), 2u);
  const picture::MessageLog said(copy / "messages.db");
  ASSERT_EQ(said.list({}).size(), 2u);
  EXPECT_EQ(said.list({})[0].message.text, "返港");
  EXPECT_EQ(messages.count(), 3u) << "the station went on";
}

}  // namespace
}  // namespace jinglue
