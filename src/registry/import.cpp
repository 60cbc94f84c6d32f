// SPDX-License-Identifier: Apache-2.0
#include "registry/import.hpp"

#include <algorithm>
#include <set>

#include "base/ids.hpp"
#include "registry/csv.hpp"
#include "registry/detail/rights.hpp"
#include "registry/detail/value.hpp"
#include "registry/sight.hpp"

namespace jinglue::registry {
namespace {

using base::Code;
using base::Json;
using base::Result;

constexpr std::size_t kMostRows = 200'000;

/// One row of the file, read; what it would do is decided by write_row().
struct Candidate {
  std::size_t line{0};
  Json fields = Json::object();
  std::vector<base::Error> errors;
};

const Field* field_for(const Definition& d, std::string_view heading) {
  const auto name = base::trim(heading);
  if (const Field* f = d.field(name); f != nullptr) return f;
  const std::string lower = base::to_lower_ascii(name);
  for (const auto& f : d.fields) {
    if (f.name.zh == name || base::to_lower_ascii(f.name.en) == lower) return &f;
  }
  return nullptr;
}

/// Columns that export_csv() and the API give beside the fields.
bool is_of_the_record(std::string_view heading) {
  static const std::set<std::string_view> kNames = {
      "id", "number", "revision", "state", "created_at", "created_by", "changed_at", "changed_by"};
  return kNames.contains(base::trim(heading));
}

struct Columns {
  std::vector<const Field*> fields;  ///< null: left out
  std::vector<std::string> left_out;
};

Result<Columns> columns_of(const Definition& d, const std::vector<std::string>& headings,
                           const ImportOptions& options) {
  Columns out;
  std::set<const Field*> seen;
  for (const auto& heading : headings) {
    const auto mapped = std::find_if(options.mapping.begin(), options.mapping.end(),
                                     [&](const auto& m) { return m.first == base::trim(heading); });
    const std::string name = mapped == options.mapping.end() ? heading : mapped->second;
    const Field* f = name.empty() ? nullptr : field_for(d, name);
    const bool leave = base::trim(name).empty() || (f == nullptr && is_of_the_record(name));
    if (f == nullptr && !leave) {
      return base::fail(Code::kUnknown,
                        "the register '" + d.id + "' has no field for the column '" +
                            std::string(base::trim(heading)) + "'",
                        "heading", "use a field's key or name, or map the column");
    }
    if (f != nullptr && !seen.insert(f).second) {
      return base::fail(Code::kConflict, "two columns for the field '" + f->key + "'", "heading");
    }
    if (leave) out.left_out.push_back(heading);
    out.fields.push_back(f);
  }
  if (seen.empty()) return base::fail(Code::kMissing, "no column belongs to a field", "heading");
  return out;
}

/// Where links are looked for, and for whom.
struct Source {
  const Registry& registry;
  const access::Actor& actor;
};

/// A link may be written as the linked record's number, or as the value of a unique field or of
/// its title, when exactly one record that the person sees has it.
Result<Json> resolve_link(const Source& source, const Field& f, const std::string& text) {
  if (base::is_uuid(text)) return Json(text);  // looked for when the row is written
  const Definition* target = source.registry.definition(f.link);
  std::vector<std::string> ways;
  if (!target->number_pattern.empty()) ways.emplace_back("number");
  for (const auto& other : target->fields) {
    if (other.unique) ways.push_back(other.key);
  }
  ways.push_back(target->title_field);
  for (const auto& way : ways) {
    Query query;
    query.equals = {{way, text}};
    query.limit = 2;
    const auto page = source.registry.list_for(source.actor, f.link, query);
    if (!page || page->items.empty()) continue;
    if (page->items.size() == 1) return Json(page->items.front().id);
    return base::fail(Code::kConflict, "'" + text + "' names several records of " + f.link, f.key,
                      "write the record id");
  }
  return base::fail(Code::kMissing, "'" + text + "' names no record of " + f.link, f.key);
}

Result<Json> cell_value(const Source& source, const Field& f, const std::string& cell) {
  const auto text = base::trim(cell);
  if (text.empty() || (f.type != FieldType::kLink && f.type != FieldType::kLinks)) {
    return detail::from_text(f, text);
  }
  if (f.type == FieldType::kLink) return resolve_link(source, f, std::string(text));
  Json out = Json::array();
  for (const auto part : base::split(text, ';')) {
    if (base::trim(part).empty()) continue;
    auto link = resolve_link(source, f, std::string(base::trim(part)));
    if (!link) return link;
    out.push(std::move(*link));
  }
  return out;
}

/// Whether the cells of a field are text to a spreadsheet; numbers are not guarded.
bool is_text(const Field& f) {
  return f.type != FieldType::kInteger && f.type != FieldType::kNumber &&
         f.type != FieldType::kMoney;
}

Candidate read_row(const Source& source, const Columns& columns, const CsvRow& row) {
  Candidate out{row.line, Json::object(), {}};
  if (row.cells.size() > columns.fields.size()) {
    out.errors.push_back({Code::kMalformed, "has more cells than the heading", "", ""});
  }
  for (std::size_t i = 0; i < std::min(row.cells.size(), columns.fields.size()); ++i) {
    const Field* f = columns.fields[i];
    if (f == nullptr) continue;
    auto value = cell_value(source, *f, is_text(*f) ? unguarded(row.cells[i]) : row.cells[i]);
    if (!value) {
      out.errors.push_back(value.error());
    } else if (!value->is_null()) {
      out.fields.set(f->key, std::move(*value));
    }
  }
  return out;
}

std::string match_field(const Definition& d, const std::vector<Candidate>& rows,
                        const std::string& wanted) {
  if (!wanted.empty()) return wanted;
  for (const auto& f : d.fields) {
    const bool used = std::any_of(rows.begin(), rows.end(),
                                  [&](const Candidate& c) { return c.fields.has(f.key); });
    if (f.unique && used) return f.key;
  }
  return {};
}

/// Writes rows through the engine; the caller decides whether it stays.
class Importer {
 public:
  Importer(Registry& registry, const Definition& d, std::string match, const Write& write)
      : m_registry(registry), m_definition(d), m_match(std::move(match)), m_write(write) {
    m_write.idempotency_key.clear();  // one key stands for the whole file
  }

  ImportRow write_row(const Candidate& candidate) {
    ImportRow out;
    out.line = candidate.line;
    out.errors = candidate.errors;
    out.title = candidate.fields[m_definition.title_field].as_string();
    if (!out.errors.empty()) return out;
    const auto existing = find(candidate);
    auto record = existing ? m_registry.patch(m_definition.id, existing->id, existing->revision,
                                              candidate.fields, m_write)
                           : m_registry.create(m_definition.id, candidate.fields, m_write);
    if (!record) {
      out.errors.push_back(record.error());
      return out;
    }
    out.id = record->id;
    const bool same = existing && existing->revision == record->revision;
    out.result = !existing ? ImportRow::Result::kCreated
                 : same    ? ImportRow::Result::kUnchanged
                           : ImportRow::Result::kChanged;
    return out;
  }

 private:
  std::optional<Record> find(const Candidate& candidate) const {
    const Field* f = m_definition.field(m_match);
    if (f == nullptr || candidate.fields[m_match].is_null()) return std::nullopt;
    return m_registry.find_by(m_definition.id, m_match,
                              detail::to_text(*f, candidate.fields[m_match]));
  }

  Registry& m_registry;
  const Definition& m_definition;
  std::string m_match;
  Write m_write;
};

void count(ImportReport& report) {
  for (const auto& row : report.rows) {
    switch (row.result) {
      case ImportRow::Result::kCreated:
        ++report.created;
        break;
      case ImportRow::Result::kChanged:
        ++report.changed;
        break;
      case ImportRow::Result::kUnchanged:
        ++report.unchanged;
        break;
      case ImportRow::Result::kRefused:
        ++report.refused;
        break;
    }
  }
}

/// A dry run is the real run undone at its end: it meets every check, also between rows.
ImportReport run(Registry& registry, const Definition& d, const std::vector<Candidate>& rows,
                 const ImportOptions& options, const Write& write) {
  ImportReport report;
  Importer importer(registry, d, match_field(d, rows, options.match), write);
  const auto done = registry.together([&]() -> base::Status {
    for (const auto& row : rows) report.rows.push_back(importer.write_row(row));
    count(report);
    const bool stays = !options.dry_run && (report.refused == 0 || options.skip_bad_rows);
    if (stays) return {};
    return base::fail(Code::kConflict, "nothing was written");
  });
  report.written = done.has_value();
  if (!report.written) {  // ids of records that were never made would mislead
    for (auto& row : report.rows) {
      if (row.result == ImportRow::Result::kCreated) row.id.clear();
    }
  }
  return report;
}

Result<const Definition*> start(const Registry& registry, const std::string& register_id,
                                const ImportOptions& options, const Write& write) {
  const Definition* d = registry.definition(register_id);
  if (d == nullptr) {
    return base::fail(Code::kUnknown, "there is no register '" + register_id + "'");
  }
  if (!options.match.empty() && d->field(options.match) == nullptr) {
    return base::fail(Code::kUnknown, "the register '" + d->id + "' has no such field",
                      options.match);
  }
  const auto allowed = access::authorise(write.actor, access::Action::kImportRegister,
                                         {d->id, write.actor.district});
  if (!allowed) return tl::unexpected(allowed.error());
  return d;
}

base::Status check_size(std::size_t rows) {
  if (rows <= kMostRows) return {};
  return base::fail(Code::kTooLarge, "more than " + std::to_string(kMostRows) + " rows", {},
                    "split the file");
}

Candidate read_feature(const Source& source, const Definition& d, const Json& feature,
                       std::size_t number) {
  Candidate out{number, Json::object(), {}};
  for (const auto& [name, value] : feature["properties"].members()) {
    const Field* f = field_for(d, name);
    if (f == nullptr && is_of_the_record(name)) continue;
    if (f == nullptr) {
      out.errors.push_back({Code::kUnknown, "the register has no such field", name, ""});
      continue;
    }
    auto good = value.is_string() ? cell_value(source, *f, value.as_string())
                                  : detail::canonical(*f, value);
    if (!good)
      out.errors.push_back(good.error());
    else if (!good->is_null())
      out.fields.set(f->key, std::move(*good));
  }
  const auto place = std::find_if(d.fields.begin(), d.fields.end(),
                                  [](const Field& f) { return f.type == FieldType::kGeometry; });
  if (feature["geometry"].is_null() || place == d.fields.end()) return out;
  auto geometry = detail::canonical(*place, feature["geometry"]);
  if (geometry)
    out.fields.set(place->key, std::move(*geometry));
  else
    out.errors.push_back(geometry.error());
  return out;
}

}  // namespace

Result<ImportReport> import_csv(Registry& registry, const std::string& register_id,
                                std::string_view bytes, const ImportOptions& options,
                                const Write& write) {
  const auto d = start(registry, register_id, options, write);
  if (!d) return tl::unexpected(d.error());
  const auto rows = read_csv(bytes);
  if (!rows) return tl::unexpected(rows.error());
  if (rows->empty()) return base::fail(Code::kMissing, "the file has no heading", "line 1");
  if (auto fits = check_size(rows->size()); !fits) return tl::unexpected(fits.error());
  const auto columns = columns_of(**d, rows->front().cells, options);
  if (!columns) return tl::unexpected(columns.error());
  std::vector<Candidate> candidates;
  for (std::size_t i = 1; i < rows->size(); ++i) {
    candidates.push_back(read_row({registry, write.actor}, *columns, (*rows)[i]));
  }
  ImportReport report = run(registry, **d, candidates, options, write);
  report.left_out = columns->left_out;
  return report;
}

Result<ImportReport> import_geojson(Registry& registry, const std::string& register_id,
                                    std::string_view bytes, const ImportOptions& options,
                                    const Write& write) {
  const auto d = start(registry, register_id, options, write);
  if (!d) return tl::unexpected(d.error());
  const auto json = base::parse_json(bytes);
  if (!json) return tl::unexpected(json.error());
  const auto& features = (*json)["features"].items();
  if ((*json)["type"].as_string() != "FeatureCollection") {
    return base::fail(Code::kMalformed, "not a GeoJSON FeatureCollection", "type");
  }
  if (auto fits = check_size(features.size()); !fits) return tl::unexpected(fits.error());
  std::vector<Candidate> candidates;
  candidates.reserve(features.size());
  for (std::size_t i = 0; i < features.size(); ++i) {
    candidates.push_back(read_feature({registry, write.actor}, **d, features[i], i + 1));
  }
  return run(registry, **d, candidates, options, write);
}

Result<std::string> export_csv(const Registry& registry, const std::string& register_id,
                               Query query, const access::Actor& actor) {
  const Definition* d = registry.definition(register_id);
  if (d == nullptr) {
    return base::fail(Code::kUnknown, "there is no register '" + register_id + "'");
  }
  std::string out = "\xEF\xBB\xBF";
  std::vector<std::string> cells;
  cells.reserve(d->fields.size());
  std::vector<const Field*> shown;
  for (const auto& f : d->fields) {
    if (sight_of(f, actor) != Sight::kNone) shown.push_back(&f);
  }
  for (const Field* f : shown) cells.push_back(f->key);
  append_csv_row(out, cells);
  query.limit = 1000;
  query.cursor.clear();
  do {
    const auto page = registry.list_for(actor, register_id, query);
    if (!page) return tl::unexpected(page.error());
    for (const auto& record : page->items) {
      cells.clear();
      for (const Field* f : shown) {
        auto text = detail::to_text(*f, record.fields[f->key]);
        cells.push_back(is_text(*f) ? guarded(std::move(text)) : std::move(text));
      }
      append_csv_row(out, cells);
    }
    query.cursor = page->next;
  } while (!query.cursor.empty());
  return out;
}

Json ImportReport::to_json() const {
  constexpr const char* kResults[] = {"created", "changed", "unchanged", "refused"};
  Json list = Json::array();
  for (const auto& row : rows) {
    Json wrong = Json::array();
    for (const auto& e : row.errors) {
      wrong.push(Json::object({{"field", e.where},
                               {"code", base::to_text(e.code)},
                               {"message", e.message},
                               {"hint", e.hint}}));
    }
    list.push(Json::object({{"line", std::uint64_t{row.line}},
                            {"result", kResults[int(row.result)]},
                            {"id", row.id},
                            {"title", row.title},
                            {"errors", std::move(wrong)}}));
  }
  Json out_of = Json::array();
  for (const auto& heading : left_out) out_of.push(heading);
  return Json::object({{"created", std::uint64_t{created}},
                       {"changed", std::uint64_t{changed}},
                       {"unchanged", std::uint64_t{unchanged}},
                       {"refused", std::uint64_t{refused}},
                       {"written", written},
                       {"left_out", std::move(out_of)},
                       {"rows", std::move(list)}});
}

}  // namespace jinglue::registry
