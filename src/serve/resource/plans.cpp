// SPDX-License-Identifier: Apache-2.0
// /plans: work documents read into a tree of measures, kept as drafts, edited, and made into goals
// and tasks. What holds of a draft is in act/task; here are the HTTP forms.
#include "act/plan/document_text.hpp"
#include "act/plan/show.hpp"
#include "act/task/draft_book.hpp"
#include "base/text.hpp"
#include "base/utf32.hpp"
#include "registry/registry.hpp"
#include "serve/api/call.hpp"
#include "serve/form/find_record.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using act::task::Draft;
using base::Code;
using base::Json;

constexpr std::size_t kMostName = 255;

Json head_json(const Draft& draft) {
  Json out = Json::object({{"id", draft.id},
                           {"revision", draft.revision},
                           {"owner", draft.owner},
                           {"created_at", base::to_iso(draft.created)},
                           {"changed_at", base::to_iso(draft.changed)},
                           {"facts", to_json(draft.facts)},
                           {"form", draft.form},
                           {"han", std::uint64_t{draft.han}},
                           {"noise", std::uint64_t{draft.noise}},
                           {"counts", to_json(draft.counts)},
                           {"next_node", draft.next_node}});
  if (!draft.file_name.empty()) out.set("file_name", draft.file_name);
  if (!draft.district.empty()) out.set("district", draft.district);
  if (!draft.document.empty()) out.set("document", draft.document);
  return out;
}

Json text_json(const act::task::DraftText& text) {
  Json paragraphs = Json::array();
  for (const auto& paragraph : text.paragraphs)
    paragraphs.push(Json::object(
        {{"line", std::uint64_t{paragraph.line}}, {"text", base::to_utf8(paragraph.text)}}));
  return Json::object({{"paragraphs", std::move(paragraphs)},
                       {"removed", text.removed},
                       {"han", std::uint64_t{text.han}}});
}

Json whole_json(const Draft& draft, const Call& call) {
  Json out = head_json(draft);
  out.set("nodes", act::task::to_json(draft.nodes));
  out.set("text", text_json(call.services.plans->text(draft.text_hash)
                                .value_or(act::task::DraftText{{}, Json::array(), 0})));
  return out;
}

/// A stale revision is 412, as for records; the rest as the room says.
Response refused(const Call& call, const base::Error& error) {
  Problem problem = refused_write(error);
  if (error.code == Code::kConflict && error.where == "revision") problem.status = 412;
  if (error.code == Code::kMissing && error.where == "plan") problem.status = 404;
  return call.problem(problem);
}

Answer list_plans(Call& call) {
  const auto drafts = call.services.plans->list(call.actor());
  if (!drafts) return tl::unexpected(drafts.error());
  Json::Array items;
  for (const auto& draft : *drafts) items.push_back(head_json(draft));
  return page_response(std::move(items), {}, drafts->size(), call);
}

Answer get_plan(Call& call) {
  const auto draft = call.services.plans->find(call.part("plan"), call.actor());
  if (!draft) return tl::unexpected(draft.error());
  return json_response(whole_json(*draft, call));
}

Answer create_plan(Call& call) {
  const auto may =
      access::authorise(call.actor(), access::Action::kEditPlans, {"plan", call.actor().district});
  if (!may) return tl::unexpected(may.error());
  const auto key = call.idempotency_key();
  if (!key) return tl::unexpected(key.error());
  const std::string name(base::trim(call.text("name")));
  if (base::to_utf32(name).size() > kMostName)
    return base::fail(Code::kTooLarge, "the name has more than 255 characters", "name");
  const auto read = call.services.read_plan(call.request.body, name, call.request.gone);
  if (!read) return refused(call, read.error());
  const auto draft = call.services.plans->create(*read, call.actor(), call.now, *key);
  if (!draft) return refused(call, draft.error());
  Response out = json_response(whole_json(*draft, call), 201);
  out.headers.emplace_back("Location", "/api/v1/plans/" + draft->id);
  return out;
}

base::Result<act::task::DraftAct> read_act(const Call& call) {
  const auto key = call.idempotency_key();
  if (!key) return tl::unexpected(key.error());
  const auto& base = call.json["base_revision"];
  if (!base.is_int())
    return base::fail(Code::kMalformed, "the revision that the editor saw", "base_revision");
  return act::task::DraftAct{call.part("plan"), base.as_int(), call.actor(), call.now, *key};
}

Answer edit_plan(Call& call) {
  const auto act = read_act(call);
  if (!act) return tl::unexpected(act.error());
  const auto& edits = call.json["edits"];
  if (!edits.is_null() && !edits.is_array())
    return base::fail(Code::kMalformed, "a list of edits", "edits");
  const auto draft = call.services.plans->edit(*act, call.json["facts"], edits);
  if (!draft) return refused(call, draft.error());
  return json_response(head_json(*draft));
}

Answer remove_plan(Call& call) {
  if (call.text("base_revision").empty())
    return base::fail(Code::kMalformed, "the parameter is required", "base_revision");
  const auto base = call.integer("base_revision", 0, 0, INT64_MAX);
  if (!base) return tl::unexpected(base.error());
  const auto done =
      call.services.plans->remove({call.part("plan"), *base, call.actor(), call.now, {}});
  if (!done) return refused(call, done.error());
  return no_content();
}

Json ids_json(const std::vector<std::string>& ids) {
  Json out = Json::array();
  for (const auto& id : ids) out.push(id);
  return out;
}

Answer make_records(Call& call) {
  const auto act = read_act(call);
  if (!act) return tl::unexpected(act.error());
  const auto done = call.services.plans->make_records(*act);
  if (!done) return refused(call, done.error());
  return json_response(Json::object({{"plan", whole_json(done->draft, call)},
                                     {"document", done->made.document},
                                     {"goals", ids_json(done->made.goals)},
                                     {"tasks", ids_json(done->made.tasks)}}),
                       201);
}

/// For everyone who may see the record of the document: a task opens its passage by it.
Answer get_text(Call& call) {
  const auto record = find_record(call, "work_document");
  if (!record) return tl::unexpected(record.error());
  const auto text = call.services.plans->text(record->fields["text_hash"].as_string());
  if (!text) return base::fail(Code::kMissing, "the text of this document is not held", "record");
  Json out = text_json(*text);
  out.set("document", record->id);
  out.set("title", record->fields["title"]);
  if (record->fields["date"].is_string()) out.set("date", record->fields["date"]);
  return json_response(out);
}

}  // namespace

void add_plans(Router& router) {
  const std::string one = "/plans/{plan}";
  router.add({Method::kGet, "/plans", list_plans});
  // An old form of Word is read by another program: not in the way of what is quick.
  router.add({.method = Method::kPost,
              .pattern = "/plans",
              .handler = create_plan,
              .body = Body::kBytes,
              .large = true,
              .question = true});
  router.add({Method::kGet, one, get_plan});
  router.add({Method::kPatch, one, edit_plan, Body::kJson});
  router.add({Method::kDelete, one, remove_plan});
  router.add({Method::kPost, one + "/records", make_records, Body::kJson});
  router.add({Method::kGet, "/plans/texts/{record}", get_text});
}

}  // namespace jinglue::serve
