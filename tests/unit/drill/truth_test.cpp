// SPDX-License-Identifier: Apache-2.0
// The truth agrees with the movement, the records with the fleet and with the rules' vocabulary.
#include <set>

#include "drill/player.hpp"
#include "model/finding.hpp"
#include "model/terminal.hpp"
#include "unit/drill/shipped.hpp"

using namespace jinglue;
using namespace jinglue::tests;

namespace {

const drill::Player& player() {
  static const std::unique_ptr<drill::Player> the_player = [] {
    auto opened = drill::Player::open(kShipped, 1);
    if (!opened) throw std::runtime_error(opened.error().text());
    return std::move(*opened);
  }();
  return *the_player;
}

const base::Json& truth() {
  static const base::Json the_truth = player().truth();
  return the_truth;
}

const base::Json& records() {
  static const base::Json the_records = player().records();
  return the_records;
}

base::Instant instant(const base::Json& json) {
  return *base::parse_iso(json.as_string());
}

bool at_berth(const std::string& key, std::int64_t t_ms) {
  return shipped().map().at_berth(shipped().find(key)->track.pose(t_ms).at);
}

const base::Instant kSeason = local(5, 1, 12, 0);

}  // namespace

TEST(Drill, TheClockIsThatOfTheExercise) {
  EXPECT_EQ(player().begin(), local(5, 1, 6, 0));
  EXPECT_EQ(player().opens(), local(5, 1, 11, 50));
  EXPECT_EQ(player().end(), local(5, 3, 18, 0));
  EXPECT_EQ(player().speed(), 20);
}

TEST(Truth, EachExpectationIsWellFormed) {
  EXPECT_EQ(truth()["find"].items().size(), 13u);
  for (const auto& f : truth()["find"].items()) {
    const auto* vessel = shipped().find(f["key"].as_string());
    ASSERT_NE(vessel, nullptr);
    EXPECT_EQ(f["vessel"].as_string(), vessel->name);
    EXPECT_EQ(f["terminals"].items().at(0).as_string(),
              model::to_text(vessel->terminals.front().id()));
    EXPECT_EQ(f["terminals"].items().size(), vessel->terminals.size());
    EXPECT_FALSE(f["note"]["zh"].as_string().empty());
    EXPECT_FALSE(f["note"]["en"].as_string().empty());
    EXPECT_GE(instant(f["begin"]), player().begin());
    if (!f["end"].is_null()) {
      EXPECT_GE(instant(f["end"]), instant(f["begin"]));
    }
    if (!f["severity"].is_null()) {
      EXPECT_TRUE(model::severity_from(f["severity"].as_string()));
    }
  }
}

TEST(Truth, EachViolatorIsOutsideEveryBerthExactlyInItsInterval) {
  int violators = 0;
  for (const auto& f : truth()["find"].items()) {
    if (f["family"].as_string() != "moratorium") continue;
    const std::string key = f["key"].as_string();
    const std::int64_t begin = instant(f["begin"]).ms;
    const std::int64_t end = f["end"].is_null() ? player().end().ms : instant(f["end"]).ms;
    EXPECT_GE(begin, kSeason.ms) << key;
    for (std::int64_t t = begin; t < end; t += 60'000) {
      ASSERT_FALSE(at_berth(key, t)) << key << ' ' << base::to_iso({t});
    }
    if (begin > kSeason.ms) {
      EXPECT_TRUE(at_berth(key, begin - 2000)) << key;
    }
    if (end < player().end().ms) {
      EXPECT_TRUE(at_berth(key, end + 2000)) << key;
    }
    const auto& group = *shipped().find(key)->group;
    EXPECT_TRUE(group.kind == model::VesselKind::kFishing ||
                group.kind == model::VesselKind::kAuxiliary);
    EXPECT_NE(shipped().find(key)->gears, std::vector<std::string>{"D"}) << key;
    ++violators;
  }
  EXPECT_EQ(violators, 6) << "five violators and the auxiliary; the dark one gives no position";
}

TEST(Truth, WhoMustStaySilentLiesInPortOrIsNotBound) {
  std::set<std::string> excused;
  for (const auto& p : shipped().scenario().permissions) {
    if (p.transition == "approve") excused.insert(p.vessel);
  }
  const auto expected_vessels = [] {
    std::set<std::string> out;
    for (const auto& f : truth()["find"].items()) {
      if (f["family"].as_string() == "moratorium") out.insert(f["key"].as_string());
    }
    return out;
  }();
  for (const auto& vessel : shipped().vessels()) {
    const auto kind = vessel.group->kind;
    const bool bound =
        (kind == model::VesselKind::kFishing && vessel.gears != std::vector<std::string>{"D"} &&
         vessel.group->vessel_groups.empty()) ||
        kind == model::VesselKind::kAuxiliary;
    if (!bound || excused.count(vessel.key) == 1 || expected_vessels.count(vessel.key) == 1) {
      continue;
    }
    for (std::int64_t t = kSeason.ms; t < player().end().ms; t += 300'000) {
      if (!vessel.track.span(t).heard()) continue;
      ASSERT_TRUE(shipped().map().at_berth(vessel.track.pose(t).at))
          << vessel.key << " is at sea, heard, bound and not expected at " << base::to_iso({t});
    }
  }
}

TEST(Truth, EveryVesselIsEitherExpectedOrNamedSilent) {
  std::set<std::string> named;
  for (const auto& f : truth()["find"].items()) named.insert(f["key"].as_string());
  for (const auto& s : truth()["silent"].items()) {
    EXPECT_FALSE(s["reason"]["zh"].as_string().empty());
    for (const auto& v : s["vessels"].items()) named.insert(v["key"].as_string());
  }
  for (const auto& vessel : shipped().vessels()) {
    EXPECT_EQ(named.count(vessel.key), 1u) << vessel.key;
  }
}

TEST(Truth, WhoLiesAwayFromHomeIsExpectedOrApproved) {
  std::set<std::string> expected, approved;
  for (const auto& f : truth()["find"].items()) {
    if (f["rule"].as_string() == "home_port") expected.insert(f["key"].as_string());
  }
  for (const auto& p : shipped().scenario().permissions) {
    if (p.transition == "approve") approved.insert(p.vessel);
  }
  const auto t = local(5, 2, 7, 0).ms;
  int away = 0;
  for (const auto& vessel : shipped().vessels()) {
    if (vessel.group->kind != model::VesselKind::kFishing || vessel.home_port.empty()) continue;
    const auto* home = shipped().map().zone("port_" + vessel.home_port);
    const auto at = vessel.track.pose(t).at;
    if (!shipped().map().at_berth(at) || home->area->contains(at)) continue;
    EXPECT_EQ(expected.count(vessel.key) + approved.count(vessel.key), 1u) << vessel.key;
    ++away;
  }
  EXPECT_EQ(away, 3);
}

TEST(Records, TheRegisterKnowsTheLocalVesselsAndNotTheOthers) {
  std::set<std::string> keys, side_numbers;
  int exemptions = 0, approvals = 0;
  for (const auto& record : records().items()) {
    const auto& fields = record["fields"];
    if (record["register"].as_string() == "exemption") {
      ++exemptions;
      approvals += record["transition"].as_string() == "approve" ? 1 : 0;
      const std::string link = fields["vessel"].as_string();
      ASSERT_EQ(link[0], '@');
      EXPECT_EQ(keys.count(link.substr(1)), 1u) << "the vessel comes before: " << link;
      EXPECT_LT(instant(fields["from"]), instant(fields["to"]));
      continue;
    }
    ASSERT_EQ(record["register"].as_string(), "vessel");
    EXPECT_TRUE(keys.insert(record["key"].as_string()).second);
    EXPECT_TRUE(side_numbers.insert(fields["side_number"].as_string()).second);
    EXPECT_TRUE(model::vessel_kind_from(fields["kind"].as_string()));
    EXPECT_FALSE(fields["terminals"].items().empty());
    for (const auto& row : fields["terminals"].items()) {
      EXPECT_TRUE(model::parse_terminal(row["terminal"].as_string()));
    }
    EXPECT_FALSE(fields["district"].as_string().empty()) << fields["name"].as_string();
  }
  EXPECT_EQ(exemptions, 6);
  EXPECT_EQ(approvals, 5);
  for (const auto& vessel : shipped().vessels()) {
    EXPECT_EQ(keys.count(vessel.key), vessel.registered ? 1u : 0u) << vessel.key;
  }
  EXPECT_FALSE(shipped().find("gillnetter")->registered);
  EXPECT_FALSE(shipped().find("merchant_fog")->registered);
}
