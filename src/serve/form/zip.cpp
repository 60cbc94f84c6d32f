// SPDX-License-Identifier: Apache-2.0
#include "serve/form/zip.hpp"

#define ZLIB_CONST  // input is const
#include <zlib.h>

#include <stdexcept>

#include "base/bytes.hpp"

namespace jinglue::serve {
namespace {

constexpr std::uint32_t kLocal = 0x04034B50, kCentral = 0x02014B50, kEnd = 0x06054B50;
constexpr std::uint16_t kVersion = 20;
constexpr std::uint16_t kUtf8Names = 1u << 11;
constexpr std::uint16_t kDate = (1 << 5) | 1;  // 1 January 1980, the first that zip can write

/// The fields that local and central headers share, from "version needed" to the extra length.
void put_common(base::ByteWriter& out, const std::string& name, std::uint32_t crc,
                std::uint32_t size) {
  out.put(kVersion);
  out.put(kUtf8Names);
  out.put(std::uint16_t{0});  // stored
  out.put(std::uint16_t{0});  // time
  out.put(kDate);
  out.put(crc);
  out.put(size);
  out.put(size);
  out.put(static_cast<std::uint16_t>(name.size()));
  out.put(std::uint16_t{0});
}

}  // namespace

void Zip::add(std::string_view name, std::string_view bytes) {
  if (m_bytes.size() + bytes.size() > 0xF0000000u || m_entries.size() >= 0xFFF0u) {
    throw std::length_error("the archive would exceed 4 GiB");
  }
  const auto crc =
      crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size()));
  Entry entry{std::string(name), static_cast<std::uint32_t>(crc),
              static_cast<std::uint32_t>(bytes.size()), static_cast<std::uint32_t>(m_bytes.size())};
  base::ByteWriter head;
  head.put(kLocal);
  put_common(head, entry.name, entry.crc, entry.size);
  m_bytes += head.bytes();
  m_bytes += entry.name;
  m_bytes += bytes;
  m_entries.push_back(std::move(entry));
}

std::string Zip::take() {
  base::ByteWriter tail;
  for (const auto& entry : m_entries) {
    tail.put(kCentral);
    tail.put(kVersion);
    put_common(tail, entry.name, entry.crc, entry.size);
    tail.put(std::uint16_t{0});  // comment
    tail.put(std::uint16_t{0});  // disk
    tail.put(std::uint16_t{0});  // internal attributes
    tail.put(std::uint32_t{0});  // external attributes
    tail.put(entry.at);
    tail.put_raw(entry.name);
  }
  const auto size = static_cast<std::uint32_t>(tail.size());
  const auto count = static_cast<std::uint16_t>(m_entries.size());
  tail.put(kEnd);
  tail.put(std::uint32_t{0});  // disks
  tail.put(count);
  tail.put(count);
  tail.put(size);
  tail.put(static_cast<std::uint32_t>(m_bytes.size()));
  tail.put(std::uint16_t{0});  // comment
  m_entries.clear();
  std::string out = std::move(m_bytes);
  m_bytes.clear();
  return out + tail.bytes();
}

}  // namespace jinglue::serve
