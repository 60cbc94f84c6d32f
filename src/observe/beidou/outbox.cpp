// SPDX-License-Identifier: Apache-2.0
#include "observe/beidou/outbox.hpp"

#include <utility>

#include "observe/beidou/encoder.hpp"

namespace jinglue::observe::beidou {
namespace {

using base::Code;
using nmea::take_field;

constexpr std::uint64_t kMostCard = 9'999'999'999;
constexpr std::uint64_t kLongestInterval_s = 86'400;

}  // namespace

base::Status Outbox::push(std::uint64_t receiver, const std::string& text) {
  if (receiver == 0 || receiver > kMostCard) {
    return base::fail(Code::kOutOfRange, "a card has a number of up to ten digits", "receiver");
  }
  auto octets = m_gbk.from_utf8(text);
  if (!octets || octets->empty()) {
    return base::fail(Code::kMalformed, "the text is empty or has no form in GBK", "text");
  }
  if (octets->size() > m_options.longest_octets) {
    return base::fail(Code::kTooLarge,
                      "the text takes " + std::to_string(octets->size()) + " octets, the card " +
                          "sends " + std::to_string(m_options.longest_octets),
                      "text", "shorten it, or send two messages");
  }
  if (waiting() >= m_options.most_waiting) {
    return base::fail(Code::kTooMany, "too many messages wait for the card", "queue");
  }
  m_waiting.push_back({receiver, std::move(*octets), 0});
  return {};
}

void Outbox::take(const nmea::Sentence& sentence) {
  auto fields = sentence.fields;
  if (sentence.formatter == "ICI") {
    const auto card = nmea::read_number(take_field(fields));
    for (int skip = 0; skip < 3; ++skip) take_field(fields);  // serial, broadcast address, class
    const auto seconds = nmea::read_number(take_field(fields));
    if (!card || !seconds || *seconds == 0 || *seconds > kLongestInterval_s) return;
    m_card = *card;
    m_interval = base::Duration(static_cast<std::int64_t>(*seconds) * 1000);
    return;
  }
  if (sentence.formatter != "FKI" || take_field(fields) != "TXA" || !m_flying) return;
  const auto answer = take_field(fields);
  if (answer == "Y") land();
  if (answer != "N") return;
  ++m_counts.refused;
  if (m_flying->tried < m_options.tries) {
    m_waiting.push_front(std::move(*m_flying));
  } else {
    ++m_counts.given_up;
  }
  m_flying.reset();
}

void Outbox::land() {
  ++m_counts.sent;
  m_flying.reset();
}

std::optional<std::string> Outbox::next(base::Instant now) {
  if (!m_interval) {
    if (m_asked && now - *m_asked < m_options.ask_again) return std::nullopt;
    m_asked = now;
    return nmea::framed("CCICA,0,00");
  }
  if (m_last && now - *m_last < *m_interval) return std::nullopt;
  if (m_flying) land();
  if (m_waiting.empty()) return std::nullopt;
  m_flying = std::move(m_waiting.front());
  m_waiting.pop_front();
  ++m_flying->tried;
  m_last = now;
  return txa(m_flying->receiver, m_flying->octets);
}

}  // namespace jinglue::observe::beidou
