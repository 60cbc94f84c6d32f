// SPDX-License-Identifier: Apache-2.0
#include "picture/exchange/row_values.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/local_time.hpp"
#include "base/text.hpp"
#include "picture/exchange/value_text.hpp"

namespace jinglue::picture::exchange {
namespace {

using base::Code;
using base::fail;

struct Name {
  std::string_view heading;  ///< lower case, without _ and blanks
  Column column;
};
constexpr Name kNames[] = {
    {"track", Column::kTrack},
    {"mmsi", Column::kTrack},
    {"timeutc", Column::kTime},
    {"time", Column::kTime},
    {"timestamp", Column::kTime},
    {"datetime", Column::kTime},
    {"basedatetime", Column::kTime},
    {"时间", Column::kTime},
    {"latitudedeg", Column::kLatitude},
    {"latitude", Column::kLatitude},
    {"lat", Column::kLatitude},
    {"latitudedegrees", Column::kLatitude},
    {"纬度", Column::kLatitude},
    {"longitudedeg", Column::kLongitude},
    {"longitude", Column::kLongitude},
    {"lon", Column::kLongitude},
    {"longitudedegrees", Column::kLongitude},
    {"lng", Column::kLongitude},
    {"经度", Column::kLongitude},
    {"speedkn", Column::kSpeedKn},
    {"sog", Column::kSpeedKn},
    {"sogknots", Column::kSpeedKn},
    {"speedmps", Column::kSpeedMps},
    {"speedkmh", Column::kSpeedKmh},
    {"coursedeg", Column::kCourse},
    {"course", Column::kCourse},
    {"cog", Column::kCourse},
    {"cogdegrees", Column::kCourse},
    {"航向", Column::kCourse},
    {"headingdeg", Column::kHeading},
    {"heading", Column::kHeading},
    {"trueheading", Column::kHeading},
    {"船首向", Column::kHeading},
    {"navstatus", Column::kStatus},
    {"status", Column::kStatus},
    {"navigationalstatus", Column::kStatus},
    {"source", Column::kSource},
    {"timequality", Column::kQuality},
    {"quality", Column::kQuality},
};
constexpr double kKnotsInMps = 3600.0 / 1852.0;

std::optional<double> number_of(std::string_view text) {
  double out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(out)) {
    return std::nullopt;
  }
  return out;
}

/// "the speed" is of the column speed.
std::string key_of(std::string_view what) {
  return std::string(what.substr(std::string_view("the ").size()));
}

tl::unexpected<base::Error> wrong(std::string_view what, std::string_view text,
                                  const std::string& hint) {
  return fail(Code::kMalformed,
              std::string(what) + " '" + std::string(text.substr(0, 60)) + "' cannot be read",
              key_of(what), hint);
}
tl::unexpected<base::Error> beyond(std::string_view what, std::string_view text,
                                   const std::string& range) {
  return fail(Code::kOutOfRange,
              std::string(what) + " " + std::string(text.substr(0, 60)) + " is not " + range,
              key_of(what));
}

base::Result<model::TrackId> named(const std::string& text) {
  auto track = model::parse_track(text);
  if (!track) track.error().where = "track";
  return track;
}

/// "2024-05-01 12:00:00[.5]" with " ", "T" or "/" in the usual places, in a zone.
std::optional<base::Instant> local_instant(std::string_view text, const std::string& zone) {
  std::array<int, 6> parts{};
  std::size_t at = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto [end, error] =
        std::from_chars(text.data() + at, text.data() + text.size(), parts[i]);
    if (error != std::errc()) return std::nullopt;
    at = static_cast<std::size_t>(end - text.data());
    const bool more = i + 1 < parts.size();
    if (more &&
        (at >= text.size() || std::string_view("-/ T:").find(text[at]) == std::string_view::npos)) {
      return std::nullopt;
    }
    if (more) ++at;
  }
  double fraction = 0;
  if (at < text.size()) {
    const auto rest =
        text[at] == '.' ? number_of("0" + std::string(text.substr(at))) : std::nullopt;
    if (!rest) return std::nullopt;
    fraction = *rest;
  }
  const bool plausible = parts[1] >= 1 && parts[1] <= 12 && parts[2] >= 1 && parts[2] <= 31 &&
                         parts[3] <= 23 && parts[4] <= 59 && parts[5] <= 60;
  if (!plausible) return std::nullopt;
  const auto t =
      base::to_instant({parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]}, zone);
  if (!t) return std::nullopt;
  return *t + base::Duration(static_cast<std::int64_t>(fraction * 1000));
}

}  // namespace

std::optional<Column> column_from(std::string_view heading) {
  std::string plain = base::to_lower_ascii(base::trim(heading));
  std::erase_if(plain, [](char c) { return c == '_' || c == ' ' || c == '"'; });
  for (const auto& name : kNames) {
    if (name.heading == plain) return name.column;
  }
  return std::nullopt;
}

model::TerminalKind RowValues::terminal_kind() const {
  return m_options.described ? m_options.described->terminal() : m_options.terminal;
}

base::Result<model::TrackId> RowValues::track() const {
  const auto written = text(Column::kTrack);
  if (written.empty()) return fail(Code::kMissing, "the row does not say whose it is", "track");
  std::uint64_t number = 0;
  const auto [end, error] =
      std::from_chars(written.data(), written.data() + written.size(), number);
  const bool digits = error == std::errc() && end == written.data() + written.size();
  if (digits && terminal_kind() != model::TerminalKind::kNaf) {
    return named(model::to_text(model::TerminalId::make(terminal_kind(), number)));
  }
  const bool bare_sign =
      terminal_kind() == model::TerminalKind::kNaf && written.find(':') == std::string_view::npos;
  return named(bare_sign ? "naf:" + std::string(written) : std::string(written));
}

base::Result<base::Instant> RowValues::time() const {
  const auto written = text(Column::kTime);
  if (written.empty()) return fail(Code::kMissing, "the row has no time", "time");
  const auto& zone = m_options.described ? m_options.described->zone() : m_options.zone;
  std::int64_t number = 0;
  const auto [end, error] =
      std::from_chars(written.data(), written.data() + written.size(), number);
  if (error == std::errc() && end == written.data() + written.size()) {
    constexpr std::int64_t kMostSeconds = 100'000'000'000;  // the year 5138
    const bool seconds = number < kMostSeconds && number > -kMostSeconds;
    if (number <= base::kDistantPast.ms || number >= base::kDistantFuture.ms) {
      return wrong("the time", written, "seconds or milliseconds since 1970");
    }
    return base::Instant{seconds ? number * 1000 : number};
  }
  if (const auto t = base::parse_iso(written)) return *t;
  if (!zone.empty()) {
    if (const auto t = local_instant(written, zone)) return *t;
  }
  return wrong("the time", written,
               zone.empty()
                   ? "write it as 2024-05-01T12:00:00+08:00, or name the zone of the file's times"
                   : "write it as 2024-05-01 12:00:00");
}

base::Status RowValues::read_motion(model::Fix& fix) const {
  const bool ours = !text(Column::kSource).empty();
  constexpr std::array<std::pair<Column, double>, 3> kSpeeds = {
      {{Column::kSpeedKn, 1}, {Column::kSpeedMps, kKnotsInMps}, {Column::kSpeedKmh, 1 / 1.852}}};
  for (const auto& [column, knots] : kSpeeds) {
    const auto written = text(column);
    if (written.empty()) continue;
    const auto speed = number_of(written);
    if (!speed) return wrong("the speed", written, "a number");
    const auto hundredths = std::lround(*speed * knots * 100);
    if (hundredths < 0 || hundredths > UINT16_MAX) {
      return beyond("the speed", written, "between 0 and 655.35 kn");
    }
    if (!ours && hundredths == 10'230) continue;
    fix.sog_ckn = static_cast<std::uint16_t>(hundredths);
  }
  if (const auto written = text(Column::kCourse); !written.empty()) {
    const auto course = number_of(written);
    if (!course) return wrong("the course", written, "a number of degrees");
    const auto hundredths = std::lround(*course * 100);
    if (*course < 0 || hundredths > 36'000) {
      return beyond("the course", written, "between 0 and 360 degrees");
    }
    if (hundredths < 36'000) fix.cog_cdeg = static_cast<std::uint16_t>(hundredths);
    if (hundredths == 36'000 && ours) fix.cog_cdeg = std::uint16_t{0};
  }
  if (const auto written = text(Column::kHeading); !written.empty()) {
    const auto heading = number_of(written);
    if (!heading) return wrong("the heading", written, "a number of degrees");
    const auto whole = std::lround(*heading);
    if (whole == 511) return {};
    if (*heading < 0 || whole > 360) {
      return beyond("the heading", written, "between 0 and 360 degrees, or 511");
    }
    fix.heading_deg = static_cast<std::uint16_t>(whole % 360);
  }
  return {};
}

base::Status RowValues::read_words(model::Fix& fix) const {
  if (const auto written = text(Column::kStatus); !written.empty()) {
    const auto status = number_of(written);
    if (!status || *status != std::floor(*status) || *status < 0 || *status > 15) {
      return beyond("the navigational status", written, "a number of 0 to 15 (M.1371 table 45)");
    }
    fix.nav_status = static_cast<std::uint8_t>(*status);
  }
  const auto kind = fix.track.terminal.kind();
  fix.source = kind == model::TerminalKind::kBeidou ? model::FixSource::kBeidou
               : kind == model::TerminalKind::kNaf  ? model::FixSource::kNaf
                                                    : model::FixSource::kAisA;
  if (const auto written = text(Column::kSource); !written.empty()) {
    const auto source = source_from(written);
    if (!source) return wrong("the source", written, "ais_a, ais_b, beidou ...");
    fix.source = *source;
  }
  fix.quality = model::TimeQuality::kStated;
  if (const auto written = text(Column::kQuality); !written.empty()) {
    const auto quality = quality_from(written);
    if (!quality) return wrong("the time quality", written, "stated, derived or arrival");
    fix.quality = *quality;
  }
  return {};
}

base::Result<model::Fix> RowValues::fix() const {
  model::Fix fix;
  const auto whose = track();
  if (!whose) return tl::unexpected(whose.error());
  fix.track = *whose;
  const auto when = time();
  if (!when) return tl::unexpected(when.error());
  fix.time = fix.arrival = *when;
  const auto lat_text = text(Column::kLatitude);
  const auto lon_text = text(Column::kLongitude);
  if (lat_text.empty() || lon_text.empty())
    return fail(Code::kMissing, "the row has no place", "place");
  const auto lat = number_of(lat_text);
  const auto lon = number_of(lon_text);
  if (!lat) return wrong("the latitude", lat_text, "degrees as a number");
  if (!lon) return wrong("the longitude", lon_text, "degrees as a number");
  if (std::abs(*lat) > 90) return beyond("the latitude", lat_text, "between -90 and 90 degrees");
  if (std::abs(*lon) > 180) {
    return beyond("the longitude", lon_text, "between -180 and 180 degrees");
  }
  fix.position = geo::to_position({*lat, *lon});
  if (const auto good = read_motion(fix); !good) return tl::unexpected(good.error());
  if (const auto good = read_words(fix); !good) return tl::unexpected(good.error());
  return fix;
}

}  // namespace jinglue::picture::exchange
