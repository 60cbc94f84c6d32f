// SPDX-License-Identifier: Apache-2.0
#include "cli/reception_lists.hpp"

#include "observe/ais/own_time.hpp"

namespace jinglue::cli {

using observe::ais::Decoded;
using observe::reception::Kind;

namespace {

base::Json reception_json(const Decoded& decoded) {
  auto out = base::Json::object();
  if (!decoded.source.empty()) out.set("station", decoded.source);
  if (decoded.stated_time) out.set("time", base::to_iso(*decoded.stated_time));
  if (decoded.signal_dbm) out.set("signal_dbm", std::int64_t{*decoded.signal_dbm});
  return out;
}

/// A message is its bits and its time: the same words said again later are another one.
std::string key_of(std::string_view bits, unsigned bit_count, base::Instant time) {
  return std::string(bits) + '\n' + std::to_string(bit_count) + '\n' + std::to_string(time.ms);
}

}  // namespace

void ReceptionLists::take(const Decoded& decoded, std::string_view json, base::Instant now) {
  observe::reception::Heard heard;
  heard.payload = decoded.bits.octets();
  heard.fill_bits = static_cast<std::uint8_t>(decoded.bits.bits() % 8);
  heard.station = decoded.source;
  heard.stated = decoded.stated_time;
  heard.arrival = now;
  heard.second = observe::ais::own_second(*decoded.message);
  heard.utc = observe::ais::own_utc(*decoded.message);
  const auto reception = m_book.take(heard);
  auto key = key_of(heard.payload, heard.fill_bits, reception.time);
  const auto known = m_number.find(key);
  if (reception.kind == Kind::kCopy && known != m_number.end()) {
    m_waiting[known->second - m_written].receptions.push(reception_json(decoded));
    return;
  }
  while (!m_waiting.empty() &&
         (now - m_waiting.front().since > kWait || m_waiting.size() >= kMostWaiting)) {
    write_front();
  }
  Waiting fresh{key, std::string(json), now, base::Json::array()};
  fresh.receptions.push(reception_json(decoded));
  m_number[std::move(key)] = m_written + m_waiting.size();
  m_waiting.push_back(std::move(fresh));
}

void ReceptionLists::write_front() {
  auto& one = m_waiting.front();
  const auto known = m_number.find(one.key);
  if (known != m_number.end() && known->second == m_written) m_number.erase(known);
  one.json.pop_back();  // the brace that closes the object
  one.json += ",\"receptions\":" + one.receptions.dump() + "}";
  m_write(one.json);
  m_waiting.pop_front();
  ++m_written;
}

void ReceptionLists::finish() {
  while (!m_waiting.empty()) write_front();
}

}  // namespace jinglue::cli
