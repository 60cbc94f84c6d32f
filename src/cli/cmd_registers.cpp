// SPDX-License-Identifier: Apache-2.0
// jinglue registers check: every definition of a folder, each mistake with file, line and key.
// jinglue registers import|export: records from and to CSV through the engine. jinglue registers
// migrate: tables brought up to definitions that gained fields. (test: cmd_registers_test.cpp;
// enable, disable, list: cmd_registers_standing.cpp)
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include "app/settings.hpp"
#include "base/ids.hpp"
#include "cli/command.hpp"
#include "cli/open_folder.hpp"
#include "cli/verb.hpp"
#include "registry/definition.hpp"
#include "registry/import.hpp"
#include "registry/migrate.hpp"
#include "store/data_folder.hpp"

namespace jinglue::cli {

namespace {

namespace fs = std::filesystem;

struct Options {
  std::string folder, data{"var"}, share, register_id, file;
  bool dry_run{false}, skip_bad_rows{false}, all{false};
};

int check(const Options& options) {
  if (!fs::is_directory(options.folder)) {
    throw base::WorldError("there is no such folder", options.folder);
  }
  // All together: links, conditions and effects name other registers of the folder.
  const auto set = registry::read_definitions(options.folder);
  for (const auto& error : set.errors) std::cerr << error.text() << '\n';
  std::cout << set.definitions.size() << " definitions, " << set.errors.size() << " mistakes\n";
  return set.errors.empty() ? 0 : 1;
}

int import(const Options& options) {
  std::ifstream in(options.file, std::ios::binary);
  if (!in) throw base::WorldError("cannot be read", options.file, "check path and rights");
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  OpenFolder folder(options.data, app::find_share(options.share));
  registry::ImportOptions how;
  how.dry_run = options.dry_run;
  how.skip_bad_rows = options.skip_bad_rows;
  const registry::Write write{access::Actor::system(), base::wall_now(), base::random_token(16),
                              "import " + options.file};
  const bool geojson = fs::path(options.file).extension() == ".geojson";
  const auto report =
      geojson ? registry::import_geojson(folder.registry(), options.register_id, bytes, how, write)
              : registry::import_csv(folder.registry(), options.register_id, bytes, how, write);
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

/// Shows what the tables of the data folder lack, then carries it out (unless told not to).
int migrate(const Options& options) {
  const auto definitions = app::find_share(options.share) / "registers";
  if (!fs::exists(fs::path(options.data) / "records.db")) {
    throw base::WorldError("there is no data folder", options.data, "name it with --data FOLDER");
  }
  const store::DataFolder folder(options.data);  // no station may run beside it
  store::OpenOptions how;
  how.path = folder.records_db();
  store::Database records(how);
  const auto plans = registry::table_plans(records, definitions);
  bool possible = true;
  for (const auto& plan : plans) {
    std::cout << plan.text << '\n';
    if (plan.possible) continue;
    possible = false;
    std::cerr << plan.register_id << ": the definition or the values named must be mended first\n";
  }
  if (!possible) return 1;
  const bool only_adds = std::all_of(plans.begin(), plans.end(),
                                     [](const registry::TablePlan& p) { return p.only_adds; });
  if (!only_adds && !options.all && !options.dry_run) {
    std::cerr << "it renames, converts or removes: carry it out with --all\n";
    return 1;
  }
  if (plans.empty()) std::cout << "the tables are as the definitions say\n";
  if (plans.empty() || options.dry_run) return 0;
  access::Access access(records);
  const registry::Registry done(
      records, access, definitions,
      {.apply_added = true, .apply_all = options.all, .backups = folder.backups()});
  std::cout << "done; the registers as they were are saved in " << folder.backups().string()
            << '\n';
  return 0;
}

}  // namespace

void add_registers(const Verb& root) {
  auto options = std::make_shared<Options>();  // shared: the parser's and the work's
  const auto registers = root.verb("registers", "Definitions and records of registers");
  registers.verb("check", "Check every definition of a folder")
      .option("FOLDER", options->folder, "Folder of definitions")
      .required()
      .runs([options] { return check(*options); });
  add_registers_test(registers);
  add_registers_standing(registers);
  const auto of_register = [&](const Verb& verb) {
    verb.option("REGISTER", options->register_id, "Register id, e.g. vessel")
        .required()
        .option("--data", options->data, "Data folder (default var)")
        .option("--share", options->share, "Folder with registers/");
    return verb;
  };
  of_register(registers.verb("import", "Records from a CSV or GeoJSON file"))
      .option("FILE", options->file, "CSV in UTF-8, or a FeatureCollection when named .geojson")
      .required()
      .flag("--dry-run", options->dry_run, "Report only")
      .flag("--skip-bad-rows", options->skip_bad_rows, "Write the good rows")
      .runs([options] { return import(*options); });
  registers.verb("migrate", "Add to the tables what the definitions have gained")
      .option("--data", options->data, "Data folder (default var); no station may run on it")
      .option("--share", options->share, "Folder with registers/")
      .flag("--dry-run", options->dry_run, "Show the plan only")
      .flag("--all", options->all, "Also rename, convert and remove fields")
      .runs([options] { return migrate(*options); });
  of_register(registers.verb("export", "All records as CSV")).runs([options] {
    return write_out(*options);
  });
}

}  // namespace jinglue::cli
