// SPDX-License-Identifier: Apache-2.0
#include "drift/forcing.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace jinglue::drift {
namespace {

using model::ForecastVariable;

struct Variables {
  ForecastVariable x, y;
  const char* key;
  float most_m_s;  ///< more is a mistake of units or a broken file
};
constexpr std::array<Variables, kPairs> kVariables = {
    {{ForecastVariable::kWindX, ForecastVariable::kWindY, "wind", 120},
     {ForecastVariable::kCurrentX, ForecastVariable::kCurrentY, "current", 15},
     {ForecastVariable::kStokesX, ForecastVariable::kStokesY, "stokes", 5}}};

tl::unexpected<base::Error> wrong(const model::Forecast& forecast, base::Code code,
                                  std::string what, std::string hint = {}) {
  return base::fail(code, std::move(what), forecast.name, std::move(hint));
}

/// Even steps, within a hundredth of one.
bool is_even(const std::vector<double>& axis) {
  if (axis.size() < 2) return false;
  const double step = (axis.back() - axis.front()) / static_cast<double>(axis.size() - 1);
  if (!(step > 0) || !std::isfinite(step)) return false;
  for (std::size_t i = 0; i < axis.size(); ++i) {
    const double off = axis[i] - (axis.front() + step * static_cast<double>(i));
    if (!(std::abs(off) < step / 100)) return false;
  }
  return true;
}

base::Status check_axes(const model::Forecast& forecast) {
  const auto& grid = forecast.grid;
  if (!is_even(grid.x) || !is_even(grid.y)) {
    return wrong(forecast, base::Code::kMalformed,
                 "the axes of the grid are not ascending in even steps, or have one place only",
                 "interpolate it to a regular grid first");
  }
  if (grid.projection.empty() && (grid.y.front() < -90.5 || grid.y.back() > 90.5 ||
                                  grid.x.front() < -360.5 || grid.x.back() > 360.5)) {
    return wrong(forecast, base::Code::kOutOfRange,
                 "the grid has no projection, and its axes are no longitudes and latitudes");
  }
  if (forecast.times.empty() ||
      !std::is_sorted(forecast.times.begin(), forecast.times.end(), std::less_equal<>{})) {
    return wrong(forecast, base::Code::kMalformed,
                 "its times are not ascending, or there are none");
  }
  return {};
}

base::Status check_values(const model::Forecast& forecast, const model::ForecastField& field,
                          const Variables& variables) {
  if (field.values.size() != forecast.grid.cells() * forecast.times.size()) {
    return wrong(forecast, base::Code::kMalformed,
                 std::string(variables.key) + ": as many values as times and cells are wanted");
  }
  float most = 0;
  bool any = false;
  for (const float value : field.values) {
    if (std::isnan(value)) continue;
    any = true;
    most = std::max(most, std::abs(value));
  }
  if (!any) {
    return wrong(forecast, base::Code::kMissing,
                 std::string(variables.key) + " has no value anywhere");
  }
  if (most <= variables.most_m_s) return {};
  return wrong(forecast, base::Code::kOutOfRange,
               std::string(variables.key) + " of " + std::to_string(most) +
                   " m/s: no sea has that (most " + std::to_string(int(variables.most_m_s)) + ")",
               "are the units m/s?");
}

/// Where in the times an instant lies.
struct Between {
  std::size_t before{0};
  float part{0};  ///< of the way to the next
};
std::optional<Between> between(const std::vector<base::Instant>& times, base::Instant at) {
  if (times.empty() || at < times.front() || at > times.back()) return std::nullopt;
  const auto after = std::upper_bound(times.begin(), times.end(), at);
  if (after == times.end()) return Between{times.size() - 1, 0};
  const auto index = static_cast<std::size_t>(after - times.begin()) - 1;
  const auto whole = static_cast<double>((*after - times[index]).count());
  return Between{index, static_cast<float>(double((at - times[index]).count()) / whole)};
}

}  // namespace

const char* to_key(Pair pair) {
  return kVariables[std::size_t(pair)].key;
}

base::Status Forcing::add(std::shared_ptr<const model::Forecast> forecast) {
  if (auto good = check_axes(*forecast); !good) return good;
  auto source = std::make_unique<Source>();
  bool any = false;
  for (std::size_t i = 0; i < kPairs; ++i) {
    const auto* x = forecast->find(kVariables[i].x);
    const auto* y = forecast->find(kVariables[i].y);
    if (x == nullptr && y == nullptr) continue;
    if (x == nullptr || y == nullptr) {
      return wrong(*forecast, base::Code::kMissing,
                   std::string(kVariables[i].key) + " has one component only");
    }
    if (auto good = check_values(*forecast, *x, kVariables[i]); !good) return good;
    if (auto good = check_values(*forecast, *y, kVariables[i]); !good) return good;
    source->values[i] = {x->values.data(), y->values.data()};
    any = true;
  }
  if (!any) {
    return wrong(*forecast, base::Code::kMissing,
                 "neither wind nor current nor Stokes drift in it");
  }
  const auto& grid = forecast->grid;
  if (!grid.projection.empty()) {
    auto projection = geo::MapProjection::make(grid.projection);
    if (!projection) return tl::unexpected(projection.error());
    source->projection.emplace(std::move(*projection));
  }
  source->x0 = grid.x.front();
  source->y0 = grid.y.front();
  source->per_x = double(grid.x.size() - 1) / (grid.x.back() - grid.x.front());
  source->per_y = double(grid.y.size() - 1) / (grid.y.back() - grid.y.front());
  source->forecast = std::move(forecast);
  m_sources.push_back(std::move(source));
  return {};
}

bool Forcing::has(Pair pair) const {
  if (constant(pair)) return true;
  return std::any_of(m_sources.begin(), m_sources.end(), [&](const auto& source) {
    return source->values[std::size_t(pair)].first != nullptr;
  });
}

base::Status Forcing::covers(Pair pair, base::Instant first, base::Instant last) const {
  if (constant(pair)) return {};
  base::Instant until = first;
  for (bool moved = true; moved && until < last;) {
    moved = false;
    for (const auto& source : m_sources) {
      const auto& times = source->forecast->times;
      if (source->values[std::size_t(pair)].first == nullptr || times.front() > until) continue;
      if (times.back() > until) {
        until = times.back();
        moved = true;
      }
    }
  }
  if (until >= last && has(pair)) return {};
  return base::fail(base::Code::kMissing,
                    std::string("no forecast says the ") + to_key(pair) + " from " +
                        base::to_iso(until) + " to " + base::to_iso(last),
                    to_key(pair), "add a forecast, or say a constant value as the last resort");
}

/// One source at one instant: x and y of a pair side by side.
struct Conditions::Layer {
  const Forcing::Source* source{nullptr};
  std::size_t index{0};  ///< of the source
  std::size_t width{0}, height{0};
  std::vector<float> values;  ///< [y][x][2]
};

/// What one thread needs alone: a projection is not shared between threads.
struct alignas(64) Conditions::Worker {
  std::vector<std::optional<geo::MapProjection>> projections;
  std::array<std::vector<std::uint64_t>, kPairs> counts;  ///< [source..., constant, none]
};

Conditions::Conditions(const Forcing& forcing, std::size_t workers) : m_forcing(forcing) {
  const auto& sources = forcing.sources();
  for (std::size_t i = 0; i < workers; ++i) {
    auto worker = std::make_unique<Worker>();
    for (const auto& source : sources) {
      auto& mine = worker->projections.emplace_back();
      if (!source->projection) continue;
      auto made = geo::MapProjection::make(source->forecast->grid.projection);
      if (made) mine.emplace(std::move(*made));
    }
    for (auto& counts : worker->counts) counts.assign(sources.size() + 2, 0);
    m_workers.push_back(std::move(worker));
  }
  for (std::size_t pair = 0; pair < kPairs; ++pair) {
    for (const auto& source : sources) {
      m_used.push_back({Pair(pair), source->forecast->name, {}, {}, 0});
    }
    m_used.push_back({Pair(pair), "constant", {}, {}, 0});
    m_used.push_back({Pair(pair), "none", {}, {}, 0});
  }
}

Conditions::~Conditions() = default;

void Conditions::prepare(base::Instant at, bool stokes) {
  count_until_now();
  m_at = at;
  for (std::size_t pair = 0; pair < kPairs; ++pair) {
    std::size_t used = 0;
    auto& layers = m_layers[pair];
    for (std::size_t i = 0; i < m_forcing.sources().size(); ++i) {
      if (Pair(pair) == Pair::kStokes && !stokes) break;
      const auto& source = *m_forcing.sources()[i];
      const auto [xs, ys] = source.values[pair];
      const auto when = between(source.forecast->times, at);
      if (xs == nullptr || !when) continue;
      if (layers.size() == used) layers.emplace_back();
      auto& layer = layers[used++];
      const auto& grid = source.forecast->grid;
      const auto cells = grid.cells();
      layer.source = &source;
      layer.index = i;
      layer.width = grid.x.size();
      layer.height = grid.y.size();
      layer.values.resize(cells * 2);
      const auto* x0 = xs + when->before * cells;
      const auto* y0 = ys + when->before * cells;
      const std::size_t next = when->part > 0 ? cells : 0;
      for (std::size_t cell = 0; cell < cells; ++cell) {
        layer.values[cell * 2] = x0[cell] + (x0[cell + next] - x0[cell]) * when->part;
        layer.values[cell * 2 + 1] = y0[cell] + (y0[cell + next] - y0[cell]) * when->part;
      }
    }
    layers.resize(used);
  }
}

namespace {

/// The corners that have a value, with their weights; false when none has.
bool mix_valid(const float* const (&corner)[4], const float (&weight)[4], EastNorth& out) {
  float x = 0, y = 0, sum = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    if (std::isnan(corner[i][0]) || std::isnan(corner[i][1])) continue;
    x += corner[i][0] * weight[i];
    y += corner[i][1] * weight[i];
    sum += weight[i];
  }
  if (!(sum > 0)) return false;
  out = {x / sum, y / sum};
  return true;
}

}  // namespace

bool Conditions::sample_layer(const Layer& layer, geo::LatLon at, Worker& worker,
                              EastNorth& out) const {
  const auto& source = *layer.source;
  double x = at.lon_deg;
  double y = at.lat_deg;
  const auto& projection = worker.projections[layer.index];
  if (projection) {
    const auto place = projection->forward(at);
    x = place.x_m;
    y = place.y_m;
  } else {
    x += x < source.x0 ? 360 : 0;  // a grid from 0 to 360
  }
  const double column = (x - source.x0) * source.per_x;
  const double row = (y - source.y0) * source.per_y;
  if (!(column >= 0 && row >= 0 && column <= double(layer.width - 1) &&
        row <= double(layer.height - 1))) {
    return false;
  }
  const auto i = std::min(static_cast<std::size_t>(column), layer.width - 2);
  const auto j = std::min(static_cast<std::size_t>(row), layer.height - 2);
  const auto fx = static_cast<float>(column - double(i));
  const auto fy = static_cast<float>(row - double(j));
  const float* south = &layer.values[(j * layer.width + i) * 2];
  const float* north = south + layer.width * 2;
  const float west_x = south[0] + (north[0] - south[0]) * fy;
  const float west_y = south[1] + (north[1] - south[1]) * fy;
  const float east_x = south[2] + (north[2] - south[2]) * fy;
  const float east_y = south[3] + (north[3] - south[3]) * fy;
  out = {west_x + (east_x - west_x) * fx, west_y + (east_y - west_y) * fx};
  if (std::isnan(out.east + out.north)) {
    const float* const corner[4] = {south, south + 2, north, north + 2};
    const float weight[4] = {(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy};
    if (!mix_valid(corner, weight, out)) return false;
  }
  if (projection && source.forecast->grid.along_axes) {
    const auto bearing = static_cast<float>(projection->y_bearing_rad(at));
    const float sine = std::sin(bearing), cosine = std::cos(bearing);
    out = {out.east * cosine + out.north * sine, out.north * cosine - out.east * sine};
  }
  return true;
}

bool Conditions::sample(Pair pair, geo::LatLon at, std::size_t worker, EastNorth& out) {
  auto& mine = *m_workers[worker];
  auto& counts = mine.counts[std::size_t(pair)];
  for (const auto& layer : m_layers[std::size_t(pair)]) {
    if (!sample_layer(layer, at, mine, out)) continue;
    ++counts[layer.index];
    return true;
  }
  const auto& constant = m_forcing.constant(pair);
  out = constant.value_or(EastNorth{});
  ++counts[counts.size() - (constant ? 2 : 1)];
  return constant.has_value();
}

void Conditions::count_until_now() {
  const auto width = m_forcing.sources().size() + 2;
  for (auto& worker : m_workers) {
    for (std::size_t pair = 0; pair < kPairs; ++pair) {
      for (std::size_t i = 0; i < width; ++i) {
        auto& count = worker->counts[pair][i];
        if (count == 0) continue;
        auto& used = m_used[pair * width + i];
        if (used.particle_steps == 0) used.first = used.last = m_at;
        used.first = std::min(used.first, m_at);
        used.last = std::max(used.last, m_at);
        used.particle_steps += count;
        count = 0;
      }
    }
  }
}

std::vector<Used> Conditions::used() {
  count_until_now();
  std::vector<Used> out;
  std::copy_if(m_used.begin(), m_used.end(), std::back_inserter(out),
               [](const Used& one) { return one.particle_steps > 0; });
  return out;
}

}  // namespace jinglue::drift
