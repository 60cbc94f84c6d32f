// SPDX-License-Identifier: Apache-2.0
#include "drill/motion/track.hpp"

#include <algorithm>
#include <cassert>

#include "drill/sea/plane.hpp"

namespace jinglue::drill::motion {

void Track::add(std::int64_t t_ms, geo::LatLon at) {
  if (m_knots.empty()) {
    m_knots.push_back({t_ms, at, 0, 0});
    return;
  }
  const Knot& last = m_knots.back();
  if (t_ms <= last.t_ms) return;
  const auto span = static_cast<double>(t_ms - last.t_ms);
  const geo::LatLon first = m_knots.front().at;
  const geo::LatLon middle = sea::between(last.at, at, 0.5);
  m_knots.push_back({t_ms, at, last.lat_sum + (middle.lat_deg - first.lat_deg) * span,
                     last.lon_sum + (middle.lon_deg - first.lon_deg) * span});
}

void Track::enter(const Span& span) {
  if (!m_spans.empty()) m_spans.back().to_ms = span.from_ms;
  if (!m_spans.empty() && m_spans.back().from_ms >= span.from_ms) m_spans.pop_back();
  m_spans.push_back(span);
}

void Track::close(std::int64_t t_ms) {
  assert(!m_spans.empty());
  m_spans.back().to_ms = t_ms;
}

Track::Sum Track::sum_to(std::int64_t t_ms) const {
  const geo::LatLon first = m_knots.front().at;
  if (t_ms <= m_knots.front().t_ms) return {first, 0, 0};
  auto next = std::upper_bound(m_knots.begin(), m_knots.end(), t_ms,
                               [](std::int64_t t, const Knot& k) { return t < k.t_ms; });
  const Knot& before = *std::prev(next);
  const auto span = static_cast<double>(t_ms - before.t_ms);
  geo::LatLon here = before.at;
  if (next != m_knots.end()) {
    here = sea::between(before.at, next->at, span / static_cast<double>(next->t_ms - before.t_ms));
  }
  const geo::LatLon middle = sea::between(before.at, here, 0.5);
  return {here, before.lat_sum + (middle.lat_deg - first.lat_deg) * span,
          before.lon_sum + (middle.lon_deg - first.lon_deg) * span};
}

Pose Track::pose(std::int64_t t_ms) const {
  if (t_ms + kSmooth_ms <= m_knots.front().t_ms) return {m_knots.front().at, 0, 0};
  // The window starts no earlier than the movement.
  const std::int64_t low = std::max(t_ms - kSmooth_ms, m_knots.front().t_ms);
  const std::int64_t high = std::max(t_ms + kSmooth_ms, low + 1);
  const auto window = static_cast<double>(high - low);
  const Sum a = sum_to(low);
  const Sum b = sum_to(high);
  const geo::LatLon first = m_knots.front().at;
  Pose out;
  out.at = {first.lat_deg + (b.lat - a.lat) / window, first.lon_deg + (b.lon - a.lon) / window};
  const sea::Offset way = sea::from_to(a.at, b.at);
  out.speed_mps = way.length_m() / (window / 1000);
  if (way.length_m() > 0.01) out.course_deg = sea::course_deg(way);
  return out;
}

const Span& Track::span(std::int64_t t_ms) const {
  auto next = std::upper_bound(m_spans.begin(), m_spans.end(), t_ms,
                               [](std::int64_t t, const Span& s) { return t < s.from_ms; });
  return next == m_spans.begin() ? m_spans.front() : *std::prev(next);
}

}  // namespace jinglue::drill::motion
