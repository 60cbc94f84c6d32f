// SPDX-License-Identifier: Apache-2.0
// The text of a Word document (.docx: ECMA-376, WordprocessingML in a zip file), a line a
// paragraph; cells of tables are lines too. Numbers that Word gives to the items of a list are
// written out. Text taken out with tracked changes is left out, text put in is there.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace jinglue::act::plan {

/// Reads at most 64 MB of XML, whatever the file says of its sizes.
base::Result<std::string> docx_text(std::string_view bytes, const std::string& name);

}  // namespace jinglue::act::plan
