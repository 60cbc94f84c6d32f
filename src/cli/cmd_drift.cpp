// SPDX-License-Identifier: Apache-2.0
// jinglue drift: run: a case out of a file; replay: the published reference cases, place by place.
#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "app/drift_case.hpp"
#include "app/drift_reference.hpp"
#include "app/settings.hpp"
#include "base/config.hpp"
#include "cli/command.hpp"
#include "cli/verb.hpp"

namespace jinglue::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string run, into, objects, share;
  std::uint64_t seeds{0}, threads{1};
};

/// The bars that the published cases are held to.
constexpr double kMost_m = 2;
constexpr double kMostCentre_m = 400;
constexpr double kMostArea_percent = 1.5;

template <class T>
T value_of(base::Result<T> result) {
  if (!result) throw base::WorldError(result.error().text(), "");
  return std::move(*result);
}

bool print_replay(const app::ReferenceCase& reference,
                  const std::vector<drift::DriftObject>& objects, std::size_t threads) {
  bool good = true;
  for (const auto& one : value_of(app::replay(reference, objects, threads))) {
    fmt::print(
        "{} object {}: {} places, most {:.2f} m, p99 {:.2f}, median {:.3f}; "
        "{} other states; stranded {}, reference {}\n",
        reference.name, one.object, one.compared, one.most_m, one.p99_m, one.median_m,
        one.mismatches, one.stranded_ours, one.stranded_reference);
    good = good && one.compared > 0 && one.most_m <= kMost_m && one.mismatches == 0;
  }
  return good;
}

bool print_ensembles(const app::ReferenceCase& reference,
                     const std::vector<drift::DriftObject>& objects, const Options& options) {
  bool good = true;
  for (const auto& one :
       value_of(app::compare_ensembles(reference, objects, options.seeds, options.threads))) {
    fmt::print(
        "{} object {} {}: centre within {:.0f} m, 90 % ellipse within {:.2f} %, "
        "stranded within {:.2f} points\n",
        reference.name, one.object, one.set, one.most_m, one.most_area_percent,
        one.most_stranded_percent);
    good = good && one.most_m <= kMostCentre_m && one.most_area_percent <= kMostArea_percent;
  }
  return good;
}

/// The file that was named, else the shipped one.
std::vector<drift::DriftObject> objects_of(const Options& options) {
  const auto file = options.objects.empty()
                        ? app::find_share(options.share) / "data/drift/objects.toml"
                        : fs::path(options.objects);
  return value_of(drift::read_objects(value_of(base::read_config(file))));
}

int replay(const Options& options) {
  const auto objects = objects_of(options);
  const auto reference = value_of(app::read_reference(options.run));
  for (const auto& warning : reference->warnings) std::cerr << "warning: " << warning << '\n';
  bool good = print_replay(*reference, objects, options.threads);
  if (options.seeds > 0) good = print_ensembles(*reference, objects, options) && good;
  return good ? 0 : 1;
}

int run_case(const Options& options) {
  const auto objects = objects_of(options);
  const auto what = value_of(app::read_drift_case(options.run, objects));
  const auto written = value_of(app::run_drift_case(*what, options.into, options.threads));
  for (const auto& warning : written.warnings) std::cerr << "warning: " << warning << '\n';
  std::cout << written.brief;
  return 0;
}

}  // namespace

void add_drift(const Verb& root) {
  auto options = std::make_shared<Options>();  // shared: the parser's and the work's
  const auto drift = root.verb("drift", "Where things drift: runs and their reference");
  drift.verb("replay", "Run a published reference case again and compare (exit code 1: not equal)")
      .option("RUN", options->run, "NAME-run.json, beside its files")
      .required()
      .option("--objects", options->objects, "Table of objects (default: the shipped one)")
      .option("--share", options->share, "Folder with data/drift/objects.toml")
      .option("--ensembles", options->seeds, "Compare ensembles of so many seeds too")
      .option("--threads", options->threads, "Threads (default 1)")
      .runs([options] { return replay(*options); });
  drift.verb("run", "Run a case; prints its brief, writes areas and places into a folder")
      .option("CASE", options->run, "CASE.toml (docs/format/drift.md)")
      .required()
      .option("-o,--into", options->into, "Folder of the result")
      .required()
      .option("--objects", options->objects, "Table of objects (default: the shipped one)")
      .option("--share", options->share, "Folder with data/drift/objects.toml")
      .option("--threads", options->threads, "Threads (default 1)")
      .runs([options] { return run_case(*options); });
}

}  // namespace jinglue::cli
