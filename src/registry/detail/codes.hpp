// SPDX-License-Identifier: Apache-2.0
// Code lists of fields: read once beside the definitions, and the version that a record keeps.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/config.hpp"
#include "registry/definition.hpp"
#include "registry/registry.hpp"

namespace jinglue::registry::detail {

/// What stands beside the folder of the definitions, "registers" or "registers/".
std::filesystem::path beside(const std::filesystem::path& registers,
                             const std::filesystem::path& name);
std::filesystem::path codes_folder(const std::filesystem::path& registers,
                                   const std::filesystem::path& asked);
/// Gives each field with `codes` its list and its choices.
void attach_codes(std::vector<Definition>& definitions,
                  const std::vector<base::ConfigNode>& documents,
                  const std::filesystem::path& folder, std::vector<base::Error>& errors);

/// The version for a value that is new `today`, or on the day of the field that `codes_on` names;
/// an unchanged value of an unchanged day keeps its own. kUnknown when that version has no such
/// code, or not any more. `zone`: in which the day of an instant is taken.
base::Status take_version(const Field& field, const Record* before, Record& after,
                          const std::string& today, const std::string& zone);
void set_version(const Field& field, const std::string& version, Record& record);  ///< empty = none
/// The only version that knows the value; none when several do or no one.
void guess_version(const Field& field, Record& record);

}  // namespace jinglue::registry::detail
