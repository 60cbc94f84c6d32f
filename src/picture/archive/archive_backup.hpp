// SPDX-License-Identifier: Apache-2.0
// backup_archive: tracks.db, receptions.db and what stands beside them and follows from the journal
// too (measurements.db, messages.db), each as it is at one moment, into another folder, while a
// station goes on writing. The copy is read whole before it is called one.
#pragma once

#include <filesystem>
#include <optional>

#include "picture/archive/archive_check.hpp"

namespace jinglue::picture {

/// `folder` is made if absent and must hold no archive yet. `progress` counts pages of the files,
/// then blocks and runs. Nothing when it ended the copy. Throws WorldError.
std::optional<ArchiveReport> backup_archive(const std::filesystem::path& file,
                                            const std::filesystem::path& folder,
                                            const ArchiveProgress& progress);

}  // namespace jinglue::picture
