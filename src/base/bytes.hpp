// SPDX-License-Identifier: Apache-2.0
// ByteWriter and ByteReader: little-endian bytes for snapshots, journal records and stream frames.
// The reader never reads past its end: after the first short read ok() is false and every value
// that follows is zero or empty.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace jinglue::base {

static_assert(std::endian::native == std::endian::little, "formats are little-endian");

class ByteWriter {
 public:
  template <class T>
    requires(std::is_arithmetic_v<T> || std::is_enum_v<T>)
  void put(T value) {
    m_bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  /// u32 length, then the bytes.
  void put_text(std::string_view text) {
    put(static_cast<std::uint32_t>(text.size()));
    m_bytes.append(text);
  }
  void put_raw(std::string_view bytes) { m_bytes.append(bytes); }
  /// u8 whether there is one, then the value if so.
  template <class T>
  void put_optional(const std::optional<T>& value) {
    put(static_cast<std::uint8_t>(value.has_value()));
    if (value) put(*value);
  }

  std::size_t size() const { return m_bytes.size(); }
  const std::string& bytes() const { return m_bytes; }
  std::string take() { return std::move(m_bytes); }
  /// Overwrites a value written before, e.g. a count that was not known yet.
  template <class T>
  void patch(std::size_t at, T value) {
    std::memcpy(m_bytes.data() + at, &value, sizeof value);
  }

 private:
  std::string m_bytes;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : m_rest(bytes) {}

  template <class T>
    requires(std::is_arithmetic_v<T> || std::is_enum_v<T>)
  T get() {
    T value{};
    if (m_rest.size() < sizeof value) {
      m_ok = false;
      m_rest = {};
      return value;
    }
    std::copy_n(m_rest.begin(), sizeof value, reinterpret_cast<char*>(&value));
    m_rest.remove_prefix(sizeof value);
    return value;
  }
  std::string_view get_text() { return get_raw(get<std::uint32_t>()); }
  std::string_view get_raw(std::size_t size) {
    if (m_rest.size() < size) {
      m_ok = false;
      m_rest = {};
      return {};
    }
    const std::string_view out = m_rest.substr(0, size);
    m_rest.remove_prefix(size);
    return out;
  }

  template <class T>
  std::optional<T> get_optional() {
    if (get<std::uint8_t>() == 0) return std::nullopt;
    return get<T>();
  }

  bool ok() const { return m_ok; }
  std::size_t left() const { return m_rest.size(); }

 private:
  std::string_view m_rest;
  bool m_ok{true};
};

}  // namespace jinglue::base
