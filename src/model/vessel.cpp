// SPDX-License-Identifier: Apache-2.0
#include "model/vessel.hpp"

#include "base/keys.hpp"

namespace jinglue::model {
namespace {

constexpr std::array<std::string_view, 15> kKeys = {
    "unknown", "fishing", "auxiliary",    "aquaculture", "leisure",
    "cargo",   "tanker",  "passenger",    "tug",         "official",
    "gear",    "aton",    "base_station", "aircraft",    "distress"};

}  // namespace

std::string_view to_key(VesselKind kind) {
  return base::key_of(kKeys, kind);
}

std::optional<VesselKind> vessel_kind_from(std::string_view key) {
  return base::value_of<VesselKind>(kKeys, key);
}

std::vector<TerminalId> VesselFacts::terminals_at(base::Instant t) const {
  std::vector<TerminalId> out;
  for (const auto& span : terminals) {
    if (span.from <= t && t < span.to) out.push_back(span.terminal);
  }
  return out;
}

}  // namespace jinglue::model
