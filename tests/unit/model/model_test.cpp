// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "model/finding.hpp"
#include "model/terminal.hpp"
#include "model/vessel.hpp"

using namespace jinglue;
using namespace jinglue::model;

TEST(Terminal, TextReadsBack) {
  for (const char* text : {"mmsi:412345678", "mmsi:004123456", "beidou:123456", "naf:7"}) {
    const auto id = parse_terminal(text);
    ASSERT_TRUE(id) << text;
    EXPECT_EQ(to_text(*id), text);
  }
  EXPECT_EQ(to_text(*parse_track("mmsi:412345678/2")), "mmsi:412345678/2");
  for (const char* bad : {"", "mmsi", "mmsi:", "mmsi:1x", "radio:1", "mmsi:99999999999999999999"}) {
    EXPECT_FALSE(parse_terminal(bad)) << bad;
  }
}

TEST(Finding, StepReadsBackFromJson) {
  FindingStep s;
  s.finding.value = 0xF00DF00DF00DF00DULL;
  s.kind = StepKind::kExtended;
  s.number = 3;
  s.title = {"疑似休渔期离港", "Suspected departure in the moratorium"};
  s.subjects.push_back({SubjectKind::kVessel, "id", "main", "演练001"});
  s.end = base::Instant{5};
  s.positions.push_back({{1}, {2, 3}, 4, std::nullopt, "mmsi:412000001", 9});
  s.values = base::Json::object({{"distance_m", 12.5}});
  const auto text = s.to_json().dump();
  const auto back = FindingStep::from_json(*base::parse_json(text));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, s);
  EXPECT_FALSE(FindingStep::from_json(*base::parse_json("{}")));
}

TEST(Vessel, KindsHaveDistinctKeys) {
  for (int i = 0; i <= 14; ++i) {
    const auto kind = static_cast<VesselKind>(i);
    EXPECT_EQ(vessel_kind_from(to_key(kind)), kind);
  }
  EXPECT_FALSE(vessel_kind_from("submarine"));
}
