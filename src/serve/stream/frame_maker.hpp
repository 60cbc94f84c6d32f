// SPDX-License-Identifier: Apache-2.0
// FrameMaker: the frames of one connection (docs/format/stream.md): header, contiguous sequence,
// and the strings that the client does not know yet, always sent before the frame that names them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bytes.hpp"
#include "base/instant.hpp"

namespace jinglue::serve {

enum class FrameKind : std::uint8_t {
  kVessels = 1,
  kRemovals,
  kSteps,
  kStrings,
  kCounters,
  kClock,
  kResync,
  kRecords,
  kReady
};

class FrameMaker {
 public:
  using Send = std::function<void(std::string)>;
  explicit FrameMaker(Send send) : m_send(std::move(send)) {}

  /// What the header says of every frame from now on.
  void stand_at(std::uint64_t cursor, base::Instant base_time) {
    m_cursor = cursor;
    m_base = base_time;
  }
  base::Instant base_time() const { return m_base; }

  /// The number of a text in this connection; 0 for the empty text.
  std::uint32_t text(std::string_view value);
  /// Records are collected and sent as one frame of their kind, or several when they are many.
  base::ByteWriter& record(FrameKind kind);
  /// Sends what was collected.
  void flush();
  /// A frame without records.
  void mark(FrameKind kind);

  std::uint64_t sequence() const { return m_sequence; }

 private:
  void send_strings();
  void send(FrameKind kind, std::size_t count, std::string_view records);

  Send m_send;
  std::uint64_t m_cursor{0}, m_sequence{0};
  base::Instant m_base;
  FrameKind m_kind{FrameKind::kReady};
  std::size_t m_count{0};
  base::ByteWriter m_records;
  std::unordered_map<std::string, std::uint32_t> m_numbers;
  std::vector<const std::string*> m_new;  ///< keys of m_numbers that were not sent yet
};

}  // namespace jinglue::serve
