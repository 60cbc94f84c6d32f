// SPDX-License-Identifier: Apache-2.0
// Peer: a database that answers the questions of the archive's bars in SQL, from a table p of the
// same rows. Every answer is a count and check sums, so that answers can be compared and fetching
// rows does not burden the peer. Engines are loaded at run time: the project does not link them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "geo/geodesic.hpp"
#include "model/fix.hpp"

namespace jinglue::bench {

/// Count and sums; equal questions have equal answers.
using Answer = std::vector<std::int64_t>;

/// Two places within some 600 m in one step of ten minutes.
struct Together {
  std::int64_t step{0}, a{0}, b{0};
  float lat_a{0}, lon_a{0}, lat_b{0}, lon_b{0};
};

/// Inclusive in units of 1e-5 minute.
struct UnitBox {
  std::int64_t south{0}, north{0}, west{0}, east{0};
};

class Peer {
 public:
  virtual ~Peer() = default;
  virtual std::string name() const = 0;
  /// Bytes of the table with what its questions need.
  virtual double load(std::span<const model::Fix> rows) = 0;
  /// Whether the bars ask it this.
  virtual bool answers(const std::string&) const { return true; }
  /// Seconds for all rows in durable commits of so many; 0 = not asked.
  virtual double ingest(std::span<const model::Fix> rows, std::size_t commit) = 0;

  Answer track(std::int64_t number, std::int64_t from_ms, std::int64_t to_ms) {
    return numbers(
        fmt::format("SELECT count(*), sum(t - {1}), sum(lat), sum(lon) FROM p"
                    " WHERE track = {0} AND t >= {1} AND t < {2}",
                    number, from_ms, to_ms));
  }
  virtual Answer box(const UnitBox& b, std::int64_t from_ms, std::int64_t to_ms) {
    return numbers(fmt::format(
        "SELECT count(*), sum(t - {0}), sum(lat), sum(lon) FROM p WHERE t >= {0} AND t < {1}"
        " AND lat >= {2} AND lat <= {3} AND lon >= {4} AND lon <= {5}",
        from_ms, to_ms, b.south, b.north, b.west, b.east));
  }
  /// Positions and cells that are not empty.
  Answer raster(const UnitBox& b, std::int64_t cell, std::int64_t from_ms, std::int64_t to_ms) {
    return numbers(fmt::format(
        "SELECT CAST(sum(n) AS BIGINT), count(*) FROM (SELECT count(*) AS n FROM p"
        " WHERE t >= {0} AND t < {1} AND lat >= {2} AND lat <= {3} AND lon >= {4} AND lon <= {5}"
        " GROUP BY (lat - {2}) {7} {6}, (lon - {4}) {7} {6}) c",
        from_ms, to_ms, b.south, b.north, b.west, b.east, cell, divide()));
  }
  /// Places at the middle of ten minutes, by the nearest report carried on by speed and course; the
  /// caller measures the distance.
  virtual std::vector<Together> pairs(std::int64_t from_ms, std::int64_t to_ms) {
    return together(places(from_ms, to_ms) + kNeighbours);
  }

 protected:
  virtual Answer numbers(const std::string& sql) = 0;
  virtual std::vector<Together> together(const std::string& sql) = 0;
  virtual std::string divide() const = 0;  ///< of integers
  /// Of rows (track, step, mid, t, lat, lon, sog, cog) one for each track and step: least |mid|,
  /// then least t.
  virtual std::string nearest(const std::string& steps) const = 0;
  /// WITH ... c (track, step, la, lo): degrees.
  std::string places(std::int64_t from_ms, std::int64_t to_ms) const {
    const std::string steps = fmt::format(
        "SELECT track, (t - {0}) {2} 600000 AS step,"
        " ((t - {0}) {2} 600000) * 600000 + 300000 - (t - {0}) AS mid, t, lat, lon, sog, cog"
        " FROM p WHERE t >= {0} AND t < {1}",
        from_ms, to_ms, divide());
    return fmt::format(kPlaces, nearest(steps));
  }

 private:
  static constexpr const char* kPlaces = R"(
WITH n AS ({}), d AS (SELECT track, step, mid, lat / CAST(6000000 AS FLOAT8) AS la,
  lon / CAST(6000000 AS FLOAT8) AS lo, CASE WHEN sog < 10000 AND cog < 36000 THEN
  CAST(sog AS FLOAT8) / 100 * mid / 3600000 ELSE 0 END AS minutes,
  CAST(cog AS FLOAT8) / 100 * pi() / 180 AS course FROM n),
c AS (SELECT track, step, CAST(la + CASE WHEN minutes = 0 THEN 0 ELSE minutes / 60 * cos(course) END
    AS REAL) AS la,
  CAST(lo + CASE WHEN minutes = 0 THEN 0 ELSE
    minutes / 60 * sin(course) / greatest(0.02, cos(la * pi() / 180)) END AS REAL) AS lo FROM d))";
  static constexpr const char* kNeighbours = R"(,
q AS (SELECT track, step, la, lo, CAST(floor(la / 0.005) AS BIGINT) AS y,
  CAST(floor(lo / 0.007) AS BIGINT) AS x FROM c)
SELECT a.step, a.track, b.track, a.la, a.lo, b.la, b.lo FROM q a,
  (SELECT q.*, y + dy AS ny, x + dx AS nx FROM q, (VALUES (-1), (0), (1)) v(dy),
   (VALUES (-1), (0), (1)) w(dx)) b
WHERE a.step = b.step AND a.y = b.ny AND a.x = b.nx AND a.track < b.track
  AND abs(a.la - b.la) < 0.0047 AND abs(a.lo - b.lo) < 0.0062)";
};

/// Null with a line on the output when the engine is not here.
std::unique_ptr<Peer> open_duckdb(const std::filesystem::path& folder);

}  // namespace jinglue::bench
