// SPDX-License-Identifier: Apache-2.0
// The other end of an output on the loopback: what arrives by UDP or TCP, and what the pipeline
// says of lines, by the same reader.
#pragma once

#include <sys/time.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "observe/ais/encoder.hpp"
#include "observe/feed/reader.hpp"
#include "output/heard.hpp"
#include "unit/observe/link/peer.hpp"

namespace jinglue::test {

inline constexpr base::Instant kHeard{1714536000000};  // 2024-05-01T04:00:00Z

/// Listens for datagrams on a free port of the loopback.
class UdpReceiver {
 public:
  UdpReceiver() : m_socket(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    const auto at = loopback(0);
    if (bind(m_socket.get(), as_sockaddr(at), sizeof at) != 0) throw std::runtime_error("bind");
    const int size = 4 << 20;
    setsockopt(m_socket.get(), SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  }
  std::uint16_t port() const { return observe::link::bound_port(m_socket); }
  /// One datagram; empty when none came in time.
  std::string next(int patience_ms = 5'000) const {
    pollfd waiting{m_socket.get(), POLLIN, 0};
    if (poll(&waiting, 1, patience_ms) != 1) return {};
    std::string bytes(65'536, '\0');
    const auto n = recv(m_socket.get(), bytes.data(), bytes.size(), 0);
    bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return bytes;
  }
  /// Datagrams one after the other until they hold `size` bytes, or none comes for five seconds.
  std::string bytes(std::size_t size) const {
    std::string out;
    while (out.size() < size) {
      const auto one = next();
      if (one.empty()) break;
      out += one;
    }
    return out;
  }
  bool silent(int for_ms = 300) const { return next(for_ms).empty(); }

 private:
  Descriptor m_socket;
};

/// Reads until `size` bytes, the end, or five seconds without any.
inline std::string read_bytes(const Descriptor& from, std::size_t size) {
  std::string out;
  std::array<char, 65'536> piece;
  while (out.size() < size) {
    pollfd waiting{from.get(), POLLIN, 0};
    if (poll(&waiting, 1, 5'000) != 1) break;
    const auto n = recv(from.get(), piece.data(), piece.size(), 0);
    if (n <= 0) break;
    out.append(piece.data(), static_cast<std::size_t>(n));
  }
  return out;
}

/// A free TCP port, for a receiver that is not there yet.
inline std::uint16_t unused_port() {
  const auto listener = listening(0);
  return observe::link::bound_port(listener);
}

/// Lines as the pipeline judges them.
class Hearing {
 public:
  output::Heard hear(const std::string& text, base::Instant at = kHeard,
                     const std::string& input = "ais", const std::string& station = "10.0.0.5:9") {
    observe::feed::Reading reading;
    m_reader.read({text, input, station, at, ++m_offset}, reading);
    output::Heard out;
    out.text = text;
    out.input = input;
    out.station = station;
    out.arrival = at;
    out.message = (reading.message() || reading.copy()) && reading.ais_sender;
    out.copy = reading.copy();
    return out;
  }
  std::vector<output::Heard> hear_all(const std::vector<std::string>& lines) {
    std::vector<output::Heard> out;
    for (const auto& line : lines) out.push_back(hear(line));
    return out;
  }

 private:
  observe::feed::Reader m_reader;
  std::uint64_t m_offset{0};
};

/// `seconds` is the sender's UTC second, so that positions differ.
inline std::string position(std::uint32_t mmsi, double lat_deg, double lon_deg,
                            std::uint8_t seconds = 0, std::uint8_t type = 1) {
  observe::ais::PositionReport report;
  report.type = type;
  report.mmsi = mmsi;
  report.sog = 50;
  report.lat = static_cast<std::int32_t>(lat_deg * 600000);
  report.lon = static_cast<std::int32_t>(lon_deg * 600000);
  report.utc_second = seconds;
  return observe::ais::encode(report, {}).at(0);
}

/// Type 5, in two sentences.
inline std::vector<std::string> static_data(std::uint32_t mmsi, const std::string& name,
                                            std::uint8_t sequence = 1) {
  observe::ais::StaticData data;
  data.type = 5;
  data.mmsi = mmsi;
  data.name = observe::ais::FixedText<20>(name);
  observe::ais::Envelope envelope;
  envelope.sequence = sequence;
  return observe::ais::encode(data, envelope);
}

inline std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& line : lines) out += line + "\r\n";
  return out;
}

}  // namespace jinglue::test
