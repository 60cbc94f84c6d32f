// SPDX-License-Identifier: Apache-2.0
// jinglue archive check, repair, backup: the health of the archive of positions. check and backup
// work beside a running station; repair wants the data folder for itself.
#include <fmt/format.h>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>

#include "base/result.hpp"
#include "cli/command.hpp"
#include "cli/positions.hpp"
#include "cli/verb.hpp"
#include "picture/archive/archive_backup.hpp"
#include "picture/archive/archive_check.hpp"
#include "picture/archive/archive_repair.hpp"
#include "store/data_folder.hpp"

namespace jinglue::cli {

namespace {

struct Options {
  std::string data{"var"}, into;
};

/// A line on standard error every two seconds.
picture::ArchiveProgress progress_of(const std::string& what) {
  using Clock = std::chrono::steady_clock;
  const auto last =
      std::make_shared<Clock::time_point>(Clock::now());  // of all copies of the lambda
  return [what, last](std::uint64_t done, std::uint64_t all) {
    const auto now = Clock::now();
    if (now - *last >= std::chrono::seconds(2) && all > 0) {
      *last = now;
      std::cerr << fmt::format("{}: {} of {} ({} %)\n", what, done, all, done * 100 / all);
    }
    return true;
  };
}

void print_counts(const picture::ArchiveReport& report) {
  std::cout << fmt::format(
      "{} positions of {} tracks: {} blocks, {} pools, {} positions wait for a block\n",
      report.positions, report.tracks, report.blocks, report.pools, report.waiting);
}

int check(const Options& options) {
  const auto report = picture::check_archive(archive_file(options.data), progress_of("checked"));
  for (const auto& problem : report->problems) std::cerr << problem << '\n';
  print_counts(*report);
  if (report->sound()) {
    std::cout << "the archive is sound\n";
    return 0;
  }
  std::cerr << fmt::format(
      "{} problems; restore tracks.db from a backup, or stop the station and run jinglue archive "
      "repair\n",
      report->problem_count);
  return 1;
}

int repair(const Options& options) {
  const auto file = archive_file(options.data);
  const store::DataFolder owned(options.data);
  if (picture::check_archive(file, progress_of("checked"))->sound()) {
    std::cout << "the archive is sound: nothing was changed\n";
    return 0;
  }
  const auto done = picture::repair_archive(file, progress_of("copied"));
  for (const auto& lost : done->lost) std::cerr << "lost: " << lost << '\n';
  std::cout << fmt::format(
      "{} positions are in the new archive, {} parts could not be read\n"
      "the damaged file is kept as {}\n",
      done->positions, done->lost_count, done->aside.string());
  return 0;
}

int backup(const Options& options) {
  const auto file = archive_file(options.data);
  const auto report = picture::backup_archive(file, options.into, progress_of("copied"));
  for (const auto& problem : report->problems) std::cerr << problem << '\n';
  print_counts(*report);
  if (report->sound()) {
    std::cout << "the copy is sound: " << options.into << '\n';
    return 0;
  }
  std::cerr << fmt::format("the copy has {} problems, as the archive itself has\n",
                           report->problem_count);
  return 1;
}

}  // namespace

void add_archive(const Verb& root) {
  auto options = std::make_shared<Options>();  // shared: the parser's and the work's
  const auto archive = root.verb("archive", "The archive of positions");
  archive.verb("check", "Read all of it and compare it with its indexes")
      .option("--data", options->data, "Data folder (default var)")
      .runs([options] { return check(*options); });
  archive.verb("repair", "Make it anew from all that can be read; the station must not run")
      .option("--data", options->data, "Data folder (default var)")
      .runs([options] { return repair(*options); });
  archive.verb("backup", "Copy it while the station runs, and check the copy")
      .option("FOLDER", options->into, "Where to; holds no archive yet")
      .required()
      .option("--data", options->data, "Data folder (default var)")
      .runs([options] { return backup(*options); });
}

}  // namespace jinglue::cli
