// SPDX-License-Identifier: Apache-2.0
// Call signs as the number of a terminal of kind kNaf: up to ten letters and digits packed in base
// 37 (0 is no character, 1 to 10 the digits, 11 to 36 the letters), which fits in 56 bits and keeps
// leading zeros. ITU Radio Regulations, article 19: call signs are of letters and digits only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace jinglue::model {

inline constexpr std::size_t kLongestCallSign = 10;

/// Letters of either case; blanks, hyphens and full stops are left out. Absent when nothing is
/// left, when there is another character, or when it is too long.
std::optional<std::uint64_t> pack_call_sign(std::string_view text);
/// Absent for a number that pack_call_sign() never gives.
std::optional<std::string> unpack_call_sign(std::uint64_t number);

}  // namespace jinglue::model
