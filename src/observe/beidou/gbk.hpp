// SPDX-License-Identifier: Apache-2.0
// Gbk: text of BeiDou messages (GBK, GB 13000.1 / code page 936) to and from UTF-8. Not for two
// threads at once. Throws WorldError when the C library lacks the code.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/charset.hpp"

namespace jinglue::observe::beidou {

class Gbk {
 public:
  /// Absent for octets that are no GBK, and for control characters other than tab and line ends.
  std::optional<std::string> to_utf8(std::string_view gbk);
  /// Absent for what is no UTF-8 or has no place in GBK.
  std::optional<std::string> from_utf8(std::string_view text);

 private:
  base::Charset m_to_utf8{"UTF-8", "GBK"};
  base::Charset m_from_utf8{"GBK", "UTF-8"};
};

}  // namespace jinglue::observe::beidou
