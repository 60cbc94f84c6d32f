// SPDX-License-Identifier: Apache-2.0
#include "detect/judge/used_fix.hpp"

#include <fmt/format.h>

#include <cmath>

namespace jinglue::detect {

model::UsedFix used_fix(const model::Fix& fix) {
  return {fix.time, fix.position, fix.sog_ckn, fix.cog_cdeg, model::to_text(fix.track), fix.offset};
}

std::string place_text(geo::Position at) {
  const auto p = at.degrees();
  return fmt::format("{:.5f}°{}, {:.5f}°{}", std::abs(p.lat_deg), p.lat_deg < 0 ? 'S' : 'N',
                     std::abs(p.lon_deg), p.lon_deg < 0 ? 'W' : 'E');
}

std::string terminal_text(model::TerminalId terminal) {
  const auto text = model::to_text(terminal);
  const auto number = text.substr(text.find(':') + 1);
  switch (terminal.kind()) {
    case model::TerminalKind::kMmsi:
      return "MMSI " + number;
    case model::TerminalKind::kBeidou:
      return "BD " + number;
    case model::TerminalKind::kNaf:
      return "NAF " + number;
    default:
      return text;
  }
}

void put_used_fix(base::ByteWriter& out, const model::UsedFix& fix) {
  out.put(fix.time.ms);
  out.put(fix.position.lat);
  out.put(fix.position.lon);
  out.put_optional(fix.sog_ckn);
  out.put_optional(fix.cog_cdeg);
  out.put_text(fix.track);
  out.put(fix.offset);
}

model::UsedFix get_used_fix(base::ByteReader& in) {
  model::UsedFix out;
  out.time.ms = in.get<std::int64_t>();
  out.position.lat = in.get<std::int32_t>();
  out.position.lon = in.get<std::int32_t>();
  out.sog_ckn = in.get_optional<std::uint16_t>();
  out.cog_cdeg = in.get_optional<std::uint16_t>();
  out.track = in.get_text();
  out.offset = in.get<std::uint64_t>();
  return out;
}

void put_subject(base::ByteWriter& out, const model::Subject& subject) {
  out.put(subject.kind);
  out.put_text(subject.id);
  out.put_text(subject.role);
  out.put_text(subject.label);
}

model::Subject get_subject(base::ByteReader& in) {
  model::Subject out;
  out.kind = in.get<model::SubjectKind>();
  out.id = in.get_text();
  out.role = in.get_text();
  out.label = in.get_text();
  return out;
}

}  // namespace jinglue::detect
