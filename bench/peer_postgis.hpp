// SPDX-License-Identifier: Apache-2.0
// PostGIS as a peer for what is asked by place: the rows of peer_postgres.hpp with a point and a
// GiST over it. Pairs: the places of the steps as geography with a GiST over (step, place), then
// ST_DWithin, which measures on the spheroid as the archive does.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bench/peer_postgres.hpp"

namespace jinglue::bench {

class PostGis final : public Postgres {
 public:
  explicit PostGis(std::shared_ptr<PostgresServer> server) : Postgres(std::move(server), "gis") {
    run("CREATE EXTENSION postgis");
    run("CREATE EXTENSION btree_gist");
  }

  std::string name() const override { return "postgis"; }
  bool answers(const std::string& question) const override {
    return question.starts_with("box_6h") || question == "pairs_2h_day";
  }
  double load(std::span<const model::Fix> rows) override {
    fill(rows);
    run("ALTER TABLE p RENAME TO raw");
    run("CREATE TABLE p AS SELECT raw.*,"
        " ST_SetSRID(ST_MakePoint(lon / 6e6, lat / 6e6), 4326) AS place FROM raw");
    run("DROP TABLE raw");
    run("CREATE INDEX ON p USING gist (place)");
    return finish();
  }
  double ingest(std::span<const model::Fix>, std::size_t) override { return 0; }

  Answer box(const UnitBox& b, std::int64_t from_ms, std::int64_t to_ms) override {
    return numbers(fmt::format(
        "SELECT count(*), sum(t - {0}), sum(lat), sum(lon) FROM p WHERE t >= {0} AND t < {1}"
        " AND place && ST_MakeEnvelope({4} / 6e6, {2} / 6e6, {5} / 6e6, {3} / 6e6, 4326)"
        " AND lat >= {2} AND lat <= {3} AND lon >= {4} AND lon <= {5}",
        from_ms, to_ms, b.south, b.north, b.west, b.east));
  }
  std::vector<Together> pairs(std::int64_t from_ms, std::int64_t to_ms) override {
    run("CREATE TEMP TABLE step AS " + places(from_ms, to_ms) +
        " SELECT step, track, la, lo, ST_SetSRID(ST_MakePoint(lo, la), 4326)::geography AS place"
        " FROM c");
    run("CREATE INDEX ON step USING gist (step, place)");
    run("ANALYZE step");
    auto out = together(
        "SELECT a.step, a.track, b.track, a.la, a.lo, b.la, b.lo FROM step a JOIN step b"
        " ON a.step = b.step AND a.track < b.track AND ST_DWithin(a.place, b.place, 500)");
    run("DROP TABLE step");
    return out;
  }
};

/// Null with a line on the output when the extension is not here.
inline std::unique_ptr<Peer> open_postgis(const std::shared_ptr<PostgresServer>& server) {
  if (!server->has_extension("postgis")) {
    fmt::print("PostGIS is not here, left out: apt-get install postgresql-15-postgis-3\n");
    return nullptr;
  }
  server->create("gis");
  return std::make_unique<PostGis>(server);
}

}  // namespace jinglue::bench
