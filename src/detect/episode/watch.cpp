// SPDX-License-Identifier: Apache-2.0
#include "detect/episode/watch.hpp"

#include <algorithm>
#include <cassert>
#include <set>

#include "base/hash.hpp"
#include "detect/episode/present.hpp"

namespace jinglue::detect {
namespace {

constexpr base::Duration kCheckpointEvery = std::chrono::minutes(1);
/// Facts that a subject had in turn; a terminal that flips between names stays bounded.
constexpr std::size_t kMostSenders = 64;
/// A sender's clock may be ahead of ours; a fix from farther in the future is not judged.
constexpr base::Duration kMostAhead = std::chrono::minutes(5);

base::Instant reach(const View& view) {
  return view.end.value_or(view.last);
}

}  // namespace

bool is_judged(const model::Fix& fix) {
  using model::FixSource;
  const bool vessel = fix.source != FixSource::kAisBase && fix.source != FixSource::kAisAton &&
                      fix.source != FixSource::kAisAircraft;
  return vessel && fix.time <= fix.arrival + kMostAhead;
}

TrackSpan& Watch::track(model::TrackId id) {
  for (auto& span : m_tracks) {
    if (span.track == id) return span;
  }
  m_tracks.push_back({id, base::kDistantFuture, base::kDistantPast, false});
  return m_tracks.back();
}

void Watch::know(const SubjectView& view, model::TerminalId terminal, std::uint64_t offset,
                 const RulePack& pack) {
  if (!m_senders.empty() && tells_the_same(*m_senders.back(), view)) return;
  m_senders.push_back(make_sender(view, terminal, offset, &pack));
  if (m_senders.size() > kMostSenders) m_senders.erase(m_senders.begin());
}

const std::shared_ptr<const Sender>& Watch::sender_at(std::uint64_t offset) const {
  assert(!m_senders.empty());
  for (std::size_t i = m_senders.size(); i-- > 1;) {
    if (m_senders[i]->since <= offset) return m_senders[i];
  }
  return m_senders.front();
}

Taken Watch::take(const Context& c, const model::Fix& fix, std::vector<model::FindingStep>& out) {
  if (m_state.last && !before(*m_state.last, fix)) {
    if (!before(fix, *m_state.last) || is_repeat(c, fix)) return Taken::kDuplicate;
    return repeat_from(c, fix, out) ? Taken::kLate : Taken::kTooLate;
  }
  in_order(c, fix, out);
  return Taken::kInOrder;
}

/// The same fix came before, by another station or in a replay: nothing to evaluate again.
bool Watch::is_repeat(const Context& c, const model::Fix& fix) const {
  bool found = false;
  c.history(fix.track, fix.time, fix.time + base::Duration(1), [&](const model::Fix& other) {
    found = other.offset < fix.offset && !before(other, fix) && !before(fix, other);
    return !found;
  });
  return found;
}

void Watch::in_order(const Context& c, const model::Fix& fix,
                     std::vector<model::FindingStep>& out) {
  m_due.clear();
  c.reducer.step(m_state, fix, sender_at(fix.offset), m_due);
  for (const auto& view : m_due) publish(c, view, m_state.count, false, out);
  settle(c, out);
  checkpoint(m_state);
}

void Watch::settle(const Context& c, std::vector<model::FindingStep>& out) {
  m_deadline = base::kDistantFuture;
  if (!m_state.last) return;
  const base::Instant heard = m_state.last->time;
  for (const auto& t : m_state.trackers) {
    if (!t.view) continue;
    const auto ending = c.reducer.ended_by(t, heard, c.now, c.offset);
    publish(c, ending ? c.reducer.closed_view(t, *ending) : t.view, m_state.count, false, out);
    if (!ending) m_deadline = std::min(m_deadline, c.reducer.deadline(t, heard, c.offset));
  }
}

std::vector<model::Fix> Watch::fixes_after(const Context& c, const State& from,
                                           const model::Fix& late) const {
  const base::Instant begin = from.last ? from.last->time : base::kDistantPast;
  const base::Instant end = m_state.last->time + base::Duration(1);
  std::vector<model::Fix> out{late};
  for (const auto& span : m_tracks) {
    const base::Instant first = std::max(begin, span.from);
    const base::Instant last = span.left ? std::min(end, span.newest + base::Duration(1)) : end;
    if (first >= last) continue;
    c.history(span.track, first, last, [&](const model::Fix& fix) {
      if (fix.offset <= c.offset && is_judged(fix)) out.push_back(fix);
      return true;
    });
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
    if (before(a, b)) return true;
    return !before(b, a) && a.offset < b.offset;
  });
  return out;
}

/// False when the fix is older than the oldest checkpoint.
bool Watch::repeat_from(const Context& c, const model::Fix& late,
                        std::vector<model::FindingStep>& out) {
  std::size_t i = m_checkpoints.size();
  while (i > 0 && m_checkpoints[i - 1].last && !before(*m_checkpoints[i - 1].last, late)) --i;
  if (i == 0) return false;
  m_checkpoints.resize(i);
  const State from = m_checkpoints.back();
  State state = from;
  Targets targets;
  for (const auto& t : state.trackers) {
    if (t.view) targets[{t.group, t.key}] = {t.view, state.count};
  }
  for (const auto& fix : fixes_after(c, from, late)) {
    if (state.last && !before(*state.last, fix)) continue;  // the same again
    m_due.clear();
    c.reducer.step(state, fix, sender_at(fix.offset), m_due);
    for (const auto& view : m_due) targets[{view->group, view->key}] = {view, state.count};
    checkpoint(state);
    ++m_repeated;
  }
  m_state = std::move(state);
  for (const auto& t : m_state.trackers) {
    if (!t.view) continue;
    const auto ending = c.reducer.ended_by(t, m_state.last->time, c.now, c.offset);
    if (ending) targets[{t.group, t.key}].view = c.reducer.closed_view(t, *ending);
  }
  reconcile(c, from, targets, out);
  settle(c, out);
  return true;
}

/// Makes the published findings equal to the targets, as far as the repeated fixes bear on them.
void Watch::reconcile(const Context& c, const State& from, const Targets& targets,
                      std::vector<model::FindingStep>& out) {
  std::set<Key> alive;  // episodes that were open at the checkpoint
  for (const auto& t : from.trackers) {
    if (t.view) alive.insert({t.group, t.key});
  }
  std::vector<char> free;
  for (const auto& p : m_published) {
    const Key key{p.view->group, p.view->key};
    const bool affected = p.touched > from.count || alive.count(key) != 0;
    free.push_back(affected && !p.retracted && targets.count(key) == 0 ? 1 : 0);
  }
  std::vector<const Target*> fresh;
  for (const auto& [key, target] : targets) {
    if (auto* p = find(key)) {
      update(c, *p, target, true, out);
    } else if (auto* near = overlapping(*target.view, free)) {
      free[std::size_t(near - m_published.data())] = 0;
      update(c, *near, target, true, out);
    } else {
      fresh.push_back(&target);
    }
  }
  for (std::size_t i = 0; i < free.size(); ++i) {
    if (free[i] == 0) continue;
    m_published[i].retracted = true;
    m_published[i].touched = m_state.count;
    emit(c, m_published[i], model::StepKind::kRetracted, *m_published[i].view, out);
    ++m_published[i].steps;
  }
  for (const auto* target : fresh) open(c, *target, out);
  forget_old();
}

Published* Watch::find(Key key) {
  for (auto& p : m_published) {
    if (p.view->group == key.first && p.view->key == key.second) return &p;
  }
  return nullptr;
}

Published* Watch::overlapping(const View& view, const std::vector<char>& free) {
  for (std::size_t i = 0; i < free.size(); ++i) {
    const View& old = *m_published[i].view;
    const bool overlap = old.begin <= reach(view) && view.begin <= reach(old);
    if (free[i] != 0 && old.group == view.group && overlap) return &m_published[i];
  }
  return nullptr;
}

void Watch::publish(const Context& c, const ViewPtr& view, std::uint64_t touched, bool late,
                    std::vector<model::FindingStep>& out) {
  const Target target{view, touched};
  if (auto* p = find({view->group, view->key})) return update(c, *p, target, late, out);
  open(c, target, out);
  forget_old();
}

void Watch::update(const Context& c, Published& p, const Target& target, bool late,
                   std::vector<model::FindingStep>& out) {
  using model::StepKind;
  const View& view = *target.view;
  p.touched = target.touched;
  if (!p.retracted && same(*p.view, view)) return;
  StepKind kind = StepKind::kExtended;
  if (p.retracted || (late && differs_in_substance(*p.view, view))) {
    kind = StepKind::kCorrected;
  } else if (view.end) {
    kind = StepKind::kClosed;
  }
  p.retracted = false;
  p.view = target.view;
  emit(c, p, kind, view, out);
  ++p.steps;
}

void Watch::open(const Context& c, const Target& target, std::vector<model::FindingStep>& out) {
  const View& view = *target.view;
  Published p{fresh_id(c, view), m_subject, 0, false, target.touched, target.view};
  p.subject.label = view.who->label();
  View begun = view;
  begun.end.reset();
  if (begun.cause != Cause::kMoment) begun.cause = Cause::kNone;
  emit(c, p, model::StepKind::kOpened, begun, out);
  ++p.steps;
  if (view.end) {
    emit(c, p, model::StepKind::kClosed, view, out);
    ++p.steps;
  }
  m_published.push_back(std::move(p));
}

void Watch::emit(const Context& c, Published& p, model::StepKind kind, const View& view,
                 std::vector<model::FindingStep>& out) const {
  model::FindingStep step = step_of(view, p.subject, c.pack);
  step.finding = p.id;
  step.number = p.steps;
  step.kind = kind;
  step.offset = c.offset;
  step.at = c.at;
  if (view.cause == Cause::kSilence && c.receivers) {
    const auto& mark = view.marks->back();
    const auto until = std::min(c.now, view.last + c.pack.rules()[view.rule].silence);
    if (view.last < until) {
      const auto sent_by = mark.track.terminal.kind();
      say_silence(c.receivers(sent_by, mark.position, view.last, until), step);
    }
  }
  out.push_back(std::move(step));
}

/// hash(rule id, subject, offset of the opening input). An id that a finding of this subject has
/// already, which was since moved to another begin, is not given twice.
model::FindingId Watch::fresh_id(const Context& c, const View& view) const {
  const std::string subject =
      std::string(model::to_key(m_subject.kind)) + '\n' + m_subject.id + '\n';
  std::string text = c.pack.rules()[view.rule].id + '\n' + subject + std::to_string(view.key);
  const auto taken = [&](model::FindingId id) {
    return std::any_of(m_published.begin(), m_published.end(),
                       [&](const auto& p) { return p.id == id; });
  };
  model::FindingId id{base::stable_hash(text)};
  while (taken(id)) {
    text += '+';
    id = {base::stable_hash(text)};
  }
  return id;
}

/// Keeps checkpoints whose ages grow by about a factor of two, up to the oldest that is needed.
void Watch::checkpoint(const State& state) {
  auto& list = m_checkpoints;
  const base::Instant now = state.last->time;
  const auto age = [&](std::size_t i) {
    return list[i].last ? now - list[i].last->time : base::Duration(INT64_MAX / 8);
  };
  if (!list.empty() && list.back().last && now - list.back().last->time < kCheckpointEvery) return;
  list.push_back(state);
  for (std::size_t i = list.size() - 2; i > 0 && i + 1 < list.size(); --i) {
    if (age(i - 1) + kCheckpointEvery <= 2 * (age(i + 1) + kCheckpointEvery)) {
      list.erase(list.begin() + std::ptrdiff_t(i));
    }
  }
  while (list.size() > 1 && age(1) > kMostLate) list.erase(list.begin());
}

/// Closed findings that no late fix can change any more.
void Watch::forget_old() {
  const std::uint64_t settled = m_checkpoints.front().count;
  const auto old = [&](const Published& p) {
    return p.touched <= settled && (p.retracted || p.view->end.has_value());
  };
  m_published.erase(std::remove_if(m_published.begin(), m_published.end(), old), m_published.end());
}

void Watch::abandon(const Context& c, Cause cause, std::vector<model::FindingStep>& out) {
  for (const auto& t : m_state.trackers) {
    if (t.view) publish(c, c.reducer.closed_view(t, {t.last, cause}), m_state.count, false, out);
  }
  m_state.trackers.clear();
  m_checkpoints = {m_state};
  m_deadline = base::kDistantFuture;
}

}  // namespace jinglue::detect
