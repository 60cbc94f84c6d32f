// SPDX-License-Identifier: Apache-2.0
#include "app/ais_applications.hpp"

#include <algorithm>
#include <vector>

#include "base/config.hpp"

namespace jinglue::app {

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> tables_of(const fs::path& share) {
  std::error_code none;
  std::vector<fs::path> places = {share};
  if (share.empty()) {
    const auto program = fs::read_symlink("/proc/self/exe", none);
    places = {program.parent_path().parent_path() / "share" / "jinglue", fs::current_path(none)};
  }
  std::vector<fs::path> files;
  for (const auto& place : places) {
    for (const auto& entry : fs::directory_iterator(place / "data" / "ais", none)) {
      if (entry.path().extension() == ".toml") files.push_back(entry.path());
    }
    if (!files.empty()) break;
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

observe::ais::Applications read_ais_applications(const std::filesystem::path& share) {
  observe::ais::Applications out;
  for (const auto& file : tables_of(share)) {
    const auto config = base::read_config(file);
    const auto added = config ? out.add(*config) : base::Status(tl::unexpected(config.error()));
    if (!added) {
      throw base::WorldError("a table of AIS application data cannot be used",
                             added.error().text());
    }
  }
  return out;
}

}  // namespace jinglue::app
