// SPDX-License-Identifier: Apache-2.0
// Reassembly: joins the parts of a message. A message is known by its feed, station, talker, count,
// sequence number and channel, or by the group of its tag blocks. Each part keeps how many unspent
// copies of it came; when every part has one, the message is given and each loses one, so that a
// feed that repeats everything gives everything twice, in whatever order the copies come. Memory is
// bounded: Decoder::kMaxOpen messages, the oldest gives way.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/instant.hpp"
#include "observe/ais/sentence.hpp"

namespace jinglue::observe::ais {

struct Joined {
  std::string_view payload;  ///< of all parts; valid until the next add()
  std::uint8_t fill_bits{0};
  std::optional<base::Instant> stated_time;
  std::string_view source;
  std::span<const std::uint64_t> lines;  ///< Part::line of each, in part order; valid likewise
};

class Reassembly {
 public:
  struct Counts {
    std::uint64_t lost{0};
    std::uint64_t timed_out{0};
  };
  struct Part {
    const Sentence& sentence;
    const Wrapper& wrapper;
    std::string_view input;
    std::string_view station;  ///< of the line, without its wrapper
    base::Instant now;
    std::uint64_t line{0};  ///< number of the line in the decoder's life
  };

  enum class Outcome { kWaits, kComplete, kTooLong };
  Outcome add(const Part& part, Joined& out);

  Reassembly();
  const Counts& counts() const { return m_counts; }
  void save(base::ByteWriter& out) const;
  bool load(base::ByteReader& in);

 private:
  struct Piece {
    std::string payload;
    base::Instant seen;
    std::uint64_t line{0};
    std::uint8_t fill_bits{0};
    std::uint8_t unspent{0};
  };
  struct Slot {
    std::array<Piece, 9> pieces;  // keep their strings when free
    std::uint8_t count{0};
    bool given{false};  ///< at least once; then its end is no loss
    std::optional<base::Instant> stated_time;
    std::string source;
  };

  Slot& slot_at(std::size_t place);
  std::size_t place_for(std::uint64_t key, const Part& part);
  void sweep(base::Instant now);
  void forget(std::size_t place, std::uint64_t& counter);
  void restart(Slot& slot, std::size_t index, const Part& part);
  static bool complete(const Slot& slot, base::Instant now);
  Outcome join(Slot& slot, Joined& out);
  void save_slot(std::size_t place, base::ByteWriter& out) const;
  bool load_slot(base::ByteReader& in);

  std::vector<std::uint64_t> m_keys;     // of each slot, 0 = free; the search reads nothing else
  std::vector<base::Instant> m_touched;  // of each slot
  std::vector<Slot>
      m_slots;  // a ring: a new message takes the place after the last; as far as used
  std::size_t m_next{0};
  base::Instant m_swept{base::kDistantPast};
  std::string m_joined;
  std::array<std::uint64_t, 9> m_lines{};  // of the message joined last
  Counts m_counts;
};

}  // namespace jinglue::observe::ais
