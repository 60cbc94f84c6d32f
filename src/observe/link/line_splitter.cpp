// SPDX-License-Identifier: Apache-2.0
#include "observe/link/line_splitter.hpp"

namespace jinglue::observe::link {

bool LineSplitter::take(std::string_view piece, bool ended) {
  if (m_skipping) {
    m_skipping = !ended;
    return false;
  }
  if (m_line.size() + piece.size() > m_max_line) {
    ++m_too_long;
    m_line.clear();
    m_skipping = !ended;
    return false;
  }
  m_line.append(piece);
  return ended && !m_line.empty();
}

std::size_t LineSplitter::first_sentence_end(std::string_view line) {
  const auto begin = line.find_first_of("!$");
  if (begin == std::string_view::npos) return line.size();
  for (auto star = line.find('*', begin); star != std::string_view::npos;
       star = line.find('*', star + 1)) {
    const std::size_t next = star + 3;
    if (next >= line.size()) break;
    if (line[next] == '!' || line[next] == '$' || line[next] == '\\') return next;
  }
  return line.size();
}

}  // namespace jinglue::observe::link
