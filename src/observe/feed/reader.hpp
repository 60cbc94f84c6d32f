// SPDX-License-Identifier: Apache-2.0
// Reader: a line of any feed to values. By the input's format: `nmea` takes AIS (VDM, VDO), BeiDou
// (TXR, TCI, WAA) and a receiver's own position (RMC, GGA) by the sentence, `naf` the messages of a
// vessel monitoring system, `sensor` payloads of buoys (the line's station is their topic). Every
// line has exactly one cause; nothing stops the stream. No I/O and no clock: the same lines in the
// same order give the same values, live, in a replay and behind a snapshot. Owned by one thread.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/instant.hpp"
#include "model/fix.hpp"
#include "model/sensor.hpp"
#include "observe/feed/setup.hpp"
#include "observe/reception/reception_book.hpp"

namespace jinglue::observe::feed {

/// A text that a vessel sent.
struct Text {
  model::TerminalId from;
  base::Instant time;
  std::string text;
  bool sos{false};                           ///< an alarm of distress, perhaps without words
  std::optional<model::TerminalId> to = {};  ///< of an addressed one
};

/// A binary message of AIS with an application identifier, whole.
struct ApplicationMessage {
  model::TerminalId from;
  std::optional<model::TerminalId> to;
  base::Instant time;
  std::uint8_t type{0};  ///< 6, 8, 25, 26
  std::uint16_t dac{0};
  std::uint8_t fi{0};
  std::string octets;
  std::uint16_t bits{0};
};

struct Line {
  std::string_view text;
  std::string_view input;
  std::string_view station;  ///< address it came from
  base::Instant arrival;
  std::uint64_t offset{0};
};

/// A position that a station heard, of a message or of a copy of one.
struct Sent {
  model::TerminalId from;
  base::Instant time;  ///< of the message: the same for each copy
  geo::Position at;
};

struct Reading {
  /// "none" for a message, "copy" for one that another station has brought, "part" while one
  /// waits; docs/format/feeds.md.
  std::string_view cause;
  std::vector<model::StaticReport> stated;
  std::vector<model::Fix> fixes;
  std::vector<Text> texts;
  std::vector<ApplicationMessage> applications;
  std::vector<model::SensorReport> reports;      ///< of buoys and sensors
  std::vector<std::string_view> refused_values;  ///< of them, by cause: value_out_of_range, ...
  std::optional<base::Instant> stated_time;
  std::string_view station;  ///< an address without its port; valid until the next read()
  /// Who sent an AIS message or its copy; absent for everything else.
  std::optional<model::TerminalId> ais_sender;
  std::vector<model::TerminalId> ais_named;  ///< whom that message names beside its sender
  std::optional<Sent> sent;                  ///< of AIS, a copy's too: what the station can hear
  std::optional<std::int16_t> signal_dbm;    ///< as its station measured it
  /// By how much the station's clock is ahead of the feed, when that is known.
  std::optional<std::int64_t> clock_ahead_ms;
  bool message() const { return cause == "none"; }
  bool copy() const { return cause == "copy"; }
};

class Reader {
 public:
  Reader();  ///< with an empty Setup
  ~Reader();

  /// From the next line on. What waits (parts of messages) stays.
  void use(Setup setup);

  void read(const Line& line, Reading& out);
  /// Reads ahead, so that the memory which read() will ask is near by then: these lines must be
  /// given to read() next, in this order, before expect(), use(), save() or load(); up to then
  /// their texts must stand. It changes nothing of what read() says. At most kAhead lines; none may
  /// follow an entry of the journal that changes the setup. Returns whose new positions are likely
  /// among them, until the next call.
  std::span<const model::TerminalId> expect(std::span<const Line> lines);
  static constexpr std::size_t kAhead = 32;
  /// Messages, copies, stations and their clocks.
  const reception::ReceptionBook& receptions() const;

  /// Without the setup.
  void save(base::ByteWriter& out) const;
  bool load(base::ByteReader& in);

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace jinglue::observe::feed
