// SPDX-License-Identifier: Apache-2.0
#include "serve/form/ogc_form.hpp"

#include <fmt/format.h>

#include "registry/place_time.hpp"
#include "registry/sight.hpp"
#include "registry/standing.hpp"

namespace jinglue::serve {
namespace {

using base::Json;
using registry::FieldType;

const char* json_type(FieldType type) {
  switch (type) {
    case FieldType::kInteger:
      return "integer";
    case FieldType::kNumber:
    case FieldType::kMoney:
      return "number";
    case FieldType::kBoolean:
      return "boolean";
    default:
      return "string";
  }
}

Json queryable(const registry::Field& field, const std::string& title) {
  Json out = Json::object({{"title", title}});
  if (field.type == FieldType::kGeometry) {
    out.set("format", "geometry-any").set("x-ogc-role", "primary-geometry");
    return out;
  }
  out.set("type", json_type(field.type));
  if (field.type == FieldType::kDate) out.set("format", "date");
  if (field.type == FieldType::kInstant) out.set("format", "date-time");
  const bool closed = !field.open && !field.choices.empty() && !field.code_list;
  if (field.type == FieldType::kChoice && closed) {
    Json keys = Json::array();
    for (const auto& choice : field.choices) keys.push(choice.key);
    out.set("enum", std::move(keys));
  }
  return out;
}

bool is_asked(const registry::Field& field, const registry::Field* place) {
  if (field.type == FieldType::kRows || field.type == FieldType::kFile) return false;
  return field.type != FieldType::kGeometry || &field == place;
}

/// What records have beside their fields; a field of the same key stands for itself.
constexpr const char* kOfRecord[] = {"number", "state", "created_at", "changed_at"};

}  // namespace

std::string ogc_root(const Request& request) {
  const bool secure = request.secure || request.header("x-forwarded-proto") == "https";
  return (secure ? "https://" : "http://") + std::string(request.header("host")) + "/ogc";
}

Json ogc_link(const std::string& href, std::string_view relation, std::string_view type,
              const std::string& title) {
  Json out = Json::object({{"href", href}, {"rel", relation}, {"type", type}});
  if (!title.empty()) out.set("title", title);
  return out;
}

std::string encode_query(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::optional<Collection> collection_of(const registry::Definition& definition,
                                        const access::Actor& actor) {
  const auto* place = registry::place_of(definition, actor);
  if (place == nullptr) return std::nullopt;
  return Collection{&definition, place};
}

base::Result<Collection> find_collection(const Call& call) {
  const auto& registry = *call.services.registry;
  const auto& id = call.part("collection");
  const auto* definition = registry.definition(id);
  const auto missing = base::fail(base::Code::kMissing, "there is no such collection: " + id);
  if (definition == nullptr) return missing;
  if (auto enabled = registry::check_enabled(*definition); !enabled) {
    return tl::unexpected(enabled.error());
  }
  const auto found = collection_of(*definition, call.actor());
  if (!found || !registry::may_see_any(*definition, call.actor())) return missing;
  return *found;
}

Json collection_json(const Call& call, const Collection& collection) {
  const auto& d = *collection.definition;
  const std::string self = ogc_root(call.request) + "/collections/" + d.id;
  Json out = Json::object({{"id", d.id}, {"title", d.name.in(call.language)}});
  Json links = Json::array();
  links.push(ogc_link(self, "self", "application/json"));
  links.push(ogc_link(self + "/items", "items", "application/geo+json", d.name.in(call.language)));
  links.push(ogc_link(self + "/queryables", "http://www.opengis.net/def/rel/ogc/1.0/queryables",
                      "application/schema+json"));
  out.set("links", std::move(links));
  if (const auto box = registry::extent_for(*call.services.registry, call.actor(), d.id)) {
    const Json edges = Json::array({box->west_deg, box->south_deg, box->east_deg, box->north_deg});
    out.set("extent",
            Json::object(
                {{"spatial", Json::object({{"bbox", Json::array({edges})}, {"crs", kCrs84}})}}));
  }
  out.set("itemType", "feature").set("crs", Json::array({kCrs84})).set("storageCrs", kCrs84);
  return out;
}

Json queryables_json(const Call& call, const Collection& collection) {
  const auto& d = *collection.definition;
  Json properties = Json::object();
  for (const auto& field : d.fields) {
    if (registry::sight_of(field, call.actor()) != registry::Sight::kPlain) continue;
    if (!is_asked(field, collection.place)) continue;
    properties.set(field.key, queryable(field, field.name.in(call.language)));
  }
  for (const char* key : kOfRecord) {
    if (d.field(key) != nullptr) continue;
    registry::Field field;
    if (std::string_view(key).ends_with("_at")) field.type = FieldType::kInstant;
    properties.set(key, queryable(field, key));
  }
  return Json::object({{"$schema", "https://json-schema.org/draft/2019-09/schema"},
                       {"$id", ogc_root(call.request) + "/collections/" + d.id + "/queryables"},
                       {"type", "object"},
                       {"title", d.name.in(call.language)},
                       {"properties", std::move(properties)},
                       {"additionalProperties", false}});
}

Json feature_json(const Collection& collection, const registry::Record& record,
                  const access::Actor& actor) {
  const auto& d = *collection.definition;
  Json properties = Json::object();
  const auto own = [&](const char* key, Json value) {
    if (d.field(key) == nullptr) properties.set(key, std::move(value));
  };
  if (!d.number_pattern.empty()) own("number", record.number);
  if (!d.states.empty()) own("state", record.state);
  for (const auto& field : d.fields) {
    const auto sight = registry::sight_of(field, actor);
    if (&field == collection.place || sight == registry::Sight::kNone) continue;
    properties.set(field.key, record.fields[field.key]);
  }
  own("created_at", base::to_iso(record.created_at));
  own("changed_at", base::to_iso(record.changed_at));
  return Json::object({{"type", "Feature"},
                       {"id", record.id},
                       {"geometry", record.fields[collection.place->key]},
                       {"properties", std::move(properties)}});
}

}  // namespace jinglue::serve
