// SPDX-License-Identifier: Apache-2.0
// jinglue plan read: what a work document asks for, as a tree.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>

#include "act/plan/show.hpp"
#include "app/plan_reading.hpp"
#include "cli/command.hpp"
#include "cli/verb.hpp"

namespace jinglue::cli {

namespace {

struct Options {
  std::string file, format{"text"}, dictionary, share;
};

std::string bytes_of(const std::string& file) {
  if (file == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
  std::ifstream in(file, std::ios::binary);
  if (!in || std::filesystem::is_directory(file))
    throw base::WorldError("the document cannot be read", file);
  // One byte beyond the limit is enough to refuse it.
  std::string out(act::plan::kMaxDocumentBytes + 1, '\0');
  in.read(out.data(), std::streamsize(out.size()));
  out.resize(std::size_t(in.gcount()));
  return out;
}

int run(const Options& options) {
  if (options.format != "text" && options.format != "json")
    throw base::WorldError("--format", options.format, "it is json or text");
  const auto words = app::read_plan_dictionary(options.dictionary, options.share);
  const auto document = app::read_plan(bytes_of(options.file), options.file, words);
  if (!document) {
    std::cerr << "jinglue: " << document.error().text() << '\n';
    return 1;
  }
  if (options.format == "json")
    std::cout << act::plan::to_json(*document).dump() << '\n';
  else
    std::cout << act::plan::to_text(*document);
  return 0;
}

}  // namespace

void add_plan(const Verb& root) {
  auto options = std::make_shared<Options>();  // shared: the parser's and the work's
  auto plan = root.verb("plan", "Work documents: what they ask for, as a tree");
  plan.verb("read", "Goals, lines and measures of a conference text, work points or a task list")
      .option("FILE", options->file, "Text (UTF-8, GB18030, UTF-16) or .docx; - = standard input")
      .required()
      .option("--format", options->format, "text (default) or json")
      .option("--dictionary", options->dictionary, "Own dictionary (docs/format/plan.md)")
      .option("--share", options->share, "Folder with data/plan/dictionary.toml")
      .runs([options] { return run(*options); });
}

}  // namespace jinglue::cli
