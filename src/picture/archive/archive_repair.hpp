// SPDX-License-Identifier: Apache-2.0
// repair_archive: a damaged tracks.db is set aside and a new one takes its place with every block,
// pool and waiting row that can still be read, under their old numbers, so that receptions.db goes
// on fitting. Blocks tell themselves whose they are and when, so indexes are made anew from them;
// what is lost is named. For the owner of the data folder, while no station runs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "picture/archive/archive_check.hpp"

namespace jinglue::picture {

struct ArchiveRepair {
  std::filesystem::path aside;  ///< the damaged file
  std::uint64_t positions{0};   ///< in the new file
  std::uint64_t lost_count{0};
  std::vector<std::string> lost;  ///< blocks, pools and waiting rows; the first kMostProblems
};

/// The new file is checked before it takes the place of the old one; until then nothing is changed.
/// Nothing when `progress` ended it. Throws DbError when too little of the file is left (its first
/// page, or how far the journal was applied), WorldError when the new file is not sound.
std::optional<ArchiveRepair> repair_archive(const std::filesystem::path& file,
                                            const ArchiveProgress& progress);

}  // namespace jinglue::picture
