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

/// Gathers one track after another.
class StepPlaces {
 public:
  explicit StepPlaces(const StepTimes& times) : m_times(times), m_best(times.steps.size()) {}

  /// Rows of a track, all of them from `times.from` on.
  void take(const Piece& piece);
  /// The track's places in order of step; the next track begins.
  void finish(std::vector<StepPlace>& out);

 private:
  struct Report {
    std::int64_t away_ms{INT64_MAX};  ///< from the middle of the step
    std::int64_t to_middle_ms{0};
    geo::Position position;
    std::uint32_t sog_ckn{0}, cog_cdeg{0};
  };
  void take_step(const Piece& piece, std::size_t slot, std::size_t begin, std::size_t end,
                 std::int64_t middle);
  void offer(const store::BlockColumns& columns, std::size_t row, std::size_t slot,
             std::int64_t to_middle_ms);

  const StepTimes& m_times;
  std::vector<Report> m_best;  ///< by slot
  std::vector<std::uint32_t> m_used;
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
