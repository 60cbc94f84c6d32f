// SPDX-License-Identifier: Apache-2.0
// DistressWatch: distress first. A signal (signal.hpp) opens a finding with its first message, with
// or without a position, needs no rule pack, waits for no dwell, and is never silenced by an
// exemption. One finding per sender and kind of signal for as long as messages come, extended at
// most once a minute and whenever its words change; six hours of silence close it. A beacon that is
// tested and then goes off is two findings.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/instant.hpp"
#include "detect/distress/signal.hpp"
#include "detect/judge/subject_view.hpp"
#include "model/finding.hpp"
#include "model/fix.hpp"

namespace jinglue::detect {

/// A safety related text or the alarm of a terminal.
struct DistressText {
  model::TrackId from;
  base::Instant time, arrival;
  std::uint64_t offset{0};
  std::string text;
  bool alarm{false};                   ///< of the terminal: an SOS without words
  std::optional<model::Fix> last_fix;  ///< where the sender was last, when that is known
};

class DistressWatch {
 public:
  static constexpr base::Duration kExtendEvery{60'000};
  static constexpr base::Duration kSilence{6LL * 3'600'000};
  static constexpr std::size_t kMostOpen = 1024;  ///< the one silent longest is closed
  static constexpr std::size_t kMostPositions = 64;
  static constexpr std::size_t kMostTexts = 8;  ///< different ones are kept with the finding

  void on_fix(const model::Fix& fix, const SubjectView& sender,
              std::vector<model::FindingStep>& out);
  void on_text(const DistressText& said, const SubjectView& sender,
               std::vector<model::FindingStep>& out);
  void on_tick(base::Instant now, std::uint64_t offset, std::vector<model::FindingStep>& out);
  std::size_t open() const { return m_open.size(); }

  void save(base::ByteWriter& out) const;
  bool load(base::ByteReader& in);

 private:
  struct Heard {
    base::Instant time, arrival;
    std::uint64_t offset{0};
    std::optional<model::UsedFix> at;
    std::string text;
  };
  struct Episode {
    model::FindingId id;
    std::uint32_t steps{0};
    model::Subject subject;
    base::Instant begin, last, heard;  ///< event times; arrival of the last message
    base::Instant told;                ///< arrival of the last that made a step
    std::uint64_t messages{0};
    std::vector<model::UsedFix> positions;
    std::vector<std::string> texts;
  };
  using Key = std::pair<model::TrackId, Signal>;

  void take(const Key& key, const Heard& heard, const SubjectView& sender,
            std::vector<model::FindingStep>& out);
  static bool learn(Episode& episode, const Heard& heard);
  static void emit(const Key& key, Episode& episode, model::StepKind kind, std::uint64_t offset,
                   base::Instant at, std::vector<model::FindingStep>& out);
  void close_silent_longest(std::uint64_t offset, base::Instant at,
                            std::vector<model::FindingStep>& out);

  std::map<Key, Episode> m_open;
};

}  // namespace jinglue::detect
