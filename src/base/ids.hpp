// SPDX-License-Identifier: Apache-2.0
// Record ids: UUID version 7 (RFC 9562) as 36-character text, ordered by creation.
#pragma once

#include <string>

#include "base/instant.hpp"

namespace jinglue::base {

std::string new_uuid7(Instant now);
bool is_uuid(std::string_view text);
/// `octets` random bytes as lower-case hexadecimal, from the system's generator; for tokens.
std::string random_token(std::size_t octets);

}  // namespace jinglue::base
