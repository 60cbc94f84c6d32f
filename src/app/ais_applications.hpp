// SPDX-License-Identifier: Apache-2.0
// The tables of application data (DAC/FI), data/ais/*.toml of the share folder: the one that is
// named, else beside the installed program (../share/jinglue), else of the current folder.
#pragma once

#include <filesystem>

#include "observe/ais/applications.hpp"

namespace jinglue::app {

/// Empty when no folder has tables: messages are read without them. Throws WorldError with file,
/// line and key of a mistake.
observe::ais::Applications read_ais_applications(const std::filesystem::path& share);

}  // namespace jinglue::app
