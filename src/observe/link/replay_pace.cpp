// SPDX-License-Identifier: Apache-2.0
#include "observe/link/replay_pace.hpp"

#include "observe/ais/sentence.hpp"
#include "observe/nmea/sentence.hpp"

namespace jinglue::observe::link {

namespace {

/// Of BeiDou and of receivers' own positions; they come in tag blocks too.
constexpr std::string_view kOthers[] = {"TXR", "TCI", "WAA", "RMC", "GGA"};

}  // namespace

base::Duration ReplayPace::next(std::optional<base::Instant> stated) {
  if (!m_timed) return base::Duration(1000 * m_lines++ / kEvenRate);
  if (!stated) return m_elapsed;
  if (m_latest) {
    const base::Duration gap = *stated - *m_latest;
    if (gap > base::Duration(0) && gap <= kLongestGap) m_elapsed += gap;
    if (gap <= base::Duration(0) && gap >= -kLongestGap) return m_elapsed;
  }
  m_latest = stated;
  return m_elapsed;
}

std::optional<base::Instant> stated_time(std::string_view line) {
  const auto at = ais::find_sentence(line, 0);
  if (at == std::string_view::npos) {
    if (const auto pghp = ais::read_pghp(line)) return pghp->time;
    nmea::Sentence other;
    if (nmea::find(line, 0, kOthers, other) != nmea::Check::kSound) return std::nullopt;
    return ais::read_wrapper(other.before, other.after).time;
  }
  ais::Sentence sentence;
  if (ais::read_sentence(line.substr(at), sentence) != ais::Cause::kNone) return std::nullopt;
  return ais::read_wrapper(line.substr(0, at), sentence.after).time;
}

}  // namespace jinglue::observe::link
