// SPDX-License-Identifier: Apache-2.0
// /sea_use/checks: what the fields of a sea-use right come to before they are saved: areas,
// overlaps, who decides, the longest term; and pasted corners as a polygon with what was guessed.
#include "act/sea_use/sea_use_desk.hpp"

#include "access/access.hpp"
#include "geo/coordinate_text.hpp"
#include "registry/standing.hpp"
#include "serve/api/call.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

constexpr std::size_t kMostPasted = 256 * 1024;
/// Where corners of Chinese parcels are looked for, so that a meridian can be guessed.
constexpr geo::Box kExpected{105, 3, 126, 42};

Json ring_json(const std::vector<geo::LatLon>& corners) {
  Json ring = Json::array();
  for (const auto& p : corners) ring.push(Json::array({p.lon_deg, p.lat_deg}));
  if (!corners.empty()) {
    ring.push(Json::array({corners.front().lon_deg, corners.front().lat_deg}));
  }
  return Json::object({{"type", "Polygon"}, {"coordinates", Json::array({std::move(ring)})}});
}

Json pasted_json(const geo::PastedCorners& pasted) {
  Json others = Json::array();
  for (const auto meridian : pasted.other_meridians_deg) others.push(meridian);
  Json out = Json::object({{"corners", std::uint64_t{pasted.corners.size()}},
                           {"form", Json(geo::to_key(pasted.form))},
                           {"longitude_first", pasted.longitude_first},
                           {"meridian_guessed", pasted.meridian_guessed},
                           {"other_meridians_deg", std::move(others)}});
  if (pasted.central_meridian_deg) out.set("central_meridian_deg", *pasted.central_meridian_deg);
  if (pasted.zone != 0) out.set("zone", std::int64_t{pasted.zone});
  return out;
}

/// Puts the polygon of the pasted text into `fields`; what was understood of it.
base::Result<Json> take_pasted(const Json& pasted, Json& fields) {
  if (!pasted.is_string()) return base::fail(base::Code::kMalformed, "must be text", "pasted");
  if (pasted.as_string().size() > kMostPasted) {
    return base::fail(base::Code::kTooLarge, "more than 256 KB of corners", "pasted");
  }
  geo::PasteOptions options{kExpected, std::nullopt};
  if (fields["meridian"].is_number()) options.central_meridian_deg = fields["meridian"].as_double();
  const auto read = geo::read_corners(pasted.as_string(), options);
  if (!read) {
    auto error = read.error();
    error.where = "pasted: " + error.where;
    return tl::unexpected(std::move(error));
  }
  fields.set("parcel", ring_json(read->corners));
  return pasted_json(*read);
}

Answer check_sea_use(Call& call) {
  const auto may = access::authorise(call.actor(), access::Action::kSeeRegister,
                                     {act::sea_use::kSeaUseRegister, call.actor().district});
  if (!may) return tl::unexpected(may.error());
  const auto* definition = call.services.registry->definition(act::sea_use::kSeaUseRegister);
  if (definition == nullptr) {
    return base::fail(base::Code::kMissing, "there is no register of sea-use rights");
  }
  if (auto enabled = registry::check_enabled(*definition); !enabled) {
    return tl::unexpected(enabled.error());
  }
  Json fields = call.json["fields"];
  if (!fields.is_object()) {
    return base::fail(base::Code::kMalformed, "the fields of the right, an object", "fields");
  }
  Json pasted;
  if (!call.json["pasted"].is_null()) {
    auto read = take_pasted(call.json["pasted"], fields);
    if (!read) return call.refused(read.error());
    pasted = std::move(*read);
  }
  const auto found =
      call.services.sea_use->check(fields, call.json["record"].as_string(), call.now);
  if (!found) return call.refused(found.error());
  Json out = call.services.sea_use->json(*found, fields, call.actor());
  if (!pasted.is_null()) out.set("pasted", std::move(pasted)).set("parcel", fields["parcel"]);
  return json_response(out);
}

}  // namespace

void add_sea_use(Router& router) {
  router.add({Method::kPost, "/sea_use/checks", check_sea_use, Body::kJson});
}

}  // namespace jinglue::serve
