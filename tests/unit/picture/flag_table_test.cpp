// SPDX-License-Identifier: Apache-2.0
#include "picture/identity/flag_table.hpp"

#include <gtest/gtest.h>

using namespace jinglue;
using picture::FlagTable;
using picture::mid_of_mmsi;

namespace {

model::TerminalId mmsi(std::uint64_t number) {
  return model::TerminalId::make(model::TerminalKind::kMmsi, number);
}

}  // namespace

TEST(FlagTable, TheMidIsFoundInEveryFormOfMmsi) {
  EXPECT_EQ(mid_of_mmsi(412345678), 412u) << "ship";
  EXPECT_EQ(mid_of_mmsi(4121000), 412u) << "coast station 004121000";
  EXPECT_EQ(mid_of_mmsi(41200001), 412u) << "group 041200001";
  EXPECT_EQ(mid_of_mmsi(994121234), 412u) << "aid to navigation";
  EXPECT_EQ(mid_of_mmsi(984121234), 412u) << "daughter craft";
  EXPECT_EQ(mid_of_mmsi(111412001), 412u) << "SAR aircraft";
  for (const std::uint64_t none : {970412345ull, 972412345ull, 100200300ull, 812345678ull, 0ull,
                                   123456789ull, 4120000000ull}) {
    EXPECT_EQ(mid_of_mmsi(none), 0u) << none;
  }
}

TEST(FlagTable, TheShippedTableIsSoundAndKnowsTheNeighbours) {
  const auto table =
      FlagTable::read(std::filesystem::path(JINGLUE_SOURCE_DIR) / "data" / "mid.csv");
  ASSERT_TRUE(table) << table.error().text();
  EXPECT_GT(table->size(), 80u);
  EXPECT_EQ(table->flag_of_mmsi(mmsi(412345678)), "CN");
  EXPECT_EQ(table->flag_of_mmsi(mmsi(414999999)), "CN");
  EXPECT_EQ(table->flag_of_mmsi(mmsi(477000001)), "HK");
  EXPECT_EQ(table->flag_of_mmsi(mmsi(440123456)), "KR");
  EXPECT_EQ(table->flag_of_mmsi(mmsi(353000000)), "PA");
  EXPECT_EQ(table->flag_of_mmsi(mmsi(994131000)), "CN");
  EXPECT_EQ(table->flag_of_mmsi(mmsi(415000000)), "") << "415 is not allocated";
  EXPECT_EQ(table->flag_of_mmsi(mmsi(100000001)), "");
  EXPECT_EQ(table->flag_of_mmsi(model::TerminalId::make(model::TerminalKind::kBeidou, 412345678)),
            "");
}

TEST(FlagTable, BadRowsAreNamedByFileAndLine) {
  const std::string head = "# source\nfrom,to,flag,confidence\n";
  for (const std::string row : {"412,414,CN", "x,414,CN,high", "412,414,china,high",
                                "412,999,CN,high", "414,412,CN,high"}) {
    const auto table = FlagTable::parse(head + "205,205,BE,high\n" + row + "\n", "mid.csv");
    ASSERT_FALSE(table) << row;
    EXPECT_EQ(table.error().where, "mid.csv:4") << row;
  }
  EXPECT_FALSE(FlagTable::parse(head + "412,414,CN,high\n414,416,TW,high\n", "mid.csv"));
  EXPECT_FALSE(FlagTable::read("/nonexistent/mid.csv"));
}
