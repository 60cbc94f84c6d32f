// SPDX-License-Identifier: Apache-2.0
// Field: one field of a message as the standard describes it: name, width, how its bits become a
// value, and which codes mean "not available". Messages (fields.hpp) and application data
// (applications.hpp) are described by the same words and read by the same function.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>

#include "observe/ais/armour.hpp"

namespace jinglue::observe::ais {

enum class FieldKind : std::uint8_t {
  kUnsigned,
  kSigned,
  kFlag,
  kText,       ///< six-bit characters
  kHex,        ///< bits that are shown as hexadecimal octets
  kSpare,      ///< bits without a meaning; shown with the raw values only
  kLongitude,  ///< signed, 1/per_minute minute
  kLatitude,
  kTurn,       ///< ROT_AIS: 4.733 times the root of degrees per minute
  kDimension,  ///< absent when all four are zero; `group` is the first bit of the four
  kSotdma,     ///< communication states of annex 2, 3.3.7.2 and 3.3.7.3; kSelected: after a
  kItdma,      ///< selector flag that says which
  kSelected,
};

struct Field {
  std::string_view name;
  std::uint16_t first{0};  ///< bit of the message; of application data unused
  std::uint16_t width{0};  ///< 0: up to the end (text, hex)
  FieldKind kind{FieldKind::kUnsigned};
  /// value = (raw * factor + offset) / 10^decimals
  std::uint8_t decimals{0};
  std::int32_t factor{1};
  std::int32_t offset{0};
  std::uint16_t per_minute{0};
  std::uint16_t group{0};
  /// Raw values that mean "not available": this one, the other one, and all from `none_from` on.
  std::int64_t none{kNever};
  std::int64_t none_too{kNever};
  std::int64_t none_from{kNever};

  /// ,"name": as it stands in JSON, so that it is written in one go.
  std::array<char, 48> key{};
  std::uint8_t key_size{0};

  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  constexpr void set_name(std::string_view text) {
    name = text;
    key_size = 0;
    if (text.size() + 4 > key.size()) return;  // written piece by piece
    const auto put = [&](char c) { key[key_size++] = c; };
    put(',');
    put('"');
    for (const char c : text) put(c);
    put('"');
    put(':');
  }
  constexpr Field without(std::int64_t value) const {
    Field out = *this;
    (out.none == kNever ? out.none : out.none_too) = value;
    return out;
  }
  constexpr Field without_from(std::int64_t value) const {
    Field out = *this;
    out.none_from = value;
    return out;
  }
  constexpr Field tenths() const {
    Field out = *this;
    out.decimals = 1;
    return out;
  }
};

/// A value on its way to a text: a number (with decimals), a flag, a text or bits.
struct FieldValue {
  enum class Kind : std::uint8_t { kAbsent, kNumber, kFlag, kText, kHex };
  Kind kind{Kind::kAbsent};
  std::uint8_t decimals{0};
  std::int64_t number{0};  ///< in units of 10^-decimals; a flag is 0 or 1
  FixedText<170> text;
  FixedBits<1024> bits;
};

/// What read_field() does for the kinds that are no plain number.
bool read_other_field(const Field& field, const BitReader& bits, std::size_t at, std::size_t end,
                      bool raw, FieldValue& out);

/// Reads the field at bit `at`; `width` is its own or, for 0, what is left up to `end`. Raw: the
/// integer as it was sent, never absent. False (and nothing read) when the message ends before the
/// field does.
inline bool read_field(const Field& field, const BitReader& bits, std::size_t at, std::size_t end,
                       bool raw, FieldValue& out) {
  if (field.kind > FieldKind::kFlag) return read_other_field(field, bits, at, end, raw, out);
  if (at + field.width > end) return false;
  const auto value = field.kind == FieldKind::kSigned
                         ? bits.peek_signed(at, field.width)
                         : static_cast<std::int64_t>(bits.peek(at, field.width));
  out.decimals = 0;
  out.number = value;
  out.kind = FieldValue::Kind::kNumber;
  if (field.kind == FieldKind::kFlag) {
    out.kind = FieldValue::Kind::kFlag;
  } else if (!raw) {
    if (value == field.none || value == field.none_too || value >= field.none_from) {
      out.kind = FieldValue::Kind::kAbsent;
    }
    out.number = value * field.factor + field.offset;
    out.decimals = field.decimals;
  }
  return true;
}

}  // namespace jinglue::observe::ais
