// SPDX-License-Identifier: Apache-2.0
// The JSON forms of the picture: fixes, vessels and columns of positions (openapi.yaml, schemas
// Fix, Vessel, PositionColumns). Knots and degrees appear here and nowhere deeper.
#pragma once

#include <string>

#include "base/instant.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "model/fix.hpp"
#include "picture/identity/flag_table.hpp"
#include "picture/live/live.hpp"

namespace jinglue::serve {

base::Json words_json(const base::Words& words);
base::Json fix_json(const model::Fix& fix);
/// `now` gives the age of the position. Without a table there is no flag.
base::Json vessel_json(const picture::LiveEntry& entry, base::Instant now,
                       const picture::FlagTable* flags);
/// What the terminals say of themselves; null when nothing was said.
base::Json stated_json(const picture::LiveEntry& entry);

/// Positions as columns of equal length, written as text at once: a day of a class A track has ten
/// thousand rows.
class Columns {
 public:
  explicit Columns(base::Instant base_time) : m_base(base_time) {}
  void add(const model::Fix& fix);
  std::size_t size() const { return m_size; }
  /// The JSON object.
  std::string text() const;

 private:
  base::Instant m_base;
  std::size_t m_size{0};
  std::string m_t, m_lat, m_lon, m_sog, m_cog, m_heading, m_source;
};

/// Decimal degrees with six places: 0.1 m, finer than the received unit.
void append_degrees(std::string& out, std::int32_t units);

/// The vessel that a path names: handle, record id or track; null when the picture has none.
const picture::LiveEntry* find_entry(const picture::LiveSnapshot& live, const std::string& id);

}  // namespace jinglue::serve
