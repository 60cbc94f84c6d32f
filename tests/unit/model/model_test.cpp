// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "model/call_sign.hpp"
#include "model/finding.hpp"
#include "model/terminal.hpp"
#include "model/vessel.hpp"

using namespace jinglue;
using namespace jinglue::model;

TEST(Terminal, TextReadsBack) {
  for (const char* text :
       {"mmsi:412345678", "mmsi:004123456", "beidou:123456", "naf:7", "naf:BZZZ9", "naf:0LAH"}) {
    const auto id = parse_terminal(text);
    ASSERT_TRUE(id) << text;
    EXPECT_EQ(to_text(*id), text);
  }
  EXPECT_EQ(to_text(*parse_track("mmsi:412345678/2")), "mmsi:412345678/2");
  for (const char* bad : {"", "mmsi", "mmsi:", "mmsi:1x", "radio:1", "mmsi:99999999999999999999"}) {
    EXPECT_FALSE(parse_terminal(bad)) << bad;
  }
}

TEST(Terminal, CallSignsArePackedAndReadBack) {
  EXPECT_EQ(pack_call_sign("bz-zz 9"), pack_call_sign("BZZZ9"));
  EXPECT_NE(pack_call_sign("09"), pack_call_sign("9"));
  for (const char* bad : {"", "-", "BZ*Z", "ABCDEFGHIJK", "船"}) {
    EXPECT_FALSE(pack_call_sign(bad)) << bad;
  }
  EXPECT_EQ(*pack_call_sign("ZZZZZZZZZZ") >> 56, 0u);
  for (const char* bad : {"naf:", "naf:B/Z", "naf:#", "naf:#x"}) {
    EXPECT_FALSE(parse_terminal(bad)) << bad;
  }
}

RC_GTEST_PROP(Terminal, EveryNumberReadsBack, ()) {
  const auto kind = *rc::gen::element(TerminalKind::kBeidou, TerminalKind::kNaf);
  const auto number = *rc::gen::arbitrary<std::uint64_t>();
  const auto id = TerminalId::make(kind, number >> *rc::gen::inRange(0, 64));
  const auto back = parse_terminal(to_text(id));
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == id);
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
