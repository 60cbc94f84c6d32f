// SPDX-License-Identifier: Apache-2.0
// /audit: who did what, and whether the hash chain holds.
#include "serve/api/call.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

/// Accounts, sessions and outputs go by the wall clock, everything else by the clock of the data
/// folder: in a drill these are years apart.
bool by_wall_clock(const access::AuditLine& line) {
  return line.action.starts_with("session.") || line.action.starts_with("user.") ||
         line.action.starts_with("output.");
}

Json line_json(const access::AuditLine& line) {
  return Json::object({{"number", line.number},
                       {"at", base::to_iso(line.at)},
                       {"clock", by_wall_clock(line) ? "wall" : "data"},
                       {"actor", line.actor},
                       {"address", line.address},
                       {"action", line.action},
                       {"target", line.target},
                       {"detail", line.detail.is_object() ? line.detail : Json::object()},
                       {"previous_hash", line.previous_hash},
                       {"hash", line.hash}});
}

Answer list_audit(Call& call) {
  const auto may = access::authorise(call.actor(), access::Action::kSeeAudit);
  if (!may) return tl::unexpected(may.error());
  const auto limit = call.limit();
  if (!limit) return tl::unexpected(limit.error());
  const auto before = call.integer("cursor", INT64_MAX, 0, INT64_MAX);
  if (!before) return tl::unexpected(before.error());
  const auto lines = call.services.access->audit_lines(*before, *limit);
  Json::Array items;
  for (const auto& line : lines) items.push_back(line_json(line));
  const bool more = lines.size() == *limit && lines.back().number > 1;
  return page_response(std::move(items), more ? std::to_string(lines.back().number) : "",
                       std::nullopt, call);
}

Answer verify_audit(Call& call) {
  const auto may = access::authorise(call.actor(), access::Action::kSeeAudit);
  if (!may) return tl::unexpected(may.error());
  const auto lines = call.services.access->verify_audit();
  if (lines) return json_response(Json::object({{"ok", true}, {"lines", *lines}}));
  return json_response(Json::object({{"ok", false}, {"problem", lines.error().text()}}));
}

}  // namespace

void add_audit(Router& router) {
  router.add({Method::kGet, "/audit", list_audit});
  router.add({Method::kGet, "/audit/verify", verify_audit});
}

}  // namespace jinglue::serve
