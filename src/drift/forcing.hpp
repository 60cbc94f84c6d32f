// SPDX-License-Identifier: Apache-2.0
// Forcing: the wind, current and Stokes drift that particles meet, from forecasts in the order of
// their priority and a constant as the last. Bilinear in the grid's own coordinates, linear in
// time. Where some corners of a cell have no value (land), the others count alone. Vectors come out
// as east and north, m/s. Which source served how many particle-steps, and when, is counted: what
// was missing is never silent.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "geo/map_projection.hpp"
#include "geo/point.hpp"
#include "model/forecast.hpp"

namespace jinglue::drift {

enum class Pair : std::uint8_t { kWind, kCurrent, kStokes };
inline constexpr std::size_t kPairs = 3;
const char* to_key(Pair pair);

struct EastNorth {
  float east{0}, north{0};
};

/// A source of one pair as it was used.
struct Used {
  Pair pair{};
  std::string source;  ///< name of the forecast, "constant", or "none"
  base::Instant first{}, last{};
  std::uint64_t particle_steps{0};
};

class Forcing {
 public:
  /// After those that were added before. Error kMalformed: axes that are not ascending, fields of
  /// another size than the grid, a projection that PROJ does not know, no pair at all, values that
  /// no sea has (kOutOfRange: wind above 120 m/s, current above 15 m/s).
  base::Status add(std::shared_ptr<const model::Forecast> forecast);
  void set_constant(Pair pair, EastNorth value) { m_constant[std::size_t(pair)] = value; }

  bool has(Pair pair) const;
  /// Error kMissing: nothing says `pair` at some time from `first` to `last`, and no constant does.
  base::Status covers(Pair pair, base::Instant first, base::Instant last) const;

  struct Source {
    std::shared_ptr<const model::Forecast> forecast;
    std::optional<geo::MapProjection> projection;
    double x0{0}, y0{0}, per_x{0}, per_y{0};                             ///< steps are even
    std::array<std::pair<const float*, const float*>, kPairs> values{};  ///< null: not in it
  };
  const std::vector<std::unique_ptr<Source>>& sources() const { return m_sources; }
  const std::optional<EastNorth>& constant(Pair pair) const {
    return m_constant[std::size_t(pair)];
  }

 private:
  std::vector<std::unique_ptr<Source>> m_sources;
  std::array<std::optional<EastNorth>, kPairs> m_constant;
};

/// The forcing of one instant. prepare() by one thread, sample() by many.
class Conditions {
 public:
  /// `workers`: how many threads will sample.
  explicit Conditions(const Forcing& forcing, std::size_t workers);
  ~Conditions();
  void prepare(base::Instant at, bool stokes);
  /// False when no source and no constant has a value there. `worker` counts what was used.
  bool sample(Pair pair, geo::LatLon at, std::size_t worker, EastNorth& out);
  /// In the order of priority, what was used until now.
  std::vector<Used> used();

 private:
  struct Layer;
  struct Worker;
  bool sample_layer(const Layer& layer, geo::LatLon at, Worker& worker, EastNorth& out) const;
  void count_until_now();

  const Forcing& m_forcing;
  base::Instant m_at{};
  std::array<std::vector<Layer>, kPairs> m_layers;
  std::vector<std::unique_ptr<Worker>> m_workers;
  std::vector<Used> m_used;  ///< [pair][source..., constant, none]
};

}  // namespace jinglue::drift
