// SPDX-License-Identifier: Apache-2.0
// jinglue case pack: the evidence folder of a case. jinglue case verify: its files against their
// hashes.
#include <iostream>
#include <memory>

#include "act/cases/case_desk.hpp"
#include "app/evidence_sources.hpp"
#include "app/settings.hpp"
#include "cli/command.hpp"
#include "cli/open_folder.hpp"
#include "cli/verb.hpp"

namespace jinglue::cli {

namespace {

struct Options {
  std::string data{"var"}, share, id, into{"."}, folder;
};

/// A case may be named by its number.
std::string record_id(const registry::Registry& registry, const std::string& id) {
  registry::Query query;
  query.limit = 500;
  while (true) {
    const auto page = registry.list("case", query);
    if (!page) throw base::WorldError("the cases cannot be read", page.error().text());
    for (const auto& record : page->items) {
      if (record.number == id) return record.id;
    }
    if (page->next.empty()) return id;
    query.cursor = page->next;
  }
}

int pack(const Options& options) {
  OpenFolder folder(options.data, app::find_share(options.share));
  act::cases::CaseDesk desk(folder.registry(), folder.findings(), folder.archive(), folder.access(),
                            folder.data() / "files");
  const app::EvidenceSources evidence(
      folder.data() / "files",
      app::find_share(options.share) / "data" / "coast" / "weihai.geojson");
  desk.set_sources(evidence.sources());
  const auto made = desk.pack(record_id(folder.registry(), options.id), options.into,
                              access::Actor::system(), base::wall_now());
  if (!made) {
    std::cerr << "jinglue: " << made.error().text() << '\n';
    return 1;
  }
  std::cout << made->folder.string() << ": " << made->files << " files, manifest SHA-256 "
            << made->manifest_sha256 << '\n';
  return 0;
}

int verify(const Options& options) {
  const auto files = act::cases::CaseDesk::verify_pack(options.folder);
  if (!files) {
    std::cerr << "the pack is not as it was made: " << files.error().text() << '\n';
    return 1;
  }
  std::cout << "the pack is whole: " << *files << " files\n";
  return 0;
}

}  // namespace

void add_case(const Verb& root) {
  auto options = std::make_shared<Options>();  // shared: the parser's and the work's
  const auto cases = root.verb("case", "Evidence of cases");
  cases.verb("pack", "Write the evidence folder of a case")
      .option("ID", options->id, "Record id or number (AJ-2024-0001)")
      .required()
      .option("-o,--into", options->into, "Folder for it (default: here)")
      .option("--data", options->data, "Data folder (default var)")
      .option("--share", options->share, "Folder with registers/")
      .runs([options] { return pack(*options); });
  cases.verb("verify", "Check an evidence folder")
      .option("FOLDER", options->folder, "The evidence folder")
      .required()
      .runs([options] { return verify(*options); });
}

}  // namespace jinglue::cli
