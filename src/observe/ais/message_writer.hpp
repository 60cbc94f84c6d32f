// SPDX-License-Identifier: Apache-2.0
// MessageWriter: a decoded message as one JSON object on one line, one CSV row, or text for people.
// Names and units: docs/format/decode.md. One writer serves one thread; what it gives is valid
// until its next call.
#pragma once

#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "observe/ais/applications.hpp"
#include "observe/ais/decoder.hpp"

namespace jinglue::observe::ais {

/// Characters at the end of a buffer that grows.
class Characters {
 public:
  void clear() { m_size = 0; }
  std::string_view view() const { return {m_bytes.get(), m_size}; }
  void add(std::string_view text) {
    reserve(text.size());
    std::memcpy(m_bytes.get() + m_size, text.data(), text.size());
    m_size += text.size();
  }
  void add(char c) {
    reserve(1);
    m_bytes[m_size++] = c;
  }
  /// Room for `more` characters at the end, to be written by hand up to what end_at() is told.
  char* room(std::size_t more) {
    reserve(more);
    return m_bytes.get() + m_size;
  }
  void end_at(const char* end) { m_size = static_cast<std::size_t>(end - m_bytes.get()); }
  void set(std::size_t at, char c) { m_bytes[at] = c; }
  std::size_t size() const { return m_size; }
  /// number / 10^decimals, exactly.
  void add_number(std::int64_t number, unsigned decimals);

 private:
  void reserve(std::size_t more) {
    if (m_size + more > m_capacity) grow(more);
  }
  void grow(std::size_t more);

  std::unique_ptr<char[]> m_bytes;
  std::size_t m_size{0};
  std::size_t m_capacity{0};
};

class MessageWriter {
 public:
  struct Options {
    bool raw{false};  ///< the integers as sent, "not available" codes and spare bits too
    const Applications* applications{nullptr};
  };
  explicit MessageWriter(Options options) : m_options(options) {}

  /// Without a line end. Of a Decoded with a message only.
  std::string_view json(const Decoded& decoded);
  /// A block of lines that ends with an empty one.
  std::string_view text(const Decoded& decoded);
  /// With its line end; the columns of csv_header() in their order.
  std::string_view csv(const Decoded& decoded);
  std::string_view csv_header();

 private:
  void add_origin(const Decoded& decoded);
  void add_json_fields(const BitReader& bits);
  void add_json_field(const Field& field);
  void add_json_field(std::string_view name);
  void add_key(std::string_view name);
  void add_application(const BitReader& bits);
  void close_object(std::size_t begin);
  std::size_t add_layout(const Layout& layout, const BitReader& bits, std::size_t at,
                         std::size_t end);
  std::size_t add_group(const Layout::Item& item, const BitReader& bits, std::size_t at,
                        std::size_t end, std::size_t count);
  void add_time(base::Instant time);
  void add_plain_value();
  void set_number(std::int64_t number, FieldValue::Kind kind = FieldValue::Kind::kNumber);
  template <class Sink>
  void for_each(const BitReader& bits, const Sink& sink);

  Options m_options;
  Characters m_out;
  FieldValue m_value;
  std::int64_t m_day{INT64_MIN};
  std::string m_date;
};

}  // namespace jinglue::observe::ais
