// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/rule_rig.hpp"

namespace jinglue::detect {
namespace {

using namespace support;  // NOLINT: the vocabulary of these tests
using model::Severity;
using model::StepKind;

class Moratorium : public testing::Test {
 protected:
  void at_sea(const char* from, const char* to, double speed_kn = 3.5, double every_min = 1) {
    for (auto t = local(from); t <= local(to); t = t + minutes(every_min)) {
      rig.feed(make_fix(kMmsi, t, kOffShidao, speed_kn), view);
    }
  }
  void moored(const char* from, const char* to, geo::LatLon place = kShidaoQuay,
              double every_min = 3) {
    for (auto t = local(from); t <= local(to); t = t + minutes(every_min)) {
      rig.feed(make_fix(kMmsi, t, place, 0.1), view);
    }
  }
  void with_gears(std::vector<std::string> gears, std::vector<std::string> groups = {}) {
    vessel->gears = std::move(gears);
    vessel->groups = std::move(groups);
    view = view_of(vessel);
  }
  model::FindingStep only() const {
    const auto all = rig.folded();
    EXPECT_EQ(all.size(), 1u);
    return all.empty() ? model::FindingStep{} : all.front();
  }

  static constexpr std::uint64_t kMmsi = 412345678;
  std::shared_ptr<model::VesselFacts> vessel = make_vessel("51234", kMmsi);
  SubjectView view = view_of(vessel);
  RuleRig rig{pack_of(shipped_files())};
};

TEST_F(Moratorium, Is_silent_until_the_last_millisecond_before_the_season) {
  rig.feed(make_fix(kMmsi, local("2024-05-01T11:59:00"), kOffShidao, 3.5), view);
  rig.feed(make_fix(kMmsi, local("2024-05-01T11:59:59"), kOffShidao, 3.5), view);
  rig.feed(make_fix(kMmsi, local("2024-05-01T11:59:59.999"), kOffShidao, 3.5), view);
  EXPECT_TRUE(rig.steps.empty());
}

TEST_F(Moratorium, Fires_from_the_first_instant_of_the_season) {
  rig.feed(make_fix(kMmsi, local("2024-05-01T11:59:59.999"), kOffShidao, 3.5), view);
  rig.feed(make_fix(kMmsi, local("2024-05-01T12:00:00"), kOffShidao, 3.5), view);
  EXPECT_TRUE(rig.steps.empty());  // one fix never accuses
  rig.feed(make_fix(kMmsi, local("2024-05-01T12:00:10"), kOffShidao, 3.5), view);
  ASSERT_EQ(rig.steps.size(), 1u);
  const auto step = only();
  EXPECT_EQ(step.kind, StepKind::kOpened);
  EXPECT_EQ(step.rule_id, "summer_moratorium.north_of_35n");
  EXPECT_EQ(step.rule_version, 2023);
  EXPECT_EQ(step.begin, local("2024-05-01T12:00:00"));
  EXPECT_EQ(step.title.zh, "疑似休渔期海上作业");
  EXPECT_EQ(step.zone, "north_of_35N");
  EXPECT_EQ(step.subjects.at(0).kind, model::SubjectKind::kVessel);
  EXPECT_EQ(step.values["district"].as_string(), "rongcheng");
  EXPECT_EQ(step.values["season_from"].as_string(), "2024-05-01T04:00:00.000Z");
  EXPECT_EQ(step.positions.size(), 2u);
  EXPECT_NE(step.reason.zh.find("2024-05-01 12:00:00"), std::string::npos) << step.reason.zh;
  EXPECT_NE(step.reason.en.find("suspicion"), std::string::npos);
  EXPECT_FALSE(step.article.empty());
}

TEST_F(Moratorium, Fires_until_the_last_millisecond_and_is_silent_from_the_end_instant) {
  rig.feed(make_fix(kMmsi, local("2024-09-01T11:59:50"), kOffShidao, 3.5), view);
  rig.feed(make_fix(kMmsi, local("2024-09-01T11:59:59.999"), kOffShidao, 3.5), view);
  ASSERT_EQ(rig.steps.size(), 1u);
  rig.feed(make_fix(kMmsi, local("2024-09-01T12:00:00"), kOffShidao, 3.5), view);
  const auto step = only();
  EXPECT_EQ(step.kind, StepKind::kClosed);
  EXPECT_EQ(step.end, local("2024-09-01T12:00:00"));
  EXPECT_EQ(step.values["closed_by"].as_string(), "season_end");
  rig.feed(make_fix(kMmsi, local("2024-09-01T12:00:10"), kOffShidao, 3.5), view);
  EXPECT_EQ(rig.folded().size(), 1u);
}

TEST_F(Moratorium, Starting_at_the_end_instant_is_silent) {
  rig.feed(make_fix(kMmsi, local("2024-09-01T12:00:00"), kOffShidao, 3.5), view);
  rig.feed(make_fix(kMmsi, local("2024-09-01T12:00:10"), kOffShidao, 3.5), view);
  EXPECT_TRUE(rig.steps.empty());
}

TEST_F(Moratorium, The_clock_alone_closes_at_the_season_end) {
  at_sea("2024-09-01T11:50:00", "2024-09-01T11:58:00");
  rig.tick(local("2024-09-01T11:59:59"));
  EXPECT_NE(rig.steps.back().kind, StepKind::kClosed);
  rig.tick(local("2024-09-01T12:00:00"));
  EXPECT_EQ(only().end, local("2024-09-01T12:00:00"));
  // The next fix says the same: no further step.
  const auto count = rig.steps.size();
  rig.feed(make_fix(kMmsi, local("2024-09-01T12:00:30"), kOffShidao, 3.5), view);
  EXPECT_EQ(rig.steps.size(), count);
}

TEST_F(Moratorium, Is_silent_at_berth_with_GPS_noise) {
  std::uint32_t seed = 1;
  for (auto t = local("2024-05-01T06:00:00"); t < local("2024-05-02T06:00:00");
       t = t + minutes(3)) {
    seed = seed * 1664525u + 1013904223u;
    const double bearing = seed % 360;
    const double away = 5 + (seed >> 16) % 20;
    // At the polygon's edge, so that half of the fixes lie outside of it.
    const auto place = geo::destination({36.88, 122.425}, bearing, away);
    rig.feed(make_fix(kMmsi, t, place, 0.2), view);
  }
  EXPECT_TRUE(rig.steps.empty());
}

TEST_F(Moratorium, Leaving_a_berth_in_the_season_is_a_departure_and_returning_closes_it) {
  moored("2024-05-01T10:00:00", "2024-05-01T22:37:00");
  at_sea("2024-05-01T22:40:00", "2024-05-02T01:00:00");
  moored("2024-05-02T01:10:00", "2024-05-02T01:40:00");
  const auto step = only();
  EXPECT_EQ(step.title.zh, "疑似休渔期离港");
  EXPECT_EQ(step.values["left_berth"].as_string(), "berth_shidao");
  EXPECT_EQ(step.values["closed_by"].as_string(), "berth");
  EXPECT_EQ(step.end, local("2024-05-02T01:10:00"));
  EXPECT_EQ(step.severity, Severity::kHigh);  // more than 60 minutes
}

TEST_F(Moratorium, One_episode_gives_few_steps) {
  moored("2024-05-01T20:00:00", "2024-05-01T22:37:00");
  at_sea("2024-05-01T22:40:00", "2024-05-02T04:40:00", 3.5, 0.1);
  // Six hours at a fix each 6 s: opened, 36 extensions, one rise of severity.
  EXPECT_LE(rig.steps.size(), 40u);
  EXPECT_EQ(rig.folded().size(), 1u);
  EXPECT_LE(rig.steps.back().positions.size(), 64u);
  EXPECT_EQ(rig.steps.back().positions.front().time, rig.steps.front().positions.front().time);
}

TEST_F(Moratorium, Hook_and_line_only_is_exempt_and_any_other_gear_is_not) {
  with_gears({"D"});
  at_sea("2024-05-01T12:00:00", "2024-05-01T14:00:00");
  EXPECT_TRUE(rig.steps.empty());
  vessel = make_vessel("51234", kMmsi);
  vessel->revision = 2;
  with_gears({"D", "C"});
  at_sea("2024-05-01T14:01:00", "2024-05-01T15:00:00");
  EXPECT_EQ(rig.folded().size(), 1u);
}

TEST_F(Moratorium, Gear_that_is_not_registered_does_not_exempt) {
  with_gears({});
  at_sea("2024-05-01T12:00:00", "2024-05-01T12:10:00");
  EXPECT_EQ(rig.folded().size(), 1u);
}

TEST_F(Moratorium, Auxiliary_vessels_are_closed_too_and_others_are_not) {
  vessel->kind = model::VesselKind::kAuxiliary;
  with_gears({"D"});
  at_sea("2024-05-01T12:00:00", "2024-05-01T12:10:00");
  EXPECT_EQ(rig.folded().size(), 1u);
  for (const auto kind :
       {model::VesselKind::kAquaculture, model::VesselKind::kLeisure, model::VesselKind::kCargo,
        model::VesselKind::kOfficial, model::VesselKind::kUnknown}) {
    RuleRig other{pack_of(shipped_files())};
    SubjectView stranger;
    stranger.kind = kind;
    for (int i = 0; i < 30; ++i) {
      other.feed(make_fix(kMmsi, local("2024-05-01T12:00:00") + minutes(i), kOffShidao, 3),
                 stranger);
    }
    EXPECT_TRUE(other.steps.empty()) << model::to_key(kind);
  }
}

TEST_F(Moratorium, An_unmatched_fishing_vessel_is_its_track_and_says_so) {
  SubjectView stranger;
  stranger.kind = model::VesselKind::kFishing;
  stranger.name = "LU RONG YU 1";
  view = stranger;
  at_sea("2024-05-01T12:00:00", "2024-05-01T12:10:00");
  const auto step = only();
  EXPECT_EQ(step.subjects.at(0).kind, model::SubjectKind::kTrack);
  EXPECT_EQ(step.subjects.at(0).id, "mmsi:412345678");
  EXPECT_NE(step.reason.zh.find("未匹配登记"), std::string::npos);
  EXPECT_FALSE(step.values["registered"].as_bool(true));
}

TEST_F(Moratorium, Distant_water_vessels_and_neighbours_are_excluded) {
  with_gears({"T"}, {"distant_water"});
  at_sea("2024-05-01T12:00:00", "2024-05-01T12:30:00");
  EXPECT_TRUE(rig.steps.empty());
  vessel = make_vessel("2", kMmsi);
  vessel->flag = "KR";
  view = view_of(vessel);
  at_sea("2024-05-01T12:31:00", "2024-05-01T13:00:00");
  EXPECT_TRUE(rig.steps.empty());
}

TEST_F(Moratorium, A_late_return_is_low_and_closes_at_berth) {
  const auto start = local("2024-05-01T11:00:00");
  for (int i = 0; i <= 140; ++i) {  // 8.5 kn from 20 nm off to the quay at 13:20
    const double left_m = (140 - i) / 60.0 * 8.5 * 1852;
    const auto place = geo::destination(kShidaoQuay, 120, left_m);
    rig.feed(make_fix(kMmsi, start + minutes(i), place, i == 140 ? 0.5 : 8.5), view);
  }
  const auto open = only();
  EXPECT_EQ(open.title.zh, "疑似休渔期未按时回港");
  EXPECT_EQ(open.severity, Severity::kLow);
  EXPECT_EQ(open.begin, local("2024-05-01T12:00:00"));
  EXPECT_EQ(open.values["grace_to"].as_string(), "2024-05-01T08:00:00.000Z");
  moored("2024-05-01T13:21:00", "2024-05-01T13:40:00");
  const auto closed = only();
  EXPECT_EQ(closed.kind, StepKind::kClosed);
  EXPECT_EQ(closed.severity, Severity::kLow);
  EXPECT_EQ(closed.values["closed_by"].as_string(), "berth");
  EXPECT_LE(*closed.end, local("2024-05-01T13:21:00"));
  EXPECT_GE(*closed.end, local("2024-05-01T13:10:00"));
}

TEST_F(Moratorium, A_late_return_that_stops_heading_home_is_no_longer_low) {
  at_sea("2024-05-01T11:00:00", "2024-05-01T12:10:00", 8.5);
  EXPECT_EQ(only().severity, Severity::kLow);
  at_sea("2024-05-01T12:11:00", "2024-05-01T12:40:00", 3.0);
  EXPECT_EQ(only().severity, Severity::kMedium);
  EXPECT_EQ(only().title.zh, "疑似休渔期海上作业");
}

TEST_F(Moratorium, The_grace_ends) {
  at_sea("2024-05-01T11:00:00", "2024-05-01T15:59:00", 8.5);
  EXPECT_EQ(only().severity, Severity::kLow);
  at_sea("2024-05-01T16:00:00", "2024-05-01T16:01:00", 8.5);
  EXPECT_EQ(only().severity, Severity::kHigh);
}

TEST_F(Moratorium, Arriving_in_time_is_silent_even_before_the_berth_state_settles) {
  for (int i = 0; i <= 59; ++i) {
    const auto place = geo::destination(kShidaoQuay, 120, (59 - i) / 60.0 * 9 * 1852);
    rig.feed(make_fix(kMmsi, local("2024-05-01T11:00:00") + minutes(i), place, 9), view);
  }
  moored("2024-05-01T11:59:30", "2024-05-01T13:00:00", kShidaoQuay, 0.5);
  EXPECT_TRUE(rig.steps.empty());
}

TEST_F(Moratorium, A_gap_into_the_season_opens_with_the_first_fixes_after_it) {
  at_sea("2024-04-28T10:00:00", "2024-04-28T11:00:00");
  rig.tick(local("2024-05-02T00:00:00"));
  EXPECT_TRUE(rig.steps.empty());
  at_sea("2024-05-03T08:00:00", "2024-05-03T08:05:00");
  const auto step = only();
  EXPECT_EQ(step.begin, local("2024-05-03T08:00:00"));
  EXPECT_EQ(step.severity, Severity::kMedium);
}

TEST_F(Moratorium, Silence_closes_and_a_return_is_a_new_episode) {
  at_sea("2024-05-02T08:00:00", "2024-05-02T09:00:00");
  rig.tick(local("2024-05-02T15:00:00"));
  EXPECT_NE(only().kind, StepKind::kClosed);
  rig.tick(local("2024-05-02T15:00:00") + base::Duration(1));
  const auto closed = only();
  EXPECT_EQ(closed.kind, StepKind::kClosed);
  EXPECT_EQ(closed.values["closed_by"].as_string(), "silence");
  EXPECT_EQ(closed.end, local("2024-05-02T09:00:00"));
  at_sea("2024-05-02T18:00:00", "2024-05-02T18:05:00");
  EXPECT_EQ(rig.folded().size(), 2u);
}

TEST_F(Moratorium, Two_terminals_on_one_hull_give_one_finding) {
  for (int i = 0; i < 60; ++i) {
    const auto t = local("2024-05-02T08:00:00") + minutes(i);
    rig.feed(make_fix(kMmsi, t, kOffShidao, 3), view);
    if (i % 3 == 0) {
      auto beidou = make_fix(0, t + base::Duration(500), kOffShidao, 3);
      beidou.track.terminal = model::TerminalId::make(model::TerminalKind::kBeidou, 7654321);
      beidou.source = model::FixSource::kBeidou;
      rig.feed(beidou, view);
    }
  }
  EXPECT_EQ(only().subjects.at(0).id, "51234");
  EXPECT_EQ(only().values["fixes"].as_int(), 68);  // as of the extension at 08:50
}

TEST_F(Moratorium, A_track_claimed_during_an_episode_keeps_its_finding) {
  SubjectView stranger;
  stranger.kind = model::VesselKind::kFishing;
  for (int i = 0; i < 30; ++i) {
    const auto t = local("2024-05-02T08:00:00") + minutes(i);
    rig.feed(make_fix(kMmsi, t, kOffShidao, 3), i < 10 ? stranger : view);
  }
  EXPECT_EQ(only().subjects.at(0).id, "mmsi:412345678");
}

TEST_F(Moratorium, Every_band_has_its_own_end) {
  struct Case {
    geo::LatLon place;
    const char* inside;
    const char* end;
    const char* rule;
  };
  const Case cases[] = {{{36.0, 122.0},
                         "2024-08-31T00:00:00",
                         "2024-09-01T12:00:00",
                         "summer_moratorium.north_of_35n"},
                        {{30.0, 123.0},
                         "2024-09-15T00:00:00",
                         "2024-09-16T12:00:00",
                         "summer_moratorium.35n_to_26n30"},
                        {{22.0, 115.0},
                         "2024-08-15T00:00:00",
                         "2024-08-16T12:00:00",
                         "summer_moratorium.26n30_to_12n"},
                        {{36.0, 122.0},
                         "2016-08-31T00:00:00",
                         "2016-09-01T12:00:00",
                         "summer_moratorium.north_of_35n"},
                        {{30.0, 123.0},
                         "2022-09-15T00:00:00",
                         "2022-09-16T12:00:00",
                         "summer_moratorium.35n_to_26n30"}};
  for (const auto& c : cases) {
    RuleRig one{pack_of(shipped_files())};
    one.feed(make_fix(kMmsi, local(c.inside), c.place, 3), view);
    one.feed(make_fix(kMmsi, local(c.inside) + minutes(1), c.place, 3), view);
    ASSERT_EQ(one.folded().size(), 1u) << c.rule;
    EXPECT_EQ(one.folded()[0].rule_id, c.rule);
    EXPECT_EQ(one.folded()[0].values["season_to"].as_string(), base::to_iso(local(c.end)));
    RuleRig after{pack_of(shipped_files())};
    after.feed(make_fix(kMmsi, local(c.end), c.place, 3), view);
    after.feed(make_fix(kMmsi, local(c.end) + minutes(1), c.place, 3), view);
    EXPECT_TRUE(after.folded().empty()) << c.rule;
  }
}

TEST_F(Moratorium, Before_2017_the_season_began_in_June) {
  rig.feed(make_fix(kMmsi, local("2016-06-01T11:59:00"), {36, 122}, 3), view);
  rig.feed(make_fix(kMmsi, local("2016-06-01T11:59:59"), {36, 122}, 3), view);
  EXPECT_TRUE(rig.steps.empty());
  at_sea("2016-06-01T12:00:00", "2016-06-01T12:05:00");
  EXPECT_EQ(only().rule_version, 2013);
}

TEST_F(Moratorium, Small_stow_nets_of_Shandong_end_in_August_and_the_rule_that_bound_is_named) {
  with_gears({"Z"}, {"Z.small"});
  at_sea("2025-08-20T11:50:00", "2025-08-20T11:59:00");
  const auto step = only();
  EXPECT_EQ(step.rule_id, "summer_moratorium.north_of_35n.small_stow_net");
  EXPECT_EQ(step.values["replaces"].items().at(0).as_string(), "summer_moratorium.north_of_35n");
  at_sea("2025-08-20T12:00:00", "2025-08-20T13:00:00");
  EXPECT_EQ(only().end, local("2025-08-20T12:00:00"));
}

TEST_F(Moratorium, Another_gear_on_board_keeps_the_general_rule) {
  with_gears({"Z", "T"}, {"Z.small"});
  at_sea("2025-08-25T12:00:00", "2025-08-25T12:10:00");
  EXPECT_EQ(only().rule_id, "summer_moratorium.north_of_35n");
}

TEST_F(Moratorium, Four_gears_of_2021_end_in_August_and_only_alone) {
  const geo::LatLon place{30, 123};
  const auto fires = [&](std::vector<std::string> gears, std::vector<std::string> groups) {
    RuleRig one{pack_of(shipped_files())};
    with_gears(std::move(gears), std::move(groups));
    for (int i = 0; i < 5; ++i) {
      one.feed(make_fix(kMmsi, local("2022-08-10T00:00:00") + minutes(i), place, 3), view);
    }
    return !one.folded().empty();
  };
  EXPECT_FALSE(fires({"C"}, {}));
  EXPECT_FALSE(fires({"C", "L", "D"}, {}));
  EXPECT_FALSE(fires({"T"}, {"T.beam_shrimp"}));
  EXPECT_TRUE(fires({"T"}, {}));
  EXPECT_TRUE(fires({"C", "T"}, {}));
}

TEST_F(Moratorium, A_period_without_a_rule_is_reported_once_per_area) {
  at_sea("2019-06-01T08:00:00", "2019-06-01T10:00:00");
  const auto step = only();
  EXPECT_EQ(step.rule_id, "no_rule_held.moratorium");
  EXPECT_EQ(step.severity, Severity::kInfo);
  EXPECT_EQ(step.subjects.at(0).kind, model::SubjectKind::kArea);
  EXPECT_EQ(step.subjects.at(0).id, "north_of_35N");
  EXPECT_EQ(step.begin, local("2019-06-01T08:00:00"));
  // A cargo ship raises none.
  RuleRig other{pack_of(shipped_files())};
  SubjectView cargo;
  cargo.kind = model::VesselKind::kCargo;
  other.feed(make_fix(1, local("2019-06-01T08:00:00"), kOffShidao, 3), cargo);
  EXPECT_TRUE(other.steps.empty());
}

TEST_F(Moratorium, An_earlier_late_fix_corrects_the_notice_and_its_end_closes_it) {
  rig.feed(make_fix(kMmsi, local("2023-03-12T10:00:00"), kOffShidao, 3), view);
  rig.feed(make_fix(kMmsi, local("2023-03-12T09:00:00"), kOffShidao, 3), view);
  EXPECT_EQ(only().kind, StepKind::kCorrected);
  EXPECT_EQ(only().begin, local("2023-03-12T09:00:00"));
  rig.tick(local("2023-03-13T00:00:00"));
  EXPECT_EQ(only().kind, StepKind::kClosed);
  EXPECT_EQ(only().end, local("2023-03-13T00:00:00"));
}

}  // namespace
}  // namespace jinglue::detect
