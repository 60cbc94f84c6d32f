// SPDX-License-Identifier: Apache-2.0
// /stations/coverage: which cells one receiving station has heard within a week, which of them it
// usually hears and does not hear now, and when it was silent as a whole.
#include "picture/coverage/coverage.hpp"

#include <cmath>

#include "access/access.hpp"
#include "serve/api/call.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;
using picture::CellPlace;
using picture::StationCoverage;

double rounded(double value, double steps) {
  return std::round(value * steps) / steps;
}

Json signal_json(const std::optional<std::int16_t>& dbm) {
  return dbm ? Json(std::int64_t{*dbm}) : Json(nullptr);
}

/// Columns, so that ten thousand cells stay small.
Json cells_json(const StationCoverage& found, base::Instant now) {
  auto west = Json::array(), south = Json::array(), count = Json::array(), hours = Json::array();
  auto age = Json::array(), silent = Json::array();
  auto strongest = Json::array(), weakest = Json::array();
  for (const auto& cell : found.cells) {
    west.push(rounded(cell.place.column * CellPlace::kEdge_deg - 180, 100));
    south.push(rounded(cell.place.row * CellPlace::kEdge_deg - 90, 100));
    count.push(std::uint64_t{cell.count});
    hours.push(std::int64_t{cell.hours});
    age.push(std::max<std::int64_t>(0, (now - cell.last).count() / 1000));
    silent.push(cell.silent);
    strongest.push(signal_json(cell.strongest_dbm));
    weakest.push(signal_json(cell.weakest_dbm));
  }
  return Json::object({{"west", std::move(west)},
                       {"south", std::move(south)},
                       {"count", std::move(count)},
                       {"hours", std::move(hours)},
                       {"age_s", std::move(age)},
                       {"silent", std::move(silent)},
                       {"strongest_dbm", std::move(strongest)},
                       {"weakest_dbm", std::move(weakest)}});
}

Json coverage_json(const StationCoverage& found, base::Instant now) {
  auto outages = Json::array();
  for (const auto& outage : found.outages) {
    outages.push(
        Json::object({{"from", base::to_iso(outage.from)}, {"to", base::to_iso(outage.to)}}));
  }
  auto out = Json::object({{"at", base::to_iso(now)},
                           {"first_seen", base::to_iso(found.first)},
                           {"last_seen", base::to_iso(found.last)},
                           {"silent", found.silent_now},
                           {"cell_deg", CellPlace::kEdge_deg},
                           {"hours", std::int64_t{found.hours}},
                           {"cells_now", std::uint64_t{found.now}},
                           {"cells_usual", std::uint64_t{found.usual}},
                           {"cells_silent", std::uint64_t{found.silent}},
                           {"beyond", found.beyond},
                           {"outages", std::move(outages)}});
  if (!found.cells.empty()) {
    out.set("middle", Json::object({{"lat", rounded(found.middle.lat_deg, 1e4)},
                                    {"lon", rounded(found.middle.lon_deg, 1e4)}}));
    out.set("furthest_nm", rounded(found.furthest_nm, 10));
    out.set("furthest_deg", rounded(found.furthest_deg, 1));
  }
  out.set("cells", cells_json(found, now));
  return out;
}

Answer get_coverage(Call& call) {
  const auto may = access::authorise(call.actor(), access::Action::kSeeSystem);
  if (!may) return tl::unexpected(may.error());
  const auto input = call.text("input");
  const auto name = call.text("station");
  if (input.empty() || name.empty()) {
    return base::fail(base::Code::kMalformed, "the parameter is required",
                      input.empty() ? "input" : "station");
  }
  const auto* coverage = call.services.coverage;
  const auto now = call.services.clock().now;
  const auto found = coverage != nullptr ? coverage->station(input, name, now) : std::nullopt;
  if (!found) {
    return call.problem(
        {404, "missing", "no position was received by the station " + name + " of " + input});
  }
  auto out = coverage_json(*found, now);
  out.set("name", name);
  out.set("input", input);
  return json_response(out);
}

}  // namespace

void add_coverage(Router& router) {
  router.add({Method::kGet, "/stations/coverage", get_coverage});
}

}  // namespace jinglue::serve
