// SPDX-License-Identifier: Apache-2.0
// Content type by the suffix of a file's name.
#pragma once

#include <string>
#include <string_view>

namespace jinglue::serve {

/// "application/octet-stream" when the suffix is unknown.
std::string content_type(std::string_view name);

}  // namespace jinglue::serve
