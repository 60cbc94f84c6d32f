// SPDX-License-Identifier: Apache-2.0
// The head of an HTTP/1.1 response as text, and the Date it carries.
#pragma once

#include <string>

#include "serve/api/response.hpp"

namespace jinglue::serve::http {

/// Status line and fields. Octets that could end a field are left out of values.
std::string response_head(const Response& response, bool keep_alive);
/// "Wed, 01 May 2024 04:00:00 GMT" of the wall clock.
std::string http_date();

}  // namespace jinglue::serve::http
