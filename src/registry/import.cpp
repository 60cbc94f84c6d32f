// SPDX-License-Identifier: Apache-2.0
#include "registry/import.hpp"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <set>

#include "base/ids.hpp"
#include "base/local_time.hpp"
#include "registry/csv.hpp"
#include "registry/detail/rights.hpp"
#include "registry/detail/row.hpp"
#include "registry/detail/value.hpp"
#include "registry/mapping.hpp"
#include "registry/sight.hpp"
#include "registry/standing.hpp"
#include "registry/table_file.hpp"
#include "store/database.hpp"

namespace jinglue::registry {
namespace {

using base::Code;
using base::Json;
using base::Result;

constexpr std::size_t kTellEvery = 500;  // rows

/// One row of the file, read; what it would do is decided by write_row().
struct Candidate {
  std::size_t line{0};
  std::string id, number;  ///< of the record, where the file says them
  Json fields = Json::object();
  std::vector<base::Error> errors;
  std::vector<std::string> columns;  ///< headings, beside `errors`
  void refuse(base::Error error, std::string heading) {
    errors.push_back(std::move(error));
    columns.push_back(std::move(heading));
  }
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

/// What one column of the file is.
struct Column {
  enum class Is { kLeftOut, kField, kId, kNumber, kUnknown };
  Is is{Is::kLeftOut};
  const Field* field{nullptr};
  std::string heading;
};
struct Columns {
  std::vector<Column> all;
  std::vector<std::string> left_out;
};

Column column_named(const Definition& d, const std::string& heading, const std::string& name,
                    const access::Actor& actor) {
  using Is = Column::Is;
  const auto trimmed = base::trim(name);
  if (trimmed.empty()) return {Is::kLeftOut, nullptr, heading};
  const Field* f = field_for(d, trimmed);
  if (f != nullptr && sight_of(*f, actor) != Sight::kNone) return {Is::kField, f, heading};
  if (trimmed == "id") return {Is::kId, nullptr, heading};
  if (trimmed == "number" && !d.number_pattern.empty()) return {Is::kNumber, nullptr, heading};
  return {Is::kLeftOut, nullptr, heading};
}

Result<Columns> columns_of(const Definition& d, const Table& table, const ImportOptions& options,
                           const access::Actor& actor) {
  Columns out;
  std::set<const Field*> seen;
  for (const auto& heading : table.headings) {
    const auto mapped = std::find_if(options.mapping.begin(), options.mapping.end(),
                                     [&](const auto& m) { return m.first == base::trim(heading); });
    const std::string name = mapped == options.mapping.end() ? heading : mapped->second;
    Column column = column_named(d, std::string(base::trim(heading)), name, actor);
    const bool left_out = column.is == Column::Is::kLeftOut;
    if (left_out && !base::trim(name).empty() && !is_of_the_record(name)) {
      column.is = Column::Is::kUnknown;
      if (table.by_row) {
        out.all.push_back(std::move(column));
        continue;
      }
      return base::fail(Code::kUnknown,
                        "the register '" + d.id + "' has no field for the column '" +
                            std::string(base::trim(heading)) + "'",
                        "heading", "use a field's key or name, or map the column");
    }
    if (column.field != nullptr && !seen.insert(column.field).second && !table.by_row) {
      return base::fail(Code::kConflict, "two columns for the field '" + column.field->key + "'",
                        "heading");
    }
    if (column.field == nullptr) out.left_out.push_back(heading);
    out.all.push_back(std::move(column));
  }
  if (seen.empty()) return base::fail(Code::kMissing, "no column belongs to a field", "heading");
  return out;
}

/// Where links are looked for, and for whom.
struct Source {
  const Registry& registry;
  const access::Actor& actor;
  const std::string& zone;  ///< of times that name none; may be empty
};

/// A link may be written as the linked record's number, or as the value of a unique field or of
/// its title, when exactly one record that the person sees has it: a file must not tell what
/// records there are beyond that.
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

/// "2024-05-01 12:00", "2024/5/1 12:00:00": a time that names no zone.
std::optional<base::CivilTime> local_time(std::string_view text) {
  base::CivilTime t;
  char date[2] = {0, 0}, between = 0;
  int used = 0;
  const std::string whole(text);
  const int read =
      std::sscanf(whole.c_str(), "%4d%c%2d%c%2d%c%2d:%2d%n:%2d%n", &t.year, &date[0], &t.month,
                  &date[1], &t.day, &between, &t.hour, &t.minute, &used, &t.second, &used);
  const bool signs = (date[0] == '-' || date[0] == '/') && date[0] == date[1] &&
                     (between == ' ' || between == 'T');
  if (read < 8 || !signs || std::size_t(used) != whole.size()) return std::nullopt;
  return t;
}

Result<Json> cell_value(const Source& source, const Field& f, const std::string& cell) {
  const auto text = base::trim(cell);
  if (f.type == FieldType::kInstant) {
    if (const auto local = local_time(text)) {
      if (source.zone.empty()) {
        return base::fail(Code::kMalformed, "the time names no zone", f.key,
                          "write 2024-05-01T12:00:00+08:00, or choose the zone of the file");
      }
      const auto instant = base::to_instant(*local, source.zone);
      if (!instant) return tl::unexpected(instant.error());
      return Json(base::to_iso(*instant));
    }
  }
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

void read_cell(const Source& source, const Column& column, const Json& cell, Candidate& out) {
  if (cell.is_null() || column.is == Column::Is::kLeftOut) return;
  if (column.is == Column::Is::kUnknown) {
    out.refuse({Code::kUnknown, "the register has no such field", column.heading,
                "map the column, or leave it out"},
               column.heading);
    return;
  }
  if (column.is != Column::Is::kField) {
    const std::string text(base::trim(unguarded(cell.as_string())));
    (column.is == Column::Is::kId ? out.id : out.number) = text;
    return;
  }
  const Field& f = *column.field;
  auto value =
      cell.is_string()
          ? cell_value(source, f, is_text(f) ? unguarded(cell.as_string()) : cell.as_string())
          : detail::canonical(f, cell);
  if (!value) {
    out.refuse(value.error(), column.heading);
  } else if (!value->is_null()) {
    out.fields.set(f.key, std::move(*value));
  }
}

Candidate read_row(const Source& source, const Columns& columns, const TableRow& row) {
  Candidate out{row.line, {}, {}, Json::object(), {}, {}};
  if (row.cells.size() > columns.all.size()) {
    out.refuse({Code::kMalformed, "has more cells than the heading", "", ""}, {});
  }
  for (std::size_t i = 0; i < std::min(row.cells.size(), columns.all.size()); ++i) {
    read_cell(source, columns.all[i], row.cells[i], out);
  }
  return out;
}

std::string first_unique(const Columns& columns, const Definition& d) {
  for (const auto& f : d.fields) {
    const auto used = std::any_of(columns.all.begin(), columns.all.end(),
                                  [&](const Column& c) { return c.field == &f; });
    if (f.unique && used) return f.key;
  }
  return {};
}

/// Writes rows through the engine; the caller decides whether it stays.
class Importer {
 public:
  Importer(Registry& registry, const Definition& d, std::string match, std::string unique,
           const Write& write)
      : m_registry(registry),
        m_definition(d),
        m_match(std::move(match)),
        m_unique(std::move(unique)),
        m_write(write) {
    m_write.idempotency_key.clear();  // one key stands for the whole file
  }

  ImportRow write_row(const Candidate& candidate) {
    ImportRow out;
    out.line = candidate.line;
    out.errors = candidate.errors;
    out.columns = candidate.columns;
    out.title = candidate.fields[m_definition.title_field].as_string();
    if (!out.errors.empty()) return out;
    auto found = find(candidate);
    if (!found) {
      out.errors.push_back(found.error());
      out.columns.push_back(found.error().where);
      return out;
    }
    const auto& existing = *found;
    auto record = existing ? m_registry.patch(m_definition.id, existing->id, existing->revision,
                                              candidate.fields, m_write)
                           : m_registry.create(m_definition.id, candidate.fields, m_write);
    if (!record) {
      out.errors.push_back(record.error());
      out.columns.emplace_back();
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
  Result<std::optional<Record>> find(const Candidate& c) const {
    const bool free = m_match.empty();
    if (!c.id.empty() && (free || m_match == "id")) return by_id(c.id);
    if (!c.number.empty() && (free || m_match == "number")) {
      return known(m_registry.find_by(m_definition.id, "number", c.number), "number", c.number);
    }
    const Field* f = m_definition.field(free ? m_unique : m_match);
    if (f == nullptr || c.fields[f->key].is_null()) return std::optional<Record>();
    return m_registry.records().read(
        [&](store::Db& db) { return detail::find_record(db, m_definition, *f, c.fields[f->key]); });
  }
  Result<std::optional<Record>> by_id(const std::string& id) const {
    auto record = m_registry.find(m_definition.id, id);
    if (record && record->removed) record.reset();
    return known(std::move(record), "id", id);
  }
  /// A row that names its record is never a new one.
  static Result<std::optional<Record>> known(std::optional<Record> record, const char* by,
                                             const std::string& value) {
    if (record) return record;
    return base::fail(Code::kMissing, std::string("no record has the ") + by + " '" + value + "'",
                      by, "leave the cell empty for a new record, or leave the column out");
  }

  Registry& m_registry;
  const Definition& m_definition;
  std::string m_match, m_unique;
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

struct Undone {};

bool goes_on(const ImportOptions& options, std::size_t done, std::size_t all) {
  return !options.progress || (done % kTellEvery != 0 && done != all) ||
         options.progress(done, all);
}

/// A dry run is the real run undone at its end: it meets every check, also between rows.
ImportReport run(Registry& registry, const Definition& d, const Columns& columns,
                 const std::vector<Candidate>& rows, const ImportOptions& options,
                 const Write& write, const std::function<void()>& last) {
  ImportReport report;
  Importer importer(registry, d, options.match, first_unique(columns, d), write);
  try {
    registry.records().write_whole([&](store::Db&) {
      for (const auto& row : rows) {
        report.rows.push_back(importer.write_row(row));
        if (goes_on(options, rows.size() + report.rows.size(), 2 * rows.size())) continue;
        report.cancelled = true;
        throw Undone{};
      }
      count(report);
      if (options.dry_run || (report.refused > 0 && !options.skip_bad_rows)) throw Undone{};
      last();
    });
    report.written = true;
  } catch (const Undone&) {
  }
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
  if (auto enabled = check_enabled(*d); !enabled) return tl::unexpected(enabled.error());
  const bool named = options.match == "id" || options.match == "number" || options.match == "new";
  const Field* match = d->field(options.match);
  const bool seen = match != nullptr && sight_of(*match, write.actor) != Sight::kNone;
  if (!options.match.empty() && !named && !seen) {
    return base::fail(Code::kUnknown, "the register '" + d->id + "' has no such field",
                      options.match);
  }
  const auto allowed = access::authorise(write.actor, access::Action::kImportRegister,
                                         {d->id, write.actor.district});
  if (!allowed) return tl::unexpected(allowed.error());
  return d;
}

/// What was mapped by hand is remembered with the headings.
void remember(Registry& registry, const Definition& d, const Table& table,
              const ImportOptions& options, const Write& write) {
  if (!options.mapping.empty()) {
    remember_mapping(registry, d.id, table.headings, options.mapping, write);
  }
}

}  // namespace

Result<ImportReport> import_table(Registry& registry, const std::string& register_id,
                                  const Table& table, const ImportOptions& options,
                                  const Write& write) {
  const auto d = start(registry, register_id, options, write);
  if (!d) return tl::unexpected(d.error());
  const auto columns = columns_of(**d, table, options, write.actor);
  if (!columns) return tl::unexpected(columns.error());
  const Source source{registry, write.actor, options.zone};
  std::vector<Candidate> candidates;
  candidates.reserve(table.rows.size());
  ImportReport report;
  for (const auto& row : table.rows) {
    candidates.push_back(read_row(source, *columns, row));
    if (goes_on(options, candidates.size(), 2 * table.rows.size())) continue;
    report.cancelled = true;
    return report;
  }
  report = run(registry, **d, *columns, candidates, options, write,
               [&] { remember(registry, **d, table, options, write); });
  report.left_out = columns->left_out;
  return report;
}

Result<ImportReport> import_csv(Registry& registry, const std::string& register_id,
                                std::string_view bytes, const ImportOptions& options,
                                const Write& write) {
  const auto d = start(registry, register_id, options, write);
  if (!d) return tl::unexpected(d.error());
  const auto table = read_table(**d, bytes, FileFormat::kCsv);
  if (!table) return tl::unexpected(table.error());
  return import_table(registry, register_id, *table, options, write);
}

Result<ImportReport> import_geojson(Registry& registry, const std::string& register_id,
                                    std::string_view bytes, const ImportOptions& options,
                                    const Write& write) {
  const auto d = start(registry, register_id, options, write);
  if (!d) return tl::unexpected(d.error());
  const auto table = read_table(**d, bytes, FileFormat::kGeoJson);
  if (!table) return tl::unexpected(table.error());
  return import_table(registry, register_id, *table, options, write);
}

Result<std::string> export_csv(const Registry& registry, const std::string& register_id,
                               Query query, const access::Actor& actor) {
  return export_table(registry, register_id, std::move(query), actor, {});
}

Json ImportReport::to_json() const {
  constexpr const char* kResults[] = {"created", "changed", "unchanged", "refused"};
  Json list = Json::array();
  for (const auto& row : rows) {
    Json wrong = Json::array();
    for (std::size_t i = 0; i < row.errors.size(); ++i) {
      const auto& e = row.errors[i];
      wrong.push(Json::object({{"field", e.where},
                               {"column", i < row.columns.size() ? row.columns[i] : ""},
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
