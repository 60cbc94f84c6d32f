// SPDX-License-Identifier: Apache-2.0
// Where a track is in steps of time: in each step where its report nearest to the middle says (of
// two as near the earlier one), carried on to the middle by its speed and course, at most 100 kn.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "geo/point.hpp"
#include "picture/archive/piece.hpp"

namespace jinglue::picture::detail {

struct StepPlace {
  std::uint32_t step{0};
  float lat_deg{0}, lon_deg{0};  ///< good to a metre
};

/// Time from `from` on in equal steps, or some of them.
struct StepTimes {
  base::Instant from;
  std::int64_t step_ms{0};
  std::vector<std::uint32_t> steps;  ///< ascending

  /// The first of `steps` that ends after t, as index; steps.size() when there is none.
  std::size_t slot_at(base::Instant t, std::size_t not_before = 0) const;
  /// Whether a report in [first, last] can lie in one of the steps.
  bool meet(base::Instant first, base::Instant last) const;
};

/// Gathers the places of one track; its rows may come in any order.
class StepPlaces {
 public:
  explicit StepPlaces(const StepTimes& times) : m_times(&times) {}

  /// Rows of the track, all of them from `times.from` on.
  void take(const Piece& piece);
  /// The places in order of step; what was gathered is gone.
  std::vector<StepPlace> finish();

 private:
  /// What puts the track somewhere in a step, `to_middle_ms` before its middle.
  struct Report {
    std::int32_t to_middle_ms{INT32_MAX};  ///< a step is at most ten minutes
    std::uint32_t slot{0};
    geo::Position position;
    std::uint32_t sog_ckn{0}, cog_cdeg{0};
  };
  static bool is_nearer(const Report& a, const Report& b);
  void take_step(const Piece& piece, std::size_t slot, std::size_t begin, std::size_t end,
                 std::int64_t middle);
  void offer(const store::BlockColumns& columns, std::size_t row, std::size_t slot,
             std::int64_t to_middle_ms);

  const StepTimes* m_times;
  std::vector<Report> m_reports;  ///< of parts that follow one another, in order of slot
};

/// How far apart the extremes of a track's reports are.
class Way {
 public:
  void add(const Piece& piece);
  bool reaches(double metres) const;

 private:
  geo::Position m_low{INT32_MAX, INT32_MAX}, m_high{INT32_MIN, INT32_MIN};
};

}  // namespace jinglue::picture::detail
