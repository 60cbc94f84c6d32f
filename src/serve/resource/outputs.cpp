// SPDX-License-Identifier: Apache-2.0
// /outputs: what leaves the system on its own: destinations, and the decisions of administrators
// about them. /hidden_senders: who never goes out. By the wall clock, like accounts.
#include "output/destination_book.hpp"
#include "serve/api/call.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;
using output::Entry;

Json decision_json(const output::Decision& decision) {
  Json out =
      Json::object({{"act", decision.act}, {"by", decision.by}, {"at", base::to_iso(decision.at)}});
  if (!decision.reason.empty()) out.set("reason", decision.reason);
  return out;
}

Json entry_json(const Entry& entry, const Services& services) {
  Json out = to_json(entry.destination);
  out.set("state", to_key(entry.state));
  out.set("revision", entry.revision);
  out.set("reach", to_key(output::reach_of(entry.destination.host)));
  out.set("proposed", decision_json(entry.proposed));
  out.set("last", decision_json(entry.last));
  if (entry.approval) {
    auto approval = decision_json(*entry.approval);
    approval.set("until", base::to_iso(entry.until));
    out.set("approval", std::move(approval));
  }
  const auto state = services.output_state ? services.output_state(entry) : Json();
  out.set("connection", state["connection"]);
  out.set("counts", state["counts"]);
  return out;
}

bool several_administrators(const Services& services) {
  int count = 0;
  for (const auto& user : services.access->users()) {
    for (const auto role : user.roles) {
      if (role == access::Role::kAdministrator && !user.disabled) ++count;
    }
  }
  return count > 1;
}

Answer list_outputs(Call& call) {
  const auto may = access::authorise(call.actor(), access::Action::kSeeSystem);
  if (!may) return tl::unexpected(may.error());
  Json items = Json::array();
  for (const auto& entry : call.services.outputs->list()) {
    items.push(entry_json(entry, call.services));
  }
  return json_response(Json::object(
      {{"items", std::move(items)}, {"second_person", several_administrators(call.services)}}));
}

Answer propose(Call& call) {
  const auto may = access::authorise(call.actor(), access::Action::kManageOutputs);
  if (!may) return tl::unexpected(may.error());
  const auto destination = output::destination_from_json(call.json);
  if (!destination) return call.refused(destination.error());
  const auto done = call.services.outputs->propose(*destination, call.actor(), base::wall_now());
  if (!done) return call.refused(done.error());
  Response out = json_response(entry_json(*done, call.services), 201);
  out.headers.emplace_back("Location", "/api/v1/outputs/" + destination->name);
  return out;
}

/// Name, base revision and reason of a write to one destination.
base::Result<output::Act> read_act(const Call& call) {
  if (!call.json["revision"].is_int()) {
    return base::fail(base::Code::kMissing, "the revision that was read", "revision");
  }
  return output::Act{call.part("output"), call.json["revision"].as_int(),
                     call.json["reason"].as_string(), call.actor(), base::wall_now()};
}

Answer answer_to(const base::Result<Entry>& done, const Call& call) {
  if (!done && done.error().code == base::Code::kMissing && done.error().where == "name") {
    return call.problem({404, "missing", done.error().message});
  }
  if (!done) return call.refused(done.error());
  return json_response(entry_json(*done, call.services));
}

Answer change(Call& call) {
  const auto may = access::authorise(call.actor(), access::Action::kManageOutputs);
  if (!may) return tl::unexpected(may.error());
  const auto act = read_act(call);
  if (!act) return call.refused(act.error());
  const auto destination = output::destination_from_json(call.json["destination"]);
  if (!destination) return call.refused(destination.error());
  return answer_to(call.services.outputs->change(*act, *destination), call);
}

Answer decide(Call& call) {
  const auto may = access::authorise(call.actor(), access::Action::kManageOutputs);
  if (!may) return tl::unexpected(may.error());
  const auto act = read_act(call);
  if (!act) return call.refused(act.error());
  auto& book = *call.services.outputs;
  const std::string& what = call.json["act"].as_string();
  if (what == "suspend") return answer_to(book.suspend(*act), call);
  if (what == "end") return answer_to(book.end(*act), call);
  if (what != "approve") {
    return call.problem({422, "unknown", "the act is approve, suspend or end", "act"});
  }
  const auto until = base::parse_iso(call.json["until"].as_string());
  if (!until) return call.problem({422, "malformed", "until when it is approved", "until"});
  return answer_to(book.approve(*act, *until), call);
}

Json hidden_json(const output::HiddenList& list) {
  Json senders = Json::array();
  for (const auto& one : list.senders) {
    senders.push(Json::object({{"mmsi", std::int64_t{one.mmsi}}, {"note", one.note}}));
  }
  return Json::object(
      {{"official", list.official}, {"senders", std::move(senders)}, {"revision", list.revision}});
}

Answer get_hidden(Call& call) {
  const auto may = access::authorise(call.actor(), access::Action::kManageOutputs);
  if (!may) return tl::unexpected(may.error());
  return json_response(hidden_json(call.services.outputs->hidden()));
}

base::Result<output::HiddenList> read_hidden(const Json& json) {
  output::HiddenList out;
  if (!json["official"].is_bool()) {
    return base::fail(base::Code::kMissing, "true or false", "official");
  }
  if (!json["revision"].is_int()) {
    return base::fail(base::Code::kMissing, "the revision that was read", "revision");
  }
  out.official = json["official"].as_bool();
  out.revision = json["revision"].as_int();
  for (const auto& one : json["senders"].items()) {
    const auto mmsi = one["mmsi"].as_int();
    if (!output::is_mmsi(mmsi)) {
      return base::fail(base::Code::kOutOfRange, "an MMSI has up to nine digits", "senders");
    }
    out.senders.push_back({static_cast<std::uint32_t>(mmsi), one["note"].as_string()});
  }
  return out;
}

Answer put_hidden(Call& call) {
  const auto may = access::authorise(call.actor(), access::Action::kManageOutputs);
  if (!may) return tl::unexpected(may.error());
  const auto list = read_hidden(call.json);
  if (!list) return call.refused(list.error());
  auto& book = *call.services.outputs;
  const auto done =
      book.hide(*list, call.json["reason"].as_string(), call.actor(), base::wall_now());
  if (!done) return call.refused(done.error());
  return json_response(hidden_json(book.hidden()));
}

}  // namespace

void add_outputs(Router& router) {
  router.add({Method::kGet, "/outputs", list_outputs});
  router.add({Method::kPost, "/outputs", propose, Body::kJson});
  router.add({Method::kPut, "/outputs/{output}", change, Body::kJson});
  router.add({Method::kPost, "/outputs/{output}/decisions", decide, Body::kJson});
  router.add({Method::kGet, "/hidden_senders", get_hidden});
  router.add({Method::kPut, "/hidden_senders", put_hidden, Body::kJson});
}

}  // namespace jinglue::serve
