// SPDX-License-Identifier: Apache-2.0
#include "geo/local_scale.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <numbers>

#include "geo/geodesic.hpp"

using namespace jinglue;

RC_GTEST_PROP(LocalScale, MovesAsTheGeodesicDoes, ()) {
  const geo::LatLon from{*rc::gen::inRange(-75'000, 75'001) / 1000.0,
                         *rc::gen::inRange(-180'000, 180'001) / 1000.0};
  const double bearing_deg = *rc::gen::inRange(0, 3600) / 10.0;
  const double distance_m = *rc::gen::inRange(0, 10'001);
  const double angle = bearing_deg * std::numbers::pi / 180;
  const auto exact = geo::destination(from, bearing_deg, distance_m);
  const auto ours = geo::LocalScale::wgs84().moved(from, distance_m * std::sin(angle),
                                                   distance_m * std::cos(angle));
  RC_ASSERT(geo::distance_m(exact, {ours.lat_deg, std::remainder(ours.lon_deg, 360.0)}) < 0.002);
}

TEST(LocalScale, StaysFiniteAtThePoles) {
  for (const double lat : {-90.0, 90.0, 89.95}) {
    const auto moved = geo::LocalScale::wgs84().moved({lat, 10}, 100, 100);
    EXPECT_TRUE(std::isfinite(moved.lat_deg) && std::isfinite(moved.lon_deg)) << lat;
  }
}
