// SPDX-License-Identifier: Apache-2.0
// Fleet: every vessel of a scenario with its invented identity, its terminals and its track.
// Deterministic by scenario and seed; each vessel draws from its own stream of numbers, so that a
// change of one group leaves the others as they were (but for places taken in a harbour).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "drill/motion/track.hpp"
#include "drill/script/scenario.hpp"
#include "drill/sea/sea_map.hpp"
#include "model/terminal.hpp"

namespace jinglue::drill::cast {

struct Terminal {
  script::Carry carry{script::Carry::kClassB};
  /// Unique in the fleet. The card number of a BeiDou set is its last seven digits.
  std::uint32_t mmsi{0};
  model::TerminalId id() const;
};

struct Vessel {
  std::string key;
  const script::Group* group{nullptr};
  std::int64_t number{0};
  std::string name, ais_name, call_sign;
  std::vector<Terminal> terminals;
  std::vector<std::string> gears;
  double length_m{0}, beam_m{0};
  std::string home_port, destination;
  bool registered{true};
  std::uint64_t seed{0};
  motion::Track track;
};

class Fleet {
 public:
  static base::Result<Fleet> make(script::Scenario scenario, std::uint64_t seed);

  const script::Scenario& scenario() const { return *m_scenario; }
  const sea::SeaMap& map() const { return *m_map; }
  const std::vector<Vessel>& vessels() const { return m_vessels; }
  const Vessel* find(const std::string& key) const;
  /// The vessel of that key, or all of a group of that key.
  std::vector<const Vessel*> find_all(const std::string& key) const;

 private:
  std::unique_ptr<script::Scenario> m_scenario;  // vessels point into it
  std::unique_ptr<sea::SeaMap> m_map;
  std::vector<Vessel> m_vessels;
  std::map<std::string, std::size_t> m_by_key;
};

}  // namespace jinglue::drill::cast
