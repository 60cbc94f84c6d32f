// SPDX-License-Identifier: Apache-2.0
// /messages: what stations said in words (BeiDou, safety texts of AIS) or in data (binary messages
// of AIS), newest first. Who may see the sender, or the register's vessel that it is meant for,
// may read it.
#include "picture/message/message_log.hpp"

#include <charconv>

#include "base/hash.hpp"
#include "serve/api/call.hpp"
#include "serve/api/rights.hpp"
#include "serve/form/picture_form.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;
using model::TerminalId;
using picture::KeptMessage;
using picture::MessageQuery;

/// How many rows of others are read at most for one page of one's own.
constexpr int kMostRounds = 20;

std::string_view home_of(const picture::LiveSnapshot& live, TerminalId terminal) {
  const auto* entry = live.find(model::TrackId{terminal, 0});
  return entry != nullptr && entry->vessel ? std::string_view(entry->vessel->district)
                                           : std::string_view();
}

bool may_see(const RowRight& right, const picture::LiveSnapshot& live,
             const model::VesselMessage& message) {
  if (right.sees(home_of(live, message.from))) return true;
  const auto home = message.to ? home_of(live, *message.to) : std::string_view();
  return !home.empty() && right.sees(home);
}

Json party_json(const picture::LiveSnapshot& live, TerminalId terminal) {
  Json out = Json::object({{"terminal", model::to_text(terminal)}});
  if (const auto* entry = live.find(model::TrackId{terminal, 0})) {
    out.set("handle", entry->handle);
    out.set("name", entry->name());
  }
  return out;
}

std::string cursor_of(const KeptMessage& kept) {
  return std::to_string(kept.message.time.ms) + "." + std::to_string(kept.id);
}

base::Result<std::optional<MessageQuery::Place>> read_cursor(const std::string& text) {
  if (text.empty()) return std::optional<MessageQuery::Place>();
  MessageQuery::Place out;
  const char* const end = text.data() + text.size();
  const auto time = std::from_chars(text.data(), end, out.time.ms);
  const bool parted = time.ec == std::errc() && time.ptr != end && *time.ptr == '.';
  const auto id = parted ? std::from_chars(time.ptr + 1, end, out.id) : time;
  if (!parted || id.ec != std::errc() || id.ptr != end) {
    return base::fail(base::Code::kMalformed, "not a cursor of this list", "cursor");
  }
  return std::optional(out);
}

Json message_json(const KeptMessage& kept, const picture::LiveSnapshot& live,
                  const Services& services) {
  const auto& m = kept.message;
  Json out = Json::object({{"id", kept.id},
                           {"kind", model::to_key(m.kind)},
                           {"time", base::to_iso(m.time)},
                           {"arrival", base::to_iso(m.arrival)},
                           {"from", party_json(live, m.from)},
                           {"offset", m.offset}});
  if (m.to) out.set("to", party_json(live, *m.to));
  if (m.kind != model::MessageKind::kApplication) {
    out.set("text", m.text);
    out.set("sos", m.sos);
    return out;
  }
  out.set("type", int{m.type});
  out.set("dac", int{m.dac});
  out.set("fi", int{m.fi});
  out.set("bits", int{m.bits});
  out.set("octets", base::to_hex(m.octets));
  if (!services.application) return out;
  auto known = services.application(m);
  if (known.has("id")) out.set("application", std::move(known));
  return out;
}

/// The terminals that are meant: of a vessel, or one; none = all. An answer is a refusal.
std::optional<Answer> read_terminals(const Call& call, const picture::LiveSnapshot& live,
                                     const RowRight& right, std::vector<TerminalId>& out) {
  const auto vessel = call.text("vessel");
  const auto terminal = call.text("terminal");
  if (!terminal.empty()) {
    const auto one = model::parse_terminal(terminal);
    if (!one) return tl::unexpected(one.error());
    out.push_back(*one);
  }
  if (vessel.empty()) return std::nullopt;
  const auto* entry = find_entry(live, vessel);
  const bool seen =
      entry != nullptr &&
      right.sees(entry->vessel ? std::string_view(entry->vessel->district) : std::string_view());
  if (!seen) {
    return call.problem({404, "missing", "no such vessel in the live picture: " + vessel});
  }
  out.push_back(entry->fix.track.terminal);
  for (const auto& other : entry->others) out.push_back(other.track.terminal);
  return std::nullopt;
}

base::Status read_query(const Call& call, MessageQuery& out) {
  const auto kind = call.text("kind");
  if (!kind.empty()) {
    out.kind = model::message_kind_from(kind);
    if (!out.kind) {
      return base::fail(base::Code::kMalformed, "no such kind of message: " + kind, "kind",
                        "beidou, safety or application");
    }
  }
  const auto from = call.instant("from");
  if (!from) return tl::unexpected(from.error());
  const auto to = call.instant("to");
  if (!to) return tl::unexpected(to.error());
  out.from = from->value_or(out.from);
  out.to = to->value_or(out.to);
  const auto after = read_cursor(call.text("cursor"));
  if (!after) return tl::unexpected(after.error());
  out.after = *after;
  return {};
}

Answer list_messages(Call& call) {
  const RowRight right = vessel_right(call.actor());
  if (!right.status()) return tl::unexpected(right.status().error());
  const auto limit = call.limit(50, 500);
  if (!limit) return tl::unexpected(limit.error());
  MessageQuery query;
  if (auto good = read_query(call, query); !good) return tl::unexpected(good.error());
  const auto live = call.services.live();
  if (auto refused = read_terminals(call, *live, right, query.terminals)) return *refused;
  Json::Array items;
  std::string next;
  query.limit = *limit + 1;
  for (int round = 0; round < kMostRounds && call.services.messages != nullptr; ++round) {
    const auto page = call.services.messages->list(query);
    for (const auto& kept : page) {
      if (items.size() == *limit) break;
      query.after = MessageQuery::Place{kept.message.time, kept.id};
      next = cursor_of(kept);
      if (!may_see(right, *live, kept.message)) continue;
      items.push_back(message_json(kept, *live, call.services));
    }
    const bool all = page.size() < query.limit;
    if (all && (page.empty() || next == cursor_of(page.back()))) next.clear();
    if (all || items.size() == *limit) break;
  }
  return page_response(std::move(items), next, std::nullopt, call);
}

}  // namespace

void add_messages(Router& router) {
  router.add({Method::kGet, "/messages", list_messages});
}

}  // namespace jinglue::serve
