// SPDX-License-Identifier: Apache-2.0
// jinglue: one program with subcommands. The first of the four places that catch exceptions.
#include <exception>
#include <iostream>

#include "cli/command.hpp"
#include "cli/verb.hpp"

int main(int argc, char** argv) {
  using namespace jinglue::cli;
  try {
    Program program("Jinglue (经略): watch of the sea and records of a coastal authority",
                    std::string("jinglue ") + JINGLUE_VERSION);
    const Verb root = program.root();
    add_serve(root);
    add_drill(root);
    add_rules(root);
    add_replay(root);
    add_decode(root);
    add_user(root);
    add_audit(root);
    add_case(root);
    add_registers(root);
    add_status(root);
    add_positions(root);
    add_archive(root);
    add_sql(root);
    add_exchange(root);
    add_convert(root);
    add_naf(root);
    add_plan(root);
    add_drift(root);
    return program.run(argc, argv);
  } catch (const std::exception& failure) {
    std::cerr << "jinglue: " << failure.what() << '\n';
    return 1;
  }
}
