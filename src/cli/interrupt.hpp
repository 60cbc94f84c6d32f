// SPDX-License-Identifier: Apache-2.0
// Interrupt: while it lives, Ctrl-C and SIGTERM do not end the program but are noted, so that long
// work can end in good order. A second one ends it at once.
#pragma once

namespace jinglue::cli {

class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  static bool asked();
  static constexpr int kExitCode = 130;  ///< as shells say of a program that SIGINT ended
};

}  // namespace jinglue::cli
