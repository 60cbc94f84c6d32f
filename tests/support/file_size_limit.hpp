// SPDX-License-Identifier: Apache-2.0
// FileSizeLimit: while it lives, no file of this process can grow above a size, as if the disk were
// full (RLIMIT_FSIZE, EFBIG instead of the signal).
#pragma once

#include <sys/resource.h>
#include <csignal>
#include <cstdint>

namespace jinglue::test {

class FileSizeLimit {
 public:
  explicit FileSizeLimit(std::uint64_t bytes) {
    m_signal = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &m_before);
    rlimit limit = m_before;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &m_before);
    std::signal(SIGXFSZ, m_signal);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit m_before{};
  void (*m_signal)(int){nullptr};
};

}  // namespace jinglue::test
