// SPDX-License-Identifier: Apache-2.0
// /terminals: what transmits, with its last state in the live picture. A vessel of the register
// with an AIS and a BeiDou device is one item of /vessels and two of these. Whose a terminal is has
// dates (the register's): `vessel` is who carried it at its last position, `claims` are all dates.
#include <algorithm>

#include "picture/identity/flag_table.hpp"
#include "serve/api/call.hpp"
#include "serve/api/rights.hpp"
#include "serve/form/picture_form.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;
using picture::LiveEntry;

std::string_view kind_key(model::TerminalKind kind) {
  switch (kind) {
    case model::TerminalKind::kMmsi:
      return "mmsi";
    case model::TerminalKind::kBeidou:
      return "beidou";
    case model::TerminalKind::kNaf:
      return "naf";
    case model::TerminalKind::kRadar:
      return "radar";
    case model::TerminalKind::kNone:
      break;
  }
  return "none";
}

Json edge(base::Instant t) {
  if (t == base::kDistantPast || t == base::kDistantFuture) return nullptr;
  return base::to_iso(t);
}

Json terminal_json(const LiveEntry& entry, const model::Fix& fix, const Call& call) {
  const auto terminal = fix.track.terminal;
  Json out = Json::object({{"terminal", model::to_text(terminal)},
                           {"kind", Json(kind_key(terminal.kind()))},
                           {"fix", fix_json(fix)},
                           {"handle", entry.handle},
                           {"vessel", nullptr}});
  if (call.services.flags != nullptr) {
    const auto flag = call.services.flags->flag_of_mmsi(terminal);
    if (!flag.empty()) out.set("flag", flag);
  }
  if (!entry.vessel) return out;
  out.set("vessel", Json::object({{"vessel_id", entry.vessel->id},
                                  {"name", entry.vessel->name},
                                  {"side_number", entry.vessel->side_number}}));
  Json claims = Json::array();
  for (const auto& span : entry.vessel->terminals) {
    if (span.terminal != terminal) continue;
    claims.push(Json::object({{"from", edge(span.from)}, {"to", edge(span.to)}}));
  }
  out.set("claims", std::move(claims));
  return out;
}

bool may_see(const RowRight& right, const LiveEntry& entry) {
  return right.sees(entry.vessel ? std::string_view(entry.vessel->district) : std::string_view());
}

/// The last fix of each of an entry's terminals, in an order that does not change with who was
/// heard last.
std::vector<const model::Fix*> fixes_of(const LiveEntry& entry) {
  std::vector<const model::Fix*> out{&entry.fix};
  for (const auto& other : entry.others) out.push_back(&other);
  std::sort(out.begin(), out.end(),
            [](const auto* a, const auto* b) { return a->track < b->track; });
  return out;
}

Answer list_terminals(Call& call) {
  const RowRight right = vessel_right(call.actor());
  if (!right.status()) return tl::unexpected(right.status().error());
  const auto limit = call.limit();
  if (!limit) return tl::unexpected(limit.error());
  // The cursor is the handle of the entry with which the next page begins.
  const auto start = call.integer("cursor", 0, 0, UINT32_MAX);
  if (!start) return tl::unexpected(start.error());
  const std::string kind = call.text("kind");
  static constexpr std::string_view kKinds[] = {"mmsi", "beidou", "naf", "radar"};
  if (!kind.empty() && std::find(std::begin(kKinds), std::end(kKinds), kind) == std::end(kKinds)) {
    return tl::unexpected(
        base::Error{base::Code::kMalformed, "no such kind of terminal: " + kind, "kind", ""});
  }
  const auto live = call.services.live();
  Json items = Json::array();
  std::string next;
  live->for_each([&](const LiveEntry& entry) {
    if (std::int64_t{entry.handle} < *start || !next.empty() || !may_see(right, entry)) return;
    // All terminals of a vessel stand on one page, which may so become a little longer.
    if (items.items().size() >= *limit) {
      next = std::to_string(entry.handle);
      return;
    }
    for (const auto* fix : fixes_of(entry)) {
      if (!kind.empty() && kind != kind_key(fix->track.terminal.kind())) continue;
      items.push(terminal_json(entry, *fix, call));
    }
  });
  Json out = Json::object(
      {{"items", std::move(items)}, {"now", base::to_iso(live->now)}, {"offset", live->offset}});
  if (!next.empty()) out.set("next", next);
  return json_response(out);
}

Answer get_terminal(Call& call) {
  const RowRight right = vessel_right(call.actor());
  if (!right.status()) return tl::unexpected(right.status().error());
  const std::string& id = call.part("terminal");
  const auto terminal = model::parse_terminal(id);
  const auto live = call.services.live();
  const auto* entry = terminal ? live->find(model::TrackId{*terminal, 0}) : nullptr;
  if (entry == nullptr || !may_see(right, *entry)) {
    return call.problem({404, "missing", "no such terminal in the live picture: " + id});
  }
  for (const auto* fix : fixes_of(*entry)) {
    if (fix->track.terminal == *terminal) return json_response(terminal_json(*entry, *fix, call));
  }
  return call.problem({404, "missing", "no such terminal in the live picture: " + id});
}

}  // namespace

void add_terminals(Router& router) {
  router.add({Method::kGet, "/terminals", list_terminals});
  router.add({Method::kGet, "/terminals/{terminal}", get_terminal});
}

}  // namespace jinglue::serve
