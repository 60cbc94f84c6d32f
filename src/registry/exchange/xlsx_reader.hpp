// SPDX-License-Identifier: Apache-2.0
// Workbooks of spreadsheets (.xlsx: ECMA-376 part 1, SpreadsheetML in a zip file): the first sheet,
// or the one that is named. Cells become text as a person sees the value: numbers in their shortest
// decimal form, booleans true and false, dates as 2024-05-01, dates with a time as
// "2024-05-01 12:00:00" of no zone. Formulas are not run: what was stored with them is read.
// What the file says of its own sizes is not believed: see the limits in the source.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "registry/exchange/table.hpp"

namespace jinglue::registry {

/// The first row with any text is the heading; rows without text are left out. Error kMalformed or
/// kTooLarge with the part of the file; kMissing when there is no such sheet or no heading.
base::Result<Table> read_xlsx(std::string_view bytes, const std::string& sheet = {});

}  // namespace jinglue::registry
