// SPDX-License-Identifier: Apache-2.0
// StreamClient: a reader of docs/format/stream.md written apart from the server: WebSocket (RFC
// 6455) over a blocking socket, frames taken apart field by field, the sequence checked. For tests
// and benches.
#pragma once

#include <poll.h>

#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/json.hpp"
#include "support/http_client.hpp"

namespace jinglue::test {

enum class FrameKind : std::uint8_t {
  kVessels = 1,
  kRemovals = 2,
  kSteps = 3,
  kStrings = 4,
  kCounters = 5,
  kClock = 6,
  kResync = 7,
  kRecords = 8,
  kReady = 9
};

struct StreamFrame {
  FrameKind kind{FrameKind::kReady};
  std::uint8_t version{0};
  std::uint16_t count{0};
  std::uint64_t sequence{0};
  std::uint64_t cursor{0};
  std::int64_t base_ms{0};
  std::string records;
};

struct StreamVessel {
  std::uint32_t handle{0};
  std::int64_t time_ms{0};
  std::int32_t lat{0}, lon{0};
  std::uint16_t sog{0}, cog{0}, heading{0};
  std::uint8_t kind{0}, flags{0};
  std::string name, track, record, home;
};

struct StreamStep {
  std::uint64_t finding{0}, offset{0};
  std::int64_t at_ms{0}, begin_ms{0}, end_ms{0};
  std::uint32_t number{0};
  std::uint8_t kind{0}, severity{0};
  std::uint16_t rule_version{0};
  std::string rule, title_zh, title_en, subject, label;
  std::uint32_t handle{0};
};

class StreamClient {
 public:
  StreamClient(std::uint16_t port, const std::string& cookie, const std::string& origin = {}) {
    connect(port);
    const std::string host = "127.0.0.1:" + std::to_string(port);
    send_raw("GET /api/v1/stream HTTP/1.1\r\nHost: " + host +
             "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: jinglue.v1\r\n"
             "Origin: " +
             (origin.empty() ? "http://" + host : origin) + "\r\nCookie: " + cookie + "\r\n\r\n");
    std::size_t end;
    while ((end = m_in.find("\r\n\r\n")) == std::string::npos) {
      if (!more(std::chrono::milliseconds(10000))) return;
    }
    m_status = std::atoi(m_in.c_str() + m_in.find(' ') + 1);
    m_in.erase(0, end + 4);
  }
  ~StreamClient() {
    if (m_socket >= 0) ::close(m_socket);
  }
  StreamClient(const StreamClient&) = delete;
  StreamClient& operator=(const StreamClient&) = delete;

  int status() const { return m_status; }  ///< 101 when upgraded
  bool closed() const { return m_closed; }
  int close_code() const { return m_close_code; }

  bool send_text(const std::string& text) { return send_frame(1, text); }
  /// `message` without its type.
  bool subscribe(base::Json message) {
    message.set("type", "subscribe");
    return send_text(message.dump());
  }

  /// The next binary frame; nothing on time-out or when closed. Pings are answered, strings kept.
  std::optional<StreamFrame> next(std::chrono::milliseconds patience) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!m_closed) {
      if (const auto message = take_message()) {
        StreamFrame frame;
        if (!parse(*message, frame)) {
          m_error = "a frame of " + std::to_string(message->size()) + " bytes cannot be read";
          return std::nullopt;
        }
        return frame;
      }
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          until - std::chrono::steady_clock::now());
      if (left.count() <= 0 || !more(left)) return std::nullopt;
    }
    return std::nullopt;
  }
  const std::string& error() const { return m_error; }
  std::uint64_t bytes() const { return m_bytes; }

  std::vector<StreamVessel> vessels(const StreamFrame& frame) const {
    base::ByteReader in(frame.records);
    std::vector<StreamVessel> out(frame.count);
    for (auto& v : out) {
      v.handle = in.get<std::uint32_t>();
      v.time_ms = frame.base_ms + in.get<std::int32_t>();
      v.lat = in.get<std::int32_t>();
      v.lon = in.get<std::int32_t>();
      v.sog = in.get<std::uint16_t>();
      v.cog = in.get<std::uint16_t>();
      v.heading = in.get<std::uint16_t>();
      v.kind = in.get<std::uint8_t>();
      v.flags = in.get<std::uint8_t>();
      v.name = text(in.get<std::uint32_t>());
      v.track = text(in.get<std::uint32_t>());
      v.record = text(in.get<std::uint32_t>());
      in.get<std::uint32_t>();  // length, status, source
      v.home = text(in.get<std::uint32_t>());
      in.get<std::uint32_t>();
    }
    return out;
  }
  std::vector<StreamStep> steps(const StreamFrame& frame) const {
    base::ByteReader in(frame.records);
    std::vector<StreamStep> out(frame.count);
    for (auto& s : out) {
      s.finding = in.get<std::uint64_t>();
      s.offset = in.get<std::uint64_t>();
      s.at_ms = in.get<std::int64_t>();
      s.begin_ms = in.get<std::int64_t>();
      s.end_ms = in.get<std::int64_t>();
      s.number = in.get<std::uint32_t>();
      s.kind = in.get<std::uint8_t>();
      s.severity = in.get<std::uint8_t>();
      s.rule_version = in.get<std::uint16_t>();
      s.rule = text(in.get<std::uint32_t>());
      s.title_zh = text(in.get<std::uint32_t>());
      s.title_en = text(in.get<std::uint32_t>());
      s.subject = text(in.get<std::uint32_t>());
      s.label = text(in.get<std::uint32_t>());
      s.handle = in.get<std::uint32_t>();
    }
    return out;
  }
  std::string text(std::uint32_t number) const {
    const auto found = m_strings.find(number);
    return found == m_strings.end() ? std::string() : found->second;
  }

 private:
  void connect(std::uint16_t port) {
    m_socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    m_closed = ::connect(m_socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0;
  }
  bool send_raw(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto n = ::send(m_socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  /// Client frames are masked; a fixed key is enough for a test.
  bool send_frame(std::uint8_t opcode, std::string_view payload) {
    constexpr std::array<unsigned char, 4> kMask{0x12, 0x34, 0x56, 0x78};
    std::string frame(1, static_cast<char>(0x80 | opcode));
    if (payload.size() < 126) {
      frame += static_cast<char>(0x80 | payload.size());
    } else {
      frame += static_cast<char>(0x80 | 126);
      frame += static_cast<char>(payload.size() >> 8);
      frame += static_cast<char>(payload.size() & 255);
    }
    for (const auto byte : kMask) frame += static_cast<char>(byte);
    for (std::size_t i = 0; i < payload.size(); ++i) {
      frame += static_cast<char>(static_cast<unsigned char>(payload[i]) ^ kMask[i % 4]);
    }
    return send_raw(frame);
  }
  bool more(std::chrono::milliseconds patience) {
    pollfd waiting{m_socket, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(patience.count())) <= 0) return false;
    char piece[65536];
    const auto n = ::recv(m_socket, piece, sizeof piece, 0);
    if (n <= 0) {
      m_closed = true;
      return false;
    }
    m_bytes += static_cast<std::uint64_t>(n);
    m_in.append(piece, static_cast<std::size_t>(n));
    return true;
  }
  /// The payload of the next whole binary message, control frames handled on the way.
  std::optional<std::string> take_message() {
    while (true) {
      if (m_in.size() < 2) return std::nullopt;
      const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(m_in[i]); };
      std::uint64_t size = byte(1) & 127;
      std::size_t head = 2;
      if (size == 126 || size == 127) {
        const std::size_t width = size == 126 ? 2 : 8;
        if (m_in.size() < 2 + width) return std::nullopt;
        size = 0;
        for (std::size_t i = 0; i < width; ++i) size = size << 8 | byte(2 + i);
        head += width;
      }
      if (m_in.size() < head + size) return std::nullopt;
      const std::uint8_t opcode = byte(0) & 15;
      const bool last = (byte(0) & 128) != 0;
      std::string payload = m_in.substr(head, size);
      m_in.erase(0, head + size);
      if (opcode == 8) {
        m_closed = true;
        if (payload.size() >= 2) {
          m_close_code =
              static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]);
        }
        return std::nullopt;
      }
      if (opcode == 9) {
        send_frame(10, payload);
        continue;
      }
      if (opcode == 10) continue;
      m_partial += payload;
      if (!last) continue;
      return std::exchange(m_partial, {});
    }
  }
  bool parse(const std::string& message, StreamFrame& frame) {
    base::ByteReader in(message);
    frame.kind = static_cast<FrameKind>(in.get<std::uint8_t>());
    frame.version = in.get<std::uint8_t>();
    frame.count = in.get<std::uint16_t>();
    frame.sequence = in.get<std::uint64_t>();
    frame.cursor = in.get<std::uint64_t>();
    frame.base_ms = in.get<std::int64_t>();
    if (!in.ok() || frame.version != 1) return false;
    if (frame.sequence != m_sequence + 1) return false;
    m_sequence = frame.sequence;
    frame.records = std::string(in.get_raw(in.left()));
    if (frame.kind != FrameKind::kStrings) return true;
    base::ByteReader strings(frame.records);
    for (std::uint16_t i = 0; i < frame.count; ++i) {
      const auto number = strings.get<std::uint32_t>();
      m_strings[number] = std::string(strings.get_raw(strings.get<std::uint16_t>()));
    }
    return strings.ok() && strings.left() == 0;
  }

  int m_socket{-1};
  int m_status{0};
  int m_close_code{0};
  bool m_closed{false};
  std::string m_in, m_partial, m_error;
  std::uint64_t m_sequence{0}, m_bytes{0};
  std::map<std::uint32_t, std::string> m_strings;
};

}  // namespace jinglue::test
