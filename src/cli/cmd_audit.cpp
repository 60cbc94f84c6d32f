// SPDX-License-Identifier: Apache-2.0
// jinglue audit verify: checks the hash chain of the audit log.
#include <iostream>
#include <memory>

#include "app/settings.hpp"
#include "cli/command.hpp"
#include "cli/open_folder.hpp"
#include "cli/verb.hpp"

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

void add_audit(const Verb& root) {
  auto options = std::make_shared<Options>();  // shared: the parser's and the work's
  root.verb("audit", "The audit log")
      .verb("verify", "Check its hash chain")
      .option("--data", options->data, "Data folder (default var)")
      .option("--share", options->share, "Folder with registers/")
      .runs([options] { return verify(*options); });
}

}  // namespace jinglue::cli
