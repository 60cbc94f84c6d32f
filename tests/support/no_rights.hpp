// SPDX-License-Identifier: Apache-2.0
// Runs a piece of work in a child process without root's rights (root may write everywhere) and
// brings back the text that it gives.
#pragma once

#include <sys/wait.h>
#include <unistd.h>
#include <functional>
#include <string>

namespace jinglue::test {

inline std::string without_rights(const std::function<std::string()>& work) {
  int ends[2];
  if (pipe(ends) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) {
    if (geteuid() == 0 && setuid(65534) != 0) _exit(2);
    const std::string text = work();
    _exit(write(ends[1], text.data(), text.size()) < 0 ? 1 : 0);
  }
  close(ends[1]);
  std::string out(8192, '\0');
  const ssize_t size = read(ends[0], out.data(), out.size());
  close(ends[0]);
  waitpid(child, nullptr, 0);
  out.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return out;
}

}  // namespace jinglue::test
