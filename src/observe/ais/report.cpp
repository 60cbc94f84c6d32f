// SPDX-License-Identifier: Apache-2.0
// to_report(): messages in the nouns and units of model/. All conversions are exact.
#include "observe/ais/decoder.hpp"
#include "observe/ais/own_time.hpp"
#include "observe/reception/sender_second.hpp"

namespace jinglue::observe::ais {
namespace {

/// 1e-5 minute per unit of the message: 1e-4 minute, type 27 0.1 minute.
constexpr std::int32_t kFine = 10;
constexpr std::int32_t kCoarse = 10'000;

EventTime event_time(const std::optional<base::Instant>& stated,
                     const std::optional<std::uint8_t>& second, base::Instant arrival) {
  if (stated) return {*stated, model::TimeQuality::kStated};
  if (second)
    return {{reception::last_with_second(arrival.ms, *second)}, model::TimeQuality::kDerived};
  return {arrival, model::TimeQuality::kArrival};
}

model::TrackId track_of(std::uint32_t mmsi) {
  return {model::TerminalId::make(model::TerminalKind::kMmsi, mmsi), 0};
}

/// False when either coordinate is absent. Values go straight to where they stay, here and below:
/// an optional that is returned is written in small pieces and read at once as a large one, for
/// which the processor waits.
template <class M>
bool read_place(const M& m, std::int32_t scale, geo::Position& out) {
  if (!m.lat || !m.lon) return false;
  out.lat = *m.lat * scale;
  out.lon = *m.lon * scale;
  return true;
}

std::int32_t scale_of(const PositionReport& m) {
  return m.type == 27 ? kCoarse : kFine;
}

/// Absent when it does not fit: 655 kn is beyond any search aircraft.
std::optional<std::uint16_t> scaled(const std::optional<std::uint16_t>& value, unsigned factor) {
  if (!value || *value * factor > UINT16_MAX) return std::nullopt;
  return static_cast<std::uint16_t>(*value * factor);
}

model::StaticReport report_of(std::uint32_t mmsi, base::Instant time, std::uint64_t offset) {
  model::StaticReport out;
  out.track = track_of(mmsi);
  out.time = time;
  out.offset = offset;
  return out;
}

model::FixSource source_of(std::uint8_t type) {
  switch (type) {
    case 9:
      return model::FixSource::kAisAircraft;
    case 18:
    case 19:
      return model::FixSource::kAisB;
    case 27:
      return model::FixSource::kAisLongRange;
    default:
      return model::FixSource::kAisA;
  }
}

void read_motion(const PositionReport& m, model::Fix& out) {
  const bool coarse = m.type == 27;
  out.source = source_of(m.type);
  out.sog_ckn = scaled(m.sog, coarse || m.type == 9 ? 100 : 10);
  out.cog_cdeg = scaled(m.cog, coarse ? 100 : 10);
  out.heading_deg = m.heading;
  out.nav_status = m.nav_status;
}

/// Of a type 19.
model::StaticReport stated(const PositionReport& m, base::Instant time, std::uint64_t offset) {
  model::StaticReport said = report_of(m.mmsi, time, offset);
  if (!m.name.empty()) said.name = m.name.str();
  said.ship_type = m.ship_type;
  said.dimensions = m.dimensions;
  return said;
}

template <std::size_t kMost>
std::optional<std::string> text_of(const std::optional<FixedText<kMost>>& text) {
  if (!text) return std::nullopt;
  return text->str();
}

model::StaticReport stated(const StaticData& m, base::Instant time, std::uint64_t offset) {
  model::StaticReport said = report_of(m.mmsi, time, offset);
  said.name = text_of(m.name);
  said.call_sign = text_of(m.call_sign);
  said.imo = m.imo;
  said.ship_type = m.ship_type;
  said.dimensions = m.dimensions;
  said.draught_dm = m.draught_dm;
  said.destination = text_of(m.destination);
  said.eta = m.eta;
  said.mothership_mmsi = m.mothership_mmsi;
  return said;
}

model::StaticReport stated(const AtonReport& m, base::Instant time, std::uint64_t offset) {
  model::StaticReport said = report_of(m.mmsi, time, offset);
  if (!m.name.empty()) said.name = m.name.str();
  said.dimensions = m.dimensions;
  said.aton_type = m.aton_type;
  return said;
}

constexpr std::uint32_t kMostMmsi = 999'999'999;  // no station can have more

}  // namespace

bool read_position(const Message& message, geo::Position& out) {
  if (mmsi_of(message) > kMostMmsi) return false;
  if (const auto* m = std::get_if<PositionReport>(&message)) {
    return read_place(*m, scale_of(*m), out);
  }
  if (const auto* m = std::get_if<BaseStationReport>(&message)) return read_place(*m, kFine, out);
  if (const auto* m = std::get_if<AtonReport>(&message)) return read_place(*m, kFine, out);
  return false;
}

bool read_fix(const Message& message, const EventTime& when, base::Instant arrival,
              std::uint64_t offset, model::Fix& out) {
  if (!read_position(message, out.position)) return false;
  out.track = track_of(mmsi_of(message));
  out.time = when.time;
  out.arrival = arrival;
  out.quality = when.quality;
  out.offset = offset;
  if (const auto* m = std::get_if<PositionReport>(&message)) {
    read_motion(*m, out);
  } else if (const auto* station = std::get_if<BaseStationReport>(&message)) {
    // Type 11 comes from a ship that was asked for its time.
    out.source = station->type == 4 ? model::FixSource::kAisBase : model::FixSource::kAisA;
  } else {
    out.source = model::FixSource::kAisAton;
  }
  return true;
}

std::optional<model::StaticReport> stated_of(const Message& message, base::Instant time,
                                             std::uint64_t offset) {
  if (mmsi_of(message) > kMostMmsi) return std::nullopt;
  if (const auto* m = std::get_if<StaticData>(&message)) return stated(*m, time, offset);
  if (const auto* m = std::get_if<AtonReport>(&message)) return stated(*m, time, offset);
  const auto* m = std::get_if<PositionReport>(&message);
  if (m != nullptr && m->type == 19) return stated(*m, time, offset);
  return std::nullopt;
}

Report to_report(const Message& message, std::optional<base::Instant> stated_time,
                 base::Instant arrival, std::uint64_t offset) {
  const auto when = event_time(stated_time, own_second(message), arrival);
  Report out;
  if (!read_fix(message, when, arrival, offset, out.fix.emplace())) out.fix.reset();
  out.stated = stated_of(message, when.time, offset);
  return out;
}

}  // namespace jinglue::observe::ais
