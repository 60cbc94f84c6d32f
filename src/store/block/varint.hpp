// SPDX-License-Identifier: Apache-2.0
// Varints and zigzag for the heads of archive blocks (docs/format/archive.md): 7 bits a byte,
// lowest first; signed numbers as 0, -1, 1, -2 ... = 0, 1, 2, 3 ...
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace jinglue::store {

constexpr std::uint64_t zigzag(std::uint64_t v) {
  return (v << 1) ^ (0 - (v >> 63));
}
constexpr std::uint64_t unzigzag(std::uint64_t z) {
  return (z >> 1) ^ (0 - (z & 1));
}
constexpr std::uint32_t zigzag32(std::uint32_t v) {
  return (v << 1) ^ (0 - (v >> 31));
}
constexpr std::uint32_t unzigzag32(std::uint32_t z) {
  return (z >> 1) ^ (0 - (z & 1));
}

inline void put_varint(std::string& out, std::uint64_t v) {
  for (; v >= 0x80; v >>= 7) out.push_back(static_cast<char>(v | 0x80));
  out.push_back(static_cast<char>(v));
}
inline void put_signed(std::string& out, std::int64_t v) {
  put_varint(out, zigzag(static_cast<std::uint64_t>(v)));
}

/// Reads one after another; after the first failure ok() is false and every value is 0.
class VarintReader {
 public:
  explicit VarintReader(std::string_view bytes) : m_rest(bytes) {}

  std::uint64_t get() {
    if (!m_rest.empty() && static_cast<unsigned char>(m_rest.front()) < 0x80) {  // most are
      const auto v = static_cast<unsigned char>(m_rest.front());
      m_rest.remove_prefix(1);
      return v;
    }
    const Long read = read_long(m_rest);
    if (read.size == 0) return fail();
    m_rest.remove_prefix(read.size);
    return read.value;
  }
  std::int64_t get_signed() { return static_cast<std::int64_t>(unzigzag(get())); }
  /// A value above `most` is a failure.
  std::uint64_t get_up_to(std::uint64_t most) {
    const auto v = get();
    return v <= most ? v : fail();
  }
  std::uint8_t byte() {
    if (m_rest.empty()) return static_cast<std::uint8_t>(fail());
    const auto v = static_cast<unsigned char>(m_rest.front());
    m_rest.remove_prefix(1);
    return v;
  }
  std::string_view raw(std::size_t size) {
    if (m_rest.size() < size) {
      fail();
      return {};
    }
    const auto out = m_rest.substr(0, size);
    m_rest.remove_prefix(size);
    return out;
  }
  std::string_view rest() const { return m_rest; }
  bool ok() const { return m_ok; }

 private:
  struct Long {
    std::uint64_t value{0};
    std::size_t size{0};  ///< 0: not a varint
  };
  /// By value, so that a reader may live in registers.
  static Long read_long(std::string_view bytes) {
    std::uint64_t v = 0;
    for (unsigned i = 0; i < 10 && i < bytes.size(); ++i) {
      const auto byte = static_cast<unsigned char>(bytes[i]);
      v |= std::uint64_t{byte & 0x7Fu} << 7 * i;
      if (byte < 0x80) return i < 9 || byte < 2 ? Long{v, i + 1} : Long{};
    }
    return {};
  }
  std::uint64_t fail() {
    m_ok = false;
    m_rest = {};
    return 0;
  }
  std::string_view m_rest;
  bool m_ok{true};
};

}  // namespace jinglue::store
