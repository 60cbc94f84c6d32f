// SPDX-License-Identifier: Apache-2.0
// The tables of application data (DAC/FI), data/ais/*.toml of the share folder: the one that is
// named, else beside the installed program (../share/jinglue), else of the current folder.
#pragma once

#include <filesystem>

#include "base/json.hpp"
#include "model/vessel_message.hpp"
#include "observe/ais/applications.hpp"

namespace jinglue::app {

/// Empty when no folder has tables: messages are read without them. Throws WorldError with file,
/// line and key of a mistake.
observe::ais::Applications read_ais_applications(const std::filesystem::path& share);

/// {id, title{zh, en}, data{}} of a kept message of kind application; {} when no table speaks of
/// it.
base::Json application_json(const observe::ais::Applications& tables,
                            const model::VesselMessage& message);
/// {id, title{zh, en}} of a kind of message "1/31"; {} when no table speaks of it.
base::Json application_title(const observe::ais::Applications& tables, const std::string& name);

}  // namespace jinglue::app
