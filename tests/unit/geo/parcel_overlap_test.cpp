// SPDX-License-Identifier: Apache-2.0
#include "geo/parcel_overlap.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "geo/parcel_area.hpp"

namespace jinglue::geo {
namespace {

const GaussKruger kGrid(122.5);

/// Corners on the plane, metres from a place off Weihai.
Area rectangle(double west, double south, double east, double north) {
  const auto origin = kGrid.forward({37.4, 122.45});
  const auto corner = [&](double e, double n) {
    return kGrid.reverse({origin.north_m + n, origin.east_m + e});
  };
  auto area = Area::from_polygons({{{corner(west, south), corner(east, south), corner(east, north),
                                     corner(west, north), corner(west, south)}}});
  return std::move(*area);
}

std::vector<Overlap> overlaps_of(const Area& parcel, const std::vector<const Area*>& others) {
  return overlaps(parcel, others, kGrid);
}

TEST(ParcelOverlap, NamesTheAreaOfEachAndTheLargestFirst) {
  const Area parcel = rectangle(0, 0, 100, 100);
  const Area corner = rectangle(90, 90, 150, 150);
  const Area half = rectangle(50, 0, 200, 100);
  const Area apart = rectangle(300, 0, 400, 100);
  const auto found = overlaps_of(parcel, {&corner, &apart, &half});
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].other, 2u);
  EXPECT_NEAR(found[0].area_m2, 5000, 0.01);
  EXPECT_FALSE(found[0].sliver);
  EXPECT_EQ(found[1].other, 0u);
  EXPECT_NEAR(found[1].area_m2, 100, 0.01);
  EXPECT_NEAR(found[1].width_m, 5, 0.01);
  EXPECT_TRUE(parcel.contains(found[1].where) && corner.contains(found[1].where));
}

TEST(ParcelOverlap, NeighboursShareAnEdgeAndNoArea) {
  const Area parcel = rectangle(0, 0, 100, 100);
  const Area neighbour = rectangle(100, 0, 200, 100);
  for (const auto& one : overlaps_of(parcel, {&neighbour})) EXPECT_TRUE(one.sliver);
}

TEST(ParcelOverlap, CornersRoundedToAThousandthOfASecondMakeASliver) {
  const Area parcel = rectangle(0, 0, 100, 100);
  const Area neighbour = rectangle(99.97, 0, 200, 100);
  const auto found = overlaps_of(parcel, {&neighbour});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(found[0].sliver);
  EXPECT_NEAR(found[0].area_m2, 3, 0.01);
  const Area real = rectangle(99.5, 0, 200, 100);
  EXPECT_FALSE(overlaps_of(parcel, {&real}).front().sliver);
}

TEST(ParcelOverlap, HolesAreNotPartOfAParcel) {
  const Area outer = rectangle(0, 0, 100, 100);
  const Area inner = rectangle(40, 40, 60, 60);
  auto ring = Area::from_polygons({{outer.polygons()[0][0], inner.polygons()[0][0]}});
  ASSERT_TRUE(ring) << ring.error().text();
  EXPECT_NEAR(plane_area_m2(*ring, kGrid), 10'000 - 400, 0.01);
  EXPECT_NEAR(ellipsoid_area_m2(*ring), 9600, 1);
  const Area inside = rectangle(45, 45, 55, 55);
  EXPECT_TRUE(overlaps_of(*ring, {&inside}).empty());
  EXPECT_EQ(parcel_meridian_deg(*ring), 122.5);
}

RC_GTEST_PROP(ParcelOverlap, OfRectanglesIsTheProductOfWhatTheirSidesShare, ()) {
  const auto side = [] { return *rc::gen::inRange(1, 400) * 1.0; };
  const auto at = [] { return *rc::gen::inRange(-300, 300) * 1.0; };
  const double w = at(), s = at(), wide = side(), high = side();
  const Area a = rectangle(0, 0, 200, 200);
  const Area b = rectangle(w, s, w + wide, s + high);
  const double east = std::min(200.0, w + wide) - std::max(0.0, w);
  const double north = std::min(200.0, s + high) - std::max(0.0, s);
  const auto found = overlaps_of(a, {&b});
  const auto back = overlaps_of(b, {&a});
  RC_ASSERT(found.size() == back.size());
  if (east > 0 && north > 0) {
    RC_ASSERT(found.size() == 1u);
    RC_ASSERT(std::abs(found[0].area_m2 - east * north) < 0.02);
    RC_ASSERT(std::abs(back[0].area_m2 - found[0].area_m2) < 1e-3);
  } else {
    RC_ASSERT(found.empty() || found[0].sliver);
  }
}

}  // namespace
}  // namespace jinglue::geo
