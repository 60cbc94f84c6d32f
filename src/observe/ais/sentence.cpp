// SPDX-License-Identifier: Apache-2.0
#include "observe/ais/sentence.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <chrono>
#include <cstring>

#include "observe/ais/armour.hpp"

namespace jinglue::observe::ais {
namespace {

using std::string_view;

constexpr std::size_t kHead = 7;  // "!AIVDM,"

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr std::array<std::uint8_t, 256> make_hex_digits() {
  std::array<std::uint8_t, 256> table{};
  for (auto& one : table) one = 0xFF;
  for (unsigned i = 0; i < 10; ++i) table['0' + i] = static_cast<std::uint8_t>(i);
  for (unsigned i = 0; i < 6; ++i) {
    table['A' + i] = table['a' + i] = static_cast<std::uint8_t>(10 + i);
  }
  return table;
}
constexpr std::array<std::uint8_t, 256> kHexDigits = make_hex_digits();

/// 0..15, or 255 when it is not a hexadecimal digit.
unsigned hex_digit(char c) {
  return kHexDigits[static_cast<unsigned char>(c)];
}

/// The two digits after a '*'; absent when they are not there.
std::optional<std::uint8_t> read_checksum(string_view text) {
  if (text.size() < 2) return std::nullopt;
  const unsigned high = hex_digit(text[0]);
  const unsigned low = hex_digit(text[1]);
  if (high > 15 || low > 15) return std::nullopt;
  return static_cast<std::uint8_t>((high << 4) | low);
}

template <class T>
bool read_number(string_view text, T& value) {
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && stop == text.data() + text.size() && !text.empty();
}

/// Takes what stands before the next separator off the front of `rest`.
string_view take(string_view& rest, char separator) {
  const auto at = rest.find(separator);
  const string_view out = rest.substr(0, at);
  rest.remove_prefix(at == string_view::npos ? rest.size() : at + 1);
  return out;
}

bool read_group(string_view text, Group& group) {
  return read_number(take(text, '-'), group.number) && read_number(take(text, '-'), group.count) &&
         read_number(text, group.id);
}

/// The number that eight digits say, all at once; 0 when one of them is none.
std::uint32_t eight_digits(const char* at) {
  static_assert(std::endian::native == std::endian::little, "the first digit is the lowest octet");
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  word ^= 0x3030'3030'3030'3030ULL;  // digits become 0 to 9, all else is more
  if (((word + 0x7676'7676'7676'7676ULL) | word) & 0x8080'8080'8080'8080ULL) return 0;
  word = word * 10 + (word >> 8);  // pairs, in every second octet
  constexpr std::uint64_t kPairs = 0x0000'00FF'0000'00FFULL;
  const std::uint64_t sum = (word & kPairs) * (100 + (1'000'000ULL << 32)) +
                            (word >> 16 & kPairs) * (1 + (10'000ULL << 32));
  return static_cast<std::uint32_t>(sum >> 32);
}

/// Ten digits within 2001 and 2099, as nearly all are; 0 for anything else.
std::int64_t whole_seconds(string_view digits) {
  if (digits.size() != 10 || !is_digit(digits[8]) || !is_digit(digits[9])) return 0;
  const auto value =
      std::int64_t{eight_digits(digits.data())} * 100 + (digits[8] - '0') * 10 + (digits[9] - '0');
  return value >= 1'000'000'000 && value < 4'102'444'800 ? value : 0;
}

/// One "key:value" of a tag block. False when the value is impossible.
bool read_tag(string_view field, Wrapper& out) {
  if (field.size() >= 2 && field[1] == ':') {
    const string_view value = field.substr(2);
    switch (field[0]) {
      case 's':
        out.source = value;
        return true;
      case 't':
        out.text = value;
        return true;
      case 'c':
        if (const auto plain = whole_seconds(value); plain != 0) {
          out.time = base::Instant{plain * 1000};
        } else {
          out.time = read_epoch(value);
        }
        return out.time.has_value();
      case 'g':
        return read_group(value, out.group.emplace());
      case 'n':
        return read_number(value, out.line_number.emplace());
      default:
        return true;  // d:, r: and what others may add
    }
  }
  const auto colon = field.find(':');
  if (colon == string_view::npos) return false;
  if (colon != 3 || field[1] != 'G') return true;
  Group& group = out.group.emplace();  // NMEA 4.0: "1G2:1234"
  group.number = static_cast<std::uint8_t>(field[0] - '0');
  group.count = static_cast<std::uint8_t>(field[2] - '0');
  return is_digit(field[0]) && is_digit(field[2]) && read_number(field.substr(4), group.id);
}

/// "s:weihai,c:1714536000*hh", the inside of a tag block, to a fresh `out`.
void read_tag_block(string_view inside, Wrapper& out) {
  const auto star = inside.rfind('*');
  if (star != string_view::npos) {
    string_view rest = inside.substr(0, star);
    const auto sum = read_checksum(inside.substr(star + 1));
    bool good = sum && inside.size() == star + 3 && *sum == nmea_checksum(rest);
    while (good && !rest.empty()) good = read_tag(take(rest, ','), out);
    if (good) return;
  }
  out = {};
  out.bad_tag = true;
}

/// "d-106" in dBm. What no receiver measures (0, "-000", -200) is no signal.
std::optional<std::int16_t> read_signal(string_view digits) {
  std::int16_t value = 0;
  if (!read_number(digits, value) || value >= 0 || value < -160) return std::nullopt;
  return value;
}

/// ",x169700,s22968,d-106,T43.05,r003669705,1163612855": station, signal and epoch.
void read_suffix(string_view after, Wrapper& out) {
  after.remove_prefix(1);
  while (!after.empty()) {
    const string_view field = take(after, ',');
    if (field.size() > 1 && (field[0] == 'r' || field[0] == 'b') && out.source.empty()) {
      out.source = field.substr(1);
    } else if (field.size() > 1 && field[0] == 'd') {
      out.signal_dbm = read_signal(field.substr(1));
    } else if (!field.empty() && is_digit(field[0]) && after.empty() && !out.time) {
      out.time = read_epoch(field);
    }
  }
}

std::optional<base::Instant> to_instant(const int (&part)[7]) {
  using namespace std::chrono;
  const auto day = year(part[0]) / month(unsigned(part[1])) / std::chrono::day(unsigned(part[2]));
  if (part[0] < 1990 || part[0] > 2099 || part[1] > 12 || part[2] > 31 || !day.ok() ||
      part[3] > 23 || part[4] > 59 || part[5] > 59 || part[6] > 999) {
    return std::nullopt;
  }
  const std::int64_t seconds = std::int64_t{sys_days(day).time_since_epoch().count()} * 86'400 +
                               std::int64_t{part[3]} * 3600 + std::int64_t{part[4]} * 60 + part[5];
  return base::Instant{seconds * 1000 + part[6]};
}

}  // namespace

std::optional<base::Instant> read_epoch(string_view digits) {
  constexpr std::int64_t kFrom = 631'152'000;  // 1990-01-01
  constexpr std::int64_t kTo = 4'102'444'800;  // 2100-01-01
  if (const auto plain = whole_seconds(digits); plain != 0) return base::Instant{plain * 1000};
  std::uint64_t fraction_ms = 0;
  const auto dot = digits.find('.');
  if (dot != string_view::npos) {  // "1714536000.125"
    const string_view three = digits.substr(dot + 1, 3);
    if (three.size() != 3 || !read_number(three, fraction_ms)) return std::nullopt;
    digits = digits.substr(0, dot);
  }
  std::int64_t value = 0;
  if (!read_number(digits, value) || value <= 0) return std::nullopt;
  std::int64_t ms = 0;
  if (value < 100'000'000'000) {
    ms = value * 1000 + static_cast<std::int64_t>(fraction_ms);
  } else if (value < 100'000'000'000'000) {
    ms = value;
  } else if (value < 100'000'000'000'000'000) {
    ms = value / 1000;
  } else {
    ms = value / 1'000'000;
  }
  if (ms < kFrom * 1000 || ms >= kTo * 1000) return std::nullopt;
  return base::Instant{ms};
}

std::size_t find_sentence(string_view line, std::size_t from) {
  while (from + kHead <= line.size()) {
    const void* hit = std::memchr(line.data() + from, '!', line.size() - from);
    if (hit == nullptr) return string_view::npos;
    const auto at = static_cast<std::size_t>(static_cast<const char*>(hit) - line.data());
    if (at + kHead > line.size()) return string_view::npos;
    const char* s = line.data() + at;
    // Lower case is found too, so that it is counted as a bad form and not as something else.
    const bool is_vd = (s[3] | 0x20) == 'v' && (s[4] | 0x20) == 'd';
    if (is_vd && ((s[5] | 0x20) == 'm' || (s[5] | 0x20) == 'o') && s[6] == ',') return at;
    from = at + 1;
  }
  return string_view::npos;
}

Cause read_sentence(string_view text, Sentence& out) {
  const auto star = text.find('*', kHead);
  if (star == string_view::npos) return Cause::kNoChecksum;
  const auto sum = read_checksum(text.substr(star + 1));
  if (!sum) return Cause::kNoChecksum;
  if (*sum != nmea_checksum(text.substr(1, star - 1))) return Cause::kChecksum;
  if (text[3] != 'V' || text[4] != 'D') return Cause::kForm;

  const char* s = text.data() + kHead;
  const char* end = text.data() + star;
  // "2,1,4,A,": digits and separators at fixed places but for the two fields that may be empty.
  if (end - s < 6 || s[1] != ',' || s[3] != ',') return Cause::kForm;
  if (s[0] < '1' || s[0] > '9' || s[2] < '1' || s[2] > s[0]) return Cause::kForm;
  out.talker = text.substr(1, 2);
  out.own_ship = text[5] == 'O';
  out.count = static_cast<std::uint8_t>(s[0] - '0');
  out.number = static_cast<std::uint8_t>(s[2] - '0');
  s += 4;
  out.sequence = *s == ',' ? '\0' : *s++;
  if (*s != ',' || (out.sequence != '\0' && !is_digit(out.sequence))) return Cause::kForm;
  ++s;
  out.channel = s < end && *s != ',' ? *s++ : '\0';
  if (s >= end || *s != ',') return Cause::kForm;
  ++s;
  // From the end: ",0" and before it nothing but the payload.
  if (end - s < 2 || end[-2] != ',' || end[-1] < '0' || end[-1] > '5') return Cause::kForm;
  out.payload = string_view(s, static_cast<std::size_t>(end - 2 - s));
  if (std::memchr(out.payload.data(), ',', out.payload.size()) != nullptr) return Cause::kForm;
  out.fill_bits = static_cast<std::uint8_t>(end[-1] - '0');
  out.checksum = *sum;
  out.after = text.substr(star + 3);
  return Cause::kNone;
}

bool read_plain_sentence(string_view text, Sentence& out) {
  constexpr std::size_t kShortest = 23;  // "!AIVDM,1,1,,," + a character + ",0*hh" and some
  const std::size_t size = text.size();
  if (size < kShortest) return false;
  const char* s = text.data();
  const char* star = s + size - 3;
  if (s[0] != '!' || *star != '*' || s[3] != 'V' || s[4] != 'D' || s[6] != ',') return false;
  if (s[5] != 'M' && s[5] != 'O') return false;
  const unsigned sum = (hex_digit(star[1]) << 4) | hex_digit(star[2]);
  if (sum != nmea_checksum(string_view(s + 1, size - 4))) return false;
  s += kHead;
  if (s[1] != ',' || s[3] != ',' || s[0] < '1' || s[0] > '9' || s[2] < '1' || s[2] > s[0]) {
    return false;
  }
  out.talker = text.substr(1, 2);
  out.own_ship = text[5] == 'O';
  out.count = static_cast<std::uint8_t>(s[0] - '0');
  out.number = static_cast<std::uint8_t>(s[2] - '0');
  s += 4;
  out.sequence = is_digit(*s) ? *s++ : '\0';
  if (*s++ != ',') return false;
  const bool named = (*s >= 'A' && *s <= 'Z') || is_digit(*s);
  out.channel = named ? *s++ : '\0';
  if (*s++ != ',') return false;
  if (star[-2] != ',' || star[-1] < '0' || star[-1] > '5' || s > star - 2) return false;
  out.payload = string_view(s, static_cast<std::size_t>(star - 2 - s));
  out.fill_bits = static_cast<std::uint8_t>(star[-1] - '0');
  out.checksum = static_cast<std::uint8_t>(sum);
  out.after = {};
  return true;
}

bool read_plain_tag(string_view before, base::Instant& time, string_view& source) {
  constexpr std::size_t kTime = 12;                   // "c:1714536000"
  constexpr std::size_t kAround = 2 + 3;              // two backslashes, "*hh"
  constexpr std::size_t kRest = kTime + 3 + kAround;  // and ",s:", an empty name
  const std::size_t size = before.size();
  if (size < kRest || before[0] != '\\' || before[size - 1] != '\\') return false;
  if (before[size - 4] != '*') return false;
  const string_view inside = before.substr(1, size - kAround);
  const bool source_first = inside[0] == 's';
  const string_view named =
      source_first ? inside.substr(0, inside.size() - kTime - 1) : inside.substr(kTime + 1);
  const string_view timed = inside.substr(source_first ? named.size() + 1 : 0, kTime);
  if (inside[source_first ? named.size() : kTime] != ',') return false;
  if (named[0] != 's' || named[1] != ':' || timed[0] != 'c' || timed[1] != ':') return false;
  const string_view name = named.substr(2);
  for (const char c : name) {
    if (c == ',' || c == '\\') return false;  // more fields, or another block
  }
  const unsigned sum = (hex_digit(before[size - 3]) << 4) | hex_digit(before[size - 2]);
  const auto seconds = whole_seconds(timed.substr(2));
  if (sum != nmea_checksum(inside) || seconds == 0) return false;
  time = base::Instant{seconds * 1000};
  source = name;
  return true;
}

Wrapper read_wrapper(string_view before, string_view after) {
  Wrapper out;
  if (!before.empty() && before.back() == '\\') {
    before.remove_suffix(1);
    const auto open = before.rfind('\\');
    if (open == string_view::npos) {
      out.bad_tag = true;
    } else {
      read_tag_block(before.substr(open + 1), out);
      before = before.substr(0, open);
    }
  }
  while (!before.empty() && before.back() == ' ') before.remove_suffix(1);
  if (!out.time && !before.empty()) {
    const auto space = before.find_last_of(" ,;\t");
    out.time = read_epoch(before.substr(space == string_view::npos ? 0 : space + 1));
  }
  if (!after.empty() && after[0] == ',') read_suffix(after, out);
  return out;
}

std::optional<Pghp> read_pghp(string_view line) {
  constexpr string_view kName = "$PGHP,1,";
  const auto star = line.rfind('*');
  if (line.substr(0, kName.size()) != kName || star == string_view::npos) return std::nullopt;
  const auto sum = read_checksum(line.substr(star + 1));
  if (!sum || *sum != nmea_checksum(line.substr(1, star - 1))) return std::nullopt;
  string_view rest = line.substr(kName.size(), star - kName.size());
  int part[7] = {};
  for (int& value : part) {
    if (!read_number(take(rest, ','), value) || value < 0) return std::nullopt;
  }
  for (int skip = 0; skip < 4; ++skip) take(rest, ',');  // country, region, station, online
  const auto next = read_checksum(rest);
  const auto time = to_instant(part);
  if (!next || !time || rest.size() != 2) return std::nullopt;
  return Pghp{*time, *next};
}

}  // namespace jinglue::observe::ais
