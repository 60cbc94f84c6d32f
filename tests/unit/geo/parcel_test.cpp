// SPDX-License-Identifier: Apache-2.0
// Areas of published sea parcels, the projection they hang on, and coordinates as people paste
// them.
#include "geo/parcel_area.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

#include "geo/coordinate_text.hpp"

using namespace jinglue;
using namespace jinglue::geo;

namespace {

using Ring = std::vector<LatLon>;

// 海域使用公示 2024-08-02, 潮位站栈桥、平台: 0.2868 ha on 121.5 E (CGCS2000).
const Ring kPier{
    {31.378145, 121.686929167},    {31.378006389, 121.687169444}, {31.37811, 121.687415833},
    {31.378166944, 121.687316667}, {31.378231389, 121.687368333}, {31.378255, 121.687328889},
    {31.3784775, 121.687509167},   {31.378640556, 121.687640833}, {31.378925833, 121.687745278},
    {31.379000833, 121.687666944}, {31.379007778, 121.687660833}, {31.378589444, 121.687321944},
    {31.378365833, 121.687140556}, {31.378389722, 121.687099722}, {31.378323056, 121.687046111},
    {31.378379722, 121.686947778}};
// 海域使用公示 2024-12-20, 吊机码头工程: three units, 0.0147, 0.0178 and 0.0781 ha, 0.1106
// together.
const Ring kRevetment{
    {31.384215278, 121.682403056}, {31.384210278, 121.682441667}, {31.384431111, 121.6824775},
    {31.384516389, 121.682500278}, {31.384569167, 121.682514444}, {31.384576389, 121.682481389},
    {31.384574722, 121.682475556}, {31.384436389, 121.682445},    {31.384437222, 121.682438056}};
const Ring kWharf{{31.384225833, 121.682326389},
                  {31.384215278, 121.682403056},
                  {31.384437222, 121.682438056},
                  {31.384446944, 121.682366111}};
const Ring kBasin{{31.384158056, 121.682314444}, {31.384225833, 121.682326389},
                  {31.384446944, 121.682366111}, {31.384511944, 121.682377778},
                  {31.384535833, 121.682202222}, {31.384190278, 121.682081111}};

double plane(const Ring& ring, double meridian = 121.5) {
  return plane_area_m2(ring, GaussKruger(meridian));
}

const PasteOptions kWeihai{{121.0, 35.5, 124.0, 38.5}, {}};

}  // namespace

TEST(ParcelArea, published_parcels_come_out_to_the_last_digit) {
  EXPECT_EQ(parcel_meridian_deg(kPier), 121.5);
  EXPECT_EQ(certified_units(plane(kPier)), 2868);
  EXPECT_EQ(parcel_meridian_deg(kBasin), 121.5);
  EXPECT_EQ(certified_units(plane(kRevetment) + plane(kWharf) + plane(kBasin)), 1106);
}

TEST(ParcelArea, units_that_were_cut_to_add_up_are_a_digit_away) {
  EXPECT_EQ(check_area(147, plane(kRevetment)), AreaCheck::kLastDigit);
  EXPECT_EQ(check_area(178, plane(kWharf)), AreaCheck::kEqual);
  EXPECT_EQ(check_area(781, plane(kBasin)), AreaCheck::kEqual);
  EXPECT_EQ(check_area(800, plane(kBasin)), AreaCheck::kDiffers);
}

TEST(ParcelArea, another_meridian_gives_another_area) {
  EXPECT_NEAR(plane(kPier, 120) / 1e4, 0.28698, 5e-6);
  EXPECT_NEAR(plane(kPier, 123) / 1e4, 0.28691, 5e-6);
}

TEST(ParcelArea, the_ellipsoid_agrees_with_the_plane_near_its_meridian) {
  EXPECT_NEAR(ellipsoid_area_m2(kPier), plane(kPier), 0.05);
  Ring backwards(kPier.rbegin(), kPier.rend());
  EXPECT_NEAR(plane(backwards), plane(kPier), 1e-6);
  EXPECT_NEAR(ellipsoid_area_m2(backwards), ellipsoid_area_m2(kPier), 1e-6);
  EXPECT_EQ(plane({kPier[0], kPier[1]}), 0);
}

RC_GTEST_PROP(GaussKrugerTest, forward_and_back_are_the_same_place, ()) {
  const double lat = *rc::gen::inRange(-8000, 8000) / 100.0;
  const double away = *rc::gen::inRange(-300, 300) / 100.0;
  const double meridian = *rc::gen::inRange(146, 270) / 2.0;
  const GaussKruger grid(meridian);
  const auto back = grid.reverse(grid.forward({lat, meridian + away}));
  RC_ASSERT(std::abs(back.lat_deg - lat) < 1e-10);
  RC_ASSERT(std::abs(back.lon_deg - (meridian + away)) < 1e-10);
}

TEST(GaussKrugerTest, a_place_on_the_meridian_has_500_km_east) {
  const auto p = GaussKruger(121.5).forward({37.5, 121.5});
  EXPECT_NEAR(p.east_m, 500'000, 1e-6);
  EXPECT_NEAR(p.north_m, 4'151'863, 400);  // 37.5 degrees of 110.6 to 111.0 km
}

TEST(GaussKrugerTest, zones_are_taken_off_east_coordinates) {
  double east = 40'512'345.5;
  const auto three = take_zone(east);
  EXPECT_EQ(three.central_meridian_deg, 120);
  EXPECT_EQ(east, 512'345.5);
  east = 21'400'000;
  EXPECT_EQ(take_zone(east).central_meridian_deg, 123);
  east = 512'345.5;
  EXPECT_EQ(take_zone(east).number, 0);
}

class Pasted : public testing::TestWithParam<const char*> {};

TEST_P(Pasted, is_the_same_corner) {
  const auto read = read_corners(GetParam(), kWeihai);
  ASSERT_TRUE(read) << read.error().text();
  ASSERT_EQ(read->corners.size(), 1U);
  EXPECT_NEAR(read->corners[0].lat_deg, 37.0 + 23.0 / 60 + 36.32 / 3600, 1e-9);
  EXPECT_NEAR(read->corners[0].lon_deg, 122.0 + 5.0 / 60 + 9.75 / 3600, 1e-9);
}
INSTANTIATE_TEST_SUITE_P(
    Forms, Pasted,
    testing::Values("37°23′36.32″N, 122°05′09.75″E", "122°5'9.75\" 37°23'36.32\"",
                    "1 37-23-36.32 122-05-09.75", "37 23 36.32\t122 05 09.75",
                    "北纬37度23分36.32秒，东经122度5分9.75秒", "N37°23′36.32″ E122°05′09.75″",
                    "3；37°23’36.32”，122°05’09.75”", "37°23.605333333333′ 122°5.1625′",
                    "37.393422222222 122.086041666667", "J1、37°23′36.32″，122°05′09.75″",
                    "界址点12: 37-23-36.32 122-05-09.75", "122.086041666667E 37.393422222222N"));

TEST(PastedCorners, a_ring_loses_its_repeated_corner_and_says_its_order) {
  const auto read =
      read_corners("122.10,37.20\n122.20,37.20\n\n122.20,37.30\n122.10,37.20\n", kWeihai);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->corners.size(), 3U);
  EXPECT_TRUE(read->longitude_first);
  EXPECT_EQ(read->form, CoordinateForm::kDegrees);
}

TEST(PastedCorners, metres_with_a_zone_say_their_meridian) {
  const GaussKruger grid(123);
  const auto p = grid.forward({37.2, 122.4});
  for (const bool swapped : {false, true}) {
    const auto north = std::to_string(p.north_m);
    const auto east = std::to_string(p.east_m + 41e6);
    const auto read = read_corners(swapped ? east + " " + north : north + "," + east, kWeihai);
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->form, CoordinateForm::kGrid);
    EXPECT_EQ(read->zone, 41);
    EXPECT_EQ(read->central_meridian_deg, 123);
    EXPECT_FALSE(read->meridian_guessed);
    EXPECT_NEAR(read->corners[0].lat_deg, 37.2, 1e-9);
    EXPECT_NEAR(read->corners[0].lon_deg, 122.4, 1e-9);
  }
}

TEST(PastedCorners, metres_without_a_zone_are_guessed_and_the_others_are_named) {
  const auto p = GaussKruger(122.5).forward({37.2, 122.4});
  const auto text = std::to_string(p.north_m) + " " + std::to_string(p.east_m);
  const auto guessed = read_corners(text, kWeihai);
  ASSERT_TRUE(guessed) << guessed.error().text();
  EXPECT_TRUE(guessed->meridian_guessed);
  EXPECT_EQ(guessed->central_meridian_deg, 123);  // a zone of 3 degrees before the half degrees
  EXPECT_NE(
      std::find(guessed->other_meridians_deg.begin(), guessed->other_meridians_deg.end(), 122.5),
      guessed->other_meridians_deg.end());
  auto stated = kWeihai;
  stated.central_meridian_deg = 122.5;
  const auto read = read_corners(text, stated);
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->meridian_guessed);
  EXPECT_NEAR(read->corners[0].lon_deg, 122.4, 1e-9);
}

TEST(PastedCorners, what_is_wrong_is_named_with_its_line) {
  const auto where = [](const char* text) {
    const auto read = read_corners(text, kWeihai);
    if (read) ADD_FAILURE() << text;
    return read ? std::string() : read.error().where;
  };
  EXPECT_EQ(where("37.1 122.1\n37.2 abc"), "line 2");
  EXPECT_EQ(where("37.1 122.1\n\n37.2"), "line 3");
  EXPECT_EQ(where("37°61′0″ 122°0′0″"), "line 1");
  EXPECT_EQ(where("37.1 122.1\n37°10′0″ 122°0′0″"), "line 2");
  EXPECT_EQ(where(" \n"), "line 1");
  EXPECT_FALSE(read_corners("137.1 122.1", kWeihai));
  EXPECT_EQ(where("34737°23′36″N, 22°0′0″E"), "corner 1");
  EXPECT_EQ(where("4114600 41999999999"), "corner 1");
}
