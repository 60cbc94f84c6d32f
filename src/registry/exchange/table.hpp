// SPDX-License-Identifier: Apache-2.0
// Table: what a file of rows says, whatever its format: headings, and cells as text or, where the
// format knows the type, as a value. Limits hold for every format.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/json.hpp"

namespace jinglue::registry {

inline constexpr std::size_t kMaxTableRows = 200'000;
inline constexpr std::size_t kMaxTableColumns = 1'000;

struct TableRow {
  std::size_t line{0};  ///< 1-based line, row of the sheet, or number of the feature
  /// Text to be read as a cell of CSV, or a value in its own form (docs/format/register.md); null
  /// when there is none. May be fewer than headings.
  std::vector<base::Json> cells;
};
struct Table {
  std::vector<std::string> headings;
  std::vector<TableRow> rows;
  /// Each row has headings of its own (features): an unknown one is a mistake of the rows with it.
  bool by_row{false};
};

}  // namespace jinglue::registry
