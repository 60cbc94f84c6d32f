// SPDX-License-Identifier: Apache-2.0
#include "model/vessel.hpp"

#include <array>

namespace jinglue::model {
namespace {

constexpr std::array<std::string_view, 15> kKeys = {
    "unknown", "fishing", "auxiliary",    "aquaculture", "leisure",
    "cargo",   "tanker",  "passenger",    "tug",         "official",
    "gear",    "aton",    "base_station", "aircraft",    "distress"};

}  // namespace

std::string_view to_key(VesselKind kind) {
  return kKeys.at(static_cast<std::size_t>(kind));
}

std::optional<VesselKind> vessel_kind_from(std::string_view key) {
  for (std::size_t i = 0; i < kKeys.size(); ++i) {
    if (kKeys[i] == key) return static_cast<VesselKind>(i);
  }
  return std::nullopt;
}

std::vector<TerminalId> VesselFacts::terminals_at(base::Instant t) const {
  std::vector<TerminalId> out;
  for (const auto& span : terminals) {
    if (span.from <= t && t < span.to) out.push_back(span.terminal);
  }
  return out;
}

}  // namespace jinglue::model
