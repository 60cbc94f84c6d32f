// SPDX-License-Identifier: Apache-2.0
// /boat_messages: short messages to boats by BeiDou: written by people, given to an approved card,
// with what became of each. Whoever may see the vessel sees what was written to it.
#include "output/boat_messages.hpp"

#include <algorithm>

#include "serve/api/call.hpp"
#include "serve/api/rights.hpp"
#include "serve/form/picture_form.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;
using output::BoatMessage;

constexpr std::int64_t kUsualMinutes = 60;

const picture::LiveEntry* entry_of(const picture::LiveSnapshot& live, model::TerminalId terminal) {
  return live.find(model::TrackId{terminal, 0});
}

std::string_view home_of(const picture::LiveEntry* entry) {
  return entry != nullptr && entry->vessel ? std::string_view(entry->vessel->district)
                                           : std::string_view();
}

Json boat_json(const BoatMessage& message, const picture::LiveSnapshot& live) {
  Json out = Json::object({{"id", message.id},
                           {"terminal", model::to_text(message.to)},
                           {"text", message.text},
                           {"by", message.by},
                           {"at", base::to_iso(message.at)},
                           {"until", base::to_iso(message.until)},
                           {"state", to_key(message.state)},
                           {"changed", base::to_iso(message.changed)}});
  if (!message.output.empty()) out.set("output", message.output);
  if (const auto* entry = entry_of(live, message.to)) {
    out.set("handle", entry->handle);
    out.set("name", entry->name());
  }
  return out;
}

std::vector<model::TerminalId> terminals_of(const picture::LiveEntry& entry) {
  std::vector<model::TerminalId> out{entry.fix.track.terminal};
  for (const auto& other : entry.others) out.push_back(other.track.terminal);
  return out;
}

Answer list_boat_messages(Call& call) {
  const RowRight right = vessel_right(call.actor());
  if (!right.status()) return tl::unexpected(right.status().error());
  const auto limit = call.limit(50, 500);
  if (!limit) return tl::unexpected(limit.error());
  const auto before = call.integer("cursor", 0, 0, INT64_MAX);
  if (!before) return tl::unexpected(before.error());
  const auto live = call.services.live();
  std::vector<model::TerminalId> terminals;
  if (const auto vessel = call.text("vessel"); !vessel.empty()) {
    const auto* entry = find_entry(*live, vessel);
    if (entry == nullptr || !right.sees(home_of(entry))) {
      return call.problem({404, "missing", "no such vessel in the live picture: " + vessel});
    }
    terminals = terminals_of(*entry);
  }
  Json::Array items;
  std::string next;
  const auto page = call.services.boats->list(terminals, *before, *limit);
  for (const auto& message : page) {
    if (right.sees(home_of(entry_of(*live, message.to)))) {
      items.push_back(boat_json(message, *live));
    }
  }
  if (page.size() == *limit) next = std::to_string(page.back().id);
  return page_response(std::move(items), next, std::nullopt, call);
}

Answer write_boat_message(Call& call) {
  const auto terminal = call.required_text("terminal");
  if (!terminal) return call.refused(terminal.error());
  const auto parsed = model::parse_terminal(*terminal);
  if (!parsed) return call.problem({422, "malformed", parsed.error().message, "terminal"});
  const auto live = call.services.live();
  const auto may = access::authorise(call.actor(), access::Action::kSendMessages,
                                     {"", std::string(home_of(entry_of(*live, *parsed)))});
  if (!may) return tl::unexpected(may.error());
  const auto& minutes = call.json["valid_min"];
  if (!minutes.is_null() && !minutes.is_int()) {
    return call.problem({422, "malformed", "whole minutes", "valid_min"});
  }
  output::BoatMessages::Draft draft;
  draft.to = *parsed;
  draft.text = call.json["text"].as_string();
  draft.valid_for = std::chrono::minutes(std::clamp<std::int64_t>(
      minutes.is_null() ? kUsualMinutes : minutes.as_int(), -1, 1'000'000));
  const auto done = call.services.boats->write(draft, call.actor(), base::wall_now());
  if (!done) return call.refused(done.error());
  return json_response(boat_json(*done, *live), 201);
}

}  // namespace

void add_boat_messages(Router& router) {
  router.add({Method::kGet, "/boat_messages", list_boat_messages});
  router.add({Method::kPost, "/boat_messages", write_boat_message, Body::kJson});
}

}  // namespace jinglue::serve
