// SPDX-License-Identifier: Apache-2.0
// Figures of the bench programs: one line each, so that a script can read them; and a stopwatch.
#pragma once

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace jinglue::bench {

inline void figure(const std::string& name, double value, const std::string& unit) {
  fmt::print("figure: {} {:.6g} {}\n", name, value, unit);
}

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - m_start).count(); }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point m_start{Clock::now()};
};

/// The value below which the share `p` of the samples lies.
inline double percentile(std::vector<double> samples, double p) {
  if (samples.empty()) return 0;
  std::sort(samples.begin(), samples.end());
  return samples[std::min(samples.size() - 1, std::size_t(p * double(samples.size())))];
}

}  // namespace jinglue::bench
