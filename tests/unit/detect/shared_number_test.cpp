// SPDX-License-Identifier: Apache-2.0
// Two hulls on one MMSI, through the gate and the shipped rule: made voyages, and real AIS of one
// number that dozens of boats send (optional data beside the tree).
#include "detect/identity/shared_number.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "picture/gate/gate.hpp"
#include "support/rule_rig.hpp"
#include "unit/observe/shared_data.hpp"

namespace jinglue::detect {
namespace {

using support::RuleRig;

constexpr std::int64_t kBegin = 1'714'536'000'000;
constexpr geo::LatLon kShidao{36.88, 122.42}, kDalian{38.9, 121.9};
constexpr std::string_view kRule = "identity.shared_number";

geo::LatLon sailed(geo::LatLon from, double course_deg, double speed_kn, std::int64_t second) {
  return geo::destination(from, course_deg, speed_kn * 1852 * double(second) / 3600);
}

/// Fixes as they are reported, all of one number, through the gate to the rules.
struct Sea {
  RuleRig rig{support::pack_of(support::shipped_files())};
  picture::Gate gate;
  SubjectView view;
  std::uint64_t mmsi{413'345'678};

  Sea() {
    view.kind = model::VesselKind::kCargo;
    view.name = "HAI FENG 9";
  }
  void report(geo::LatLon at, std::int64_t second, double speed_kn = 9) {
    auto fix = support::make_fix(mmsi, {kBegin + second * 1000}, at, speed_kn);
    fix.offset = ++rig.offset;
    const auto passed = gate.take(fix);
    if (passed.why == picture::Withheld::kNot) rig.feed(passed.fix, view);
  }
  void two_hulls(std::int64_t from, std::int64_t to) {
    for (std::int64_t second = from; second < to; second += 60) {
      report(sailed(kShidao, 90, 9, second), second);
      report(sailed(kDalian, 180, 9, second), second + 30);
      rig.tick({kBegin + second * 1000});
    }
  }
  void tick(std::int64_t second) { rig.tick({kBegin + second * 1000}); }
  std::vector<model::FindingStep> steps() const {
    std::vector<model::FindingStep> out;
    for (const auto& step : rig.steps) {
      if (step.rule_id == kRule) out.push_back(step);
    }
    return out;
  }
};

TEST(SharedNumber, OneFindingSaysWhereBothAre) {
  Sea sea;
  sea.two_hulls(0, 3600);
  const auto steps = sea.steps();
  ASSERT_EQ(steps.size(), 1u) << "once, not per position";
  const auto& step = steps.front();
  EXPECT_EQ(step.kind, model::StepKind::kOpened);
  EXPECT_EQ(step.severity, model::Severity::kMedium);
  EXPECT_TRUE(step.title.zh.starts_with("疑似"));
  ASSERT_EQ(step.subjects.size(), 2u);
  EXPECT_EQ(step.main_subject()->id, "mmsi:413345678");
  EXPECT_EQ(step.main_subject()->label, "HAI FENG 9");
  EXPECT_EQ(step.subjects[1].id, "mmsi:413345678/1");
  EXPECT_EQ(step.subjects[1].role, "partner");
  EXPECT_EQ(step.values["number"].as_string(), "mmsi:413345678");
  const double nm = geo::distance_m(kShidao, kDalian) / 1852;
  EXPECT_NEAR(step.values["apart_nm"].as_double(), nm, 10);
  EXPECT_GT(step.values["needed_kn"].as_double(), 1'000);
  EXPECT_EQ(step.values["hulls"].as_int(), 2);
  ASSERT_EQ(step.positions.size(), 2u);
  EXPECT_NE(step.positions[0].track, step.positions[1].track);
  for (const auto& text : {step.reason.zh, step.reason.en}) {
    EXPECT_EQ(text.find("mmsi:"), std::string::npos) << "as people say it: " << text;
    EXPECT_NE(text.find("MMSI 413345678"), std::string::npos) << text;
    EXPECT_NE(text.find("HAI FENG 9"), std::string::npos) << text;
    EXPECT_NE(text.find("36.88"), std::string::npos) << text;
  }
}

TEST(SharedNumber, IsExtendedOnceAnHourAndClosedWhenOneIsLeft) {
  Sea sea;
  sea.two_hulls(0, 4 * 3600);
  for (std::int64_t second = 4 * 3600; second < 12 * 3600; second += 60) {
    sea.report(sailed(kShidao, 90, 9, second), second);
    sea.tick(second);
  }
  const auto steps = sea.steps();
  std::map<model::StepKind, int> kinds;
  for (const auto& step : steps) ++kinds[step.kind];
  EXPECT_EQ(kinds[model::StepKind::kOpened], 1);
  EXPECT_EQ(kinds[model::StepKind::kExtended], 4);
  ASSERT_EQ(kinds[model::StepKind::kClosed], 1);
  const auto& last = steps.back();
  ASSERT_TRUE(last.end);
  EXPECT_LE(last.end->ms, kBegin + 5 * 3'600'000) << "when both were heard last";
  EXPECT_GE(last.end->ms, kBegin + 4 * 3'600'000 - 60'000);
  EXPECT_LE(last.positions.size(), 32u);
  for (std::size_t i = 0; i < steps.size(); ++i) EXPECT_EQ(steps[i].number, i);
}

TEST(SharedNumber, OneShipAndItsStraysAreNone) {
  Sea sea;
  for (std::int64_t second = 0; second < 7200; second += 60) {
    sea.report(sailed(kShidao, 90, 9, second), second);
    if (second % 1800 == 600) sea.report({22.0, 114.0}, second + 5);
    sea.tick(second);
  }
  EXPECT_TRUE(sea.steps().empty());
}

TEST(SharedNumber, NetBeaconsOfOneNumberAreNone) {
  Sea sea;
  sea.view.kind = model::VesselKind::kGear;
  sea.two_hulls(0, 7200);
  EXPECT_TRUE(sea.steps().empty());
}

TEST(SharedNumber, TheVesselOfTheRegisterIsTheMainSubject) {
  Sea sea;
  const auto facts = support::make_vessel("V1", sea.mmsi);
  for (std::int64_t second = 0; second < 3600; second += 60) {
    for (const bool first : {true, false}) {
      auto fix = support::make_fix(sea.mmsi, {kBegin + second * 1000 + (first ? 0 : 30'000)},
                                   sailed(first ? kShidao : kDalian, 90, 9, second), 9);
      fix.offset = ++sea.rig.offset;
      const auto passed = sea.gate.take(fix);
      if (passed.why != picture::Withheld::kNot) continue;
      sea.rig.feed(passed.fix, passed.fix.track.segment == 0 ? support::view_of(facts) : sea.view);
    }
  }
  const auto steps = sea.steps();
  ASSERT_FALSE(steps.empty());
  EXPECT_EQ(steps.front().main_subject()->kind, model::SubjectKind::kVessel);
  EXPECT_EQ(steps.front().main_subject()->id, "V1");
  EXPECT_EQ(steps.front().subjects[1].kind, model::SubjectKind::kTrack);
}

TEST(SharedNumber, GoesOnAfterARestart) {
  Sea plain, stopped;
  plain.two_hulls(0, 3 * 3600);
  stopped.two_hulls(0, 4800);
  base::ByteWriter out;
  stopped.rig.engine().save(out);
  stopped.rig.restart(support::pack_of(support::shipped_files()));
  base::ByteReader in(out.bytes());
  ASSERT_TRUE(stopped.rig.engine().load(in));
  stopped.two_hulls(4800, 3 * 3600);
  EXPECT_TRUE(plain.steps() == stopped.steps());
  EXPECT_EQ(plain.rig.engine().counters()["shared_numbers"].as_int(), 1);
}

TEST(SharedNumber, WithoutTheRuleNothingOpensAndWhatIsOpenIsClosed) {
  auto files = support::shipped_files();
  std::erase_if(files.files, [](const auto& f) { return f.first == "shared_number.toml"; });
  files.revision = "without";
  Sea sea;
  sea.two_hulls(0, 3600);
  ASSERT_EQ(sea.steps().size(), 1u);
  sea.rig.engine().set_pack(support::pack_of(files), ++sea.rig.offset, {kBegin + 3'600'000},
                            sea.rig.steps);
  sea.tick(3601);
  ASSERT_EQ(sea.steps().size(), 2u);
  EXPECT_EQ(sea.steps().back().kind, model::StepKind::kClosed);
  sea.two_hulls(3660, 7200);
  EXPECT_EQ(sea.steps().size(), 2u);
}

TEST(SharedNumber, MistakesOfItsRuleAreNamed) {
  const auto problems = [](const std::string& what, const std::string& change) {
    auto files = support::shipped_files();
    for (auto& [name, text] : files.files) {
      if (name != "shared_number.toml") continue;
      const auto at = text.find(what);
      EXPECT_NE(at, std::string::npos) << what;
      text.replace(at, what.size(), change);
    }
    std::string out;
    for (const auto& error : load_pack(files).errors) out += error.text() + "\n";
    return out;
  };
  EXPECT_EQ(problems("apart_nm = 5", "apart_nm = 8"), "");
  EXPECT_NE(problems("apart_nm = 5", "apart_nm = 0").find("shared_number.toml"), std::string::npos);
  EXPECT_NE(problems("window_min = 60", "window_min = 0").find("window_min"), std::string::npos);
  EXPECT_NE(problems("window_min", "window").find("window"), std::string::npos);
  EXPECT_NE(problems("\"gear\"", "\"net\"").find("not a kind of vessel"), std::string::npos);
  EXPECT_NE(problems("\"ITU_M585\", ", "\"NOWHERE\", ").find("NOWHERE"), std::string::npos);
  EXPECT_NE(problems("zh = \"疑似两船", "zh = \"两船").find("疑似"), std::string::npos);
}

/// 416000000 is sent by dozens of boats; 338013000 by one ship.
TEST(SharedNumberReal, TheRealNumbersAreTold) {
  const auto folder = tests::shared_ais() / "../behaviour/segment_fixtures";
  JINGLUE_NEEDS_SHARED(folder);
  const auto findings = [&](const std::string& file, std::uint64_t mmsi) {
    Sea sea;
    sea.mmsi = mmsi;
    std::vector<std::pair<std::int64_t, geo::LatLon>> rows;
    for (const auto& line : tests::read_lines(folder / file)) {
      const auto row = base::parse_json(line);
      if (!row || (*row)["lat"].is_null() || (*row)["lon"].is_null()) continue;
      auto text = (*row)["timestamp"].as_string();
      const auto time = base::parse_iso(text.substr(0, 10) + "T" + text.substr(11, 8) + "Z");
      if (!time) continue;
      rows.push_back(
          {(time->ms - kBegin) / 1000, {(*row)["lat"].as_double(), (*row)["lon"].as_double()}});
    }
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [second, at] : rows) {
      sea.report(at, second, -1);
      sea.tick(second);
    }
    std::size_t opened = 0;
    for (const auto& step : sea.steps()) opened += step.kind == model::StepKind::kOpened ? 1 : 0;
    return opened;
  };
  EXPECT_GE(findings("416000000.json.gz", 416'000'000), 1u);
  EXPECT_EQ(findings("338013000.json.gz", 338'013'000), 0u);
}

}  // namespace
}  // namespace jinglue::detect
