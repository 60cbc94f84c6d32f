// SPDX-License-Identifier: Apache-2.0
#include "observe/reception/reception_book.hpp"

#include <algorithm>
#include <cstdlib>

#include "observe/reception/sender_second.hpp"

namespace jinglue::observe::reception {
namespace {

constexpr std::size_t kFirstSlots = 1u << 13;
constexpr std::size_t kCompared = 5;
constexpr std::int64_t kSameClock_ms = 120'000;  // further off, a base station's UTC is not ours

/// FNV-1a, mixed: the same on every machine, because it is kept in snapshots.
std::uint64_t hash_of(std::string_view payload, std::uint8_t fill_bits) {
  std::uint64_t hash = 0xCBF2'9CE4'8422'2325ULL ^ fill_bits;
  for (const char c : payload) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x0000'0100'0000'01B3ULL;
  }
  hash ^= hash >> 32;
  hash *= 0x9E37'79B9'7F4A'7C15ULL;
  hash ^= hash >> 29;
  return hash;
}

std::uint32_t tag_of(std::uint64_t hash) {
  return static_cast<std::uint32_t>(hash >> 32) | 1;  // 0 is a free slot
}

std::uint32_t seconds_of(std::int64_t ms) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(ms / 1000, 0, UINT32_MAX));
}

}  // namespace

void ReceptionBook::Station::read_clock() {
  if (compared < kCompared) return;
  auto sorted = ahead_ms;
  const auto held = std::min<std::size_t>(compared, sorted.size());
  const auto middle = sorted.begin() + std::ptrdiff_t(held / 2);
  std::nth_element(sorted.begin(), middle, sorted.begin() + std::ptrdiff_t(held));
  m_clock_ahead_ms = *middle;
  const std::int64_t size = std::abs(std::int64_t{*middle});
  m_clock_error_ms = size > kClockRight.count() && size <= kClockMost.count() ? *middle : 0;
}

ReceptionBook::ReceptionBook() : m_stations(1) {
  resize(kFirstSlots);
}

std::uint32_t ReceptionBook::station_of(std::string_view name) {
  if (name.empty()) return 0;
  if (m_stations[m_last_station].name == name) return m_last_station;
  const auto found = m_by_name.find(name);
  if (found != m_by_name.end()) return m_last_station = found->second;
  if (m_stations.size() >= kMostStations) return 0;
  const auto index = static_cast<std::uint32_t>(m_stations.size());
  m_stations.emplace_back().name = name;
  m_by_name.emplace(name, index);
  return m_last_station = index;
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
  m_stamps[m_stamped % kFeedStamps] = {stamp_ms, station};
  ++m_stamped;
  if (m_stamped >= kFeedStamps && m_stamped % kFeedStep == 0) read_clocks();
}

/// The stamps in the middle of the ring are compared with the middle of all stamps there; how fast
/// the feed goes on (the middles of its older and its newer half) moves each to its own place.
void ReceptionBook::read_clocks() {
  std::array<std::int64_t, kFeedStamps> ms;  // oldest first
  for (std::size_t i = 0; i < kFeedStamps; ++i) {
    ms[i] = m_stamps[(m_stamped + i) % kFeedStamps].ms;
  }
  constexpr std::size_t kHalf = kFeedStamps / 2;
  const auto middle_of = [&](std::size_t from, std::size_t count) {
    auto part = ms;
    const auto begin = part.begin() + std::ptrdiff_t(from);
    const auto middle = begin + std::ptrdiff_t(count / 2);
    std::nth_element(begin, middle, begin + std::ptrdiff_t(count));
    return *middle;
  };
  const std::int64_t feed = middle_of(0, kFeedStamps);
  const std::int64_t pace = middle_of(kHalf, kHalf) - middle_of(0, kHalf);  // of kHalf stamps
  for (std::size_t i = kHalf - kFeedStep / 2; i < kHalf + kFeedStep / 2; ++i) {
    const auto index = m_stamps[(m_stamped + i) % kFeedStamps].station;
    const auto own = std::count_if(m_stamps.begin(), m_stamps.end(),
                                   [&](const auto& stamp) { return stamp.station == index; });
    // It is the feed: there is nothing to compare it with.
    if (static_cast<std::size_t>(own) * 2 > kFeedStamps) continue;
    auto& station = m_stations[index];
    const auto place = (std::int64_t(i) - std::int64_t(kHalf)) * pace / std::int64_t(kHalf);
    const auto ahead = std::clamp<std::int64_t>(ms[i] - feed - place, INT32_MIN, INT32_MAX);
    station.ahead_ms[station.compared % station.ahead_ms.size()] = static_cast<std::int32_t>(ahead);
    ++station.compared;
    station.read_clock();
  }
}

ReceptionBook::Slot* ReceptionBook::find(std::uint64_t hash, const Slot& heard) {
  const std::size_t bucket = bucket_of(hash);
  const auto& tags = m_buckets[bucket].tag;
  for (std::size_t i = 0; i < kWays; ++i) {
    if (tags[i] != tag_of(hash)) continue;
    auto& slot = m_slots[bucket * kWays + i];
    const bool sure = slot.station == heard.station || (slot.sure && heard.sure);
    const auto window = sure ? kWindow : kUnsureWindow;
    if (slot.hash == hash && std::abs(slot.heard_ms - heard.heard_ms) <= window.count()) {
      return &slot;
    }
  }
  return nullptr;
}

void ReceptionBook::put(std::size_t place, const Slot& slot) {
  auto& bucket = m_buckets[place / kWays];
  bucket.tag[place % kWays] = tag_of(slot.hash);
  bucket.heard_s[place % kWays] = seconds_of(slot.heard_ms);
  m_slots[place] = slot;
}

/// Takes the place of the oldest in its bucket. When that one could still have copies, the table is
/// too small.
void ReceptionBook::remember(const Slot& slot) {
  m_newest_ms = std::max(m_newest_ms, slot.heard_ms);
  const auto newest_s = std::int64_t{seconds_of(m_newest_ms)};
  for (;;) {
    const auto number = bucket_of(slot.hash);
    const auto& bucket = m_buckets[number];
    std::size_t oldest = 0;
    for (std::size_t i = 0; i < kWays && bucket.tag[oldest] != 0; ++i) {
      if (bucket.tag[i] == 0 || bucket.heard_s[i] < bucket.heard_s[oldest]) oldest = i;
    }
    const bool live = bucket.tag[oldest] != 0 && std::int64_t{bucket.heard_s[oldest]} >=
                                                     newest_s - kUnsureWindow.count() / 1000;
    if (!live || m_slots.size() >= kMostSlots) return put(number * kWays + oldest, slot);
    grow();
  }
}

void ReceptionBook::resize(std::size_t slots) {
  m_buckets.assign(slots / kWays, {});
  m_slots.assign(slots, {});
}

void ReceptionBook::grow() {
  std::vector<Slot> old = std::move(m_slots);
  const auto buckets = std::move(m_buckets);
  resize(old.size() * 2);
  for (std::size_t from = 0; from < old.size(); ++from) {
    if (buckets[from / kWays].tag[from % kWays] == 0) continue;
    const auto bucket = bucket_of(old[from].hash);
    for (std::size_t i = 0; i < kWays; ++i) {
      if (m_buckets[bucket].tag[i] != 0) continue;
      put(bucket * kWays + i, old[from]);
      break;
    }
  }
}

Reception ReceptionBook::take(const Heard& heard) {
  const std::uint64_t hash = hash_of(heard.payload, heard.fill_bits);
  const std::uint32_t index = station_of(heard.station);
  auto& station = m_stations[index];
  ++station.received;
  std::int64_t heard_ms = heard.stated.value_or(heard.arrival).ms;
  if (heard.stated && index != 0) note_stamp(index, heard_ms);
  const auto ahead = heard.stated ? station.clock_ahead_ms() : std::nullopt;
  if (ahead) heard_ms -= station.clock_error_ms();
  const Slot now{hash, 0, heard_ms, index, model::TimeQuality::kArrival, ahead.has_value()};
  if (auto* known = find(hash, now)) {
    const bool again =
        known->station == index && !heard.second && !heard.utc && heard_ms > known->heard_ms;
    ++m_copies;
    if (!again) {
      if (heard.stated && known->station != index) {
        const std::int64_t off_s = std::abs(heard_ms - known->time_ms) / 1000;
        ++m_spread[std::size_t(std::min<std::int64_t>(off_s, 60))];
      }
      return {Kind::kCopy, {known->time_ms}, known->quality, ahead};
    }
    auto out = estimate(heard, station);
    out.kind = Kind::kRepeat;
    out.clock_ahead_ms = ahead;
    known->heard_ms = heard_ms;
    known->time_ms = out.time.ms;
    return out;
  }
  auto out = estimate(heard, station);
  out.clock_ahead_ms = ahead;
  ++m_messages;
  ++station.first;
  remember({hash, out.time.ms, heard_ms, index, out.quality, now.sure});
  return out;
}

void ReceptionBook::save(base::ByteWriter& out) const {
  out.put(m_messages);
  out.put(m_copies);
  out.put(m_newest_ms);
  out.put(m_stamped);
  for (const auto& stamp : m_stamps) {
    out.put(stamp.ms);
    out.put(stamp.station);
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
  out.put(static_cast<std::uint32_t>(m_slots.size()));
  const auto is_used = [&](std::size_t i) { return m_buckets[i / kWays].tag[i % kWays] != 0; };
  std::uint32_t used = 0;
  for (std::size_t i = 0; i < m_slots.size(); ++i) used += is_used(i) ? 1 : 0;
  out.put(used);
  for (std::size_t i = 0; i < m_slots.size(); ++i) {
    const auto& slot = m_slots[i];
    if (!is_used(i)) continue;
    out.put(static_cast<std::uint32_t>(i));
    out.put(slot.hash);
    out.put(slot.time_ms);
    out.put(slot.heard_ms);
    out.put(slot.station);
    out.put(slot.quality);
    out.put(std::uint8_t{slot.sure});
  }
}

bool ReceptionBook::load(base::ByteReader& in) {
  ReceptionBook fresh;
  fresh.m_messages = in.get<std::uint64_t>();
  fresh.m_copies = in.get<std::uint64_t>();
  fresh.m_newest_ms = in.get<std::int64_t>();
  fresh.m_stamped = in.get<std::uint64_t>();
  for (auto& stamp : fresh.m_stamps) {
    stamp.ms = in.get<std::int64_t>();
    stamp.station = in.get<std::uint32_t>();
  }
  for (auto& count : fresh.m_spread) count = in.get<std::uint64_t>();
  const auto stations = in.get<std::uint32_t>();
  if (!in.ok() || stations == 0 || stations > kMostStations) return false;
  for (const auto& stamp : fresh.m_stamps) {
    if (stamp.station >= stations) return false;
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
  const auto size = in.get<std::uint32_t>();
  if (!in.ok() || size < kFirstSlots || size > kMostSlots || (size & (size - 1)) != 0) return false;
  fresh.resize(size);
  for (auto n = in.get<std::uint32_t>(); n > 0 && in.ok(); --n) {
    const auto at = in.get<std::uint32_t>();
    if (at >= size) return false;
    Slot slot;
    slot.hash = in.get<std::uint64_t>();
    slot.time_ms = in.get<std::int64_t>();
    slot.heard_ms = in.get<std::int64_t>();
    slot.station = in.get<std::uint32_t>();
    slot.quality = in.get<model::TimeQuality>();
    slot.sure = in.get<std::uint8_t>() != 0;
    if (slot.station >= stations) return false;
    fresh.put(at, slot);
  }
  if (!in.ok()) return false;
  *this = std::move(fresh);
  return true;
}

}  // namespace jinglue::observe::reception
