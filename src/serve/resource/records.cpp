// SPDX-License-Identifier: Apache-2.0
// /registers/{register}/records: every kind of record through the register engine, which checks
// rights, fields, states and revisions; here are the HTTP forms of its answers.
#include "registry/record_templates.hpp"
#include "registry/registry.hpp"
#include "registry/sight.hpp"
#include "serve/api/call.hpp"
#include "serve/form/find_record.hpp"
#include "serve/form/picture_form.hpp"
#include "serve/form/record_form.hpp"
#include "serve/form/record_query.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

base::Result<registry::Query> read_query(const Call& call) {
  const auto removed = call.flag("removed");
  if (!removed) return tl::unexpected(removed.error());
  const auto limit = call.limit();
  if (!limit) return tl::unexpected(limit.error());
  auto out = read_record_query(call);
  if (!out) return out;
  out->sort = call.text("sort");
  out->cursor = call.text("cursor");
  out->limit = *limit;
  out->with_removed = removed->value_or(false);
  return out;
}

/// A record with its clocks as they stand now.
Json shown(const Call& call, RecordForm& form, const registry::Record& record) {
  Json out = form.json(record);
  Json clocks = call.services.registry->clocks_of(record, call.now);
  if (!clocks.items().empty()) out.set("clocks", std::move(clocks));
  return out;
}
Json shown(const Call& call, const registry::Record& record) {
  RecordForm form(*call.services.registry, call.actor());
  return shown(call, form, record);
}

/// The names and values of a list are part of the address: what does not fit is 400.
Response refused_list(const Call& call, const base::Error& error) {
  Problem problem = to_problem(error);
  if (error.code == base::Code::kUnknown) problem.status = 400;
  return call.problem(problem);
}

Answer list_records(Call& call) {
  const auto definition = find_register(call);
  if (!definition) return tl::unexpected(definition.error());
  const auto query = read_query(call);
  if (!query) return tl::unexpected(query.error());
  const auto page = call.services.registry->list_for(call.actor(), (*definition)->id, *query);
  if (!page) return refused_list(call, page.error());
  RecordForm form(*call.services.registry, call.actor());
  Json::Array items;
  for (const auto& record : page->items) items.push_back(shown(call, form, record));
  return page_response(std::move(items), page->next, page->total, call);
}

Answer get_record(Call& call) {
  const auto record = find_record(call, call.part("register"));
  if (!record) return tl::unexpected(record.error());
  return json_response(shown(call, *record));
}

base::Result<registry::Write> read_write(const Call& call) {
  const auto key = call.idempotency_key();
  if (!key) return tl::unexpected(key.error());
  registry::Write out;
  out.actor = call.actor();
  out.now = call.now;
  out.idempotency_key = *key;
  out.note = call.json.is_object() ? call.json["note"].as_string() : call.text("note");
  return out;
}

base::Result<Json> read_fields(const Call& call, std::string_view member, bool required) {
  const auto& fields = call.json[member];
  if (fields.is_object()) return fields;
  if (fields.is_null() && !required) return Json::object();
  return base::fail(base::Code::kMalformed, "an object of values by field key",
                    std::string(member));
}

Answer written(Call& call, const base::Result<registry::Record>& record, int status) {
  if (!record) return call.refused(record.error());
  Response out = json_response(shown(call, *record), status);
  if (status == 201) {
    out.headers.emplace_back("Location",
                             "/api/v1/registers/" + record->register_id + "/records/" + record->id);
  }
  return out;
}

/// The given values over those of the template that the body names.
base::Result<Json> over_template(const Call& call, const registry::Definition& definition,
                                 const Json& fields) {
  const registry::RecordTemplates templates(*call.services.registry);
  const auto found =
      templates.find(definition.id, call.json["template"].as_string(), call.actor().user);
  if (!found) return base::fail(base::Code::kMissing, "there is no such template", "template");
  Json out = registry::fitted(definition, found->fields, call.actor()).fields;
  for (const auto& [key, value] : fields.members()) out.set(key, value);
  return out;
}

Answer create_record(Call& call) {
  const auto definition = find_register(call);
  if (!definition) return tl::unexpected(definition.error());
  const auto write = read_write(call);
  if (!write) return tl::unexpected(write.error());
  const auto fields = read_fields(call, "fields", true);
  if (!fields) return tl::unexpected(fields.error());
  if (call.json["template"].is_null()) {
    return written(call, call.services.registry->create((*definition)->id, *fields, *write), 201);
  }
  const auto whole = over_template(call, **definition, *fields);
  if (!whole) return call.refused(whole.error());
  return written(call, call.services.registry->create((*definition)->id, *whole, *write), 201);
}

Json conflicts_json(const std::vector<registry::Conflict>& conflicts) {
  Json out = Json::array();
  for (const auto& conflict : conflicts) {
    out.push(Json::object({{"field", conflict.field},
                           {"yours", conflict.yours},
                           {"theirs", conflict.theirs},
                           {"changed_by", conflict.by},
                           {"changed_at", base::to_iso(conflict.at)}}));
  }
  return out;
}

/// 412: what stands is not what the editor saw.
Response stale(const Call& call, const base::Error& error, Json conflicts) {
  Problem problem = to_problem(error);
  problem.status = 412;
  problem.conflicts = std::move(conflicts);
  return call.problem(problem);
}

Answer patch_record(Call& call) {
  const auto write = read_write(call);
  if (!write) return tl::unexpected(write.error());
  const auto record = find_record(call, call.part("register"));
  if (!record) return tl::unexpected(record.error());
  const auto& base = call.json["base_revision"];
  if (!base.is_int()) {
    return base::fail(base::Code::kMalformed, "the revision that the editor saw", "base_revision");
  }
  const auto fields = read_fields(call, "fields", true);
  if (!fields) return tl::unexpected(fields.error());
  auto& registry = *call.services.registry;
  const auto done = registry.patch(record->register_id, record->id, base.as_int(), *fields, *write);
  if (done || done.error().code != base::Code::kConflict) return written(call, done, 200);
  const auto conflicts = registry::seen_by(
      *registry.definition(record->register_id),
      registry.conflicts(record->register_id, record->id, base.as_int(), *fields), call.actor());
  // A value that is not unique is a conflict with another record, not with another editor.
  if (conflicts.empty()) return call.refused(done.error());
  return stale(call, done.error(), conflicts_json(conflicts));
}

Answer remove_record(Call& call) {
  const auto write = read_write(call);
  if (!write) return tl::unexpected(write.error());
  const auto record = find_record(call, call.part("register"));
  if (!record) return tl::unexpected(record.error());
  if (call.text("base_revision").empty()) {
    return base::fail(base::Code::kMalformed, "the parameter is required", "base_revision");
  }
  const auto base = call.integer("base_revision", 0, 0, INT64_MAX);
  if (!base) return tl::unexpected(base.error());
  const auto done = call.services.registry->remove(record->register_id, record->id, *base, *write);
  if (!done && done.error().code == base::Code::kConflict && record->revision != *base) {
    return stale(call, done.error(), {});
  }
  return written(call, done, 200);
}

Answer get_history(Call& call) {
  const auto record = find_record(call, call.part("register"));
  if (!record) return tl::unexpected(record.error());
  auto lines = call.services.registry->history_for(call.actor(), record->register_id, record->id);
  std::stable_sort(lines.begin(), lines.end(),
                   [](const auto& a, const auto& b) { return a.revision > b.revision; });
  Json items = Json::array();
  for (const auto& line : lines) {
    Json item = Json::object({{"revision", line.revision},
                              {"field", line.field},
                              {"actor", line.actor},
                              {"at", base::to_iso(line.at)}});
    if (!line.before.is_null()) item.set("before", line.before);
    if (!line.after.is_null()) item.set("after", line.after);
    if (!line.note.empty()) item.set("note", line.note);
    items.push(std::move(item));
  }
  return json_response(Json::object({{"items", std::move(items)}}));
}

Answer get_transitions(Call& call) {
  const auto record = find_record(call, call.part("register"));
  if (!record) return tl::unexpected(record.error());
  return json_response(Json::object(
      {{"items", call.services.registry->transitions_for(*record, call.actor(), call.now)}}));
}

Answer run_transition(Call& call) {
  const auto write = read_write(call);
  if (!write) return tl::unexpected(write.error());
  const auto record = find_record(call, call.part("register"));
  if (!record) return tl::unexpected(record.error());
  const auto key = call.required_text("transition");
  if (!key) return tl::unexpected(key.error());
  const auto input = read_fields(call, "input", false);
  if (!input) return tl::unexpected(input.error());
  return written(
      call,
      call.services.registry->transition(record->register_id, record->id, *key, *input, *write),
      200);
}

}  // namespace

void add_records(Router& router) {
  const std::string list = "/registers/{register}/records";
  const std::string one = list + "/{record}";
  router.add({Method::kGet, list, list_records});
  router.add({Method::kPost, list, create_record, Body::kJson});
  router.add({Method::kGet, one, get_record});
  router.add({Method::kPatch, one, patch_record, Body::kJson});
  router.add({Method::kDelete, one, remove_record});
  router.add({Method::kGet, one + "/history", get_history});
  router.add({Method::kGet, one + "/transitions", get_transitions});
  router.add({Method::kPost, one + "/transitions", run_transition, Body::kJson});
}

}  // namespace jinglue::serve
