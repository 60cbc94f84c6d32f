// SPDX-License-Identifier: Apache-2.0
// A case of drift as a file (CASE.toml, docs/format/drift.md): when, what, where from, by which
// forecasts; run, and written into a folder: result.json, areas.geojson, areas.kml, hours.csv,
// stranded.csv, brief.txt.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "drift/object.hpp"
#include "drift/run.hpp"
#include "drift/seed.hpp"

namespace jinglue::app {

struct DriftCase {
  std::string name;
  drift::Case base;
  std::vector<drift::Seeding> seedings;
  drift::Forcing forcing;
  drift::Land land;
  double cell_m{500};               ///< of the probability grid
  std::vector<std::string> inputs;  ///< files that it stands on, with a hash of each
  std::vector<std::string> warnings;
};

/// Paths in the file are beside it. Errors name file, line and key.
base::Result<std::unique_ptr<DriftCase>> read_drift_case(
    const std::filesystem::path& file, const std::vector<drift::DriftObject>& objects);

struct DriftWritten {
  std::string brief;
  std::vector<std::string> warnings;
};
/// Runs it and writes the files; the folder is made. WorldError when it cannot be written.
base::Result<DriftWritten> run_drift_case(const DriftCase& what,
                                          const std::filesystem::path& folder, std::size_t threads);

}  // namespace jinglue::app
