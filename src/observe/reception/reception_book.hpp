// SPDX-License-Identifier: Apache-2.0
// ReceptionBook: one message, many receptions. Half of a feed of many stations is copies; the first
// reception is the message, one of the same payload within 30 s of it is a copy. The time
// of a message is estimated from its stamp, less what the station's clock is ahead of the feed (the
// middle of the last stamps of all stations), and from the message's own UTC second; never from the
// order of arrival. Stamps of one message were seen to spread by up to 72 s, and one station of the
// shared log is a minute behind all others (../shared/research/ais.md section 2).
// A pure function of the sequence of receptions; fixed memory; no clock. Owned by one thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bytes.hpp"
#include "base/instant.hpp"
#include "model/fix.hpp"

namespace jinglue::observe::reception {

struct Heard {
  std::string_view payload;  ///< of the whole message, as armoured
  std::uint8_t fill_bits{0};
  std::string_view station;             ///< empty when it is not known
  std::optional<base::Instant> stated;  ///< the station's stamp
  base::Instant arrival;
  std::optional<std::uint8_t> second;  ///< of the minute, by the sender's own clock
  std::optional<base::Instant> utc;  ///< the sender's own clock whole: base stations (types 4, 11)
};

enum class Kind : std::uint8_t {
  kFirst = 0,  ///< the message
  kCopy,       ///< of a message that was taken before
  kRepeat,     ///< said again: the same station hears the same words later, and they hold no second
};

struct Reception {
  Kind kind{Kind::kFirst};
  base::Instant time;  ///< of the message; of a copy, as it was estimated at the first reception
  model::TimeQuality quality{model::TimeQuality::kArrival};
  std::optional<std::int64_t> clock_ahead_ms;  ///< of the station that heard it
};

class ReceptionBook {
 public:
  /// Stamps of one message, after what is known of the clocks; a sender may say the same words with
  /// the same second a minute later.
  static constexpr base::Duration kWindow{30'000};
  static constexpr base::Duration kUnsureWindow{80'000};  ///< while a clock is not known
  static constexpr base::Duration kSameSecond{1'500};  ///< a stamp this near to the second is right
  /// A clock further off is wrong; less is how long messages take to the station's server.
  static constexpr base::Duration kClockRight{20'000};
  /// A station further behind brings late messages with right stamps: its clock is left alone.
  static constexpr base::Duration kClockMost{120'000};
  static constexpr std::size_t kFeedStamps = 112;     ///< stamps that give the time of the feed
  static constexpr std::size_t kFeedStep = 16;        ///< clocks are read at every 16th stamp
  static constexpr std::size_t kMostStations = 4096;  ///< others are one, without a clock
  static constexpr std::size_t kMostSlots = 1u << 20;

  struct Station {
    std::string name;
    std::uint64_t received{0};
    std::uint64_t first{0};  ///< of received, heard here before anywhere else
    /// Its last stamps less the time of the feed.
    std::array<std::int32_t, 15> ahead_ms{};
    std::uint32_t compared{0};
    /// By how much its clock is ahead: the median; absent below five stamps.
    std::optional<std::int64_t> clock_ahead_ms() const { return m_clock_ahead_ms; }
    /// What is to be taken from its stamps: 0 for a clock that is right or cannot be judged.
    std::int64_t clock_error_ms() const { return m_clock_error_ms; }
    /// After another stamp of it was compared.
    void read_clock();

   private:
    std::optional<std::int64_t> m_clock_ahead_ms;
    std::int64_t m_clock_error_ms{0};
  };

  ReceptionBook();
  Reception take(const Heard& heard);

  std::uint64_t messages() const { return m_messages; }
  std::uint64_t copies() const { return m_copies; }
  const std::vector<Station>& stations() const { return m_stations; }  ///< the first: not known
  /// Of messages with copies: how far a stamp was from the message's time; seconds, 0..59 and more.
  const std::array<std::uint64_t, 61>& spread() const { return m_spread; }

  void save(base::ByteWriter& out) const;
  bool load(base::ByteReader& in);

 private:
  struct Slot {
    std::uint64_t hash{0};  ///< 0 is the hash of nothing
    std::int64_t time_ms{0};
    /// By the station that was first: its stamp, less what its clock is wrong, else the arrival.
    std::int64_t heard_ms{0};
    std::uint32_t station{0};
    model::TimeQuality quality{model::TimeQuality::kArrival};
    bool sure{false};  ///< the clock of its station was known
  };
  static constexpr std::size_t kWays = 8;
  /// What a look-up reads of kWays slots: one line of the processor's cache. A slot itself is read
  /// when its tag is right.
  struct alignas(64) Bucket {
    std::array<std::uint32_t, kWays> tag{};  ///< half of the hash; 0: free
    std::array<std::uint32_t, kWays> heard_s{};
  };
  struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const {
      return std::hash<std::string_view>()(name);
    }
  };

  std::uint32_t station_of(std::string_view name);
  Slot* find(std::uint64_t hash, const Slot& heard);
  void remember(const Slot& slot);
  void put(std::size_t place, const Slot& slot);
  std::size_t bucket_of(std::uint64_t hash) const { return hash & (m_buckets.size() - 1); }
  void resize(std::size_t slots);
  void grow();
  Reception estimate(const Heard& heard, const Station& station) const;
  void note_stamp(std::uint32_t station, std::int64_t stamp_ms);
  void read_clocks();

  std::vector<Bucket> m_buckets;
  std::vector<Slot> m_slots;  ///< kWays of each bucket
  std::int64_t m_newest_ms{INT64_MIN};
  struct Stamp {
    std::int64_t ms{0};
    std::uint32_t station{0};
  };
  std::array<Stamp, kFeedStamps> m_stamps{};  ///< the last ones, a ring
  std::uint64_t m_stamped{0};
  std::vector<Station> m_stations;
  std::unordered_map<std::string, std::uint32_t, NameHash, std::equal_to<>> m_by_name;
  std::uint32_t m_last_station{0};  ///< mostly the next one's too
  std::array<std::uint64_t, 61> m_spread{};
  std::uint64_t m_messages{0}, m_copies{0};
};

}  // namespace jinglue::observe::reception
