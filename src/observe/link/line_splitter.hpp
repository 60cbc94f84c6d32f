// SPDX-License-Identifier: Apache-2.0
// LineSplitter: bytes to lines. A line ends with CR, LF or both; a second sentence that follows the
// checksum of the first one directly ("...*5C!AIVDM,...") begins a line of its own. Empty lines are
// left out. A line over the limit is counted and skipped up to its end.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace jinglue::observe::link {

class LineSplitter {
 public:
  explicit LineSplitter(std::size_t max_line) : m_max_line(max_line) {}

  /// Calls emit(std::string_view) for each line that ends in `bytes`; false from it stops. Returns
  /// how many lines were too long.
  template <class Emit>
  std::uint64_t feed(std::string_view bytes, Emit&& emit) {
    m_too_long = 0;
    // Each is searched again only when it has been passed: most feeds have no CR at all.
    std::size_t cr = bytes.find('\r');
    std::size_t lf = bytes.find('\n');
    for (std::size_t at = 0; at < bytes.size();) {
      if (cr < at) cr = bytes.find('\r', at);
      if (lf < at) lf = bytes.find('\n', at);
      const std::size_t end = std::min({cr, lf, bytes.size()});
      const bool whole = take(bytes.substr(at, end - at), end < bytes.size());
      at = end + 1;
      if (whole && !give(emit)) break;
    }
    return m_too_long;
  }
  /// What stands behind the last line end, at the end of a datagram, a connection or a file.
  template <class Emit>
  void finish(Emit&& emit) {
    if (!m_skipping && !m_line.empty()) give(emit);
    m_line.clear();
    m_skipping = false;
  }

 private:
  /// Appends; true when m_line is a whole line.
  bool take(std::string_view piece, bool ended);
  template <class Emit>
  bool give(Emit& emit) {
    std::string_view rest = m_line;
    bool wanted = true;
    while (!rest.empty() && wanted) {
      const std::size_t size = first_sentence_end(rest);
      wanted = emit(rest.substr(0, size));
      rest.remove_prefix(size);
    }
    m_line.clear();
    return wanted;
  }
  static std::size_t first_sentence_end(std::string_view line);

  std::size_t m_max_line;
  std::string m_line;
  bool m_skipping{false};
  std::uint64_t m_too_long{0};
};

}  // namespace jinglue::observe::link
