// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/archive_repair.hpp"

#include <utility>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "picture/archive/archive_salvage.hpp"
#include "store/disk.hpp"

namespace jinglue::picture {
namespace {

/// tracks.db.damaged-20240501T040000Z, with -2 and so on behind it when there is one of this
/// second.
std::filesystem::path aside_name(const std::filesystem::path& file) {
  std::string stamp;
  for (const char c : base::to_iso(base::wall_now()).substr(0, 19)) {
    if (c != '-' && c != ':') stamp += c;
  }
  const auto name = file.string() + ".damaged-" + stamp + "Z";
  auto out = name;
  for (int number = 2; std::filesystem::exists(out); ++number) {
    out = name + "-" + std::to_string(number);
  }
  return out;
}

void remove_with_log(const std::filesystem::path& file) {
  std::error_code absent;
  for (const char* part : {"", "-wal", "-shm"}) {
    std::filesystem::remove(file.string() + part, absent);
  }
}

/// Under the old name there is a whole file at every moment. The log of the old one goes aside
/// before the new one comes: it must never be applied to that.
void exchange(const std::filesystem::path& file, const std::filesystem::path& made,
              const std::filesystem::path& aside) {
  const auto disk = store::real_disk();
  disk->open(made)->sync();
  std::filesystem::create_hard_link(file, aside);
  std::error_code absent;
  std::filesystem::rename(file.string() + "-wal", aside.string() + "-wal", absent);
  std::filesystem::remove(file.string() + "-shm", absent);
  disk->sync_folder(file.parent_path());
  disk->rename(made, file);
  disk->sync_folder(file.parent_path());
}

}  // namespace

std::optional<ArchiveRepair> repair_archive(const std::filesystem::path& file,
                                            const ArchiveProgress& progress) {
  const std::filesystem::path made = file.string() + ".repairing";
  remove_with_log(made);  // of a repair that was interrupted
  ArchiveRepair result;
  {
    detail::Salvage salvage(file, made);
    if (!salvage.run(progress)) {
      remove_with_log(made);
      return std::nullopt;
    }
    result = salvage.take();
  }
  const auto checked = check_archive(made, {});
  if (!checked->sound()) {
    throw base::WorldError("the repaired archive is not sound", checked->problems.front(),
                           "restore tracks.db from a backup; " + made.string() + " is left there");
  }
  result.aside = aside_name(file);
  exchange(file, made, result.aside);
  remove_with_log(made);
  return result;
}

}  // namespace jinglue::picture
