// SPDX-License-Identifier: Apache-2.0
#include "observe/beidou/gbk.hpp"

#include <algorithm>

namespace jinglue::observe::beidou {
namespace {

bool is_control(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return (octet < 0x20 && c != '\t' && c != '\n' && c != '\r') || octet == 0x7F;
}

}  // namespace

std::optional<std::string> Gbk::to_utf8(std::string_view gbk) {
  if (std::any_of(gbk.begin(), gbk.end(), is_control)) return std::nullopt;
  return m_to_utf8.convert(gbk);
}

std::optional<std::string> Gbk::from_utf8(std::string_view text) {
  return m_from_utf8.convert(text);
}

}  // namespace jinglue::observe::beidou
