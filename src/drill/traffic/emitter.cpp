// SPDX-License-Identifier: Apache-2.0
#include "drill/traffic/emitter.hpp"

#include <algorithm>
#include <functional>

#include "drill/chance/random.hpp"
#include "drill/traffic/transponder.hpp"
#include "observe/ais/encoder.hpp"
#include "observe/beidou/content.hpp"
#include "observe/beidou/encoder.hpp"

namespace jinglue::drill::traffic {
namespace {

using script::Carry;

constexpr const char* kStation = "drill";

/// Transmitters shift their slots: class A by up to 10 %, class B and the rest by 2 s in 30.
double shift(Carry carry) {
  return carry == Carry::kOverboard ? 0 : carry == Carry::kClassA ? 0.1 : 0.06;
}

}  // namespace

Emitter::Emitter(const cast::Fleet& fleet, const observe::beidou::Layout* layout,
                 base::Instant from, base::Instant to)
    : m_layout(layout), m_to_ms(to.ms) {
  for (const auto& vessel : fleet.vessels()) {
    for (const auto& terminal : vessel.terminals) {
      Sender sender{&vessel, terminal,
                    chance::mix(vessel.seed ^ (std::uint64_t(terminal.mmsi) << 8)), 0};
      chance::Random random(sender.seed);
      const auto index = static_cast<std::uint32_t>(m_senders.size());
      const std::int64_t period_ms =
          std::max<std::int64_t>(interval_ms(vessel, terminal.carry, from.ms), 10'000);
      const std::int64_t phase_s =
          terminal.carry == Carry::kOverboard ? 0 : random.whole(0, period_ms / 1000 - 1);
      m_events.push({from.ms + phase_s * 1000, index, What::kPosition});
      if (!static_reports(vessel, terminal).empty()) {
        const std::int64_t first_s = random.whole(0, kStaticEvery_ms / 1000 - 1);
        m_events.push({from.ms + first_s * 1000, index, What::kStatic});
      }
      m_senders.push_back(sender);
    }
  }
}

void Emitter::until(base::Instant to, std::vector<Emitted>& out) {
  const std::int64_t end_ms = std::min(to.ms, m_to_ms);
  while (!m_events.empty() && m_events.top().t_ms < end_ms) {
    const Event event = m_events.top();
    m_events.pop();
    handle(event, out);
  }
}

void Emitter::handle(const Event& event, std::vector<Emitted>& out) {
  Sender& sender = m_senders[event.terminal];
  const cast::Vessel& vessel = *sender.vessel;
  const bool heard = vessel.track.span(event.t_ms).heard();
  if (event.what == What::kStatic) {
    if (heard) {
      for (const auto& m : static_reports(vessel, sender.terminal)) {
        send(sender, event.t_ms, m, out);
      }
    }
    m_events.push({event.t_ms + kStaticEvery_ms, event.terminal, What::kStatic});
    return;
  }
  if (heard && sender.terminal.carry == Carry::kBeidou) {
    out.push_back({{event.t_ms}, beidou_line(sender, event.t_ms)});
  } else if (heard) {
    send(sender, event.t_ms, position_report(vessel, sender.terminal, event.t_ms), out);
  }
  m_events.push({next_position_ms(sender, event.t_ms), event.terminal, What::kPosition});
}

std::int64_t Emitter::next_position_ms(const Sender& sender, std::int64_t t_ms) const {
  const auto& span = sender.vessel->track.span(t_ms);
  const double wobble = chance::lattice(sender.seed ^ 0xF0, t_ms / 1000);
  // The transmitter notices within seconds that the vessel casts off, is switched on or comes in
  // range.
  const std::int64_t change_ms = span.to_ms / 1000 * 1000 + 1000 +
                                 (sender.terminal.carry == Carry::kOverboard
                                      ? 0
                                      : static_cast<std::int64_t>(3 * (wobble + 1)) * 1000);
  if (!span.heard()) return std::max(change_ms, t_ms + 1000);
  const auto usual = static_cast<double>(interval_ms(*sender.vessel, sender.terminal.carry, t_ms));
  const auto after_s = std::max<std::int64_t>(
      1, std::llround(usual * (1 + shift(sender.terminal.carry) * wobble) / 1000));
  const std::int64_t regular_ms = t_ms + after_s * 1000;
  const bool changes_first = change_ms > t_ms && change_ms < regular_ms;
  return changes_first ? change_ms : regular_ms;
}

/// The same receiver and noise as an AIS set of the vessel would have.
std::string Emitter::beidou_line(const Sender& sender, std::int64_t t_ms) {
  const auto message = position_report(*sender.vessel, sender.terminal, t_ms);
  const auto& report = std::get<observe::ais::PositionReport>(message);
  const auto card = sender.terminal.id().number();
  observe::beidou::Content content;
  content.time = base::Instant{t_ms};
  content.position = geo::Position{*report.lat * 10, *report.lon * 10};
  content.sog_ckn = static_cast<std::uint16_t>(*report.sog * 10);
  content.cog_cdeg = static_cast<std::uint16_t>(*report.cog * 10);
  observe::ais::Envelope envelope;
  envelope.source = kStation;
  envelope.at = base::Instant{t_ms};
  const auto block = observe::ais::tag_block(envelope, 1, 1);
  if (m_layout != nullptr) {
    const auto octets = observe::beidou::write_content(*m_layout, content, m_gbk);
    if (octets) return block + observe::beidou::txr(card, *octets);
  }
  return block + observe::beidou::waa(card, *content.time, *content.position);
}

void Emitter::send(Sender& sender, std::int64_t t_ms, const observe::ais::Message& message,
                   std::vector<Emitted>& out) {
  observe::ais::Envelope envelope;
  envelope.channel = sender.sent++ % 2 == 0 ? 'A' : 'B';
  envelope.sequence = m_sequence;
  envelope.source = kStation;
  envelope.at = base::Instant{t_ms};
  auto lines = observe::ais::encode(message, envelope);
  if (lines.size() > 1) m_sequence = static_cast<std::uint8_t>((m_sequence + 1) % 10);
  for (auto& line : lines) out.push_back({{t_ms}, std::move(line)});
}

}  // namespace jinglue::drill::traffic
