// SPDX-License-Identifier: Apache-2.0
// Commands: each add_NAME puts its options on the command line and, when it is chosen, leaves what
// is to be run in `chosen`. Exit codes: 0 fine, 1 the work failed or found mistakes, 2 command
// line.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace jinglue::cli {

using Chosen = std::function<int()>;

void add_serve(CLI::App& root, Chosen& chosen);
void add_drill(CLI::App& root, Chosen& chosen);
void add_rules(CLI::App& root, Chosen& chosen);
void add_replay(CLI::App& root, Chosen& chosen);
void add_user(CLI::App& root, Chosen& chosen);
void add_audit(CLI::App& root, Chosen& chosen);
void add_case(CLI::App& root, Chosen& chosen);
void add_registers(CLI::App& root, Chosen& chosen);
void add_status(CLI::App& root, Chosen& chosen);

}  // namespace jinglue::cli
