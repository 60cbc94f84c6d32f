// SPDX-License-Identifier: Apache-2.0
// The JSON form of the data folder's clock (openapi.yaml, schema Clock).
#pragma once

#include "base/json.hpp"
#include "serve/api/services.hpp"

namespace jinglue::serve {

base::Json clock_json(const Services& services);

}  // namespace jinglue::serve
