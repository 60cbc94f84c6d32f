// SPDX-License-Identifier: Apache-2.0
#include "observe/beidou/decoder.hpp"

#include <array>

#include "base/keys.hpp"

namespace jinglue::observe::beidou {
namespace {

using nmea::take_field;
using std::string_view;

constexpr std::array<string_view, std::size_t(Cause::kCount)> kKeys = {
    "none", "form", "card", "content", "text_code", "value", "card_answer"};
constexpr char kMixedBegin = '\xA4';

enum class Form : std::uint8_t { kHanzi, kCode, kMixed };

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

/// Card numbers have up to ten digits; leading zeros do not count.
std::optional<std::uint64_t> read_card(string_view text) {
  const auto number = text.size() <= 10 ? nmea::read_number(text) : std::nullopt;
  if (!number || *number == 0) return std::nullopt;
  return number;
}

std::optional<Form> read_form(string_view text, char first) {
  if (text.size() != 1 || text[0] < first || text[0] > first + 2) return std::nullopt;
  return static_cast<Form>(text[0] - first);
}

Cause take_text(string_view octets, Gbk& gbk, Message& out) {
  out.content.text = gbk.to_utf8(octets);
  return out.content.text ? Cause::kNone : Cause::kText;
}

/// Octets that a layout describes, else a text of at least one character.
Cause take_octets(string_view octets, const Layouts& layouts, base::Instant now, Gbk& gbk,
                  Message& out) {
  const auto* layout = layouts.match(octets);
  if (layout == nullptr) {
    if (!octets.empty() && take_text(octets, gbk, out) == Cause::kNone) return Cause::kNone;
    return Cause::kContent;
  }
  out.layout = layout->id;
  const auto day_time = out.content.time;
  out.content = read_content(*layout, octets, now, gbk);
  if (!out.content.time) out.content.time = day_time;
  const auto& c = out.content;
  const bool useful = c.position || c.text || c.alarm || !c.others.empty();
  return useful || !c.bad_value ? Cause::kNone : Cause::kValue;
}

/// A public client sends mixed octets under the form of a code: the A4 at their begin decides.
Cause take_content(string_view text, Form form, const Layouts& layouts, base::Instant now, Gbk& gbk,
                   Message& out) {
  if (form == Form::kHanzi) return text.empty() ? Cause::kForm : take_text(text, gbk, out);
  const auto octets = read_hex(text);
  if (!octets || octets->empty()) return Cause::kForm;
  const bool mixed = octets->front() == kMixedBegin && octets->size() > 1;
  if (form == Form::kMixed && !mixed) return Cause::kForm;
  return take_octets(string_view(*octets).substr(mixed ? 1 : 0), layouts, now, gbk, out);
}

/// "hhmm" or "hhmmss[.ss]" by the day's clock; nothing for other texts.
std::optional<base::Instant> day_time(string_view text, base::Instant now) {
  const auto of_day =
      nmea::read_time_of_day(text.size() == 4 ? std::string(text) + "00" : std::string(text));
  if (!of_day) return std::nullopt;
  return nmea::nearest(now, *of_day);
}

Cause read_txr(string_view fields, const Layouts& layouts, base::Instant now, Gbk& gbk,
               Message& out) {
  const auto kind = take_field(fields);
  const auto card = read_card(take_field(fields));
  const auto form = read_form(take_field(fields), '0');
  const auto time = take_field(fields);
  if (kind.size() != 1 || kind[0] < '1' || kind[0] > '5' || !form) return Cause::kForm;
  if (!card) return Cause::kCard;
  out.card = *card;
  out.content.time = day_time(time, now);
  return take_content(fields, *form, layouts, now, gbk, out);
}

Cause read_tci(string_view fields, const Layouts& layouts, base::Instant now, Gbk& gbk,
               Message& out) {
  const auto card = read_card(take_field(fields));
  take_field(fields);  // receiver
  take_field(fields);  // frequency point
  const auto time = take_field(fields);
  const auto form = read_form(take_field(fields), '1');
  take_field(fields);  // always 0 where it was seen
  if (!form) return Cause::kForm;
  if (!card) return Cause::kCard;
  out.card = *card;
  out.content.time = day_time(time, now);
  return take_content(fields, *form, layouts, now, gbk, out);
}

Cause read_waa(string_view fields, base::Instant now, Message& out) {
  take_field(fields);  // kind
  take_field(fields);  // report frequency
  const auto card = read_card(take_field(fields));
  const auto time = nmea::read_time_of_day(take_field(fields));
  const auto lat_text = take_field(fields);
  const auto lat = nmea::read_angle(lat_text, take_field(fields), 2);
  const auto lon_text = take_field(fields);
  const auto lon = nmea::read_angle(lon_text, take_field(fields), 3);
  if (!card) return Cause::kCard;
  if (lat_text.empty() || lon_text.empty()) return Cause::kForm;
  if (!lat || !lon || !time) return Cause::kValue;
  out.card = *card;
  out.content.position = geo::Position{*lat, *lon};
  out.content.time = nmea::nearest(now, *time);
  return Cause::kNone;
}

}  // namespace

string_view to_key(Cause cause) {
  return base::key_of(kKeys, cause);
}

std::optional<std::string> read_hex(string_view digits) {
  if (digits.size() % 2 != 0) return std::nullopt;
  std::string out;
  out.reserve(digits.size() / 2);
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const int high = nibble(digits[i]);
    const int low = nibble(digits[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

std::string to_hex_digits(string_view octets) {
  constexpr string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(octets.size() * 2);
  for (const char c : octets) {
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

Cause read_sentence(const nmea::Sentence& sentence, const Layouts& layouts, base::Instant now,
                    Gbk& gbk, Message& out) {
  if (sentence.formatter == "TXR") return read_txr(sentence.fields, layouts, now, gbk, out);
  if (sentence.formatter == "TCI") return read_tci(sentence.fields, layouts, now, gbk, out);
  if (sentence.formatter == "WAA") return read_waa(sentence.fields, now, out);
  return Cause::kAnswer;
}

std::optional<model::Fix> to_fix(const Message& message, std::optional<base::Instant> stated,
                                 base::Instant arrival, std::uint64_t offset) {
  const auto& c = message.content;
  if (!c.position) return std::nullopt;
  model::Fix fix;
  fix.track = {model::TerminalId::make(model::TerminalKind::kBeidou, message.card), 0};
  fix.time = c.time ? *c.time : stated.value_or(arrival);
  fix.quality = c.time ? (c.whole_time ? model::TimeQuality::kStated : model::TimeQuality::kDerived)
                : stated ? model::TimeQuality::kStated
                         : model::TimeQuality::kArrival;
  fix.arrival = arrival;
  fix.source = model::FixSource::kBeidou;
  fix.position = *c.position;
  fix.sog_ckn = c.sog_ckn;
  fix.cog_cdeg = c.cog_cdeg;
  fix.heading_deg = c.heading_deg;
  fix.offset = offset;
  return fix;
}

}  // namespace jinglue::observe::beidou
