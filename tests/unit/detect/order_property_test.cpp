// SPDX-License-Identifier: Apache-2.0
// The two equalities that everything rests on: any order of arrival within 24 hours gives the
// findings of the ordered log, and a snapshot at any point changes nothing.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>

#include "detect/episode/state.hpp"
#include "support/rule_rig.hpp"

namespace jinglue::detect {
namespace {

using namespace support;  // NOLINT: the vocabulary of these tests

/// `./dev test --long` runs the properties in thousands.
const bool kLong = [] {
  if (std::getenv("JINGLUE_LONG") == nullptr) return false;
  return setenv("RC_PARAMS", "max_success=2000 max_size=200", 0) == 0;
}();

/// Two zone rules of each kind beside the shipped rules, so that all state machines run.
std::shared_ptr<const RulePack> test_pack() {
  static const auto pack = [] {
    RuleFiles files = shipped_files();
    files.files.emplace_back("zones/p.geojson", R"({"type": "FeatureCollection", "features": [
      {"type": "Feature", "id": "p_box", "properties": {"kind": "drawn", "name_zh": "甲区",
       "name_en": "Box", "source": "test", "confidence": "example"}, "geometry":
       {"type": "Polygon", "coordinates":
        [[[122.5,36.7],[122.7,36.7],[122.7,36.8],[122.5,36.8],[122.5,36.7]]]}}]})");
    std::string rules = R"(schema = 1
timezone = "Asia/Shanghai"
[[source]]
id = "P"
title = "test"
)";
    for (const char* on : {"enter", "leave", "inside", "outside"}) {
      rules += "[[rule]]\nid = \"zone.p_" + std::string(on) + "\"\non = \"" + on + "\"" + R"(
version = 1
kind = "zone"
level = "city"
name = { zh = "甲", en = "P" }
title = { zh = "疑似甲", en = "P" }
valid = { from = 2000-01-01 }
area = "p_box"
include = { kinds = ["fishing", "cargo"] }
severity = "low"
dwell = { fixes = 2, seconds = 120 }
hysteresis = { fixes = 2, seconds = 120 }
silence_min = 120
extend_min = 15
source = ["P"]
confidence = "high"
review = 2026-03-01
)";
    }
    files.files.emplace_back("p.toml", rules);
    files.revision = "property";
    return pack_of(files);
  }();
  return pack;
}

struct Event {
  model::Fix fix;
  SubjectView view;
};

/// A move is: which terminal, to which place, after how many minutes, how fast.
using Move = std::tuple<int, int, int, int>;

const std::vector<geo::LatLon>& places() {
  static const std::vector<geo::LatLon> list = {kShidaoQuay,    {36.8905, 122.425}, {36.87, 122.43},
                                                kOffShidao,     {36.72, 122.69},    kLidaoQuay,
                                                {36.69, 122.6}, {34.99, 122.0},     {35.01, 122.0}};
  return list;
}

const std::vector<SubjectView>& views() {
  static const std::vector<SubjectView> list = [] {
    auto trawler = make_vessel("1", 1);
    trawler->terminals.push_back({track_of(2).terminal, base::kDistantPast, base::kDistantFuture});
    auto angler = make_vessel("3", 3);
    angler->gears = {"D"};
    SubjectView stranger;
    stranger.kind = model::VesselKind::kFishing;
    stranger.name = "STRANGER";
    SubjectView cargo;
    cargo.kind = model::VesselKind::kCargo;
    return std::vector<SubjectView>{view_of(trawler), view_of(trawler), view_of(angler), stranger,
                                    cargo};
  }();
  return list;
}

/// Around the begin of the season, terminal by terminal, each in time order.
std::vector<Event> journey(const std::vector<Move>& moves) {
  std::vector<Event> out;
  std::map<int, base::Instant> clock;
  std::map<int, int> place;
  for (const auto& [who, where, wait, speed] : moves) {
    if (clock.count(who) == 0) clock[who] = local("2024-05-01T08:00:00");
    clock[who] = clock[who] + minutes(wait);
    if (where < int(places().size())) place[who] = where;  // else it stays where it is
    const auto at_place = geo::destination(places()[std::size_t(place[who])], where * 37.0, 15);
    auto fix = make_fix(std::uint64_t(who) + 1, clock[who], at_place, speed / 10.0);
    out.push_back({fix, views()[std::size_t(who)]});
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return before(a.fix, b.fix); });
  return out;
}

const auto kMoves = rc::gen::container<std::vector<Move>>(rc::gen::tuple(
    rc::gen::inRange(0, 5), rc::gen::inRange(0, 14),
    rc::gen::oneOf(rc::gen::inRange(0, 4), rc::gen::inRange(1, 20), rc::gen::inRange(1, 400)),
    rc::gen::oneOf(rc::gen::inRange(0, 20), rc::gen::inRange(0, 110))));

/// Runs events in the given order; the clock ticks at every half hour that the arrivals pass.
struct Voyage {
  explicit Voyage(const std::vector<Event>& events) : rig(test_pack()) {
    rig.exempt("e", "1", "zone.p_inside", local("2024-05-01T13:00:00"),
               local("2024-05-01T15:00:00"));
    rig.exempt("f", "1", "moratorium", local("2024-05-01T18:00:00"), local("2024-05-01T21:00:00"),
               "p_box");
    for (const auto& e : events) take(e);
  }
  void take(const Event& e) {
    while (clock + minutes(30) <= e.fix.arrival) {
      clock = clock + minutes(30);
      rig.tick(clock);
    }
    rig.feed(e.fix, e.view);
  }
  RuleRig rig;
  base::Instant clock{local("2024-05-01T08:00:00")};
};

RC_GTEST_PROP(Order, Any_arrival_within_24_hours_gives_the_findings_of_the_ordered_log, ()) {
  auto events = journey(*kMoves);
  const auto delay = rc::gen::oneOf(rc::gen::just(0), rc::gen::inRange(0, 120),
                                    rc::gen::inRange(0, 3600), rc::gen::inRange(0, 86'400));
  base::Instant end = local("2024-05-01T08:00:00");
  for (auto& e : events) {
    e.fix.arrival = e.fix.time + base::Duration(1000LL * *delay);
    end = std::max(end, e.fix.arrival);
  }
  Voyage ordered(events);
  std::stable_sort(events.begin(), events.end(),
                   [](const auto& a, const auto& b) { return a.fix.arrival < b.fix.arrival; });
  Voyage late(events);
  for (auto* run : {&ordered, &late}) run->rig.tick(end);
  RC_ASSERT(order_free(late.rig.folded()) == order_free(ordered.rig.folded()));
  for (auto* run : {&ordered, &late}) run->rig.tick(end + minutes(24 * 60));
  RC_ASSERT(order_free(late.rig.folded()) == order_free(ordered.rig.folded()));
  RC_TAG(kLong, late.rig.folded().size());
}

RC_GTEST_PROP(Order, Duplicates_change_nothing, ()) {
  const auto events = journey(*kMoves);
  Voyage once(events);
  std::vector<Event> twice;
  for (const auto& e : events) {
    twice.push_back(e);
    twice.push_back(twice[*rc::gen::inRange<std::size_t>(0, twice.size())]);
  }
  Voyage again(twice);
  RC_ASSERT(order_free(again.rig.folded()) == order_free(once.rig.folded()));
}

RC_GTEST_PROP(Order, A_snapshot_at_any_point_changes_no_step, ()) {
  auto events = journey(*kMoves);
  for (auto& e : events) {
    e.fix.arrival =
        e.fix.time + minutes(*rc::gen::oneOf(rc::gen::just(0), rc::gen::inRange(0, 90)));
  }
  std::stable_sort(events.begin(), events.end(),
                   [](const auto& a, const auto& b) { return a.fix.arrival < b.fix.arrival; });
  const auto cut = *rc::gen::inRange<std::size_t>(0, events.size() + 1);
  Voyage whole({});
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (i == cut) {
      base::ByteWriter out;
      whole.rig.engine().save(out);
      whole.rig.restart(test_pack());
      base::ByteReader in(out.bytes());
      RC_ASSERT(whole.rig.engine().load(in));
      RC_ASSERT(in.left() == 0u);
    }
    whole.take(events[i]);
  }
  Voyage plain(events);
  RC_ASSERT(whole.rig.steps == plain.rig.steps);
}

RC_GTEST_PROP(Order, A_damaged_snapshot_is_refused_or_read_but_never_crashes, ()) {
  Voyage run(journey(*kMoves));
  base::ByteWriter out;
  run.rig.engine().save(out);
  std::string bytes = out.take();
  const auto at_byte = *rc::gen::inRange<std::size_t>(0, bytes.size());
  if (*rc::gen::arbitrary<bool>()) {
    bytes.resize(at_byte);
  } else {
    bytes[at_byte] = char(*rc::gen::inRange(0, 256));
  }
  RuleRig other(test_pack());
  base::ByteReader in(bytes);
  other.engine().load(in);
}

TEST(Order, A_fix_later_than_24_hours_is_counted_and_not_judged) {
  RuleRig rig(test_pack());
  const auto start = local("2024-05-03T08:00:00");
  for (int i = 0; i < 60 * 50; i += 5) {
    rig.feed(make_fix(1, start + minutes(i), kShidaoQuay, 0), views()[0]);
  }
  rig.feed(make_fix(1, start + minutes(3), kOffShidao, 3), views()[0]);
  EXPECT_EQ(rig.engine().counters()["too_late_fixes"].as_int(), 1);
  EXPECT_TRUE(rig.steps.empty());
}

TEST(Order, Checkpoints_are_few) {
  RuleRig rig(test_pack());
  const auto start = local("2024-05-03T08:00:00");
  for (int i = 0; i < 60 * 72; ++i) {
    rig.feed(make_fix(1, start + minutes(i), kShidaoQuay, 0), views()[0]);
  }
  EXPECT_LE(rig.engine().counters()["checkpoints"].as_int(), 24);
}

TEST(Order, A_fix_from_the_future_is_not_judged) {
  RuleRig rig(test_pack());
  auto wrong = make_fix(1, local("2030-05-03T08:00:00"), kOffShidao, 3);
  wrong.arrival = local("2024-05-03T08:00:00");
  rig.feed(wrong, views()[0]);
  rig.feed(make_fix(1, local("2024-05-03T08:01:00"), kOffShidao, 3), views()[0]);
  rig.feed(make_fix(1, local("2024-05-03T08:02:00"), kOffShidao, 3), views()[0]);
  EXPECT_EQ(rig.engine().counters()["not_judged_fixes"].as_int(), 1);
  EXPECT_EQ(rig.engine().counters()["late_fixes"].as_int(), 0);
  EXPECT_GE(rig.folded().size(), 1u);
}

TEST(Order, A_late_fix_retracts_what_it_explains_away) {
  // Two fixes far off, then the fixes in between show that the vessel lay at berth all the time
  // and the two were of a spike: with them the berth state never ends.
  RuleRig rig(test_pack());
  const auto start = local("2024-05-03T08:00:00");
  const auto view = views()[0];
  rig.feed(make_fix(1, start, kShidaoQuay, 0), view);
  rig.feed(make_fix(1, start + minutes(10), {36.87, 122.43}, 3), view);
  rig.feed(make_fix(1, start + minutes(12), {36.87, 122.43}, 3), view);
  rig.feed(make_fix(1, start + minutes(13), {36.87, 122.43}, 3), view);
  ASSERT_FALSE(rig.folded().empty());
  const auto opened = rig.folded().size();
  rig.feed(make_fix(1, start + minutes(11), kShidaoQuay, 0), view);
  rig.feed(make_fix(1, start + minutes(12.5), kShidaoQuay, 0), view);
  EXPECT_LT(rig.folded().size(), opened);
  EXPECT_EQ(rig.steps.back().kind, model::StepKind::kRetracted);
  // And back again: what retracts can be retracted by nothing, so the id is never used twice.
  std::set<std::pair<std::uint64_t, std::uint32_t>> seen;
  for (const auto& s : rig.steps) EXPECT_TRUE(seen.insert({s.finding.value, s.number}).second);
}

}  // namespace
}  // namespace jinglue::detect
