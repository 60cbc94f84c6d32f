// SPDX-License-Identifier: Apache-2.0
#include "detect/episode/notices.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.hpp"
#include "base/local_time.hpp"
#include "detect/episode/share.hpp"

namespace jinglue::detect {
namespace {

/// Notices have no rule, so no zone of a rule; people here read this one.
constexpr std::string_view kZoneOfPeople = "Asia/Shanghai";

std::string edge(base::Instant t) {
  const bool open = t == base::kDistantPast || t == base::kDistantFuture;
  return open ? std::string("...") : base::to_local_text(t, kZoneOfPeople);
}

base::Words reason(const base::Words& area, Family family, const TimeSpan& gap,
                   base::Instant first) {
  const auto name = words(family);
  return {fmt::format("“{}”在{}（{}）有渔业船舶船位，但规则包在{}至{}之间没有该海域的{}规则，"
                      "无法判定。请补充该时段的规则。",
                      area.zh, base::to_local_text(first, kZoneOfPeople), "北京时间",
                      edge(gap.from), edge(gap.to), name.zh),
          fmt::format("Fishing or auxiliary vessels were in \"{}\" at {} ({}), but the rule pack "
                      "holds no rule of the {} for this area from {} to {}: nothing can be said. "
                      "Add the rule of that period.",
                      area.en, base::to_local_text(first, kZoneOfPeople), "Beijing time", name.en,
                      edge(gap.from), edge(gap.to))};
}

base::Json edge_json(base::Instant t) {
  if (t == base::kDistantPast || t == base::kDistantFuture) return nullptr;
  return base::to_iso(t);
}

}  // namespace

Notices::Notice* Notices::find(const Coverage& coverage, const TimeSpan& gap) {
  for (auto& notice : m_notices) {
    if (notice.family == coverage.family && notice.area == coverage.area && notice.gap == gap) {
      return &notice;
    }
  }
  return nullptr;
}

void Notices::look(const Context& c, const model::Fix& fix, model::VesselKind kind,
                   const std::vector<std::size_t>& zones, std::vector<model::FindingStep>& out) {
  for (const auto zone : zones) {
    for (const auto index : c.pack.coverage_of(zone)) {
      const Coverage& coverage = c.pack.coverage()[index];
      if (std::find(coverage.kinds.begin(), coverage.kinds.end(), kind) == coverage.kinds.end()) {
        continue;
      }
      const auto gap = span_at(coverage.gaps, fix.time);
      if (!gap) continue;
      Notice* known = find(coverage, *gap);
      if (known != nullptr && known->first.time <= fix.time) continue;
      if (known != nullptr) {
        known->first = mark_of(fix);
        emit(c, *known, model::StepKind::kCorrected, gap->to, out);
        continue;
      }
      const std::string rule = "no_rule_held." + std::string(to_key(coverage.family));
      const std::string key = rule + "\narea\n" + coverage.area + '\n' + std::to_string(fix.offset);
      m_notices.push_back(
          {coverage.family, coverage.area, *gap, {base::stable_hash(key)}, 0, mark_of(fix), false});
      emit(c, m_notices.back(), model::StepKind::kOpened, gap->to, out);
    }
  }
  tick(c, out);
}

void Notices::emit(const Context& c, Notice& n, model::StepKind kind, base::Instant end,
                   std::vector<model::FindingStep>& out) const {
  const auto& area = *c.pack.zones()[c.pack.zone_index(n.area)];
  const std::string family(to_key(n.family));
  model::FindingStep step;
  step.finding = n.id;
  step.number = n.steps++;
  step.kind = kind;
  step.offset = c.offset;
  step.at = c.at;
  step.rule_id = "no_rule_held." + family;
  step.severity = model::Severity::kInfo;
  step.title = {"该时段未持有规则", "No rule held for this period"};
  step.reason = reason(area.name, n.family, n.gap, n.first.time);
  step.zone = n.area;
  step.subjects = {{model::SubjectKind::kArea, n.area, "main", area.name.zh}};
  step.begin = n.first.time;
  step.last = n.first.time;
  if (n.closed) step.end = std::max(end, n.first.time);
  step.values = base::Json::object({{"district", ""},
                                    {"families", base::Json::array({family})},
                                    {"gap_from", edge_json(n.gap.from)},
                                    {"gap_to", edge_json(n.gap.to)}});
  step.positions = {{n.first.time, n.first.position, n.first.sog_ckn, n.first.cog_cdeg,
                     model::to_text(n.first.track), n.first.offset}};
  out.push_back(std::move(step));
}

void Notices::tick(const Context& c, std::vector<model::FindingStep>& out) {
  for (auto& notice : m_notices) {
    if (notice.closed || c.now < notice.gap.to) continue;
    notice.closed = true;
    emit(c, notice, model::StepKind::kClosed, notice.gap.to, out);
  }
}

void Notices::change_pack(const Context& c, const RulePack& fresh,
                          std::vector<model::FindingStep>& out) {
  const auto gone = [&](Notice& notice) {
    for (const auto& coverage : fresh.coverage()) {
      const bool same = coverage.family == notice.family && coverage.area == notice.area;
      const auto& gaps = coverage.gaps;
      if (same && std::find(gaps.begin(), gaps.end(), notice.gap) != gaps.end()) return false;
    }
    if (notice.closed) return true;
    notice.closed = true;
    emit(c, notice, model::StepKind::kClosed, c.at, out);
    return true;
  };
  m_notices.erase(std::remove_if(m_notices.begin(), m_notices.end(), gone), m_notices.end());
}

void Notices::save(ShareWriter& to) const {
  to.out.put(std::uint32_t(m_notices.size()));
  for (const auto& n : m_notices) {
    to.out.put(n.family);
    to.out.put_text(n.area);
    to.out.put(n.gap.from.ms);
    to.out.put(n.gap.to.ms);
    to.out.put(n.id.value);
    to.out.put(n.steps);
    to.put(n.first);
    to.out.put(std::uint8_t(n.closed));
  }
}

bool Notices::load(ShareReader& from) {
  m_notices.clear();
  for (auto k = from.count(); k > 0 && from.ok(); --k) {
    Notice n;
    n.family = from.in.get<Family>();
    n.area = std::string(from.in.get_text());
    n.gap.from = {from.in.get<std::int64_t>()};
    n.gap.to = {from.in.get<std::int64_t>()};
    n.id.value = from.in.get<std::uint64_t>();
    n.steps = from.in.get<std::uint32_t>();
    n.first = from.mark();
    n.closed = from.in.get<std::uint8_t>() != 0;
    if (n.family > Family::kZone || from.pack() == nullptr ||
        from.pack()->zone_index(n.area) == SIZE_MAX) {
      from.refuse();
    }
    m_notices.push_back(std::move(n));
  }
  return from.ok();
}

}  // namespace jinglue::detect
