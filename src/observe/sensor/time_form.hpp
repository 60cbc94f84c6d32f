// SPDX-License-Identifier: Apache-2.0
// TimeForm: how a payload says its time. "rfc3339" (with an offset or Z), "unix_s", "unix_ms", or a
// picture of it such as "yyyy-mm-dd HH:MM:SS" or "yyyymmddHHMM" in a named zone: digits for yyyy,
// mm, dd, HH, MM and SS (may be left out), all else as it stands; a fraction of the second may
// follow and is kept to the millisecond.
#pragma once

#include <optional>
#include <string>

#include "base/config.hpp"
#include "base/instant.hpp"
#include "base/json.hpp"

namespace jinglue::observe::sensor {

class TimeForm {
 public:
  /// Keys form (default rfc3339) and zone of the table.
  static base::Result<TimeForm> read(const base::ConfigNode& table);
  /// Absent when the value has another form or names no time between 1970 and 2100.
  std::optional<base::Instant> parse(const base::Json& value) const;

 private:
  std::optional<base::Instant> parse_picture(std::string_view text) const;

  enum class Kind { kRfc3339, kSeconds, kMilliseconds, kPicture };
  Kind m_kind{Kind::kRfc3339};
  std::string m_picture, m_zone;
};

}  // namespace jinglue::observe::sensor
