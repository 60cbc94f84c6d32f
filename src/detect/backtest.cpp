// SPDX-License-Identifier: Apache-2.0
#include "detect/backtest.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

namespace jinglue::detect {
namespace {

constexpr std::uint64_t kProgressEvery = 10'000;

/// Fixes of the last day and a half by track: what a late fix can make the engine ask for.
class RecentFixes {
 public:
  void add(const model::Fix& fix) {
    auto& list = m_tracks[fix.track];
    const auto place =
        std::upper_bound(list.begin(), list.end(), fix, [](const auto& a, const auto& b) {
          return std::tie(a.time, a.offset) < std::tie(b.time, b.offset);
        });
    list.insert(place, fix);
    if (list.size() < m_trim_at[fix.track]) return;
    const base::Instant oldest = list.back().time - std::chrono::hours(36);
    const auto keep =
        std::find_if(list.begin(), list.end(), [&](const auto& f) { return f.time >= oldest; });
    list.erase(list.begin(), keep);
    m_trim_at[fix.track] = 2 * list.size() + 1000;
  }
  void read(model::TrackId track, base::Instant from, base::Instant to,
            const std::function<bool(const model::Fix&)>& visit) const {
    const auto known = m_tracks.find(track);
    if (known == m_tracks.end()) return;
    const auto& list = known->second;
    auto at = std::lower_bound(list.begin(), list.end(), from,
                               [](const auto& f, base::Instant t) { return f.time < t; });
    for (; at != list.end() && at->time < to; ++at) {
      if (!visit(*at)) return;
    }
  }

 private:
  std::unordered_map<model::TrackId, std::vector<model::Fix>> m_tracks;
  std::unordered_map<model::TrackId, std::size_t> m_trim_at;
};

bool of_rule(const std::string& wanted, const std::string& id) {
  if (wanted.empty() || wanted == id) return true;
  return id.size() > wanted.size() && id.compare(0, wanted.size(), wanted) == 0 &&
         id[wanted.size()] == '.';
}

/// Steps are many over months; only the last of each finding is kept.
class Fold {
 public:
  std::vector<model::FindingStep> steps;  ///< filled by the engine, emptied by take()

  void take() {
    m_count += steps.size();
    for (auto& step : steps) {
      auto& known = m_last[step.finding.value];
      known = std::move(step);
    }
    steps.clear();
  }
  std::uint64_t count() const { return m_count; }
  std::vector<model::FindingStep> findings() const {
    std::vector<model::FindingStep> all;
    for (const auto& [id, step] : m_last) all.push_back(step);
    return last_steps(all);
  }

 private:
  std::map<std::uint64_t, model::FindingStep> m_last;
  std::uint64_t m_count{0};
};

/// Ascending, with the log's own offsets where it has them; the register is known before all.
std::uint64_t number(const model::Fix& fix, std::uint64_t last) {
  return std::max(fix.offset, last + 1);
}

}  // namespace

std::vector<model::FindingStep> last_steps(std::span<const model::FindingStep> steps) {
  std::map<std::uint64_t, const model::FindingStep*> last;
  for (const auto& step : steps) {
    auto& known = last[step.finding.value];
    if (known == nullptr || known->number < step.number) known = &step;
  }
  std::vector<model::FindingStep> out;
  for (const auto& [id, step] : last) {
    if (step->kind != model::StepKind::kRetracted) out.push_back(*step);
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
    const auto key = [](const auto& s) {
      return std::make_tuple(s.begin, s.rule_id,
                             s.subjects.empty() ? std::string() : s.subjects.front().id,
                             s.finding.value);
    };
    return key(a) < key(b);
  });
  return out;
}

BacktestResult run_backtest(const BacktestSetup& setup) {
  BacktestResult result;
  RecentFixes recent;
  Fold fold;
  Engine engine([&](model::TrackId track, base::Instant from, base::Instant to,
                    const std::function<bool(const model::Fix&)>& visit) {
    recent.read(track, from, to, visit);
  });
  std::uint64_t offset = 0;
  engine.set_pack(setup.pack, offset, base::kDistantPast, fold.steps);
  for (const auto& change : setup.changes) engine.on_change(change, offset, fold.steps);
  base::Instant clock = base::kDistantPast;
  setup.source([&](const model::Fix& given) {
    model::Fix fix = given;
    if (fix.arrival.ms / 1000 > clock.ms / 1000) {
      clock = fix.arrival;
      engine.on_tick(clock, offset, fold.steps);
    }
    offset = fix.offset = number(fix, offset);
    recent.add(fix);
    engine.on_fix(fix, setup.sender(fix), fold.steps);
    fold.take();
    ++result.fixes;
    result.first = std::min(result.first.value_or(fix.time), fix.time);
    result.last = std::max(result.last.value_or(fix.time), fix.time);
    if (setup.progress && result.fixes % kProgressEvery == 0) {
      result.cancelled = !setup.progress(result.fixes);
    }
    return !result.cancelled;
  });
  result.steps = fold.count();
  result.counters = engine.counters();
  std::set<std::string> subjects;
  for (auto& step : fold.findings()) {
    if (!of_rule(setup.rule, step.rule_id)) continue;
    for (const auto& subject : step.subjects) subjects.insert(subject.id);
    result.findings.push_back(std::move(step));
  }
  result.vessels = subjects.size();
  return result;
}

}  // namespace jinglue::detect
