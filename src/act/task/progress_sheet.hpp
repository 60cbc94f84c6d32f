// SPDX-License-Identifier: Apache-2.0
// Progress as a spreadsheet (.xlsx, ECMA-376): a sheet of lines, one of districts and units, one of
// all tasks with what is late and why; frozen headings, filters, A4 across when it is printed.
#pragma once

#include <string>
#include <string_view>

#include "act/task/progress.hpp"

namespace jinglue::act::task {

/// The bytes of the file, in "zh" or "en". Throws WorldError when no temporary file can be written.
std::string progress_sheet(const Progress& progress, const registry::Registry& registry,
                           std::string_view language);

}  // namespace jinglue::act::task
