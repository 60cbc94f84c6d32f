// SPDX-License-Identifier: Apache-2.0
// jinglue registers test: the definitions of a folder led through every transition, guard and
// clock, in tables of their own that are gone afterwards. 0 when all was shown, 1 when a definition
// does not do what it says or when values were not found to show it.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>

#include "app/settings.hpp"
#include "base/ids.hpp"
#include "base/log.hpp"
#include "cli/command.hpp"
#include "cli/verb.hpp"
#include "registry/walk/walk.hpp"

namespace jinglue::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string folder, only, share;
};

/// A folder that is gone afterwards.
class Scratch {
 public:
  Scratch() : m_path(fs::temp_directory_path() / ("jinglue-registers-" + base::random_token(8))) {
    fs::create_directories(m_path);
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(m_path, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const fs::path& path() const { return m_path; }

 private:
  fs::path m_path;
};

/// The calendar beside the folder of definitions, else that of the program.
fs::path calendar_for(const fs::path& folder, const Options& options) {
  const fs::path file = fs::path("data") / "calendar" / "cn_holidays.csv";
  const fs::path beside = fs::absolute(folder).lexically_normal().parent_path() / file;
  return fs::exists(beside) ? beside : app::find_share(options.share) / file;
}

int walk(const Options& options) {
  fs::path folder = options.folder;
  if (!folder.has_filename()) folder = folder.parent_path();  // "registers/"
  if (!fs::is_directory(folder)) {
    throw base::WorldError("there is no such folder", options.folder);
  }
  base::set_log_level(base::Level::kWarn);  // that tables were made is no news
  const Scratch scratch;
  const auto walked = registry::walk_definitions(
      folder, {scratch.path(), calendar_for(folder, options), options.only});
  std::cout << registry::to_text(walked);
  const bool good = std::all_of(walked.begin(), walked.end(),
                                [](const auto& one) { return one.findings.empty(); });
  return good ? 0 : 1;
}

}  // namespace

void add_registers_test(const Verb& registers) {
  auto options = std::make_shared<Options>();  // shared: the parser's and the work's
  registers.verb("test", "Lead every definition through its transitions, guards and clocks")
      .option("FOLDER", options->folder, "Folder of definitions")
      .required()
      .option("--only", options->only, "One register, e.g. task")
      .option("--share", options->share, "Folder with data/calendar, for working days")
      .runs([options] { return walk(*options); });
}

}  // namespace jinglue::cli
