// SPDX-License-Identifier: Apache-2.0
#include "observe/ais/message_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "observe/ais/fields.hpp"

namespace jinglue::observe::ais {
namespace {

using Kind = FieldValue::Kind;
using std::string_view;

constexpr std::uint64_t kPower[] = {1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000};
constexpr char kHexDigits[] = "0123456789abcdef";
constexpr std::int64_t kDay_ms = 86'400'000;

constexpr std::size_t kMostKey = 70;
constexpr std::size_t kMostValue = 1100;  ///< 170 characters escaped

constexpr std::array<char, 200> make_pairs() {
  std::array<char, 200> out{};
  for (unsigned i = 0; i < 100; ++i) {
    out[2 * i] = static_cast<char>('0' + i / 10);
    out[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return out;
}
constexpr std::array<char, 200> kPairs = make_pairs();

/// `decimals` digits, zeros in front.
char* put_digits(char* at, unsigned decimals, std::uint64_t number) {
  char* end = at + decimals;
  char* to = end;
  for (; decimals >= 2; decimals -= 2, number /= 100) {
    to -= 2;
    std::memcpy(to, &kPairs[2 * (number % 100)], 2);
  }
  if (decimals != 0) *--to = static_cast<char>('0' + number % 10);
  return end;
}

char* put_whole(char* at, std::uint64_t number) {
  if (number < 10) {
    *at = static_cast<char>('0' + number);
    return at + 1;
  }
  if (number < 100) return put_digits(at, 2, number);
  if (number < 1000) return put_digits(at, 3, number);
  return std::to_chars(at, at + 20, number).ptr;
}

/// The compiler divides by a constant without a division.
template <std::uint64_t kDivisor>
std::uint64_t whole_part(std::uint64_t& number) {
  const std::uint64_t whole = number / kDivisor;
  number %= kDivisor;
  return whole;
}

std::uint64_t split_decimals(std::uint64_t& number, unsigned decimals) {
  switch (decimals) {
    case 1:
      return whole_part<10>(number);
    case 2:
      return whole_part<100>(number);
    case 7:
      return whole_part<10'000'000>(number);
    default: {
      const std::uint64_t whole = number / kPower[decimals];
      number %= kPower[decimals];
      return whole;
    }
  }
}

/// number / 10^decimals, exactly.
char* put_number(char* at, std::int64_t number, unsigned decimals) {
  if (number < 0) *at++ = '-';
  auto rest = static_cast<std::uint64_t>(number < 0 ? -number : number);
  if (decimals == 0) return put_whole(at, rest);
  at = put_whole(at, split_decimals(rest, decimals));
  *at++ = '.';
  return put_digits(at, decimals, rest);
}

char* put_hex(char* at, const FieldValue& value) {
  for (std::size_t i = 0; i < value.bits.octets(); ++i) {
    const std::uint8_t octet = value.bits.data()[i];
    *at++ = kHexDigits[octet >> 4];
    *at++ = kHexDigits[octet & 15];
  }
  return at;
}

/// What an AIS text or a station's name can hold; control characters and octets that are no ASCII
/// come only from tag blocks.
char* put_json_text(char* at, string_view text) {
  *at++ = '"';
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      *at++ = '\\';
      *at++ = c;
    } else if (octet < 0x20 || octet > 0x7E) {
      std::memcpy(at, "\\u00", 4);
      at[4] = kHexDigits[octet >> 4];
      at[5] = kHexDigits[octet & 15];
      at += 6;
    } else {
      *at++ = c;
    }
  }
  *at++ = '"';
  return at;
}

char* put_key(char* at, const Field& field) {
  std::memcpy(at, field.key.data(), field.key.size());
  return at + field.key_size;
}

char* put_json_value(char* at, const FieldValue& value) {
  switch (value.kind) {
    case Kind::kFlag:
      std::memcpy(at, value.number != 0 ? "true " : "false", 5);
      return at + (value.number != 0 ? 4 : 5);
    case Kind::kText:
      return put_json_text(at, value.text);
    case Kind::kHex:
      *at++ = '"';
      at = put_hex(at, value);
      *at++ = '"';
      return at;
    default:
      return put_number(at, value.number, value.decimals);
  }
}

void add_json_text(string_view text, Characters& out) {
  out.end_at(put_json_text(out.room(6 * text.size() + 2), text));
}

/// Text that a spreadsheet would take for a formula is guarded; a number is none.
void guard(string_view text, Characters& out) {
  if (!text.empty() && string_view("=+-@\t").find(text[0]) != string_view::npos) out.add('\'');
}

void add_csv_text(string_view text, Characters& out) {
  if (text.find_first_of(",\"\r\n") == string_view::npos) return out.add(text);
  out.add('"');
  for (const char c : text) {
    if (c == '"') out.add('"');
    out.add(c);
  }
  out.add('"');
}

/// The columns of CSV: where a message comes from, the common fields, then each name of the tables.
const std::vector<string_view>& columns() {
  static const std::vector<string_view> kColumns = [] {
    std::vector<string_view> out = {"time",     "station",    "talker",           "channel",
                                    "own_ship", "message_id", "repeat_indicator", "mmsi"};
    const auto add = [&](string_view name) {
      if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
    };
    for (const auto table : all_fields()) {
      for (const Field& field : table) {
        if (field.kind == FieldKind::kSpare) continue;
        add(field.name);
        if (field.kind != FieldKind::kSelected) continue;
        const auto part = [&](const Field& one, std::int64_t) { add(one.name); };
        for (const std::uint32_t timeout : {0U, 1U, 2U, 3U}) {
          read_communication_state(FieldKind::kSotdma, timeout << 14, part);
        }
        read_communication_state(FieldKind::kItdma, 0, part);
      }
    }
    add("application");
    add("application_data");
    return out;
  }();
  return kColumns;
}

std::size_t column_of(string_view name) {
  static const std::map<string_view, std::size_t> kPlaces = [] {
    std::map<string_view, std::size_t> out;
    for (std::size_t i = 0; i < columns().size(); ++i) out.emplace(columns()[i], i);
    return out;
  }();
  const auto found = kPlaces.find(name);
  return found == kPlaces.end() ? columns().size() : found->second;
}

string_view name_of(const Field& field) {
  return field.name;
}
string_view name_of(string_view name) {
  return name;
}

FieldKind state_kind(const Field& field, const BitReader& bits) {
  if (field.kind != FieldKind::kSelected) return field.kind;
  return bits.flag(field.first - std::size_t{1}) ? FieldKind::kItdma : FieldKind::kSotdma;
}

/// A carrier sense unit (type 18) has no communication state: its bits are fixed.
bool has_state(const Field& field, const BitReader& bits) {
  switch (field.kind) {
    case FieldKind::kSotdma:
    case FieldKind::kItdma:
      return true;
    case FieldKind::kSelected:
      return bits.get(0, 6) != 18 || !bits.flag(141);
    default:
      return false;
  }
}

}  // namespace

void Characters::grow(std::size_t more) {
  const std::size_t capacity = std::max<std::size_t>(4096, 2 * (m_size + more));
  auto bytes = std::make_unique<char[]>(capacity);
  if (m_size != 0) std::memcpy(bytes.get(), m_bytes.get(), m_size);
  m_bytes = std::move(bytes);
  m_capacity = capacity;
}

void Characters::add_number(std::int64_t number, unsigned decimals) {
  end_at(put_number(room(32), number, decimals));
}

void MessageWriter::add_time(base::Instant time) {
  const std::int64_t day = time.ms / kDay_ms;  // after 1990
  if (day != m_day) {
    m_day = day;
    m_date = base::to_iso(time).substr(0, 11);
  }
  const auto rest = static_cast<unsigned>(time.ms % kDay_ms);
  char text[13] = "00:00:00.000";
  const auto two = [&](std::size_t at, unsigned value) {
    text[at] = static_cast<char>('0' + value / 10);
    text[at + 1] = static_cast<char>('0' + value % 10);
  };
  two(0, rest / 3'600'000);
  two(3, rest / 60'000 % 60);
  two(6, rest / 1000 % 60);
  text[9] = static_cast<char>('0' + rest % 1000 / 100);
  two(10, rest % 100);
  m_out.add(m_date);
  m_out.add(string_view(text, 12));
  m_out.add('Z');
}

void MessageWriter::add_key(string_view name) {
  m_out.add(",\"");
  m_out.add(name);
  m_out.add("\":");
}

void MessageWriter::add_json_field(const Field& field) {
  if (field.key_size == 0) return add_json_field(field.name);
  char* at = put_key(m_out.room(kMostKey + kMostValue), field);
  m_out.end_at(put_json_value(at, m_value));
}

void MessageWriter::add_json_field(string_view name) {
  add_key(name);
  m_out.end_at(put_json_value(m_out.room(kMostValue), m_value));
}

void MessageWriter::set_number(std::int64_t number, Kind kind) {
  m_value.kind = kind;
  m_value.number = number;
  m_value.decimals = 0;
}

/// What was written since `begin` becomes the members of an object: its first comma opens it.
void MessageWriter::close_object(std::size_t begin) {
  if (m_out.size() == begin) {
    m_out.add('{');
  } else {
    m_out.set(begin, '{');
  }
  m_out.add('}');
}

/// Every field that the message holds and that has a value, as sink(name) with m_value set.
template <class Sink>
void MessageWriter::for_each(const BitReader& bits, const Sink& sink) {
  const auto place = application_of(bits);
  const auto give = [&](const Field& part, std::int64_t number) {
    set_number(number);
    sink(part);
  };
  char spare[16] = "spare_";
  for (const Field& field : fields_of(bits)) {
    if (field.kind == FieldKind::kSpare && !m_options.raw) continue;
    if (!read_field(field, bits, field.first, bits.bits(), m_options.raw, m_value)) continue;
    if (m_value.kind == Kind::kAbsent) continue;
    if (field.kind == FieldKind::kSpare) {
      char* stop = std::to_chars(spare + 6, spare + sizeof spare, field.first).ptr;
      sink(string_view(spare, static_cast<std::size_t>(stop - spare)));
      continue;
    }
    sink(field);
    if (field.kind < FieldKind::kSotdma || !has_state(field, bits)) continue;
    const auto state = static_cast<std::uint32_t>(bits.peek(field.first, 19));
    read_communication_state(state_kind(field, bits), state, give);
  }
  if (bits.get(0, 6) != 26 || place.end + 20 != bits.bits()) return;
  const auto state = static_cast<std::uint32_t>(bits.peek(place.end, 20));
  const bool itdma = (state >> 19) != 0;
  set_number(itdma ? 1 : 0, Kind::kFlag);
  sink(kSelectorFlag);
  give(kCommunicationState, state & 0x7FFFF);
  read_communication_state(itdma ? FieldKind::kItdma : FieldKind::kSotdma, state & 0x7FFFF, give);
}

void MessageWriter::add_origin(const Decoded& decoded) {
  m_out.add("{\"talker\":");
  add_json_text(decoded.talker, m_out);
  if (decoded.channel != '\0') {
    add_key("channel");
    add_json_text(string_view(&decoded.channel, 1), m_out);
  }
  if (decoded.own_ship) {
    add_key("own_ship");
    m_out.add("true");
  }
  if (decoded.stated_time) {
    add_key("time");
    m_out.add('"');
    add_time(*decoded.stated_time);
    m_out.add('"');
  }
  if (!decoded.source.empty()) {
    add_key("station");
    add_json_text(decoded.source, m_out);
  }
  if (!decoded.tag_text.empty()) {
    add_key("tag_text");
    add_json_text(decoded.tag_text, m_out);
  }
}

void MessageWriter::add_json_fields(const BitReader& bits) {
  add_key("message_id");
  m_out.add_number(static_cast<std::int64_t>(bits.peek(0, 6)), 0);
  add_key("repeat_indicator");
  m_out.add_number(static_cast<std::int64_t>(bits.peek(6, 2)), 0);
  add_key("mmsi");
  m_out.add_number(static_cast<std::int64_t>(bits.peek(8, 30)), 0);
  for_each(bits, [&](const auto& field) { add_json_field(field); });
}

std::string_view MessageWriter::json(const Decoded& decoded) {
  m_out.clear();
  add_origin(decoded);
  add_json_fields(decoded.bits);
  add_application(decoded.bits);
  m_out.add('}');
  return m_out.view();
}

void MessageWriter::add_application(const BitReader& bits) {
  if (m_options.applications == nullptr) return;
  const auto place = application_of(bits);
  if (place.identifier == 0) return;
  const auto dac = static_cast<unsigned>(bits.get(place.identifier, 10));
  const auto fi = static_cast<unsigned>(bits.get(place.identifier + 10, 6));
  const std::size_t size = place.end > place.data ? place.end - place.data : 0;
  const auto type = static_cast<unsigned>(bits.get(0, 6));
  const auto* known = m_options.applications->find(type, dac, fi, size);
  if (known == nullptr) return;
  add_key("application");
  add_json_text(known->id, m_out);
  add_key("application_data");
  const std::size_t begin = m_out.size();
  add_layout(known->layout, bits, place.data, place.end);
  close_object(begin);
}

/// Returns the first bit behind the layout; beyond `end` when the message ended in it.
std::size_t MessageWriter::add_layout(const Layout& layout, const BitReader& bits, std::size_t at,
                                      std::size_t end) {
  std::vector<std::int64_t> numbers(layout.items.size(), 0);
  for (std::size_t i = 0; i < layout.items.size(); ++i) {
    const Layout::Item& item = layout.items[i];
    if (item.kind == Layout::Item::Kind::kGroup) {
      const auto count =
          item.counted ? static_cast<std::size_t>(std::max<std::int64_t>(0, numbers[item.decider]))
                       : item.most;
      at = add_group(item, bits, at, end, std::min(count, item.most));
      continue;
    }
    if (item.kind == Layout::Item::Kind::kSwitch) {
      const auto found = std::find(item.cases.begin(), item.cases.end(), numbers[item.decider]);
      if (found == item.cases.end()) return end;
      const auto which = static_cast<std::size_t>(found - item.cases.begin());
      at = add_layout(item.layouts[which], bits, at, end);
      continue;
    }
    const std::size_t width = item.field.width;
    if (at + width > end || !read_field(item.field, bits, at, end, true, m_value)) return end;
    if (m_value.kind == Kind::kNumber || m_value.kind == Kind::kFlag) numbers[i] = m_value.number;
    if (item.field.kind != FieldKind::kSpare) {
      if (!m_options.raw) read_field(item.field, bits, at, end, false, m_value);
      if (m_value.kind != Kind::kAbsent) {
        add_json_field(item.field);
      }
    }
    at += width == 0 ? end - at : width;
  }
  return at;
}

std::size_t MessageWriter::add_group(const Layout::Item& item, const BitReader& bits,
                                     std::size_t at, std::size_t end, std::size_t count) {
  add_key(item.field.name);
  m_out.add('[');
  for (std::size_t i = 0; i < count && at + item.size <= end; ++i) {
    if (i > 0) m_out.add(',');
    const std::size_t begin = m_out.size();
    add_layout(item.layouts.front(), bits, at, at + item.size);
    close_object(begin);
    at += item.size;
  }
  m_out.add(']');
  return at;
}

void MessageWriter::add_plain_value() {
  switch (m_value.kind) {
    case Kind::kFlag:
      return m_out.add(m_value.number != 0 ? "true" : "false");
    case Kind::kText:
      return m_out.add(m_value.text.view());
    case Kind::kHex:
      return m_out.end_at(put_hex(m_out.room(kMostValue), m_value));
    default:
      return m_out.add_number(m_value.number, m_value.decimals);
  }
}

std::string_view MessageWriter::text(const Decoded& decoded) {
  m_out.clear();
  const BitReader& bits = decoded.bits;
  m_out.add("message ");
  m_out.add_number(static_cast<std::int64_t>(bits.peek(0, 6)), 0);
  m_out.add("  mmsi ");
  m_out.add_number(static_cast<std::int64_t>(bits.peek(8, 30)), 0);
  if (decoded.stated_time) {
    m_out.add("  ");
    add_time(*decoded.stated_time);
  }
  if (!decoded.source.empty()) {
    m_out.add("  station ");
    m_out.add(decoded.source);
  }
  m_out.add('\n');
  for_each(bits, [&](const auto& field) {
    const string_view name = name_of(field);
    m_out.add("  ");
    m_out.add(name);
    for (std::size_t i = name.size(); i < 36; ++i) m_out.add(' ');
    add_plain_value();
    m_out.add('\n');
  });
  const std::size_t before = m_out.view().size();
  add_application(bits);
  if (m_out.view().size() != before) m_out.add('\n');
  m_out.add('\n');
  return m_out.view();
}

std::string_view MessageWriter::csv_header() {
  m_out.clear();
  for (const auto name : columns()) {
    if (!m_out.view().empty()) m_out.add(',');
    m_out.add(name);
  }
  m_out.add('\n');
  return m_out.view();
}

std::string_view MessageWriter::csv(const Decoded& decoded) {
  std::vector<std::string> cells(columns().size());
  const auto set = [&](string_view name) {
    const std::size_t at = column_of(name);
    if (at < cells.size()) cells[at] = std::string(m_out.view());
    m_out.clear();
  };
  const BitReader& bits = decoded.bits;
  m_out.clear();
  if (decoded.stated_time) add_time(*decoded.stated_time);
  set("time");
  guard(decoded.source, m_out);
  m_out.add(decoded.source);
  set("station");
  m_out.add(decoded.talker);
  set("talker");
  if (decoded.channel != '\0') m_out.add(decoded.channel);
  set("channel");
  m_out.add(decoded.own_ship ? "true" : "false");
  set("own_ship");
  m_out.add_number(static_cast<std::int64_t>(bits.peek(0, 6)), 0);
  set("message_id");
  m_out.add_number(static_cast<std::int64_t>(bits.peek(6, 2)), 0);
  set("repeat_indicator");
  m_out.add_number(static_cast<std::int64_t>(bits.peek(8, 30)), 0);
  set("mmsi");
  for_each(bits, [&](const auto& field) {
    if (m_value.kind == Kind::kText) guard(m_value.text, m_out);
    add_plain_value();
    set(name_of(field));
  });
  add_application(bits);
  // ,"application":"id","application_data":{...}
  if (const auto all = m_out.view(); !all.empty()) {
    const auto data = all.find("\",\"application_data\":");
    cells[column_of("application")] = std::string(all.substr(16, data - 16));
    cells[column_of("application_data")] = std::string(all.substr(data + 21));
  }
  m_out.clear();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) m_out.add(',');
    add_csv_text(cells[i], m_out);
  }
  m_out.add('\n');
  return m_out.view();
}

}  // namespace jinglue::observe::ais
