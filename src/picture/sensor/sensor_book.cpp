// SPDX-License-Identifier: Apache-2.0
#include "picture/sensor/sensor_book.hpp"

#include <algorithm>

#include "base/hash.hpp"
#include "geo/geodesic.hpp"

namespace jinglue::picture {
namespace {

constexpr std::uint32_t kStateVersion = 1;

std::uint64_t hash_of(const model::SensorReport& report) {
  base::ByteWriter out;
  out.put(report.time.ms);
  out.put(static_cast<std::uint8_t>(report.position.has_value()));
  if (report.position) {
    out.put(report.position->lat);
    out.put(report.position->lon);
  }
  for (const auto& value : report.values) {
    out.put(value.quantity);
    out.put(value.milli);
  }
  return base::stable_hash(out.bytes());
}

void save_station(const model::SensorStation& station, base::ByteWriter& out) {
  out.put_text(station.id);
  out.put_text(station.name.zh);
  out.put_text(station.name.en);
  out.put_optional(station.place ? std::optional(station.place->lat) : std::nullopt);
  out.put_optional(station.place ? std::optional(station.place->lon) : std::nullopt);
  out.put(station.watch_radius_m);
  out.put(std::int64_t{station.silent_after.count()});
}

std::optional<geo::Position> load_position(base::ByteReader& in) {
  const auto lat = in.get_optional<std::int32_t>();
  const auto lon = in.get_optional<std::int32_t>();
  if (!lat || !lon) return std::nullopt;
  return geo::Position{*lat, *lon};
}

void load_station(base::ByteReader& in, model::SensorStation& out) {
  out.id = in.get_text();
  out.name.zh = in.get_text();
  out.name.en = in.get_text();
  out.place = load_position(in);
  out.watch_radius_m = in.get<std::int64_t>();
  out.silent_after = base::Duration(in.get<std::int64_t>());
}

void save_state(const SensorState& state, base::ByteWriter& out) {
  save_station(state.station, out);
  out.put(static_cast<std::uint8_t>(state.declared));
  out.put(state.time.ms);
  out.put(state.arrival.ms);
  out.put_optional(state.position ? std::optional(state.position->lat) : std::nullopt);
  out.put_optional(state.position ? std::optional(state.position->lon) : std::nullopt);
  out.put(state.position_time.ms);
  out.put(state.reports);
  out.put(state.copies);
  out.put(state.late);
  out.put(static_cast<std::uint32_t>(state.latest.size()));
  for (const auto& [quantity, reading] : state.latest) {
    out.put(quantity);
    out.put(reading.milli);
    out.put(reading.time.ms);
  }
  out.put(static_cast<std::uint32_t>(state.memory.size()));
  for (const auto hash : state.memory) out.put(hash);
}

bool load_state(base::ByteReader& in, SensorState& out) {
  load_station(in, out.station);
  out.declared = in.get<std::uint8_t>() != 0;
  out.time.ms = in.get<std::int64_t>();
  out.arrival.ms = in.get<std::int64_t>();
  out.position = load_position(in);
  out.position_time.ms = in.get<std::int64_t>();
  out.reports = in.get<std::uint64_t>();
  out.copies = in.get<std::uint64_t>();
  out.late = in.get<std::uint64_t>();
  for (auto n = in.get<std::uint32_t>(); n > 0 && in.ok(); --n) {
    const auto quantity = model::quantity_from_number(in.get<std::uint8_t>());
    SensorReading reading;
    reading.milli = in.get<std::int64_t>();
    reading.time.ms = in.get<std::int64_t>();
    if (!quantity) return false;
    out.latest[*quantity] = reading;
  }
  for (auto n = in.get<std::uint32_t>(); n > 0 && in.ok(); --n) {
    out.memory.push_back(in.get<std::uint64_t>());
  }
  return in.ok() && out.memory.size() <= SensorBook::kMemory;
}

}  // namespace

std::optional<double> SensorState::off_station_m() const {
  if (!position || !station.place) return std::nullopt;
  return geo::distance_m(station.place->degrees(), position->degrees());
}

bool SensorState::adrift() const {
  const auto off = off_station_m();
  return station.watch_radius_m > 0 && off && *off > double(station.watch_radius_m);
}

bool SensorState::silent(base::Instant now, base::Instant since) const {
  return now - (arrival.ms == 0 ? since : arrival) > station.silent_after;
}

void SensorBook::declare(const std::vector<model::SensorStation>& stations) {
  for (auto& [id, state] : m_stations) {
    if (!state.declared) continue;
    state.declared = false;
    state.station = {id, {id, id}, std::nullopt, 0, model::SensorStation{}.silent_after};
  }
  for (const auto& station : stations) {
    auto& state = m_stations[station.id];
    state.station = station;
    state.declared = true;
  }
  // Of those no longer declared, what never spoke is not known at all.
  std::erase_if(m_stations,
                [](const auto& one) { return !one.second.declared && one.second.arrival.ms == 0; });
  m_changed = true;
}

SensorBook::Taken SensorBook::take(const model::SensorReport& report) {
  auto found = m_stations.find(report.station);
  if (found == m_stations.end()) {
    if (m_stations.size() >= kMostStations) return Taken::kNoRoom;
    found = m_stations.emplace(report.station, SensorState{}).first;
    found->second.station.id = report.station;
    found->second.station.name = {report.station, report.station};
  }
  auto& state = found->second;
  m_changed = true;
  const auto hash = hash_of(report);
  if (std::find(state.memory.begin(), state.memory.end(), hash) != state.memory.end()) {
    ++state.copies;
    return Taken::kCopy;
  }
  if (state.memory.size() < kMemory) {
    state.memory.push_back(hash);
  } else {
    state.memory[state.reports % kMemory] = hash;
  }
  ++state.reports;
  state.arrival = report.arrival;
  if (report.time < state.time) ++state.late;
  state.time = std::max(state.time, report.time);
  for (const auto& value : report.values) {
    auto& latest = state.latest[value.quantity];
    if (report.time >= latest.time) latest = {value.milli, report.time};
  }
  if (report.position && report.time >= state.position_time) {
    state.position = report.position;
    state.position_time = report.time;
  }
  return Taken::kNew;
}

SensorBook::Snapshot SensorBook::snapshot() {
  if (m_snapshot && !m_changed) return m_snapshot;
  std::vector<SensorState> all;
  all.reserve(m_stations.size());
  for (const auto& [id, state] : m_stations) {
    all.push_back(state);
    all.back().memory = {};
  }
  m_snapshot = std::make_shared<const std::vector<SensorState>>(std::move(all));
  m_changed = false;
  return m_snapshot;
}

void SensorBook::save(base::ByteWriter& out) const {
  out.put(kStateVersion);
  out.put(static_cast<std::uint32_t>(m_stations.size()));
  for (const auto& [id, state] : m_stations) save_state(state, out);
}

bool SensorBook::load(base::ByteReader& in) {
  if (in.get<std::uint32_t>() != kStateVersion) return false;
  m_stations.clear();
  m_changed = true;
  for (auto n = in.get<std::uint32_t>(); n > 0 && in.ok(); --n) {
    SensorState state;
    if (!load_state(in, state)) return false;
    const auto id = state.station.id;
    m_stations[id] = std::move(state);
  }
  return in.ok();
}

}  // namespace jinglue::picture
