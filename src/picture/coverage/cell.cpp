// SPDX-License-Identifier: Apache-2.0
#include "picture/coverage/cell.hpp"

#include <algorithm>
#include <bit>

namespace jinglue::picture {
namespace {

std::int64_t floor_div(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

std::size_t place(std::int64_t number, std::int64_t ring) {
  return static_cast<std::size_t>(((number % ring) + ring) % ring);
}

}  // namespace

void CoverageCell::advance(base::Instant now) {
  const std::int64_t hour = floor_div(now.ms, kHour_ms);
  if (hour <= m_hour) return;
  if (m_hour == INT64_MIN || hour - m_hour >= kHours) {
    m_heard = {};
    m_counts = {};
  } else {
    for (std::int64_t h = m_hour + 1; h <= hour; ++h) {
      const auto at = place(h, kHours);
      m_heard[at / 64] &= ~(std::uint64_t{1} << (at % 64));
      if (place(h, 24) == 0) m_counts[place(floor_div(h, 24), kDays)] = 0;
    }
  }
  m_hour = hour;
}

void CoverageCell::take(base::Instant arrival, std::int16_t signal_dbm) {
  if (m_hour == INT64_MIN) m_first = arrival;
  advance(arrival);
  const auto at = place(m_hour, kHours);
  m_heard[at / 64] |= std::uint64_t{1} << (at % 64);
  auto& count = m_counts[place(floor_div(m_hour, 24), kDays)];
  if (count < UINT32_MAX) ++count;
  m_last = std::max(m_last, arrival);
  if (signal_dbm == kNoSignal) return;
  m_strongest = std::max(m_strongest, signal_dbm);
  m_weakest = m_weakest == kNoSignal ? signal_dbm : std::min(m_weakest, signal_dbm);
}

std::uint32_t CoverageCell::count() const {
  std::uint64_t sum = 0;
  for (const auto count : m_counts) sum += count;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(sum, UINT32_MAX));
}

int CoverageCell::hours() const {
  int sum = 0;
  for (const auto bits : m_heard) sum += std::popcount(bits);
  return sum;
}

void CoverageCell::save(base::ByteWriter& out) const {
  out.put(m_hour);
  for (const auto bits : m_heard) out.put(bits);
  for (const auto count : m_counts) out.put(count);
  out.put(m_first.ms);
  out.put(m_last.ms);
  out.put(m_strongest);
  out.put(m_weakest);
}

CoverageCell CoverageCell::load(base::ByteReader& in) {
  CoverageCell out;
  out.m_hour = in.get<std::int64_t>();
  for (auto& bits : out.m_heard) bits = in.get<std::uint64_t>();
  for (auto& count : out.m_counts) count = in.get<std::uint32_t>();
  out.m_first.ms = in.get<std::int64_t>();
  out.m_last.ms = in.get<std::int64_t>();
  out.m_strongest = in.get<std::int16_t>();
  out.m_weakest = in.get<std::int16_t>();
  return out;
}

}  // namespace jinglue::picture
