// SPDX-License-Identifier: Apache-2.0
// What the registers know of a vessel: a snapshot of the record of the register `vessel`, and of
// the dated exemption records, in the form that the picture and the rules use.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "model/terminal.hpp"

namespace jinglue::model {

/// How a vessel is drawn and which filters it meets. From the register when a record claims the
/// track, else from the AIS ship type and the kind of MMSI.
enum class VesselKind : std::uint8_t {
  kUnknown = 0,
  kFishing = 1,
  kAuxiliary = 2,    ///< carriers and supply vessels serving fishing vessels (渔业辅助船)
  kAquaculture = 3,  ///< 养殖船
  kLeisure = 4,      ///< leisure angling, sailing, pleasure
  kCargo = 5,
  kTanker = 6,
  kPassenger = 7,  ///< ferries, tour boats, high-speed craft
  kTug = 8,        ///< tugs, pilots, port tenders
  kOfficial = 9,   ///< law enforcement, rescue, survey
  kGear = 10,      ///< net beacons: gear, not ships
  kAton = 11,      ///< aids to navigation
  kBaseStation = 12,
  kAircraft = 13,  ///< SAR aircraft
  kDistress = 14,  ///< AIS-SART, MOB, EPIRB (MMSI 970, 972, 974)
};

/// Stable English key for files and the API: "fishing", "auxiliary", ...
std::string_view to_key(VesselKind kind);
std::optional<VesselKind> vessel_kind_from(std::string_view key);

/// A terminal carried by a vessel in [from, to).
struct TerminalSpan {
  TerminalId terminal;
  base::Instant from{base::kDistantPast};
  base::Instant to{base::kDistantFuture};
};

struct VesselFacts {
  std::string id;            ///< record id (UUID)
  std::int64_t revision{0};  ///< of the record
  std::string name;
  std::string side_number;  ///< 船名号
  VesselKind kind{VesselKind::kUnknown};
  std::vector<std::string> gears;  ///< licensed gear, GB/T 5147 class keys, e.g. "T", "C", "D"
  std::optional<double> length_m;  ///< length overall
  std::optional<double> power_kw;
  std::string home_port;               ///< place key, e.g. "shidao"
  std::string district;                ///< organisation unit key
  std::string flag;                    ///< ISO 3166 alpha-2
  std::optional<int> wind_rating_bft;  ///< highest Beaufort force it may sail in
  std::vector<std::string> groups;     ///< vessel groups (lists) it belongs to
  std::vector<TerminalSpan> terminals;
  std::string call_sign;
  std::vector<TerminalId> terminals_at(base::Instant t) const;
};

/// A dated permission that silences exactly its scope: one vessel, rules, area, time.
struct ExemptionFacts {
  std::string id;
  std::int64_t revision{0};
  std::string kind;       ///< special_permit | charter | repair | typhoon | auxiliary | other_port
  std::string vessel_id;  ///< record id
  std::vector<std::string> rules;  ///< rule ids or families it covers; empty = none
  std::string area;                ///< zone id; empty = anywhere
  base::Instant from;
  base::Instant to;      ///< exclusive
  std::string document;  ///< number of the approving document
};

}  // namespace jinglue::model
