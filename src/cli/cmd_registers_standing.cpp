// SPDX-License-Identifier: Apache-2.0
// jinglue registers enable|disable|list: which registers of a data folder are in use, for the first
// start without a browser. No station may run on the folder: it would not see the change.
#include <filesystem>
#include <iostream>
#include <memory>

#include <fmt/format.h>

#include "access/access.hpp"
#include "app/settings.hpp"
#include "cli/command.hpp"
#include "cli/verb.hpp"
#include "registry/registry.hpp"
#include "registry/standing.hpp"
#include "store/data_folder.hpp"
#include "store/database.hpp"

namespace jinglue::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string data{"var"}, share, reason;
  std::vector<std::string> ids;
  bool all{false};
};

struct Folder {
  explicit Folder(const Options& options)
      : folder((fs::create_directories(options.data), options.data)),
        records({folder.records_db()}),
        access(records),
        registry(records, access, app::find_share(options.share) / "registers") {}

  store::DataFolder folder;  // first: its lock
  store::Database records;
  access::Access access;
  registry::Registry registry;
};

int change(const Options& options, bool enabled) {
  Folder folder(options);
  registry::Standings standings(folder.registry, folder.access);
  const registry::Write write{access::Actor::system(), base::wall_now(), {}, options.reason};
  std::vector<registry::StandingChange> changes;
  for (const auto& id : options.ids) changes.push_back({id, enabled});
  if (!options.all && changes.empty()) {
    throw base::WorldError("no register is named", "registers enable ID ...", "or give --all");
  }
  const auto done = options.all ? standings.enable_all(write) : standings.set(changes, write);
  if (!done) {
    std::cerr << "jinglue: " << done.error().text() << '\n';
    return 1;
  }
  for (const auto& one : standings.all()) {
    if (one.at == write.now)
      std::cout << one.register_id << (enabled ? " enabled\n" : " disabled\n");
  }
  return 0;
}

int list(const Options& options) {
  if (!fs::exists(fs::path(options.data) / "records.db")) {
    throw base::WorldError("there is no data folder", options.data, "name it with --data FOLDER");
  }
  Folder folder(options);
  for (const auto& one : registry::Standings(folder.registry, folder.access).all()) {
    const auto& definition = *folder.registry.definition(one.register_id);
    std::cout << fmt::format(
        "{:<20} {:<9} {:>8} records  {}\n", one.register_id, one.enabled ? "enabled" : "disabled",
        registry::record_count(folder.registry, definition), definition.name.zh);
  }
  return 0;
}

}  // namespace

void add_registers_standing(const Verb& registers) {
  auto options = std::make_shared<Options>();  // shared: the parser's and the work's
  const auto on_folder = [&](const Verb& verb) {
    verb.option("--data", options->data, "Data folder (default var); no station may run on it")
        .option("--share", options->share, "Folder with registers/");
    return verb;
  };
  on_folder(registers.verb("enable", "Let people use registers"))
      .option("ID", options->ids, "Register ids, e.g. case vessel")
      .flag("--all", options->all, "Every register of the folder")
      .option("--reason", options->reason, "Why, for the audit log")
      .runs([options] { return change(*options, true); });
  on_folder(registers.verb("disable", "Take registers out of use; their records are kept"))
      .option("ID", options->ids, "Register ids")
      .required()
      .option("--reason", options->reason, "Why, for the audit log")
      .required()
      .runs([options] { return change(*options, false); });
  on_folder(registers.verb("list", "Which registers are enabled, and how many records they hold"))
      .runs([options] { return list(*options); });
}

}  // namespace jinglue::cli
