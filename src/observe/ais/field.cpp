// SPDX-License-Identifier: Apache-2.0
#include "observe/ais/field.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace jinglue::observe::ais {
namespace {

using Kind = FieldValue::Kind;

constexpr std::int64_t kDegreeUnits = 10'000'000;  ///< seven decimals: 1 cm
constexpr std::uint8_t kDegreeDecimals = 7;

/// Rounded; the compiler divides by a constant without a division.
template <std::int64_t kPerMinute>
std::int64_t degrees_e7(std::int64_t raw) {
  constexpr std::int64_t kUnder = 60 * kPerMinute;
  const std::int64_t over = raw * kDegreeUnits;
  return (over + (over < 0 ? -kUnder / 2 : kUnder / 2)) / kUnder;
}

std::int64_t degrees_e7(std::int64_t raw, std::int64_t per_minute) {
  switch (per_minute) {
    case 10'000:
      return degrees_e7<10'000>(raw);
    case 1'000:
      return degrees_e7<1'000>(raw);
    case 10:
      return degrees_e7<10>(raw);
    default: {
      const std::int64_t over = raw * kDegreeUnits;
      const std::int64_t under = 60 * per_minute;
      return (over + (over < 0 ? -under : under) / 2) / under;
    }
  }
}

/// Tenths of a degree per minute; +-127 says only "more than 5 degrees in 30 s", -128 nothing.
std::int64_t turn_e1(std::int64_t raw) {
  static const auto kTurns = [] {
    std::array<std::int16_t, 128> out{};
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = static_cast<std::int16_t>(std::lround(double(i) / 4.733 * (double(i) / 4.733) * 10));
    }
    return out;
  }();
  const std::int64_t size = kTurns[static_cast<std::size_t>(std::abs(raw))];
  return raw < 0 ? -size : size;
}

bool is_none(const Field& field, std::int64_t raw) {
  return raw == field.none || raw == field.none_too || raw >= field.none_from;
}

void set_number(FieldValue& out, std::int64_t number, std::uint8_t decimals = 0) {
  out.kind = Kind::kNumber;
  out.number = number;
  out.decimals = decimals;
}

void read_place(const Field& field, std::int64_t raw, FieldValue& out) {
  const std::int64_t most = field.kind == FieldKind::kLongitude ? 180 : 90;
  if (std::abs(raw) > most * 60 * field.per_minute || is_none(field, raw)) return;
  set_number(out, degrees_e7(raw, field.per_minute), kDegreeDecimals);
}

void read_text(const BitReader& bits, std::size_t at, std::size_t width, bool raw,
               FieldValue& out) {
  out.text.clear();
  bits.append_text(at, width / 6, out.text);
  out.text.trim_end();
  if (raw || !out.text.empty()) out.kind = Kind::kText;
}

bool is_signed(FieldKind kind) {
  return kind == FieldKind::kLongitude || kind == FieldKind::kLatitude || kind == FieldKind::kTurn;
}

void read_value(const Field& field, const BitReader& bits, std::int64_t raw, FieldValue& out) {
  switch (field.kind) {
    case FieldKind::kLongitude:
    case FieldKind::kLatitude:
      return read_place(field, raw, out);
    case FieldKind::kTurn:
      if (std::abs(raw) < 127) set_number(out, turn_e1(raw), 1);
      return;
    case FieldKind::kDimension:
      if (bits.get(field.group, 30) != 0) set_number(out, raw);
      return;
    case FieldKind::kSpare:
      return;
    default:  // communication states
      return set_number(out, raw);
  }
}

}  // namespace

bool read_other_field(const Field& field, const BitReader& bits, std::size_t at, std::size_t end,
                      bool raw, FieldValue& out) {
  out.kind = Kind::kAbsent;
  const std::size_t left = end > at ? end - at : 0;
  const std::size_t width = field.width == 0 ? left : field.width;
  if (width > left || width == 0) return false;
  switch (field.kind) {
    case FieldKind::kText:
      read_text(bits, at, width, raw, out);
      return true;
    case FieldKind::kHex:
      bits.copy(at, width, out.bits);
      out.kind = Kind::kHex;
      return true;
    default:
      break;
  }
  const auto count = static_cast<unsigned>(std::min<std::size_t>(width, 57));
  const std::int64_t value = is_signed(field.kind)
                                 ? bits.peek_signed(at, count)
                                 : static_cast<std::int64_t>(bits.peek(at, count));
  if (raw) {
    set_number(out, value);
  } else {
    read_value(field, bits, value, out);
  }
  return true;
}

}  // namespace jinglue::observe::ais
