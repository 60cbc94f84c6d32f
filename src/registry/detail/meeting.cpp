// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/meeting.hpp"

#include <fmt/format.h>
#include <geos_c.h>

#include <memory>

#include "registry/detail/geometry.hpp"
#include "registry/detail/table.hpp"
#include "store/sqlite/column_index.hpp"

namespace jinglue::registry::cql {
namespace {

using base::Code;

/// GEOS with a handle of its own, because threads must not share one.
class Geos {
 public:
  Geos() : m_handle(GEOS_init_r()), m_reader(GEOSWKBReader_create_r(m_handle)) {}
  ~Geos() {
    GEOSWKBReader_destroy_r(m_handle, m_reader);
    GEOS_finish_r(m_handle);
  }
  Geos(const Geos&) = delete;
  Geos& operator=(const Geos&) = delete;

  GEOSContextHandle_t handle() const { return m_handle; }
  /// Null when the bytes are no geometry.
  GEOSGeometry* read(std::string_view wkb) {
    return GEOSWKBReader_read_r(m_handle, m_reader,
                                reinterpret_cast<const unsigned char*>(wkb.data()), wkb.size());
  }

 private:
  GEOSContextHandle_t m_handle;
  GEOSWKBReader* m_reader;
};

class Asked {
 public:
  Asked(Geos& geos, const std::string& wkb)
      : m_geos(geos),
        m_shape(geos.read(wkb)),
        m_prepared(m_shape == nullptr ? nullptr : GEOSPrepare_r(geos.handle(), m_shape)) {}
  ~Asked() {
    if (m_prepared != nullptr) GEOSPreparedGeom_destroy_r(m_geos.handle(), m_prepared);
    if (m_shape != nullptr) GEOSGeom_destroy_r(m_geos.handle(), m_shape);
  }
  Asked(const Asked&) = delete;
  Asked& operator=(const Asked&) = delete;

  bool good() const { return m_prepared != nullptr; }
  bool meets(std::string_view wkb) {
    GEOSGeometry* other = m_geos.read(wkb);
    if (other == nullptr) return false;
    const char met = GEOSPreparedIntersects_r(m_geos.handle(), m_prepared, other);
    GEOSGeom_destroy_r(m_geos.handle(), other);
    return met == 1;
  }

 private:
  Geos& m_geos;
  GEOSGeometry* m_shape;
  const GEOSPreparedGeometry* m_prepared;
};

/// Whether the geometry is the box itself, with sides along the graticule.
bool is_rectangle(const base::Json& geometry, const geo::Box& box) {
  const auto& rings = geometry["coordinates"].items();
  if (geometry["type"].as_string() != "Polygon" || rings.size() != 1) return false;
  const auto& corners = rings.front().items();
  if (corners.size() != 5) return false;
  const base::Json* before = &corners.back();
  for (const auto& corner : corners) {
    const double x = corner.items()[0].as_double();
    const double y = corner.items()[1].as_double();
    const bool is_corner =
        (x == box.west_deg || x == box.east_deg) && (y == box.south_deg || y == box.north_deg);
    const bool moves_both =
        x != before->items()[0].as_double() && y != before->items()[1].as_double();
    if (!is_corner || moves_both) return false;
    before = &corner;
  }
  return true;
}

/// Rows whose boxes overlap that of the shape, each asked exactly: those that meet it and those
/// that do not. Rows with their box inside a rectangle need not be read.
struct Asking {
  std::size_t met{0}, missed{0};
  std::string met_list, missed_list;
  void add(bool meets, std::int64_t seq) {
    std::string& list = meets ? met_list : missed_list;
    list += (list.empty() ? "" : ",") + std::to_string(seq);
    ++(meets ? met : missed);
  }
};

}  // namespace

base::Result<std::pair<std::string, std::string>> meeting_rows(store::Db& db, const Definition& d,
                                                               const Field& field,
                                                               const base::Json& geometry) {
  const auto good = detail::canonical_geometry(field, geometry);
  if (!good) return tl::unexpected(good.error());
  Geos geos;
  Asked asked(geos, detail::geometry_wkb(*good));
  if (!asked.good()) return base::fail(Code::kMalformed, "the geometry cannot be used", field.key);
  const auto names = detail::geometry_columns(field);  // wkb, west, south, east, north
  const geo::Box box = detail::geometry_box(*good);
  const std::string overlap = fmt::format(
      "{} <= {:.17g} AND {} >= {:.17g} AND {} <= {:.17g} AND "
      "{} >= {:.17g}",
      names[1], box.east_deg, names[3], box.west_deg, names[2], box.north_deg, names[4],
      box.south_deg);
  std::string unsure = overlap;
  if (is_rectangle(*good, box)) {
    unsure += fmt::format(
        " AND NOT ({} >= {:.17g} AND {} <= {:.17g} AND {} >= {:.17g} AND "
        "{} <= {:.17g})",
        names[1], box.west_deg, names[3], box.east_deg, names[2], box.south_deg, names[4],
        box.north_deg);
  }
  auto rows =
      db.prepare("SELECT seq, " + names[0] + " FROM " + detail::table_name(d) + " WHERE " + unsure);
  Asking asking;
  while (rows.step()) asking.add(asked.meets(rows.blob_view(1)), rows.integer(0));
  const bool by_met = unsure == overlap && asking.met <= asking.missed;  // the shorter list
  const std::string rows_in = store::sqlite::in_list("seq");
  const std::string answer = by_met ? rows_in : overlap + " AND NOT " + rows_in;
  return std::pair("(CASE WHEN " + names[1] + " IS NULL THEN NULL ELSE " + answer + " END)",
                   "[" + (by_met ? asking.met_list : asking.missed_list) + "]");
}

}  // namespace jinglue::registry::cql
