// SPDX-License-Identifier: Apache-2.0
// Each condition of a filter alone, and all of them together against a plain reading of the rules.
#include "output/selector.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

namespace jinglue::output {
namespace {

constexpr base::Instant kStart{1714536000000};  // 2024-05-01T04:00:00Z

Subject ship() {
  Subject out;
  out.input = "ais";
  out.arrival = kStart;
  out.type = 1;
  out.mmsi = 412000001;
  out.position = true;
  out.place = geo::LatLon{37.2, 122.6};
  out.class_a = true;
  return out;
}

std::optional<Filtered> judge(const Filter& filter, const Subject& subject,
                              const Hidden& hidden = {}) {
  return Selector(filter, nullptr).judge(subject, hidden);
}

TEST(Selector, WithoutConditionsLetsMessagesThroughButNoCopiesNorWithheldOnes) {
  EXPECT_EQ(judge({}, ship()), std::nullopt);
  auto copy = ship();
  copy.copy = true;
  EXPECT_EQ(judge({}, copy), Filtered::kCopy);
  auto withheld = ship();
  withheld.withheld = true;
  EXPECT_EQ(judge({}, withheld), Filtered::kWithheld);
  Filter all;
  all.copies = all.withheld = true;
  EXPECT_EQ(judge(all, copy), std::nullopt);
  EXPECT_EQ(judge(all, withheld), std::nullopt);
}

TEST(Selector, OfficialVesselsOfTheRegisterAndNamedSendersNeverPass) {
  Hidden hidden;
  hidden.mmsis = {412000001};
  EXPECT_EQ(judge({}, ship(), hidden), Filtered::kHidden);
  Filter named;
  named.mmsis = {412000001};
  EXPECT_EQ(judge(named, ship(), hidden), Filtered::kHidden) << "whatever the filter asks for";
  model::VesselFacts cutter;
  cutter.kind = model::VesselKind::kOfficial;
  auto official = ship();
  official.vessel = &cutter;
  EXPECT_EQ(judge({}, official), Filtered::kHidden);
  auto to_it = ship();
  to_it.mmsi = 4121000;
  to_it.named = {412000009, 412000001};
  EXPECT_EQ(judge({}, to_it, hidden), Filtered::kHidden) << "what a shore station says to it";
  to_it.named = {412000009};
  EXPECT_EQ(judge({}, to_it, hidden), std::nullopt);
  to_it.names_official = true;
  EXPECT_EQ(judge({}, to_it, hidden), Filtered::kHidden);
  Hidden shown;
  shown.official = false;
  EXPECT_EQ(judge({}, to_it, shown), std::nullopt);
  EXPECT_EQ(judge({}, official, shown), std::nullopt);
}

TEST(Selector, AsksForInputTypeSenderAndClass) {
  Filter filter;
  filter.inputs = {"other"};
  EXPECT_EQ(judge(filter, ship()), Filtered::kInput);
  filter.inputs = {"other", "ais"};
  EXPECT_EQ(judge(filter, ship()), std::nullopt);
  filter.types = {5, 24};
  EXPECT_EQ(judge(filter, ship()), Filtered::kType);
  filter.types = {1, 27};
  filter.mmsis = {412000002};
  EXPECT_EQ(judge(filter, ship()), Filtered::kMmsi);
  filter.mmsis = {412000001, 412000002};
  filter.class_a = true;
  EXPECT_EQ(judge(filter, ship()), std::nullopt);
  auto other = ship();
  other.class_a = false;
  EXPECT_EQ(judge(filter, other), Filtered::kClass);
}

TEST(Selector, AsksTheRegisterForDistrictAndGroup) {
  model::VesselFacts facts;
  facts.district = "rongcheng";
  facts.groups = {"trawlers", "bluefin"};
  auto known = ship();
  known.vessel = &facts;
  Filter filter;
  filter.districts = {"rongcheng", "rushan"};
  EXPECT_EQ(judge(filter, known), std::nullopt);
  EXPECT_EQ(judge(filter, ship()), Filtered::kRegister) << "not in the register";
  filter.groups = {"angling"};
  EXPECT_EQ(judge(filter, known), Filtered::kRegister);
  filter.groups = {"angling", "trawlers"};
  EXPECT_EQ(judge(filter, known), std::nullopt);
  filter.districts = {"rushan"};
  EXPECT_EQ(judge(filter, known), Filtered::kRegister) << "both must fit";
}

TEST(Selector, AsksForABoxOrAZone) {
  Filter filter;
  filter.box = geo::Box{122, 37, 123, 38};
  EXPECT_EQ(judge(filter, ship()), std::nullopt);
  auto elsewhere = ship();
  elsewhere.place = geo::LatLon{36.9, 122.6};
  EXPECT_EQ(judge(filter, elsewhere), Filtered::kArea);
  auto nowhere = ship();
  nowhere.place.reset();
  EXPECT_EQ(judge(filter, nowhere), Filtered::kArea);

  Filter zone;
  zone.zone = "bay";
  EXPECT_EQ(judge(zone, ship()), Filtered::kArea) << "the rules have no such zone any more";
  const auto area = std::make_shared<const geo::Area>(
      geo::Area::from_polygons({{{{37, 122}, {37, 123}, {38, 122}, {37, 122}}}}).value());
  Selector inside(zone, area);
  EXPECT_EQ(inside.judge(ship(), {}), std::nullopt);
  auto beyond = ship();
  beyond.place = geo::LatLon{37.9, 122.9};  // in the box of the triangle, not in it
  EXPECT_EQ(inside.judge(beyond, {}), Filtered::kArea);
}

TEST(Selector, ThinsPositionsOfEachSenderButNoNamesAndNoBeacons) {
  Filter filter;
  filter.thin_s = 60;
  Selector selector(filter, nullptr);
  auto subject = ship();
  std::vector<int> through;
  for (int s = 0; s <= 180; s += 10) {
    subject.arrival = kStart + std::chrono::seconds(s);
    if (!selector.judge(subject, {})) through.push_back(s);
  }
  EXPECT_EQ(through, (std::vector<int>{0, 60, 120, 180}));
  auto other = subject;
  other.mmsi = 412000002;
  EXPECT_EQ(selector.judge(other, {}), std::nullopt);
  EXPECT_EQ(selector.judge(other, {}), Filtered::kThinned);
  other.position = false;
  EXPECT_EQ(selector.judge(other, {}), std::nullopt) << "a name is no position";
  other.position = other.distress = true;
  EXPECT_EQ(selector.judge(other, {}), std::nullopt) << "a beacon is never thinned";
}

/// The rules read plainly, one after the other.
bool passes(const Filter& filter, const Subject& subject, const Hidden& hidden) {
  const auto in = [](const auto& list, const auto& value) {
    return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
  };
  if (hidden.mmsis.count(subject.mmsi) > 0) return false;
  if (subject.copy && !filter.copies) return false;
  if (subject.withheld && !filter.withheld) return false;
  if (!in(filter.inputs, std::string(subject.input)) || !in(filter.types, subject.type) ||
      !in(filter.mmsis, subject.mmsi)) {
    return false;
  }
  if (filter.class_a && !subject.class_a) return false;
  return !filter.box || (subject.place && filter.box->contains(*subject.place));
}

RC_GTEST_PROP(SelectorProperty, LetsThroughWhatTheRulesSayAndSaysWhyOtherwise, ()) {
  const auto some = [](int low, int high) { return *rc::gen::inRange(low, high); };
  Filter filter;
  for (int i = some(0, 3); i > 0; --i) filter.types.push_back(std::uint8_t(some(1, 28)));
  for (int i = some(0, 3); i > 0; --i) filter.mmsis.push_back(std::uint32_t(some(1, 6)));
  if (some(0, 3) == 0) filter.inputs = {"ais"};
  if (some(0, 2) == 0) filter.box = geo::Box{double(some(-9, 0)), -5, double(some(0, 9)), 5};
  filter.class_a = some(0, 4) == 0;
  filter.copies = some(0, 2) == 0;
  filter.withheld = some(0, 2) == 0;
  filter.thin_s = std::uint32_t(some(0, 3) == 0 ? some(1, 100) : 0);
  Hidden hidden;
  if (some(0, 2) == 0) hidden.mmsis = {3};
  Selector selector(filter, nullptr);
  std::map<std::uint32_t, base::Instant> last;
  base::Instant now = kStart;
  for (int i = 0; i < 100; ++i) {
    now = now + std::chrono::seconds(some(0, 20));
    auto subject = ship();
    subject.arrival = now;
    subject.input = some(0, 2) == 0 ? "ais" : "other";
    subject.type = std::uint8_t(some(1, 28));
    subject.mmsi = std::uint32_t(some(1, 6));
    subject.copy = some(0, 4) == 0;
    subject.withheld = some(0, 4) == 0;
    subject.class_a = some(0, 2) == 0;
    subject.position = some(0, 2) == 0;
    subject.distress = some(0, 9) == 0;
    if (some(0, 4) == 0) {
      subject.place.reset();
    } else {
      subject.place = geo::LatLon{double(some(-9, 9)), double(some(-9, 9))};
    }
    bool expected = passes(filter, subject, hidden);
    const bool counted = filter.thin_s > 0 && subject.position && !subject.distress;
    if (expected && counted && last.contains(subject.mmsi) &&
        now - last[subject.mmsi] < std::chrono::seconds(filter.thin_s)) {
      expected = false;
    } else if (expected && counted) {
      last[subject.mmsi] = now;
    }
    RC_ASSERT(!selector.judge(subject, hidden).has_value() == expected);
  }
}

}  // namespace
}  // namespace jinglue::output
