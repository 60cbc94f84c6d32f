// SPDX-License-Identifier: Apache-2.0
#include "output/selector.hpp"

#include <algorithm>

namespace jinglue::output {
namespace {

constexpr base::Duration kSweepEvery{3'600'000};

bool has(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

bool is_hidden(const Subject& subject, const Hidden& hidden) {
  if (hidden.mmsis.contains(subject.mmsi)) return true;
  // What a shore station says to a hidden vessel tells that it is there.
  for (const auto mmsi : subject.named) {
    if (hidden.mmsis.contains(mmsi)) return true;
  }
  if (!hidden.official) return false;
  return subject.names_official ||
         (subject.vessel != nullptr && subject.vessel->kind == model::VesselKind::kOfficial);
}

}  // namespace

Selector::Selector(const Filter& filter, std::shared_ptr<const geo::Area> zone)
    : m_filter(filter), m_zone(std::move(zone)), m_mmsis(filter.mmsis.begin(), filter.mmsis.end()) {
  for (const auto type : filter.types) m_types |= 1u << type;
}

std::optional<Filtered> Selector::judge(const Subject& subject, const Hidden& hidden) {
  if (is_hidden(subject, hidden)) return Filtered::kHidden;
  if (!m_filter.inputs.empty() && !has(m_filter.inputs, subject.input)) return Filtered::kInput;
  if (subject.copy && !m_filter.copies) return Filtered::kCopy;
  if (subject.withheld && !m_filter.withheld) return Filtered::kWithheld;
  if (m_types != 0 && (m_types >> subject.type & 1u) == 0) return Filtered::kType;
  if (!m_mmsis.empty() && !m_mmsis.contains(subject.mmsi)) return Filtered::kMmsi;
  if (!of_register(subject)) return Filtered::kRegister;
  if (m_filter.class_a && !subject.class_a) return Filtered::kClass;
  if (!inside(subject)) return Filtered::kArea;
  if (thinned(subject)) return Filtered::kThinned;
  return std::nullopt;
}

/// District and group must both fit when both are asked for.
bool Selector::of_register(const Subject& subject) const {
  if (m_filter.districts.empty() && m_filter.groups.empty()) return true;
  if (subject.vessel == nullptr) return false;
  const auto& groups = subject.vessel->groups;
  const bool in_group = m_filter.groups.empty() ||
                        std::any_of(groups.begin(), groups.end(),
                                    [&](const auto& group) { return has(m_filter.groups, group); });
  return in_group &&
         (m_filter.districts.empty() || has(m_filter.districts, subject.vessel->district));
}

bool Selector::inside(const Subject& subject) const {
  if (!m_filter.box && m_filter.zone.empty()) return true;
  if (!subject.place) return false;
  if (m_filter.box) return m_filter.box->contains(*subject.place);
  return m_zone != nullptr && m_zone->contains(*subject.place);
}

/// By arrival: what a receiver sees is one position per sender in thin_s seconds. A distress beacon
/// is never thinned.
bool Selector::thinned(const Subject& subject) {
  if (m_filter.thin_s == 0 || !subject.position || subject.distress) return false;
  const base::Duration apart = std::chrono::seconds(m_filter.thin_s);
  if (subject.arrival - m_swept > kSweepEvery) {
    m_swept = subject.arrival;
    std::erase_if(m_last, [&](const auto& one) { return subject.arrival - one.second > apart; });
  }
  const auto [last, first] = m_last.try_emplace(subject.mmsi, subject.arrival);
  if (first) return false;
  // A clock that went back begins anew.
  const auto since = subject.arrival - last->second;
  if (since.count() >= 0 && since < apart) return true;
  last->second = subject.arrival;
  return false;
}

}  // namespace jinglue::output
