// SPDX-License-Identifier: Apache-2.0
#include "geo/map_projection.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <numbers>

using namespace jinglue;

namespace {

constexpr const char* kPolar = "+proj=stere +lat_0=90 +lat_ts=60 +lon_0=58 +R=6371000";

geo::MapProjection polar() {
  auto made = geo::MapProjection::make(kPolar);
  EXPECT_TRUE(made) << made.error().text();
  return std::move(*made);
}

}  // namespace

/// Snyder 1987, polar stereographic on the sphere, true at 60 degrees: rho = R (1 + sin 60) tan of
/// half the distance from the pole.
TEST(MapProjection, PolarStereographicIsThatOfTheFormula) {
  const auto place = polar().forward({70, 58});
  const double rho =
      6371000 * (1 + std::sin(std::numbers::pi / 3)) * std::tan(10 * std::numbers::pi / 180);
  EXPECT_NEAR(place.x_m, 0, 1e-6);
  EXPECT_NEAR(place.y_m, -rho, 1e-3);
}

RC_GTEST_PROP(MapProjection, ThereAndBackIsTheSamePlace, ()) {
  static const auto projection = polar();
  const geo::LatLon place{*rc::gen::inRange(30'000, 89'000) / 1000.0,
                          *rc::gen::inRange(-179'000, 179'000) / 1000.0};
  const auto back = projection.inverse(projection.forward(place));
  RC_ASSERT(std::abs(back.lat_deg - place.lat_deg) < 1e-9);
  RC_ASSERT(std::abs(std::remainder(back.lon_deg - place.lon_deg, 360.0)) < 1e-8);
}

/// On its middle meridian the y axis of a polar plane points to the pole.
TEST(MapProjection, TheYAxisTurnsWithTheMeridian) {
  const auto projection = polar();
  EXPECT_NEAR(projection.y_bearing_rad({70, 58}), 0, 1e-6);
  // 30 degrees to the east of it the axis points 30 degrees to the left of the pole, less what the
  // ellipsoid makes of an angle on the sphere.
  EXPECT_NEAR(projection.y_bearing_rad({70, 88}) * 180 / std::numbers::pi, 30, 0.05);
}

TEST(MapProjection, OnlyPlainStringsAreTaken) {
  for (const char* text :
       {"", "EPSG:4326", "+init=epsg:4326", "+proj=hgridshift +grids=/etc/passwd",
        "+proj=pipeline +step +proj=merc", "+proj=nothing"}) {
    const auto made = geo::MapProjection::make(text);
    ASSERT_FALSE(made) << text;
    EXPECT_EQ(made.error().code, base::Code::kMalformed);
  }
}
