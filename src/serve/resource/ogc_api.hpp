// SPDX-License-Identifier: Apache-2.0
// The description of /ogc as an OpenAPI 3.0 document, which OGC API - Features asks of a server;
// the rest of the API is in openapi.yaml.
#pragma once

#include <string>

#include "base/json.hpp"

namespace jinglue::serve {

/// `root` is the address of the landing page.
base::Json ogc_api(const std::string& root);

}  // namespace jinglue::serve
