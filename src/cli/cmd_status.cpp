// SPDX-License-Identifier: Apache-2.0
// jinglue status: what a running station last wrote of itself into its data folder: inputs with
// every counter of dropped or odd input, and what is wrong.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include <fmt/format.h>

#include "base/json.hpp"
#include "cli/command.hpp"
#include "cli/verb.hpp"

namespace jinglue::cli {

namespace {

struct Options {
  std::string data{"var"};
  bool json{false};
};

void print_input(const base::Json& input) {
  std::cout << fmt::format(
      "  {:16} {:10} {:24} lines {} durable {} dropped {} last {}\n", input["name"].as_string(),
      input["state"].as_string(), input["address"].as_string(), input["lines"].as_int(),
      input["durable_lines"].as_int(), input["dropped"].as_int(), input["last_seen"].as_string());
  std::int64_t rejected = 0;
  for (const auto& [cause, number] : input["rejects"].members()) {
    if (!input["unread"].has(cause)) rejected += number.as_int();
  }
  std::cout << fmt::format(
      "    {} lines = {} messages + {} copies + {} parts + {} rejects + {} unaccounted\n",
      input["taken"].as_int(), input["messages"].as_int(), input["copies"].as_int(),
      input["parts"].as_int(), rejected, input["unaccounted"].as_int());
  for (const auto& [cause, number] : input["rejects"].members()) {
    std::cout << fmt::format("    {}: {}\n", cause, number.as_int());
  }
  for (const auto& [cause, number] : input["withheld"].members()) {
    std::cout << fmt::format("    position withheld, {}: {}\n", cause, number.as_int());
  }
}

void print_output(const base::Json& output) {
  const auto& counts = output["counts"];
  std::cout << fmt::format("  > {:14} {:10} {:24} {} sent {} bytes {}\n",
                           output["name"].as_string(), output["state"].as_string(),
                           output["address"].as_string(), output["connection"]["state"].as_string(),
                           counts["sent"].as_int(), counts["bytes"].as_int());
  for (const auto* what : {"filtered", "dropped"}) {
    for (const auto& [cause, number] : counts[what].members()) {
      std::cout << fmt::format("    {}, {}: {}\n", what, cause, number.as_int());
    }
  }
}

int run(const Options& options) {
  const auto path = std::filesystem::path(options.data) / "status.json";
  std::ifstream file(path);
  if (!file) {
    throw base::WorldError("no station has written here", path.string(),
                           "name the data folder with --data");
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto json = base::parse_json(text);
  if (!json) throw base::WorldError("the status cannot be read", json.error().text());
  if (options.json) {
    std::cout << json->dump() << '\n';
    return 0;
  }
  const auto& health = (*json)["health"];
  std::cout << fmt::format("{} at {} (clock {}, written {})\n", health["state"].as_string(),
                           options.data, (*json)["clock"].as_string(),
                           (*json)["written"].as_string());
  for (const auto& problem : health["problems"].items()) {
    std::cout << fmt::format("! {}: {}\n  {}\n", problem["code"].as_string(),
                             problem["text"]["en"].as_string(), problem["hint"]["en"].as_string());
  }
  for (const auto& input : (*json)["inputs"].items()) print_input(input);
  for (const auto& output : (*json)["outputs"].items()) print_output(output);
  const auto& state = health["state"].as_string();
  return state == "ok" || state == "no_input" ? 0 : 1;
}

}  // namespace

void add_status(const Verb& root) {
  auto options = std::make_shared<Options>();  // shared: the parser's and the work's
  root.verb("status", "Inputs, drops and problems of a station")
      .option("--data", options->data, "Data folder (default var)")
      .flag("--json", options->json, "As it is")
      .runs([options] { return run(*options); });
}

}  // namespace jinglue::cli
