// SPDX-License-Identifier: Apache-2.0
#include "serve/stream/frame_maker.hpp"

namespace jinglue::serve {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kMaxRecords = 4096;      // of one frame: 192 KiB of vessels
constexpr std::size_t kMaxStringBytes = 1000;  // of one string
constexpr std::size_t kMaxStrings = 4096;

/// At most kMaxStringBytes, ending between two characters.
std::string_view cut(std::string_view text) {
  if (text.size() <= kMaxStringBytes) return text;
  std::size_t end = kMaxStringBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace

std::uint32_t FrameMaker::text(std::string_view value) {
  if (value.empty()) return 0;
  const auto next = static_cast<std::uint32_t>(m_numbers.size() + 1);
  const auto [at, fresh] = m_numbers.try_emplace(std::string(cut(value)), next);
  if (fresh) m_new.push_back(&at->first);
  return at->second;
}

base::ByteWriter& FrameMaker::record(FrameKind kind) {
  if (m_count > 0 && (m_kind != kind || m_count == kMaxRecords)) flush();
  m_kind = kind;
  ++m_count;
  return m_records;
}

void FrameMaker::flush() {
  if (m_count == 0) return;
  send_strings();
  send(m_kind, m_count, m_records.bytes());
  m_count = 0;
  m_records = {};
}

void FrameMaker::mark(FrameKind kind) {
  flush();
  send(kind, 0, {});
}

void FrameMaker::send_strings() {
  for (std::size_t at = 0; at < m_new.size(); at += kMaxStrings) {
    const std::size_t end = std::min(at + kMaxStrings, m_new.size());
    base::ByteWriter out;
    for (std::size_t i = at; i < end; ++i) {
      const std::string& text = *m_new[i];
      out.put(m_numbers.find(text)->second);
      out.put(static_cast<std::uint16_t>(text.size()));
      out.put_raw(text);
    }
    send(FrameKind::kStrings, end - at, out.bytes());
  }
  m_new.clear();
}

void FrameMaker::send(FrameKind kind, std::size_t count, std::string_view records) {
  base::ByteWriter out;
  out.put(kind);
  out.put(kVersion);
  out.put(static_cast<std::uint16_t>(count));
  out.put(++m_sequence);
  out.put(m_cursor);
  out.put(m_base.ms);
  out.put_raw(records);
  m_send(out.take());
}

}  // namespace jinglue::serve
