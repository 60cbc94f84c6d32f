// SPDX-License-Identifier: Apache-2.0
// tracks.db first: the receptions of a commit are durable before it, so the later copy of the other
// file has them. Receptions of later commits stand for nothing and are passed over.
#include "picture/archive/archive_backup.hpp"

#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/disk.hpp"
#include "store/sqlite/online_copy.hpp"

namespace jinglue::picture {
namespace {

std::filesystem::path unfinished(const std::filesystem::path& file) {
  return file.string() + std::string(store::kUnfinished);
}

}  // namespace

std::optional<ArchiveReport> backup_archive(const std::filesystem::path& file,
                                            const std::filesystem::path& folder,
                                            const ArchiveProgress& progress) {
  std::vector<std::filesystem::path> names{file.filename()};
  if (std::filesystem::exists(file.parent_path() / "receptions.db"))
    names.push_back("receptions.db");
  std::filesystem::create_directories(folder);
  for (const auto& name : names) {
    if (std::filesystem::exists(folder / name)) {
      throw base::WorldError("there is a file already", (folder / name).string(),
                             "name a folder that holds no archive");
    }
    std::filesystem::remove(unfinished(folder / name));  // of a copy that was interrupted
  }
  for (const auto& name : names) {
    if (!store::copy_online(file.parent_path() / name, unfinished(folder / name), progress)) {
      for (const auto& done : names) std::filesystem::remove(unfinished(folder / done));
      return std::nullopt;
    }
  }
  const auto disk = store::real_disk();
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    disk->rename(unfinished(folder / *name), folder / *name);
  }
  disk->sync_folder(folder);
  return check_archive(folder / names.front(), progress);
}

}  // namespace jinglue::picture
