// SPDX-License-Identifier: Apache-2.0
// OpenFolder: the databases of a data folder for a command that runs beside a station or without
// one. It takes no lock: SQLite orders the writes; rows that a running station has not committed to
// its archive yet are not seen.
#pragma once

#include <filesystem>

#include "access/access.hpp"
#include "findings/findings.hpp"
#include "picture/archive/archive.hpp"
#include "registry/registry.hpp"
#include "store/database.hpp"

namespace jinglue::cli {

class OpenFolder {
 public:
  /// Throws WorldError when there is no such folder and `make` is false.
  OpenFolder(const std::filesystem::path& data, const std::filesystem::path& share,
             bool make = false);
  access::Access& access() { return m_access; }
  registry::Registry& registry() { return m_registry; }
  const registry::Registry& registry() const { return m_registry; }
  findings::Findings& findings() { return m_findings; }
  picture::Archive& archive() { return m_archive; }
  const std::filesystem::path& data() const { return m_data; }

 private:
  const std::filesystem::path m_data;
  store::Database m_records;
  access::Access m_access;
  registry::Registry m_registry;
  findings::Findings m_findings;
  picture::Archive m_archive;
};

}  // namespace jinglue::cli
