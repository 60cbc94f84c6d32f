// SPDX-License-Identifier: Apache-2.0
// FixedText and FixedBits: text and bits of bounded length inside a message, so that a message is
// one flat value and decoding allocates nothing. What is longer than the bound is cut: a message
// cannot carry more.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>

namespace jinglue::observe::ais {

template <std::size_t kMost>
class FixedText {
  static_assert(kMost < 256);

 public:
  FixedText() {}  // NOLINT: the characters beyond the size mean nothing
  /// From any text.
  template <class T>
    requires(std::is_convertible_v<const T&, std::string_view> &&
             !std::is_same_v<std::remove_cvref_t<T>, FixedText>)
  FixedText(const T& text) {  // NOLINT: a text is a text
    const std::string_view all = text;
    m_size = static_cast<std::uint8_t>(all.size() < kMost ? all.size() : kMost);
    std::memcpy(m_text.data(), all.data(), m_size);
  }

  operator std::string_view() const { return {m_text.data(), m_size}; }
  std::string_view view() const { return {m_text.data(), m_size}; }
  std::string str() const { return std::string(view()); }
  std::size_t size() const { return m_size; }
  bool empty() const { return m_size == 0; }
  void clear() { m_size = 0; }
  void push_back(char c) {
    if (m_size < kMost) m_text[m_size++] = c;
  }
  void trim_end() {
    while (m_size > 0 && m_text[m_size - 1U] == ' ') --m_size;
  }

  friend bool operator==(const FixedText& a, const FixedText& b) { return a.view() == b.view(); }
  template <class T>
    requires(std::is_convertible_v<const T&, std::string_view> &&
             !std::is_same_v<std::remove_cvref_t<T>, FixedText>)
  friend bool operator==(const FixedText& a, const T& b) {
    return a.view() == std::string_view(b);
  }
  friend std::ostream& operator<<(std::ostream& out, const FixedText& text) {
    return out << text.view();
  }

 private:
  std::uint8_t m_size{0};
  std::array<char, kMost> m_text;
};

/// Bits in octets, the first bit is the highest of the first octet; what is left of the last octet
/// is zero.
template <std::size_t kMost>
class FixedBits {
 public:
  FixedBits() {}  // NOLINT: the octets beyond the size mean nothing
  std::size_t bits() const { return m_bits; }
  std::size_t octets() const { return (m_bits + 7) / 8; }
  const std::uint8_t* data() const { return m_octets.data(); }
  std::uint8_t* resize(std::size_t bits) {
    m_bits = static_cast<std::uint16_t>(bits < kMost ? bits : kMost);
    return m_octets.data();
  }
  static constexpr std::size_t most() { return kMost; }

  friend bool operator==(const FixedBits& a, const FixedBits& b) {
    return a.m_bits == b.m_bits && std::memcmp(a.data(), b.data(), a.octets()) == 0;
  }

 private:
  std::uint16_t m_bits{0};
  std::array<std::uint8_t, (kMost + 7) / 8> m_octets;
};

}  // namespace jinglue::observe::ais
