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
#include "base/large_pages.hpp"
#include "model/fix.hpp"

namespace jinglue::observe::reception {

struct Heard {
  std::string_view payload;  ///< of the whole message, in octets or as armoured
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
  static constexpr std::size_t kMostBuckets = 1u << 18;

  struct Station {
    std::string name;
    std::uint64_t received{0};
    std::uint64_t first{0};  ///< of received, heard here before anywhere else
    /// Its last stamps less the time of the feed.
    std::array<std::int32_t, 15> ahead_ms{};
    std::uint32_t compared{0};
    std::uint32_t stamps_held{0};  ///< of the last kFeedStamps of all stations
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
  Reception take(const Heard& heard) { return take(heard, key_of(heard.payload, heard.fill_bits)); }

  /// Same words, same key, on every machine.
  static std::uint64_t key_of(std::string_view payload, std::uint8_t fill_bits);
  /// The same as above for who has the key; the payload is not looked at.
  Reception take(const Heard& heard, std::uint64_t key);
  /// A take() of this key comes soon: brings near what it reads.
  void expect(std::uint64_t key) const;
  /// Whether it would most likely be a copy; some time after expect().
  bool may_hold(std::uint64_t key) const { return ways_with(bucket_of(key), tag_of(key)) != 0; }

  std::uint64_t messages() const { return m_messages; }
  std::uint64_t copies() const { return m_copies; }
  const std::vector<Station>& stations() const { return m_stations; }  ///< the first: not known
  /// Of messages with copies: how far a stamp was from the message's time; seconds, 0..59 and more.
  const std::array<std::uint64_t, 61>& spread() const { return m_spread; }

  void save(base::ByteWriter& out) const;
  /// Of a table of another making the messages of the last minute are forgotten.
  bool load(base::ByteReader& in, bool same_table = true);

 private:
  /// A message that was taken.
  struct Taken {
    std::uint64_t key{0};
    std::int64_t time_ms{0};
    /// By the station that was first: its stamp, less what its clock is wrong, else the arrival.
    std::int64_t heard_ms{0};
    std::uint32_t station{0};
    model::TimeQuality quality{model::TimeQuality::kArrival};
    bool sure{false};  ///< the clock of its station was known
  };
  /// The same in 16 octets; the upper half of the key is the tag beside it.
  struct Slot {
    std::uint64_t heard;  ///< 48 bits of heard_ms, 16 of the key
    std::uint64_t
        rest;  ///< 32 bits of time_ms less heard_ms, 16 of the key, station, quality, sure
  };
  static constexpr std::size_t kWays = 6;
  /// Two neighbouring lines of the processor's cache: all that a look-up reads. Zero octets are an
  /// empty one.
  struct alignas(base::kCacheLine) Bucket {
    std::array<std::uint32_t, kWays> tag;  ///< half of the key; 0: free
    std::array<std::uint32_t, 2> unused;
    std::array<Slot, kWays> slot;
  };
  static_assert(sizeof(Bucket) == 2 * base::kCacheLine);
  struct Place {
    Bucket* bucket{nullptr};  ///< null: nowhere
    std::size_t way{0};
  };
  struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const {
      return std::hash<std::string_view>()(name);
    }
  };

  static std::uint32_t tag_of(std::uint64_t key) {
    return static_cast<std::uint32_t>(key >> 32) | 1;  // 0 is a free slot
  }
  std::uint32_t station_of(std::string_view name);
  std::uint32_t named_station(std::string_view name);
  static std::size_t oldest_of(const Bucket& bucket);
  static unsigned ways_with(const Bucket& bucket, std::uint32_t tag);  ///< a bit for each
  static Taken taken_at(const Place& place);
  static void put(const Place& place, const Taken& taken);
  Place find(const Taken& heard);
  void remember(const Taken& taken);
  Bucket& bucket_of(std::uint64_t key) { return m_buckets[key & (m_buckets.size() - 1)]; }
  const Bucket& bucket_of(std::uint64_t key) const {
    return m_buckets[key & (m_buckets.size() - 1)];
  }
  void grow();
  Reception estimate(const Heard& heard, const Station& station) const;
  void note_stamp(std::uint32_t station, std::int64_t stamp_ms);
  void read_clocks();
  /// Of the stamps in the ring: the middle of all, of the older and of the newer half.
  struct Middles {
    std::int64_t all{0}, older{0}, newer{0};
  };
  Middles middles();
  void count_from(std::int64_t base_ms);

  base::LargeArray<Bucket> m_buckets;
  std::int64_t m_newest_ms{INT64_MIN};
  /// The last stamps, a ring; the same twice: as they are, and as far from m_stamp_base_ms as 32
  /// bits say, which is enough to find the middle.
  std::array<std::int64_t, kFeedStamps> m_stamp_ms{};
  std::array<std::int32_t, kFeedStamps> m_stamp_off_ms{};
  std::array<std::uint32_t, kFeedStamps> m_stamp_station{};
  std::int64_t m_stamp_base_ms{0};
  std::uint64_t m_stamped{0};
  std::vector<Station> m_stations;
  std::unordered_map<std::string, std::uint32_t, NameHash, std::equal_to<>> m_by_name;
  static constexpr std::size_t kRecent = 64;
  std::array<std::uint16_t, kRecent> m_recent{};  ///< stations heard lately, by parts of their name
  std::array<std::uint64_t, 61> m_spread{};
  std::uint64_t m_messages{0}, m_copies{0};
};

}  // namespace jinglue::observe::reception
