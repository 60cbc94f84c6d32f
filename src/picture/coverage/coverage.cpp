// SPDX-License-Identifier: Apache-2.0
#include "picture/coverage/coverage.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "geo/geodesic.hpp"

namespace jinglue::picture {
namespace {

constexpr std::uint16_t kNoStation = UINT16_MAX;
constexpr std::int64_t kHour_ms = CoverageCell::kHour_ms;
constexpr base::Duration kHour{kHour_ms};
constexpr base::Duration kWindow{CoverageCell::kHours * kHour_ms};
/// A copy whose message is no longer kept: so near to the last position it is one of the ship.
constexpr double kNearCopy_m = 5 * geo::kMetresPerNauticalMile;

std::string key_of(std::string_view input, std::string_view name) {
  return std::string(input) + '\n' + std::string(name);
}

constexpr unsigned bit_of(model::TerminalKind kind) {
  return 1u << static_cast<unsigned>(kind);
}

}  // namespace

struct Coverage::Station {
  struct Sender {
    model::TerminalId id;
    base::Instant last{base::kDistantPast};
  };
  std::string input, name;
  unsigned kinds{0};  ///< of terminals heard
  base::Instant first, last{base::kDistantPast};
  std::array<Sender, 8> senders{};  ///< the last ones
  std::vector<Outage> outages;
  std::unordered_map<std::uint32_t, CoverageCell> cells;
  std::uint64_t beyond{0};

  std::size_t senders_since(base::Instant from) const {
    return static_cast<std::size_t>(std::count_if(
        senders.begin(), senders.end(), [&](const auto& one) { return one.last >= from; }));
  }
  /// Its silence up to `now`, when it is one.
  std::optional<Outage> pause(base::Instant now) const {
    if (last == base::kDistantPast || now - last <= kSilentAfter) return std::nullopt;
    if (senders_since(last - kHour) < kFewestSenders) return std::nullopt;
    return Outage{last, now};
  }
  bool covers(geo::Position at, base::Instant since) const {
    const auto middle = CellPlace::of(at);
    for (std::int32_t row = middle.row - 1; row <= middle.row + 1; ++row) {
      for (std::int32_t column = middle.column - 1; column <= middle.column + 1; ++column) {
        if (row < 0 || column < 0 || row >= CellPlace::kRows || column >= CellPlace::kColumns) {
          continue;
        }
        const auto found = cells.find(CellPlace{row, column}.key());
        if (found != cells.end() && found->second.last() >= since) return true;
      }
    }
    return false;
  }
  void heard(model::TerminalId from, base::Instant arrival) {
    auto* place = &senders.front();
    for (auto& one : senders) {
      if (one.id == from) {
        place = &one;
        break;
      }
      if (one.last < place->last) place = &one;
    }
    *place = {from, arrival};
  }
};

Coverage::Coverage() = default;
Coverage::~Coverage() = default;

std::uint16_t Coverage::station_of(std::string_view input, std::string_view name) {
  auto key = key_of(input, name);
  const auto found = m_by_name.find(key);
  if (found != m_by_name.end()) return found->second;
  if (name.empty() || m_stations.size() >= kMostStations) return kNoStation;
  const auto index = static_cast<std::uint16_t>(m_stations.size());
  auto fresh = std::make_unique<Station>();
  fresh->input = input;
  fresh->name = name;
  m_stations.push_back(std::move(fresh));
  m_by_name.emplace(std::move(key), index);
  return index;
}

void Coverage::note(Station& station, model::TerminalId from, geo::Position at, const Hearing& by) {
  if (station.last == base::kDistantPast) station.first = by.arrival;
  if (const auto pause = station.pause(by.arrival)) {
    if (station.outages.size() >= kMostOutages) station.outages.erase(station.outages.begin());
    station.outages.push_back(*pause);
  }
  station.kinds |= bit_of(from.kind());
  station.last = std::max(station.last, by.arrival);
  station.heard(from, by.arrival);
  const auto key = CellPlace::of(at).key();
  auto found = station.cells.find(key);
  if (found == station.cells.end()) {
    if (station.cells.size() >= kMostCellsOfStation || m_cells >= kMostCells) {
      ++station.beyond;
      return;
    }
    found = station.cells.emplace(key, CoverageCell{}).first;
    ++m_cells;
  }
  found->second.take(by.arrival, by.signal_dbm.value_or(CoverageCell::kNoSignal));
}

/// Once an hour of the feed's time: cells that were not heard for the whole window make room.
void Coverage::sweep(base::Instant now) {
  if (now.ms / kHour_ms <= m_swept_hour) return;
  m_swept_hour = now.ms / kHour_ms;
  for (auto& station : m_stations) {
    m_cells -= std::erase_if(station->cells,
                             [&](const auto& row) { return row.second.last() < now - kWindow; });
  }
  m_heard.forget_before(now - kWindow);
}

void Coverage::take(const model::Fix& fix, const Hearing& by) {
  const std::lock_guard lock(m_mutex);
  sweep(by.arrival);
  const auto index = station_of(by.input, by.station);
  if (index == kNoStation) return;
  note(*m_stations[index], fix.track.terminal, fix.position, by);
  HeardMessage message{fix.track.segment, fix.time, by.arrival, fix.position, 1, {}};
  message.receptions.push_back({index, by.signal_dbm.value_or(INT16_MIN), by.at});
  m_heard.first(fix.track.terminal, std::move(message));
}

void Coverage::take_copy(model::TerminalId from, base::Instant time, geo::Position at,
                         const Hearing& by) {
  const std::lock_guard lock(m_mutex);
  const auto index = station_of(by.input, by.station);
  if (index == kNoStation) return;
  if (!m_heard.copy(from, time, {index, by.signal_dbm.value_or(INT16_MIN), by.at})) {
    const auto* kept = m_heard.find(from);
    if (kept == nullptr) return;
    const auto last = kept->front().position.degrees();
    if (geo::distance_m(last, at.degrees()) > kNearCopy_m) return;
  }
  note(*m_stations[index], from, at, by);
}

namespace {

/// Where the cells lie, and how far the furthest is from there.
void measure(StationCoverage& out) {
  double lat = 0, east = 0, north = 0, sum = 0;
  for (const auto& cell : out.cells) {
    const auto middle = cell.place.middle();
    const double lon = middle.lon_deg * M_PI / 180;
    lat += middle.lat_deg * cell.count;
    east += std::sin(lon) * cell.count;
    north += std::cos(lon) * cell.count;
    sum += cell.count;
  }
  if (sum == 0) return;
  out.middle = {lat / sum, std::atan2(east, north) * 180 / M_PI};
  for (const auto& cell : out.cells) {
    const double nm =
        geo::distance_m(out.middle, cell.place.middle()) / geo::kMetresPerNauticalMile;
    if (nm <= out.furthest_nm) continue;
    out.furthest_nm = nm;
    out.furthest_deg = geo::bearing_deg(out.middle, cell.place.middle());
  }
}

std::optional<std::int16_t> signal(std::int16_t dbm) {
  if (dbm == CoverageCell::kNoSignal) return std::nullopt;
  return dbm;
}

/// [a.from, a.to) and [b.from, b.to) in common; empty when from >= to.
Outage common(const Outage& a, const Outage& b) {
  return {std::max(a.from, b.from), std::min(a.to, b.to)};
}

}  // namespace

std::optional<StationCoverage> Coverage::station(std::string_view input, std::string_view name,
                                                 base::Instant now) const {
  const std::lock_guard lock(m_mutex);
  const auto found = m_by_name.find(key_of(input, name));
  if (found == m_by_name.end()) return std::nullopt;
  const auto& station = *m_stations[found->second];
  StationCoverage out;
  out.first = station.first;
  out.last = station.last;
  out.beyond = station.beyond;
  out.hours = static_cast<int>(
      std::clamp<std::int64_t>((now - station.first) / kHour + 1, 1, CoverageCell::kHours));
  out.outages = station.outages;
  if (const auto pause = station.pause(now)) {
    out.outages.push_back(*pause);
    out.silent_now = true;
  }
  for (const auto& [key, kept] : station.cells) {
    auto cell = kept;
    cell.advance(now);
    if (cell.count() == 0 && cell.hours() == 0) continue;
    const bool usual = cell.hours() * 2 >= out.hours;
    const bool now_heard = now - cell.last() <= kHour;
    out.now += now_heard ? 1 : 0;
    out.usual += usual ? 1 : 0;
    out.silent += usual && !now_heard ? 1 : 0;
    out.cells.push_back({CellPlace::of_key(key), cell.count(), cell.hours(), usual && !now_heard,
                         cell.first(), cell.last(), signal(cell.strongest_dbm()),
                         signal(cell.weakest_dbm())});
  }
  std::sort(out.cells.begin(), out.cells.end(),
            [](const auto& a, const auto& b) { return a.place.key() < b.place.key(); });
  measure(out);
  return out;
}

std::optional<Silence> Coverage::silence(model::TerminalKind kind, geo::Position at,
                                         base::Instant from, base::Instant to) const {
  const std::lock_guard lock(m_mutex);
  std::vector<Outage> together{{from, to}};
  Silence out;
  for (const auto& station : m_stations) {
    if ((station->kinds & bit_of(kind)) == 0 || !station->covers(at, from - kWindow)) continue;
    auto outages = station->outages;
    if (const auto pause = station->pause(to)) outages.push_back(*pause);
    std::vector<Outage> rest;
    for (const auto& one : together) {
      for (const auto& other : outages) {
        const auto both = common(one, other);
        if (both.from < both.to) rest.push_back(both);
      }
    }
    together = std::move(rest);
    out.stations.push_back(station->name);
  }
  if (out.stations.empty() || together.empty()) return std::nullopt;
  out.from = together.front().from;
  for (const auto& one : together) {
    out.together += one.to - one.from;
    out.from = std::min(out.from, one.from);
    out.to = std::max(out.to, one.to);
  }
  return out;
}

std::vector<SilentStation> Coverage::silent(base::Instant now) const {
  const std::lock_guard lock(m_mutex);
  std::vector<SilentStation> out;
  for (const auto& station : m_stations) {
    const auto pause = station->pause(now);
    if (!pause) continue;
    SilentStation one{station->input, station->name, pause->from, 0, 0, {}};
    double lat = 0, lon = 0;
    for (const auto& [key, cell] : station->cells) {
      if (cell.last() < now - kWindow) continue;
      ++one.cells;
      const auto middle = CellPlace::of_key(key).middle();
      lat += middle.lat_deg;
      lon += middle.lon_deg;
      one.elsewhere += std::any_of(m_stations.begin(), m_stations.end(), [&, k = key](auto& other) {
        const auto found = other->cells.find(k);
        return found != other->cells.end() && now - found->second.last() <= kHour;
      });
    }
    if (one.cells == 0) continue;  // for a week: it is no station any more
    one.middle = {lat / double(one.cells), lon / double(one.cells)};
    out.push_back(std::move(one));
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.since < b.since; });
  return out;
}

std::vector<NamedMessage> Coverage::heard_by(model::TrackId track) const {
  const std::lock_guard lock(m_mutex);
  std::vector<NamedMessage> out;
  const auto* kept = m_heard.find(track.terminal);
  if (kept == nullptr) return out;
  for (const auto& message : *kept) {
    if (message.segment != track.segment) continue;
    NamedMessage named{track, message.time, message.count, {}};
    for (const auto& by : message.receptions) {
      const auto& station = *m_stations[by.station];
      named.receptions.push_back({station.input, station.name, by.at, signal(by.signal_dbm)});
    }
    out.push_back(std::move(named));
  }
  return out;
}

void Coverage::save(base::ByteWriter& out) const {
  const std::lock_guard lock(m_mutex);
  out.put(m_swept_hour);
  out.put(static_cast<std::uint32_t>(m_stations.size()));
  for (const auto& station : m_stations) {
    out.put_text(station->input);
    out.put_text(station->name);
    out.put(station->kinds);
    out.put(station->first.ms);
    out.put(station->last.ms);
    out.put(station->beyond);
    for (const auto& one : station->senders) {
      out.put(one.id.value);
      out.put(one.last.ms);
    }
    out.put(static_cast<std::uint32_t>(station->outages.size()));
    for (const auto& outage : station->outages) {
      out.put(outage.from.ms);
      out.put(outage.to.ms);
    }
    const std::map<std::uint32_t, CoverageCell> sorted(station->cells.begin(),
                                                       station->cells.end());
    out.put(static_cast<std::uint32_t>(sorted.size()));
    for (const auto& [key, cell] : sorted) {
      out.put(key);
      cell.save(out);
    }
  }
  m_heard.save(out);
}

bool Coverage::load(base::ByteReader& in) {
  const std::lock_guard lock(m_mutex);
  m_stations.clear();
  m_by_name.clear();
  m_cells = 0;
  m_swept_hour = in.get<std::int64_t>();
  const auto stations = in.get<std::uint32_t>();
  if (stations > kMostStations) return false;
  for (std::uint32_t i = 0; i < stations && in.ok(); ++i) {
    auto station = std::make_unique<Station>();
    station->input = in.get_text();
    station->name = in.get_text();
    station->kinds = in.get<unsigned>();
    station->first.ms = in.get<std::int64_t>();
    station->last.ms = in.get<std::int64_t>();
    station->beyond = in.get<std::uint64_t>();
    for (auto& one : station->senders) {
      one.id.value = in.get<std::uint64_t>();
      one.last.ms = in.get<std::int64_t>();
    }
    for (auto n = in.get<std::uint32_t>(); n > 0 && in.ok(); --n) {
      const base::Instant from{in.get<std::int64_t>()};
      station->outages.push_back({from, {in.get<std::int64_t>()}});
    }
    for (auto n = in.get<std::uint32_t>(); n > 0 && in.ok(); --n) {
      const auto key = in.get<std::uint32_t>();
      station->cells.emplace(key, CoverageCell::load(in));
    }
    m_cells += station->cells.size();
    m_by_name.emplace(key_of(station->input, station->name), static_cast<std::uint16_t>(i));
    m_stations.push_back(std::move(station));
  }
  return in.ok() && m_heard.load(in, m_stations.size());
}

}  // namespace jinglue::picture
