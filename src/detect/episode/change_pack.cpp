// SPDX-License-Identifier: Apache-2.0
// Watch::change_pack: episodes continue under the rule of the same id, else they are closed. Late
// fixes from before the change are not judged again: a finding made by the rules of last week
// stays explained by them.
#include <algorithm>

#include "detect/episode/watch.hpp"

namespace jinglue::detect {
namespace {

/// Positions of the old pack to those of the fresh one.
class Carry {
 public:
  Carry(const RulePack& old, const RulePack& fresh) : m_old(old), m_fresh(fresh) {}

  std::uint32_t zone(std::uint32_t index) const {
    if (index == kNoIndex) return kNoIndex;
    const std::size_t found = m_fresh.zone_index(m_old.zones()[index]->id);
    return found == SIZE_MAX ? kNoIndex : std::uint32_t(found);
  }

  /// The same version when it is valid still, else the one valid at t; kNoIndex when none is.
  std::uint32_t rule(std::uint32_t index, base::Instant t) const {
    const Rule& was = m_old.rules()[index];
    std::uint32_t found = kNoIndex;
    for (std::size_t i = 0; i < m_fresh.rules().size(); ++i) {
      const Rule& rule = m_fresh.rules()[i];
      if (!rule.enabled || rule.id != was.id || !rule.valid.holds(t)) continue;
      if (found == kNoIndex || rule.version == was.version) found = std::uint32_t(i);
    }
    return found;
  }

  std::vector<std::uint32_t> rules(const std::vector<std::uint32_t>& list, base::Instant t) const {
    std::vector<std::uint32_t> out;
    for (const auto index : list) {
      const auto found = rule(index, t);
      if (found != kNoIndex) out.push_back(found);
    }
    return out;
  }

  /// False when the fresh pack has no such rule in season at the tracker's last fix.
  bool tracker(Tracker& t) const {
    const std::uint32_t found = rule(t.rule, t.last);
    if (found == kNoIndex) return false;
    const auto season = span_at(m_fresh.rules()[found].seasons, t.last);
    if (!season) return false;
    t.rule = found;
    t.group = std::uint32_t(m_fresh.group_of(found));
    t.season = *season;
    t.berth = zone(t.berth);
    t.replaced = rules(t.replaced, t.last);
    if (t.view) t.view = std::make_shared<const View>(view(*t.view, t));
    return true;
  }

  View view(const View& old, const Tracker& t) const {
    View v = old;
    v.rule = t.rule;
    v.group = t.group;
    v.season = t.season;
    v.berth = zone(v.berth);
    v.replaced = t.replaced;
    return v;
  }

 private:
  const RulePack& m_old;
  const RulePack& m_fresh;
};

}  // namespace

void Watch::change_pack(const Context& c, const RulePack& fresh,
                        std::vector<model::FindingStep>& out) {
  const Carry carry(c.pack, fresh);
  std::vector<Tracker> kept;
  std::vector<Published> published;
  for (auto& t : m_state.trackers) {
    Published* p = t.view ? find({t.group, t.key}) : nullptr;
    if (p != nullptr && p->view->end) continue;  // ended by time already
    Tracker moved = t;
    if (!carry.tracker(moved)) {
      const Ending ending{t.last, Cause::kRulesChanged};
      if (t.view) publish(c, c.reducer.closed_view(t, ending), m_state.count, false, out);
      continue;
    }
    if (p != nullptr) {
      p->view = moved.view;
      published.push_back(*p);
    }
    kept.push_back(std::move(moved));
  }
  std::sort(kept.begin(), kept.end(),
            [](const auto& a, const auto& b) { return a.group < b.group; });
  m_state.trackers = std::move(kept);
  m_published = std::move(published);
  m_checkpoints = {m_state};
  if (!m_senders.empty()) {
    const Sender& last = *m_senders.back();
    m_senders = {make_sender(last.view, last.terminal, last.since, &fresh)};
  }
}

}  // namespace jinglue::detect
