// SPDX-License-Identifier: Apache-2.0
// PowerCut::Vfs: a SQLite VFS over the system's own that tells a PowerCut what is written.
#pragma once

#include <sqlite3.h>
#include <string>

#include "support/power_cut.hpp"

namespace jinglue::test {

struct PowerCut::Vfs {
  explicit Vfs(PowerCut& record);
  ~Vfs();
  Vfs(const Vfs&) = delete;
  Vfs& operator=(const Vfs&) = delete;
  const std::string& name() const { return m_name; }

  PowerCut& record;
  sqlite3_vfs* real;

 private:
  std::string m_name;
  sqlite3_vfs m_vfs;
};

}  // namespace jinglue::test
