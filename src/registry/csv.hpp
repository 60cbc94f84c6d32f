// SPDX-License-Identifier: Apache-2.0
// CSV: RFC 4180 with UTF-8, a byte order mark accepted, LF or CRLF; a quoted cell may hold commas,
// quotes (doubled) and line ends.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace jinglue::registry {

struct CsvRow {
  std::size_t line{0};  ///< 1-based, of its first character
  std::vector<std::string> cells;
};
/// Rows without any text are left out. Error kMalformed with the line: not UTF-8, a quote that does
/// not close, text after a closing quote.
base::Result<std::vector<CsvRow>> read_csv(std::string_view bytes);

/// Appends one row with CRLF; cells are quoted when they must be.
void append_csv_row(std::string& out, const std::vector<std::string>& cells);

/// Text that a spreadsheet would run as a formula gets an apostrophe in front: text that begins
/// with = + - @, tab or carriage return (OWASP, "CSV Injection"), also behind apostrophes, so that
/// unguarded() gives back every text exactly. For cells of text; a number stays a number.
std::string guarded(std::string text);
std::string unguarded(std::string cell);

}  // namespace jinglue::registry
