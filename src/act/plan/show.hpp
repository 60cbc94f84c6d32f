// SPDX-License-Identifier: Apache-2.0
// A work document's tree for programs (docs/format/plan.md) and for people.
#pragma once

#include <string>

#include "act/plan/work_document.hpp"
#include "base/json.hpp"

namespace jinglue::act::plan {

base::Json to_json(const WorkDocument& document);
/// Paragraphs, what was taken out, and the count of ideographs.
base::Json to_json(const CleanText& text);
/// A line a node, indented; passages as the line of the input.
std::string to_text(const WorkDocument& document);

}  // namespace jinglue::act::plan
