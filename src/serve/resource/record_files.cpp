// SPDX-License-Identifier: Apache-2.0
// /registers/{register}/import and export.csv: many records at once, through the same checks as
// one.
#include "registry/csv.hpp"
#include "registry/import.hpp"
#include "registry/sight.hpp"
#include "serve/api/call.hpp"
#include "serve/form/find_record.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

Json errors_json(const registry::ImportReport& report) {
  Json out = Json::array();
  for (const auto& row : report.rows) {
    for (const auto& error : row.errors) {
      Json item = Json::object({{"line", std::uint64_t{row.line}},
                                {"code", base::to_text(error.code)},
                                {"message", error.message}});
      if (!error.where.empty()) item.set("field", error.where);
      if (!error.hint.empty()) item.set("hint", error.hint);
      out.push(std::move(item));
    }
  }
  return out;
}

Json left_out_json(const registry::ImportReport& report) {
  Json out = Json::array();
  for (const auto& heading : report.left_out) out.push(heading);
  return out;
}

Answer import_records(Call& call) {
  const auto definition = find_register(call);
  if (!definition) return tl::unexpected(definition.error());
  const auto may = access::authorise(call.actor(), access::Action::kImportRegister,
                                     {(*definition)->id, call.actor().district});
  if (!may) return tl::unexpected(may.error());
  const auto dry = call.flag("dry_run");
  if (!dry) return tl::unexpected(dry.error());
  registry::ImportOptions options;
  options.dry_run = dry->value_or(true);
  options.match = call.text("key");
  const auto key = call.idempotency_key(!options.dry_run);
  if (!key) return tl::unexpected(key.error());
  const registry::Write write{call.actor(), call.now, *key, call.text("note")};
  const auto report = registry::import_csv(*call.services.registry, (*definition)->id,
                                           call.request.body, options, write);
  if (!report) return call.refused(report.error());
  return json_response(Json::object({{"dry_run", options.dry_run},
                                     {"written", report->written},
                                     {"lines", report->rows.size()},
                                     {"created", report->created},
                                     {"changed", report->changed},
                                     {"unchanged", report->unchanged},
                                     {"refused", report->refused},
                                     {"left_out", left_out_json(*report)},
                                     {"errors", errors_json(*report)}}));
}

/// The engine's export has field keys as headings; people get the names of their language.
std::string with_names(const registry::Definition& definition, const std::string& csv,
                       const std::string& language, const access::Actor& actor) {
  const auto end = csv.find("\r\n");
  std::vector<std::string> names;
  names.reserve(definition.fields.size());
  for (const auto& field : definition.fields) {
    if (registry::sight_of(field, actor) != registry::Sight::kNone) {
      names.push_back(field.name.in(language));
    }
  }
  std::string out = "\xEF\xBB\xBF";
  registry::append_csv_row(out, names);
  return out.append(csv, end == std::string::npos ? csv.size() : end + 2);
}

Answer export_records(Call& call) {
  const auto definition = find_register(call);
  if (!definition) return tl::unexpected(definition.error());
  registry::Query query;
  query.text = call.text("q");
  query.equals = call.filters();
  auto csv = registry::export_csv(*call.services.registry, (*definition)->id, query, call.actor());
  if (!csv) return tl::unexpected(csv.error());
  if (call.text("header") != "keys")
    *csv = with_names(**definition, *csv, call.language, call.actor());
  Response out = bytes_response(std::move(*csv), "text/csv; charset=utf-8");
  out.headers.emplace_back("Cache-Control", "no-store");
  out.headers.emplace_back("Content-Disposition",
                           "attachment; filename=\"" + (*definition)->id + ".csv\"");
  call.services.access->audit(call.actor(), "register.export", (*definition)->id, {}, call.now);
  return out;
}

}  // namespace

void add_record_files(Router& router) {
  router.add({.method = Method::kPost,
              .pattern = "/registers/{register}/import",
              .handler = import_records,
              .body = Body::kCsv,
              .large = true});
  router.add({Method::kGet, "/registers/{register}/export.csv", export_records});
}

}  // namespace jinglue::serve
