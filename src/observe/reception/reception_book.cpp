// SPDX-License-Identifier: Apache-2.0
#include "observe/reception/reception_book.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>

#include "observe/reception/middle.hpp"
#include "observe/reception/sender_second.hpp"

namespace jinglue::observe::reception {
namespace {

constexpr std::size_t kFirstBuckets = 1u << 10;
constexpr std::size_t kCompared = 5;
constexpr std::int64_t kSameClock_ms = 120'000;  // further off, a base station's UTC is not ours

/// Up to eight octets, the first one lowest, on every machine.
std::uint64_t word_of(const char* octets, std::size_t count) {
  std::uint64_t out = 0;
  std::memcpy(&out, octets, count);
  return std::endian::native == std::endian::little ? out : __builtin_bswap64(out);
}

std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9E37'79B9'7F4A'7C15ULL;
  return hash ^ (hash >> 32);
}

constexpr std::int64_t kMostHeard_ms = (std::int64_t{1} << 47) - 1;  // of 48 bits: the year 6429

std::int32_t narrowed(std::int64_t ms) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(ms, INT32_MIN, INT32_MAX));
}

}  // namespace

void ReceptionBook::Station::read_clock() {
  if (compared < kCompared) return;
  auto sorted = ahead_ms;
  const auto held = std::min<std::size_t>(compared, sorted.size());
  std::int64_t middle_ms = 0;
  if (held == sorted.size()) {
    middle_ms = middle_of<std::tuple_size_v<decltype(sorted)>>(ahead_ms.data());
  } else {
    const auto middle = sorted.begin() + std::ptrdiff_t(held / 2);
    std::nth_element(sorted.begin(), middle, sorted.begin() + std::ptrdiff_t(held));
    middle_ms = *middle;
  }
  m_clock_ahead_ms = middle_ms;
  const std::int64_t size = std::abs(middle_ms);
  m_clock_error_ms = size > kClockRight.count() && size <= kClockMost.count() ? middle_ms : 0;
}

/// Eight octets at a time; kept in snapshots. Each step can be undone, so that two payloads of up
/// to eight octets never have one key.
std::uint64_t ReceptionBook::key_of(std::string_view payload, std::uint8_t fill_bits) {
  std::uint64_t hash = mix(0xCBF2'9CE4'8422'2325ULL, payload.size() << 8 | fill_bits);
  const auto size = payload.size();
  for (std::size_t at = 0; at + 8 <= size; at += 8) hash = mix(hash, word_of(&payload[at], 8));
  if (size < 8) {
    if (size != 0) hash = mix(hash, word_of(payload.data(), size));
  } else if (size % 8 != 0) {
    hash = mix(hash, word_of(&payload[size - 8], 8));  // some of them again
  }
  return mix(hash, 0);
}

ReceptionBook::ReceptionBook() : m_buckets(kFirstBuckets), m_stations(1) {}

/// Few stations are heard in turn: the table by name is seldom asked.
std::uint32_t ReceptionBook::station_of(std::string_view name) {
  if (name.empty()) return 0;
  const auto first = static_cast<unsigned char>(name.front());
  const auto last = static_cast<unsigned char>(name.back());
  auto& recent = m_recent[(name.size() * 29 + first * 5u + last) % kRecent];
  if (m_stations[recent].name == name) return recent;
  const auto index = named_station(name);
  recent = static_cast<std::uint16_t>(index);
  return index;
}

std::uint32_t ReceptionBook::named_station(std::string_view name) {
  const auto found = m_by_name.find(name);
  if (found != m_by_name.end()) return found->second;
  if (m_stations.size() >= kMostStations) return 0;
  const auto index = static_cast<std::uint32_t>(m_stations.size());
  m_stations.emplace_back().name = name;
  m_by_name.emplace(name, index);
  return index;
}

/// Falling trust: a base station's own clock, the sender's second beside the stamp less what its
/// station's clock is ahead, the stamp, the sender's second beside the arrival, the arrival.
Reception ReceptionBook::estimate(const Heard& heard, const Station& station) const {
  using model::TimeQuality;
  if (!heard.stated) {
    if (!heard.second) return {Kind::kFirst, heard.arrival, TimeQuality::kArrival, {}};
    return {Kind::kFirst,
            {last_with_second(heard.arrival.ms, *heard.second)},
            TimeQuality::kDerived,
            {}};
  }
  const auto stated = *heard.stated;
  const bool near_utc = heard.utc && std::abs(heard.utc->ms - stated.ms) <= kSameClock_ms;
  if (near_utc) return {Kind::kFirst, *heard.utc, TimeQuality::kStated, {}};
  std::int64_t time = stated.ms - station.clock_error_ms();
  if (heard.second) time = nearest_with_second(time, *heard.second);
  if (std::abs(time - stated.ms) <= kSameSecond.count()) {
    return {Kind::kFirst, stated, TimeQuality::kStated, {}};
  }
  return {Kind::kFirst, {time}, TimeQuality::kDerived, {}};
}

void ReceptionBook::note_stamp(std::uint32_t station, std::int64_t stamp_ms) {
  const auto at = m_stamped % kFeedStamps;
  if (m_stamped >= kFeedStamps) --m_stations[m_stamp_station[at]].stamps_held;
  m_stamp_ms[at] = stamp_ms;
  m_stamp_off_ms[at] = narrowed(stamp_ms - m_stamp_base_ms);
  m_stamp_station[at] = station;
  ++m_stations[station].stamps_held;
  ++m_stamped;
  if (m_stamped >= kFeedStamps && m_stamped % kFeedStep == 0) read_clocks();
}

void ReceptionBook::count_from(std::int64_t base_ms) {
  m_stamp_base_ms = base_ms;
  for (std::size_t i = 0; i < kFeedStamps; ++i) {
    m_stamp_off_ms[i] = narrowed(m_stamp_ms[i] - base_ms);
  }
}

ReceptionBook::Middles ReceptionBook::middles() {
  constexpr std::size_t kHalf = kFeedStamps / 2;
  const auto oldest_first = [&](const auto& ring) {
    auto out = ring;
    std::rotate_copy(ring.begin(), ring.begin() + std::ptrdiff_t(m_stamped % kFeedStamps),
                     ring.end(), out.begin());
    return out;
  };
  const auto off = oldest_first(m_stamp_off_ms);
  const std::array<std::int32_t, 3> found = {middle_of<kFeedStamps>(off.data()),
                                             middle_of<kHalf>(off.data()),
                                             middle_of<kHalf>(off.data() + kHalf)};
  // One at the end of 32 bits may stand for another stamp.
  const bool exact = std::all_of(found.begin(), found.end(), [](std::int32_t one) {
    return one > INT32_MIN && one < INT32_MAX;
  });
  if (exact && std::abs(std::int64_t{found[0]}) < INT32_MAX / 2) {
    return {m_stamp_base_ms + found[0], m_stamp_base_ms + found[1], m_stamp_base_ms + found[2]};
  }
  const auto ms = oldest_first(m_stamp_ms);
  const Middles out = {middle_of<kFeedStamps>(ms.data()), middle_of<kHalf>(ms.data()),
                       middle_of<kHalf>(ms.data() + kHalf)};
  count_from(out.all);
  return out;
}

/// The stamps in the middle of the ring are compared with the middle of all stamps there; how fast
/// the feed goes on (the middles of its older and its newer half) moves each to its own place.
void ReceptionBook::read_clocks() {
  constexpr std::size_t kHalf = kFeedStamps / 2;
  const auto [feed, older, newer] = middles();
  const std::int64_t pace = newer - older;       // of kHalf stamps
  std::array<std::uint32_t, kFeedStep> touched;  // a station may stand here more than once
  std::size_t count = 0;
  for (std::size_t i = kHalf - kFeedStep / 2; i < kHalf + kFeedStep / 2; ++i) {
    const auto at = (m_stamped + i) % kFeedStamps;
    const auto index = m_stamp_station[at];
    auto& station = m_stations[index];
    // It is the feed: there is nothing to compare it with.
    if (station.stamps_held * 2 > kFeedStamps) continue;
    const auto place = (std::int64_t(i) - std::int64_t(kHalf)) * pace / std::int64_t(kHalf);
    station.ahead_ms[station.compared % station.ahead_ms.size()] =
        narrowed(m_stamp_ms[at] - feed - place);
    ++station.compared;
    if (count == 0 || touched[count - 1] != index) touched[count++] = index;
  }
  std::sort(touched.begin(), touched.begin() + std::ptrdiff_t(count));
  const auto* const end = std::unique(touched.data(), touched.data() + count);
  for (const auto* index = touched.data(); index != end; ++index) m_stations[*index].read_clock();
}

unsigned ReceptionBook::ways_with(const Bucket& bucket, std::uint32_t tag) {
  unsigned out = 0;
  for (std::size_t i = 0; i < kWays; ++i) out |= unsigned{bucket.tag[i] == tag} << i;
  return out;
}

void ReceptionBook::expect(std::uint64_t key) const {
  const auto* bucket = reinterpret_cast<const char*>(&bucket_of(key));
  base::fetch(bucket);
  base::fetch(bucket + base::kCacheLine);
}

void ReceptionBook::put(const Place& place, const Taken& taken) {
  const auto heard = std::clamp(taken.heard_ms, -kMostHeard_ms, kMostHeard_ms);
  const auto off = static_cast<std::uint32_t>(narrowed(taken.time_ms - heard));
  place.bucket->tag[place.way] = tag_of(taken.key);
  place.bucket->slot[place.way] = {
      static_cast<std::uint64_t>(heard) << 16 | (taken.key & 0xFFFF),
      std::uint64_t{off} << 32 | (taken.key & 0xFFFF'0000) | std::uint64_t{taken.station} << 3 |
          std::uint64_t(taken.quality) << 1 | std::uint64_t{taken.sure}};
}

ReceptionBook::Taken ReceptionBook::taken_at(const Place& place) {
  const auto& slot = place.bucket->slot[place.way];
  const auto heard_ms = static_cast<std::int64_t>(slot.heard) >> 16;
  Taken out;
  out.key = std::uint64_t{place.bucket->tag[place.way]} << 32 | (slot.rest & 0xFFFF'0000) |
            (slot.heard & 0xFFFF);
  out.heard_ms = heard_ms;
  out.time_ms = heard_ms + static_cast<std::int32_t>(slot.rest >> 32);
  out.station = static_cast<std::uint32_t>(slot.rest >> 3 & (kMostStations - 1));
  out.quality = static_cast<model::TimeQuality>(slot.rest >> 1 & 3);
  out.sure = (slot.rest & 1) != 0;
  return out;
}

ReceptionBook::Place ReceptionBook::find(const Taken& heard) {
  auto& bucket = bucket_of(heard.key);
  for (auto ways = ways_with(bucket, tag_of(heard.key)); ways != 0; ways &= ways - 1) {
    const Place place{&bucket, std::size_t(std::countr_zero(ways))};
    const auto known = taken_at(place);
    const bool sure = known.station == heard.station || (known.sure && heard.sure);
    const auto window = sure ? kWindow : kUnsureWindow;
    const bool same =
        static_cast<std::uint32_t>(known.key) == static_cast<std::uint32_t>(heard.key);
    if (same && std::abs(known.heard_ms - heard.heard_ms) <= window.count()) return place;
  }
  return {};
}

/// The first free one before any other. Without branches: which it is nobody can foresee.
std::size_t ReceptionBook::oldest_of(const Bucket& bucket) {
  auto oldest_ms = INT64_MAX;
  std::size_t out = 0;
  for (std::size_t i = 0; i < kWays; ++i) {
    const auto heard_ms = static_cast<std::int64_t>(bucket.slot[i].heard) >> 16;
    const auto ms = bucket.tag[i] == 0 ? INT64_MIN : heard_ms;
    out = ms < oldest_ms ? i : out;
    oldest_ms = std::min(ms, oldest_ms);
  }
  return out;
}

/// Takes the place of the oldest in its bucket. When that one could still have copies, the table is
/// too small.
void ReceptionBook::remember(const Taken& taken) {
  m_newest_ms = std::max(m_newest_ms, taken.heard_ms);
  for (;;) {
    auto& bucket = bucket_of(taken.key);
    const Place place{&bucket, oldest_of(bucket)};
    const bool live = bucket.tag[place.way] != 0 &&
                      taken_at(place).heard_ms >= m_newest_ms - kUnsureWindow.count();
    if (!live || m_buckets.size() >= kMostBuckets) return put(place, taken);
    grow();
  }
}

/// Four times as large: the memory of every size on the way is touched for the first time.
void ReceptionBook::grow() {
  base::LargeArray<Bucket> old(std::min(m_buckets.size() * 4, kMostBuckets));
  std::swap(old, m_buckets);
  for (std::size_t from = 0; from < old.size(); ++from) {
    for (std::size_t way = 0; way < kWays; ++way) {
      if (old[from].tag[way] == 0) continue;
      const auto taken = taken_at({&old[from], way});
      auto& bucket = bucket_of(taken.key);
      put({&bucket, oldest_of(bucket)}, taken);  // as many are free as were in the old one
    }
  }
}

Reception ReceptionBook::take(const Heard& heard, std::uint64_t key) {
  const std::uint32_t index = station_of(heard.station);
  auto& station = m_stations[index];
  ++station.received;
  std::int64_t heard_ms = heard.stated.value_or(heard.arrival).ms;
  if (heard.stated && index != 0) note_stamp(index, heard_ms);
  const auto ahead = heard.stated ? station.clock_ahead_ms() : std::nullopt;
  if (ahead) heard_ms -= station.clock_error_ms();
  Taken now{key, 0, heard_ms, index, model::TimeQuality::kArrival, ahead.has_value()};
  if (const auto place = find(now); place.bucket != nullptr) {
    auto known = taken_at(place);
    const bool again =
        known.station == index && !heard.second && !heard.utc && heard_ms > known.heard_ms;
    ++m_copies;
    if (!again) {
      if (heard.stated && known.station != index) {
        const std::int64_t off_s = std::abs(heard_ms - known.time_ms) / 1000;
        ++m_spread[std::size_t(std::min<std::int64_t>(off_s, 60))];
      }
      return {Kind::kCopy, {known.time_ms}, known.quality, ahead};
    }
    auto out = estimate(heard, station);
    out.kind = Kind::kRepeat;
    out.clock_ahead_ms = ahead;
    known.heard_ms = heard_ms;
    known.time_ms = out.time.ms;
    put(place, known);
    return out;
  }
  auto out = estimate(heard, station);
  out.clock_ahead_ms = ahead;
  ++m_messages;
  ++station.first;
  now.time_ms = out.time.ms;
  now.quality = out.quality;
  remember(now);
  return out;
}

void ReceptionBook::save(base::ByteWriter& out) const {
  out.put(m_messages);
  out.put(m_copies);
  out.put(m_newest_ms);
  out.put(m_stamped);
  for (std::size_t i = 0; i < kFeedStamps; ++i) {
    out.put(m_stamp_ms[i]);
    out.put(m_stamp_station[i]);
  }
  for (const auto count : m_spread) out.put(count);
  out.put(static_cast<std::uint32_t>(m_stations.size()));
  for (const auto& station : m_stations) {
    out.put_text(station.name);
    out.put(station.received);
    out.put(station.first);
    out.put(station.compared);
    for (const auto ahead : station.ahead_ms) out.put(ahead);
  }
  out.put(static_cast<std::uint32_t>(m_buckets.size()));
  const auto each_used = [&](auto visit) {
    for (std::size_t i = 0; i < m_buckets.size() * kWays; ++i) {
      // It is read only: visit() does not change it.
      const Place place{const_cast<Bucket*>(&m_buckets[i / kWays]), i % kWays};
      if (place.bucket->tag[place.way] != 0) visit(i, taken_at(place));
    }
  };
  std::uint32_t used = 0;
  each_used([&](std::size_t, const Taken&) { ++used; });
  out.put(used);
  each_used([&](std::size_t i, const Taken& taken) {
    out.put(static_cast<std::uint32_t>(i));
    out.put(taken.key);
    out.put(taken.time_ms);
    out.put(taken.heard_ms);
    out.put(taken.station);
    out.put(taken.quality);
    out.put(std::uint8_t{taken.sure});
  });
}

bool ReceptionBook::load(base::ByteReader& in, bool same_table) {
  ReceptionBook fresh;
  fresh.m_messages = in.get<std::uint64_t>();
  fresh.m_copies = in.get<std::uint64_t>();
  fresh.m_newest_ms = in.get<std::int64_t>();
  fresh.m_stamped = in.get<std::uint64_t>();
  for (std::size_t i = 0; i < kFeedStamps; ++i) {
    fresh.m_stamp_ms[i] = in.get<std::int64_t>();
    fresh.m_stamp_station[i] = in.get<std::uint32_t>();
  }
  fresh.count_from(fresh.m_stamp_ms[0]);
  for (auto& count : fresh.m_spread) count = in.get<std::uint64_t>();
  const auto stations = in.get<std::uint32_t>();
  if (!in.ok() || stations == 0 || stations > kMostStations) return false;
  for (const auto station : fresh.m_stamp_station) {
    if (station >= stations) return false;
  }
  fresh.m_stations.resize(stations);
  for (std::uint32_t i = 0; i < stations; ++i) {
    auto& station = fresh.m_stations[i];
    station.name = std::string(in.get_text());
    station.received = in.get<std::uint64_t>();
    station.first = in.get<std::uint64_t>();
    station.compared = in.get<std::uint32_t>();
    for (auto& ahead : station.ahead_ms) ahead = in.get<std::int32_t>();
    station.read_clock();
    if (i > 0) fresh.m_by_name.emplace(station.name, i);
  }
  const auto held = std::min<std::uint64_t>(fresh.m_stamped, kFeedStamps);
  for (std::uint64_t i = 0; i < held; ++i) ++fresh.m_stations[fresh.m_stamp_station[i]].stamps_held;
  const auto size = in.get<std::uint32_t>();
  const auto sound = [](std::uint32_t count) {
    return count >= kFirstBuckets && count <= kMostBuckets && std::has_single_bit(count);
  };
  if (!in.ok() || (same_table && !sound(size))) return false;
  if (same_table) fresh.m_buckets = base::LargeArray<Bucket>(size);
  for (auto n = in.get<std::uint32_t>(); n > 0 && in.ok(); --n) {
    const std::size_t at = in.get<std::uint32_t>();
    Taken taken;
    taken.key = in.get<std::uint64_t>();
    taken.time_ms = in.get<std::int64_t>();
    taken.heard_ms = in.get<std::int64_t>();
    taken.station = in.get<std::uint32_t>();
    taken.quality = in.get<model::TimeQuality>();
    taken.sure = in.get<std::uint8_t>() != 0;
    if (taken.station >= stations) return false;
    if (!same_table) continue;
    if (at >= std::size_t{size} * kWays) return false;
    fresh.put({&fresh.m_buckets[at / kWays], at % kWays}, taken);
  }
  if (!in.ok()) return false;
  *this = std::move(fresh);
  return true;
}

}  // namespace jinglue::observe::reception
