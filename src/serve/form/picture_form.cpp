// SPDX-License-Identifier: Apache-2.0
#include "serve/form/picture_form.hpp"

#include <fmt/format.h>
#include <charconv>

#include <cmath>
#include <iterator>

#include "base/ids.hpp"
#include "model/finding.hpp"
#include "picture/live/entry_flag.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

/// Six decimal places as a JSON number.
double degrees(std::int32_t units) {
  return std::round(double(units) / geo::Position::kUnitsPerDegree * 1e6) / 1e6;
}

void append_hundredths(std::string& out, const std::optional<std::uint16_t>& value) {
  if (!value) {
    out += "null,";
  } else if (*value % 100 == 0) {
    fmt::format_to(std::back_inserter(out), "{},", *value / 100);
  } else {
    fmt::format_to(std::back_inserter(out), "{}.{:02},", *value / 100, *value % 100);
  }
}

/// Columns keep a comma after each value.
std::string_view without_comma(const std::string& column) {
  return column.empty() ? std::string_view()
                        : std::string_view(column).substr(0, column.size() - 1);
}

void add_register_facts(const model::VesselFacts& facts, Json& out) {
  out.set("vessel_id", facts.id);
  if (!facts.district.empty()) out.set("district", facts.district);
  if (!facts.home_port.empty()) out.set("home_port", facts.home_port);
}

void add_flag(const picture::Flag& flag, Json& out) {
  if (flag.code.empty()) return;
  out.set("flag", flag.code);
  out.set("flag_source", picture::to_key(flag.source));
}

}  // namespace

Json words_json(const base::Words& words) {
  return Json::object({{"zh", words.zh}, {"en", words.en.empty() ? words.zh : words.en}});
}

Json fix_json(const model::Fix& fix) {
  Json out = Json::object({{"track", model::to_text(fix.track)},
                           {"time", base::to_iso(fix.time)},
                           {"arrival", base::to_iso(fix.arrival)},
                           {"time_quality", model::to_key(fix.quality)},
                           {"source", model::to_key(fix.source)},
                           {"lat", degrees(fix.position.lat)},
                           {"lon", degrees(fix.position.lon)},
                           {"offset", fix.offset}});
  if (fix.sog_ckn) out.set("sog_kn", *fix.sog_ckn / 100.0);
  if (fix.cog_cdeg) out.set("cog_deg", *fix.cog_cdeg / 100.0);
  if (fix.heading_deg) out.set("heading_deg", int{*fix.heading_deg});
  if (fix.nav_status) out.set("nav_status", int{*fix.nav_status});
  return out;
}

Json vessel_json(const picture::LiveEntry& entry, base::Instant now,
                 const picture::FlagTable* flags) {
  Json out = Json::object({{"handle", entry.handle},
                           {"name", entry.name()},
                           {"kind", model::to_key(entry.kind)},
                           {"fix", fix_json(entry.fix)},
                           {"age_s", double((now - entry.fix.time).count()) / 1000},
                           {"class_b", entry.class_b},
                           {"at_berth", entry.berth.at_berth},
                           {"matched", entry.vessel != nullptr},
                           {"terminals", static_cast<unsigned>(entry.others.size() + 1)},
                           {"open_findings", int{entry.open_findings}}});
  if (!entry.berth.zone.empty()) out.set("berth_zone", entry.berth.zone);
  if (entry.berth.known) out.set("berth_since", base::to_iso(entry.berth.since));
  if (entry.open_findings > 0) {
    out.set("severity", model::to_key(static_cast<model::Severity>(entry.severity)));
  }
  if (entry.vessel) add_register_facts(*entry.vessel, out);
  if (entry.vessel && !entry.vessel->side_number.empty()) {
    out.set("side_number", entry.vessel->side_number);
  } else if (entry.stated && !entry.stated->side_number().empty()) {
    out.set("side_number", entry.stated->side_number());
  }
  if (flags != nullptr) add_flag(flag_of(entry, *flags), out);
  if (entry.stated && !entry.stated->call_sign.empty()) {
    out.set("call_sign", entry.stated->call_sign);
  }
  if (entry.vessel && entry.vessel->length_m) {
    out.set("length_m", *entry.vessel->length_m);
  } else if (entry.stated && entry.stated->dimensions) {
    out.set("length_m", entry.stated->dimensions->length_m());
  }
  return out;
}

Json stated_json(const picture::LiveEntry& entry) {
  if (!entry.stated) return {};
  const auto& stated = *entry.stated;
  Json out = Json::object();
  if (!stated.name.empty()) out.set("name", stated.name);
  if (!stated.call_sign.empty()) out.set("call_sign", stated.call_sign);
  if (!stated.side_number().empty()) out.set("side_number", stated.side_number());
  if (!stated.flag().empty()) out.set("flag", stated.flag());
  if (!stated.destination.empty()) out.set("destination", stated.destination);
  if (stated.imo != 0) out.set("imo", stated.imo);
  if (stated.ship_type) out.set("ship_type", int{*stated.ship_type});
  if (stated.draught_dm) out.set("draught_m", *stated.draught_dm / 10.0);
  if (stated.dimensions) {
    out.set("length_m", stated.dimensions->length_m());
    out.set("beam_m", double(stated.dimensions->to_port_m) + stated.dimensions->to_starboard_m);
  }
  return out;
}

void append_degrees(std::string& out, std::int32_t units) {
  // 6,000,000 units per degree: a sixth of a microdegree each.
  const auto micro = static_cast<std::int64_t>(std::lround(double(units) / 6.0));
  const auto size = micro < 0 ? -micro : micro;
  fmt::format_to(std::back_inserter(out), "{}{}.{:06}", micro < 0 ? "-" : "", size / 1'000'000,
                 size % 1'000'000);
}

void Columns::add(const model::Fix& fix) {
  fmt::format_to(std::back_inserter(m_t), "{},", fix.time.ms - m_base.ms);
  append_degrees(m_lat, fix.position.lat);
  m_lat += ',';
  append_degrees(m_lon, fix.position.lon);
  m_lon += ',';
  append_hundredths(m_sog, fix.sog_ckn);
  append_hundredths(m_cog, fix.cog_cdeg);
  if (fix.heading_deg) {
    fmt::format_to(std::back_inserter(m_heading), "{},", *fix.heading_deg);
  } else {
    m_heading += "null,";
  }
  fmt::format_to(std::back_inserter(m_source), "{},", static_cast<int>(fix.source));
  ++m_size;
}

std::string Columns::text() const {
  return fmt::format(R"({{"t":[{}],"lat":[{}],"lon":[{}],"sog_kn":[{}],)"
                     R"("cog_deg":[{}],"heading_deg":[{}],"source":[{}]}})",
                     without_comma(m_t), without_comma(m_lat), without_comma(m_lon),
                     without_comma(m_sog), without_comma(m_cog), without_comma(m_heading),
                     without_comma(m_source));
}

const picture::LiveEntry* find_entry(const picture::LiveSnapshot& live, const std::string& id) {
  std::uint32_t handle = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), handle);
  if (error == std::errc() && end == id.data() + id.size()) {
    const auto* entry = live.find(handle);
    return entry != nullptr && entry->merged ? live.find(entry->merged_into) : entry;
  }
  if (base::is_uuid(id)) return live.find_vessel(id);
  const auto track = model::parse_track(id);
  return track ? live.find(*track) : nullptr;
}

}  // namespace jinglue::serve
