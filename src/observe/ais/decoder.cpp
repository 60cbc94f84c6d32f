// SPDX-License-Identifier: Apache-2.0
#include "observe/ais/decoder.hpp"

#include <algorithm>

#include "base/keys.hpp"
#include "observe/ais/applications.hpp"
#include "observe/ais/armour.hpp"
#include "observe/ais/fields.hpp"
#include "observe/ais/message_reader.hpp"
#include "observe/ais/reassembly.hpp"
#include "observe/ais/sentence.hpp"

namespace jinglue::observe::ais {
namespace {

constexpr std::uint32_t kStateVersion = 2;  // 1 counted types not decoded where 2 counts lengths
constexpr std::size_t kLeastSentence = 20;
constexpr std::size_t kCauses = std::size_t(Cause::kCount);

constexpr std::array<std::string_view, kCauses> kKeys = {
    "none",         "part",      "not_ais",      "too_long", "checksum",
    "no_checksum",  "form",      "tag_block",    "payload",  "too_short",
    "type_unknown", "part_lost", "part_timeout", "value",    "length"};

std::string_view trim_end(std::string_view line) {
  while (!line.empty() && static_cast<unsigned char>(line.back()) <= ' ') line.remove_suffix(1);
  return line;
}

/// Where and when a line came in.
struct Origin {
  std::string_view input;
  std::string_view station;
  base::Instant now;
  std::uint64_t line{0};
};

/// A $PGHP line speaks of the next sentence of its feed.
struct Announced {
  std::string input;
  std::string station;
  Pghp pghp;
};

}  // namespace

std::string_view to_key(Cause cause) {
  return base::key_of(kKeys, cause);
}

struct Decoder::Impl {
  std::array<std::uint64_t, kCauses> counts{};
  Reassembly parts;
  std::optional<Announced> announced;
  std::uint64_t lines{0};
  Rigour rigour{Rigour::kUsual};
  const Applications* tables{nullptr};
  Octets octets;

  Cause decode(std::string_view line, const Origin& origin, Decoded& out);
  bool decode_plain(std::string_view line, const Origin& origin, Decoded& out, Cause& cause);
  Cause take_wrapped(std::string_view line, std::size_t at, std::size_t end,
                     const Sentence& sentence, const Origin& origin, Decoded& out);
  Cause finish(const Sentence& sentence, const Wrapper& wrapper, const Origin& origin,
               Decoded& out);
  Cause not_ais(std::string_view line, const Origin& origin);
  Cause read_payload(std::string_view payload, unsigned fill_bits, Decoded& out);
  Cause read_bits(Decoded& out);
  bool is_sound_length(const BitReader& bits) const;
  std::optional<base::Instant> take_announced(const Origin& origin, std::uint8_t checksum);
};

namespace {

bool is_one_field(std::string_view payload) {
  return std::all_of(payload.begin(), payload.end(), [](char c) { return c != ',' && c != '*'; });
}

void set_origin(const Sentence& sentence, const std::optional<base::Instant>& time,
                std::string_view source, Decoded& out) {
  out.talker = sentence.talker;
  out.channel = sentence.channel;
  out.own_ship = sentence.own_ship;
  out.parts = sentence.count;
  if (time) out.stated_time = *time;
  if (!source.empty()) out.source = source;
}

/// The first sentence of the line that is sound; else what is wrong with the first one.
Cause first_sentence(std::string_view line, std::size_t& at, Sentence& out) {
  const Cause first = read_sentence(line.substr(at), out);
  if (first == Cause::kNone) return first;
  for (std::size_t next = at;;) {
    next = find_sentence(line, next + 1);
    if (next == std::string_view::npos) return first;
    if (read_sentence(line.substr(next), out) == Cause::kNone) {
      at = next;
      return Cause::kNone;
    }
  }
}

}  // namespace

Cause Decoder::Impl::decode(std::string_view line, const Origin& origin, Decoded& out) {
  out.source = origin.station;
  if (line.size() > kMaxLine) return Cause::kTooLong;
  line = trim_end(line);
  Cause plain = Cause::kNone;
  if (decode_plain(line, origin, out, plain)) return plain;
  std::size_t at = find_sentence(line, 0);
  if (at == std::string_view::npos) return not_ais(line, origin);
  Sentence sentence;
  const Cause cause = first_sentence(line, at, sentence);
  if (cause != Cause::kNone) return cause;

  Wrapper wrapper;
  if (at != 0 || !sentence.after.empty()) {
    wrapper = read_wrapper(line.substr(0, at), sentence.after);
    out.tag_text = wrapper.text;
    if (wrapper.signal_dbm) out.signal_dbm = *wrapper.signal_dbm;
    if (wrapper.bad_tag) ++counts[std::size_t(Cause::kTagBlock)];
  }
  if (announced && !wrapper.time) wrapper.time = take_announced(origin, sentence.checksum);
  return finish(sentence, wrapper, origin, out);
}

/// The first '!' of the line begins a sentence that is sound: nearly all lines. False leaves the
/// line to the functions that look on; nothing has been counted or taken then.
bool Decoder::Impl::decode_plain(std::string_view line, const Origin& origin, Decoded& out,
                                 Cause& cause) {
  const std::size_t at = line.empty() || line[0] == '!' ? 0 : line.find('!');
  if (at == std::string_view::npos || line.size() < at + kLeastSentence) return false;
  std::size_t end = line.size();
  if (line[end - 3] != '*') {
    end = line.find('*', at + 7);
    if (end == std::string_view::npos || end + 3 > line.size()) return false;
    end += 3;
  }
  Sentence sentence;
  if (!read_plain_sentence(line.substr(at, end - at), sentence)) return false;
  if (sentence.count == 1 && !octets.fill(sentence.payload, sentence.fill_bits)) return false;
  if (sentence.count > 1 && !is_one_field(sentence.payload)) return false;
  if (at == 0 && end == line.size() && sentence.count == 1 && !announced) {
    set_origin(sentence, std::nullopt, {}, out);
    cause = read_bits(out);
    return true;
  }
  base::Instant stated;
  std::string_view source;
  if (end == line.size() && sentence.count == 1 &&
      read_plain_tag(line.substr(0, at), stated, source)) {
    set_origin(sentence, stated, source, out);
    cause = read_bits(out);
    return true;
  }
  cause = take_wrapped(line, at, end, sentence, origin, out);
  return true;
}

/// `sentence` lies from `at` to `end` of the line; when it is whole, its octets are filled.
Cause Decoder::Impl::take_wrapped(std::string_view line, std::size_t at, std::size_t end,
                                  const Sentence& sentence, const Origin& origin, Decoded& out) {
  Wrapper wrapper = read_wrapper(line.substr(0, at), line.substr(end));
  out.tag_text = wrapper.text;
  if (wrapper.signal_dbm) out.signal_dbm = *wrapper.signal_dbm;
  if (wrapper.bad_tag) ++counts[std::size_t(Cause::kTagBlock)];
  if (announced && !wrapper.time) wrapper.time = take_announced(origin, sentence.checksum);
  if (sentence.count > 1) return finish(sentence, wrapper, origin, out);
  set_origin(sentence, wrapper.time, wrapper.source, out);
  return read_bits(out);
}

Cause Decoder::Impl::finish(const Sentence& sentence, const Wrapper& wrapper, const Origin& origin,
                            Decoded& out) {
  if (sentence.count == 1) {
    set_origin(sentence, wrapper.time, wrapper.source, out);
    return read_payload(sentence.payload, sentence.fill_bits, out);
  }

  Joined joined;
  const Reassembly::Part part{sentence,       wrapper,    origin.input,
                              origin.station, origin.now, origin.line};
  const auto outcome = parts.add(part, joined);
  if (outcome == Reassembly::Outcome::kWaits) return Cause::kPart;
  if (outcome == Reassembly::Outcome::kTooLong) return Cause::kTooLong;
  set_origin(sentence, joined.stated_time, joined.source, out);
  out.calls = joined.lines;
  return read_payload(joined.payload, joined.fill_bits, out);
}

Cause Decoder::Impl::not_ais(std::string_view line, const Origin& origin) {
  if (line.size() > 5 && line[0] == '$' && line[1] == 'P' && line[2] == 'G') {
    if (const auto pghp = read_pghp(line)) {
      announced = Announced{std::string(origin.input), std::string(origin.station), *pghp};
    }
  }
  return Cause::kNotAis;
}

std::optional<base::Instant> Decoder::Impl::take_announced(const Origin& origin,
                                                           std::uint8_t checksum) {
  if (announced->input != origin.input || announced->station != origin.station) return std::nullopt;
  const Pghp pghp = announced->pghp;
  announced.reset();
  if (pghp.next_checksum != checksum) return std::nullopt;
  return pghp.time;
}

Cause Decoder::Impl::read_payload(std::string_view payload, unsigned fill_bits, Decoded& out) {
  if (payload.empty()) return Cause::kTooShort;
  if (!octets.fill(payload, fill_bits)) {
    return payload.size() > Octets::kMaxCharacters ? Cause::kTooLong : Cause::kPayload;
  }
  return read_bits(out);
}

bool Decoder::Impl::is_sound_length(const BitReader& bits) const {
  const auto type = static_cast<unsigned>(bits.get(0, 6));
  if (!is_standard_length(type, bits.bits())) return false;
  const auto place = application_of(bits);
  if (tables == nullptr || place.identifier == 0) return true;
  const auto dac = static_cast<unsigned>(bits.get(place.identifier, 10));
  const auto fi = static_cast<unsigned>(bits.get(place.identifier + 10, 6));
  return !tables->knows(type, dac, fi) ||
         tables->find(type, dac, fi, place.end - place.data) != nullptr;
}

Cause Decoder::Impl::read_bits(Decoded& out) {
  const BitReader bits = octets.reader();
  const Cause cause = read_message(bits, rigour == Rigour::kLenient, out.message);
  if (cause != Cause::kNone) return cause;
  if (rigour == Rigour::kStrict && !is_sound_length(bits)) {
    out.message.reset();
    return Cause::kLength;
  }
  out.bits = bits;
  return Cause::kNone;
}

Decoder::Decoder(Rigour rigour, const Applications* tables) : m_impl(std::make_unique<Impl>()) {
  m_impl->rigour = rigour;
  m_impl->tables = tables;
}
Decoder::~Decoder() = default;

Decoded Decoder::decode(std::string_view line, std::string_view input, std::string_view station,
                        base::Instant now) {
  Decoded out;
  decode(line, input, station, now, out);
  return out;
}

void Decoder::decode(std::string_view line, std::string_view input, std::string_view station,
                     base::Instant now, Decoded& out) {
  out.message.reset();
  out.stated_time.reset();
  out.source = out.tag_text = out.talker = {};
  out.bits = {nullptr, 0};
  out.channel = '\0';
  out.own_ship = false;
  out.parts = 1;
  out.calls = {};
  out.signal_dbm.reset();
  const std::uint64_t number = ++m_impl->lines;
  out.cause = m_impl->decode(line, {input, station, now, number}, out);
  ++m_impl->counts[std::size_t(out.cause)];
  m_impl->counts[std::size_t(Cause::kPartLost)] = m_impl->parts.counts().lost;
  m_impl->counts[std::size_t(Cause::kPartTimeout)] = m_impl->parts.counts().timed_out;
}

const std::array<std::uint64_t, kCauses>& Decoder::counts() const {
  return m_impl->counts;
}

void Decoder::save(base::ByteWriter& out) const {
  out.put(kStateVersion);
  for (const std::uint64_t count : m_impl->counts) out.put(count);
  out.put(m_impl->lines);
  const auto& announced = m_impl->announced;
  out.put(announced.has_value());
  if (announced) {
    out.put_text(announced->input);
    out.put_text(announced->station);
    out.put(announced->pghp.time.ms);
    out.put(announced->pghp.next_checksum);
  }
  m_impl->parts.save(out);
}

bool Decoder::load(base::ByteReader& in) {
  auto fresh = std::make_unique<Impl>();
  fresh->rigour = m_impl->rigour;
  fresh->tables = m_impl->tables;
  const auto version = in.get<std::uint32_t>();
  if (version == 0 || version > kStateVersion) return false;
  for (std::uint64_t& count : fresh->counts) count = in.get<std::uint64_t>();
  if (version == 1) fresh->counts[std::size_t(Cause::kLength)] = 0;
  fresh->lines = in.get<std::uint64_t>();
  if (in.get<std::uint8_t>() != 0) {
    Announced announced;
    announced.input = in.get_text();
    announced.station = in.get_text();
    announced.pghp.time.ms = in.get<std::int64_t>();
    announced.pghp.next_checksum = in.get<std::uint8_t>();
    fresh->announced = std::move(announced);
  }
  if (!fresh->parts.load(in) || !in.ok()) return false;
  m_impl = std::move(fresh);
  return true;
}

}  // namespace jinglue::observe::ais
