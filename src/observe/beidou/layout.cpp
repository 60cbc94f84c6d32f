// SPDX-License-Identifier: Apache-2.0
// The tables of layouts: keys, ranges, and what cannot be meant.
#include "observe/beidou/layout.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/keys.hpp"

namespace jinglue::observe::beidou {
namespace {

using base::Code;
using base::ConfigNode;
using base::Status;
using std::string_view;

constexpr std::size_t kMostOctets = 1024;
constexpr std::size_t kMostLayouts = 1000;
constexpr std::size_t kMostFields = 200;

constexpr std::array<string_view, 9> kRoles = {
    "", "time", "latitude", "longitude", "speed", "course", "heading", "alarm", "text"};
constexpr std::array<string_view, 5> kTypes = {"unsigned", "signed", "bcd", "hex", "gbk"};
constexpr std::array<string_view, 12> kUnits = {
    "",     "deg",    "min",     "ddmm",   "kn",           "m/s",
    "km/h", "unix_s", "unix_ms", "hhmmss", "yymmddhhmmss", "yyyymmddhhmmss"};

Status with_hint(const ConfigNode& node, Code code, std::string message, std::string hint) {
  return node.error(code, std::move(message), std::move(hint));
}

template <std::size_t N>
std::string list_of(const std::array<string_view, N>& words) {
  std::string out;
  for (const auto word : words) {
    if (!word.empty()) out.append(out.empty() ? "" : ", ").append(word);
  }
  return out;
}

/// One of the words, or what `out` is when the key is absent.
template <class Enum, std::size_t N>
Status read_word(const ConfigNode& node, const std::array<string_view, N>& words, Enum& out) {
  if (!node) return {};
  const auto text = node.string();
  if (!text) return tl::unexpected(text.error());
  const auto value = base::value_of<Enum>(words, *text);
  if (!value) {
    return with_hint(node, Code::kUnknown, "'" + *text + "' is not known here",
                     "one of " + list_of(words));
  }
  out = *value;
  return {};
}

Status read_size(const ConfigNode& node, std::int64_t low, std::size_t& out) {
  const auto value = node.integer();
  if (!value) return tl::unexpected(value.error());
  if (*value < low || *value > std::int64_t{kMostOctets}) {
    return with_hint(node, Code::kOutOfRange, std::to_string(*value) + " is out of range",
                     "from " + std::to_string(low) + " to " + std::to_string(kMostOctets));
  }
  out = static_cast<std::size_t>(*value);
  return {};
}

Status read_text(const ConfigNode& node, std::string& out) {
  auto text = node.string();
  if (!text) return tl::unexpected(text.error());
  if (text->empty()) return with_hint(node, Code::kMissing, "the text is empty", {});
  out = std::move(*text);
  return {};
}

bool counts_octets(Type type) {
  return type == Type::kUnsigned || type == Type::kSigned || type == Type::kBcd;
}

bool is_time(Unit unit) {
  return unit >= Unit::kUnixSecond;
}

bool unit_fits(Role role, Unit unit) {
  switch (role) {
    case Role::kTime:
      return is_time(unit);
    case Role::kLatitude:
    case Role::kLongitude:
      return unit == Unit::kDegree || unit == Unit::kMinute || unit == Unit::kDegreeMinute;
    case Role::kSpeed:
      return unit == Unit::kKnot || unit == Unit::kMps || unit == Unit::kKmh;
    case Role::kCourse:
    case Role::kHeading:
      return unit == Unit::kDegree;
    case Role::kAlarm:
    case Role::kText:
      return unit == Unit::kNone;
    case Role::kOther:
      break;
  }
  return !is_time(unit);
}

Status check_length(const ConfigNode& table, const Field& field) {
  if (!counts_octets(field.type)) return {};
  const std::size_t most = field.type == Type::kBcd ? 9 : 8;
  if (field.length >= 1 && field.length <= most) return {};
  return with_hint(table["length"], Code::kOutOfRange, "a number of this type has no such length",
                   "from 1 to " + std::to_string(most) + " octets");
}

Status check_meaning(const ConfigNode& table, const Field& field) {
  const bool text = field.role == Role::kText;
  if (text != (field.type == Type::kGbk) && (text || field.role != Role::kOther)) {
    return with_hint(table["type"], Code::kConflict, "the type does not fit '" + field.name + "'",
                     text ? "a text is gbk" : "it is a number: unsigned, signed or bcd");
  }
  if (field.role != Role::kOther && !text && !counts_octets(field.type)) {
    return with_hint(table["type"], Code::kConflict, "the type does not fit '" + field.name + "'",
                     "it is a number: unsigned, signed or bcd");
  }
  if (!unit_fits(field.role, field.unit)) {
    return with_hint(table["unit"], table["unit"] ? Code::kConflict : Code::kMissing,
                     "'" + field.name + "' needs a unit of its kind", "one of " + list_of(kUnits));
  }
  if (is_time(field.unit) && field.scale != 1) {
    return with_hint(table["scale"], Code::kConflict, "a time has no scale", {});
  }
  return {};
}

Status read_sos(const ConfigNode& node, Field& field) {
  if (!node) return {};
  if (field.role != Role::kAlarm) {
    return with_hint(node, Code::kConflict, "only the field 'alarm' says what is distress", {});
  }
  for (const auto& item : node.items()) {
    const auto value = item.integer();
    if (!value) return tl::unexpected(value.error());
    if (*value <= 0) {
      return with_hint(item, Code::kOutOfRange, "numbers of distress are greater than zero", {});
    }
    field.sos.push_back(*value);
  }
  if (field.sos.empty()) {
    return with_hint(node, Code::kMissing, "which numbers mean distress is not said", "sos = [1]");
  }
  return {};
}

Status read_numbers(const ConfigNode& table, Field& field) {
  const auto scale = table["scale"].number_or(1);
  if (!scale) return tl::unexpected(scale.error());
  if (!std::isfinite(*scale) || *scale <= 0 || *scale > 1e9 || *scale < 1e-15) {
    return with_hint(table["scale"], Code::kOutOfRange, "the scale is greater than zero",
                     "the value is the number times the scale");
  }
  field.scale = *scale;
  const auto shift = table["utc_offset_min"].integer_or(0);
  if (!shift) return tl::unexpected(shift.error());
  if (*shift < -14 * 60 || *shift > 14 * 60) {
    return with_hint(table["utc_offset_min"], Code::kOutOfRange, "no clock is that far from UTC",
                     "480 for China");
  }
  field.utc_offset_min = *shift;
  if (table["absent"]) {
    const auto absent = table["absent"].integer();
    if (!absent) return tl::unexpected(absent.error());
    field.absent = *absent;
  }
  return {};
}

Status read_field(const ConfigNode& table, Field& field) {
  auto ok = table.only({"name", "offset", "length", "type", "order", "scale", "unit",
                        "utc_offset_min", "absent", "sos", "zh", "en"});
  if (ok) ok = read_text(table["name"], field.name);
  if (!ok) return ok;
  const auto role = base::value_of<Role>(kRoles, field.name);
  if (!role && !field.name.starts_with("x_")) {
    return with_hint(table["name"], Code::kUnknown, "'" + field.name + "' is no field of positions",
                     "one of " + list_of(kRoles) + ", or a name that begins with x_");
  }
  field.role = role.value_or(Role::kOther);
  if (!table["type"]) return table["type"].error(Code::kMissing, "the type is not said");
  ok = read_word(table["type"], kTypes, field.type);
  if (ok) ok = read_size(table["offset"], 0, field.offset);
  if (ok && table["length"]) ok = read_size(table["length"], 0, field.length);
  if (ok) ok = read_word(table["unit"], kUnits, field.unit);
  if (ok && table["order"]) {
    const auto order = table["order"].string();
    if (!order) return tl::unexpected(order.error());
    if (*order != "big" && *order != "little") {
      return with_hint(table["order"], Code::kUnknown, "'" + *order + "' is no order of octets",
                       "big or little");
    }
    field.little = *order == "little";
  }
  if (ok) ok = read_numbers(table, field);
  if (ok) ok = check_length(table, field);
  if (ok) ok = check_meaning(table, field);
  if (ok) ok = read_sos(table["sos"], field);
  return ok;
}

/// Hexadecimal digits as octets.
Status read_key(const ConfigNode& node, std::string& out) {
  const auto text = node.string();
  if (!text) return tl::unexpected(text.error());
  const auto nibble = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
  };
  for (std::size_t i = 0; i + 1 < text->size(); i += 2) {
    const int high = nibble((*text)[i]);
    const int low = nibble((*text)[i + 1]);
    if (high < 0 || low < 0) break;
    out += static_cast<char>(high * 16 + low);
  }
  if (out.empty() || out.size() * 2 != text->size() || out.size() > 16) {
    return with_hint(node, Code::kMalformed, "a key is 1 to 16 octets in hexadecimal digits",
                     "for example key = \"4A01\"");
  }
  return {};
}

Status read_fields(const ConfigNode& list, Layout& layout) {
  if (list.items().empty() || list.items().size() > kMostFields) {
    return with_hint(list, Code::kMissing, "the content has no fields, or too many",
                     "write [[content.fields]]");
  }
  for (const auto& table : list.items()) {
    Field field;
    if (auto ok = read_field(table, field); !ok) return ok;
    for (const auto& other : layout.fields) {
      if (other.name != field.name) continue;
      return with_hint(table["name"], Code::kConflict, "two fields are called '" + field.name + "'",
                       {});
    }
    if (layout.length > 0 && field.offset + std::max<std::size_t>(field.length, 1) > layout.length)
      return with_hint(table["offset"], Code::kOutOfRange, "the field ends behind the content", {});
    layout.fields.push_back(std::move(field));
  }
  if ((layout.field(Role::kLatitude) == nullptr) != (layout.field(Role::kLongitude) == nullptr)) {
    return with_hint(list, Code::kMissing, "latitude and longitude come together", {});
  }
  return {};
}

Status read_layout(const ConfigNode& table, Layout& layout) {
  auto ok = table.only({"id", "zh", "en", "key", "length", "fields", "source"});
  if (ok) ok = read_text(table["id"], layout.id);
  if (ok) ok = read_text(table["zh"], layout.name.zh);
  if (ok) ok = read_text(table["en"], layout.name.en);
  if (ok) ok = read_key(table["key"], layout.key);
  if (ok && table["length"]) ok = read_size(table["length"], 1, layout.length);
  if (ok && layout.length > 0 && layout.length < layout.key.size()) {
    ok = with_hint(table["length"], Code::kOutOfRange, "the content is shorter than its key", {});
  }
  if (ok) ok = read_fields(table["fields"], layout);
  return ok;
}

}  // namespace

std::size_t Layout::least() const {
  std::size_t out = key.size();
  for (const auto& f : fields) out = std::max(out, f.offset + f.length);
  return out;
}

const Field* Layout::field(Role role) const {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [role](const Field& f) { return f.role == role; });
  return found == fields.end() ? nullptr : &*found;
}

Status Layouts::add(const ConfigNode& document) {
  if (auto ok = document.only({"content"}); !ok) return ok;
  const auto list = document["content"];
  if (list && list.kind() != ConfigNode::Kind::kArray) {
    return with_hint(list, Code::kMalformed, "contents are a list of tables", "write [[content]]");
  }
  for (const auto& table : list.items()) {
    Layout layout;
    if (auto ok = read_layout(table, layout); !ok) return ok;
    if (m_layouts.size() >= kMostLayouts) {
      return with_hint(table, Code::kTooMany, "there are more than 1000 contents", {});
    }
    for (const auto& other : m_layouts) {
      if (other.id == layout.id) {
        return with_hint(table["id"], Code::kConflict, "two contents are called so", {});
      }
      if (other.key == layout.key && other.length == layout.length) {
        return with_hint(table["key"], Code::kConflict,
                         "the content '" + other.id + "' has this key and length too", {});
      }
    }
    m_layouts.push_back(std::move(layout));
  }
  std::stable_sort(m_layouts.begin(), m_layouts.end(), [](const Layout& a, const Layout& b) {
    return a.key.size() != b.key.size() ? a.key.size() > b.key.size()
                                        : (a.length != 0 && b.length == 0);
  });
  return {};
}

const Layout* Layouts::match(string_view content) const {
  for (const auto& layout : m_layouts) {
    if (!content.starts_with(layout.key)) continue;
    const bool fits =
        layout.length > 0 ? content.size() == layout.length : content.size() >= layout.least();
    if (fits) return &layout;
  }
  return nullptr;
}

const Layout* Layouts::find(string_view id) const {
  const auto found = std::find_if(m_layouts.begin(), m_layouts.end(),
                                  [id](const Layout& layout) { return layout.id == id; });
  return found == m_layouts.end() ? nullptr : &*found;
}

}  // namespace jinglue::observe::beidou
