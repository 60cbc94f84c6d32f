// SPDX-License-Identifier: Apache-2.0
// PositionSentences: positions of a table as the sentences that a receiver would have given, AIS or
// BeiDou, each in a tag block with its time, so that they can be replayed through the whole chain.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/fix.hpp"
#include "observe/beidou/gbk.hpp"
#include "observe/beidou/layout.hpp"

namespace jinglue::app {

enum class SentenceKind : std::uint8_t {
  kAis,  ///< types 1 and 18, by the source; 27 for long range
  kTxr,  ///< short messages of a layout: place, time, speed, course
  kWaa,  ///< reports of position: place and time of the day
};

class PositionSentences {
 public:
  struct Wish {
    SentenceKind kind{SentenceKind::kTxr};
    /// Added to the number of a terminal that has no MMSI; 0 = such rows are refused.
    std::uint64_t mmsi_from{0};
    std::string station{"table"};  ///< tag block s:
  };
  /// `layout`: of kTxr; must outlive this.
  PositionSentences(Wish wish, const observe::beidou::Layout* layout);

  /// One line without its end. An Error says why the position has no sentence.
  base::Result<std::string> line(const model::Fix& fix);

 private:
  base::Result<std::string> ais_line(const model::Fix& fix) const;
  base::Result<std::string> beidou_line(const model::Fix& fix);

  const Wish m_wish;
  const observe::beidou::Layout* m_layout;
  observe::beidou::Gbk m_gbk;
};

}  // namespace jinglue::app
