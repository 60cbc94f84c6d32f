// SPDX-License-Identifier: Apache-2.0
#include "observe/naf/message.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>

#include "base/keys.hpp"
#include "base/text.hpp"
#include "model/call_sign.hpp"
#include "observe/nmea/sentence.hpp"

namespace jinglue::observe::naf {
namespace {

using std::string_view;

constexpr std::array<string_view, std::size_t(Cause::kCount)> kKeys = {
    "none", "form", "cut", "missing", "value", "no_position", "answer"};
constexpr std::size_t kLongestValue = 60;
constexpr std::int64_t kUnits = geo::Position::kUnitsPerDegree;

struct Raw {
  string_view date, time, lat, lon, lat_deg, lon_deg, speed, course;
};

/// Codes as they come; the first value of a code counts.
void take(string_view code, string_view value, Message& out, Raw& raw) {
  if (value.empty()) return;
  struct Text {
    string_view code;
    std::string Message::* to;
  };
  static constexpr Text kTexts[] = {
      {"TM", &Message::type},     {"FR", &Message::from},        {"AD", &Message::to},
      {"SQ", &Message::sequence}, {"RN", &Message::record},      {"RC", &Message::call_sign},
      {"NA", &Message::name},     {"XR", &Message::side_number}, {"IR", &Message::internal_number},
      {"FS", &Message::flag},     {"RS", &Message::status},      {"RE", &Message::error},
  };
  struct View {
    string_view code;
    string_view Raw::* to;
  };
  static constexpr View kViews[] = {
      {"DA", &Raw::date}, {"TI", &Raw::time}, {"LT", &Raw::lat_deg}, {"LG", &Raw::lon_deg},
      {"LA", &Raw::lat},  {"LO", &Raw::lon},  {"SP", &Raw::speed},   {"CO", &Raw::course},
  };
  for (const auto& text : kTexts) {
    if (text.code == code && (out.*text.to).empty()) {
      out.*text.to = base::replace_invalid_utf8(value.substr(0, kLongestValue));
    }
  }
  for (const auto& view : kViews) {
    if (view.code == code && (raw.*view.to).empty()) raw.*view.to = value;
  }
}

/// "+37.502", "-3.2": degrees with a sign or none. At most six decimals count.
std::optional<std::int32_t> read_degrees(string_view text, int most_deg) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const auto millionths = nmea::read_decimal(text, 6);
  if (!millionths || *millionths > std::int64_t{most_deg} * 1'000'000) return std::nullopt;
  const std::int64_t units = *millionths * (kUnits / 1'000'000);
  return static_cast<std::int32_t>(negative ? -units : units);
}

/// "N6544", "W00322.5": degrees and minutes.
std::optional<std::int32_t> read_minutes(string_view text, int degree_digits) {
  if (text.empty()) return std::nullopt;
  return nmea::read_angle(text.substr(1), text.substr(0, 1), degree_digits);
}

std::optional<base::Instant> read_time(string_view date, string_view time) {
  const auto day = nmea::read_number(date);
  const auto clock = nmea::read_number(time);
  if (!day || !clock || (date.size() != 8 && date.size() != 6)) return std::nullopt;
  if (time.size() != 4 && time.size() != 6) return std::nullopt;
  nmea::Clock out;
  out.day = static_cast<int>(*day % 100);
  out.month = static_cast<int>(*day / 100 % 100);
  out.year = static_cast<int>(*day / 10'000) + (date.size() == 6 ? 2000 : 0);
  const auto hhmmss = time.size() == 4 ? *clock * 100 : *clock;
  out.hour = static_cast<int>(hhmmss / 10'000);
  out.minute = static_cast<int>(hhmmss / 100 % 100);
  out.second = static_cast<int>(hhmmss % 100);
  return nmea::to_instant(out);
}

/// A speed or course that cannot be is left out: it does not take the place with it.
void read_motion(const Raw& raw, SpeedUnit unit, Message& out) {
  const bool knots = unit == SpeedUnit::kKnots || raw.speed.find('.') != string_view::npos;
  auto speed = nmea::read_decimal(raw.speed, knots ? 2 : 0);
  if (speed && !knots) *speed = *speed > UINT16_MAX ? UINT16_MAX + 1 : *speed * 10;
  if (speed && *speed <= UINT16_MAX) out.sog_ckn = static_cast<std::uint16_t>(*speed);
  const auto course = nmea::read_decimal(raw.course, 2);
  if (course && *course <= 36'000) out.cog_cdeg = static_cast<std::uint16_t>(*course % 36'000);
}

Cause check(const Raw& raw, SpeedUnit unit, Message& out) {
  if (out.type == "RET") return Cause::kAnswer;
  if (out.type.empty() || out.call_sign.empty() || raw.date.empty() || raw.time.empty()) {
    return Cause::kMissing;
  }
  out.time = read_time(raw.date, raw.time);
  if (!out.time || !model::pack_call_sign(out.call_sign)) return Cause::kValue;
  read_motion(raw, unit, out);
  const bool degrees = !raw.lat_deg.empty() || !raw.lon_deg.empty();
  if (!degrees && raw.lat.empty() && raw.lon.empty()) return Cause::kNoPosition;
  const auto lat = degrees ? read_degrees(raw.lat_deg, 90) : read_minutes(raw.lat, 2);
  const auto lon = degrees ? read_degrees(raw.lon_deg, 180) : read_minutes(raw.lon, 3);
  if (!lat || !lon) return Cause::kValue;
  out.position = geo::Position{*lat, *lon};
  return Cause::kNone;
}

struct Civil {
  std::string date, time;
};
Civil civil_of(base::Instant t) {
  using namespace std::chrono;
  const auto days = floor<std::chrono::days>(sys_time<milliseconds>(milliseconds(t.ms)));
  const year_month_day date{days};
  const std::int64_t minute = (t.ms - days.time_since_epoch().count() * 86'400'000) / 60'000;
  return {fmt::format("{:04}{:02}{:02}", int(date.year()), unsigned(date.month()),
                      unsigned(date.day())),
          fmt::format("{:02}{:02}", minute / 60, minute % 60)};
}

void append(std::string& out, string_view code, string_view value) {
  if (!value.empty()) out.append(code).append("/").append(value).append("//");
}

std::string_view error_number(Cause cause) {
  switch (cause) {
    case Cause::kMissing:
      return "104";
    case Cause::kValue:
      return "102";
    default:
      return "101";
  }
}

}  // namespace

string_view to_key(Cause cause) {
  return base::key_of(kKeys, cause);
}

Cause read_message(string_view text, SpeedUnit unit, Message& out, string_view& rest) {
  constexpr string_view kBegin = "//SR//";
  rest = {};
  const auto begin = text.find(kBegin);
  if (begin == string_view::npos) return Cause::kForm;
  auto left = text.substr(begin + kBegin.size());
  Raw raw;
  bool ended = false;
  bool any = false;
  while (!left.empty() && !ended) {
    // The slash of an empty value stands before the two that part the fields: "NA///XR/1//".
    if (left.front() == '/') {
      left.remove_prefix(1);
      continue;
    }
    const auto end = left.find("//");
    const auto field = left.substr(0, end);
    const auto after = end == string_view::npos ? string_view{} : left.substr(end + 2);
    const auto slash = field.find('/');
    const auto code = field.substr(0, slash);
    ended = base::trim(code) == "ER";
    if (!ended && field == "SR") break;  // the next message began before this one ended
    if (!ended && end == string_view::npos) return Cause::kCut;
    if (!ended && slash != string_view::npos) {
      take(code, base::trim(field.substr(slash + 1)), out, raw);
      any = true;
    }
    left = after;
  }
  // With the slashes before it, which two messages may share.
  if (!left.empty()) rest = text.substr(static_cast<std::size_t>(left.data() - text.data()) - 2);
  return any ? check(raw, unit, out) : Cause::kForm;
}

Report to_report(const Message& message, base::Instant arrival, std::uint64_t offset) {
  Report out;
  const auto sign = model::pack_call_sign(message.call_sign);
  if (!sign || !message.time) return out;
  const model::TrackId track{model::TerminalId::make(model::TerminalKind::kNaf, *sign), 0};
  auto& stated = out.stated.emplace();
  stated.track = track;
  stated.time = *message.time;
  stated.call_sign = message.call_sign;
  if (!message.name.empty()) stated.name = message.name;
  if (!message.side_number.empty()) stated.side_number = message.side_number;
  if (!message.flag.empty()) stated.flag = message.flag;
  stated.offset = offset;
  if (!message.position) return out;
  auto& fix = out.fix.emplace();
  fix.track = track;
  fix.time = *message.time;
  fix.arrival = arrival;
  fix.quality = model::TimeQuality::kStated;
  fix.source = model::FixSource::kNaf;
  fix.position = *message.position;
  fix.sog_ckn = message.sog_ckn;
  fix.cog_cdeg = message.cog_cdeg;
  fix.offset = offset;
  return out;
}

std::string answer(const Message& message, Cause cause, string_view own_address,
                   base::Instant now) {
  if (cause == Cause::kAnswer) return {};
  const bool good = cause == Cause::kNone || cause == Cause::kNoPosition;
  const auto civil = civil_of(now);
  std::string out = "//SR//";
  append(out, "AD", message.from);
  append(out, "FR", own_address);
  append(out, "TM", "RET");
  append(out, "RS", good ? "ACK" : "NAK");
  if (!good) append(out, "RE", error_number(cause));
  append(out, "SQ", message.sequence);
  append(out, "RN", message.record);
  append(out, "RD", civil.date);
  append(out, "RT", civil.time);
  return out + "ER//";
}

std::string to_text(const Message& message) {
  std::string out = "//SR//";
  append(out, "AD", message.to);
  append(out, "FR", message.from);
  append(out, "TM", message.type);
  append(out, "SQ", message.sequence);
  append(out, "RN", message.record);
  append(out, "RC", message.call_sign);
  append(out, "NA", message.name);
  append(out, "XR", message.side_number);
  append(out, "FS", message.flag);
  if (message.position) {
    const auto place = message.position->degrees();
    append(out, "LT", fmt::format("{:+.6f}", place.lat_deg));
    append(out, "LG", fmt::format("{:+.6f}", place.lon_deg));
  }
  if (message.sog_ckn) append(out, "SP", std::to_string((*message.sog_ckn + 5) / 10));
  if (message.cog_cdeg) append(out, "CO", std::to_string((*message.cog_cdeg + 50) / 100 % 360));
  if (message.time) {
    const auto civil = civil_of(*message.time);
    append(out, "DA", civil.date);
    append(out, "TI", civil.time);
  }
  return out + "ER//";
}

}  // namespace jinglue::observe::naf
