// SPDX-License-Identifier: Apache-2.0
// tracks.db first, so that the other files are not behind it: what they hold of later commits is
// taken again from the journal and changes nothing. The receptions of a commit are durable before
// it, so the later copy of the other file has them. Receptions of later commits stand for nothing
// and are passed over.
#include "picture/archive/archive_backup.hpp"

#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/db.hpp"
#include "store/disk.hpp"
#include "store/sqlite/online_copy.hpp"

namespace jinglue::picture {
namespace {

std::filesystem::path unfinished(const std::filesystem::path& file) {
  return file.string() + std::string(store::kUnfinished);
}

/// Pages and indexes of a file of plain rows.
void check_rows(const std::filesystem::path& file, ArchiveReport& report) {
  store::Db db({.path = file, .read_only = true});
  auto rows = db.prepare("PRAGMA integrity_check(8)");
  while (rows.step()) {
    const auto said = rows.text(0);
    if (said == "ok") continue;
    report.tell(file.filename().string() + ": " + said);
  }
}

}  // namespace

std::optional<ArchiveReport> backup_archive(const std::filesystem::path& file,
                                            const std::filesystem::path& folder,
                                            const ArchiveProgress& progress) {
  std::vector<std::filesystem::path> names{file.filename()};
  for (const auto* beside : {"receptions.db", "measurements.db", "messages.db"}) {
    if (std::filesystem::exists(file.parent_path() / beside)) names.emplace_back(beside);
  }
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
  auto report = check_archive(folder / names.front(), progress);
  for (std::size_t i = 1; report && i < names.size(); ++i) {
    if (names[i] != "receptions.db") check_rows(folder / names[i], *report);  // that is checked
  }
  return report;
}

}  // namespace jinglue::picture
