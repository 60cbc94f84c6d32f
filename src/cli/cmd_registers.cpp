// SPDX-License-Identifier: Apache-2.0
// jinglue registers check: every definition of a folder, each mistake with file, line and key.
// jinglue registers import|export: records from and to CSV through the engine.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "app/settings.hpp"
#include "base/ids.hpp"
#include "cli/command.hpp"
#include "cli/open_folder.hpp"
#include "registry/definition.hpp"
#include "registry/import.hpp"

namespace jinglue::cli {

namespace {

namespace fs = std::filesystem;

struct Options {
  std::string folder, data{"var"}, share, register_id, file;
  bool dry_run{false}, skip_bad_rows{false};
};

int check(const Options& options) {
  if (!fs::is_directory(options.folder)) {
    throw base::WorldError("there is no such folder", options.folder);
  }
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(options.folder)) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::size_t mistakes = 0;
  for (const auto& file : files) {
    const auto document = base::read_config(file);
    const auto definition =
        document ? registry::read_definition(*document)
                 : base::Result<registry::Definition>(tl::unexpected(document.error()));
    if (definition) continue;
    ++mistakes;
    std::cerr << definition.error().text() << '\n';
  }
  std::cout << files.size() << " definitions, " << mistakes << " refused\n";
  return mistakes == 0 ? 0 : 1;
}

int import(const Options& options) {
  std::ifstream in(options.file, std::ios::binary);
  if (!in) throw base::WorldError("cannot be read", options.file, "check path and rights");
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  OpenFolder folder(options.data, app::find_share(options.share));
  registry::ImportOptions how;
  how.dry_run = options.dry_run;
  how.skip_bad_rows = options.skip_bad_rows;
  const auto report = registry::import_csv(folder.registry(), options.register_id, bytes, how,
                                           {access::Actor::system(), base::wall_now(),
                                            base::random_token(16), "import " + options.file});
  if (!report) {
    std::cerr << "jinglue: " << report.error().text() << '\n';
    return 1;
  }
  for (const auto& row : report->rows) {
    for (const auto& error : row.errors) {
      std::cerr << options.file << ':' << row.line << ": " << error.text() << '\n';
    }
  }
  std::cout << fmt::format("{} created, {} changed, {} unchanged, {} refused{}\n", report->created,
                           report->changed, report->unchanged, report->refused,
                           report->written ? "" : "; nothing was written");
  return report->refused == 0 ? 0 : 1;
}

int write_out(const Options& options) {
  OpenFolder folder(options.data, app::find_share(options.share));
  const auto csv =
      registry::export_csv(folder.registry(), options.register_id, {}, access::Actor::system());
  if (!csv) {
    std::cerr << "jinglue: " << csv.error().text() << '\n';
    return 1;
  }
  std::cout << *csv;
  return 0;
}

}  // namespace

void add_registers(CLI::App& root, Chosen& chosen) {
  auto* registers = root.add_subcommand("registers", "Definitions and records of registers");
  registers->require_subcommand(1);
  auto options = std::make_shared<Options>();  // shared: the parser's and the chosen command's
  auto* command = registers->add_subcommand("check", "Check every definition of a folder");
  command->add_option("FOLDER", options->folder, "Folder of definitions")->required();
  command->callback([options, &chosen] { chosen = [options] { return check(*options); }; });

  auto* import_command = registers->add_subcommand("import", "Records from a CSV file");
  auto* export_command = registers->add_subcommand("export", "All records as CSV");
  for (auto* verb : {import_command, export_command}) {
    verb->add_option("REGISTER", options->register_id, "Register id, e.g. vessel")->required();
    verb->add_option("--data", options->data, "Data folder (default var)");
    verb->add_option("--share", options->share, "Folder with registers/");
  }
  import_command->add_option("FILE", options->file, "CSV, UTF-8")->required();
  import_command->add_flag("--dry-run", options->dry_run, "Report only");
  import_command->add_flag("--skip-bad-rows", options->skip_bad_rows, "Write the good rows");
  import_command->callback([options, &chosen] { chosen = [options] { return import(*options); }; });
  export_command->callback(
      [options, &chosen] { chosen = [options] { return write_out(*options); }; });
}

}  // namespace jinglue::cli
