// SPDX-License-Identifier: Apache-2.0
#include "detect/identity/shared_number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/hash.hpp"
#include "base/local_time.hpp"
#include "detect/judge/used_fix.hpp"
#include "geo/geodesic.hpp"

namespace jinglue::detect {
namespace {

constexpr std::string_view kZoneOfPeople = "Asia/Shanghai";

double apart_nm(const model::UsedFix& a, const model::UsedFix& b) {
  return geo::distance_m(a.position.degrees(), b.position.degrees()) / geo::kMetresPerNauticalMile;
}

/// At least a minute is taken: clocks are no better.
double needed_kn(const model::UsedFix& a, const model::UsedFix& b) {
  const double minutes = std::max(std::abs(double((a.time - b.time).count())) / 60'000, 1.0);
  return apart_nm(a, b) / minutes * 60;
}

std::string local(base::Instant t) {
  return base::to_local_text(t, kZoneOfPeople);
}

/// "鲁荣渔1（航迹1）": the name when there is one, and which of the tracks under the number it is.
base::Words hull_text(const model::Subject& subject, const model::UsedFix& at) {
  const auto slash = at.track.find('/');
  const auto segment = slash == std::string::npos ? "0" : at.track.substr(slash + 1);
  const bool named = !subject.label.empty() && at.track.find(subject.label) == std::string::npos;
  if (!named) return {"航迹" + segment, "track " + segment};
  return {fmt::format("{}（航迹{}）", subject.label, segment),
          fmt::format("{} (track {})", subject.label, segment)};
}

double rounded(double value) {
  return std::round(value * 10) / 10;
}

}  // namespace

base::Instant SharedNumberWatch::Number::arrival() const {
  base::Instant out = base::kDistantPast;
  for (const auto& hull : hulls) out = std::max(out, hull.arrival);
  return out;
}

SharedNumberWatch::Hull& SharedNumberWatch::learn(Number& number, const model::Fix& fix,
                                                  const SubjectView& sender) {
  auto& hulls = number.hulls;
  const auto segment = fix.track.segment;
  auto at = std::lower_bound(hulls.begin(), hulls.end(), segment,
                             [](const Hull& h, std::uint16_t s) { return h.segment < s; });
  if (at == hulls.end() || at->segment != segment) {
    if (hulls.size() >= kMostHulls) {
      hulls.erase(std::min_element(hulls.begin(), hulls.end(), [](const auto& a, const auto& b) {
        return a.arrival < b.arrival;
      }));
      return learn(number, fix, sender);
    }
    at = hulls.insert(at, Hull{segment, {}, base::kDistantPast, {}});
  }
  if (at->arrival == base::kDistantPast || at->last.time <= fix.time) at->last = used_fix(fix);
  at->arrival = std::max(at->arrival, fix.arrival);
  at->subject = sender.vessel ? model::Subject{model::SubjectKind::kVessel, sender.vessel->id,
                                               "main", sender.name}
                              : model::Subject{model::SubjectKind::kTrack,
                                               model::to_text(fix.track), "main", sender.name};
  return *at;
}

/// The hull nearest in time that is far enough away; null when there is none.
const SharedNumberWatch::Hull* SharedNumberWatch::other_of(const Number& number, const Hull& hull,
                                                           const SharedNumberRule& rule) {
  const auto between = [&](const Hull& other) {
    return base::Duration(std::abs((hull.last.time - other.last.time).count()));
  };
  const Hull* best = nullptr;
  for (const auto& other : number.hulls) {
    if (other.segment == hull.segment || between(other) > rule.window) continue;
    if (apart_nm(hull.last, other.last) < rule.apart_nm) continue;
    if (best == nullptr || between(other) < between(*best)) best = &other;
  }
  return best;
}

void SharedNumberWatch::on_fix(const model::Fix& fix, const SubjectView& sender,
                               const SharedNumberRule* rule, Steps& out) {
  if (fix.track.terminal.kind() != model::TerminalKind::kMmsi) return;
  auto found = m_numbers.find(fix.track.terminal);
  if (found == m_numbers.end()) {
    if (fix.track.segment == 0 || rule == nullptr) return;  // one hull, as nearly all
    if (m_numbers.size() >= kMostNumbers) make_room();
    found = m_numbers.emplace(fix.track.terminal, Number{}).first;
  }
  auto& number = found->second;
  const Hull& hull = learn(number, fix, sender);
  if (rule == nullptr || rule->excludes(sender.kind)) return;
  if (const auto* other = other_of(number, hull, *rule))
    meet(number, hull, *other, fix, *rule, out);
}

SharedNumberWatch::Episode::Episode() = default;

void SharedNumberWatch::meet(Number& number, const Hull& hull, const Hull& other,
                             const model::Fix& fix, const SharedNumberRule& rule, Steps& out) {
  const bool fresh = !number.episode;
  if (fresh) {
    auto& e = number.episode.emplace();
    const Hull& first = hull.segment < other.segment ? hull : other;
    const Hull& second = hull.segment < other.segment ? other : hull;
    e.main = first.subject;
    e.partner = second.subject;
    e.partner.role = "partner";
    e.begin = std::min(hull.last.time, other.last.time);
    e.rule_id = rule.id;
    e.rule_version = rule.version;
    e.silence = rule.silence;
    e.id = {base::stable_hash(
        fmt::format("{}\n{}\n{}\n{}", rule.id, model::to_key(e.main.kind), e.main.id, fix.offset))};
    e.positions = {first.last, second.last};
  }
  auto& e = *number.episode;
  e.a = hull.segment < other.segment ? hull.last : other.last;
  e.b = hull.segment < other.segment ? other.last : hull.last;
  e.last = std::max({e.last, hull.last.time, other.last.time});
  e.heard = std::max(e.heard, fix.arrival);
  const auto hulls = static_cast<std::uint32_t>(
      std::count_if(number.hulls.begin(), number.hulls.end(),
                    [&](const Hull& h) { return fix.arrival - h.arrival <= rule.window; }));
  const bool more = hulls > e.hulls;
  e.hulls = std::max(e.hulls, hulls);
  if (fresh) {
    e.told = fix.arrival;
    return emit(e, model::StepKind::kOpened, &rule, fix.offset, fix.arrival, out);
  }
  if (!more && fix.arrival - e.told < rule.extend_every) return;
  e.told = fix.arrival;
  for (const auto& one : {e.a, e.b}) {
    const auto same = [&](const auto& kept) { return kept.offset == one.offset; };
    if (std::any_of(e.positions.begin(), e.positions.end(), same)) continue;
    if (e.positions.size() >= kMostPositions) e.positions.erase(e.positions.begin() + 2);
    e.positions.push_back(one);
  }
  emit(e, model::StepKind::kExtended, &rule, fix.offset, fix.arrival, out);
}

void SharedNumberWatch::emit(Episode& e, model::StepKind kind, const SharedNumberRule* rule,
                             std::uint64_t offset, base::Instant at, Steps& out) {
  const double nm = apart_nm(e.a, e.b);
  const double kn = needed_kn(e.a, e.b);
  model::FindingStep step;
  step.finding = e.id;
  step.number = e.steps++;
  step.kind = kind;
  step.offset = offset;
  step.at = at;
  step.rule_id = e.rule_id;
  step.rule_version = e.rule_version;
  step.severity = rule != nullptr ? rule->severity : model::Severity::kLow;
  step.title = rule != nullptr
                   ? rule->title
                   : base::Words{"疑似两船共用一个识别码", "Suspected: two vessels on one number"};
  const auto number = e.a.track.substr(0, e.a.track.find('/'));
  const auto known = model::parse_terminal(number);
  const auto said = known ? terminal_text(*known) : number;
  const auto first = hull_text(e.main, e.a), second = hull_text(e.partner, e.b);
  step.reason.zh = fmt::format(
      "{}同时有{}条船在发送：{}于{}在{}，{}于{}在{}（北京时间），相距{:.1f}海里；"
      "若为同一条船，须以{:.0f}节航行。可能是设错、借用或冒用识别码，也可能其中一条的位置不实。",
      said, e.hulls, first.zh, local(e.a.time), place_text(e.a.position), second.zh,
      local(e.b.time), place_text(e.b.position), nm, kn);
  step.reason.en = fmt::format(
      "{} is sent by {} vessels at once: {} was at {} at {}, {} at {} at {} (Beijing "
      "time), {:.1f} nm apart; one ship would have to make {:.0f} kn. The number may have been set "
      "wrongly, borrowed or faked, or one of the positions may be false.",
      said, e.hulls, first.en, place_text(e.a.position), local(e.a.time), second.en,
      place_text(e.b.position), local(e.b.time), nm, kn);
  if (kind == model::StepKind::kClosed) {
    step.end = e.last;
    step.reason.zh += fmt::format("已于{}结束：只有一条船还在发送。", local(e.last));
    step.reason.en += fmt::format(" Ended at {}: only one vessel goes on.", local(e.last));
  }
  step.reason.zh += "此为疑似线索，须经核实。";
  step.reason.en += " This is a suspicion to be verified.";
  step.subjects = {e.main, e.partner};
  step.begin = e.begin;
  step.last = e.last;
  step.values = base::Json::object({{"district", ""},
                                    {"number", number},
                                    {"tracks", base::Json::array({e.a.track, e.b.track})},
                                    {"hulls", std::int64_t{e.hulls}},
                                    {"apart_nm", rounded(nm)},
                                    {"needed_kn", rounded(kn)}});
  step.positions = e.positions;
  out.push_back(std::move(step));
}

void SharedNumberWatch::on_tick(base::Instant now, std::uint64_t offset,
                                const SharedNumberRule* rule, Steps& out) {
  for (auto at = m_numbers.begin(); at != m_numbers.end();) {
    auto& [terminal, number] = *at;
    auto& e = number.episode;
    if (e && (rule == nullptr || now - e->heard > e->silence)) {
      emit(*e, model::StepKind::kClosed, rule, offset, now, out);
      e.reset();
    }
    const bool gone = !e && now - number.arrival() > kForgetAfter;
    at = gone ? m_numbers.erase(at) : std::next(at);
  }
}

/// The one silent longest of those without a finding; of all when each has one.
void SharedNumberWatch::make_room() {
  const auto oldest =
      std::min_element(m_numbers.begin(), m_numbers.end(), [](const auto& a, const auto& b) {
        return std::pair(a.second.episode.has_value(), a.second.arrival()) <
               std::pair(b.second.episode.has_value(), b.second.arrival());
      });
  m_numbers.erase(oldest);
}

std::size_t SharedNumberWatch::open() const {
  return static_cast<std::size_t>(
      std::count_if(m_numbers.begin(), m_numbers.end(),
                    [](const auto& row) { return row.second.episode.has_value(); }));
}

void SharedNumberWatch::save(base::ByteWriter& out) const {
  out.put(static_cast<std::uint32_t>(m_numbers.size()));
  for (const auto& [terminal, number] : m_numbers) {
    out.put(terminal.value);
    out.put(static_cast<std::uint8_t>(number.hulls.size()));
    for (const auto& hull : number.hulls) {
      out.put(hull.segment);
      put_used_fix(out, hull.last);
      out.put(hull.arrival.ms);
      put_subject(out, hull.subject);
    }
    out.put(static_cast<std::uint8_t>(number.episode.has_value()));
    if (!number.episode) continue;
    const auto& e = *number.episode;
    out.put(e.id.value);
    out.put(e.steps);
    put_subject(out, e.main);
    put_subject(out, e.partner);
    for (const auto t : {e.begin, e.last, e.heard, e.told}) out.put(t.ms);
    out.put(e.hulls);
    out.put_text(e.rule_id);
    out.put(e.rule_version);
    out.put(std::int64_t{e.silence.count()});
    put_used_fix(out, e.a);
    put_used_fix(out, e.b);
    out.put(static_cast<std::uint8_t>(e.positions.size()));
    for (const auto& one : e.positions) put_used_fix(out, one);
  }
}

bool SharedNumberWatch::load(base::ByteReader& in) {
  m_numbers.clear();
  for (auto n = in.get<std::uint32_t>(); n > 0 && in.ok(); --n) {
    auto& number = m_numbers[{in.get<std::uint64_t>()}];
    for (auto k = in.get<std::uint8_t>(); k > 0 && in.ok(); --k) {
      Hull hull;
      hull.segment = in.get<std::uint16_t>();
      hull.last = get_used_fix(in);
      hull.arrival.ms = in.get<std::int64_t>();
      hull.subject = get_subject(in);
      number.hulls.push_back(std::move(hull));
    }
    if (in.get<std::uint8_t>() == 0) continue;
    auto& e = number.episode.emplace();
    e.id.value = in.get<std::uint64_t>();
    e.steps = in.get<std::uint32_t>();
    e.main = get_subject(in);
    e.partner = get_subject(in);
    for (auto* t : {&e.begin, &e.last, &e.heard, &e.told}) t->ms = in.get<std::int64_t>();
    e.hulls = in.get<std::uint32_t>();
    e.rule_id = in.get_text();
    e.rule_version = in.get<std::int64_t>();
    e.silence = base::Duration(in.get<std::int64_t>());
    e.a = get_used_fix(in);
    e.b = get_used_fix(in);
    for (auto k = in.get<std::uint8_t>(); k > 0 && in.ok(); --k)
      e.positions.push_back(get_used_fix(in));
  }
  return in.ok();
}

}  // namespace jinglue::detect
