// SPDX-License-Identifier: Apache-2.0
#include "detect/distress/distress_watch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.hpp"
#include "base/local_time.hpp"
#include "detect/judge/used_fix.hpp"

namespace jinglue::detect {
namespace {

constexpr std::string_view kZoneOfPeople = "Asia/Shanghai";
constexpr std::string_view kSource =
    "ITU-R M.1371-5 (2014), table 45 and annex 9; ITU-R M.585-9 (2022), annex 2";

model::Subject subject_of(const SubjectView& sender, model::TrackId track) {
  if (sender.vessel) {
    return {model::SubjectKind::kVessel, sender.vessel->id, "main", sender.name};
  }
  return {model::SubjectKind::kTrack, model::to_text(track), "main", sender.name};
}

base::Words what(Signal signal, Beacon beacon) {
  const auto name = beacon_name(beacon);
  switch (signal) {
    case Signal::kBeacon:
      return {name.zh + "已启动", "An " + name.en + " is active"};
    case Signal::kBeaconTest:
      return {name.zh + "正在测试（导航状态 15 或文字含 TEST）",
              "An " + name.en + " is being tested (status 15, or TEST in its text)"};
    case Signal::kStatus14:
      return {"普通船舶发送导航状态 14（示位标启动），可能误设，请立即核实",
              "An ordinary ship sends navigational status 14 (active beacon); it may be set by "
              "mistake: ask at once"};
    case Signal::kSos:
      return {"终端报警或安全信息中含求救内容",
              "A terminal's alarm, or a safety message that "
              "calls for help"};
    default:
      return {"收到安全信息", "A safety message was received"};
  }
}

base::Words reason(Signal signal, Beacon beacon, const std::vector<model::UsedFix>& positions,
                   const std::vector<std::string>& texts, base::Instant begin) {
  const auto said = what(signal, beacon);
  const auto time = base::to_local_text(begin, kZoneOfPeople);
  base::Words out = {fmt::format("{}，首次收到时间 {}（北京时间）。", said.zh, time),
                     fmt::format("{}; first heard {} (Beijing time).", said.en, time)};
  if (positions.empty()) {
    out.zh += "尚无船位。";
    out.en += " No position yet.";
  } else {
    out.zh += "最近位置 " + place_text(positions.back().position) + "。";
    out.en += " Last position " + place_text(positions.back().position) + ".";
  }
  if (!texts.empty()) {
    out.zh += "文字：“" + texts.back() + "”。";
    out.en += " Text: \"" + texts.back() + "\".";
  }
  return out;
}

/// First and last stay; of those between every second goes when there are too many.
void add_position(std::vector<model::UsedFix>& to, const model::UsedFix& at, std::size_t most) {
  const auto place = std::upper_bound(to.begin(), to.end(), at,
                                      [](const auto& a, const auto& b) { return a.time < b.time; });
  if (place != to.begin() && std::prev(place)->time == at.time) return;
  to.insert(place, at);
  if (to.size() <= most) return;
  std::vector<model::UsedFix> kept;
  for (std::size_t i = 0; i < to.size(); ++i) {
    if (i == 0 || i + 1 == to.size() || i % 2 == 0) kept.push_back(std::move(to[i]));
  }
  to = std::move(kept);
}

}  // namespace

/// True when the officer should be told: words that are new, or the first position.
bool DistressWatch::learn(Episode& episode, const Heard& heard) {
  bool news = false;
  ++episode.messages;
  episode.begin = std::min(episode.begin, heard.time);
  episode.last = std::max(episode.last, heard.time);
  episode.heard = std::max(episode.heard, heard.arrival);
  if (heard.at) {
    news = episode.positions.empty();
    add_position(episode.positions, *heard.at, kMostPositions);
  }
  auto& texts = episode.texts;
  if (!heard.text.empty() && std::find(texts.begin(), texts.end(), heard.text) == texts.end()) {
    if (texts.size() == kMostTexts) texts.erase(texts.begin());
    texts.push_back(heard.text);
    news = true;
  }
  return news;
}

void DistressWatch::emit(const Key& key, Episode& episode, model::StepKind kind,
                         std::uint64_t offset, base::Instant at,
                         std::vector<model::FindingStep>& out) {
  const auto beacon = beacon_of(key.first.terminal);
  model::FindingStep step;
  step.finding = episode.id;
  step.number = episode.steps++;
  step.kind = kind;
  step.offset = offset;
  step.at = at;
  step.rule_id = rule_of(key.second);
  step.rule_version = 1;
  step.severity = severity_of(key.second);
  step.title = title_of(key.second, beacon);
  step.reason = reason(key.second, beacon, episode.positions, episode.texts, episode.begin);
  step.article = kSource;
  step.subjects = {episode.subject};
  step.begin = episode.begin;
  step.last = episode.last;
  if (kind == model::StepKind::kClosed) step.end = episode.last;
  auto texts = base::Json::array();
  for (const auto& text : episode.texts) texts.push(text);
  step.values = base::Json::object({{"messages", episode.messages}, {"texts", std::move(texts)}});
  step.positions = episode.positions;
  out.push_back(std::move(step));
}

void DistressWatch::take(const Key& key, const Heard& heard, const SubjectView& sender,
                         std::vector<model::FindingStep>& out) {
  const auto known = m_open.find(key);
  if (known != m_open.end()) {
    auto& episode = known->second;
    const bool news = learn(episode, heard);
    if (!news && heard.arrival - episode.told < kExtendEvery) return;
    episode.told = heard.arrival;
    emit(key, episode, model::StepKind::kExtended, heard.offset, heard.arrival, out);
    return;
  }
  if (m_open.size() >= kMostOpen) close_silent_longest(heard.offset, heard.arrival, out);
  auto& episode = m_open[key];
  episode.subject = subject_of(sender, key.first);
  const std::string name =
      fmt::format("{}\n{}\n{}\n{}", rule_of(key.second), model::to_key(episode.subject.kind),
                  episode.subject.id, heard.offset);
  episode.id = {base::stable_hash(name)};
  episode.begin = episode.last = heard.time;
  episode.told = heard.arrival;
  learn(episode, heard);
  emit(key, episode, model::StepKind::kOpened, heard.offset, heard.arrival, out);
}

void DistressWatch::on_fix(const model::Fix& fix, const SubjectView& sender,
                           std::vector<model::FindingStep>& out) {
  const auto signal = signal_of(fix);
  if (signal)
    take({fix.track, *signal}, {fix.time, fix.arrival, fix.offset, used_fix(fix), {}}, sender, out);
}

void DistressWatch::on_text(const DistressText& said, const SubjectView& sender,
                            std::vector<model::FindingStep>& out) {
  const auto signal = said.alarm ? Signal::kSos : signal_of_text(said.from.terminal, said.text);
  Heard heard{said.time, said.arrival, said.offset, std::nullopt, said.text};
  if (said.last_fix) heard.at = used_fix(*said.last_fix);
  take({said.from, signal}, heard, sender, out);
}

void DistressWatch::on_tick(base::Instant now, std::uint64_t offset,
                            std::vector<model::FindingStep>& out) {
  for (auto at = m_open.begin(); at != m_open.end();) {
    if (now - at->second.heard < kSilence) {
      ++at;
      continue;
    }
    emit(at->first, at->second, model::StepKind::kClosed, offset, now, out);
    at = m_open.erase(at);
  }
}

void DistressWatch::close_silent_longest(std::uint64_t offset, base::Instant at,
                                         std::vector<model::FindingStep>& out) {
  const auto oldest = std::min_element(
      m_open.begin(), m_open.end(),
      [](const auto& a, const auto& b) { return a.second.heard < b.second.heard; });
  emit(oldest->first, oldest->second, model::StepKind::kClosed, offset, at, out);
  m_open.erase(oldest);
}

void DistressWatch::save(base::ByteWriter& out) const {
  out.put(static_cast<std::uint32_t>(m_open.size()));
  for (const auto& [key, episode] : m_open) {
    out.put(key.first.terminal.value);
    out.put(key.first.segment);
    out.put(key.second);
    out.put(episode.id.value);
    out.put(episode.steps);
    out.put(episode.subject.kind);
    out.put_text(episode.subject.id);
    out.put_text(episode.subject.label);
    for (const auto t : {episode.begin, episode.last, episode.heard, episode.told}) out.put(t.ms);
    out.put(episode.messages);
    out.put(static_cast<std::uint32_t>(episode.positions.size()));
    for (const auto& at : episode.positions) put_used_fix(out, at);
    out.put(static_cast<std::uint32_t>(episode.texts.size()));
    for (const auto& text : episode.texts) out.put_text(text);
  }
}

bool DistressWatch::load(base::ByteReader& in) {
  m_open.clear();
  for (auto n = in.get<std::uint32_t>(); n > 0 && in.ok(); --n) {
    Key key;
    key.first.terminal.value = in.get<std::uint64_t>();
    key.first.segment = in.get<std::uint16_t>();
    key.second = in.get<Signal>();
    if (key.second >= Signal::kCount) return false;
    auto& episode = m_open[key];
    episode.id.value = in.get<std::uint64_t>();
    episode.steps = in.get<std::uint32_t>();
    episode.subject.kind = in.get<model::SubjectKind>();
    episode.subject.id = std::string(in.get_text());
    episode.subject.label = std::string(in.get_text());
    for (auto* t : {&episode.begin, &episode.last, &episode.heard, &episode.told}) {
      t->ms = in.get<std::int64_t>();
    }
    episode.messages = in.get<std::uint64_t>();
    for (auto k = in.get<std::uint32_t>(); k > 0 && in.ok(); --k) {
      episode.positions.push_back(get_used_fix(in));
    }
    for (auto k = in.get<std::uint32_t>(); k > 0 && in.ok(); --k) {
      episode.texts.emplace_back(in.get_text());
    }
  }
  return in.ok();
}

}  // namespace jinglue::detect
