// SPDX-License-Identifier: Apache-2.0
// Import: records from CSV and GeoJSON through the engine, so that every row meets the same checks,
// history and audit as an edit by hand; and export to CSV, which reads back to the same values.
// The first pass changes nothing and reports on every row; the second writes all rows together or
// none.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "registry/registry.hpp"

namespace jinglue::registry {

struct ImportOptions {
  /// Column heading -> field key, beyond keys and names of the definition; "" leaves a column out.
  std::vector<std::pair<std::string, std::string>> mapping;
  /// A row whose value here equals that of a record changes that record; empty = first unique field
  /// that the file has, else every row is a new record.
  std::string match;
  bool dry_run{false};
  bool skip_bad_rows{false};  ///< write the good rows although others are refused
};
struct ImportRow {
  enum class Result { kCreated, kChanged, kUnchanged, kRefused };
  std::size_t line{0};
  Result result{Result::kRefused};
  std::string id;                   ///< record; empty for a new one in a dry run
  std::string title;                ///< value of the title field
  std::vector<base::Error> errors;  ///< kRefused: `where` is the field key
};
struct ImportReport {
  std::vector<ImportRow> rows;
  std::size_t created{0}, changed{0}, unchanged{0}, refused{0};
  bool written{false};
  std::vector<std::string> left_out;  ///< headings that were left out
  base::Json to_json() const;
};

/// Error for a file that cannot be read at all (not CSV, unknown column, no right); mistakes of
/// rows are in the report. A cell that is empty leaves the field of an existing record as it is.
base::Result<ImportReport> import_csv(Registry& registry, const std::string& register_id,
                                      std::string_view bytes, const ImportOptions& options,
                                      const Write& write);
/// Features of a FeatureCollection: properties as fields, geometry in the first geometry field.
base::Result<ImportReport> import_geojson(Registry& registry, const std::string& register_id,
                                          std::string_view bytes, const ImportOptions& options,
                                          const Write& write);

/// All records that `actor` may see, one row each, headings are field keys; UTF-8 with byte order
/// mark, so that spreadsheets open it as such.
base::Result<std::string> export_csv(const Registry& registry, const std::string& register_id,
                                     Query query, const access::Actor& actor);

}  // namespace jinglue::registry
