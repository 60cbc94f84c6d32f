// SPDX-License-Identifier: Apache-2.0
// /vessels: the live picture. One item per vessel, or per track that no record claims. A vessel is
// named by its handle, its record id, or a track.
#include <charconv>
#include <set>

#include "base/ids.hpp"
#include "picture/coverage/coverage.hpp"
#include "registry/registry.hpp"
#include "serve/api/call.hpp"
#include "serve/api/rights.hpp"
#include "serve/form/finding_form.hpp"
#include "serve/form/picture_form.hpp"
#include "serve/form/record_form.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;
using picture::LiveEntry;

constexpr std::size_t kFindingsOfVessel = 50;
constexpr std::size_t kCasesOfVessel = 20;

const std::string& home_of(const LiveEntry& entry) {
  static const std::string kNone;
  return entry.vessel ? entry.vessel->district : kNone;
}

struct Filter {
  std::set<model::VesselKind> kinds;
  std::optional<bool> at_berth, matched;
  std::string district;
  std::optional<geo::Box> box;

  bool takes(const LiveEntry& entry) const {
    if (!kinds.empty() && !kinds.contains(entry.kind)) return false;
    if (at_berth && entry.berth.at_berth != *at_berth) return false;
    if (matched && (entry.vessel != nullptr) != *matched) return false;
    if (!district.empty() && home_of(entry) != district) return false;
    return !box || box->contains(entry.fix.position.degrees());
  }
};

base::Result<Filter> read_filter(const Call& call) {
  Filter out;
  for (const auto& key : call.list("kind")) {
    const auto kind = model::vessel_kind_from(key);
    if (!kind) return base::fail(base::Code::kMalformed, "no such kind: " + key, "kind");
    out.kinds.insert(*kind);
  }
  const auto at_berth = call.flag("at_berth");
  if (!at_berth) return tl::unexpected(at_berth.error());
  const auto matched = call.flag("matched");
  if (!matched) return tl::unexpected(matched.error());
  const auto box = call.bbox();
  if (!box) return tl::unexpected(box.error());
  out.at_berth = *at_berth;
  out.matched = *matched;
  out.box = *box;
  out.district = call.text("district");
  return out;
}

/// Entries that the person may see and the filter takes, in order of handle or of the search.
std::vector<const LiveEntry*> select(const Call& call, const picture::LiveSnapshot& live,
                                     const Filter& filter, const RowRight& right) {
  std::vector<const LiveEntry*> out;
  const auto consider = [&](const LiveEntry& entry) {
    if (right.sees(home_of(entry)) && filter.takes(entry)) out.push_back(&entry);
  };
  const std::string text = call.text("q");
  if (text.empty()) {
    live.for_each(consider);
  } else {
    for (const auto* entry : live.search(text, live.size())) consider(*entry);
  }
  return out;
}

Answer list_vessels(Call& call) {
  const RowRight right = vessel_right(call.actor());
  if (!right.status()) return tl::unexpected(right.status().error());
  const auto filter = read_filter(call);
  if (!filter) return tl::unexpected(filter.error());
  const auto limit = call.limit();
  if (!limit) return tl::unexpected(limit.error());
  // The cursor is a place in the order of handles (which only grows) or of the search.
  const auto start = call.integer("cursor", 0, 0, UINT32_MAX);
  if (!start) return tl::unexpected(start.error());
  const bool search = !call.text("q").empty();
  const auto live = call.services.live();
  const auto found = select(call, *live, *filter, right);
  Json items = Json::array();
  std::string next;
  const auto fields = call.list("fields");
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto place = search ? static_cast<std::int64_t>(i) : std::int64_t{found[i]->handle};
    if (place < *start) continue;
    if (items.items().size() == *limit) {
      next = std::to_string(place);
      break;
    }
    items.push(only_fields(vessel_json(*found[i], live->now, call.services.flags), fields));
  }
  Json out = Json::object({{"items", std::move(items)},
                           {"total", found.size()},
                           {"now", base::to_iso(live->now)},
                           {"offset", live->offset}});
  if (!next.empty()) out.set("next", next);
  return json_response(out);
}

/// Findings of the vessel and of each of its tracks: an episode keeps the subject of its opening.
Json findings_of(const Call& call, const LiveEntry& entry, const picture::LiveSnapshot& live) {
  const RowRight right = finding_right(call.actor());
  Json out = Json::array();
  if (!right.status()) return out;
  std::vector<std::string> subjects;
  if (entry.vessel) subjects.push_back(entry.vessel->id);
  subjects.push_back(model::to_text(entry.fix.track));
  for (const auto& other : entry.others) subjects.push_back(model::to_text(other.track));
  std::vector<findings::Finding> all;
  for (const auto& subject : subjects) {
    findings::Query query;
    query.subject = subject;
    query.within = call.actor().reach();
    query.limit = kFindingsOfVessel;
    auto page = call.services.findings->list(query, call.now);
    for (auto& finding : page.items) {
      if (right.sees(district_of(finding.now))) all.push_back(std::move(finding));
    }
  }
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return a.now.begin > b.now.begin; });
  if (all.size() > kFindingsOfVessel) all.resize(kFindingsOfVessel);
  for (const auto& finding : all) out.push(finding_json(finding, &live));
  return out;
}

/// By the link to the vessel's record, else by the MMSI of its terminal.
Json cases_of(const Call& call, const LiveEntry& entry) {
  Json out = Json::array();
  const auto* definition = call.services.registry->definition("case");
  if (definition == nullptr) return out;
  registry::Query query;
  query.limit = kCasesOfVessel;
  const auto terminal = entry.fix.track.terminal;
  if (entry.vessel && definition->field("vessel") != nullptr) {
    query.equals = {{"vessel", entry.vessel->id}};
  } else if (terminal.kind() == model::TerminalKind::kMmsi &&
             definition->field("mmsi") != nullptr) {
    query.equals = {{"mmsi", model::to_text(terminal).substr(std::string_view("mmsi:").size())}};
  } else {
    return out;
  }
  const auto page = call.services.registry->list_for(call.actor(), "case", query);
  if (!page) return out;  // not for this person
  RecordForm form(*call.services.registry, call.actor());
  for (const auto& record : page->items) out.push(form.json(record));
  return out;
}

/// The stations that heard the last positions of the vessel's freshest terminal, newest first.
Json heard_by_json(const Call& call, const LiveEntry& entry) {
  Json out = Json::array();
  if (call.services.coverage == nullptr) return out;
  for (const auto& message : call.services.coverage->heard_by(entry.fix.track)) {
    Json receptions = Json::array();
    for (const auto& one : message.receptions) {
      Json by = Json::object(
          {{"station", one.station}, {"input", one.input}, {"at", base::to_iso(one.at)}});
      if (one.signal_dbm) by.set("signal_dbm", std::int64_t{*one.signal_dbm});
      receptions.push(std::move(by));
    }
    out.push(Json::object({{"time", base::to_iso(message.time)},
                           {"count", std::uint64_t{message.count}},
                           {"receptions", std::move(receptions)}}));
  }
  return out;
}

Answer get_vessel(Call& call) {
  const RowRight right = vessel_right(call.actor());
  if (!right.status()) return tl::unexpected(right.status().error());
  const auto live = call.services.live();
  const auto* entry = find_entry(*live, call.part("vessel"));
  if (entry == nullptr || !right.sees(home_of(*entry))) {
    return call.problem(
        {404, "missing", "no such vessel in the live picture: " + call.part("vessel")});
  }
  Json out = vessel_json(*entry, live->now, call.services.flags);
  Json stated = stated_json(*entry);
  if (!stated.is_null()) out.set("stated", std::move(stated));
  Json others = Json::array();
  for (const auto& fix : entry->others) others.push(fix_json(fix));
  out.set("others", std::move(others));
  out.set("heard_by", heard_by_json(call, *entry));
  if (entry->vessel) {
    const auto record = call.services.registry->find("vessel", entry->vessel->id);
    if (record && call.services.registry->may_see(*record, call.actor())) {
      out.set("record", RecordForm(*call.services.registry, call.actor()).json(*record));
    }
  }
  out.set("findings", findings_of(call, *entry, *live));
  out.set("cases", cases_of(call, *entry));
  return json_response(out);
}

}  // namespace

void add_vessels(Router& router) {
  router.add({Method::kGet, "/vessels", list_vessels});
  router.add({Method::kGet, "/vessels/{vessel}", get_vessel});
}

}  // namespace jinglue::serve
