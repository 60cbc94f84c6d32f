// SPDX-License-Identifier: Apache-2.0
// PieceWriter: the base of formats whose elements hold a stretch of one track with all times first
// and all places after them: so many rows are kept until the element can be written.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "picture/exchange/value_text.hpp"
#include "picture/exchange/writer.hpp"

namespace jinglue::picture::exchange {

class PieceWriter : public Writer {
 public:
  void add(const model::Fix& fix) final {
    const bool other = !m_rows.empty() && fix.track != m_rows.back().track;
    const bool cut = !m_rows.empty() &&
                     (m_rows.size() == m_most || (m_rising && fix.time <= m_rows.back().time));
    if (other || cut) give(other);
    m_rows.push_back(fix);
  }
  void finish() final {
    if (!m_rows.empty()) give(true);
    end();
    m_out.flush();
  }

 protected:
  /// `rising`: the times of a piece rise strictly; a second row of one instant begins another.
  PieceWriter(Sink sink, std::size_t most, bool rising)
      : m_out(std::move(sink)), m_most(most), m_rising(rising) {}

  /// `first`, `last`: of its track.
  virtual void piece(std::span<const model::Fix> rows, bool first, bool last) = 0;
  virtual void end() = 0;
  std::string& out() { return m_out.text(); }

 private:
  void give(bool last) {
    piece(m_rows, m_first, last);
    m_first = last;
    m_rows.clear();
    m_out.offer();
  }

  Buffered<Sink> m_out;
  std::size_t m_most;
  bool m_rising;
  bool m_first{true};
  std::vector<model::Fix> m_rows;
};

}  // namespace jinglue::picture::exchange
