// SPDX-License-Identifier: Apache-2.0
#include "drift/probability.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <utility>

#include "geo/local_scale.hpp"

namespace jinglue::drift {
namespace {

constexpr double kMostCells = 4e6;

bool counts(State state) {
  return state == State::kDrifting || state == State::kStranded;
}

/// A corner of cells, by column and row.
using Corner = std::pair<std::int32_t, std::int32_t>;
using CornerRing = std::vector<Corner>;

double doubled_area(const CornerRing& ring) {
  double out = 0;
  for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
    out += double(ring[i].first) * ring[i + 1].second - double(ring[i + 1].first) * ring[i].second;
  }
  return out;
}

/// Sides of cells that have nothing beyond them, each with its cell on its left.
class Sides {
 public:
  Sides(const std::vector<bool>& cells, std::size_t width) : m_cells(cells), m_width(width) {
    const auto columns = static_cast<std::int32_t>(width);
    const auto rows = static_cast<std::int32_t>(cells.size() / width);
    for (std::int32_t y = 0; y < rows; ++y) {
      for (std::int32_t x = 0; x < columns; ++x) {
        if (!filled(x, y)) continue;
        if (!filled(x, y - 1)) add({x, y}, {x + 1, y});
        if (!filled(x + 1, y)) add({x + 1, y}, {x + 1, y + 1});
        if (!filled(x, y + 1)) add({x + 1, y + 1}, {x, y + 1});
        if (!filled(x - 1, y)) add({x, y + 1}, {x, y});
      }
    }
  }
  /// All closed rings of them. None meets a corner twice: a way that comes back to one is cut off
  /// as a ring of its own (a hole that touches the shore at a corner).
  std::vector<CornerRing> rings() {
    std::vector<CornerRing> out;
    while (!m_from.empty()) {
      CornerRing way{m_from.begin()->first};
      std::map<Corner, std::size_t> place{{way[0], 0}};
      Corner before = way[0];
      while (!way.empty() && m_from.contains(way.back())) {
        const Corner at = way.back();
        const Corner next = take(before, at);
        before = at;
        const auto known = place.find(next);
        if (known == place.end()) {
          place.emplace(next, way.size());
          way.push_back(next);
          continue;
        }
        const auto from = known->second;
        CornerRing ring(way.begin() + std::ptrdiff_t(from), way.end());
        ring.push_back(next);
        out.push_back(std::move(ring));
        for (std::size_t i = from + 1; i < way.size(); ++i) place.erase(way[i]);
        way.resize(from + 1);
      }
    }
    return out;
  }

 private:
  bool filled(std::int32_t x, std::int32_t y) const {
    return x >= 0 && y >= 0 && x < std::int32_t(m_width) &&
           y < std::int32_t(m_cells.size() / m_width) &&
           m_cells[std::size_t(y) * m_width + std::size_t(x)];
  }
  void add(Corner from, Corner to) { m_from[from].push_back(to); }
  /// Where two sides go on, the one to the left: so it stays with its own cell.
  Corner take(Corner before, Corner at) {
    const auto found = m_from.find(at);
    auto& ways = found->second;
    std::size_t chosen = 0;
    if (ways.size() > 1 && before != at) {
      const auto turn = [&](Corner to) {
        return std::int64_t{at.first - before.first} * (to.second - at.second) -
               std::int64_t{at.second - before.second} * (to.first - at.first);
      };
      chosen = turn(ways[0]) > turn(ways[1]) ? 0 : 1;
    }
    const auto out = ways[chosen];
    ways.erase(ways.begin() + std::ptrdiff_t(chosen));
    if (ways.empty()) m_from.erase(found);
    return out;
  }

  const std::vector<bool>& m_cells;
  std::size_t m_width;
  std::map<Corner, std::vector<Corner>> m_from;
};

/// Is the middle of the ring's first side, seen from within the hole, in `outer`?
bool holds(const CornerRing& outer, const CornerRing& hole) {
  const double x = (hole[0].first + hole[1].first) / 2.0 + 1e-3;
  const double y = (hole[0].second + hole[1].second) / 2.0 + 1e-3;
  bool in = false;
  for (std::size_t i = 0; i + 1 < outer.size(); ++i) {
    const auto& a = outer[i];
    const auto& b = outer[i + 1];
    if ((a.second > y) == (b.second > y)) continue;
    if (x < a.first + (y - a.second) / (b.second - a.second) * (b.first - a.first)) in = !in;
  }
  return in;
}

/// Without the corners on a straight line, in degrees.
geo::Ring degrees_of(const CornerRing& ring, const ProbabilityGrid& grid) {
  geo::Ring out;
  const auto straight = [](Corner a, Corner b, Corner c) {
    return (a.first == b.first && b.first == c.first) ||
           (a.second == b.second && b.second == c.second);
  };
  const std::size_t count = ring.size() - 1;
  for (std::size_t i = 0; i < count; ++i) {
    if (straight(ring[(i + count - 1) % count], ring[i], ring[(i + 1) % count])) continue;
    out.push_back({grid.south_west.lat_deg + ring[i].second * grid.step_lat_deg,
                   grid.south_west.lon_deg + ring[i].first * grid.step_lon_deg});
  }
  out.push_back(out.front());
  return out;
}

}  // namespace

base::Result<ProbabilityGrid> probability_of(const Particles& particles, double cell_m,
                                             std::span<const double> weights) {
  geo::Box box;
  for (std::size_t i = 0; i < particles.size(); ++i) {
    if (counts(particles.state[i])) box.include(particles.at(i));
  }
  const auto wrong = [](const char* text) {
    return base::fail(base::Code::kOutOfRange, text, "probability");
  };
  if (box.empty()) return wrong("no particle drifts or lies on the shore");
  if (!(cell_m >= 10)) return wrong("a cell is 10 m or more");
  ProbabilityGrid out;
  const auto scale = geo::LocalScale::wgs84().at((box.south_deg + box.north_deg) / 2);
  out.step_lat_deg = cell_m * scale.north_deg;
  out.step_lon_deg = cell_m * scale.east_deg;
  out.cell_km2 = cell_m * cell_m / 1e6;
  // On whole cells from the equator and Greenwich: grids of successive hours fit together.
  const double west = std::floor(box.west_deg / out.step_lon_deg),
               south = std::floor(box.south_deg / out.step_lat_deg);
  const double columns = std::floor(box.east_deg / out.step_lon_deg) - west + 1,
               rows = std::floor(box.north_deg / out.step_lat_deg) - south + 1;
  if (columns * rows > kMostCells) return wrong("more than four million cells: take larger ones");
  out.width = std::size_t(columns);
  out.height = std::size_t(rows);
  out.south_west = {south * out.step_lat_deg, west * out.step_lon_deg};
  out.share.assign(out.width * out.height, 0);
  double sum = 0;
  for (std::size_t i = 0; i < particles.size(); ++i) {
    if (!counts(particles.state[i])) continue;
    const double weight = weights.empty() ? 1 : weights[i];
    // Rounding may put the westernmost one a hair outside.
    const auto cell = [](double off, double step, std::size_t count) {
      return std::min(static_cast<std::size_t>(std::max(off / step, 0.0)), count - 1);
    };
    const auto column =
        cell(particles.lon_deg[i] - out.south_west.lon_deg, out.step_lon_deg, out.width);
    const auto row =
        cell(particles.lat_deg[i] - out.south_west.lat_deg, out.step_lat_deg, out.height);
    out.share[row * out.width + column] += weight;
    sum += weight;
  }
  if (!(sum > 0)) return wrong("all weights are zero");
  for (auto& share : out.share) share /= sum;
  return out;
}

ShareArea area_of(const ProbabilityGrid& grid, double share) {
  std::vector<std::size_t> order(grid.share.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return grid.share[a] > grid.share[b]; });
  ShareArea out;
  out.cells.assign(grid.share.size(), false);
  for (const auto cell : order) {
    if (out.share >= share - 1e-12 || grid.share[cell] <= 0) break;
    out.cells[cell] = true;
    out.share += grid.share[cell];
    out.km2 += grid.cell_km2;
  }
  return out;
}

std::vector<geo::PolygonRings> outline_of(const ProbabilityGrid& grid,
                                          const std::vector<bool>& cells) {
  auto rings = Sides(cells, grid.width).rings();
  const auto holes = std::stable_partition(
      rings.begin(), rings.end(), [](const CornerRing& ring) { return doubled_area(ring) > 0; });
  std::vector<geo::PolygonRings> out;
  for (auto outer = rings.begin(); outer != holes; ++outer) {
    out.push_back({degrees_of(*outer, grid)});
  }
  for (auto hole = holes; hole != rings.end(); ++hole) {
    // The smallest ring around it: islands within lakes.
    std::size_t best = out.size();
    for (std::size_t i = 0; i < out.size(); ++i) {
      const auto& outer = rings[i];
      if (!holds(outer, *hole)) continue;
      if (best == out.size() || doubled_area(outer) < doubled_area(rings[best])) best = i;
    }
    if (best < out.size()) out[best].push_back(degrees_of(*hole, grid));
  }
  return out;
}

}  // namespace jinglue::drift
