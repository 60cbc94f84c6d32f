// SPDX-License-Identifier: Apache-2.0
// /registers/{register}/import and export: many records at once, in every format of
// registry/table_file.hpp, through the same checks as one.
#include "registry/import.hpp"
#include "registry/mapping.hpp"
#include "registry/sight.hpp"
#include "registry/table_file.hpp"
#include "serve/api/call.hpp"
#include "serve/form/find_record.hpp"
#include "serve/form/question.hpp"
#include "serve/form/record_query.hpp"
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

/// What each row does, or would do.
Json rows_json(const registry::ImportReport& report) {
  constexpr const char* kResults[] = {"created", "changed", "unchanged", "refused"};
  Json out = Json::array();
  for (const auto& row : report.rows) {
    Json item =
        Json::object({{"line", std::uint64_t{row.line}}, {"result", kResults[int(row.result)]}});
    if (!row.id.empty()) item.set("id", row.id);
    if (!row.title.empty()) item.set("title", row.title);
    out.push(std::move(item));
  }
  return out;
}

base::Status may_import(const Call& call, const registry::Definition& definition) {
  return access::authorise(call.actor(), access::Action::kImportRegister,
                           {definition.id, call.actor().district});
}

base::Result<registry::FileFormat> read_file_format(const Call& call, bool guess) {
  const std::string key = call.text("format");
  if (const auto format = registry::file_format_from(key)) return *format;
  if (!key.empty()) {
    return base::fail(base::Code::kMalformed, "there is no such format", "format",
                      "csv, xlsx, geojson, gpkg, shp or kml");
  }
  if (!guess) return registry::FileFormat::kCsv;
  return registry::guess_format(call.request.body, call.text("name"));
}

base::Result<registry::Table> read_body_table(const Call& call,
                                              const registry::Definition& definition) {
  const auto format = read_file_format(call, true);
  if (!format) return tl::unexpected(format.error());
  return registry::read_table(definition, call.request.body, *format, call.text("sheet"));
}

/// "map": HEADING=FIELD, as often as there are columns to name; an empty field leaves one out.
base::Result<registry::Mapping> read_mapping(const Call& call) {
  registry::Mapping out;
  for (const auto& [name, value] : call.request.query) {
    if (name != "map") continue;
    const auto sign = value.rfind('=');
    if (sign == std::string::npos) {
      return base::fail(base::Code::kMalformed, "not HEADING=FIELD", "map");
    }
    out.emplace_back(base::trim(std::string_view(value).substr(0, sign)), value.substr(sign + 1));
  }
  return out;
}

base::Result<registry::ImportOptions> read_import(const Call& call) {
  registry::ImportOptions out;
  const auto dry = call.flag("dry_run");
  if (!dry) return tl::unexpected(dry.error());
  const auto skip = call.flag("skip_bad_rows");
  if (!skip) return tl::unexpected(skip.error());
  auto mapping = read_mapping(call);
  if (!mapping) return tl::unexpected(mapping.error());
  out.dry_run = dry->value_or(true);
  out.skip_bad_rows = skip->value_or(false);
  out.mapping = std::move(*mapping);
  out.match = call.text("key");
  out.zone = call.text("zone");
  out.progress = [&call](std::size_t, std::size_t) {
    return !call.request.gone || !call.request.gone();
  };
  return out;
}

Answer import_records(Call& call) {
  const auto definition = find_register(call);
  if (!definition) return tl::unexpected(definition.error());
  if (auto may = may_import(call, **definition); !may) return tl::unexpected(may.error());
  const auto options = read_import(call);
  if (!options) return tl::unexpected(options.error());
  const auto with_rows = call.flag("rows");
  if (!with_rows) return tl::unexpected(with_rows.error());
  const auto key = call.idempotency_key(!options->dry_run);
  if (!key) return tl::unexpected(key.error());
  const auto table = read_body_table(call, **definition);
  if (!table) return call.refused(table.error());
  const registry::Write write{call.actor(), call.now, *key, call.text("note")};
  const auto report =
      registry::import_table(*call.services.registry, (*definition)->id, *table, *options, write);
  if (!report) return call.refused(report.error());
  Json out = Json::object({{"dry_run", options->dry_run},
                           {"written", report->written},
                           {"lines", report->rows.size()},
                           {"created", report->created},
                           {"changed", report->changed},
                           {"unchanged", report->unchanged},
                           {"refused", report->refused},
                           {"left_out", left_out_json(*report)},
                           {"errors", errors_json(*report)}});
  if (with_rows->value_or(false)) out.set("rows", rows_json(*report));
  return json_response(out);
}

/// What the columns of a file are taken for, before anything is read into the register.
Answer propose_columns(Call& call) {
  const auto definition = find_register(call);
  if (!definition) return tl::unexpected(definition.error());
  if (auto may = may_import(call, **definition); !may) return tl::unexpected(may.error());
  const auto table = read_body_table(call, **definition);
  if (!table) return call.refused(table.error());
  const auto& registry = *call.services.registry;
  const auto seen = registry::seen_definition(**definition, call.actor());
  const auto remembered = registry::remembered_mapping(registry, seen.id, table->headings);
  Json columns = Json::array();
  for (const auto& one : registry::propose_mapping(seen, table->headings, remembered)) {
    columns.push(Json::object(
        {{"heading", one.heading}, {"field", one.field}, {"how", registry::to_key(one.how)}}));
  }
  return json_response(Json::object(
      {{"lines", std::uint64_t{table->rows.size()}}, {"columns", std::move(columns)}}));
}

Answer export_as(Call& call, registry::FileFormat format) {
  const auto definition = find_register(call);
  if (!definition) return tl::unexpected(definition.error());
  const auto query = read_record_query(call);
  if (!query) return tl::unexpected(query.error());
  const auto record = call.flag("record");
  if (!record) return tl::unexpected(record.error());
  registry::ExportOptions options;
  options.format = format;
  options.of_record = record->value_or(false);
  if (call.text("header") != "keys") options.language = call.language;
  const std::string& id = (*definition)->id;
  auto file = registry::export_table(*call.services.registry, id, *query, call.actor(), options);
  if (!file) return tl::unexpected(file.error());
  const auto kind = registry::file_kind(format);
  Response out = bytes_response(std::move(*file), kind.media_type);
  out.headers.emplace_back("Cache-Control", "no-store");
  out.headers.emplace_back("Content-Disposition",
                           "attachment; filename=\"" + id + "." + kind.ending + "\"");
  call.services.access->audit(call.actor(), "register.export", id,
                              Json::object({{"format", registry::to_key(format)}}), call.now);
  return out;
}

Answer export_records(Call& call) {
  const auto format = read_file_format(call, false);
  if (!format) return tl::unexpected(format.error());
  return export_as(call, *format);
}

}  // namespace

void add_record_files(Router& router) {
  const std::string import = "/registers/{register}/import";
  router.add({.method = Method::kPost,
              .pattern = import,
              .handler = import_records,
              .body = Body::kTable,
              .large = true,
              .question = true});
  router.add({.method = Method::kPost,
              .pattern = import + "/columns",
              .handler = propose_columns,
              .body = Body::kTable,
              .large = true,
              .question = true});
  router.add({.method = Method::kGet,
              .pattern = "/registers/{register}/export",
              .handler = export_records,
              .question = true});
  router.add({Method::kGet, "/registers/{register}/export.csv",
              [](Call& call) { return export_as(call, registry::FileFormat::kCsv); }});
}

}  // namespace jinglue::serve
