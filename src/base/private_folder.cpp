// SPDX-License-Identifier: Apache-2.0
#include "base/private_folder.hpp"

#include <cerrno>
#include <cstdlib>

#include "base/log.hpp"
#include "base/result.hpp"
#include "base/text.hpp"

namespace jinglue::base {

namespace fs = std::filesystem;

PrivateFolder::PrivateFolder() {
  std::string name = (fs::temp_directory_path() / "jinglue_XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {  // mode 0700
    throw WorldError("no temporary folder could be made", name + ": " + errno_text(errno),
                     "free space there, or name another folder in TMPDIR");
  }
  m_path = name;
}

PrivateFolder::~PrivateFolder() {
  std::error_code failed;
  fs::remove_all(m_path, failed);
  if (failed) log_warn("base", "{} was not removed: {}", m_path.string(), failed.message());
}

}  // namespace jinglue::base
