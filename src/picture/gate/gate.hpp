// SPDX-License-Identifier: Apache-2.0
// Gate: what each fix passes before the archive, the live picture and the rules see it: is the
// position one at all, is it a place where this hull can be, does the receiver aboard still follow
// the ship, is there a better message of the same moment. What is withheld is counted by cause;
// nothing is lost: the raw line stays in the journal, and all but impossible positions are
// archived. Definitions: ../shared/research/behaviour.md section 1 (Global Fishing Watch) and our
// own, marked in docs/design/0003-gate.md. A pure function of the sequence of fixes. No clock.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "base/bytes.hpp"
#include "base/instant.hpp"
#include "model/fix.hpp"
#include "picture/gate/segmenter.hpp"

namespace jinglue::picture {

enum class Withheld : std::uint8_t {
  kNot = 0,        ///< shown and judged
  kZeroPosition,   ///< 0, 0 (BeiDou: either): a receiver without a fix; not archived
  kStray,          ///< where no hull of this number can be; archived as segment 65535
  kFrozen,         ///< the same place for ten minutes at speed; archived
  kLongRangeEcho,  ///< type 27 (1/10 minute) within an hour of a better message; archived
  kCount,
};
std::string_view to_key(Withheld cause);

struct Passed {
  model::Fix fix;  ///< with its segment; a speed that means "not available" is absent
  Withheld why{Withheld::kNot};
};

class Gate {
 public:
  static constexpr base::Duration kFrozenAfter{600'000};
  static constexpr std::uint16_t kFrozenSpeed_ckn = 150;
  static constexpr std::uint32_t kFrozenFixes = 3;
  static constexpr base::Duration kEcho{3'600'000};

  Passed take(const model::Fix& fix);
  /// A fix of the archive, which has its segment: a back-test sees what was seen live.
  Withheld take_archived(const model::Fix& fix);
  /// Two hulls or more have sent under this number within a day.
  bool shared(model::TerminalId terminal) const { return m_segments.shared(terminal); }
  const std::array<std::uint64_t, std::size_t(Withheld::kCount)>& counts() const {
    return m_counts;
  }
  /// Forgets what was not heard since.
  void forget_before(base::Instant oldest);

  void save(base::ByteWriter& out) const;
  bool load(base::ByteReader& in);

 private:
  /// The last fix of a track that was not an echo.
  struct Last {
    std::int64_t time_ms{0};
    geo::Position at;
    std::int64_t same_since_ms{0};
    std::uint32_t same{0};  ///< fixes at this very place at speed
  };
  Withheld judge(const model::Fix& fix);
  bool frozen(const model::Fix& fix);

  Segmenter m_segments;
  std::unordered_map<model::TrackId, Last> m_last;
  std::array<std::uint64_t, std::size_t(Withheld::kCount)> m_counts{};
};

}  // namespace jinglue::picture
