// SPDX-License-Identifier: Apache-2.0
// Scenario: an exercise as its author wrote it (docs/format/drill.md): the sea with harbours,
// grounds and lanes, groups of vessels with plans, permissions, and the truth. Nothing is drawn or
// computed here. Times are instants; in a daily plan they are milliseconds after local midnight.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/config.hpp"
#include "base/instant.hpp"
#include "base/text.hpp"
#include "geo/point.hpp"
#include "model/finding.hpp"
#include "model/vessel.hpp"

namespace jinglue::drill::script {

struct Range {
  double low{0}, high{0};
};
/// A time is drawn evenly from it; both ends equal: exact.
struct Window {
  std::int64_t low_ms{0}, high_ms{0};
};

/// What a step of a plan does. The stays last until the step's end or the next move's beginning.
enum class Act : std::uint8_t {
  kMoor,    ///< stay at a place of a harbour
  kAnchor,  ///< stay, swinging, on a ground
  kWork,    ///< stay on a ground in the pattern of a trade
  kAway,    ///< stay out of range of every receiver
  kSail,    ///< move to a harbour, ground or node
  kMeet,    ///< move to another vessel and go with it
  kPass,    ///< move past another vessel at a given distance and instant
};

/// The trades: how a vessel moves on its ground.
enum class Pattern : std::uint8_t { kTrawl, kNets, kLine, kTend, kPatrol, kDrift };

struct Step {
  Act act{Act::kMoor};
  Pattern pattern{Pattern::kTrawl};
  std::string where;              ///< harbour, ground or node
  std::vector<std::string> via;   ///< nodes to take instead of the shortest way
  bool direct{false};             ///< a straight line
  std::string vessel;             ///< kMeet, kPass: the other one
  std::optional<geo::LatLon> at;  ///< kWork: where it begins instead of a drawn place
  std::optional<Range> speed_kn;
  std::optional<Window> depart, arrive, until;
  std::optional<Window> lasts;  ///< a duration
  double ahead_m{0};            ///< kMeet: place beside the other one
  double starboard_m{0};
  double distance_nm{0};           ///< kPass: positive leaves the other one to port
  std::optional<double> spread_m;  ///< kSail, kPass: keeps up to so far beside the lane
  bool silent{false};              ///< transmitters off
  base::ConfigNode node;           ///< where it stands, for messages
};

/// Transmitter kinds: AIS class A, class B, a BeiDou set that reports every 3 minutes, a net
/// beacon, a man-overboard device.
enum class Carry : std::uint8_t { kClassA, kClassB, kBeidou, kBeacon, kOverboard };

struct Group {
  std::string key;   ///< vessels are KEY_001 ...; a single vessel is KEY
  std::string part;  ///< which count of the exercise it belongs to, e.g. "moored"
  int count{1};
  bool single{false};
  model::VesselKind kind{model::VesselKind::kUnknown};
  std::string name, ais_name;  ///< {n} is the number
  std::int64_t number_from{0};
  std::int64_t mmsi_from{0};
  std::int64_t second_mmsi_from{0};       ///< of a second terminal; 0 = none
  std::vector<std::vector<Carry>> carry;  ///< one entry is drawn
  int ship_type{0};
  std::string flag{"CN"};
  std::vector<std::vector<std::string>> gears;  ///< one entry is drawn
  Range length_m{20, 30};
  std::vector<std::string> home_ports;  ///< taken in turn
  std::string district;
  std::vector<std::string> vessel_groups;
  std::vector<std::string> destinations;  ///< one is drawn
  int wind_rating_bft{0};                 ///< 0 = by length
  int unregistered{0};                    ///< the last so many of the group
  std::vector<Step> plan, daily;
  base::ConfigNode node;
};

struct Permission {
  std::string kind, vessel, area, document, note, transition;
  std::vector<std::string> rules;
  base::Instant from, to;
  base::ConfigNode node;
};

/// How the instants of an expected finding come about.
enum class Measure : std::uint8_t {
  kStated,     ///< begin and end are written
  kAtSea,      ///< outside every berth between `begin` and `end`
  kTransmits,  ///< its transmitter is heard
  kDark,       ///< its transmitters are off
  kOutside,    ///< outside a zone
};

struct Expected {
  std::string rule, family, vessel, partner;
  std::string zone;  ///< kOutside
  Measure measure{Measure::kStated};
  base::Instant begin;
  std::optional<base::Instant> end;
  std::optional<model::Severity> severity;
  bool pending{false};
  base::Words note;
  base::ConfigNode node;
};
struct Silent {
  std::vector<std::string> vessels;  ///< keys of vessels or groups
  std::vector<std::string> rules;    ///< rules or families; empty = every rule
  base::Words reason;
  base::ConfigNode node;
};

/// A buoy or water quality station and what happens to it.
struct Buoy {
  std::string station, topic;
  geo::LatLon at;
  bool water{false};  ///< sends water quality, else waves and weather
  base::Duration every{std::chrono::minutes(10)};
  std::optional<base::Instant> breaks_loose;  ///< drifts from then on
  std::optional<base::Instant> silent_from;
};

struct NamedPoint {
  std::string key;
  geo::LatLon at;
};
struct Lane {
  std::vector<std::string> nodes;
  base::ConfigNode node;
};
struct Harbour {
  std::string key, zone;
  std::vector<std::string> gates;
  base::ConfigNode node;
};
struct Ground {
  std::string zone;
  std::vector<std::string> gates;
  base::ConfigNode node;
};

struct Scenario {
  std::string id;
  base::Words title;
  std::string timezone;
  base::Instant begin, end, opens;
  double speed{1};
  std::vector<std::filesystem::path> zone_files;
  /// Contents of BeiDou short messages (docs/format/beidou.md); the first with a place is sent.
  /// Empty: BeiDou sets send reports of position (WAA), which have no speed.
  std::filesystem::path beidou_file;
  std::string sensor_mapping;  ///< a name of data/sensors; needed with buoys
  std::vector<Buoy> buoys;
  std::vector<NamedPoint> nodes;
  std::vector<Lane> lanes;
  std::vector<Harbour> harbours;
  std::vector<Ground> grounds;
  std::vector<Group> groups;
  std::vector<Permission> permissions;
  std::vector<Expected> expected;
  std::vector<Silent> silent;
};

/// Every mistake of form is an Error with file, line and key; references are checked later, where
/// they are resolved.
base::Result<Scenario> read_scenario(const std::filesystem::path& file);

std::string_view to_key(Act act);
std::string_view to_key(Carry carry);

}  // namespace jinglue::drill::script
