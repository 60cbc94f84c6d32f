// SPDX-License-Identifier: Apache-2.0
#include "picture/coverage/heard_by.hpp"

#include <algorithm>
#include <map>

namespace jinglue::picture {
namespace {

void add(HeardMessage& message, const ReceptionBy& by) {
  ++message.count;
  if (message.receptions.size() < HeardBy::kReceptions) message.receptions.push_back(by);
}

}  // namespace

void HeardBy::first(model::TerminalId from, HeardMessage message) {
  auto& kept = m_messages[from];
  if (kept.size() < kMessages) {
    kept.insert(kept.begin(), std::move(message));
    return;
  }
  std::rotate(kept.begin(), kept.end() - 1, kept.end());
  kept.front() = std::move(message);
}

bool HeardBy::copy(model::TerminalId from, base::Instant time, const ReceptionBy& by) {
  const auto found = m_messages.find(from);
  if (found == m_messages.end()) return false;
  for (auto& message : found->second) {
    if (message.time != time) continue;
    add(message, by);
    return true;
  }
  return false;
}

const std::vector<HeardMessage>* HeardBy::find(model::TerminalId from) const {
  const auto found = m_messages.find(from);
  return found == m_messages.end() ? nullptr : &found->second;
}

void HeardBy::forget_before(base::Instant oldest) {
  std::erase_if(m_messages, [&](const auto& row) { return row.second.front().arrival < oldest; });
}

void HeardBy::save(base::ByteWriter& out) const {
  std::map<model::TerminalId, const std::vector<HeardMessage>*> sorted;  // equal states, bytes
  for (const auto& [from, messages] : m_messages) sorted.emplace(from, &messages);
  out.put(static_cast<std::uint32_t>(sorted.size()));
  for (const auto& [from, messages] : sorted) {
    out.put(from.value);
    out.put(static_cast<std::uint8_t>(messages->size()));
    for (const auto& message : *messages) {
      out.put(message.segment);
      out.put(message.time.ms);
      out.put(message.arrival.ms);
      out.put(message.position.lat);
      out.put(message.position.lon);
      out.put(message.count);
      out.put(static_cast<std::uint8_t>(message.receptions.size()));
      for (const auto& by : message.receptions) {
        out.put(by.station);
        out.put(by.signal_dbm);
        out.put(by.at.ms);
      }
    }
  }
}

bool HeardBy::load(base::ByteReader& in, std::size_t stations) {
  m_messages.clear();
  for (auto n = in.get<std::uint32_t>(); n > 0 && in.ok(); --n) {
    const model::TerminalId from{in.get<std::uint64_t>()};
    std::vector<HeardMessage> messages(in.get<std::uint8_t>());
    if (messages.empty() || messages.size() > kMessages) return false;
    for (auto& message : messages) {
      message.segment = in.get<std::uint16_t>();
      message.time.ms = in.get<std::int64_t>();
      message.arrival.ms = in.get<std::int64_t>();
      message.position.lat = in.get<std::int32_t>();
      message.position.lon = in.get<std::int32_t>();
      message.count = in.get<std::uint32_t>();
      message.receptions.resize(std::min<std::size_t>(in.get<std::uint8_t>(), kReceptions));
      for (auto& by : message.receptions) {
        by.station = in.get<std::uint16_t>();
        by.signal_dbm = in.get<std::int16_t>();
        by.at.ms = in.get<std::int64_t>();
        if (by.station >= stations) return false;
      }
    }
    m_messages.emplace(from, std::move(messages));
  }
  return in.ok();
}

}  // namespace jinglue::picture
