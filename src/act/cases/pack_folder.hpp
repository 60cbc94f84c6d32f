// SPDX-License-Identifier: Apache-2.0
// The evidence folder on disk: files, SHA256SUMS (for sha256sum -c), manifest.json with size and
// SHA-256 of every other file. It appears under its name only when whole.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "act/cases/case_desk.hpp"

namespace jinglue::act::cases {

/// The content of a pack: nothing in it depends on who packs or when.
struct Evidence {
  std::string case_id;
  std::string number;
  std::int64_t revision{0};
  std::map<std::string, std::string> files;  ///< path relative to the folder -> bytes
};

/// Error kConflict when a folder of that name is there and is no pack; throws WorldError when the
/// disk fails.
base::Result<PackResult> write_pack(const Evidence& evidence, const std::filesystem::path& into);
/// The count of checked files, or the first that differs, is absent or extra.
base::Result<std::size_t> check_pack(const std::filesystem::path& folder);

}  // namespace jinglue::act::cases
