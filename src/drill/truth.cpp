// SPDX-License-Identifier: Apache-2.0
// make_truth: the expected findings of the script with their instants, measured on the noiseless
// tracks, never with the rules that they test.
#include <fmt/format.h>

#include <algorithm>

#include "drill/records.hpp"

namespace jinglue::drill {
namespace {

using base::Code;
using base::Json;
using script::Expected;
using script::Measure;

constexpr std::int64_t kFine_ms = 1000;
constexpr std::int64_t kCoarse_ms = 15'000;

struct Interval {
  std::int64_t begin_ms{0};
  std::optional<std::int64_t> end_ms;  ///< absent: lasts beyond the exercise
};

struct Window {
  std::int64_t begin_ms{0}, end_ms{0};
  bool open{false};  ///< the exercise ends it, not the script
};

/// From the first instant at which `holds` to the last such, in [begin, end); exact to a second for
/// what lasts longer than a coarse step.
template <class Holds>
std::optional<Interval> while_true(const Holds& holds, const Window& window) {
  std::optional<std::int64_t> first_ms, last_ms;
  for (std::int64_t t = window.begin_ms; t < window.end_ms; t += kCoarse_ms) {
    if (!holds(t)) continue;
    if (!first_ms) first_ms = t;
    last_ms = t;
  }
  if (!first_ms) return std::nullopt;
  const std::int64_t low_ms = std::max(*first_ms - kCoarse_ms, window.begin_ms);
  const std::int64_t high_ms = std::min(*last_ms + kCoarse_ms, window.end_ms);
  while (*first_ms - kFine_ms >= low_ms && holds(*first_ms - kFine_ms)) *first_ms -= kFine_ms;
  while (*last_ms + kFine_ms < high_ms && holds(*last_ms + kFine_ms)) *last_ms += kFine_ms;
  Interval out{*first_ms, std::nullopt};
  const bool lasts = window.open && *last_ms + kFine_ms >= window.end_ms;
  if (!lasts) out.end_ms = *last_ms + kFine_ms;
  return out;
}

/// The spans in [begin, end) in which the terminals are heard, or switched off, as one interval.
std::optional<Interval> by_span(const cast::Vessel& vessel, std::int64_t begin_ms,
                                std::int64_t end_ms, bool dark) {
  std::optional<Interval> out;
  for (const auto& span : vessel.track.spans()) {
    const bool counts = dark ? span.silent : span.heard();
    if (!counts || span.to_ms <= begin_ms || span.from_ms >= end_ms) continue;
    if (!out) out = Interval{std::max(span.from_ms, begin_ms), std::nullopt};
    out->end_ms = std::min(span.to_ms, end_ms);
  }
  return out;
}

std::optional<Interval> measured(const Expected& expected, const cast::Vessel& vessel,
                                 const cast::Fleet& fleet) {
  const std::int64_t end_ms = expected.end.value_or(fleet.scenario().end).ms;
  const Window window{expected.begin.ms, end_ms, !expected.end};
  switch (expected.measure) {
    case Measure::kAtSea:
      return while_true(
          [&](std::int64_t t) { return !fleet.map().at_berth(vessel.track.pose(t).at); }, window);
    case Measure::kOutside: {
      const auto* zone = fleet.map().zone(expected.zone);
      if (zone == nullptr) return std::nullopt;
      return while_true(
          [&](std::int64_t t) { return !zone->area->contains(vessel.track.pose(t).at); }, window);
    }
    case Measure::kTransmits:
      return by_span(vessel, expected.begin.ms, end_ms, false);
    case Measure::kDark:
      return by_span(vessel, expected.begin.ms, end_ms, true);
    case Measure::kStated:
      break;
  }
  Interval stated{expected.begin.ms, std::nullopt};
  if (expected.end) stated.end_ms = expected.end->ms;
  return stated;
}

Json who(const cast::Vessel& v) {
  Json terminals = Json::array();
  for (const auto& t : v.terminals) terminals.push(model::to_text(t.id()));
  const auto& first = v.terminals.front();
  const bool ais = first.carry != script::Carry::kBeidou;
  return Json::object({{"key", v.key},
                       {"vessel", v.name},
                       {"mmsi", ais ? Json(std::int64_t{first.mmsi}) : Json()},
                       {"terminals", std::move(terminals)},
                       {"registered", v.registered}});
}

base::Result<Json> find_entry(const Expected& expected, const cast::Fleet& fleet) {
  const cast::Vessel* vessel = fleet.find(expected.vessel);
  if (vessel == nullptr) {
    return expected.node.error(Code::kUnknown, "no such vessel: " + expected.vessel);
  }
  if (!expected.zone.empty() && fleet.map().zone(expected.zone) == nullptr) {
    return expected.node.error(Code::kUnknown, "no such zone: " + expected.zone);
  }
  const auto interval = measured(expected, *vessel, fleet);
  if (!interval) {
    return expected.node.error(Code::kMalformed,
                               "the vessel never does in that time what is expected of it");
  }
  Json out = who(*vessel);
  out.set("rule", expected.rule);
  out.set("family", expected.family);
  if (!expected.partner.empty()) {
    const cast::Vessel* partner = fleet.find(expected.partner);
    if (partner == nullptr) {
      return expected.node.error(Code::kUnknown, "no such vessel: " + expected.partner);
    }
    out.set("partner", who(*partner));
  }
  out.set("begin", base::to_iso({interval->begin_ms}));
  out.set("end", interval->end_ms ? Json(base::to_iso({*interval->end_ms})) : Json());
  out.set("severity", expected.severity ? Json(model::to_key(*expected.severity)) : Json());
  out.set("pending", expected.pending);
  out.set("note", Json::object({{"zh", expected.note.zh}, {"en", expected.note.en}}));
  return out;
}

base::Result<Json> silent_entry(const script::Silent& silent, const cast::Fleet& fleet) {
  Json vessels = Json::array();
  for (const auto& key : silent.vessels) {
    const auto all = fleet.find_all(key);
    if (all.empty()) return silent.node.error(Code::kUnknown, "no such vessel or group: " + key);
    for (const cast::Vessel* v : all) vessels.push(who(*v));
  }
  Json rules = Json::array();
  for (const auto& rule : silent.rules) rules.push(rule);
  return Json::object(
      {{"rules", std::move(rules)},
       {"reason", Json::object({{"zh", silent.reason.zh}, {"en", silent.reason.en}})},
       {"vessels", std::move(vessels)}});
}

}  // namespace

base::Result<Json> make_truth(const cast::Fleet& fleet, std::uint64_t seed) {
  const auto& scenario = fleet.scenario();
  Json find = Json::array();
  for (const auto& expected : scenario.expected) {
    auto entry = find_entry(expected, fleet);
    if (!entry) return entry;
    find.push(std::move(*entry));
  }
  Json silent = Json::array();
  for (const auto& item : scenario.silent) {
    auto entry = silent_entry(item, fleet);
    if (!entry) return entry;
    silent.push(std::move(*entry));
  }
  return Json::object({{"scenario", scenario.id},
                       {"seed", seed},
                       {"begin", base::to_iso(scenario.begin)},
                       {"end", base::to_iso(scenario.end)},
                       {"find", std::move(find)},
                       {"silent", std::move(silent)}});
}

}  // namespace jinglue::drill
