// SPDX-License-Identifier: Apache-2.0
// /inbox: one's own notices, from effects of transitions, clocks of records and what one watches.
#include "registry/inbox.hpp"
#include "registry/registry.hpp"
#include "serve/api/call.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

constexpr std::size_t kMostAtOnce = 1000;

Answer list_notices(Call& call) {
  const auto unread = call.flag("unread");
  if (!unread) return tl::unexpected(unread.error());
  const auto limit = call.limit(50, 500);
  if (!limit) return tl::unexpected(limit.error());
  const auto before = call.integer("cursor", 0, 0, INT64_MAX);
  if (!before) return tl::unexpected(before.error());
  const auto page = call.services.registry->inbox().list(call.actor().user, unread->value_or(false),
                                                         *before, *limit);
  Json items = Json::array();
  for (const auto& notice : page.items) items.push(registry::to_json(notice));
  Json out =
      Json::object({{"items", std::move(items)}, {"total", page.total}, {"unread", page.unread}});
  if (page.next > 0) out.set("next", std::to_string(page.next));
  return json_response(std::move(out));
}

/// {"numbers": [...]}, or {"until": N}: all up to that one.
Answer mark_read(Call& call) {
  auto inbox = call.services.registry->inbox();
  const Json& numbers = call.json["numbers"];
  const Json& until = call.json["until"];
  std::size_t marked = 0;
  if (until.is_int()) {
    marked = inbox.mark_all_read(call.actor().user, until.as_int(), call.now);
  } else if (numbers.is_array() && numbers.items().size() <= kMostAtOnce) {
    std::vector<std::int64_t> list;
    for (const auto& number : numbers.items()) list.push_back(number.as_int());
    marked = inbox.mark_read(call.actor().user, list, call.now);
  } else {
    return base::fail(base::Code::kMalformed, "numbers of notices, or until", "numbers",
                      "at most 1,000 numbers");
  }
  const auto left = inbox.list(call.actor().user, true, 0, 1).unread;
  return json_response(Json::object({{"marked", std::uint64_t{marked}}, {"unread", left}}));
}

}  // namespace

void add_inbox(Router& router) {
  router.add({Method::kGet, "/inbox", list_notices});
  router.add({Method::kPost, "/inbox/read", mark_read, Body::kJson});
}

}  // namespace jinglue::serve
