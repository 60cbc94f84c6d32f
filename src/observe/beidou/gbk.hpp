// SPDX-License-Identifier: Apache-2.0
// Gbk: text of BeiDou messages (GBK, GB 13000.1 / code page 936) to and from UTF-8, by iconv of the
// C library: it is there already, knows the code exactly, and adds no dependency (ICU would be 35
// MB). Not for two threads at once. Throws WorldError when the C library lacks the code.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace jinglue::observe::beidou {

class Gbk {
 public:
  Gbk();
  ~Gbk();
  Gbk(const Gbk&) = delete;
  Gbk& operator=(const Gbk&) = delete;

  /// Absent for octets that are no GBK, and for control characters other than tab and line ends.
  std::optional<std::string> to_utf8(std::string_view gbk);
  /// Absent for what is no UTF-8 or has no place in GBK.
  std::optional<std::string> from_utf8(std::string_view text);

 private:
  void* m_to_utf8;
  void* m_from_utf8;
};

}  // namespace jinglue::observe::beidou
