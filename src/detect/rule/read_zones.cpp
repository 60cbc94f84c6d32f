// SPDX-License-Identifier: Apache-2.0
// Zones from GeoJSON (RFC 7946). JSON keeps no lines, so a mistake's line is that of the feature's
// id in the text.
#include <algorithm>
#include <array>

#include "base/json.hpp"
#include "detect/rule/read_rule.hpp"

namespace jinglue::detect {
namespace {

using base::Code;
using base::Json;

constexpr std::array<std::string_view, 7> kKinds = {"legal",     "treaty",  "port", "berth",
                                                    "anchorage", "working", "drawn"};

class ZoneReader {
 public:
  ZoneReader(const std::string& name, const std::string& text, std::vector<base::Error>& errors)
      : m_name(name), m_text(text), m_errors(errors) {}

  std::shared_ptr<const model::Zone> zone(const Json& feature, std::size_t number) {
    auto out = std::make_shared<model::Zone>();
    out->id = feature["id"].as_string();
    m_feature = out->id.empty() ? "feature " + std::to_string(number) : out->id;
    if (out->id.empty()) complain(Code::kMissing, "id", "a zone needs an id");
    const Json& p = feature["properties"];
    out->kind = text(p, "kind");
    if (!out->kind.empty() && std::find(kKinds.begin(), kKinds.end(), out->kind) == kKinds.end()) {
      complain(Code::kUnknown, "properties.kind", "unknown kind of zone '" + out->kind + "'",
               "one of: legal, treaty, port, berth, anchorage, working, drawn");
    }
    out->name = {text(p, "name_zh"), text(p, "name_en")};
    out->source = text(p, "source");
    out->confidence = text(p, "confidence");
    out->place = p["place"].as_string();
    auto area = geo::Area::from_geojson(feature["geometry"]);
    if (!area) {
      complain(area.error().code, "geometry", area.error().message, area.error().hint);
      return nullptr;
    }
    out->area = std::make_shared<const geo::Area>(std::move(*area));
    return out;
  }

 private:
  std::string text(const Json& properties, const char* key) {
    std::string value = properties[key].as_string();
    if (value.empty()) {
      complain(Code::kMissing, std::string("properties.") + key, "a text is required");
    }
    return value;
  }

  void complain(Code code, const std::string& key, std::string message, std::string hint = {}) {
    m_errors.push_back({code, std::move(message),
                        m_name + ":" + std::to_string(line()) + " " + m_feature + "." + key,
                        std::move(hint)});
  }

  std::size_t line() const {
    const auto at = m_text.find('"' + m_feature + '"');
    if (at == std::string::npos) return 1;
    return 1 + std::size_t(std::count(m_text.begin(), m_text.begin() + std::ptrdiff_t(at), '\n'));
  }

  const std::string& m_name;
  const std::string& m_text;
  std::vector<base::Error>& m_errors;
  std::string m_feature;
};

}  // namespace

std::vector<std::shared_ptr<const model::Zone>> read_zone_file(const std::string& name,
                                                               const std::string& text,
                                                               std::vector<base::Error>& errors) {
  std::vector<std::shared_ptr<const model::Zone>> out;
  const auto json = base::parse_json(text);
  if (!json) {
    errors.push_back({json.error().code, json.error().message, name + ":1", json.error().hint});
    return out;
  }
  if ((*json)["type"].as_string() != "FeatureCollection") {
    errors.push_back({Code::kMalformed, "not a GeoJSON FeatureCollection", name + ":1 type", {}});
    return out;
  }
  ZoneReader read(name, text, errors);
  std::size_t number = 0;
  for (const auto& feature : (*json)["features"].items()) {
    if (auto zone = read.zone(feature, ++number)) out.push_back(std::move(zone));
  }
  return out;
}

}  // namespace jinglue::detect
