// SPDX-License-Identifier: Apache-2.0
// ReceptionLists: the messages of a log, each once, with the list of who heard it: station, stamp,
// signal. A message waits until no copy of it can come any more by the times of the log; memory is
// bounded by that, and by a number for logs without times. docs/format/decode.md.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/json.hpp"
#include "observe/ais/decoder.hpp"
#include "observe/reception/reception_book.hpp"

namespace jinglue::cli {

class ReceptionLists {
 public:
  /// Twice the widest window of the book, and what a station's clock may be off.
  static constexpr base::Duration kWait = 2 * observe::reception::ReceptionBook::kUnsureWindow +
                                          observe::reception::ReceptionBook::kClockMost;
  static constexpr std::size_t kMostWaiting = 100'000;

  /// Takes a JSON object with "receptions" added, without its line end.
  explicit ReceptionLists(std::function<void(std::string_view)> write)
      : m_write(std::move(write)) {}

  /// `json`: the message as one object. `now`: the newest time of the log so far.
  void take(const observe::ais::Decoded& decoded, std::string_view json, base::Instant now);
  void finish();

  std::uint64_t messages() const { return m_book.messages(); }
  std::uint64_t copies() const { return m_book.copies(); }

 private:
  struct Waiting {
    std::string key;
    std::string json;
    base::Instant since;
    base::Json receptions{base::Json::array()};
  };
  void write_front();

  std::function<void(std::string_view)> m_write;
  observe::reception::ReceptionBook m_book;
  std::deque<Waiting> m_waiting;
  std::uint64_t m_written{0};                               ///< number of the first that waits
  std::unordered_map<std::string, std::uint64_t> m_number;  ///< by key, the newest of that key
};

}  // namespace jinglue::cli
