// SPDX-License-Identifier: Apache-2.0
#include "drill/motion/track.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "unit/drill/shipped.hpp"

using namespace jinglue;
using namespace jinglue::tests;
using drill::motion::Mode;
using drill::motion::Track;

namespace {

/// The mean of the polyline over the window, by brute force.
geo::LatLon brute(const std::vector<std::pair<std::int64_t, geo::LatLon>>& points,
                  std::int64_t t_ms) {
  const auto at = [&points](std::int64_t t) {
    if (t <= points.front().first) return points.front().second;
    for (std::size_t i = 1; i < points.size(); ++i) {
      if (t > points[i].first) continue;
      const double part =
          double(t - points[i - 1].first) / double(points[i].first - points[i - 1].first);
      return drill::sea::between(points[i - 1].second, points[i].second, part);
    }
    return points.back().second;
  };
  geo::LatLon sum;
  int count = 0;
  const std::int64_t low = std::max(t_ms - Track::kSmooth_ms, points.front().first);
  for (std::int64_t t = low; t <= t_ms + Track::kSmooth_ms; t += 50, ++count) {
    sum.lat_deg += at(t).lat_deg;
    sum.lon_deg += at(t).lon_deg;
  }
  return {sum.lat_deg / count, sum.lon_deg / count};
}

}  // namespace

TEST(Track, AStraightRunHasItsSpeedAndCourse) {
  Track track;
  track.add(0, {37.0, 122.0});
  track.add(3'600'000, {37.0 + 10.0 / 60, 122.0});  // 10 nm north in an hour
  const auto pose = track.pose(1'800'000);
  EXPECT_NEAR(knots(pose), 10, 0.03);
  EXPECT_NEAR(pose.course_deg, 0, 1e-6);
  EXPECT_NEAR(pose.at.lat_deg, 37.0 + 5.0 / 60, 1e-6);
}

TEST(Track, StandsStillBeforeItsFirstAndAfterItsLastPoint) {
  Track track;
  track.add(0, {37.0, 122.0});
  track.add(600'000, {37.1, 122.0});
  EXPECT_EQ(track.pose(-100'000).speed_mps, 0);
  EXPECT_EQ(track.pose(700'000).speed_mps, 0);
  EXPECT_NEAR(track.pose(700'000).at.lat_deg, 37.1, 1e-9);
}

TEST(Track, CornersAreRounded) {
  Track track;
  track.add(0, {37.0, 122.0});
  track.add(600'000, {37.05, 122.0});
  track.add(1'200'000, {37.05, 122.06});
  double most = 0;
  for (std::int64_t t = 500'000; t < 700'000; t += 2'000) {
    most = std::max(most, std::abs(drill::sea::turn_deg(track.pose(t).course_deg,
                                                        track.pose(t + 2'000).course_deg)));
  }
  EXPECT_GT(most, 2) << "it does turn";
  EXPECT_LT(most, 8) << "but never by more than some degrees in two seconds";
}

RC_GTEST_PROP(Track, ThePoseIsTheMeanOfThePolylineOverTheWindow, ()) {
  std::vector<std::pair<std::int64_t, geo::LatLon>> points;
  Track track;
  std::int64_t t = 0;
  const int count = *rc::gen::inRange(2, 12);
  for (int i = 0; i < count; ++i) {
    points.emplace_back(t, geo::LatLon{37 + *rc::gen::inRange(-1000, 1000) * 1e-5,
                                       122 + *rc::gen::inRange(-1000, 1000) * 1e-5});
    track.add(t, points.back().second);
    t += *rc::gen::inRange(1000, 200'000);
  }
  const std::int64_t when = *rc::gen::inRange<std::int64_t>(0, t + 50'000);
  const auto expected = brute(points, when);
  const auto got = track.pose(when).at;
  RC_ASSERT(std::abs(got.lat_deg - expected.lat_deg) < 1e-5);
  RC_ASSERT(std::abs(got.lon_deg - expected.lon_deg) < 1e-5);
}

TEST(Track, SpansFollowOneAnotherWithoutGaps) {
  for (const auto& vessel : shipped().vessels()) {
    const auto& spans = vessel.track.spans();
    ASSERT_FALSE(spans.empty()) << vessel.key;
    EXPECT_LE(spans.front().from_ms, shipped().scenario().begin.ms) << vessel.key;
    EXPECT_GE(spans.back().to_ms, shipped().scenario().end.ms) << vessel.key;
    for (std::size_t i = 1; i < spans.size(); ++i) {
      EXPECT_EQ(spans[i - 1].to_ms, spans[i].from_ms) << vessel.key;
      EXPECT_LT(spans[i].from_ms, spans[i].to_ms) << vessel.key;
    }
  }
}
