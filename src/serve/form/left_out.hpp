// SPDX-License-Identifier: Apache-2.0
// Values that a template or schedule does not give, as JSON: [{field, why}].
#pragma once

#include <vector>

#include "base/json.hpp"
#include "registry/record_templates.hpp"

namespace jinglue::serve {

inline base::Json left_out_json(const std::vector<registry::LeftOut>& left_out) {
  base::Json out = base::Json::array();
  for (const auto& one : left_out) {
    out.push(base::Json::object({{"field", one.field}, {"why", one.why}}));
  }
  return out;
}

}  // namespace jinglue::serve
