// SPDX-License-Identifier: Apache-2.0
#include "drift/probability.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "geo/area.hpp"
#include "unit/drift/sea.hpp"

using namespace jinglue;
using namespace jinglue::tests;

namespace {

drift::Particles particles_at(const std::vector<geo::LatLon>& places) {
  drift::Particles out;
  for (const auto place : places) {
    out.lat_deg.push_back(place.lat_deg);
    out.lon_deg.push_back(place.lon_deg);
    out.state.push_back(drift::State::kDrifting);
  }
  return out;
}

drift::ProbabilityGrid grid_of(std::size_t width, std::size_t height) {
  drift::ProbabilityGrid out;
  out.south_west = {37, 122};
  out.step_lat_deg = out.step_lon_deg = 0.01;
  out.cell_km2 = 1;
  out.width = width;
  out.height = height;
  out.share.assign(width * height, 0);
  return out;
}

double shoelace(const geo::Ring& ring) {
  double out = 0;
  for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
    out += (ring[i].lon_deg - 122) * (ring[i + 1].lat_deg - 37) -
           (ring[i + 1].lon_deg - 122) * (ring[i].lat_deg - 37);
  }
  return out / 2;
}

}  // namespace

RC_GTEST_PROP(Probability, SharesSumToOneAndEachParticleIsInItsCell, ()) {
  std::vector<geo::LatLon> places;
  for (int i = *rc::gen::inRange(1, 50); i > 0; --i) {
    places.push_back(
        {37 + *rc::gen::inRange(0, 2000) / 10'000.0, 122 + *rc::gen::inRange(0, 2000) / 10'000.0});
  }
  const auto grid = drift::probability_of(particles_at(places), 500);
  RC_ASSERT(grid.has_value());
  RC_ASSERT(std::abs(std::accumulate(grid->share.begin(), grid->share.end(), 0.0) - 1) < 1e-9);
  for (const auto place : places) {
    const auto column =
        std::size_t((place.lon_deg - grid->south_west.lon_deg) / grid->step_lon_deg);
    const auto row = std::size_t((place.lat_deg - grid->south_west.lat_deg) / grid->step_lat_deg);
    RC_ASSERT(grid->share.at(row * grid->width + column) >= 1.0 / double(places.size()) - 1e-9);
  }
}

/// No set of fewer cells holds the share: beside all subsets.
RC_GTEST_PROP(Probability, TheAreaIsTheSmallestThatHoldsTheShare, ()) {
  auto grid = grid_of(4, 2);
  double sum = 0;
  for (auto& share : grid.share) sum += share = *rc::gen::inRange(0, 20);
  RC_PRE(sum > 0);
  for (auto& share : grid.share) share /= sum;
  const double wanted = *rc::gen::inRange(1, 100) / 100.0;
  const auto area = drift::area_of(grid, wanted);
  std::size_t fewest = grid.share.size();
  for (unsigned set = 0; set < 256; ++set) {
    double held = 0;
    std::size_t cells = 0;
    for (std::size_t i = 0; i < 8; ++i) {
      if ((set >> i & 1) == 0) continue;
      held += grid.share[i];
      ++cells;
    }
    if (held >= wanted - 1e-12) fewest = std::min(fewest, cells);
  }
  RC_ASSERT(area.share >= wanted - 1e-9);
  RC_ASSERT(std::size_t(std::count(area.cells.begin(), area.cells.end(), true)) == fewest);
}

/// The outline holds just the cells, whatever holes and islands they make.
RC_GTEST_PROP(Probability, TheOutlineIsThatOfTheCells, ()) {
  const auto grid = grid_of(7, 6);
  std::vector<bool> cells(42);
  for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = *rc::gen::inRange(0, 3) > 0;
  const auto polygons = drift::outline_of(grid, cells);
  double sum = 0;
  for (const auto& rings : polygons) {
    for (std::size_t i = 0; i < rings.size(); ++i) {
      RC_ASSERT(rings[i].front() == rings[i].back());
      RC_ASSERT((shoelace(rings[i]) > 0) == (i == 0));
      sum += shoelace(rings[i]);
    }
  }
  const auto count = std::count(cells.begin(), cells.end(), true);
  RC_ASSERT(std::abs(sum - double(count) * 1e-4) < 1e-9);
  if (polygons.empty()) return;
  const auto area = geo::Area::from_polygons(polygons);
  RC_ASSERT(area.has_value());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const geo::LatLon middle{37 + (double(i / 7) + 0.5) * 0.01, 122 + (double(i % 7) + 0.5) * 0.01};
    RC_ASSERT(area->contains(middle) == cells[i]);
  }
}

TEST(Probability, WeightsCountAndWhatLeftTheForecastsDoesNot) {
  auto particles = particles_at({{37.001, 122.001}, {37.1, 122.1}, {37.2, 122.2}});
  particles.state[2] = drift::State::kNoForcing;
  const std::vector<double> weights{3, 1, 5};
  const auto grid = drift::probability_of(particles, 1000, weights);
  ASSERT_TRUE(grid);
  EXPECT_DOUBLE_EQ(*std::max_element(grid->share.begin(), grid->share.end()), 0.75);
}

TEST(Probability, WhatHasNoGridIsRefusedWithTheReason) {
  EXPECT_FALSE(drift::probability_of({}, 500));
  const auto far = particles_at({{30, 120}, {40, 130}});
  EXPECT_FALSE(drift::probability_of(far, 5));
  EXPECT_FALSE(drift::probability_of(far, 50));
  EXPECT_TRUE(drift::probability_of(far, 5000));
  EXPECT_FALSE(drift::probability_of(far, 5000, std::vector<double>{0, 0}));
}
