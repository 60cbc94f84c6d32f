// SPDX-License-Identifier: Apache-2.0
// Destination: where AIS messages are sent to, in which form, and which of them. A value that an
// administrator proposes and another one approves; nothing here opens a socket. Keys and limits:
// docs/format/outputs.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "geo/point.hpp"

namespace jinglue::output {

enum class Kind : std::uint8_t {
  kUdp = 0,
  kTcpClient,
  kTcpServer,
  kMqtt,
  kBeidouCard,  ///< messages to boats, to a card behind a TCP port; no AIS
};
std::string_view to_key(Kind kind);

enum class Format : std::uint8_t {
  kNmea = 0,  ///< the sentences
  kNdjson,    ///< one JSON object per message, as `jinglue decode` writes it
};
std::string_view to_key(Format format);

/// What stands around the sentences of Format::kNmea.
enum class Wrapping : std::uint8_t {
  kAsReceived = 0,  ///< the line byte for byte, with whatever the receiver put around
  kBare,            ///< the sentence alone
  kTagBlock,        ///< the sentence behind a tag block of ours with source and time (NMEA 4.10)
};
std::string_view to_key(Wrapping wrapping);

/// Every condition must hold; an empty list asks nothing.
struct Filter {
  std::vector<std::string> inputs;
  std::vector<std::uint8_t> types;  ///< ITU-R M.1371-5, 1 to 27
  std::vector<std::uint32_t> mmsis;
  std::vector<std::string> districts;  ///< of the register, organisation unit keys
  std::vector<std::string> groups;     ///< of the register
  std::optional<geo::Box> box;
  std::string zone;         ///< id of a zone of the rule pack; empty = none. Not beside a box
  bool class_a{false};      ///< only of senders that have sent class A messages last
  std::uint32_t thin_s{0};  ///< one position per sender in so many seconds; 0 = all
  bool copies{false};       ///< also what another station has brought before
  bool withheld{false};     ///< also positions that the picture does not show (picture/gate)
};

/// What a broker must be told beside host and port. Files are names in the folder `secrets` of the
/// data folder: who may propose a destination may not thereby read any file of the machine.
struct Publishing {
  std::string topic;  ///< with {name}, {input}, {station}, {type}, {mmsi}
  std::string client_id;
  std::string user;
  std::string password_file;
  bool tls{false};
  std::string ca_file;  ///< PEM; empty = the authorities of the machine
};

struct Destination {
  static constexpr std::size_t kMostMmsis = 10'000;
  static constexpr std::uint32_t kMostThin_s = 86'400;
  static constexpr std::uint32_t kMostClients = 64;

  std::string name;       ///< unique for ever; letters, digits, '-', '_', '.'
  std::string recipient;  ///< who receives it
  std::string purpose;    ///< what for
  Kind kind{Kind::kUdp};
  std::string host;  ///< kTcpServer: the address of ours that listens
  std::uint16_t port{0};
  Format format{Format::kNmea};
  Wrapping wrapping{Wrapping::kAsReceived};
  Filter filter;
  std::vector<std::string> allowed;  ///< kTcpServer: addresses and networks that may connect
  std::uint32_t max_clients{8};      ///< kTcpServer
  Publishing mqtt;                   ///< kMqtt
};

/// How far what is sent may travel, by the address alone.
enum class Reach : std::uint8_t { kLoopback = 0, kPrivate, kMulticast, kPublic, kName };
std::string_view to_key(Reach reach);
Reach reach_of(const std::string& host);

/// What stands in braces in a topic.
struct TopicParts {
  std::string_view name, input, station;
  std::uint8_t type{0};
  std::uint32_t mmsi{0};
};
/// Characters that a level of a topic cannot have become '_'.
std::string fill_topic(std::string_view topic, const TopicParts& parts);

base::Json to_json(const Destination& destination);
/// Checks everything that can be checked without the rest of the system. The error's `where` is
/// the member: "filter.types".
base::Result<Destination> destination_from_json(const base::Json& json);

/// A name of a destination or of an input: up to 64 letters, digits, '-', '_', '.'.
bool is_name(std::string_view text);
/// Nine digits that some kind of station may have (ITU-R M.585): 1 to 999,999,999.
bool is_mmsi(std::int64_t number);

}  // namespace jinglue::output
