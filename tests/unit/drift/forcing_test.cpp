// SPDX-License-Identifier: Apache-2.0
#include "drift/forcing.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>

#include "unit/drift/sea.hpp"

using namespace jinglue;
using namespace jinglue::tests;

namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

drift::EastNorth sampled(const drift::Forcing& forcing, drift::Pair pair, geo::LatLon at,
                         base::Instant time, bool& found) {
  drift::Conditions conditions(forcing, 1);
  conditions.prepare(time, false);
  drift::EastNorth out;
  found = conditions.sample(pair, at, 0, out);
  return out;
}

}  // namespace

/// What is linear in place and time comes back exactly.
RC_GTEST_PROP(Forcing, ALinearFieldIsReadExactly, ()) {
  static const auto forcing = forcing_of(
      [](double lon, double lat, double hour) {
        return drift::EastNorth{float(lon - 123), float(lat - 37 + hour / 10)};
      },
      still());
  const geo::LatLon at{*rc::gen::inRange(36'000, 39'001) / 1000.0,
                       *rc::gen::inRange(121'000, 125'001) / 1000.0};
  const auto minutes = *rc::gen::inRange(-24 * 60, 72 * 60);
  bool found = false;
  const auto wind = sampled(forcing, drift::Pair::kWind, at,
                            kStart + base::Duration(std::int64_t{minutes} * 60'000), found);
  RC_ASSERT(found);
  RC_ASSERT(std::abs(wind.east - (at.lon_deg - 123)) < 1e-4);
  RC_ASSERT(std::abs(wind.north - (at.lat_deg - 37 + minutes / 600.0)) < 1e-4);
}

TEST(Forcing, TheFirstSourceThatHasAValueServes) {
  auto small = forecast_of(even(1, 1), even(1, 1));
  small->name = "small";
  const auto cells = small->grid.cells();
  // West of 122.5 the first forecast has no current.
  for (auto* field : {&small->fields[2], &small->fields[3]}) {
    for (std::size_t i = 0; i < field->values.size(); ++i) {
      if (small->grid.x[i % cells % small->grid.x.size()] < 122.5) field->values[i] = kNone;
    }
  }
  auto wide = forecast_of(even(2, 2), even(2, 2));
  wide->name = "wide";
  drift::Forcing forcing;
  ASSERT_TRUE(forcing.add(small));
  ASSERT_TRUE(forcing.add(wide));
  bool found = false;
  EXPECT_EQ(sampled(forcing, drift::Pair::kCurrent, {37, 122}, kStart, found).east, 2);
  EXPECT_TRUE(found);
  EXPECT_EQ(sampled(forcing, drift::Pair::kCurrent, {37, 123}, kStart, found).east, 1);
  // Between a column that has values and one that has none, those that are there count alone.
  EXPECT_FLOAT_EQ(sampled(forcing, drift::Pair::kCurrent, {37, 122.45}, kStart, found).east, 1);
  EXPECT_EQ(sampled(forcing, drift::Pair::kWind, {37, 122}, kStart, found).east, 1);
  sampled(forcing, drift::Pair::kWind, {30, 122}, kStart, found);
  EXPECT_FALSE(found);
}

TEST(Forcing, AGridFrom0To360ServesWesternLongitudes) {
  auto grid = forecast_of(even(3, 0), still());
  for (auto& x : grid->grid.x) x += 120;  // 241 to 245: 119 to 115 west
  drift::Forcing forcing;
  ASSERT_TRUE(forcing.add(grid));
  bool found = false;
  EXPECT_EQ(sampled(forcing, drift::Pair::kWind, {37, -117}, kStart, found).east, 3);
  EXPECT_TRUE(found);
}

/// On the plane of a polar projection the components turn with the axis.
TEST(Forcing, VectorsAlongTheAxesOfAPlaneAreTurned) {
  auto grid = forecast_of(even(0, 10), still());
  grid->grid.projection = "+proj=stere +lat_0=90 +lat_ts=60 +lon_0=58 +R=6371000";
  grid->grid.along_axes = true;
  for (std::size_t i = 0; i < grid->grid.x.size(); ++i) {
    grid->grid.x[i] = -2'000'000 + double(i) * 100'000;
  }
  for (std::size_t i = 0; i < grid->grid.y.size(); ++i) {
    grid->grid.y[i] = -3'000'000 + double(i) * 100'000;
  }
  drift::Forcing forcing;
  ASSERT_TRUE(forcing.add(grid));
  bool found = false;
  const auto wind = sampled(forcing, drift::Pair::kWind, {70, 88}, kStart, found);
  ASSERT_TRUE(found);
  EXPECT_NEAR(wind.east, 10 * std::sin(M_PI / 6), 0.01);
  EXPECT_NEAR(wind.north, 10 * std::cos(M_PI / 6), 0.01);
}

TEST(Forcing, WhatIsNoForecastIsRefusedWithTheReason) {
  const auto refused = [](auto change) {
    auto forecast = forecast_of(even(1, 1), even(1, 1));
    change(*forecast);
    drift::Forcing forcing;
    const auto added = forcing.add(forecast);
    EXPECT_FALSE(added);
    return added ? base::Error{} : added.error();
  };
  using F = model::Forecast;
  EXPECT_EQ(refused([](F& f) { f.fields[2].values[7] = 10'000; }).code, base::Code::kOutOfRange);
  EXPECT_EQ(refused([](F& f) { f.fields[0].values[7] = 130; }).code, base::Code::kOutOfRange);
  EXPECT_EQ(refused([](F& f) { f.fields[0].values.pop_back(); }).code, base::Code::kMalformed);
  EXPECT_EQ(refused([](F& f) { f.grid.x[3] += 0.05; }).code, base::Code::kMalformed);
  EXPECT_EQ(refused([](F& f) { f.times[3] = f.times[2]; }).code, base::Code::kMalformed);
  EXPECT_EQ(refused([](F& f) { f.times.clear(); }).code, base::Code::kMalformed);
  EXPECT_EQ(refused([](F& f) { f.grid.y.assign(31, 37); }).code, base::Code::kMalformed);
  EXPECT_EQ(refused([](F& f) { f.fields.erase(f.fields.begin()); }).code, base::Code::kMissing);
  EXPECT_EQ(refused([](F& f) { f.fields.clear(); }).code, base::Code::kMissing);
  EXPECT_EQ(refused([](F& f) { f.grid.projection = "+proj=nothing"; }).code,
            base::Code::kMalformed);
  EXPECT_EQ(refused([](F& f) {
              std::fill(f.fields[0].values.begin(), f.fields[0].values.end(), kNone);
            }).code,
            base::Code::kMissing);
}
