// SPDX-License-Identifier: Apache-2.0
// The order of work for each kind of entry, and what a snapshot holds.
#include "app/pipeline.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/log.hpp"
#include "detect/distress/signal.hpp"
#include "picture/exchange/positions_entry.hpp"

namespace jinglue::app {

namespace {

constexpr std::uint32_t kSnapshotVersion = 10;
constexpr std::int64_t kExpireEvery_ms = 600'000;

/// Stations are few; a bad line that makes up names must not fill the memory.
constexpr std::size_t kMostStations = 256;

/// Null when the line names no station, or when there are too many.
StationCount* station_of(InputCount& input, std::string_view name) {
  if (name.empty()) return nullptr;
  const auto found = input.stations.find(name);
  if (found != input.stations.end()) return &found->second;
  if (input.stations.size() >= kMostStations) return nullptr;
  return &input.stations[std::string(name)];
}

/// Some twenty are in use on a coast; a bad sender must not fill the memory.
constexpr std::size_t kMostApplications = 256;

std::uint64_t& application_of(InputCount& input, unsigned dac, unsigned fi) {
  auto name = std::to_string(dac) + '/' + std::to_string(fi);
  const bool room = input.applications.size() < kMostApplications;
  return input.applications[room || input.applications.contains(name) ? name : "other"];
}

observe::feed::Line line_of(const model::JournalEntry& entry) {
  return {entry.payload, entry.input, entry.station, entry.arrival, entry.offset};
}

/// The engine may only see what had arrived: after a restart the archive can be ahead of the
/// replay.
detect::History history_of(const picture::Archive& archive, const std::uint64_t& offset) {
  return [&archive, &offset](model::TrackId track, base::Instant from, base::Instant to,
                             const std::function<bool(const model::Fix&)>& visit) {
    archive.received(track, from, to,
                     [&](const model::Fix& fix) { return fix.offset > offset || visit(fix); });
  };
}

}  // namespace

Pipeline::Pipeline(picture::Archive& archive, picture::FlagTable flags, picture::Expiry expiry)
    : m_archive(archive),
      m_flags(std::move(flags)),
      m_expiry(expiry),
      m_live(m_identity),
      m_engine(history_of(archive, m_offset),
               [this](model::TerminalKind kind, geo::Position at, base::Instant from,
                      base::Instant to) { return m_coverage.silence(kind, at, from, to); }) {}

Pipeline::~Pipeline() = default;

/// At whole ten minutes of the feed's time, which is all that decides.
void Pipeline::advance(base::Instant arrival) {
  if (arrival <= m_clock) return;
  const bool due = arrival.ms / kExpireEvery_ms != m_clock.ms / kExpireEvery_ms;
  m_clock = arrival;
  if (!due) return;
  m_live.expire(m_clock, m_expiry, m_offset);
  m_gate.forget_before(m_clock - m_expiry.registered);
}

void Pipeline::process(const model::JournalEntry& entry, std::vector<model::FindingStep>& steps) {
  m_offset = entry.offset;
  if (entry.kind == model::EntryKind::kPositions) return take_positions(entry);
  advance(entry.arrival);
  const std::size_t before = steps.size();
  switch (entry.kind) {
    case model::EntryKind::kLine:
      take_line(entry, steps);
      break;
    case model::EntryKind::kTick:
      m_engine.on_tick(entry.arrival, entry.offset, steps);
      break;
    case model::EntryKind::kRecordChange:
      take_change(entry, steps);
      break;
    case model::EntryKind::kRulePack:
      take_pack(entry, steps);
      break;
    case model::EntryKind::kFeeds:
      use_feeds(entry.payload);
      break;
    case model::EntryKind::kPositions:
      break;
  }
  count_findings(steps, before);
}

/// Up to a change of the setup, which decides how the lines behind it are read.
void Pipeline::expect(std::span<const model::JournalEntry> entries) {
  static_assert(picture::Live::kAhead >= kAhead);
  m_expected.clear();
  for (const auto& entry : entries) {
    if (entry.kind == model::EntryKind::kFeeds) break;
    if (entry.kind != model::EntryKind::kLine) continue;
    m_expected.push_back(line_of(entry));
  }
  m_live.expect(m_reader.expect(m_expected));
}

void Pipeline::process_fix(const model::Fix& fix, std::vector<model::FindingStep>& steps) {
  m_offset = fix.offset;
  advance(fix.arrival);
  const std::size_t before = steps.size();
  take_fix(fix, m_trusting ? picture::Withheld::kNot : m_gate.take_archived(fix), steps);
  count_findings(steps, before);
}

/// What was imported belongs to the past: it neither moves the live picture nor the clock, and a
/// rule is tried on it by a back-test.
void Pipeline::take_positions(const model::JournalEntry& entry) {
  if (m_archive.applied_offset() >= entry.offset) return;
  const auto rows = picture::exchange::decode_positions(entry.payload);
  if (!rows) {
    m_problem = "journal entry " + std::to_string(entry.offset) + ": " + rows.error().text();
    base::log_error("app", "{}", m_problem);
    return;
  }
  for (const auto& row : *rows) m_archive.append(row, entry.offset);
}

void Pipeline::take_line(const model::JournalEntry& entry, std::vector<model::FindingStep>& steps) {
  InputCount& count = m_inputs[entry.input];
  ++count.lines;
  count.last = entry.arrival;
  m_reader.read(line_of(entry), m_reading);
  if (m_tables.reads(entry.input)) m_tables.read(entry, m_reading);
  if (!m_reading.reports.empty()) take_measured(count);
  for (const auto why : m_reading.refused_values) ++count.withheld[std::string(why)];
  if (m_reading.message()) {
    ++count.messages;
  } else if (m_reading.copy()) {
    ++count.copies;
  } else if (m_reading.cause == "part") {
    ++count.parts;
  } else {
    ++count.rejects[std::string(m_reading.cause)];
  }
  const bool heard = m_reading.message() || m_reading.copy();
  // A buoy is no receiving station: what it said is in m_sensors.
  const bool received = heard && m_reading.reports.empty();
  if (auto* station = received ? station_of(count, m_reading.station) : nullptr) {
    ++station->messages;
    station->last = entry.arrival;
    station->fixes += m_reading.copy() ? m_reading.sent.has_value() : m_reading.fixes.size();
    station->copies += m_reading.copy() ? 1 : 0;
    if (m_reading.clock_ahead_ms) station->clock_ahead_ms = m_reading.clock_ahead_ms;
  }
  count.fixes += m_reading.fixes.size();
  count.texts += m_reading.texts.size();
  m_last_line = {heard, m_reading.copy(), false, m_reading.ais_sender, m_reading.ais_named};
  for (const auto& said : m_reading.stated) m_live.apply(said);
  const picture::Hearing by{entry.input, m_reading.station,
                            m_reading.stated_time.value_or(entry.arrival), entry.arrival,
                            m_reading.signal_dbm};
  if (m_reading.copy() && m_reading.sent) {
    const auto& sent = *m_reading.sent;
    m_coverage.take_copy(sent.from, sent.time, sent.at, by);
  }
  for (const auto& fix : m_reading.fixes) take_reported(fix, by, count, steps);
  for (const auto& said : m_reading.texts) take_text(said, entry, steps);
  keep_said(count, entry);
}

/// What was said in words or in data.
void Pipeline::keep_said(InputCount& count, const model::JournalEntry& entry) {
  for (const auto& data : m_reading.applications) ++application_of(count, data.dac, data.fi);
  if (m_messages == nullptr) return;
  model::VesselMessage message;
  message.arrival = entry.arrival;
  message.offset = entry.offset;
  for (auto& said : m_reading.texts) {
    const bool ais = said.from.kind() == model::TerminalKind::kMmsi;
    message.kind = ais ? model::MessageKind::kSafety : model::MessageKind::kBeidou;
    message.from = said.from;
    message.to = said.to;
    message.time = said.time;
    message.text = std::move(said.text);
    message.sos = said.sos;
    m_messages->append(message);
    ++message.part;
  }
  message.text.clear();
  message.sos = false;
  for (auto& data : m_reading.applications) {
    message.kind = model::MessageKind::kApplication;
    message.from = data.from;
    message.to = data.to;
    message.time = data.time;
    message.type = data.type;
    message.dac = data.dac;
    message.fi = data.fi;
    message.octets = std::move(data.octets);
    message.bits = data.bits;
    m_messages->append(message);
    ++message.part;
  }
}

/// A payload that says nothing new is a copy: a broker delivers at least once, and what it retains
/// at each connection again.
void Pipeline::take_measured(InputCount& count) {
  bool any_new = false, no_room = false;
  for (const auto& report : m_reading.reports) {
    const auto taken = m_sensors.take(report);
    no_room = no_room || taken == picture::SensorBook::Taken::kNoRoom;
    if (taken != picture::SensorBook::Taken::kNew) continue;
    any_new = true;
    count.measured += report.values.size();
    if (m_measurements != nullptr) m_measurements->append(report);
  }
  if (!any_new) m_reading.cause = no_room ? "too_many_stations" : "copy";
}

/// A safety message by AIS is meant for everyone who hears it. What boats say by BeiDou is their
/// own talk: only alarms and words of distress are findings, the rest is counted.
void Pipeline::take_text(const observe::feed::Text& said, const model::JournalEntry& entry,
                         std::vector<model::FindingStep>& steps) {
  const bool to_all = said.from.kind() == model::TerminalKind::kMmsi;
  const bool distress =
      said.sos || detect::signal_of_text(said.from, said.text) != detect::Signal::kSafetyText;
  if (!to_all && !distress) return;
  detect::DistressText call{{said.from, 0}, said.time, entry.arrival, entry.offset,
                            said.text,      said.sos,  std::nullopt};
  if (const auto* known = m_live.entry(call.from)) call.last_fix = known->fix;
  m_engine.on_text(call, view_of(call.from, said.time), steps);
}

/// Nothing sees a fix before the gate; what it withholds is archived, neither drawn nor judged.
void Pipeline::take_reported(const model::Fix& reported, const picture::Hearing& by,
                             InputCount& count, std::vector<model::FindingStep>& steps) {
  const bool heard = reported.source != model::FixSource::kGnss;  // our own receiver is aboard
  if (m_trusting) {
    if (heard) m_coverage.take(reported, by);
    return take_fix(reported, picture::Withheld::kNot, steps);
  }
  const auto passed = m_gate.take(reported);
  const bool there =
      passed.why == picture::Withheld::kNot || passed.why == picture::Withheld::kLongRangeEcho;
  if (heard && there) m_coverage.take(passed.fix, by);
  if (passed.why != picture::Withheld::kNot) {
    ++count.withheld[std::string(to_key(passed.why))];
    m_last_line.withheld = true;
  }
  if (passed.why != picture::Withheld::kZeroPosition) take_fix(passed.fix, passed.why, steps);
}

void Pipeline::take_fix(const model::Fix& fix, picture::Withheld why,
                        std::vector<model::FindingStep>& steps) {
  ++m_positions;
  m_archive.append(fix);
  if (why != picture::Withheld::kNot) return;
  m_live.apply(fix);
  m_engine.on_fix(fix, view_of(fix.track, fix.time), steps);
}

detect::SubjectView Pipeline::view_of(model::TrackId track, base::Instant at) const {
  detect::SubjectView view;
  view.vessel = m_identity.vessel_at(track, at);
  std::string_view registered, stated;
  if (const auto* entry = m_live.entry(track)) {
    view.kind = entry->kind;
    view.name = entry->name();
    if (entry->stated) {
      if (entry->stated->dimensions) view.length_m = entry->stated->dimensions->length_m();
      view.side_number = entry->stated->side_number();
      stated = entry->stated->flag();
    }
  }
  if (view.vessel) {
    if (!view.vessel->side_number.empty()) view.side_number = view.vessel->side_number;
    registered = view.vessel->flag;
    view.kind = view.vessel->kind;
    view.name = view.vessel->name;
    if (view.vessel->length_m) view.length_m = view.vessel->length_m;
  }
  auto flag = m_flags.flag_of(registered, stated, track.terminal);
  view.flag = std::move(flag.code);
  view.flag_source = flag.source;
  return view;
}

void Pipeline::take_change(const model::JournalEntry& entry,
                           std::vector<model::FindingStep>& steps) {
  const auto json = base::parse_json(entry.payload);
  const auto change = json ? model::RecordChange::from_json(*json)
                           : base::Result<model::RecordChange>(tl::unexpected(json.error()));
  if (!change) {
    m_problem = "journal entry " + std::to_string(entry.offset) + ": " + change.error().text();
    base::log_error("app", "{}", m_problem);
    return;
  }
  m_change_number = std::max(m_change_number, change->number);
  const auto terminals = m_identity.apply(*change);
  if (!terminals.empty()) m_live.refresh(terminals, entry.offset);
  m_engine.on_change(*change, entry.offset, steps);
}

void Pipeline::take_pack(const model::JournalEntry& entry, std::vector<model::FindingStep>& steps) {
  use_pack(entry.payload, false, steps);
}

void Pipeline::use_feeds(const std::string& payload) {
  const auto json = base::parse_json(payload);
  auto setup = json ? observe::feed::Setup::from_json(*json)
                    : base::Result<observe::feed::Setup>(tl::unexpected(json.error()));
  if (!setup) {
    m_problem = "journal entry " + std::to_string(m_offset) + ": " + setup.error().text();
    base::log_error("app", "{}", m_problem);
    return;
  }
  if (const auto good = m_tables.use(*setup); !good) {
    m_problem = "journal entry " + std::to_string(m_offset) + ": " + good.error().text();
    base::log_error("app", "{}", m_problem);
    return;
  }
  m_feeds_payload = payload;
  m_feeds_revision = setup->revision();
  m_sensors.declare(setup->stations());
  m_reader.use(std::move(*setup));
}

void Pipeline::use_pack(const std::string& payload, bool restoring,
                        std::vector<model::FindingStep>& steps) {
  const auto json = base::parse_json(payload);
  const auto files = json ? detect::RuleFiles::from_json(*json)
                          : base::Result<detect::RuleFiles>(tl::unexpected(json.error()));
  if (!files) {
    m_problem = "rule pack entry " + std::to_string(m_offset) + ": " + files.error().text();
    base::log_error("app", "{}", m_problem);
    return;
  }
  auto loaded = detect::load_pack(*files);
  if (!loaded.pack) {
    m_problem = "rule pack " + files->revision + ": " +
                (loaded.errors.empty() ? std::string("refused") : loaded.errors.front().text());
    base::log_error("app", "{}", m_problem);
    return;
  }
  m_pack_payload = payload;
  m_pack_revision = files->revision;
  if (restoring) {
    std::vector<model::FindingStep> none;  // the loaded engine state replaces what this would do
    m_engine.set_pack(std::move(loaded.pack), m_offset, m_clock, none);
  } else {
    m_engine.set_pack(std::move(loaded.pack), m_offset, m_clock, steps);
  }
  m_live.set_berths(m_engine.berths());
}

void Pipeline::count_findings(const std::vector<model::FindingStep>& steps, std::size_t from) {
  for (std::size_t i = from; i < steps.size(); ++i) {
    const auto& step = steps[i];
    const bool open = step.kind != model::StepKind::kClosed &&
                      step.kind != model::StepKind::kRetracted && !step.end;
    if (open && !step.subjects.empty()) {
      m_open_findings.insert(step.finding.value);
    } else {
      m_open_findings.erase(step.finding.value);
    }
    for (const auto& subject : step.subjects) {
      auto& findings = m_open[subject.id];
      if (open) {
        findings[step.finding.value] = static_cast<std::uint8_t>(step.severity);
      } else {
        findings.erase(step.finding.value);
      }
      std::uint8_t highest = 0;
      for (const auto& [id, severity] : findings) highest = std::max(highest, severity);
      m_live.set_findings(subject.id,
                          static_cast<std::uint8_t>(std::min<std::size_t>(findings.size(), 255)),
                          highest, step.offset);
      if (findings.empty()) m_open.erase(subject.id);
    }
  }
}

void Pipeline::publish(base::Instant now) {
  m_live.publish(m_offset, now);
}

void Pipeline::save(base::ByteWriter& out) const {
  out.put(kSnapshotVersion);
  out.put(m_offset);
  out.put(m_clock.ms);
  out.put(m_positions);
  out.put(m_change_number);
  out.put_text(m_pack_payload);
  out.put_text(m_feeds_payload);
  out.put(static_cast<std::uint32_t>(m_inputs.size()));
  for (const auto& [name, count] : m_inputs) {
    out.put_text(name);
    out.put(count.lines);
    out.put(count.messages);
    out.put(count.fixes);
    out.put(count.texts);
    out.put(count.measured);
    out.put(count.copies);
    out.put(count.parts);
    out.put(count.last.ms);
    out.put(static_cast<std::uint32_t>(count.rejects.size()));
    for (const auto& [cause, number] : count.rejects) {
      out.put_text(cause);
      out.put(number);
    }
    out.put(static_cast<std::uint32_t>(count.withheld.size()));
    for (const auto& [cause, number] : count.withheld) {
      out.put_text(cause);
      out.put(number);
    }
    out.put(static_cast<std::uint32_t>(count.applications.size()));
    for (const auto& [kind, number] : count.applications) {
      out.put_text(kind);
      out.put(number);
    }
    out.put(static_cast<std::uint32_t>(count.stations.size()));
    for (const auto& [station, one] : count.stations) {
      out.put_text(station);
      out.put(one.messages);
      out.put(one.fixes);
      out.put(one.copies);
      out.put_optional(one.clock_ahead_ms);
      out.put(one.last.ms);
    }
  }
  out.put(static_cast<std::uint32_t>(m_open.size()));
  for (const auto& [subject, findings] : m_open) {
    out.put_text(subject);
    out.put(static_cast<std::uint32_t>(findings.size()));
    for (const auto& [id, severity] : findings) {
      out.put(id);
      out.put(severity);
    }
  }
  m_reader.save(out);
  m_gate.save(out);
  m_sensors.save(out);
  m_identity.save(out);
  m_live.save(out);
  m_engine.save(out);
  m_coverage.save(out);
  m_tables.save(out);
}

bool Pipeline::knows(std::string_view state) {
  return base::ByteReader(state).get<std::uint32_t>() == kSnapshotVersion;
}

bool Pipeline::load(base::ByteReader& in) {
  if (in.get<std::uint32_t>() != kSnapshotVersion) return false;
  m_offset = in.get<std::uint64_t>();
  m_clock.ms = in.get<std::int64_t>();
  m_positions = in.get<std::uint64_t>();
  m_change_number = in.get<std::int64_t>();
  const std::string payload(in.get_text());
  const std::string feeds(in.get_text());
  m_inputs.clear();
  for (auto n = in.get<std::uint32_t>(); n > 0 && in.ok(); --n) {
    InputCount& count = m_inputs[std::string(in.get_text())];
    count.lines = in.get<std::uint64_t>();
    count.messages = in.get<std::uint64_t>();
    count.fixes = in.get<std::uint64_t>();
    count.texts = in.get<std::uint64_t>();
    count.measured = in.get<std::uint64_t>();
    count.copies = in.get<std::uint64_t>();
    count.parts = in.get<std::uint64_t>();
    count.last.ms = in.get<std::int64_t>();
    for (auto causes = in.get<std::uint32_t>(); causes > 0 && in.ok(); --causes) {
      const std::string cause(in.get_text());
      count.rejects[cause] = in.get<std::uint64_t>();
    }
    for (auto causes = in.get<std::uint32_t>(); causes > 0 && in.ok(); --causes) {
      const std::string cause(in.get_text());
      count.withheld[cause] = in.get<std::uint64_t>();
    }
    for (auto kinds = in.get<std::uint32_t>(); kinds > 0 && in.ok(); --kinds) {
      const std::string kind(in.get_text());
      count.applications[kind] = in.get<std::uint64_t>();
    }
    for (auto stations = in.get<std::uint32_t>(); stations > 0 && in.ok(); --stations) {
      StationCount& one = count.stations[std::string(in.get_text())];
      one.messages = in.get<std::uint64_t>();
      one.fixes = in.get<std::uint64_t>();
      one.copies = in.get<std::uint64_t>();
      one.clock_ahead_ms = in.get_optional<std::int64_t>();
      one.last.ms = in.get<std::int64_t>();
    }
  }
  m_open.clear();
  for (auto n = in.get<std::uint32_t>(); n > 0 && in.ok(); --n) {
    auto& findings = m_open[std::string(in.get_text())];
    for (auto k = in.get<std::uint32_t>(); k > 0 && in.ok(); --k) {
      const auto id = in.get<std::uint64_t>();
      findings[id] = in.get<std::uint8_t>();
    }
  }
  m_open_findings.clear();
  for (const auto& [subject, findings] : m_open) {
    for (const auto& [id, severity] : findings) m_open_findings.insert(id);
  }
  if (!in.ok() || !m_reader.load(in) || !m_gate.load(in) || !m_sensors.load(in) ||
      !m_identity.load(in)) {
    return false;
  }
  if (!feeds.empty()) use_feeds(feeds);
  std::vector<model::FindingStep> none;
  if (!payload.empty()) use_pack(payload, true, none);
  return m_live.load(in) && m_engine.load(in) && m_coverage.load(in) && m_tables.load(in) &&
         in.ok();
}

}  // namespace jinglue::app
