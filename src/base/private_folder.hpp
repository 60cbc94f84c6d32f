// SPDX-License-Identifier: Apache-2.0
// A folder that only this program may enter, gone with all in it at the end.
#pragma once

#include <filesystem>

namespace jinglue::base {

class PrivateFolder {
 public:
  /// Throws WorldError when none can be made.
  PrivateFolder();
  ~PrivateFolder();
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;
  const std::filesystem::path& path() const { return m_path; }

 private:
  std::filesystem::path m_path;
};

}  // namespace jinglue::base
