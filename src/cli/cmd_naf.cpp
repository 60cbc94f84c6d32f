// SPDX-License-Identifier: Apache-2.0
// jinglue naf: the answer (ACK, or NAK with its number) to each message of a file.
#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <string>

#include "base/instant.hpp"
#include "cli/command.hpp"
#include "cli/verb.hpp"
#include "observe/naf/message.hpp"

namespace jinglue::cli {

namespace {

namespace naf = observe::naf;

struct Options {
  std::string file, from{"CHN"}, speed{"tenths"};
};

int run(const Options& options) {
  if (options.speed != "tenths" && options.speed != "knots") {
    throw base::WorldError("--naf-speed", options.speed, "it is tenths or knots");
  }
  const auto unit = options.speed == "knots" ? naf::SpeedUnit::kKnots : naf::SpeedUnit::kTenths;
  std::ifstream file;
  if (options.file != "-") {
    file.open(options.file, std::ios::binary);
    if (!file) throw base::WorldError("the messages cannot be read", options.file);
  }
  std::istream& in = options.file == "-" ? std::cin : file;
  std::map<std::string, std::uint64_t> causes;
  std::string line;
  for (std::uint64_t number = 1; std::getline(in, line); ++number) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty()) continue;
    std::string_view rest = line;
    do {
      naf::Message message;
      const auto cause = naf::read_message(rest, unit, message, rest);
      ++causes[std::string(to_key(cause))];
      const auto text = naf::answer(message, cause, options.from, base::wall_now());
      if (!text.empty()) std::cout << text << '\n';
      const bool fault = cause != naf::Cause::kNone && cause != naf::Cause::kNoPosition &&
                         cause != naf::Cause::kAnswer;
      if (fault) std::cerr << fmt::format("{}:{}: {}\n", options.file, number, to_key(cause));
    } while (rest.find("//SR//") != std::string_view::npos);
  }
  std::uint64_t bad = 0;
  for (const auto& [cause, count] : causes) {
    std::cerr << fmt::format("{}: {}\n", cause, count);
    if (cause != "none" && cause != "no_position" && cause != "answer") bad += count;
  }
  return bad > 0 ? 1 : 0;
}

}  // namespace

void add_naf(const Verb& root) {
  auto options = std::make_shared<Options>();  // shared: the parser's and the work's
  root.verb("naf", "Answers (ACK, NAK) to the NAF messages of a file")
      .option("FILE", options->file, "One or several messages a line; - = standard input")
      .required()
      .option("--from", options->from, "Our address (FR of the answers; default CHN)")
      .option("--naf-speed", options->speed, "SP in tenths of a knot (default) or knots")
      .runs([options] { return run(*options); });
}

}  // namespace jinglue::cli
