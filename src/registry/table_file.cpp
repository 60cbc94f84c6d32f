// SPDX-License-Identifier: Apache-2.0
#include "registry/table_file.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "base/charset.hpp"
#include "registry/csv.hpp"
#include "registry/detail/table.hpp"
#include "registry/detail/value.hpp"
#include "registry/exchange/ogr.hpp"
#include "registry/exchange/xlsx_reader.hpp"
#include "registry/exchange/xlsx_writer.hpp"
#include "registry/sight.hpp"

namespace jinglue::registry {
namespace {

using base::Code;
using base::Json;
using base::Result;

struct Known {
  FileFormat format;
  std::string_view key;
  FileKind kind;
};
constexpr std::array<Known, 6> kFormats = {
    Known{FileFormat::kCsv, "csv", {"csv", "text/csv; charset=utf-8"}},
    {FileFormat::kXlsx,
     "xlsx",
     {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}},
    {FileFormat::kGeoJson, "geojson", {"geojson", "application/geo+json"}},
    {FileFormat::kGeoPackage, "gpkg", {"gpkg", "application/geopackage+sqlite3"}},
    {FileFormat::kShapefile, "shp", {"shp.zip", "application/zip"}},
    {FileFormat::kKml, "kml", {"kml", "application/vnd.google-earth.kml+xml"}}};

OgrFormat ogr_format(FileFormat format) {
  if (format == FileFormat::kShapefile) return OgrFormat::kShapefile;
  return format == FileFormat::kKml ? OgrFormat::kKml : OgrFormat::kGeoPackage;
}

base::Status check_rows(std::size_t rows) {
  if (rows <= kMaxTableRows) return {};
  return base::fail(Code::kTooLarge, "more than " + std::to_string(kMaxTableRows) + " rows", {},
                    "split the file");
}

Result<Table> csv_table(std::string_view bytes) {
  // Spreadsheets of Chinese offices save CSV as GB 18030.
  const auto other = base::is_utf8(bytes) ? std::nullopt : base::read_text(bytes);
  auto rows = read_csv(other ? std::string_view(other->text) : bytes);
  if (!rows) return tl::unexpected(rows.error());
  if (rows->empty()) return base::fail(Code::kMissing, "the file has no heading", "line 1");
  if (auto fits = check_rows(rows->size() - 1); !fits) return tl::unexpected(fits.error());
  Table out;
  for (const auto& heading : rows->front().cells) out.headings.emplace_back(base::trim(heading));
  out.rows.reserve(rows->size() - 1);
  for (std::size_t i = 1; i < rows->size(); ++i) {
    auto& row = (*rows)[i];
    out.rows.push_back({row.line, {}});
    for (auto& cell : row.cells) out.rows.back().cells.emplace_back(std::move(cell));
  }
  return out;
}

/// What LIBKML gives every feature besides its data.
bool is_of_kml(std::string_view name) {
  static constexpr std::array<std::string_view, 14> kNames = {
      "Name",       "Description", "description", "timestamp", "begin", "end",     "altitudeMode",
      "tessellate", "extrude",     "visibility",  "drawOrder", "icon",  "snippet", "id"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

Result<Table> feature_table(const Definition& d, std::string_view bytes, bool kml) {
  const auto json = base::parse_json(bytes, 512U << 20);
  if (!json) return tl::unexpected(json.error());
  if ((*json)["type"].as_string() != "FeatureCollection") {
    return base::fail(Code::kMalformed, "not a GeoJSON FeatureCollection", "type");
  }
  const auto& features = (*json)["features"].items();
  if (auto fits = check_rows(features.size()); !fits) return tl::unexpected(fits.error());
  Table out;
  out.by_row = true;
  const Field* place = detail::first_geometry(d);
  if (place != nullptr) out.headings.push_back(place->key);
  const auto column_of = [&](const std::string& name) {
    const auto it = std::find(out.headings.begin(), out.headings.end(), name);
    const auto at = std::size_t(it - out.headings.begin());
    if (at == out.headings.size()) out.headings.push_back(name);
    return at;
  };
  for (std::size_t i = 0; i < features.size(); ++i) {
    TableRow row{i + 1, {}};
    if (place != nullptr) row.cells.push_back(features[i]["geometry"]);
    for (const auto& [given, value] : features[i]["properties"].members()) {
      // LIBKML writes a field "name" as the feature's own name.
      const std::string name =
          kml && d.field(given) == nullptr ? base::to_lower_ascii(given) : given;
      const bool spare = kml && is_of_kml(name) && d.field(name) == nullptr;
      if (spare || (place != nullptr && name == place->key)) continue;
      const auto at = column_of(name);
      if (at >= kMaxTableColumns) {
        return base::fail(Code::kTooLarge, "the features have more than 1000 properties");
      }
      if (row.cells.size() <= at) row.cells.resize(at + 1);
      row.cells[at] = value;
    }
    out.rows.push_back(std::move(row));
  }
  if (out.headings.empty()) return base::fail(Code::kMissing, "the features have no property");
  return out;
}

bool is_number(const Field& f) {
  return f.type == FieldType::kInteger || f.type == FieldType::kNumber;
}

/// One column of an export.
struct Out {
  std::string heading;
  const Field* field{nullptr};  ///< null: of the record itself, by `heading`'s key
  std::string key;
};

std::vector<Out> columns_for(const Definition& d, const access::Actor& actor,
                             const ExportOptions& options) {
  std::vector<Out> out;
  if (options.of_record) {
    out.push_back({"id", nullptr, "id"});
    if (!d.number_pattern.empty()) out.push_back({"number", nullptr, "number"});
    if (!d.states.empty()) out.push_back({"state", nullptr, "state"});
  }
  for (const auto& f : d.fields) {
    if (sight_of(f, actor) == Sight::kNone) continue;
    out.push_back({options.language.empty() ? f.key : f.name.in(options.language), &f, f.key});
  }
  return out;
}

std::string text_of(const Out& column, const Record& r) {
  if (column.field != nullptr) return detail::to_text(*column.field, r.fields[column.key]);
  if (column.key == "id") return r.id;
  return column.key == "number" ? r.number : r.state;
}

base::Status each_record(const Registry& registry, const std::string& register_id, Query query,
                         const access::Actor& actor,
                         const std::function<void(const Record&)>& told) {
  query.limit = 1000;
  query.cursor.clear();
  do {
    const auto page = registry.list_for(actor, register_id, query);
    if (!page) return tl::unexpected(page.error());
    for (const auto& record : page->items) told(record);
    query.cursor = page->next;
  } while (!query.cursor.empty());
  return {};
}

SheetColumn::Kind kind_of(const Out& column) {
  if (column.field == nullptr) return SheetColumn::Kind::kText;
  if (is_number(*column.field)) return SheetColumn::Kind::kNumber;
  if (column.field->type == FieldType::kMoney) return SheetColumn::Kind::kMoney;
  return column.field->type == FieldType::kDate ? SheetColumn::Kind::kDate
                                                : SheetColumn::Kind::kText;
}

class CsvFile {
 public:
  explicit CsvFile(const std::vector<Out>& columns) : m_columns(columns) {
    std::vector<std::string> headings;
    for (const auto& column : columns) headings.push_back(column.heading);
    append_csv_row(m_bytes, headings);
  }
  void add(const Record& r) {
    std::vector<std::string> cells;
    for (const auto& column : m_columns) {
      auto text = text_of(column, r);
      const bool number = kind_of(column) == SheetColumn::Kind::kNumber ||
                          kind_of(column) == SheetColumn::Kind::kMoney;
      cells.push_back(number ? std::move(text) : guarded(std::move(text)));
    }
    append_csv_row(m_bytes, cells);
  }
  std::string take() { return std::move(m_bytes); }

 private:
  const std::vector<Out>& m_columns;
  std::string m_bytes{"\xEF\xBB\xBF"};
};

class SheetFile {
 public:
  SheetFile(const Definition& d, const std::vector<Out>& columns, const std::string& language)
      : m_columns(columns), m_writer(d.name.in(language), sheet_columns(columns)) {}
  void add(const Record& r) {
    std::vector<std::string> cells;
    cells.reserve(m_columns.size());
    for (const auto& column : m_columns) cells.push_back(text_of(column, r));
    m_writer.add_row(cells);
  }
  std::string take() { return m_writer.take(); }

 private:
  static std::vector<SheetColumn> sheet_columns(const std::vector<Out>& columns) {
    std::vector<SheetColumn> out;
    for (const auto& column : columns) out.push_back({column.heading, kind_of(column)});
    return out;
  }
  const std::vector<Out>& m_columns;
  XlsxWriter m_writer;
};

class FeatureFile {
 public:
  /// Which values are what they are; the others stand as cells of CSV have them.
  enum class Values {
    kAll,      ///< GeoJSON
    kNumbers,  ///< formats without lists: numbers and truth
    kPlain     ///< those without truth either
  };
  FeatureFile(const Definition& d, const std::vector<Out>& columns, Values values)
      : m_columns(columns), m_place(detail::first_geometry(d)), m_values(values) {}
  void add(const Record& r) {
    m_bytes += m_first ? "\n" : ",\n";
    m_first = false;
    Json properties = Json::object();
    Json geometry;
    for (const auto& column : m_columns) {
      const Json& value = column.field != nullptr ? r.fields[column.key] : Json();
      if (column.field != nullptr && column.field == m_place) {
        geometry = value;
      } else if (column.field != nullptr && stays(value)) {
        properties.set(column.heading, value);
      } else {
        properties.set(column.heading, text_of(column, r));
      }
    }
    Json feature = Json::object({{"type", "Feature"}});
    // Other programs make a column of it, which would then name a record of this system.
    if (m_values == Values::kAll) feature.set("id", r.id);
    feature.set("geometry", std::move(geometry));
    feature.set("properties", std::move(properties));
    m_bytes += feature.dump();
  }
  std::string take() { return m_bytes + "\n]}\n"; }

 private:
  bool stays(const Json& value) const {
    return m_values == Values::kAll || value.is_null() || value.is_number() ||
           (value.is_bool() && m_values == Values::kNumbers);
  }
  const std::vector<Out>& m_columns;
  const Field* m_place;
  Values m_values;
  bool m_first{true};
  std::string m_bytes{R"({"type":"FeatureCollection","features":[)"};
};

}  // namespace

std::string_view to_key(FileFormat format) {
  return kFormats[std::size_t(format)].key;
}

std::optional<FileFormat> file_format_from(std::string_view key) {
  for (const auto& known : kFormats) {
    if (known.key == key) return known.format;
  }
  return std::nullopt;
}

FileKind file_kind(FileFormat format) {
  return kFormats[std::size_t(format)].kind;
}

FileFormat guess_format(std::string_view bytes, std::string_view name) {
  const std::string lower = base::to_lower_ascii(name);
  if (bytes.starts_with("PK\x03\x04")) {
    return lower.ends_with(".zip") ? FileFormat::kShapefile : FileFormat::kXlsx;
  }
  if (bytes.starts_with("SQLite format 3")) return FileFormat::kGeoPackage;
  auto text = bytes.substr(0, 4096);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  text = base::trim(text);
  if (text.starts_with('<')) return FileFormat::kKml;
  return text.starts_with('{') ? FileFormat::kGeoJson : FileFormat::kCsv;
}

Result<Table> read_table(const Definition& d, std::string_view bytes, FileFormat format,
                         const std::string& sheet) {
  switch (format) {
    case FileFormat::kCsv:
      return csv_table(bytes);
    case FileFormat::kXlsx:
      return read_xlsx(bytes, sheet);
    case FileFormat::kGeoJson:
      return feature_table(d, bytes, false);
    default:
      break;
  }
  const auto geojson = ogr_to_geojson(bytes, ogr_format(format));
  if (!geojson) return tl::unexpected(geojson.error());
  return feature_table(d, *geojson, format == FileFormat::kKml);
}

Result<std::string> export_table(const Registry& registry, const std::string& register_id,
                                 Query query, const access::Actor& actor,
                                 const ExportOptions& options) {
  const Definition* d = registry.definition(register_id);
  if (d == nullptr) {
    return base::fail(Code::kUnknown, "there is no register '" + register_id + "'");
  }
  ExportOptions used = options;
  const bool of_ogr = options.format == FileFormat::kGeoPackage ||
                      options.format == FileFormat::kShapefile ||
                      options.format == FileFormat::kKml;
  if (of_ogr || options.format == FileFormat::kGeoJson) {
    used.language.clear();
    if (detail::first_geometry(*d) == nullptr) {
      return base::fail(Code::kMalformed, "the register '" + d->id + "' has no geometry", "format",
                        "use CSV or XLSX");
    }
  }
  const auto columns = columns_for(*d, actor, used);
  const auto fill = [&](auto file) -> Result<std::string> {
    const auto done =
        each_record(registry, register_id, query, actor, [&](const Record& r) { file.add(r); });
    if (!done) return tl::unexpected(done.error());
    return file.take();
  };
  if (used.format == FileFormat::kCsv) return fill(CsvFile(columns));
  if (used.format == FileFormat::kXlsx) {
    SheetFile file(*d, columns, used.language.empty() ? "zh" : used.language);
    const auto done =
        each_record(registry, register_id, query, actor, [&](const Record& r) { file.add(r); });
    if (!done) return tl::unexpected(done.error());
    return file.take();
  }
  using Values = FeatureFile::Values;
  const auto values = !of_ogr                                     ? Values::kAll
                      : options.format == FileFormat::kGeoPackage ? Values::kNumbers
                                                                  : Values::kPlain;
  const auto geojson = fill(FeatureFile(*d, columns, values));
  if (!geojson || !of_ogr) return geojson;
  return ogr_from_geojson(*geojson, ogr_format(used.format), d->id);
}

}  // namespace jinglue::registry
