// SPDX-License-Identifier: Apache-2.0
// jinglue: one program with subcommands. The first of the four places that catch exceptions.
#include <cstdio>
#include <exception>
#include <iostream>

#include <CLI/CLI.hpp>

#include "cli/command.hpp"

int main(int argc, char** argv) {
  CLI::App root("Jinglue (经略): watch of the sea and records of a coastal authority");
  root.set_version_flag("--version", std::string("jinglue ") + JINGLUE_VERSION);
  root.require_subcommand(1);
  root.fallthrough();
  jinglue::cli::Chosen chosen;
  jinglue::cli::add_serve(root, chosen);
  jinglue::cli::add_drill(root, chosen);
  jinglue::cli::add_rules(root, chosen);
  jinglue::cli::add_replay(root, chosen);
  jinglue::cli::add_user(root, chosen);
  jinglue::cli::add_audit(root, chosen);
  jinglue::cli::add_case(root, chosen);
  jinglue::cli::add_registers(root, chosen);
  jinglue::cli::add_status(root, chosen);
  try {
    root.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return root.exit(error) == 0 ? 0 : 2;
  }
  try {
    return chosen ? chosen() : 2;
  } catch (const std::exception& failure) {
    std::cerr << "jinglue: " << failure.what() << '\n';
    return 1;
  }
}
