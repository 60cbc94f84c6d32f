// SPDX-License-Identifier: Apache-2.0
// PositionsSql: the archive as a table of SQL, one row for each position, by track and time:
//
//   track TEXT ("mmsi:412345678"), time_utc TEXT ("2024-05-01T04:00:00.000Z"; texts compare as
//   times do), time_ms INTEGER (since 1970), latitude_deg, longitude_deg REAL (WGS 84), speed_kn,
//   course_deg REAL, heading_deg, nav_status INTEGER (ITU-R M.1371), source, time_quality TEXT
//
// What a vessel does not say is NULL. Conditions on track, time, latitude and longitude choose what
// is read. Each mention of the table in a statement sees the archive at its own moment.
#pragma once

#include "picture/archive/archive.hpp"
#include "store/sqlite/sql_console.hpp"

namespace jinglue::picture {

class PositionsSql : public store::SqlTable {
 public:
  /// `archive` lives longer.
  explicit PositionsSql(const Archive& archive) : m_archive(archive) {}

  std::span<const store::SqlColumn> columns() const override;
  std::span<const std::size_t> selective() const override;
  std::unique_ptr<store::SqlRows> ask(std::span<const store::SqlHint> hints) const override;

 private:
  const Archive& m_archive;
};

}  // namespace jinglue::picture
