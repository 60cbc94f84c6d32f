// SPDX-License-Identifier: Apache-2.0
// Layout: how the octets of a BeiDou short message are to be read. There is no public standard for
// them, each maker of terminals has its own, so they are data: TOML files with a table for each
// kind of content (docs/format/beidou.md). A content is known by the octets of its key at its
// beginning; offsets count from there, behind the A4 of a mixed message.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/config.hpp"
#include "base/result.hpp"
#include "base/text.hpp"

namespace jinglue::observe::beidou {

/// What the value is used for. kOther is kept under its name.
enum class Role : std::uint8_t {
  kOther = 0,
  kTime,
  kLatitude,
  kLongitude,
  kSpeed,
  kCourse,
  kHeading,
  kAlarm,
  kText,
};

enum class Type : std::uint8_t {
  kUnsigned,  ///< 1 to 8 octets; 8 octets up to 2^63 - 1
  kSigned,    ///< two's complement, 1 to 8 octets
  kBcd,       ///< two decimal digits an octet, 1 to 9 octets
  kHex,       ///< octets as they are, shown as hexadecimal digits
  kGbk,       ///< text; zero octets and blanks at its end are no part of it
};

/// Of the number times its scale.
enum class Unit : std::uint8_t {
  kNone,
  kDegree,
  kMinute,        ///< minutes of arc: 2250.1234 is 37 degrees 30.1234 minutes
  kDegreeMinute,  ///< ddmm.mmmm: 3730.1234
  kKnot,
  kMps,
  kKmh,
  kUnixSecond,
  kUnixMs,
  kHhmmss,        ///< the day is the one nearest to the arrival
  kYymmddhhmmss,  ///< years 2000 to 2099
  kYyyymmddhhmmss,
};

struct Field {
  std::string name;
  Role role{Role::kOther};
  std::size_t offset{0};
  std::size_t length{0};  ///< octets; 0 = to the end (kHex, kGbk)
  Type type{Type::kUnsigned};
  bool little{false};  ///< least octet first
  double scale{1};
  Unit unit{Unit::kNone};
  std::int64_t utc_offset_min{0};      ///< of times by the clock: local minus UTC
  std::optional<std::int64_t> absent;  ///< the number that means "not available"
  std::vector<std::int64_t> sos;       ///< kAlarm: the numbers that mean distress
};

struct Layout {
  std::string id;
  base::Words name;
  std::string key;        ///< octets
  std::size_t length{0};  ///< of the whole content; 0 = any that holds the fields
  std::vector<Field> fields;
  std::size_t least() const;  ///< octets that the fields need
  const Field* field(Role role) const;
};

class Layouts {
 public:
  /// Adds the tables of one document. An Error names file, line and key; what was before it stays.
  base::Status add(const base::ConfigNode& document);

  /// The layout with the longest key that the content begins with and whose length fits.
  const Layout* match(std::string_view content) const;
  const Layout* find(std::string_view id) const;
  const std::vector<Layout>& all() const { return m_layouts; }

 private:
  std::vector<Layout> m_layouts;  ///< longest key first
};

}  // namespace jinglue::observe::beidou
