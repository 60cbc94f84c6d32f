// SPDX-License-Identifier: Apache-2.0
// [retention] of a definition as the file writes it: docs/format/register.md, "Retention".
#pragma once

#include <optional>
#include <vector>

#include "base/config.hpp"
#include "registry/definition.hpp"
#include "registry/life.hpp"

namespace jinglue::registry::detail {

/// Nothing when the definition says none. Mistakes go to `errors`.
std::optional<RetentionRule> read_retention(const Definition& definition,
                                            const base::ConfigNode& document,
                                            std::vector<base::Error>& errors);

}  // namespace jinglue::registry::detail
