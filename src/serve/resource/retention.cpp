// SPDX-License-Identifier: Apache-2.0
// /registers/{register}/retention and /records/{record}/disposal: which records may go, which went,
// and letting one go. For administrators of the whole authority, also where they do not see the
// records themselves: number, state and days are all that is said of them then.
#include "serve/resource/retention.hpp"

#include "registry/retention.hpp"
#include "serve/api/call.hpp"
#include "serve/form/find_record.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

registry::RetentionDesk desk_of(const Call& call) {
  return {*call.services.access, *call.services.registry};
}

Answer show_retention(Call& call) {
  const auto definition = call.part("register");
  const auto limit = call.limit(100, 500);
  if (!limit) return tl::unexpected(limit.error());
  const auto desk = desk_of(call);
  const auto rule = desk.rule(definition);
  if (!rule) return tl::unexpected(rule.error());
  const auto due = desk.due(call.actor(), definition, call.now, *limit);
  if (!due) return call.refused(due.error());
  const auto gone = desk.disposed(call.actor(), definition, *limit);
  if (!gone) return call.refused(gone.error());
  Json open = Json::array();
  for (const auto& one : *due) {
    open.push(Json::object({{"id", one.id},
                            {"number", one.number},
                            {"shown", one.shown},
                            {"state", one.state},
                            {"closed", one.since},
                            {"due", one.due}}));
  }
  Json tombstones = Json::array();
  for (const auto& one : *gone) tombstones.push(registry::to_json(one));
  return json_response(Json::object({{"rule", registry::to_json(*rule)},
                                     {"due", std::move(open)},
                                     {"disposed", std::move(tombstones)}}));
}

Answer dispose_record(Call& call) {
  const auto key = call.idempotency_key();
  if (!key) return tl::unexpected(key.error());
  const auto reason = call.required_text("reason");
  if (!reason) return tl::unexpected(reason.error());
  const registry::Write write{call.actor(), call.now, {}, {}};
  const auto done =
      desk_of(call).dispose(call.part("register"), call.part("record"), *reason, write);
  // The path names what is missing, not the body.
  if (!done && done.error().code == base::Code::kMissing) return tl::unexpected(done.error());
  if (!done) return call.refused(done.error());
  return json_response(registry::to_json(*done));
}

}  // namespace

void add_retention(Router& router) {
  router.add({Method::kGet, "/registers/{register}/retention", show_retention});
  router.add({Method::kPost, "/registers/{register}/records/{record}/disposal", dispose_record,
              Body::kJson});
}

}  // namespace jinglue::serve
