// SPDX-License-Identifier: Apache-2.0
#include "detect/judge/sender.hpp"

#include <algorithm>

#include "detect/judge/used_fix.hpp"

namespace jinglue::detect {
namespace {

bool holds(const std::vector<std::string>& list, const std::string& key) {
  return !key.empty() && std::find(list.begin(), list.end(), key) != list.end();
}

bool covered(const std::vector<std::string>& rule_gears, const std::string& gear) {
  return std::any_of(rule_gears.begin(), rule_gears.end(),
                     [&](const auto& key) { return gear_covers(key, gear); });
}

bool any_covered(const std::vector<std::string>& rule_gears,
                 const std::vector<std::string>& gears) {
  return std::any_of(gears.begin(), gears.end(),
                     [&](const auto& gear) { return covered(rule_gears, gear); });
}

bool listed(const std::vector<std::string>& list, const Sender& s) {
  if (const auto* vessel = s.view.vessel.get()) {
    if (holds(list, vessel->id) || holds(list, vessel->side_number) || holds(list, vessel->name)) {
      return true;
    }
    return std::any_of(vessel->terminals.begin(), vessel->terminals.end(), [&](const auto& span) {
      return holds(list, model::to_text(span.terminal));
    });
  }
  return holds(list, s.view.name) || holds(list, model::to_text(s.terminal));
}

bool grouped(const std::vector<std::string>& groups, const Sender& s) {
  const auto* vessel = s.view.vessel.get();
  return vessel != nullptr && std::any_of(vessel->groups.begin(), vessel->groups.end(),
                                          [&](const auto& group) { return holds(groups, group); });
}

bool length_within(const Criteria& c, const Sender& s) {
  if (!c.length_min_m && !c.length_max_m) return true;
  if (!s.view.length_m) return false;
  return (!c.length_min_m || *s.view.length_m >= *c.length_min_m) &&
         (!c.length_max_m || *s.view.length_m < *c.length_max_m);
}

bool of_kind(const std::vector<model::VesselKind>& kinds, model::VesselKind kind) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

std::string home_port_of(const Sender& s) {
  return s.view.vessel ? s.view.vessel->home_port : std::string();
}

/// A net beacon is gear and no vessel: only a rule that names it, or its kind, means it.
bool is_meant(const Criteria& c, const Sender& s) {
  using model::VesselKind;
  return s.view.kind != VesselKind::kGear || of_kind(c.kinds, VesselKind::kGear) ||
         !c.vessels.empty();
}

bool included(const Rule& rule, const Sender& s) {
  const Criteria& c = rule.include;
  if (!is_meant(c, s)) return false;
  const bool auxiliary = rule.auxiliary && s.view.kind == model::VesselKind::kAuxiliary;
  if (!auxiliary && !c.kinds.empty() && !of_kind(c.kinds, s.view.kind)) return false;
  if (!c.gears.empty() && !any_covered(c.gears, s.gears)) return false;
  if (!c.flags.empty() && !holds(c.flags, s.view.flag)) return false;
  if (!c.home_ports.empty() && !holds(c.home_ports, home_port_of(s))) return false;
  if (!c.districts.empty() && !holds(c.districts, s.district())) return false;
  if (!c.groups.empty() && !grouped(c.groups, s)) return false;
  if (!c.vessels.empty() && !listed(c.vessels, s)) return false;
  if (c.registered && *c.registered != (s.view.vessel != nullptr)) return false;
  return length_within(c, s);
}

bool excluded(const Criteria& c, const Sender& s) {
  const bool by_length = (c.length_min_m || c.length_max_m) && length_within(c, s);
  const bool by_record = c.registered && *c.registered == (s.view.vessel != nullptr);
  return by_length || by_record || of_kind(c.kinds, s.view.kind) || any_covered(c.gears, s.gears) ||
         holds(c.flags, s.view.flag) || holds(c.home_ports, home_port_of(s)) ||
         holds(c.districts, s.district()) || grouped(c.groups, s) || listed(c.vessels, s);
}

/// Gear decides for fishing vessels: concerned when any gear that is held is meant and not exempt.
/// A vessel whose gear is not known cannot prove an exemption, but is no case for a rule that means
/// single gears only.
bool gear_concerned(const Rule& rule, const Sender& s) {
  if (rule.auxiliary && s.view.kind == model::VesselKind::kAuxiliary) return true;
  if (s.gears.empty()) return rule.gears.empty();
  return std::any_of(s.gears.begin(), s.gears.end(), [&](const auto& gear) {
    return (rule.gears.empty() || covered(rule.gears, gear)) && !covered(rule.exempt_gears, gear);
  });
}

bool covers_all_gears(const Rule& rule, const Sender& s) {
  return rule.gears.empty() || std::all_of(s.gears.begin(), s.gears.end(), [&](const auto& gear) {
           return covered(rule.gears, gear) || covered(rule.exempt_gears, gear);
         });
}

}  // namespace

const std::string& Sender::vessel_id() const {
  static const std::string kNone;
  return view.vessel ? view.vessel->id : kNone;
}

std::string Sender::label() const {
  return view.name.empty() ? terminal_text(terminal) : view.name;
}

std::string Sender::district() const {
  return view.vessel ? view.vessel->district : std::string();
}

std::shared_ptr<const Sender> make_sender(const SubjectView& view, model::TerminalId terminal,
                                          std::uint64_t since, const RulePack* pack) {
  auto out = std::make_shared<Sender>();
  out->view = view;
  out->terminal = terminal;
  out->since = since;
  if (view.vessel) out->gears = effective_gears(*view.vessel);
  if (pack == nullptr) return out;
  out->concerned = RuleBits(pack->rules().size());
  out->lifts = RuleBits(pack->rules().size());
  for (std::size_t i = 0; i < pack->rules().size(); ++i) {
    const Rule& rule = pack->rules()[i];
    if (!rule.enabled || !included(rule, *out) || excluded(rule.exclude, *out)) continue;
    if (!gear_concerned(rule, *out)) continue;
    out->concerned.set(i);
    if (covers_all_gears(rule, *out)) out->lifts.set(i);
  }
  return out;
}

bool tells_the_same(const Sender& sender, const SubjectView& view) {
  const SubjectView& old = sender.view;
  const bool was = old.vessel != nullptr;
  if (was != (view.vessel != nullptr)) return false;
  if (was) {
    // Several terminals of one hull state different lengths; once one is known, it stays.
    return old.vessel->id == view.vessel->id && old.vessel->revision == view.vessel->revision &&
           old.kind == view.kind && (old.length_m || !view.length_m);
  }
  return old.kind == view.kind && old.name == view.name && old.length_m == view.length_m &&
         old.flag == view.flag && old.side_number == view.side_number;
}

}  // namespace jinglue::detect
