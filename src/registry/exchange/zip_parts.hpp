// SPDX-License-Identifier: Apache-2.0
// The parts of a zip file that are wanted, unpacked within limits, so that a small file cannot ask
// for much memory.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace jinglue::registry {

struct ZipLimits {
  std::size_t part{64U << 20};    ///< bytes of one part
  std::size_t total{192U << 20};  ///< of all that are wanted
  std::size_t entries{2'000};
};
/// Error kMalformed when it is no zip file or damaged, kTooLarge beyond a limit.
base::Result<std::map<std::string, std::string>> read_zip_parts(
    std::string_view bytes, const std::function<bool(std::string_view path)>& wanted,
    const ZipLimits& limits = {});

}  // namespace jinglue::registry
