// SPDX-License-Identifier: Apache-2.0
// ThriftWriter: the part of Thrift's compact protocol (Apache Thrift, doc/specs/
// thrift-compact-protocol.md) that the metadata of Parquet need. Fields of a struct are written in
// order of their numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace jinglue::picture::exchange {

inline void put_varint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  out += static_cast<char>(value);
}
inline std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}

class ThriftWriter {
 public:
  enum Type : std::uint8_t {
    kTrue = 1,
    kFalse = 2,
    kI32 = 5,
    kI64 = 6,
    kBinary = 8,
    kList = 9,
    kStruct = 12
  };

  void boolean(int id, bool value) { field(id, value ? kTrue : kFalse); }
  void i32(int id, std::int32_t value) {
    field(id, kI32);
    put_varint(m_out, zigzag(value));
  }
  void i64(int id, std::int64_t value) {
    field(id, kI64);
    put_varint(m_out, zigzag(value));
  }
  void text(int id, std::string_view value) {
    field(id, kBinary);
    element(value);
  }
  void list(int id, Type of, std::size_t size) {
    field(id, kList);
    if (size < 15) {
      m_out += static_cast<char>((size << 4) | of);
    } else {
      m_out += static_cast<char>(0xF0 | of);
      put_varint(m_out, size);
    }
  }
  void begin(int id) {
    field(id, kStruct);
    begin_element();
  }
  void begin_element() { m_last.push_back(0); }
  void end() {
    m_out += '\0';
    m_last.pop_back();
  }
  void empty(int id) {
    begin(id);
    end();
  }
  void element(std::string_view value) {
    put_varint(m_out, value.size());
    m_out += value;
  }
  void element(std::int32_t value) { put_varint(m_out, zigzag(value)); }

  const std::string& bytes() const { return m_out; }

 private:
  void field(int id, Type type) {
    const int step = id - m_last.back();
    m_last.back() = id;
    m_out += static_cast<char>((step << 4) | type);  // numbers grow by 1 to 15 wherever we write
  }

  std::string m_out;
  std::vector<int> m_last{0};
};

}  // namespace jinglue::picture::exchange
