// SPDX-License-Identifier: Apache-2.0
#include "observe/ais/reassembly.hpp"

#include <algorithm>

#include "observe/ais/armour.hpp"

namespace jinglue::observe::ais {
namespace {

constexpr base::Duration kSweepEvery{1'000};
constexpr std::uint8_t kMaxUnspent = 100;

/// FNV-1a over texts with a mark after each; the same on every machine, as saved state needs.
class KeyHash {
 public:
  KeyHash& add(std::string_view text) {
    for (const char c : text) octet(static_cast<std::uint8_t>(c));
    octet(0xFF);
    return *this;
  }
  KeyHash& add(std::uint64_t number) {
    for (int i = 0; i < 8; ++i) octet(static_cast<std::uint8_t>(number >> (8 * i)));
    return *this;
  }
  std::uint64_t value() const { return m_hash == 0 ? 1 : m_hash; }

 private:
  void octet(std::uint8_t value) { m_hash = (m_hash ^ value) * 1'099'511'628'211ULL; }
  std::uint64_t m_hash{14'695'981'039'346'656'037ULL};
};

std::uint64_t key_of(const Reassembly::Part& part) {
  const Sentence& s = part.sentence;
  KeyHash hash;
  hash.add(part.input).add(std::uint64_t{s.count});
  // Only the first sentence of a group has to name its source.
  if (part.wrapper.group)
    return hash.add(part.station).add("g").add(part.wrapper.group->id).value();
  const bool named = !part.wrapper.source.empty();
  hash.add(named ? part.wrapper.source : part.station).add(s.talker);
  const std::uint64_t rest = (std::uint64_t{s.own_ship} << 16) |
                             (std::uint64_t{static_cast<std::uint8_t>(s.sequence)} << 8) |
                             std::uint64_t{static_cast<std::uint8_t>(s.channel)};
  return hash.add(rest).value();
}

}  // namespace

Reassembly::Reassembly() : m_keys(Decoder::kMaxOpen), m_touched(Decoder::kMaxOpen) {}

/// Few feeds ever have many messages open: slots are made when their place is first used.
Reassembly::Slot& Reassembly::slot_at(std::size_t place) {
  constexpr std::size_t kFirst = 8;
  if (place >= m_slots.size()) {
    m_slots.resize(std::min(m_keys.size(), std::max({kFirst, m_slots.size() * 2, place + 1})));
  }
  return m_slots[place];
}

Reassembly::Outcome Reassembly::add(const Part& part, Joined& out) {
  sweep(part.now);
  const std::size_t place = place_for(key_of(part), part);
  Slot& slot = m_slots[place];
  const std::size_t index = part.sentence.number - std::size_t{1};
  Piece& piece = slot.pieces[index];
  const bool used = piece.unspent > 0 || !piece.payload.empty();  // a part may be empty
  if (used && piece.payload != part.sentence.payload) {
    restart(slot, index, part);
  }
  piece.payload.assign(part.sentence.payload);
  piece.fill_bits = part.sentence.fill_bits;
  piece.seen = part.now;
  piece.line = part.line;
  if (piece.unspent < kMaxUnspent) ++piece.unspent;
  m_touched[place] = part.now;
  if (part.wrapper.time && (index == 0 || !slot.stated_time)) slot.stated_time = part.wrapper.time;
  if (!part.wrapper.source.empty() && (index == 0 || slot.source.empty())) {
    slot.source.assign(part.wrapper.source);
  }
  return complete(slot, part.now) ? join(slot, out) : Outcome::kWaits;
}

std::size_t Reassembly::place_for(std::uint64_t key, const Part& part) {
  const auto found = std::find(m_keys.begin(), m_keys.end(), key);
  if (found != m_keys.end()) {
    const auto place = static_cast<std::size_t>(found - m_keys.begin());
    if (part.now - m_touched[place] <= Decoder::kPartPatience) return place;
    forget(place, m_counts.timed_out);
    m_keys[place] = key;
    slot_at(place).count = part.sentence.count;
    return place;
  }
  const std::size_t place = m_next;
  m_next = (m_next + 1) % m_keys.size();
  if (m_keys[place] != 0) forget(place, m_counts.lost);
  m_keys[place] = key;
  slot_at(place).count = part.sentence.count;
  return place;
}

void Reassembly::sweep(base::Instant now) {
  // A clock that was set back restarts the rhythm; what is open then waits from its own time.
  if (now >= m_swept && now - m_swept < kSweepEvery) return;
  m_swept = now;
  for (std::size_t place = 0; place < m_keys.size(); ++place) {
    if (m_keys[place] != 0 && now - m_touched[place] > Decoder::kPartPatience) {
      forget(place, m_counts.timed_out);
    }
  }
}

void Reassembly::forget(std::size_t place, std::uint64_t& counter) {
  Slot& slot = m_slots[place];
  if (!slot.given) ++counter;
  for (Piece& piece : slot.pieces) {
    piece.payload.clear();
    piece.unspent = 0;
  }
  slot.given = false;
  slot.stated_time.reset();
  slot.source.clear();
  m_keys[place] = 0;
}

/// Another message uses the number. Of the slot stays what can belong to the newcomer: earlier
/// parts that came after the part that it replaces, and later parts that came just before and were
/// overtaken on the network.
void Reassembly::restart(Slot& slot, std::size_t index, const Part& part) {
  const std::uint64_t replaced = slot.pieces[index].line;
  bool lost = false;
  for (std::size_t i = 0; i < slot.count; ++i) {
    Piece& piece = slot.pieces[i];
    const bool just_before = part.now - piece.seen <= Decoder::kDisorderPatience &&
                             part.line - piece.line <= Decoder::kDisorderLines;
    const bool stays = i < index ? piece.line > replaced : i > index && just_before;
    if (stays && piece.unspent > 0) continue;
    if (piece.unspent > 0 && !slot.given) lost = true;
    piece.payload.clear();
    piece.unspent = 0;
  }
  if (lost) ++m_counts.lost;
  slot.given = false;
  if (slot.pieces[0].unspent > 0) return;
  slot.stated_time.reset();
  slot.source.clear();
}

bool Reassembly::complete(const Slot& slot, base::Instant now) {
  for (std::size_t i = 0; i < slot.count; ++i) {
    const Piece& piece = slot.pieces[i];
    if (piece.unspent == 0 || now - piece.seen > Decoder::kPartPatience) return false;
    if (i == 0 || slot.pieces[i - 1].line < piece.line) continue;
    // A part that came before its predecessor may do so only shortly before.
    const Piece& before = slot.pieces[i - 1];
    if (before.seen - piece.seen > Decoder::kDisorderPatience) return false;
    if (before.line - piece.line > Decoder::kDisorderLines) return false;
  }
  return true;
}

Reassembly::Outcome Reassembly::join(Slot& slot, Joined& out) {
  m_joined.clear();
  for (std::size_t i = 0; i < slot.count; ++i) {
    m_joined += slot.pieces[i].payload;
    m_lines[i] = slot.pieces[i].line;
    --slot.pieces[i].unspent;
  }
  slot.given = true;
  out = {m_joined, slot.pieces[slot.count - std::size_t{1}].fill_bits, slot.stated_time,
         slot.source, std::span(m_lines).first(slot.count)};
  return m_joined.size() <= Octets::kMaxCharacters ? Outcome::kComplete : Outcome::kTooLong;
}

void Reassembly::save(base::ByteWriter& out) const {
  out.put(m_counts.lost);
  out.put(m_counts.timed_out);
  out.put(m_swept.ms);
  const auto used = std::count_if(m_keys.begin(), m_keys.end(), [](auto key) { return key != 0; });
  out.put(static_cast<std::uint32_t>(m_next));
  out.put(static_cast<std::uint32_t>(used));
  for (std::size_t place = 0; place < m_keys.size(); ++place) {
    if (m_keys[place] != 0) save_slot(place, out);
  }
}

void Reassembly::save_slot(std::size_t place, base::ByteWriter& out) const {
  const Slot& slot = m_slots[place];
  out.put(static_cast<std::uint32_t>(place));
  out.put(m_keys[place]);
  out.put(m_touched[place].ms);
  out.put(slot.count);
  out.put(slot.given);
  out.put(slot.stated_time.has_value());
  out.put(slot.stated_time.value_or(base::Instant{}).ms);
  out.put_text(slot.source);
  for (std::size_t i = 0; i < slot.count; ++i) {
    const Piece& piece = slot.pieces[i];
    out.put_text(piece.payload);
    out.put(piece.seen.ms);
    out.put(piece.line);
    out.put(piece.fill_bits);
    out.put(piece.unspent);
  }
}

bool Reassembly::load(base::ByteReader& in) {
  *this = Reassembly();
  m_counts.lost = in.get<std::uint64_t>();
  m_counts.timed_out = in.get<std::uint64_t>();
  m_swept.ms = in.get<std::int64_t>();
  m_next = in.get<std::uint32_t>();
  const auto used = in.get<std::uint32_t>();
  bool good = in.ok() && m_next < m_keys.size() && used <= m_keys.size();
  for (std::uint32_t i = 0; i < used && good; ++i) good = load_slot(in);
  if (!good) *this = Reassembly();
  return good;
}

bool Reassembly::load_slot(base::ByteReader& in) {
  const auto place = in.get<std::uint32_t>();
  const auto key = in.get<std::uint64_t>();
  if (!in.ok() || place >= m_keys.size() || m_keys[place] != 0 || key == 0) return false;
  m_keys[place] = key;
  m_touched[place].ms = in.get<std::int64_t>();
  Slot& slot = slot_at(place);
  slot.count = in.get<std::uint8_t>();
  slot.given = in.get<std::uint8_t>() != 0;
  const bool stated = in.get<std::uint8_t>() != 0;
  const base::Instant time{in.get<std::int64_t>()};
  if (stated) slot.stated_time = time;
  slot.source = in.get_text();
  if (slot.count < 2 || slot.count > slot.pieces.size()) return false;
  for (std::size_t i = 0; i < slot.count; ++i) {
    Piece& piece = slot.pieces[i];
    piece.payload = in.get_text();
    piece.seen.ms = in.get<std::int64_t>();
    piece.line = in.get<std::uint64_t>();
    piece.fill_bits = in.get<std::uint8_t>();
    piece.unspent = in.get<std::uint8_t>();
    if (piece.fill_bits > 5 || piece.unspent > kMaxUnspent) return false;
  }
  return in.ok();
}

}  // namespace jinglue::observe::ais
