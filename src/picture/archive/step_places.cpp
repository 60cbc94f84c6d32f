// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/step_places.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <tuple>

#include "geo/geodesic.hpp"

namespace jinglue::picture::detail {
namespace {

constexpr std::uint32_t kFastest_ckn = 10'000;
constexpr std::uint32_t kFullCircle_cdeg = 36'000;

using Times = std::array<std::uint32_t, store::kBlockRows>;

double radians(double degrees) {
  return degrees * std::numbers::pi / 180;
}

/// The first row of [begin, end) that is not before `ms`; mostly it is near the beginning.
std::size_t first_at(const Times& time, std::size_t begin, std::size_t end, std::int64_t ms) {
  if (begin >= end) return end;
  std::size_t stride = 1;
  while (begin + stride < end && time[begin + stride] < ms) stride *= 2;
  const auto from = time.begin() + std::ptrdiff_t(begin + stride / 2);
  const auto to = time.begin() + std::ptrdiff_t(std::min(begin + stride + 1, end));
  return std::size_t(std::lower_bound(from, to, ms) - time.begin());
}

geo::LatLon carried_on(geo::Position from, std::uint32_t sog_ckn, std::uint32_t cog_cdeg,
                       std::int64_t ms) {
  auto at = from.degrees();
  if (sog_ckn >= kFastest_ckn || cog_cdeg >= kFullCircle_cdeg) return at;
  const double minutes = sog_ckn / 100.0 * double(ms) / 3'600'000;
  if (minutes == 0) return at;
  const double course = radians(cog_cdeg / 100.0);
  at.lon_deg += minutes / 60 * std::sin(course) / std::max(0.02, std::cos(radians(at.lat_deg)));
  at.lat_deg += minutes / 60 * std::cos(course);
  if (std::abs(at.lon_deg) > 180) at.lon_deg -= std::copysign(360.0, at.lon_deg);
  return at;
}

}  // namespace

std::size_t StepTimes::slot_at(base::Instant t, std::size_t not_before) const {
  const auto step = (t - from).count() / step_ms;
  const auto begin = steps.begin() + std::ptrdiff_t(not_before);
  if (begin != steps.end() && *begin >= step) return not_before;
  return std::size_t(std::lower_bound(begin, steps.end(), step) - steps.begin());
}

bool StepTimes::meet(base::Instant first, base::Instant last) const {
  const auto slot = slot_at(std::max(first, from));
  return slot < steps.size() && from.ms + std::int64_t{steps[slot]} * step_ms <= last.ms;
}

void StepPlaces::take(const Piece& piece) {
  const auto& time = piece.columns.time.at;
  const std::int64_t base = piece.columns.base_ms - m_times->from.ms;
  std::size_t slot = 0;
  for (std::size_t i = piece.begin; i < piece.end;) {
    slot = m_times->slot_at(piece.columns.time_at(i), slot);
    if (slot == m_times->steps.size()) return;
    const std::int64_t begin = std::int64_t{m_times->steps[slot]} * m_times->step_ms - base;
    const std::int64_t end = begin + m_times->step_ms;
    i = first_at(time, i, piece.end, begin);
    const auto behind = first_at(time, i, piece.end, end);
    if (i < behind) take_step(piece, slot, i, behind, end - m_times->step_ms / 2);
    i = behind;
  }
}

/// Rows are in order of time, so it is the last before the middle or the first behind it.
void StepPlaces::take_step(const Piece& piece, std::size_t slot, std::size_t begin, std::size_t end,
                           std::int64_t middle) {
  const auto& time = piece.columns.time.at;
  const auto after = first_at(time, begin, end, middle + 1);
  for (auto before = after; before-- > begin && time[before] == time[after - 1];) {
    offer(piece.columns, before, slot, middle - time[before]);
  }
  for (auto behind = after; behind < end && time[behind] == time[after]; ++behind) {
    offer(piece.columns, behind, slot, middle - time[behind]);
  }
}

/// Of reports of one step. Those that are as near and as early differ by what they say, so that
/// the order in which they come does not matter.
bool StepPlaces::is_nearer(const Report& a, const Report& b) {
  const auto rank = [](const Report& r) {
    return std::tuple(std::abs(std::int64_t{r.to_middle_ms}), -std::int64_t{r.to_middle_ms},
                      r.position, r.sog_ckn, r.cog_cdeg);
  };
  return rank(a) < rank(b);
}

void StepPlaces::offer(const store::BlockColumns& columns, std::size_t row, std::size_t slot,
                       std::int64_t to_middle_ms) {
  const Report report{static_cast<std::int32_t>(to_middle_ms), static_cast<std::uint32_t>(slot),
                      columns.position_at(row), columns.sog.at[row], columns.cog.at[row]};
  const bool same = !m_reports.empty() && m_reports.back().slot == report.slot;
  if (!same) {
    m_reports.push_back(report);
  } else if (is_nearer(report, m_reports.back())) {
    m_reports.back() = report;
  }
}

std::vector<StepPlace> StepPlaces::finish() {
  const auto by_slot = [](const Report& a, const Report& b) {
    return a.slot != b.slot ? a.slot < b.slot : is_nearer(a, b);
  };
  if (!std::is_sorted(m_reports.begin(), m_reports.end(), by_slot)) {
    std::sort(m_reports.begin(), m_reports.end(), by_slot);
  }
  std::vector<StepPlace> out;
  const Report* last = nullptr;
  for (const auto& report : m_reports) {
    if (last != nullptr && last->slot == report.slot) continue;
    last = &report;
    const auto at =
        carried_on(report.position, report.sog_ckn, report.cog_cdeg, report.to_middle_ms);
    out.push_back({m_times->steps[report.slot], float(at.lat_deg), float(at.lon_deg)});
  }
  m_reports.clear();
  m_reports.shrink_to_fit();
  return out;
}

void Way::add(const Piece& piece) {
  for (std::size_t i = piece.begin; i < piece.end; ++i) {
    const auto at = piece.columns.position_at(i);
    m_low = {std::min(m_low.lat, at.lat), std::min(m_low.lon, at.lon)};
    m_high = {std::max(m_high.lat, at.lat), std::max(m_high.lon, at.lon)};
  }
}

bool Way::reaches(double metres) const {
  return m_low.lat <= m_high.lat && geo::distance_m(m_low.degrees(), m_high.degrees()) >= metres;
}

}  // namespace jinglue::picture::detail
