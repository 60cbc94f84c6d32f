// SPDX-License-Identifier: Apache-2.0
// Content: the values of a short message by its layout, and back to octets. Values that the layout
// marks as absent, or that cannot be (latitude 95, month 13), are absent here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "geo/point.hpp"
#include "observe/beidou/gbk.hpp"
#include "observe/beidou/layout.hpp"

namespace jinglue::observe::beidou {

struct Content {
  std::optional<base::Instant> time;
  bool whole_time{false};  ///< with its date
  std::optional<geo::Position> position;
  std::optional<std::uint16_t> sog_ckn, cog_cdeg, heading_deg;
  std::optional<std::int64_t> alarm;
  bool sos{false};  ///< the alarm is one that means distress
  std::optional<std::string> text;
  std::vector<std::pair<std::string, std::string>> others;  ///< x_ fields as texts
  bool bad_value{false};                                    ///< a field holds what cannot be
  friend bool operator==(const Content&, const Content&) = default;
};

/// `octets` matched `layout`. `arrival` gives the day of times that have none.
Content read_content(const Layout& layout, std::string_view octets, base::Instant arrival,
                     Gbk& gbk);

/// Octets of a content; fields of the layout that `content` does not have hold their absent number,
/// else zero. An Error names the field: a value that does not fit, or is absent and cannot be.
base::Result<std::string> write_content(const Layout& layout, const Content& content, Gbk& gbk);

}  // namespace jinglue::observe::beidou
