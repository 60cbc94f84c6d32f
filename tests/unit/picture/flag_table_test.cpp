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

TEST(FlagTable, WhatAVesselStatesIsReadAsTwoLetters) {
  auto table = FlagTable::read(std::filesystem::path(JINGLUE_SOURCE_DIR) / "data" / "mid.csv");
  const auto codes =
      table->read_countries(std::filesystem::path(JINGLUE_SOURCE_DIR) / "data" / "country.csv");
  ASSERT_TRUE(codes) << codes.error().text();
  for (const char* stated : {"CHN", "chn", "CN", " CHN "}) {
    EXPECT_EQ(table->code_of(stated), "CN") << stated;
  }
  EXPECT_EQ(table->code_of("KOR"), "KR");
  for (const char* none : {"", "C", "QQQ", "CHINA"}) EXPECT_EQ(table->code_of(none), "") << none;
  // Every flag of a MID is a country, so that both ways name it alike.
  for (std::uint64_t mid = 200; mid < 800; ++mid) {
    const std::string flag(table->flag_of_mmsi(mmsi(mid * 1'000'000)));
    EXPECT_EQ(table->code_of(flag), flag) << mid;
  }
}

TEST(FlagTable, TheRegisterComesBeforeWhatIsStatedAndThatBeforeTheNumber) {
  using picture::FlagSource;
  const std::string head = "from,to,flag,confidence\n";
  auto table = FlagTable::parse(head + "440,441,KR,high\n", "mid.csv");
  ASSERT_TRUE(table->add_countries("alpha2,alpha3\nCN,CHN\nKR,KOR\n", "country.csv"));
  const auto ship = mmsi(440000001);
  const auto said = model::TerminalId::make(model::TerminalKind::kNaf, 440000001);
  EXPECT_EQ(table->flag_of("PA", "CHN", ship), (picture::Flag{"PA", FlagSource::kRegister}));
  EXPECT_EQ(table->flag_of("", "CHN", ship), (picture::Flag{"CN", FlagSource::kStated}));
  EXPECT_EQ(table->flag_of("", "", ship), (picture::Flag{"KR", FlagSource::kMmsi}));
  EXPECT_EQ(table->flag_of("", "???", ship), (picture::Flag{"KR", FlagSource::kMmsi}))
      << "what is no code says nothing";
  EXPECT_EQ(table->flag_of("", "", said), (picture::Flag{"", FlagSource::kNone}));
  EXPECT_EQ(to_key(FlagSource::kStated), "stated");
}

TEST(FlagTable, BadCountriesAreNamedByFileAndLine) {
  for (const std::string row : {"CN", "CN,CH", "cn,CHN", "KR,KOR", "XX,KOR"}) {
    FlagTable table;
    const auto bad = table.add_countries("alpha2,alpha3\nKR,KOR\n" + row + "\n", "country.csv");
    ASSERT_FALSE(bad) << row;
    EXPECT_EQ(bad.error().where, "country.csv:3") << row;
  }
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
