// SPDX-License-Identifier: Apache-2.0
// jinglue audit verify: checks the hash chain of the audit log.
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "app/settings.hpp"
#include "cli/command.hpp"
#include "cli/open_folder.hpp"

namespace jinglue::cli {

namespace {

struct Options {
  std::string data{"var"}, share;
};

int verify(const Options& options) {
  OpenFolder folder(options.data, app::find_share(options.share));
  const auto lines = folder.access().verify_audit();
  if (!lines) {
    std::cerr << "the audit log is broken: " << lines.error().text() << '\n';
    return 1;
  }
  std::cout << "the audit log is whole: " << *lines << " lines\n";
  return 0;
}

}  // namespace

void add_audit(CLI::App& root, Chosen& chosen) {
  auto* audit = root.add_subcommand("audit", "The audit log");
  audit->require_subcommand(1);
  auto options = std::make_shared<Options>();  // shared: the parser's and the chosen command's
  auto* command = audit->add_subcommand("verify", "Check its hash chain");
  command->add_option("--data", options->data, "Data folder (default var)");
  command->add_option("--share", options->share, "Folder with registers/");
  command->callback([options, &chosen] { chosen = [options] { return verify(*options); }; });
}

}  // namespace jinglue::cli
