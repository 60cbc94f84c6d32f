// SPDX-License-Identifier: Apache-2.0
#include "drill/records.hpp"

#include <fmt/format.h>

#include <cmath>

namespace jinglue::drill {
namespace {

using base::Json;

/// Engine power and gross tonnage as they go with the length in the coastal fleet; rough.
double power_kw(double length_m) {
  return std::round(0.3 * length_m * length_m);
}
double tonnage_gt(double length_m) {
  return std::round(0.0095 * length_m * length_m * length_m);
}
/// The highest Beaufort force for which a hull of that length is usually certified; rough.
int wind_rating_bft(double length_m) {
  return length_m < 12 ? 6 : length_m < 24 ? 7 : length_m < 35 ? 8 : 9;
}

Json texts(const std::vector<std::string>& list) {
  Json out = Json::array();
  for (const auto& item : list) out.push(item);
  return out;
}

void set_text(Json& fields, const char* key, const std::string& value) {
  if (!value.empty()) fields.set(key, value);
}

Json vessel_fields(const cast::Vessel& v) {
  const script::Group& group = *v.group;
  Json fields = Json::object();
  fields.set("name", v.name);
  fields.set("side_number", v.name);
  fields.set("kind", model::to_key(group.kind));
  if (!v.gears.empty()) fields.set("gears", texts(v.gears));
  fields.set("length_m", v.length_m);
  fields.set("power_kw", power_kw(v.length_m));
  fields.set("tonnage_gt", tonnage_gt(v.length_m));
  set_text(fields, "home_port", v.home_port);
  set_text(fields, "district", group.district);
  fields.set("flag", group.flag);
  fields.set("wind_rating_bft",
             group.wind_rating_bft > 0 ? group.wind_rating_bft : wind_rating_bft(v.length_m));
  if (!group.vessel_groups.empty()) fields.set("groups", texts(group.vessel_groups));
  fields.set("call_sign", v.call_sign);
  fields.set("owner", fmt::format("演练船东{}", v.number));
  if (!v.gears.empty()) fields.set("licence_number", fmt::format("演练船捕（2024）{}号", v.number));
  fields.set("note", "演练数据，船舶及所有人均为虚构");
  Json terminals = Json::array();
  for (const auto& t : v.terminals) {
    terminals.push(Json::object({{"terminal", model::to_text(t.id())}}));
  }
  fields.set("terminals", std::move(terminals));
  return fields;
}

base::Result<Json> exemption(const script::Permission& p, const cast::Fleet& fleet) {
  const cast::Vessel* vessel = fleet.find(p.vessel);
  if (vessel == nullptr || !vessel->registered) {
    return p.node.error(base::Code::kUnknown, "no registered vessel has the key " + p.vessel);
  }
  if (!p.area.empty() && fleet.map().zone(p.area) == nullptr) {
    return p.node.error(base::Code::kUnknown, "no such zone: " + p.area);
  }
  Json fields = Json::object();
  fields.set("kind", p.kind);
  fields.set("vessel", "@" + p.vessel);
  fields.set("rules", texts(p.rules));
  set_text(fields, "area", p.area);
  fields.set("from", base::to_iso(p.from));
  fields.set("to", base::to_iso(p.to));
  fields.set("document", p.document);
  set_text(fields, "note", p.note);
  Json record = Json::object({{"register", "exemption"}, {"fields", std::move(fields)}});
  if (!p.transition.empty()) record.set("transition", p.transition);
  return record;
}

}  // namespace

base::Result<Json> make_records(const cast::Fleet& fleet) {
  Json out = Json::array();
  for (const auto& v : fleet.vessels()) {
    if (!v.registered) continue;
    out.push(Json::object({{"register", "vessel"}, {"key", v.key}, {"fields", vessel_fields(v)}}));
  }
  for (const auto& p : fleet.scenario().permissions) {
    auto record = exemption(p, fleet);
    if (!record) return record;
    out.push(std::move(*record));
  }
  return out;
}

}  // namespace jinglue::drill
