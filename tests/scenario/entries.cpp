// SPDX-License-Identifier: Apache-2.0
// Scenario::entries: what the journal would hold.
#include <algorithm>
#include <cmath>
#include <set>

#include "observe/ais/encoder.hpp"
#include "tests/scenario/scenario.hpp"

namespace jinglue::scenario {
namespace {

using model::EntryKind;
using model::JournalEntry;

constexpr base::Duration kStaticEvery = std::chrono::minutes(6);
/// A clock that ticks each second through days of a scenario says no more than one of ten seconds.
constexpr base::Duration kLongScenario = std::chrono::hours(12);

JournalEntry line(base::Instant arrival, const std::string& sentence) {
  return {0, EntryKind::kLine, arrival, "ais", "", sentence};
}

std::vector<std::string> position_sentences(const Shot& shot) {
  observe::ais::PositionReport report;
  report.type = 18;
  report.mmsi = shot.mmsi;
  report.lat = std::int32_t(std::lround(shot.place.lat_deg * 600'000));
  report.lon = std::int32_t(std::lround(shot.place.lon_deg * 600'000));
  if (shot.speed_kn >= 0) report.sog = std::uint16_t(std::lround(shot.speed_kn * 10));
  report.utc_second = std::uint8_t(shot.time.ms / 1000 % 60);
  observe::ais::Envelope envelope;
  envelope.source = "scenario";
  envelope.at = shot.time;
  envelope.at_in_ms = true;
  return observe::ais::encode(report, envelope);
}

std::vector<std::string> static_sentences(const Shot& shot) {
  observe::ais::StaticData name;
  name.type = 24;
  name.mmsi = shot.mmsi;
  name.part = 0;
  name.name = shot.vessel->name;
  observe::ais::StaticData kind;
  kind.type = 24;
  kind.mmsi = shot.mmsi;
  kind.part = 1;
  kind.ship_type = std::uint8_t(std::stoul(shot.vessel->words.at("ship_type")));
  auto out = observe::ais::encode(name);
  for (auto& sentence : observe::ais::encode(kind)) out.push_back(std::move(sentence));
  return out;
}

void add_sentences(const Scenario& s, bool in_time_order, std::vector<JournalEntry>& out) {
  std::map<std::uint32_t, base::Instant> told;
  for (const auto& shot : s.shots) {
    const base::Instant arrival = in_time_order ? shot.time : shot.arrival;
    const bool stated = !shot.vessel->registered && shot.vessel->words.count("ship_type") != 0;
    if (stated && (told.count(shot.mmsi) == 0 || arrival - told[shot.mmsi] >= kStaticEvery)) {
      told[shot.mmsi] = arrival;
      for (const auto& sentence : static_sentences(shot)) out.push_back(line(arrival, sentence));
    }
    for (const auto& sentence : position_sentences(shot)) out.push_back(line(arrival, sentence));
  }
}

}  // namespace

std::vector<JournalEntry> Scenario::entries(bool in_time_order) const {
  std::vector<JournalEntry> out;
  out.push_back(
      {0, EntryKind::kRulePack, begin - base::Duration(2), "", "", rules.to_json().dump()});
  for (const auto& change : changes) {
    const base::Instant known = std::max(change.at, begin - base::Duration(1));
    model::RecordChange c = change;
    c.at = known;
    out.push_back({0, EntryKind::kRecordChange, known, "", "", c.to_json().dump()});
  }
  add_sentences(*this, in_time_order, out);
  const base::Duration pace =
      end - begin > kLongScenario ? std::chrono::seconds(10) : std::chrono::seconds(1);
  const base::Instant first{begin.ms / 1000 * 1000};
  for (base::Instant t = first; t <= end; t = t + pace) {
    out.push_back({0, EntryKind::kTick, t, "", "", ""});
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.arrival < b.arrival; });
  for (std::size_t i = 0; i < out.size(); ++i) out[i].offset = i + 1;
  return out;
}

std::string Scenario::vessel_of(const std::string& subject) const {
  for (const auto& [key, vessel] : vessels) {
    if (vessel.registered && key == subject) return key;
    for (const auto mmsi : vessel.mmsi) {
      if (subject == "mmsi:" + std::to_string(mmsi)) return key;
    }
  }
  return subject;
}

}  // namespace jinglue::scenario
