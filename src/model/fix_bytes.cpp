// SPDX-License-Identifier: Apache-2.0
#include "model/fix_bytes.hpp"

namespace jinglue::model {

void put_track(base::ByteWriter& out, TrackId track) {
  out.put(track.terminal.value);
  out.put(track.segment);
}

TrackId get_track(base::ByteReader& in) {
  TrackId track;
  track.terminal.value = in.get<std::uint64_t>();
  track.segment = in.get<std::uint16_t>();
  return track;
}

void put_fix(base::ByteWriter& out, const Fix& fix) {
  put_track(out, fix.track);
  out.put(fix.time.ms);
  out.put(fix.arrival.ms);
  out.put(fix.quality);
  out.put(fix.source);
  out.put(fix.position.lat);
  out.put(fix.position.lon);
  out.put_optional(fix.sog_ckn);
  out.put_optional(fix.cog_cdeg);
  out.put_optional(fix.heading_deg);
  out.put_optional(fix.nav_status);
  out.put(fix.offset);
}

Fix get_fix(base::ByteReader& in) {
  Fix fix;
  fix.track = get_track(in);
  fix.time = {in.get<std::int64_t>()};
  fix.arrival = {in.get<std::int64_t>()};
  fix.quality = in.get<TimeQuality>();
  fix.source = in.get<FixSource>();
  fix.position.lat = in.get<std::int32_t>();
  fix.position.lon = in.get<std::int32_t>();
  fix.sog_ckn = in.get_optional<std::uint16_t>();
  fix.cog_cdeg = in.get_optional<std::uint16_t>();
  fix.heading_deg = in.get_optional<std::uint16_t>();
  fix.nav_status = in.get_optional<std::uint8_t>();
  fix.offset = in.get<std::uint64_t>();
  return fix;
}

}  // namespace jinglue::model
