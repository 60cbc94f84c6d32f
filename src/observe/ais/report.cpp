// SPDX-License-Identifier: Apache-2.0
// to_report(): messages in the nouns and units of model/. All conversions are exact.
#include "observe/ais/decoder.hpp"
#include "observe/reception/sender_second.hpp"

namespace jinglue::observe::ais {
namespace {

/// 1e-5 minute per unit of the message: 1e-4 minute, type 27 0.1 minute.
constexpr std::int32_t kFine = 10;
constexpr std::int32_t kCoarse = 10'000;

struct EventTime {
  base::Instant time;
  model::TimeQuality quality{model::TimeQuality::kArrival};
};

EventTime event_time(std::optional<base::Instant> stated, std::optional<std::uint8_t> second,
                     base::Instant arrival) {
  if (stated) return {*stated, model::TimeQuality::kStated};
  if (second)
    return {{reception::last_with_second(arrival.ms, *second)}, model::TimeQuality::kDerived};
  return {arrival, model::TimeQuality::kArrival};
}

model::TrackId track_of(std::uint32_t mmsi) {
  return {model::TerminalId::make(model::TerminalKind::kMmsi, mmsi), 0};
}

struct Origin {
  std::optional<base::Instant> stated;
  base::Instant arrival;
  std::uint64_t offset{0};
};

/// A fix without motion; absent when either coordinate is.
template <class M>
std::optional<model::Fix> fix_at(const M& m, std::optional<std::uint8_t> second,
                                 model::FixSource source, const Origin& origin,
                                 std::int32_t scale = kFine) {
  if (!m.lat || !m.lon) return std::nullopt;
  const EventTime when = event_time(origin.stated, second, origin.arrival);
  model::Fix fix;
  fix.track = track_of(m.mmsi);
  fix.time = when.time;
  fix.arrival = origin.arrival;
  fix.quality = when.quality;
  fix.source = source;
  fix.position = {*m.lat * scale, *m.lon * scale};
  fix.offset = origin.offset;
  return fix;
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

Report report(const PositionReport& m, const Origin& origin) {
  Report out;
  const bool coarse = m.type == 27;
  const unsigned speed_factor = coarse || m.type == 9 ? 100 : 10;
  out.fix = fix_at(m, m.utc_second, source_of(m.type), origin, coarse ? kCoarse : kFine);
  if (out.fix) {
    out.fix->sog_ckn = scaled(m.sog, speed_factor);
    out.fix->cog_cdeg = scaled(m.cog, coarse ? 100 : 10);
    out.fix->heading_deg = m.heading;
    out.fix->nav_status = m.nav_status;
  }
  if (m.type == 19) {
    const auto when = event_time(origin.stated, m.utc_second, origin.arrival);
    model::StaticReport said = report_of(m.mmsi, when.time, origin.offset);
    if (!m.name.empty()) said.name = m.name.str();
    said.ship_type = m.ship_type;
    said.dimensions = m.dimensions;
    out.stated = std::move(said);
  }
  return out;
}

/// Type 11 comes from a ship that was asked for its time.
Report report(const BaseStationReport& m, const Origin& origin) {
  const auto source = m.type == 4 ? model::FixSource::kAisBase : model::FixSource::kAisA;
  std::optional<std::uint8_t> second;
  if (m.utc) second = static_cast<std::uint8_t>((m.utc->ms / 1000 % 60 + 60) % 60);
  return {fix_at(m, second, source, origin), std::nullopt};
}

template <std::size_t kMost>
std::optional<std::string> text_of(const std::optional<FixedText<kMost>>& text) {
  if (!text) return std::nullopt;
  return text->str();
}

Report report(const StaticData& m, const Origin& origin) {
  const auto when = event_time(origin.stated, std::nullopt, origin.arrival);
  model::StaticReport said = report_of(m.mmsi, when.time, origin.offset);
  said.name = text_of(m.name);
  said.call_sign = text_of(m.call_sign);
  said.imo = m.imo;
  said.ship_type = m.ship_type;
  said.dimensions = m.dimensions;
  said.draught_dm = m.draught_dm;
  said.destination = text_of(m.destination);
  said.eta = m.eta;
  said.mothership_mmsi = m.mothership_mmsi;
  return {std::nullopt, std::move(said)};
}

Report report(const AtonReport& m, const Origin& origin) {
  const auto when = event_time(origin.stated, m.utc_second, origin.arrival);
  model::StaticReport said = report_of(m.mmsi, when.time, origin.offset);
  if (!m.name.empty()) said.name = m.name.str();
  said.dimensions = m.dimensions;
  said.aton_type = m.aton_type;
  return {fix_at(m, m.utc_second, model::FixSource::kAisAton, origin), std::move(said)};
}

/// The other types say nothing of a place or of a vessel's data.
template <class M>
Report report(const M&, const Origin&) {
  return {};
}

}  // namespace

Report to_report(const Message& message, std::optional<base::Instant> stated_time,
                 base::Instant arrival, std::uint64_t offset) {
  if (mmsi_of(message) > 999'999'999) return {};  // no station can have it
  const Origin origin{stated_time, arrival, offset};
  return std::visit([&](const auto& m) { return report(m, origin); }, message);
}

}  // namespace jinglue::observe::ais
