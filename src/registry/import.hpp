// SPDX-License-Identifier: Apache-2.0
// Import: records from tables (exchange/table_file.hpp) through the engine, so that every row meets
// the same checks, history and audit as an edit by hand. The first pass changes nothing and reports
// on every row; the second writes all rows together or none, or those that are good when asked.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "registry/exchange/table.hpp"
#include "registry/registry.hpp"

namespace jinglue::registry {

struct ImportOptions {
  /// Column heading -> field key, beyond keys and names of the definition; "" leaves a column out.
  std::vector<std::pair<std::string, std::string>> mapping;
  /// A row whose value here equals that of a record changes that record: a field's key, "id" or
  /// "number". Empty = by id or number where the row has one, else by the first unique field that
  /// the file has. "new" = every row is a new record.
  std::string match;
  std::string zone;  ///< IANA zone of times that name none; empty = such times are refused
  bool dry_run{false};
  bool skip_bad_rows{false};  ///< write the good rows although others are refused
  /// Told now and then how many rows are done; false ends the import, nothing is written.
  std::function<bool(std::size_t done, std::size_t all)> progress;
};
struct ImportRow {
  enum class Result { kCreated, kChanged, kUnchanged, kRefused };
  std::size_t line{0};
  Result result{Result::kRefused};
  std::string id;                   ///< record; empty for a new one in a dry run
  std::string title;                ///< value of the title field
  std::vector<base::Error> errors;  ///< kRefused: `where` is the field key
  /// Heading of the column that `errors[i]` is about; empty = of the row.
  std::vector<std::string> columns;
};
struct ImportReport {
  std::vector<ImportRow> rows;
  std::size_t created{0}, changed{0}, unchanged{0}, refused{0};
  bool written{false};
  bool cancelled{false};
  std::vector<std::string> left_out;  ///< headings that were left out
  base::Json to_json() const;
};

/// Error for a table that cannot be read at all (unknown column, no right); mistakes of rows are in
/// the report. A cell that is empty leaves the field of an existing record as it is.
base::Result<ImportReport> import_table(Registry& registry, const std::string& register_id,
                                        const Table& table, const ImportOptions& options,
                                        const Write& write);
base::Result<ImportReport> import_csv(Registry& registry, const std::string& register_id,
                                      std::string_view bytes, const ImportOptions& options,
                                      const Write& write);
/// Features of a FeatureCollection: properties as fields, geometry in the first geometry field.
base::Result<ImportReport> import_geojson(Registry& registry, const std::string& register_id,
                                          std::string_view bytes, const ImportOptions& options,
                                          const Write& write);

/// As CSV, headings are field keys; UTF-8 with byte order mark, so that spreadsheets open it as
/// such.
base::Result<std::string> export_csv(const Registry& registry, const std::string& register_id,
                                     Query query, const access::Actor& actor);

}  // namespace jinglue::registry
