// SPDX-License-Identifier: Apache-2.0
// /ogc: registers with a geometry as collections of OGC API - Features (OGC 17-069r4, 19-079r2),
// for programs that read maps. Who asks sees what the same person sees in the registers.
#include "registry/cql/filter.hpp"
#include "registry/place_time.hpp"
#include "registry/sight.hpp"
#include "serve/form/ogc_form.hpp"
#include "serve/form/question.hpp"
#include "serve/resource/ogc_api.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Code;
using base::Json;

constexpr std::size_t kPage = 100, kMostPage = 1000;
constexpr std::int64_t kMostOffset = 1'000'000;

base::Status check_form(const Call& call) {
  const std::string form = call.text("f");
  if (form.empty() || form == "json" || form == "geojson") return {};
  return base::fail(Code::kMalformed, "there is no such form of the answer", "f", "json");
}

Answer get_landing(Call& call) {
  const std::string root = ogc_root(call.request);
  const bool zh = call.language == "zh";
  Json links = Json::array();
  links.push(ogc_link(root, "self", "application/json"));
  links.push(
      ogc_link(root + "/api", "service-desc", "application/vnd.oai.openapi+json;version=3.0"));
  links.push(ogc_link(root + "/conformance", "conformance", "application/json"));
  links.push(ogc_link(root + "/collections", "data", "application/json"));
  return json_response(Json::object({{"title", zh ? "经略台账" : "Jinglue registers"},
                                     {"description", zh ? "有位置的台账，作为要素集合"
                                                        : "Registers with a place, as collections"},
                                     {"links", std::move(links)}}));
}

Answer get_conformance(Call&) {
  Json classes = Json::array();
  for (const char* one :
       {"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
        "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
        "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
        "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
        "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
        "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
        "http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
        "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions"}) {
    classes.push(one);
  }
  return json_response(Json::object({{"conformsTo", std::move(classes)}}));
}

Answer get_api(Call& call) {
  return bytes_response(ogc_api(ogc_root(call.request)).dump(),
                        "application/vnd.oai.openapi+json;version=3.0");
}

Answer list_collections(Call& call) {
  if (auto good = check_form(call); !good) return tl::unexpected(good.error());
  const auto& registry = *call.services.registry;
  Json all = Json::array();
  for (const auto& definition : registry.definitions()) {
    const auto one = collection_of(definition, call.actor());
    if (!one || !registry::may_see_any(definition, call.actor())) continue;
    all.push(collection_json(call, *one));
  }
  const std::string self = ogc_root(call.request) + "/collections";
  return json_response(
      Json::object({{"links", Json::array({ogc_link(self, "self", "application/json")})},
                    {"collections", std::move(all)}}));
}

Answer get_collection(Call& call) {
  const auto collection = find_collection(call);
  if (!collection) return tl::unexpected(collection.error());
  return json_response(collection_json(call, *collection));
}

Answer get_queryables(Call& call) {
  const auto collection = find_collection(call);
  if (!collection) return tl::unexpected(collection.error());
  return bytes_response(queryables_json(call, *collection).dump(), "application/schema+json");
}

tl::unexpected<base::Error> wrong(const char* parameter, std::string why, std::string hint = {}) {
  return base::fail(Code::kMalformed, std::move(why), parameter, std::move(hint));
}

/// Four edges, or six of which heights do not matter. West may be greater than east.
base::Result<std::optional<geo::Box>> read_box(const Call& call) {
  const std::string text = call.text("bbox");
  if (text.empty()) return std::nullopt;
  std::vector<double> edges;
  for (const auto part : base::split(text, ',')) {
    const auto edge = base::parse_json(base::trim(part));
    if (!edge || !edge->is_number()) return wrong("bbox", "not a list of numbers");
    edges.push_back(edge->as_double());
  }
  if (edges.size() == 6) edges = {edges[0], edges[1], edges[3], edges[4]};
  if (edges.size() != 4) return wrong("bbox", "has not four or six numbers");
  const geo::Box box{edges[0], edges[1], edges[2], edges[3]};
  const bool on_earth = std::abs(box.west_deg) <= 180 && std::abs(box.east_deg) <= 180 &&
                        box.south_deg >= -90 && box.north_deg <= 90 &&
                        box.south_deg <= box.north_deg;
  if (!on_earth) return wrong("bbox", "not west,south,east,north in degrees");
  return box;
}

/// An instant (RFC 3339), "A/B", "A/..", "../B"; a day alone is all of it in UTC.
base::Result<registry::TimeSpan> read_datetime(const Call& call) {
  const std::string text = call.text("datetime");
  registry::TimeSpan out;
  if (text.empty()) return out;
  const auto parts = base::split(text, '/');
  const auto wrong_form = wrong("datetime", "not an instant or a span of time",
                                "2024-05-01T00:00:00Z, 2024-05-01T00:00:00Z/.. or "
                                "2024-05-01T00:00:00Z/2024-06-01T00:00:00Z");
  if (parts.size() > 2) return wrong_form;
  const auto read = [](std::string_view part, bool end) -> std::optional<base::Instant> {
    constexpr std::size_t kDay = 10;
    std::string whole(part);
    if (whole.size() == kDay) whole += end ? "T23:59:59.999Z" : "T00:00:00Z";
    const auto instant = base::parse_iso(whole);
    return instant ? std::optional(*instant) : std::nullopt;
  };
  const auto open = [](std::string_view part) { return part.empty() || part == ".."; };
  const auto first = base::trim(parts.front());
  const auto last = base::trim(parts.back());
  if (!open(first) && !(out.from = read(first, false))) return wrong_form;
  if (!open(last) && !(out.to = read(last, true))) return wrong_form;
  if (!out.from && !out.to) return wrong_form;
  if (out.from && out.to && *out.to < *out.from) return wrong("datetime", "ends before it begins");
  return out;
}

base::Status read_filter(const Call& call, registry::Query& query) {
  const std::string language = call.text("filter-lang");
  // The second is its name in drafts, which programs still send.
  if (!language.empty() && language != "cql2-text" && language != "cql-text") {
    return wrong("filter-lang", "this language is not known", "cql2-text");
  }
  for (const char* name : {"crs", "bbox-crs", "filter-crs"}) {
    const std::string crs = call.text(name);
    if (!crs.empty() && crs != kCrs84) return wrong(name, "is not known", std::string(kCrs84));
  }
  const std::string text = call.text("filter");
  if (text.empty()) return {};
  auto filter = registry::cql::read_filter(text);
  if (!filter) return tl::unexpected(filter.error());
  query.filter = std::make_shared<const registry::cql::Filter>(std::move(*filter));
  return {};
}

bool is_known(std::string_view name) {
  static constexpr std::string_view kNames[] = {"bbox",   "datetime", "limit",       "offset",
                                                "cursor", "filter",   "filter-lang", "filter-crs",
                                                "f",      "crs",      "bbox-crs"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

base::Result<registry::Query> read_items(const Call& call, const Collection& collection) {
  registry::Query out;
  const auto limit = call.integer("limit", kPage, 1, INT32_MAX);
  if (!limit) return tl::unexpected(limit.error());
  out.limit = std::min(std::size_t(*limit), kMostPage);
  const auto offset = call.integer("offset", 0, 0, kMostOffset);
  if (!offset) return tl::unexpected(offset.error());
  out.offset = std::size_t(*offset);
  out.cursor = call.text("cursor");
  out.now = call.now;
  if (auto good = read_filter(call, out); !good) return tl::unexpected(good.error());
  const auto box = read_box(call);
  if (!box) return tl::unexpected(box.error());
  if (*box) registry::ask_box_any(*collection.place, **box, out);
  const auto span = read_datetime(call);
  if (!span) return tl::unexpected(span.error());
  const auto& d = *collection.definition;
  registry::ask_time(d, registry::time_of(d, call.actor()), *span, out);
  for (const auto& [name, value] : call.request.query) {
    if (!is_known(name)) out.equals.emplace_back(name, value);
  }
  return out;
}

/// The same question, after the last of this page.
std::string next_address(const Call& call, const std::string& self, const std::string& cursor) {
  std::string out = self + "?";
  for (const auto& [name, value] : call.request.query) {
    if (name == "cursor" || name == "offset") continue;
    out += encode_query(name) + "=" + encode_query(value) + "&";
  }
  return out + "cursor=" + cursor;
}

Answer get_items(Call& call) {
  const auto collection = find_collection(call);
  if (!collection) return tl::unexpected(collection.error());
  if (auto good = check_form(call); !good) return tl::unexpected(good.error());
  const auto query = read_items(call, *collection);
  if (!query) return tl::unexpected(query.error());
  const auto& d = *collection->definition;
  const auto page = call.services.registry->list_for(call.actor(), d.id, *query);
  if (!page) {
    // Names and values of the question are part of the address.
    Problem problem = to_problem(page.error());
    if (page.error().code == Code::kUnknown) problem.status = 400;
    return call.problem(problem);
  }
  const std::string here = ogc_root(call.request) + "/collections/" + d.id;
  Json features = Json::array();
  for (const auto& record : page->items) {
    features.push(feature_json(*collection, record, call.actor()));
  }
  Json links = Json::array();
  links.push(ogc_link(here + "/items", "self", kGeoJson));
  links.push(ogc_link(here, "collection", "application/json"));
  if (!page->next.empty()) {
    links.push(ogc_link(next_address(call, here + "/items", page->next), "next", kGeoJson));
  }
  const Json out = Json::object({{"type", "FeatureCollection"},
                                 {"numberMatched", page->total},
                                 {"numberReturned", std::uint64_t{page->items.size()}},
                                 {"timeStamp", base::to_iso(base::wall_now())},
                                 {"links", std::move(links)},
                                 {"features", std::move(features)}});
  return bytes_response(out.dump(), std::string(kGeoJson));
}

Answer get_feature(Call& call) {
  const auto collection = find_collection(call);
  if (!collection) return tl::unexpected(collection.error());
  const auto& id = call.part("feature");
  const auto& d = *collection->definition;
  const auto record = call.services.registry->find_for(call.actor(), d.id, id);
  if (!record || record->removed) {
    return base::fail(Code::kMissing, "there is no such feature: " + id);
  }
  const std::string here = ogc_root(call.request) + "/collections/" + d.id;
  Json out = feature_json(*collection, *record, call.actor());
  out.set("links", Json::array({ogc_link(here + "/items/" + id, "self", kGeoJson),
                                ogc_link(here, "collection", "application/json")}));
  return bytes_response(out.dump(), std::string(kGeoJson));
}

}  // namespace

void add_ogc(Router& router) {
  const auto add = [&](const std::string& pattern, Handler handler) {
    router.add({.method = Method::kGet,
                .pattern = "/ogc" + pattern,
                .handler = std::move(handler),
                .basic = true});
  };
  add("", get_landing);
  add("/conformance", get_conformance);
  add("/api", get_api);
  add("/collections", list_collections);
  add("/collections/{collection}", get_collection);
  add("/collections/{collection}/queryables", get_queryables);
  add("/collections/{collection}/items", get_items);
  add("/collections/{collection}/items/{feature}", get_feature);
}

}  // namespace jinglue::serve
