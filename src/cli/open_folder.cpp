// SPDX-License-Identifier: Apache-2.0
// Opening a data folder for a command.
#include "cli/open_folder.hpp"

namespace jinglue::cli {

namespace {

std::filesystem::path checked(const std::filesystem::path& data, bool make) {
  if (make) {
    std::filesystem::create_directories(data);
  } else if (!std::filesystem::exists(data / "records.db")) {
    throw base::WorldError("there is no data folder", data.string(), "name it with --data FOLDER");
  }
  return data;
}

store::OpenOptions records_options(const std::filesystem::path& data) {
  store::OpenOptions options;
  options.path = data / "records.db";
  return options;
}

}  // namespace

OpenFolder::OpenFolder(const std::filesystem::path& data, const std::filesystem::path& share,
                       bool make)
    : m_data(checked(data, make)),
      m_records(records_options(m_data)),
      m_access(m_records),
      m_registry(m_records, m_access, share / "registers"),
      m_findings(m_records),
      m_archive({m_data / "tracks.db", {}}) {}

}  // namespace jinglue::cli
