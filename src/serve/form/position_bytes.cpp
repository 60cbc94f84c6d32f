// SPDX-License-Identifier: Apache-2.0
#include "serve/form/position_bytes.hpp"

#include <bit>
#include <cstring>

namespace jinglue::serve {
namespace {

static_assert(std::endian::native == std::endian::little, "columns are written as they stand");

constexpr std::string_view kMagic = "JLP2";
constexpr std::uint16_t kAbsent = 0xFFFF;

template <class T>
void append_column(std::string& out, const std::vector<T>& column) {
  const auto size = column.size() * sizeof(T);
  const auto at = out.size();
  out.resize(at + size);
  if (size > 0) std::memcpy(out.data() + at, column.data(), size);
}

void append_u32(std::string& out, std::size_t value) {
  append_column(out, std::vector<std::uint32_t>{static_cast<std::uint32_t>(value)});
}

}  // namespace

PositionBytes::PositionBytes(base::Instant from, base::Instant to)
    : m_from(from), m_unit_ms((to - from).count() > std::int64_t{UINT32_MAX} ? 1000 : 1) {}

void PositionBytes::begin(base::Json described) {
  end_track();
  m_begin = m_time.size();
  m_tracks.push_back(std::move(described));
}

void PositionBytes::end_track() {
  if (m_tracks.empty()) return;
  m_tracks.back().set("begin", std::uint64_t{m_begin});
  m_tracks.back().set("count", std::uint64_t{m_time.size() - m_begin});
}

void PositionBytes::add(const model::Fix& fix) {
  m_time.push_back(static_cast<std::uint32_t>((fix.time - m_from).count() / m_unit_ms));
  m_lat.push_back(fix.position.lat);
  m_lon.push_back(fix.position.lon);
  m_sog.push_back(fix.sog_ckn.value_or(kAbsent));
  m_cog.push_back(fix.cog_cdeg.value_or(kAbsent));
  m_heading.push_back(fix.heading_deg.value_or(kAbsent));
}

std::string PositionBytes::take(const base::Json& rest) && {
  end_track();
  base::Json head = base::Json::object({{"base_ms", m_from.ms}, {"unit_ms", m_unit_ms}});
  for (const auto& [name, value] : rest.members()) head.set(name, value);
  head.set("tracks", base::Json(base::Json::Array(m_tracks.begin(), m_tracks.end())));
  std::string text = head.dump();
  text.append((4 - text.size() % 4) % 4, ' ');
  std::string out(kMagic);
  out.reserve(16 + text.size() + size() * 18);
  append_u32(out, text.size());
  append_u32(out, size());
  append_u32(out, 0);
  out += text;
  append_column(out, m_time);
  append_column(out, m_lat);
  append_column(out, m_lon);
  append_column(out, m_sog);
  append_column(out, m_cog);
  append_column(out, m_heading);
  return out;
}

}  // namespace jinglue::serve
