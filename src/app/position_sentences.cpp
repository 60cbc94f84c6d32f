// SPDX-License-Identifier: Apache-2.0
#include "app/position_sentences.hpp"

#include <algorithm>
#include <utility>

#include "observe/ais/encoder.hpp"
#include "observe/beidou/content.hpp"
#include "observe/beidou/encoder.hpp"

namespace jinglue::app {
namespace {

using base::Code;
using model::TerminalKind;
namespace ais = observe::ais;
namespace beidou = observe::beidou;

constexpr std::uint64_t kMostMmsi = 999'999'999;
constexpr std::uint64_t kMostCard = 9'999'999'999;
constexpr std::uint16_t kMostSog_ckn = 10'220;  // 102.2 kn means that or more

/// To the nearest step, away from zero at half.
std::int32_t nearest(std::int32_t units, std::int32_t step) {
  return (units + (units < 0 ? -step / 2 : step / 2)) / step;
}

ais::Envelope envelope_of(const model::Fix& fix, const std::string& station) {
  ais::Envelope out;
  out.source = station;
  out.at = fix.time;
  out.at_in_ms = fix.time.ms % 1000 != 0;
  return out;
}

std::uint8_t type_of(model::FixSource source) {
  if (source == model::FixSource::kAisA) return 1;
  return source == model::FixSource::kAisLongRange ? 27 : 18;
}

ais::PositionReport report_of(const model::Fix& fix) {
  ais::PositionReport out;
  out.type = type_of(fix.source);
  const bool far = out.type == 27;
  out.lat = nearest(fix.position.lat, far ? 10'000 : 10);
  out.lon = nearest(fix.position.lon, far ? 10'000 : 10);
  if (fix.sog_ckn) {
    const std::uint16_t most = far ? 6'200 : kMostSog_ckn;
    const auto speed = std::min(*fix.sog_ckn, most);
    out.sog = static_cast<std::uint16_t>(far ? (speed + 50) / 100 : (speed + 5) / 10);
  }
  if (fix.cog_cdeg) {
    const int turn = far ? 360 : 3600;
    const int step = 36'000 / turn;
    out.cog = static_cast<std::uint16_t>((*fix.cog_cdeg + step / 2) / step % turn);
  }
  if (!far) out.heading = fix.heading_deg;
  if (!far) out.utc_second = static_cast<std::uint8_t>((fix.time.ms / 1000 % 60 + 60) % 60);
  if (out.type != 18) out.nav_status = fix.nav_status;
  return out;
}

}  // namespace

PositionSentences::PositionSentences(Wish wish, const beidou::Layout* layout)
    : m_wish(std::move(wish)), m_layout(layout) {}

base::Result<std::string> PositionSentences::line(const model::Fix& fix) {
  return m_wish.kind == SentenceKind::kAis ? ais_line(fix) : beidou_line(fix);
}

base::Result<std::string> PositionSentences::ais_line(const model::Fix& fix) const {
  const auto terminal = fix.track.terminal;
  const bool own = terminal.kind() == TerminalKind::kMmsi;
  const auto number = own ? terminal.number() : m_wish.mmsi_from + terminal.number();
  if ((!own && m_wish.mmsi_from == 0) || number > kMostMmsi) {
    return base::fail(Code::kOutOfRange, model::to_text(terminal) + " has no MMSI", {},
                      "give --mmsi-from a number that leaves room up to 999999999");
  }
  auto report = report_of(fix);
  report.mmsi = static_cast<std::uint32_t>(number);
  return ais::encode(report, envelope_of(fix, m_wish.station)).front();
}

base::Result<std::string> PositionSentences::beidou_line(const model::Fix& fix) {
  const auto card = fix.track.terminal.number();
  if (card == 0 || card > kMostCard || fix.track.terminal.kind() == TerminalKind::kNaf) {
    return base::fail(Code::kOutOfRange,
                      model::to_text(fix.track.terminal) + " has no card number of ten digits");
  }
  const auto block = ais::tag_block(envelope_of(fix, m_wish.station), 1, 1);
  if (m_wish.kind == SentenceKind::kWaa) return block + beidou::waa(card, fix.time, fix.position);
  beidou::Content content;
  content.time = fix.time;
  content.position = fix.position;
  content.sog_ckn = fix.sog_ckn;
  content.cog_cdeg = fix.cog_cdeg;
  content.heading_deg = fix.heading_deg;
  const auto octets = beidou::write_content(*m_layout, content, m_gbk);
  if (!octets) return tl::unexpected(octets.error());
  return block + beidou::txr(card, *octets);
}

}  // namespace jinglue::app
