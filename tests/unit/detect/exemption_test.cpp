// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/rule_rig.hpp"

namespace jinglue::detect {
namespace {

using namespace support;  // NOLINT: the vocabulary of these tests
using model::StepKind;

constexpr std::uint64_t kMmsi = 412345678;

/// Which minutes of a track give a finding: an exemption for one hour in the middle of it.
class Exemption : public testing::Test {
 protected:
  void track(const char* from, const char* to, geo::LatLon place = kOffShidao) {
    for (auto t = local(from); t <= local(to); t = t + base::Duration(1000)) {
      rig.feed(make_fix(kMmsi, t, place, 3.5), view);
    }
  }
  bool silent(const char* rule, const char* vessel_id, const char* from, const char* to,
              const char* area = "", geo::LatLon place = kOffShidao) {
    RuleRig one{pack_of(shipped_files())};
    one.exempt("e1", vessel_id, rule, local(from), local(to), area);
    for (auto t = local("2024-05-02T10:00:00"); t <= local("2024-05-02T10:00:30");
         t = t + base::Duration(1000)) {
      one.feed(make_fix(kMmsi, t, place, 3.5), view);
    }
    return one.folded().empty();
  }

  std::shared_ptr<model::VesselFacts> vessel = make_vessel("51234", kMmsi);
  SubjectView view = view_of(vessel);
  RuleRig rig{pack_of(shipped_files())};
};

TEST_F(Exemption, Silences_the_rule_its_family_of_ids_and_its_family_but_no_other) {
  const char* from = "2024-05-02T00:00:00";
  const char* to = "2024-05-03T00:00:00";
  EXPECT_TRUE(silent("summer_moratorium.north_of_35n", "51234", from, to));
  EXPECT_TRUE(silent("summer_moratorium", "51234", from, to));
  EXPECT_TRUE(silent("moratorium", "51234", from, to));
  EXPECT_FALSE(silent("home_port", "51234", from, to));
  EXPECT_FALSE(silent("zone", "51234", from, to));
  EXPECT_FALSE(silent("summer", "51234", from, to));
  EXPECT_FALSE(silent("summer_moratorium.35n_to_26n30", "51234", from, to));
}

TEST_F(Exemption, Silences_one_vessel) {
  EXPECT_FALSE(silent("moratorium", "99999", "2024-05-02T00:00:00", "2024-05-03T00:00:00"));
}

TEST_F(Exemption, Silences_inside_its_area_only) {
  const char* from = "2024-05-02T00:00:00";
  const char* to = "2024-05-03T00:00:00";
  EXPECT_TRUE(silent("moratorium", "51234", from, to, "working_sanggou_bay", {37.1, 122.55}));
  EXPECT_FALSE(silent("moratorium", "51234", from, to, "working_sanggou_bay", kOffShidao));
  EXPECT_FALSE(silent("moratorium", "51234", from, to, "no_such_area", kOffShidao));
}

TEST_F(Exemption, Begins_and_ends_to_the_second) {
  rig.exempt("e1", "51234", "moratorium", local("2024-05-02T10:00:30"),
             local("2024-05-02T10:01:00"));
  track("2024-05-02T10:00:00", "2024-05-02T10:01:30");
  const auto folded = rig.folded();
  ASSERT_EQ(folded.size(), 2u);
  EXPECT_EQ(folded[0].end, local("2024-05-02T10:00:29"));
  EXPECT_EQ(folded[0].values["closed_by"].as_string(), "exempt");
  EXPECT_EQ(folded[1].begin, local("2024-05-02T10:01:00"));  // the end instant is not covered
  EXPECT_FALSE(folded[1].end);
}

TEST_F(Exemption, One_second_outside_of_it_fires) {
  // Two fixes, one second apart, make a finding when neither is covered.
  const auto fires = [&](const char* from, const char* to) {
    RuleRig one{pack_of(shipped_files())};
    one.exempt("e1", "51234", "moratorium", local(from), local(to));
    one.feed(make_fix(kMmsi, local("2024-05-02T10:00:00"), kOffShidao, 3.5), view);
    one.feed(make_fix(kMmsi, local("2024-05-02T10:00:01"), kOffShidao, 3.5), view);
    return !one.folded().empty();
  };
  EXPECT_FALSE(fires("2024-05-02T10:00:00", "2024-05-02T10:00:02"));
  EXPECT_FALSE(fires("2024-05-02T10:00:01", "2024-05-02T10:00:02"));
  EXPECT_FALSE(fires("2024-05-02T10:00:00", "2024-05-02T10:00:01"));
  EXPECT_TRUE(fires("2024-05-02T10:00:02", "2024-05-02T11:00:00"));
  EXPECT_TRUE(fires("2024-05-02T09:00:00", "2024-05-02T10:00:00"));
}

TEST_F(Exemption, Only_an_approved_record_counts) {
  for (const char* state : {"draft", "revoked", ""}) {
    RuleRig one{pack_of(shipped_files())};
    one.exempt("e1", "51234", "moratorium", local("2024-05-01T00:00:00"),
               local("2024-05-09T00:00:00"), "", state);
    one.feed(make_fix(kMmsi, local("2024-05-02T10:00:00"), kOffShidao, 3.5), view);
    one.feed(make_fix(kMmsi, local("2024-05-02T10:00:01"), kOffShidao, 3.5), view);
    EXPECT_EQ(one.folded().size(), 1u) << state;
  }
}

TEST_F(Exemption, Approved_during_an_episode_closes_it_at_once_and_revoked_opens_it_again) {
  track("2024-05-02T10:00:00", "2024-05-02T10:00:30");
  ASSERT_EQ(rig.folded().size(), 1u);
  rig.tick(local("2024-05-02T10:00:40"));
  rig.exempt("e1", "51234", "moratorium", local("2024-05-02T10:00:00"),
             local("2024-05-03T10:00:00"));
  EXPECT_EQ(rig.steps.back().kind, StepKind::kClosed);
  EXPECT_EQ(rig.steps.back().values["closed_by"].as_string(), "exempt");
  track("2024-05-02T10:01:00", "2024-05-02T10:01:30");
  EXPECT_EQ(rig.folded().size(), 1u);
  rig.exempt("e1", "51234", "moratorium", local("2024-05-02T10:00:00"),
             local("2024-05-03T10:00:00"), "", "revoked");
  track("2024-05-02T10:02:00", "2024-05-02T10:02:30");
  EXPECT_EQ(rig.folded().size(), 2u);
}

TEST_F(Exemption, The_clock_closes_an_episode_when_a_later_exemption_comes_into_force) {
  rig.exempt("e1", "51234", "moratorium", local("2024-05-02T11:00:00"),
             local("2024-05-03T10:00:00"));
  track("2024-05-02T10:59:00", "2024-05-02T10:59:50");
  rig.tick(local("2024-05-02T10:59:59"));
  EXPECT_NE(rig.steps.back().kind, StepKind::kClosed);
  rig.tick(local("2024-05-02T11:00:00"));
  EXPECT_EQ(rig.steps.back().kind, StepKind::kClosed);
}

TEST_F(Exemption, A_malformed_record_silences_nothing_and_is_counted) {
  rig.change("exemption", "e1", base::Json::object({{"vessel", "51234"}}), "approved",
             local("2024-05-01T00:00:00"));
  track("2024-05-02T10:00:00", "2024-05-02T10:00:10");
  EXPECT_EQ(rig.folded().size(), 1u);
  EXPECT_EQ(rig.engine().counters()["malformed_exemptions"].as_int(), 1);
}

TEST_F(Exemption, A_late_fix_is_judged_by_what_was_known_when_it_came) {
  // 10:00-10:10 at sea, then an exemption from 10:20 becomes known; a fix of 10:05 comes late.
  for (int i = 0; i <= 10; ++i) {
    rig.feed(make_fix(kMmsi, local("2024-05-02T10:00:00") + minutes(i), kOffShidao, 3.5), view);
  }
  rig.exempt("e1", "51234", "moratorium", local("2024-05-02T10:20:00"),
             local("2024-05-03T10:00:00"));
  const auto before = order_free(rig.folded());
  rig.feed(make_fix(kMmsi, local("2024-05-02T10:05:30"), kOffShidao, 3.5), view);
  const auto folded = rig.folded();
  ASSERT_EQ(folded.size(), 1u);
  EXPECT_FALSE(folded[0].end);
  EXPECT_EQ(rig.engine().counters()["late_fixes"].as_int(), 1);
}

class HomePort : public Exemption {
 protected:
  void lie(const char* from, double hours, geo::LatLon place) {
    for (auto t = local(from); t <= local(from) + minutes(hours * 60); t = t + minutes(3)) {
      rig.feed(make_fix(kMmsi, t, place, 0.1), view);
    }
  }
};

TEST_F(HomePort, Lying_elsewhere_for_two_hours_is_a_low_finding) {
  lie("2024-05-02T10:00:00", 1.9, kLidaoQuay);
  EXPECT_TRUE(rig.folded().empty());
  lie("2024-05-02T11:57:00", 2, kLidaoQuay);
  const auto folded = rig.folded();
  ASSERT_EQ(folded.size(), 1u);
  EXPECT_EQ(folded[0].rule_id, "home_port");
  EXPECT_EQ(folded[0].severity, model::Severity::kLow);
  EXPECT_EQ(folded[0].title.zh, "疑似休渔期未在船籍港停泊");
  EXPECT_EQ(folded[0].values["berth"].as_string(), "berth_lidao");
  EXPECT_EQ(folded[0].begin, local("2024-05-02T10:00:00"));
}

TEST_F(HomePort, The_home_port_is_silent_and_so_is_the_time_out_of_season) {
  lie("2024-05-02T10:00:00", 12, kShidaoQuay);
  lie("2024-10-02T10:00:00", 12, kLidaoQuay);
  EXPECT_TRUE(rig.folded().empty());
}

TEST_F(HomePort, An_approved_other_port_silences_that_port_only) {
  rig.exempt("e1", "51234", "home_port", local("2024-05-01T00:00:00"), local("2024-06-01T00:00:00"),
             "berth_lidao");
  lie("2024-05-02T10:00:00", 12, kLidaoQuay);
  EXPECT_TRUE(rig.folded().empty());
  RuleRig other{pack_of(shipped_files())};
  other.exempt("e1", "51234", "home_port", local("2024-05-01T00:00:00"),
               local("2024-06-01T00:00:00"), "berth_shidao");
  for (int i = 0; i < 100; ++i) {
    other.feed(make_fix(kMmsi, local("2024-05-02T10:00:00") + minutes(3 * i), kLidaoQuay, 0), view);
  }
  EXPECT_EQ(other.folded().size(), 1u);
}

TEST_F(HomePort, A_vessel_without_a_registered_home_port_is_no_case) {
  vessel = make_vessel("2", kMmsi);
  vessel->home_port.clear();
  view = view_of(vessel);
  lie("2024-05-02T10:00:00", 12, kLidaoQuay);
  EXPECT_TRUE(rig.folded().empty());
}

}  // namespace
}  // namespace jinglue::detect
