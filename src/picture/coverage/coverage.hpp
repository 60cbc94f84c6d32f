// SPDX-License-Identifier: Apache-2.0
// Coverage: which places each receiving station hears (AIS shore stations, but BeiDou and NAF
// servers too), in cells of the last 168 hours, and when it fell silent: so that "our receiver is
// silent" is never taken for "the fleet is silent". A pure function of the sequence of receptions,
// in arrival time; no clock. A position that the gate withheld as impossible or stray must not be
// given. Memory is bounded: 256 stations, 16,384 cells of one (a circle of 190 nm), 131,072 cells
// in all (12 MB); what has no room is counted as `beyond`. The pipeline thread writes, any thread
// asks.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/fix.hpp"
#include "picture/coverage/cell.hpp"
#include "picture/coverage/heard_by.hpp"
#include "picture/coverage/silence.hpp"

namespace jinglue::picture {

/// Who brought a position, and how.
struct Hearing {
  std::string_view input;
  std::string_view station;
  base::Instant at;  ///< the station's stamp, else the arrival
  base::Instant arrival;
  std::optional<std::int16_t> signal_dbm;
};

/// A time in which a station brought nothing, although many senders had been heard before.
struct Outage {
  base::Instant from, to;  ///< arrivals; `to` of one that lasts: the time of the question
  friend bool operator==(const Outage&, const Outage&) = default;
};

/// One station as it stands at the time of the question.
struct StationCoverage {
  struct Cell {
    CellPlace place;
    std::uint32_t count{0};
    int hours{0};
    bool silent{false};  ///< heard in half of all hours, but not within the last one
    base::Instant first, last;
    std::optional<std::int16_t> strongest_dbm, weakest_dbm;
  };
  base::Instant first, last;
  int hours{0};             ///< of the window that the station is known, 1..168
  std::vector<Cell> cells;  ///< by row and column
  std::uint64_t beyond{0};
  std::size_t now{0};           ///< cells heard within the last hour
  std::size_t usual{0};         ///< cells heard in at least half of all hours
  std::size_t silent{0};        ///< of these, not within the last hour
  std::vector<Outage> outages;  ///< oldest first; the last may still last
  bool silent_now{false};
  geo::LatLon middle;      ///< of the cells, weighed by their counts: no surveyed place
  double furthest_nm{0};   ///< from there to the middle of the furthest cell
  double furthest_deg{0};  ///< in this direction, true
};

/// A reception in words, for the panel of a vessel.
struct NamedReception {
  std::string input, station;
  base::Instant at;
  std::optional<std::int16_t> signal_dbm;
};
struct NamedMessage {
  model::TrackId track;
  base::Instant time;
  std::uint32_t count{0};
  std::vector<NamedReception> receptions;
};

class Coverage {
 public:
  static constexpr std::size_t kMostStations = 256;
  static constexpr std::size_t kMostCellsOfStation = 16'384;
  static constexpr std::size_t kMostCells = 131'072;
  /// A class A ship at anchor reports every three minutes, a boat by BeiDou every ten at most.
  static constexpr base::Duration kSilentAfter{630'000};
  /// Three other senders that stop within the same moment are not the fleet. Fewer tell nothing.
  static constexpr std::size_t kFewestSenders = 3;
  static constexpr std::size_t kMostOutages = 32;

  Coverage();
  ~Coverage();

  void take(const model::Fix& fix, const Hearing& by);
  /// A copy of a message that was taken. It counts when that message is still kept, or when the
  /// place is near the last one: a copy of a withheld position does not.
  void take_copy(model::TerminalId from, base::Instant time, geo::Position at, const Hearing& by);

  /// Absent when nothing was heard by it.
  std::optional<StationCoverage> station(std::string_view input, std::string_view name,
                                         base::Instant now) const;
  /// Of the stations that heard terminals of this kind around the place within 168 hours before
  /// `from`: how long they were all silent within [from, to). Absent when there is no such station
  /// or no such time.
  std::optional<Silence> silence(model::TerminalKind kind, geo::Position at, base::Instant from,
                                 base::Instant to) const;
  /// Those that are silent now, the longest first.
  std::vector<SilentStation> silent(base::Instant now) const;
  /// The last messages with a position of a track, newest first.
  std::vector<NamedMessage> heard_by(model::TrackId track) const;

  void save(base::ByteWriter& out) const;
  bool load(base::ByteReader& in);

 private:
  struct Station;
  std::uint16_t station_of(std::string_view input, std::string_view name);
  void note(Station& station, model::TerminalId from, geo::Position at, const Hearing& by);
  void sweep(base::Instant now);

  mutable std::mutex m_mutex;  ///< guards all; held for one reception or one question
  std::vector<std::unique_ptr<Station>> m_stations;
  std::unordered_map<std::string, std::uint16_t> m_by_name;
  HeardBy m_heard;
  std::size_t m_cells{0};
  std::int64_t m_swept_hour{INT64_MIN};
};

}  // namespace jinglue::picture
