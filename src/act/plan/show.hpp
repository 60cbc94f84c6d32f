// SPDX-License-Identifier: Apache-2.0
// A work document's tree for programs (docs/format/plan.md) and for people.
#pragma once

#include <string>

#include "act/plan/work_document.hpp"
#include "base/json.hpp"

namespace jinglue::act::plan {

base::Json to_json(const WorkDocument& document);
/// A line a node, indented; passages as the line of the input.
std::string to_text(const WorkDocument& document);

}  // namespace jinglue::act::plan
