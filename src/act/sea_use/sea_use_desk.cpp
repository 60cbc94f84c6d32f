// SPDX-License-Identifier: Apache-2.0
#include "act/sea_use/sea_use_desk.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "base/decimal.hpp"
#include "base/local_time.hpp"

namespace jinglue::act::sea_use {
namespace {

using base::Code;
using base::Json;
using registry::Record;
using registry::Write;

constexpr const char* kZone = "Asia/Shanghai";
constexpr std::size_t kPage = 1000;
constexpr double kHectare_m2 = 10'000;
/// Applications count from their acceptance on, rights until they end.
constexpr std::array<std::string_view, 5> kStanding = {"accepted", "reviewed", "published",
                                                       "approved", "registered"};

std::string hectares(double area_m2) {
  return fmt::format("{:.4f}", double(geo::certified_units(area_m2)) / kHectare_m2);
}

Day today(base::Instant now) {
  const auto civil = base::to_civil(now, kZone);
  Day out;
  if (civil) {
    registry::expression::read_day(
        fmt::format("{:04}-{:02}-{:02}", civil->year, civil->month, civil->day), out);
  }
  return out;
}

base::Result<geo::Area> parcel_of(const Json& fields) {
  const Json& parcel = fields["parcel"];
  if (parcel.is_null()) {
    return base::fail(Code::kMissing, "请先填写宗海界址 / the parcel's corners are missing",
                      "parcel");
  }
  auto area = geo::Area::from_geojson(parcel);
  if (area) return area;
  return base::fail(
      area.error().code,
      "宗海界址不是有效的多边形 / the parcel is no sound polygon: " + area.error().message,
      "parcel", area.error().hint);
}

/// A date moved on by whole years; 29 February becomes 1 March.
Day years_later(Day day, int years) {
  const auto text = registry::expression::to_text(day);
  const int year = std::stoi(text.substr(0, 4)) + years;
  Day out;
  const auto moved = fmt::format("{:04}{}", year, text.substr(4));
  if (registry::expression::read_day(moved, out)) return out;
  registry::expression::read_day(fmt::format("{:04}-03-01", year), out);
  return out;
}

Json provision_json(const Provision& provision) {
  return Json::object({{"provision", provision.text},
                       {"confidence", provision.confidence},
                       {"verified", provision.confidence != "memory"}});
}

/// What a stated area in hectares is, in units of 0.0001.
std::optional<std::int64_t> stated_units(const Json& value) {
  if (!value.is_number()) return std::nullopt;
  const auto exact = base::Decimal::from_double(value.as_double());
  const auto units = exact ? exact->times(base::Decimal(10'000)) : std::nullopt;
  return units ? units->rounded(0).whole() : std::nullopt;
}

const char* key_of(geo::AreaCheck check) {
  constexpr std::array<const char*, 3> kKeys = {"equal", "last_digit", "differs"};
  return kKeys[std::size_t(check)];
}

std::string label_of(const registry::Registry& registry, const char* field, const std::string& key,
                     bool chinese) {
  const auto* d = registry.definition(kSeaUseRegister);
  const auto* f = d != nullptr ? d->field(field) : nullptr;
  if (f == nullptr) return key;
  for (const auto& choice : f->choices) {
    if (choice.key == key) return chinese ? choice.name.zh : choice.name.en;
  }
  return key;
}

}  // namespace

SeaUseDesk::SeaUseDesk(registry::Registry& registry, SeaUseRules rules)
    : m_registry(registry), m_rules(std::move(rules)) {
  if (registry.definition(kSeaUseRegister) == nullptr) return;
  for (const char* step : {"accept", "review", "publish", "approve"}) {
    registry.set_guard(kSeaUseRegister, step,
                       [this](const Record& record, const Json&, const Write& write) {
                         return may_go_on(record, write);
                       });
  }
  registry.set_guard(kSeaUseRegister, "register",
                     [this](const Record& record, const Json& input, const Write& write) {
                       // Asked without input only whether it is possible at all.
                       return input.is_null() ? base::Status() : may_register(record, write);
                     });
}

base::Result<std::vector<Shared>> SeaUseDesk::shared_with(const geo::Area& parcel,
                                                          const std::string& layer,
                                                          const std::string& self,
                                                          const geo::GaussKruger& grid) const {
  std::vector<Shared> out;
  registry::Query query;
  query.limit = kPage;
  query.box = parcel.box();
  do {
    const auto page = m_registry.list(kSeaUseRegister, query);
    if (!page) return tl::unexpected(page.error());
    for (const auto& record : page->items) {
      const bool stands =
          std::find(kStanding.begin(), kStanding.end(), record.state) != kStanding.end();
      if (!stands || record.id == self) continue;
      const auto area = geo::Area::from_geojson(record.fields["parcel"]);
      if (!area) continue;
      const geo::Area* const other = &*area;
      for (const auto& overlap : geo::overlaps(parcel, {&other, 1}, grid)) {
        out.push_back({record, overlap, record.fields["layer"].as_string() == layer});
      }
    }
    query.cursor = page->next;
  } while (!query.cursor.empty());
  std::stable_sort(out.begin(), out.end(), [](const Shared& a, const Shared& b) {
    return a.overlap.area_m2 > b.overlap.area_m2;
  });
  return out;
}

base::Result<Check> SeaUseDesk::check(const Json& fields, const std::string& self,
                                      base::Instant now) const {
  const auto parcel = parcel_of(fields);
  if (!parcel) return tl::unexpected(parcel.error());
  Check out;
  out.meridian_deg = fields["meridian"].is_number() ? fields["meridian"].as_double()
                                                    : geo::parcel_meridian_deg(*parcel);
  const geo::GaussKruger grid(out.meridian_deg);
  out.plane_m2 = geo::plane_area_m2(*parcel, grid);
  out.ellipsoid_m2 = geo::ellipsoid_area_m2(*parcel);
  auto shared = shared_with(*parcel, fields["layer"].as_string(), self, grid);
  if (!shared) return tl::unexpected(shared.error());
  out.shared = std::move(*shared);
  const auto on = today(now);
  out.level = m_rules.level(fields["mode"].as_string(), out.plane_m2 / kHectare_m2, on);
  out.term = m_rules.term(fields["purpose"].as_string(), on);
  return out;
}

std::string SeaUseDesk::said_of(const Shared& shared, const access::Actor& actor,
                                bool chinese) const {
  const bool seen = bool(m_registry.may_see(shared.right, actor));
  const auto& right = shared.right;
  const auto who = seen ? fmt::format("{} {}", right.number, right.fields["title"].as_string())
                        : std::string(chinese ? "另一宗用海" : "another right");
  const auto layer = label_of(m_registry, "layer", right.fields["layer"].as_string(), chinese);
  const auto area = hectares(shared.overlap.area_m2);
  return chinese ? fmt::format("与{}（{}）重叠{}公顷", who, layer, area)
                 : fmt::format("{} ha shared with {} ({})", area, who, layer);
}

base::Status SeaUseDesk::may_go_on(const Record& record, const Write& write) const {
  const auto found = check(record.fields, record.id, write.now);
  if (!found) return tl::unexpected(found.error());
  for (const auto& shared : found->shared) {
    if (shared.overlap.sliver || !shared.same_layer) continue;
    return base::fail(Code::kConflict,
                      said_of(shared, write.actor, true) + "，同一层不得重复设权 / " +
                          said_of(shared, write.actor, false) +
                          ": no second right in the same layer",
                      "parcel", "change the corners or the layer");
  }
  const bool consented = !record.fields["consents"].items().empty();
  for (const auto& shared : found->shared) {
    if (shared.overlap.sliver || shared.same_layer || consented) continue;
    return base::fail(Code::kMissing,
                      said_of(shared, write.actor, true) + "，请先登记权利人同意材料 / " +
                          said_of(shared, write.actor, false) + ": enter its holder's consent",
                      "consents");
  }
  const auto& stated = record.fields["approval_level"].as_string();
  const bool differs = found->level != nullptr && stated != found->level->level;
  if (!differs || !record.fields["approval_level_note"].is_null()) return {};
  const auto& rule = *found->level;
  return base::fail(
      Code::kConflict,
      fmt::format(
          "按{}，面积{}公顷应由{}审批；如有不同，请写明理由 / {} ha: {} decides by the rules; "
          "give the reason when it is otherwise",
          rule.provision.text, hectares(found->plane_m2),
          label_of(m_registry, "approval_level", rule.level, true), hectares(found->plane_m2),
          label_of(m_registry, "approval_level", rule.level, false)),
      "approval_level");
}

base::Status SeaUseDesk::may_register(const Record& record, const Write& write) const {
  const auto found = check(record.fields, record.id, write.now);
  if (!found) return tl::unexpected(found.error());
  const auto units = stated_units(record.fields["certified_area"]);
  const bool differs =
      units && geo::check_area(*units, found->plane_m2) == geo::AreaCheck::kDiffers;
  if (differs && record.fields["certified_area_note"].is_null()) {
    return base::fail(
        Code::kConflict,
        fmt::format("证载面积与复算面积{}公顷不一致，以证载为准；请写明差异原因 / the certified "
                    "area differs from ours, {} ha; it governs, but say why",
                    hectares(found->plane_m2), hectares(found->plane_m2)),
        "certified_area", "fill in certified_area_note");
  }
  Day begin, end;
  const bool dated =
      registry::expression::read_day(record.fields["term_begin"].as_string(), begin) &&
      registry::expression::read_day(record.fields["term_end"].as_string(), end);
  if (!dated || found->term == nullptr || end < years_later(begin, found->term->years)) return {};
  return base::fail(
      Code::kOutOfRange,
      fmt::format("{}：此类用途最高{}年 / at most {} years for this purpose",
                  found->term->provision.text, found->term->years, found->term->years),
      "term_end");
}

Json SeaUseDesk::json(const Check& check, const Json& fields, const access::Actor& actor) const {
  Json shared = Json::array();
  for (const auto& one : check.shared) {
    Json item = Json::object({{"layer", one.right.fields["layer"]},
                              {"same_layer", one.same_layer},
                              {"area_ha", hectares(one.overlap.area_m2)},
                              {"width_m", one.overlap.width_m},
                              {"sliver", one.overlap.sliver},
                              {"lat", one.overlap.where.lat_deg},
                              {"lon", one.overlap.where.lon_deg}});
    if (m_registry.may_see(one.right, actor)) {
      item.set("id", one.right.id).set("number", one.right.number);
      item.set("title", one.right.fields["title"]).set("state", one.right.state);
    }
    shared.push(std::move(item));
  }
  Json out = Json::object({{"meridian_deg", check.meridian_deg},
                           {"area_ha", hectares(check.plane_m2)},
                           {"ellipsoid_ha", hectares(check.ellipsoid_m2)},
                           {"overlaps", std::move(shared)}});
  if (const auto units = stated_units(fields["certified_area"])) {
    out.set("certified", key_of(geo::check_area(*units, check.plane_m2)));
  }
  if (check.level != nullptr) {
    Json level = provision_json(check.level->provision);
    out.set("level", level.set("key", check.level->level));
  }
  if (check.term != nullptr) {
    Json term = provision_json(check.term->provision);
    out.set("term", term.set("years", std::int64_t{check.term->years}));
  }
  return out;
}

}  // namespace jinglue::act::sea_use
