// SPDX-License-Identifier: Apache-2.0
// Office text: the text of an old Word or WPS document (.doc, .wps) by LibreOffice, where it is
// installed: a program of its own with limits of time, memory and output, in a folder of its own,
// without a user's settings. Nothing of it is linked.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace jinglue::app {

struct OfficeLimits {
  std::chrono::milliseconds time{60'000};     ///< of the clock on the wall
  std::size_t memory{std::size_t{3} << 30};   ///< bytes of address space
  std::size_t output{std::size_t{64} << 20};  ///< bytes of any file that it writes
};

/// soffice or libreoffice of PATH; empty when neither is there.
std::filesystem::path find_office();

/// UTF-8, a line a paragraph. kUnavailable when `program` is empty, kTooLarge when it ran into a
/// limit or `gone` said that nobody waits any more, kMalformed when it made no text.
base::Result<std::string> office_text(std::string_view bytes, const std::string& name,
                                      const std::filesystem::path& program,
                                      const OfficeLimits& limits,
                                      const std::function<bool()>& gone);

}  // namespace jinglue::app
