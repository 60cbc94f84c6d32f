// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/rule_rig.hpp"

namespace jinglue::detect {
namespace {

using namespace support;  // NOLINT: the vocabulary of these tests
using model::StepKind;

constexpr std::uint64_t kMmsi = 412345678;
constexpr geo::LatLon kInside{37.5, 122.5};
constexpr geo::LatLon kOutside{36.5, 122.5};

RuleFiles files_with(const std::string& rules) {
  RuleFiles files;
  files.revision = rules;
  files.files = {{"zones/a.geojson", R"({"type": "FeatureCollection", "features": [
   {"type": "Feature", "id": "bay", "properties": {"kind": "drawn", "name_zh": "演练湾",
    "name_en": "Drill Bay", "source": "test", "confidence": "example"},
    "geometry": {"type": "Polygon",
     "coordinates": [[[122,37],[123,37],[123,38],[122,38],[122,37]]]}}]})"},
                 {"zones/test_berths.geojson", test_berths()},
                 {"a.toml",
                  "schema = 1\ntimezone = \"Asia/Shanghai\"\n[[source]]\nid = \"S\"\n"
                  "title = \"test\"\n" +
                      rules}};
  return files;
}

std::string rule(const std::string& id, const std::string& more, int version = 1) {
  return "[[rule]]\nid = \"" + id + "\"\nversion = " + std::to_string(version) +
         R"(
kind = "zone"
level = "city"
name = { zh = "湾", en = "Bay" }
title = { zh = "疑似入湾", en = "Suspected" }
area = "bay"
severity = "low"
source = ["S"]
confidence = "high"
review = 2026-03-01
)" + (more.find("on = \"") == std::string::npos ? "on = \"inside\"\n" : "") +
         more + "\n";
}
const char* kAlways = "valid = { from = 2000-01-01 }\n";
const char* kFishing = "include = { kinds = [\"fishing\"] }\n";

class ZoneRule : public testing::Test {
 protected:
  void use(const std::string& rules) {
    rig = std::make_unique<RuleRig>(pack_of(files_with(rules)));
    now = local("2024-05-02T10:00:00");
  }
  void use_one(const std::string& more) { use(rule("zone.bay", kAlways + (kFishing + more))); }
  void go(geo::LatLon place, int fixes, double speed_kn = 3) {
    for (int i = 0; i < fixes; ++i, now = now + minutes(1)) {
      rig->feed(make_fix(kMmsi, now, place, speed_kn), view);
    }
  }

  std::shared_ptr<model::VesselFacts> vessel = make_vessel("51234", kMmsi);
  SubjectView view = view_of(vessel);
  std::unique_ptr<RuleRig> rig;
  base::Instant now;
};

TEST_F(ZoneRule, Enter_is_one_event_at_the_first_fix_inside) {
  use_one("on = \"enter\"\n");
  go(kOutside, 3);
  const auto entry = now;
  go(kInside, 30);
  ASSERT_EQ(rig->steps.size(), 2u);
  EXPECT_EQ(rig->steps[0].kind, StepKind::kOpened);
  EXPECT_EQ(rig->steps[1].kind, StepKind::kClosed);
  EXPECT_EQ(rig->steps[1].begin, entry);
  EXPECT_EQ(rig->steps[1].end, entry);
  ASSERT_GE(rig->steps[1].positions.size(), 2u);
  EXPECT_EQ(rig->steps[1].positions[0].position, geo::to_position(kOutside));
  EXPECT_EQ(rig->steps[1].positions[1].time, entry);
  go(kOutside, 10);
  go(kInside, 10);
  EXPECT_EQ(rig->folded().size(), 2u);
}

TEST_F(ZoneRule, First_seen_inside_is_no_entry) {
  use_one("on = \"enter\"\n");
  go(kInside, 30);
  EXPECT_TRUE(rig->steps.empty());
}

TEST_F(ZoneRule, A_spike_into_the_zone_is_no_entry_and_one_out_of_it_no_exit) {
  use_one("on = \"enter\"\ndwell = { fixes = 2, seconds = 60 }\n");
  go(kOutside, 3);
  go(kInside, 1);
  go(kOutside, 3);
  EXPECT_TRUE(rig->steps.empty());
  use_one("on = \"leave\"\nhysteresis = { fixes = 2, seconds = 60 }\n");
  go(kInside, 3);
  go(kOutside, 1);
  go(kInside, 3);
  EXPECT_TRUE(rig->steps.empty());
}

TEST_F(ZoneRule, Leave_is_one_event_at_the_first_fix_outside) {
  use_one("on = \"leave\"\n");
  go(kInside, 5);
  const auto exit = now;
  go(kOutside, 10);
  ASSERT_EQ(rig->folded().size(), 1u);
  const auto step = rig->folded()[0];
  EXPECT_EQ(step.begin, exit);
  EXPECT_EQ(step.end, exit);
  ASSERT_EQ(step.positions.size(), 2u);
  EXPECT_EQ(step.positions[1].position, geo::to_position(kOutside));
}

TEST_F(ZoneRule, Inside_lasts_until_the_zone_is_left) {
  use_one("on = \"inside\"\n");
  go(kInside, 20);
  const auto exit = now;
  go(kOutside, 5);
  const auto step = rig->folded().at(0);
  EXPECT_EQ(step.begin, local("2024-05-02T10:00:00"));
  EXPECT_EQ(step.end, exit);
  EXPECT_EQ(step.values["closed_by"].as_string(), "left_area");
  EXPECT_EQ(step.title.zh, "疑似入湾");
}

TEST_F(ZoneRule, Outside_fires_out_of_the_zone_but_not_at_berth) {
  use_one("on = \"outside\"\n");
  go(kInside, 20);
  EXPECT_TRUE(rig->steps.empty());
  go(kOutside, 20);
  EXPECT_EQ(rig->folded().size(), 1u);
  use_one("on = \"outside\"\n");
  go(kShidaoQuay, 20, 0.1);
  EXPECT_TRUE(rig->steps.empty());
  use_one("on = \"outside\"\nat_berth = \"count\"\n");
  go(kShidaoQuay, 20, 0.1);
  EXPECT_EQ(rig->folded().size(), 1u);
}

TEST_F(ZoneRule, Speed_bounds_and_an_absent_speed) {
  use_one("on = \"inside\"\nspeed_kn = { min = 2, max = 4 }\n");
  go(kInside, 5, 1.99);
  go(kInside, 5, 4.0);
  go(kInside, 5, -1);  // no speed reported
  EXPECT_TRUE(rig->steps.empty());
  go(kInside, 5, 2.0);
  EXPECT_EQ(rig->folded().size(), 1u);
}

TEST_F(ZoneRule, Criteria_include_and_exclude) {
  const auto fires = [&](const std::string& criteria) {
    use(rule("zone.bay", kAlways + criteria + "\non = \"inside\"\n"));
    go(kInside, 5);
    return !rig->folded().empty();
  };
  vessel->groups = {"a"};
  EXPECT_TRUE(fires("include = { gears = [\"T\"] }"));
  EXPECT_FALSE(fires("include = { gears = [\"C\"] }"));
  EXPECT_TRUE(fires("include = { flags = [\"CN\"] }"));
  EXPECT_FALSE(fires("include = { flags = [\"KR\"] }"));
  EXPECT_TRUE(fires("include = { home_ports = [\"shidao\"] }"));
  EXPECT_FALSE(fires("include = { home_ports = [\"lidao\"] }"));
  EXPECT_TRUE(fires("include = { districts = [\"rongcheng\"] }"));
  EXPECT_FALSE(fires("include = { districts = [\"rushan\"] }"));
  EXPECT_TRUE(fires("include = { groups = [\"a\", \"b\"] }"));
  EXPECT_FALSE(fires("include = { groups = [\"b\"] }"));
  EXPECT_TRUE(fires("include = { vessels = [\"51234\"] }"));
  EXPECT_TRUE(fires("include = { vessels = [\"mmsi:412345678\"] }"));
  EXPECT_TRUE(fires("include = { vessels = [\"鲁荣渔51234\"] }"));
  EXPECT_FALSE(fires("include = { vessels = [\"51235\"] }"));
  EXPECT_TRUE(fires("include = { length_m = { min = 30 } }"));
  EXPECT_FALSE(fires("include = { length_m = { max = 30 } }"));
  EXPECT_TRUE(fires("include = { registered = true }"));
  EXPECT_FALSE(fires("include = { registered = false }"));
  const std::string all = "include = { registered = true }\n";
  EXPECT_FALSE(fires(all + "exclude = { gears = [\"T\"] }"));
  EXPECT_FALSE(fires(all + "exclude = { groups = [\"a\"] }"));
  EXPECT_FALSE(fires(all + "exclude = { length_m = { min = 24 } }"));
  EXPECT_FALSE(fires(all + "exclude = { vessels = [\"51234\"] }"));
  EXPECT_TRUE(fires(all + "exclude = { groups = [\"b\"], flags = [\"KR\"] }"));
}

TEST_F(ZoneRule, Overrides_lift_a_rule_by_name_where_they_speak) {
  const std::string general = rule("zone.bay", std::string(kAlways) + kFishing);
  const std::string special =
      rule("zone.bay_group", std::string(kAlways) +
                                 "include = { groups = [\"a\"] }\noverrides = [\"zone.bay\"]\n"
                                 "season = { from = \"06-01T00:00\", to = \"07-01T00:00\" }\n");
  use(general + special);
  go(kInside, 5);
  EXPECT_EQ(rig->folded().size(), 1u);
  vessel->groups = {"a"};
  vessel->revision = 2;
  use(general + special);
  go(kInside, 5);
  EXPECT_TRUE(rig->folded().empty());  // in May the overriding rule is out of season
}

TEST_F(ZoneRule, A_new_version_takes_over_and_the_old_episode_ends_with_its_validity) {
  use(rule("zone.bay", std::string("valid = { to = 2024-05-02T10:10:00 }\n") + kFishing) +
      rule("zone.bay", std::string("valid = { from = 2024-05-02T10:10:00 }\n") + kFishing, 2));
  go(kInside, 20);
  const auto folded = rig->folded();
  ASSERT_EQ(folded.size(), 2u);
  EXPECT_EQ(folded[0].end, local("2024-05-02T10:10:00"));
  EXPECT_EQ(folded[0].rule_version, 1);
  EXPECT_EQ(folded[1].rule_version, 2);
}

TEST_F(ZoneRule, A_new_pack_keeps_the_episodes_of_rules_that_stay) {
  const std::string stays = rule("zone.bay", std::string(kAlways) + kFishing);
  const std::string goes = rule("zone.other", std::string(kAlways) + kFishing);
  use(goes + stays);
  go(kInside, 5);
  ASSERT_EQ(rig->folded().size(), 2u);
  rig->engine().set_pack(pack_of(files_with(stays)), ++rig->offset, now, rig->steps);
  ASSERT_EQ(rig->steps.size(), 3u);
  EXPECT_EQ(rig->steps[2].rule_id, "zone.other");
  EXPECT_EQ(rig->steps[2].kind, StepKind::kClosed);
  EXPECT_EQ(rig->steps[2].values["closed_by"].as_string(), "rules_changed");
  go(kInside, 30);
  EXPECT_EQ(rig->folded().size(), 2u);
  go(kOutside, 5);
  EXPECT_EQ(rig->steps.back().kind, StepKind::kClosed);
  EXPECT_EQ(rig->steps.back().rule_id, "zone.bay");
}

TEST_F(ZoneRule, A_changed_record_ends_the_episode_with_the_next_fix) {
  use_one("");
  go(kInside, 5);
  auto cargo = make_vessel("51234", kMmsi);
  cargo->revision = 2;
  cargo->kind = model::VesselKind::kCargo;
  view = view_of(cargo);
  go(kInside, 5);
  const auto folded = rig->folded();
  ASSERT_EQ(folded.size(), 1u);
  EXPECT_EQ(folded[0].values["closed_by"].as_string(), "facts");
}

TEST_F(ZoneRule, A_track_that_goes_over_to_a_known_vessel_ends_its_own_episode) {
  use_one("");
  const auto known = view;
  for (int i = 0; i < 5; ++i) rig->feed(make_fix(1, now + minutes(i), kInside, 3), known);
  SubjectView stranger;
  stranger.kind = model::VesselKind::kFishing;
  view = stranger;
  go(kInside, 5);
  EXPECT_EQ(rig->folded().size(), 2u);
  view = known;
  go(kInside, 5);
  const auto folded = rig->folded();
  ASSERT_EQ(folded.size(), 2u);
  int closed = 0;
  for (const auto& step : folded) closed += step.end ? 1 : 0;
  EXPECT_EQ(closed, 1);
}

TEST_F(ZoneRule, A_sender_without_a_finding_is_forgotten_after_a_month_of_silence) {
  use_one("on = \"inside\"\n");
  go(kInside, 3);
  for (std::uint64_t mmsi = 412000001; mmsi <= 412000050; ++mmsi) {
    rig->feed(make_fix(mmsi, now, kOutside, 3), view_of(make_vessel(std::to_string(mmsi), mmsi)));
  }
  rig->tick(now);
  EXPECT_EQ(rig->engine().counters()["subjects"].as_int(), 51);
  rig->tick(now + base::Duration(std::chrono::hours(29 * 24)));
  EXPECT_EQ(rig->engine().counters()["subjects"].as_int(), 51);
  rig->tick(now + base::Duration(std::chrono::hours(31 * 24)));
  const auto counters = rig->engine().counters();
  EXPECT_EQ(counters["subjects"].as_int(), 1) << "the one with a finding stays";
  EXPECT_EQ(counters["forgotten_subjects"].as_int(), 50);

  const auto before = rig->steps.size();
  now = now + base::Duration(std::chrono::hours(32 * 24));
  const auto other = view_of(make_vessel("412000001", 412000001));
  for (int i = 0; i < 5; ++i, now = now + minutes(1)) {
    rig->feed(make_fix(412000001, now, kInside, 3), other);
  }
  EXPECT_GT(rig->steps.size(), before) << "one that comes back is judged anew";
}

}  // namespace
}  // namespace jinglue::detect
