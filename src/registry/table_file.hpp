// SPDX-License-Identifier: Apache-2.0
// Files of records in any format, to and from a Table (docs/format/exchange.md, "Records"): CSV and
// XLSX as rows, GeoJSON, GeoPackage, shapefile and KML as features whose geometry is one more
// column, named by the register's first geometry field.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "access/access.hpp"
#include "registry/definition.hpp"
#include "registry/exchange/table.hpp"
#include "registry/registry.hpp"

namespace jinglue::registry {

enum class FileFormat { kCsv, kXlsx, kGeoJson, kGeoPackage, kShapefile, kKml };
std::string_view to_key(FileFormat format);
std::optional<FileFormat> file_format_from(std::string_view key);
/// By its first bytes; a zip file is told by the name.
FileFormat guess_format(std::string_view bytes, std::string_view name);

/// `sheet` of a workbook; empty = the first.
base::Result<Table> read_table(const Definition& definition, std::string_view bytes,
                               FileFormat format, const std::string& sheet = {});

struct ExportOptions {
  FileFormat format{FileFormat::kCsv};
  std::string language;   ///< names of that language as headings; empty = field keys
  bool of_record{false};  ///< also id, number and state, so that a changed file finds its records
};
/// All records that `actor` may see and that `query` asks for.
base::Result<std::string> export_table(const Registry& registry, const std::string& register_id,
                                       Query query, const access::Actor& actor,
                                       const ExportOptions& options);
struct FileKind {
  const char* ending;
  const char* media_type;
};
FileKind file_kind(FileFormat format);

}  // namespace jinglue::registry
