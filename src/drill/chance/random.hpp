// SPDX-License-Identifier: Apache-2.0
// Random: numbers that are the same on every machine for the same seed (SplitMix64, Steele and
// others 2014; the distributions of the standard library differ between implementations), and
// noise that is a function of time, so that a position can be asked for in any order.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace jinglue::drill::chance {

constexpr std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : m_state(seed) {}

  std::uint64_t next() { return mix(m_state += 0x9E3779B97F4A7C15ULL); }
  /// In [0, 1).
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  double between(double low, double high) { return low + (high - low) * unit(); }
  std::int64_t whole(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(unit() * static_cast<double>(high - low + 1));
  }
  std::size_t below(std::size_t count) {
    return static_cast<std::size_t>(unit() * static_cast<double>(count));
  }

 private:
  std::uint64_t m_state;
};

/// In [-1, 1), fixed for (seed, number).
inline double lattice(std::uint64_t seed, std::int64_t number) {
  const auto n = static_cast<std::uint64_t>(number);
  const std::uint64_t z = mix(seed ^ (n * 0x9E3779B97F4A7C15ULL + 0x632BE59BD9B4E019ULL));
  return static_cast<double>(z >> 11) * 0x1.0p-52 - 1.0;
}

/// Smooth in time: lattice values every `period_ms`, joined by a cubic without kinks. In [-1, 1].
inline double noise(std::uint64_t seed, std::int64_t t_ms, std::int64_t period_ms) {
  const std::int64_t n = t_ms >= 0 ? t_ms / period_ms : -((-t_ms + period_ms - 1) / period_ms);
  const double f = static_cast<double>(t_ms - n * period_ms) / static_cast<double>(period_ms);
  const double a = lattice(seed, n);
  const double b = lattice(seed, n + 1);
  return a + (b - a) * f * f * (3 - 2 * f);
}

}  // namespace jinglue::drill::chance
