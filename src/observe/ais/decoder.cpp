// SPDX-License-Identifier: Apache-2.0
#include "observe/ais/decoder.hpp"

#include "base/keys.hpp"
#include "observe/ais/armour.hpp"
#include "observe/ais/message_reader.hpp"
#include "observe/ais/reassembly.hpp"
#include "observe/ais/sentence.hpp"

namespace jinglue::observe::ais {
namespace {

constexpr std::uint32_t kStateVersion = 1;
constexpr std::size_t kCauses = std::size_t(Cause::kCount);

constexpr std::array<std::string_view, kCauses> kKeys = {
    "none",         "part",      "not_ais",      "too_long", "checksum",
    "no_checksum",  "form",      "tag_block",    "payload",  "too_short",
    "type_unknown", "part_lost", "part_timeout", "value",    "type_unused"};

std::string_view trim_end(std::string_view line) {
  while (!line.empty() && static_cast<unsigned char>(line.back()) <= ' ') line.remove_suffix(1);
  return line;
}

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
  Octets octets;

  Cause decode(std::string_view line, const Reassembly::Part& origin, Decoded& out);
  Cause not_ais(std::string_view line, const Reassembly::Part& origin);
  Cause read_payload(std::string_view payload, unsigned fill_bits, Decoded& out);
  std::optional<base::Instant> take_announced(const Reassembly::Part& origin,
                                              std::uint8_t checksum);
};

namespace {

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

Cause Decoder::Impl::decode(std::string_view line, const Reassembly::Part& origin, Decoded& out) {
  out.source = origin.station;
  if (line.size() > kMaxLine) return Cause::kTooLong;
  line = trim_end(line);
  std::size_t at = find_sentence(line, 0);
  if (at == std::string_view::npos) return not_ais(line, origin);
  Sentence sentence;
  const Cause cause = first_sentence(line, at, sentence);
  if (cause != Cause::kNone) return cause;

  Wrapper wrapper;
  if (at != 0 || !sentence.after.empty()) {
    wrapper = read_wrapper(line.substr(0, at), sentence.after);
    if (wrapper.bad_tag) ++counts[std::size_t(Cause::kTagBlock)];
  }
  if (announced && !wrapper.time) wrapper.time = take_announced(origin, sentence.checksum);
  if (sentence.count == 1) {
    out.stated_time = wrapper.time;
    if (!wrapper.source.empty()) out.source = wrapper.source;
    return read_payload(sentence.payload, sentence.fill_bits, out);
  }

  Joined joined;
  const Reassembly::Part part{sentence,       wrapper,    origin.input,
                              origin.station, origin.now, origin.line};
  const auto outcome = parts.add(part, joined);
  if (outcome == Reassembly::Outcome::kWaits) return Cause::kPart;
  if (outcome == Reassembly::Outcome::kTooLong) return Cause::kTooLong;
  out.stated_time = joined.stated_time;
  if (!joined.source.empty()) out.source = joined.source;
  return read_payload(joined.payload, joined.fill_bits, out);
}

Cause Decoder::Impl::not_ais(std::string_view line, const Reassembly::Part& origin) {
  if (line.size() > 5 && line[0] == '$' && line[1] == 'P' && line[2] == 'G') {
    if (const auto pghp = read_pghp(line)) {
      announced = Announced{std::string(origin.input), std::string(origin.station), *pghp};
    }
  }
  return Cause::kNotAis;
}

std::optional<base::Instant> Decoder::Impl::take_announced(const Reassembly::Part& origin,
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
  return read_message(octets.reader(), out.message);
}

Decoder::Decoder() : m_impl(std::make_unique<Impl>()) {}
Decoder::~Decoder() = default;

Decoded Decoder::decode(std::string_view line, std::string_view input, std::string_view station,
                        base::Instant now) {
  Decoded out;
  const Sentence none;
  const Wrapper bare;
  const std::uint64_t number = ++m_impl->lines;
  out.cause = m_impl->decode(line, {none, bare, input, station, now, number}, out);
  ++m_impl->counts[std::size_t(out.cause)];
  m_impl->counts[std::size_t(Cause::kPartLost)] = m_impl->parts.counts().lost;
  m_impl->counts[std::size_t(Cause::kPartTimeout)] = m_impl->parts.counts().timed_out;
  return out;
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
  if (in.get<std::uint32_t>() != kStateVersion) return false;
  for (std::uint64_t& count : fresh->counts) count = in.get<std::uint64_t>();
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
