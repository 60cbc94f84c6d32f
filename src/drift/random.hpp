// SPDX-License-Identifier: Apache-2.0
// Draw: random numbers that depend only on the seed, the particle, what is drawn and which time it
// is drawn: so a run repeats to the bit whoever computes which particle in which order. Philox
// 4x32-10 (Salmon and others 2011, Random123).
#pragma once

#include <Random123/philox.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace jinglue::drift {

/// What is drawn. Numbers are kept: a new one does not change the others.
enum class Purpose : std::uint32_t {
  kPlace = 1,
  kDownwind = 2,
  kCrosswind = 3,
  kJibe = 4,
  kCapsize = 5,
  kDiffusion = 6,
  kWind = 7,
  kCurrent = 8,
  kRefloat = 9,
};

class Draw {
 public:
  Draw(std::uint64_t seed, std::uint64_t particle) : m_seed(seed), m_particle(particle) {}

  /// Two numbers, even in (0, 1).
  std::array<double, 2> uniform(Purpose purpose, std::uint32_t time = 0) const {
    using Philox = r123::Philox4x32;
    const Philox::key_type key{{word(m_seed), word(m_seed >> 32)}};
    const Philox::ctr_type counter{
        {word(m_particle), word(m_particle >> 32), time, static_cast<std::uint32_t>(purpose)}};
    const auto out = Philox{}(counter, key);
    return {fraction(out[0], out[1]), fraction(out[2], out[3])};
  }
  /// Two numbers, normal with mean 0 and deviation 1 (Box and Muller 1958).
  std::array<double, 2> normal(Purpose purpose, std::uint32_t time = 0) const {
    const auto [a, b] = uniform(purpose, time);
    const double radius = std::sqrt(-2 * std::log(a));
    const double angle = 2 * std::numbers::pi * b;
    return {radius * std::cos(angle), radius * std::sin(angle)};
  }

 private:
  static std::uint32_t word(std::uint64_t value) { return static_cast<std::uint32_t>(value); }
  static double fraction(std::uint32_t high, std::uint32_t low) {
    const std::uint64_t bits = (std::uint64_t{high} << 32 | low) >> 12;
    return (static_cast<double>(bits) + 0.5) * 0x1p-52;
  }
  std::uint64_t m_seed;
  std::uint64_t m_particle;
};

}  // namespace jinglue::drift
