// SPDX-License-Identifier: Apache-2.0
// JSON Pointer (RFC 6901): "/wave/hs" is the member hs of the member wave, "/0" the first item;
// "" is the whole. "~1" stands for '/', "~0" for '~'.
#pragma once

#include <string_view>

#include "base/json.hpp"
#include "base/result.hpp"

namespace jinglue::observe::sensor {

/// Empty or begins with '/', and '~' is followed by 0 or 1.
base::Status check_pointer(std::string_view pointer);
/// Null when there is no such value. `pointer` has passed check_pointer().
const base::Json* find(const base::Json& whole, std::string_view pointer);

}  // namespace jinglue::observe::sensor
