// SPDX-License-Identifier: Apache-2.0
// run(): the program with a command line, to its end; what it wrote and its exit code.
#pragma once

#include <string>
#include <vector>

#include "support/process.hpp"
#include "support/temp_folder.hpp"

namespace jinglue::test {

struct Ran {
  int code{-1};
  std::string output;  ///< standard output and error, as they came
};

/// `input` is its standard input.
inline Ran run(std::vector<std::string> arguments, const std::string& input = {}) {
  const TempFolder folder;
  arguments.insert(arguments.begin(), JINGLUE_PROGRAM);
  Process process(arguments, folder / "output", input);
  if (!process.wait_for(std::chrono::seconds(60))) process.kill(SIGKILL);
  return {process.code(), process.output()};
}

inline bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace jinglue::test
