// SPDX-License-Identifier: Apache-2.0
#include "detect/engine.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "detect/episode/notices.hpp"
#include "detect/episode/share.hpp"
#include "detect/episode/watch.hpp"
#include "detect/identity/shared_number.hpp"
#include "detect/judge/exemptions.hpp"
#include "detect/rule/pack.hpp"

namespace jinglue::detect {
namespace {

constexpr std::uint32_t kStateVersion = 4;
/// A sender that was never found at anything is forgotten after this silence: noise and passers-by
/// would fill the memory for ever.
constexpr base::Duration kForgetAfter = std::chrono::hours(30 * 24);
constexpr std::int64_t kSweepEvery_ms = 3'600'000;

model::Subject subject_of(const SubjectView& view, model::TrackId track) {
  if (view.vessel) return {model::SubjectKind::kVessel, view.vessel->id, "main", view.name};
  return {model::SubjectKind::kTrack, model::to_text(track), "main", view.name};
}

struct Counts {
  std::uint64_t fixes{0}, duplicates{0}, late{0}, too_late{0}, not_judged{0}, steps{0};
  std::uint64_t malformed{0}, forgotten{0};
};

}  // namespace

struct Engine::Impl {
  Impl(History read_history, Receivers ask_receivers)
      : history(std::move(read_history)), receivers(std::move(ask_receivers)) {}

  History history;
  Receivers receivers;
  std::shared_ptr<const RulePack> pack;  // shared with API and back-test
  Reducer reducer;
  Exemptions exemptions;
  Notices notices;
  DistressWatch distress;
  SharedNumberWatch shared;
  base::Instant now{base::kDistantPast};
  std::vector<std::unique_ptr<Watch>> watches;  ///< in order of first appearance
  std::unordered_map<model::TrackId, std::size_t> by_track;
  std::map<std::string, std::size_t> by_vessel;
  std::set<std::pair<base::Instant, std::size_t>> deadlines;
  std::vector<base::Instant> deadline_of;  ///< as it stands in `deadlines`
  std::vector<std::size_t> zones;
  Counts counts;

  Context context(std::uint64_t offset, base::Instant at) {
    return {reducer, *pack, history, now, offset, at, receivers};
  }

  std::size_t add_watch(model::Subject subject) {
    watches.push_back(std::make_unique<Watch>(std::move(subject)));
    deadline_of.push_back(base::kDistantFuture);
    return watches.size() - 1;
  }

  void note_deadline(std::size_t i) {
    const base::Instant fresh = watches[i]->deadline();
    if (fresh == deadline_of[i]) return;
    deadlines.erase({deadline_of[i], i});
    if (fresh < base::kDistantFuture) deadlines.insert({fresh, i});
    deadline_of[i] = fresh;
  }

  std::size_t watch_of_subject(const model::Subject& subject) {
    if (subject.kind != model::SubjectKind::kVessel) return add_watch(subject);
    const auto known = by_vessel.find(subject.id);
    if (known != by_vessel.end()) return known->second;
    const std::size_t fresh = add_watch(subject);
    by_vessel.emplace(subject.id, fresh);
    return fresh;
  }

  /// The watch that takes the fix. A track that another record claims from now on moves over with
  /// its episodes when it was all that its subject had; a late fix stays where its track is.
  std::size_t watch_for(const model::Fix& fix, const SubjectView& view,
                        std::vector<model::FindingStep>& out) {
    const auto known = by_track.find(fix.track);
    if (known == by_track.end()) {
      const std::size_t fresh = watch_of_subject(subject_of(view, fix.track));
      by_track.emplace(fix.track, fresh);
      return fresh;
    }
    const std::size_t old = known->second;
    const model::Subject& was = watches[old]->subject();
    const bool vessel = was.kind == model::SubjectKind::kVessel;
    const bool same = view.vessel ? vessel && was.id == view.vessel->id : !vessel;
    if (same || fix.time <= watches[old]->track(fix.track).newest) return old;
    return attribute(fix, subject_of(view, fix.track), old, out);
  }

  std::size_t attribute(const model::Fix& fix, const model::Subject& subject, std::size_t old,
                        std::vector<model::FindingStep>& out) {
    const auto& spans = watches[old]->tracks();
    const bool alone = std::all_of(spans.begin(), spans.end(), [&](const auto& span) {
      return span.left || span.track == fix.track;
    });
    const bool vessel = subject.kind == model::SubjectKind::kVessel;
    const bool free = !vessel || by_vessel.count(subject.id) == 0;
    if (watches[old]->subject().kind == model::SubjectKind::kVessel && alone) {
      by_vessel.erase(watches[old]->subject().id);
    }
    if (alone && free) {
      watches[old]->rename(subject);
      if (vessel) by_vessel.emplace(subject.id, old);
      return old;
    }
    watches[old]->track(fix.track).left = true;
    if (alone) watches[old]->abandon(context(fix.offset, fix.arrival), Cause::kFacts, out);
    note_deadline(old);
    const std::size_t fresh = watch_of_subject(subject);
    by_track[fix.track] = fresh;
    return fresh;
  }

  void on_fix(const model::Fix& fix, const SubjectView& sender,
              std::vector<model::FindingStep>& out) {
    ++counts.fixes;
    distress.on_fix(fix, sender, out);
    if (!pack || !is_judged(fix)) {
      ++counts.not_judged;
      return;
    }
    shared.on_fix(fix, sender, pack->shared_number(fix.time), out);
    const std::size_t i = watch_for(fix, sender, out);
    Watch& watch = *watches[i];
    watch.know(sender, fix.track.terminal, fix.offset, *pack);
    TrackSpan& span = watch.track(fix.track);
    span.from = std::min(span.from, fix.time);
    span.newest = std::max(span.newest, fix.time);
    span.left = false;
    const Context c = context(fix.offset, fix.arrival);
    const Taken taken = watch.take(c, fix, out);
    counts.duplicates += taken == Taken::kDuplicate ? 1 : 0;
    counts.late += taken == Taken::kLate ? 1 : 0;
    counts.too_late += taken == Taken::kTooLate ? 1 : 0;
    note_deadline(i);
    if (pack->coverage().empty()) return;
    zones.clear();
    const bool looked = taken == Taken::kInOrder;
    if (!looked) pack->zones_at(fix.position.degrees(), zones);
    notices.look(c, fix, sender.kind, looked ? reducer.zones() : zones, out);
  }

  void on_tick(base::Instant clock, std::uint64_t offset, std::vector<model::FindingStep>& out) {
    const bool sweeping = clock.ms / kSweepEvery_ms > now.ms / kSweepEvery_ms;
    now = std::max(now, clock);
    if (sweeping) forget_silent();
    distress.on_tick(now, offset, out);
    if (!pack) return;
    shared.on_tick(now, offset, pack->shared_number(now), out);
    const Context c = context(offset, clock);
    std::vector<std::size_t> due;
    for (const auto& [at, i] : deadlines) {
      if (at > now) break;
      due.push_back(i);
    }
    std::sort(due.begin(), due.end());
    for (const auto i : due) {
      watches[i]->settle(c, out);
      note_deadline(i);
    }
    notices.tick(c, out);
  }

  void on_change(const model::RecordChange& change, std::uint64_t offset,
                 std::vector<model::FindingStep>& out) {
    // A vessel's record takes effect with its next fix: the sender's view brings it.
    if (change.register_id != "exemption") return;
    const auto vessels = exemptions.apply(change, offset);
    if (!vessels) {
      ++counts.malformed;
      return;
    }
    if (!pack) return;
    const Context c = context(offset, std::max(change.at, now));
    for (const auto& vessel : *vessels) {
      const auto known = by_vessel.find(vessel);
      if (known == by_vessel.end()) continue;
      watches[known->second]->settle(c, out);
      note_deadline(known->second);
    }
  }

  void set_pack(std::shared_ptr<const RulePack> fresh, std::uint64_t offset, base::Instant at,
                std::vector<model::FindingStep>& out) {
    now = std::max(now, at);
    if (fresh && pack && fresh->revision() == pack->revision()) return;
    if (fresh && pack) {
      const Context c = context(offset, at);
      for (const auto& watch : watches) watch->change_pack(c, *fresh, out);
      notices.change_pack(c, *fresh, out);
    }
    pack = std::move(fresh);
    reducer.use(pack.get(), &exemptions);
    if (!pack) return;
    const Context c = context(offset, at);
    for (std::size_t i = 0; i < watches.size(); ++i) {
      watches[i]->settle(c, out);
      note_deadline(i);
    }
  }

  bool is_forgotten(const Watch& watch) const {
    const auto& last = watch.state().last;
    return last && now - std::max(last->time, last->arrival) > kForgetAfter &&
           watch.published().empty();
  }

  /// Positions in `watches` change: everything that names them is made anew.
  void forget_silent() {
    std::vector<bool> claims;
    std::vector<std::unique_ptr<Watch>> kept;
    for (std::size_t i = 0; i < watches.size(); ++i) {
      if (is_forgotten(*watches[i])) continue;
      claims.push_back(is_claimed(i));
      kept.push_back(std::move(watches[i]));
    }
    if (kept.size() == watches.size()) return watches.swap(kept);
    counts.forgotten += watches.size() - kept.size();
    watches = std::move(kept);
    index_watches(claims);
  }

  /// Whether a fix of the vessel goes to this watch; a former one of the same vessel may exist.
  bool is_claimed(std::size_t i) const {
    const auto known = by_vessel.find(watches[i]->subject().id);
    return known != by_vessel.end() && known->second == i;
  }

  void index_watches(const std::vector<bool>& claims) {
    by_track.clear();
    by_vessel.clear();
    deadlines.clear();
    deadline_of.assign(watches.size(), base::kDistantFuture);
    for (std::size_t i = 0; i < watches.size(); ++i) {
      for (const auto& span : watches[i]->tracks()) {
        if (!span.left) by_track[span.track] = i;
      }
      if (claims[i]) by_vessel[watches[i]->subject().id] = i;
      note_deadline(i);
    }
  }
};

Engine::Engine(History history, Receivers receivers)
    : m_impl(std::make_unique<Impl>(std::move(history), std::move(receivers))) {}
Engine::~Engine() = default;

void Engine::set_pack(std::shared_ptr<const RulePack> pack, std::uint64_t offset, base::Instant now,
                      std::vector<model::FindingStep>& out) {
  const std::size_t before = out.size();
  m_impl->set_pack(std::move(pack), offset, now, out);
  m_impl->counts.steps += out.size() - before;
}

std::shared_ptr<const RulePack> Engine::pack() const {
  return m_impl->pack;
}

std::shared_ptr<const picture::BerthMap> Engine::berths() const {
  static const auto kNone =
      std::make_shared<const picture::BerthMap>(std::vector<std::shared_ptr<const model::Zone>>{});
  return m_impl->pack ? m_impl->pack->berths() : kNone;
}

void Engine::on_fix(const model::Fix& fix, const SubjectView& sender,
                    std::vector<model::FindingStep>& out) {
  const std::size_t before = out.size();
  m_impl->on_fix(fix, sender, out);
  m_impl->counts.steps += out.size() - before;
}

void Engine::on_text(const DistressText& said, const SubjectView& sender,
                     std::vector<model::FindingStep>& out) {
  const std::size_t before = out.size();
  m_impl->distress.on_text(said, sender, out);
  m_impl->counts.steps += out.size() - before;
}

void Engine::on_tick(base::Instant now, std::uint64_t offset,
                     std::vector<model::FindingStep>& out) {
  const std::size_t before = out.size();
  m_impl->on_tick(now, offset, out);
  m_impl->counts.steps += out.size() - before;
}

void Engine::on_change(const model::RecordChange& change, std::uint64_t offset,
                       std::vector<model::FindingStep>& out) {
  const std::size_t before = out.size();
  m_impl->on_change(change, offset, out);
  m_impl->counts.steps += out.size() - before;
}

void Engine::save(base::ByteWriter& out) const {
  out.put(kStateVersion);
  out.put_text(m_impl->pack ? m_impl->pack->revision() : std::string());
  out.put(m_impl->now.ms);
  m_impl->exemptions.save(out);
  m_impl->distress.save(out);
  m_impl->shared.save(out);
  ShareWriter share(out);
  m_impl->notices.save(share);
  out.put(std::uint32_t(m_impl->watches.size()));
  for (std::size_t i = 0; i < m_impl->watches.size(); ++i) {
    out.put(std::uint8_t(m_impl->is_claimed(i)));
    m_impl->watches[i]->save(share);
  }
  const Counts& n = m_impl->counts;
  for (const auto count : {n.fixes, n.duplicates, n.late, n.too_late, n.not_judged, n.steps,
                           n.malformed, n.forgotten}) {
    out.put(count);
  }
}

bool Engine::load(base::ByteReader& in) {
  if (in.get<std::uint32_t>() != kStateVersion) return false;
  // Positions in the pack are meaningless under another one.
  const std::string revision(in.get_text());
  if (revision != (m_impl->pack ? m_impl->pack->revision() : std::string())) return false;
  m_impl->now = {in.get<std::int64_t>()};
  if (!m_impl->exemptions.load(in) || !m_impl->distress.load(in)) return false;
  if (!m_impl->shared.load(in)) return false;
  ShareReader share(in, m_impl->pack.get());
  if (!m_impl->notices.load(share)) return false;
  m_impl->watches.clear();
  std::vector<bool> claims;
  for (auto n = share.count(); n > 0 && share.ok(); --n) {
    claims.push_back(in.get<std::uint8_t>() != 0);
    m_impl->watches.push_back(std::make_unique<Watch>(model::Subject{}));
    if (!m_impl->watches.back()->load(share)) return false;
  }
  m_impl->index_watches(claims);
  Counts& n = m_impl->counts;
  for (auto* count : {&n.fixes, &n.duplicates, &n.late, &n.too_late, &n.not_judged, &n.steps,
                      &n.malformed, &n.forgotten}) {
    *count = in.get<std::uint64_t>();
  }
  return share.ok();
}

base::Json Engine::counters() const {
  std::uint64_t open = 0;
  std::uint64_t checkpoints = 0;
  std::uint64_t repeated = 0;
  for (const auto& watch : m_impl->watches) {
    checkpoints += watch->checkpoints();
    repeated += watch->repeated();
    for (const auto& p : watch->published()) open += !p.retracted && !p.view->end ? 1 : 0;
  }
  const Counts& n = m_impl->counts;
  return base::Json::object(
      {{"subjects", std::uint64_t(m_impl->watches.size())},
       {"open_episodes", open},
       {"checkpoints", checkpoints},
       {"fixes", n.fixes},
       {"duplicates", n.duplicates},
       {"late_fixes", n.late},
       {"too_late_fixes", n.too_late},
       {"not_judged_fixes", n.not_judged},
       {"repeated_fixes", repeated},
       {"steps", n.steps},
       {"exemptions", std::uint64_t(m_impl->exemptions.size())},
       {"malformed_exemptions", n.malformed},
       {"forgotten_subjects", n.forgotten},
       {"distress", std::uint64_t(m_impl->distress.open())},
       {"shared_numbers", std::uint64_t(m_impl->shared.open())},
       {"notices", std::uint64_t(m_impl->notices.size())},
       {"rules", std::uint64_t(m_impl->pack ? m_impl->pack->rules().size() : 0)},
       {"zones", std::uint64_t(m_impl->pack ? m_impl->pack->zones().size() : 0)},
       {"pack_revision", m_impl->pack ? m_impl->pack->revision() : std::string()}});
}

}  // namespace jinglue::detect
