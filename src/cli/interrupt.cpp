// SPDX-License-Identifier: Apache-2.0
#include "cli/interrupt.hpp"

#include <csignal>

namespace jinglue::cli {
namespace {

volatile std::sig_atomic_t g_asked = 0;

void note(int signal) {
  g_asked = 1;
  (void)std::signal(signal, SIG_DFL);
}

}  // namespace

Interrupt::Interrupt() {
  g_asked = 0;
  (void)std::signal(SIGINT, note);
  (void)std::signal(SIGTERM, note);
}

Interrupt::~Interrupt() {
  (void)std::signal(SIGINT, SIG_DFL);
  (void)std::signal(SIGTERM, SIG_DFL);
}

bool Interrupt::asked() {
  return g_asked != 0;
}

}  // namespace jinglue::cli
