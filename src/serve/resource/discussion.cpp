// SPDX-License-Identifier: Apache-2.0
// /registers/{register}/records/{record}/comments and /watch: for everyone who may see the record.
// A watcher is told of comments of others and of changes of its state (GET /inbox).
#include "serve/resource/discussion.hpp"

#include "registry/discussion.hpp"
#include "registry/registry.hpp"
#include "serve/api/call.hpp"
#include "serve/form/find_record.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

Json comment_json(const registry::Comment& comment) {
  return Json::object({{"number", comment.number},
                       {"at", base::to_iso(comment.at)},
                       {"person", comment.person},
                       {"text", comment.text}});
}

registry::Discussion discussion_of(const Call& call) {
  return {*call.services.access, *call.services.registry};
}

Answer list_comments(Call& call) {
  const auto record = find_record(call, call.part("register"));
  if (!record) return tl::unexpected(record.error());
  const auto limit = call.limit(100, 500);
  if (!limit) return tl::unexpected(limit.error());
  const auto after = call.integer("cursor", 0, 0, INT64_MAX);
  if (!after) return tl::unexpected(after.error());
  const auto talk = discussion_of(call);
  const auto comments = talk.comments(*record, *after, *limit + 1);
  Json items = Json::array();
  for (std::size_t i = 0; i < comments.size() && i < *limit; ++i)
    items.push(comment_json(comments[i]));
  Json watchers = Json::array();
  bool own = false;
  for (const auto& person : talk.watchers(*record)) {
    own = own || person == call.actor().user;
    watchers.push(person);
  }
  Json out = Json::object(
      {{"items", std::move(items)}, {"watchers", std::move(watchers)}, {"watched", own}});
  if (comments.size() > *limit) out.set("next", std::to_string(comments[*limit - 1].number));
  return json_response(std::move(out));
}

base::Result<registry::Write> read_write(const Call& call) {
  const auto key = call.idempotency_key();
  if (!key) return tl::unexpected(key.error());
  return registry::Write{call.actor(), call.now, *key, {}};
}

Answer add_comment(Call& call, const Talked& talked) {
  const auto write = read_write(call);
  if (!write) return tl::unexpected(write.error());
  const auto record = find_record(call, call.part("register"));
  if (!record) return tl::unexpected(record.error());
  const auto text = call.required_text("text");
  if (!text) return tl::unexpected(text.error());
  const auto made = discussion_of(call).comment(*record, *text, *write);
  if (!made) return call.refused(made.error());
  talked(*record, call.actor().user);
  return json_response(comment_json(*made), 201);
}

Answer set_watch(Call& call, const Talked& talked) {
  const auto record = find_record(call, call.part("register"));
  if (!record) return tl::unexpected(record.error());
  const Json& watches = call.json["watch"];
  if (!watches.is_bool()) return base::fail(base::Code::kMalformed, "true or false", "watch");
  // Saying it twice changes nothing: no key is needed.
  const registry::Write write{call.actor(), call.now, {}, {}};
  if (auto done = discussion_of(call).watch(*record, watches.as_bool(), write); !done)
    return call.refused(done.error());
  talked(*record, call.actor().user);
  return json_response(Json::object({{"watch", watches}}));
}

}  // namespace

void add_discussion(Router& router, const Talked& talked) {
  const std::string one = "/registers/{register}/records/{record}";
  router.add({Method::kGet, one + "/comments", list_comments});
  router.add({Method::kPost, one + "/comments",
              [talked](Call& call) { return add_comment(call, talked); }, Body::kJson});
  router.add({Method::kPut, one + "/watch",
              [talked](Call& call) { return set_watch(call, talked); }, Body::kJson});
}

}  // namespace jinglue::serve
