// SPDX-License-Identifier: Apache-2.0
#include "serve/resource/ogc_api.hpp"

#include <string_view>

namespace jinglue::serve {
namespace {

using base::Json;

Json answer_of(std::string_view description, const std::string& type) {
  Json form = Json::object({{"schema", Json::object({{"type", "object"}})}});
  Json content = Json::object();
  content.set(type, std::move(form));
  Json good = Json::object({{"description", description}, {"content", std::move(content)}});
  return Json::object({{"200", std::move(good)},
                       {"default", Json::object({{"description", "A problem (RFC 9457)"}})}});
}

Json parameter(std::string_view name, std::string_view where, Json schema,
               std::string_view description) {
  return Json::object({{"name", name},
                       {"in", where},
                       {"required", where == "path"},
                       {"description", description},
                       {"schema", std::move(schema)}});
}

Json in_path(std::string_view name) {
  return parameter(name, "path", Json::object({{"type", "string"}}), "");
}

Json text_query(std::string_view name, std::string_view description) {
  return parameter(name, "query", Json::object({{"type", "string"}}), description);
}

Json items_parameters() {
  Json number = Json::object({{"type", "number"}});
  Json box = parameter(
      "bbox", "query",
      Json::object(
          {{"type", "array"}, {"minItems", 4}, {"maxItems", 6}, {"items", std::move(number)}}),
      "west,south,east,north in degrees (CRS84)");
  box.set("style", "form").set("explode", false);
  Json limit =
      Json::object({{"type", "integer"}, {"minimum", 1}, {"maximum", 1000}, {"default", 100}});
  Json offset = Json::object({{"type", "integer"}, {"minimum", 0}, {"default", 0}});
  return Json::array(
      {in_path("collectionId"), std::move(box),
       text_query("datetime", "an instant (RFC 3339), A/B, A/.. or ../B"),
       parameter("limit", "query", std::move(limit), "features of a page"),
       parameter("offset", "query", std::move(offset), "features to skip; better follow next"),
       text_query("cursor", "of a link next"), text_query("filter", "CQL2 text"),
       text_query("filter-lang", "cql2-text"), text_query("filter-crs", "CRS84 only"),
       text_query("crs", "CRS84 only"), text_query("bbox-crs", "CRS84 only"),
       text_query("f", "json")});
}

Json operation(std::string_view id, std::string_view summary, Json parameters, Json responses) {
  return Json::object({{"get", Json::object({{"operationId", id},
                                             {"summary", summary},
                                             {"parameters", std::move(parameters)},
                                             {"responses", std::move(responses)}})}});
}

}  // namespace

Json ogc_api(const std::string& root) {
  const auto json = [](std::string_view what) { return answer_of(what, "application/json"); };
  const auto geojson = [](std::string_view what) {
    return answer_of(what, "application/geo+json");
  };
  const Json collection = Json::array({in_path("collectionId")});
  const std::string one = "/collections/{collectionId}";
  Json paths = Json::object();
  paths.set("/", operation("getLandingPage", "Where to go", Json::array(), json("Links")));
  paths.set("/conformance", operation("getConformance", "Which parts of the standard hold",
                                      Json::array(), json("Conformance classes")));
  paths.set("/api",
            operation("getApi", "This document", Json::array(),
                      answer_of("OpenAPI 3.0", "application/vnd.oai.openapi+json;version=3.0")));
  paths.set("/collections", operation("getCollections", "Registers with a place", Json::array(),
                                      json("Collections")));
  paths.set(one, operation("describeCollection", "One register", collection, json("Collection")));
  paths.set(one + "/queryables", operation("getQueryables", "What a filter may name", collection,
                                           answer_of("JSON Schema", "application/schema+json")));
  paths.set(one + "/items",
            operation("getFeatures", "Records as features", items_parameters(), geojson("A page")));
  paths.set(one + "/items/{featureId}",
            operation("getFeature", "One record",
                      Json::array({in_path("collectionId"), in_path("featureId")}),
                      geojson("A feature")));
  Json basic = Json::object({{"type", "http"}, {"scheme", "basic"}});
  Json cookie = Json::object({{"type", "apiKey"}, {"in", "cookie"}, {"name", "jinglue_session"}});
  return Json::object(
      {{"openapi", "3.0.3"},
       {"info", Json::object({{"title", "Jinglue registers"}, {"version", "1"}})},
       {"servers", Json::array({Json::object({{"url", root}})})},
       {"security", Json::array({Json::object({{"basic", Json::array()}}),
                                 Json::object({{"session", Json::array()}})})},
       {"paths", std::move(paths)},
       {"components",
        Json::object({{"securitySchemes", Json::object({{"basic", std::move(basic)},
                                                        {"session", std::move(cookie)}})}})}});
}

}  // namespace jinglue::serve
