// SPDX-License-Identifier: Apache-2.0
#include "observe/beidou/gbk.hpp"

#include <iconv.h>

#include <algorithm>

#include "base/result.hpp"

namespace jinglue::observe::beidou {
namespace {

iconv_t open(const char* to, const char* from) {
  iconv_t out = iconv_open(to, from);
  // The C library marks failure by this address.
  if (out == reinterpret_cast<iconv_t>(-1)) {  // NOLINT(performance-no-int-to-ptr)
    throw base::WorldError("the C library cannot read GBK text",
                           std::string(from) + " to " + std::string(to),
                           "install its conversions (gconv modules of package libc6)");
  }
  return out;
}

std::optional<std::string> convert(iconv_t by, std::string_view text) {
  std::string in(text);
  std::string out(text.size() * 4 + 4, '\0');
  iconv(by, nullptr, nullptr, nullptr, nullptr);
  char* from = in.data();
  char* to = out.data();
  std::size_t from_left = in.size();
  std::size_t to_left = out.size();
  const auto lossy = iconv(by, &from, &from_left, &to, &to_left);
  if (lossy != 0 || from_left != 0) return std::nullopt;
  out.resize(out.size() - to_left);
  return out;
}

bool is_control(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return (octet < 0x20 && c != '\t' && c != '\n' && c != '\r') || octet == 0x7F;
}

}  // namespace

Gbk::Gbk() : m_to_utf8(open("UTF-8", "GBK")), m_from_utf8(open("GBK", "UTF-8")) {}

Gbk::~Gbk() {
  iconv_close(m_to_utf8);
  iconv_close(m_from_utf8);
}

std::optional<std::string> Gbk::to_utf8(std::string_view gbk) {
  if (std::any_of(gbk.begin(), gbk.end(), is_control)) return std::nullopt;
  return convert(m_to_utf8, gbk);
}

std::optional<std::string> Gbk::from_utf8(std::string_view text) {
  return convert(m_from_utf8, text);
}

}  // namespace jinglue::observe::beidou
