// SPDX-License-Identifier: Apache-2.0
// The JSON forms of findings, their steps and reviews (openapi.yaml, schemas Finding, FindingStep,
// Review).
#pragma once

#include <optional>
#include <string_view>

#include "base/json.hpp"
#include "findings/findings.hpp"
#include "picture/live/live.hpp"

namespace jinglue::serve {

/// District in the values; "" = not known.
const std::string& district_of(const model::FindingStep& step);

/// `live` gives the handles of the subjects; may be null.
base::Json finding_json(const findings::Finding& finding, const picture::LiveSnapshot* live);
base::Json step_json(const model::FindingStep& step);
base::Json used_fix_json(const model::UsedFix& fix);
base::Json review_json(const findings::Review& review);

/// The entry that draws a subject; null when it has none.
const picture::LiveEntry* entry_of(const model::Subject& subject,
                                   const picture::LiveSnapshot& live);

}  // namespace jinglue::serve
