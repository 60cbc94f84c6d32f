// SPDX-License-Identifier: Apache-2.0
// Reads the developers' data set beside the tree (see its README.md); a test that needs a file of
// it skips when it is absent, because the set is not part of the project.
#pragma once

#include <zlib.h>

#include <filesystem>
#include <string>
#include <vector>

namespace jinglue::tests {

inline std::filesystem::path shared_ais() {
  return std::filesystem::path(JINGLUE_SOURCE_DIR) / "../shared/data/ais";
}

/// Lines without their ends; plain or gzip. Empty when the file is absent.
inline std::vector<std::string> read_lines(const std::filesystem::path& file) {
  std::vector<std::string> lines;
  gzFile in = gzopen(file.c_str(), "rb");
  if (in == nullptr) return lines;
  std::string bytes;
  char block[65536];
  for (int n = 0; (n = gzread(in, block, sizeof block)) > 0;) {
    bytes.append(block, static_cast<std::size_t>(n));
  }
  gzclose(in);
  for (std::size_t at = 0; at < bytes.size();) {
    const auto end = std::min(bytes.find('\n', at), bytes.size());
    lines.push_back(bytes.substr(at, end - at));
    if (!lines.back().empty() && lines.back().back() == '\r') lines.back().pop_back();
    at = end + 1;
  }
  return lines;
}

}  // namespace jinglue::tests

#define JINGLUE_NEEDS_SHARED(path)                                                               \
  do {                                                                                           \
    if (!std::filesystem::exists(path)) {                                                        \
      GTEST_SKIP() << "shared data set absent: " << (path).filename() << " not beside the tree"; \
    }                                                                                            \
  } while (false)
