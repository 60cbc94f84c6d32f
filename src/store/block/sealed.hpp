// SPDX-License-Identifier: Apache-2.0
// The shell of everything in the archive: a version octet first, a CRC-32C of all before it last.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace jinglue::store {

void seal(std::string& bytes);
/// What lies between version and check sum. kMalformed when damaged, kUnknown for another version;
/// `what` names it in the message.
base::Result<std::string_view> unsealed(std::string_view bytes, std::uint8_t version,
                                        const char* what);

}  // namespace jinglue::store
