// SPDX-License-Identifier: Apache-2.0
// The reference format of drift cases (a folder with NAME-run.json, NAME-*.nc, NAME-replay-*.csv
// and NAME-stats.csv, docs/format/drift.md): particles with their draws are run again and compared
// place by place; ensembles of our own draws are compared with the ensembles of the reference.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "drift/object.hpp"
#include "drift/run.hpp"
#include "drift/spread.hpp"

namespace jinglue::app {

struct ReferenceCase {
  std::string name;
  std::filesystem::path folder;
  drift::Case base;  ///< without objects
  drift::Forcing forcing;
  drift::Land land;
  geo::LatLon place;
  double radius_m{0};
  base::Duration window{0};
  std::size_t particles{0};  ///< of an ensemble
  std::vector<int> objects;  ///< numbers
  std::vector<std::string> warnings;
};
/// `run`: the file NAME-run.json.
base::Result<std::unique_ptr<ReferenceCase>> read_reference(const std::filesystem::path& run);

/// Of one object: distances of particles that drift in both, at the hours that the reference says.
struct ReplayFigures {
  int object{0};
  std::size_t compared{0};
  double most_m{0}, p99_m{0}, median_m{0};
  std::size_t mismatches{0};  ///< drifting in one and not in the other
  std::size_t stranded_reference{0}, stranded_ours{0};
};
base::Result<std::vector<ReplayFigures>> replay(const ReferenceCase& reference,
                                                const std::vector<drift::DriftObject>& objects,
                                                std::size_t threads);

/// Of one object: the mean of `seeds` ensembles of ours beside the mean of those of the reference,
/// the greatest difference over all hours.
struct EnsembleFigures {
  int object{0};
  std::string set;              ///< "all" or "active"
  double most_m{0};             ///< between the centres
  double most_area_percent{0};  ///< of the 90 % ellipse
  double most_stranded_percent{0};
};
base::Result<std::vector<EnsembleFigures>> compare_ensembles(
    const ReferenceCase& reference, const std::vector<drift::DriftObject>& objects,
    std::uint64_t seeds, std::size_t threads);

}  // namespace jinglue::app
