// SPDX-License-Identifier: Apache-2.0
// Scenario: a text file as README.md in this folder describes it, read into journal entries (rule
// pack, register changes, AIS sentences, ticks) and a table of what must be found.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "base/json.hpp"
#include "detect/rule/files.hpp"
#include "geo/point.hpp"
#include "model/journal_entry.hpp"
#include "model/record_change.hpp"

namespace jinglue::scenario {

/// A line of a table: cells by column name.
using Row = std::map<std::string, std::string>;

struct Vessel {
  std::string key;  ///< "V1"
  std::string name;
  bool registered{true};
  std::vector<std::uint32_t> mmsi;
  std::map<std::string, std::string> words;  ///< kind, gears, home_port, ...
  int line{0};
};

/// One sentence to be, in the order of the file.
struct Shot {
  const Vessel* vessel{nullptr};
  std::uint32_t mmsi{0};
  base::Instant time, arrival;
  geo::LatLon place;
  double speed_kn{-1};
  double course_deg{0};
};

struct Scenario {
  std::string file;
  detect::RuleFiles rules;
  std::map<std::string, Vessel> vessels;
  std::vector<model::RecordChange> changes;  ///< `at` is when the register knew
  std::vector<Shot> shots;
  base::Instant begin, end;
  std::vector<Row> expected;
  bool nothing{false};

  /// Journal entries in order of arrival, or with each sentence arriving at its own time.
  std::vector<model::JournalEntry> entries(bool in_time_order) const;
  /// Key of the vessel of a subject id; the id itself when it is none of them.
  std::string vessel_of(const std::string& subject) const;
};

/// Throws std::runtime_error "FILE:LINE: what is wrong".
Scenario read_scenario(const std::string& file);

base::Instant local_time(const std::string& text);  ///< "2024-05-01 12:00:00.000"

}  // namespace jinglue::scenario
