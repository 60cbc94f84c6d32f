// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the AIS decoder and the line splitter: the input is a stream of bytes as it is
// (first octet even), or payloads with armour, fields and checksum put around them (odd), so that
// the fuzzer gets past the checksum. Whatever the bytes: every line is counted once, values are in
// their ranges, what was decoded comes back from the encoder, saved state goes on as if it had
// never been saved, and the time of a replay never goes back.
#include <numeric>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/bytes.hpp"
#include "fuzz/require.hpp"
#include "model/fix.hpp"
#include "observe/ais/decoder.hpp"
#include "observe/ais/encoder.hpp"
#include "observe/link/line_splitter.hpp"
#include "observe/link/replay_pace.hpp"

namespace {

using namespace jinglue;
using fuzz::require;
using namespace jinglue::observe;
using namespace jinglue::observe::ais;

constexpr base::Instant kBegin{1'714'536'000'000};

/// One decoder for all, as making one costs more than decoding; the parts of one message have long
/// timed out when the next begins.
void check_round_trip(const Message& message) {
  static Decoder decoder;
  static base::Instant now = kBegin;
  now = now + 2 * Decoder::kPartPatience;
  std::optional<Message> back;
  for (const auto& line : encode(message)) {
    auto decoded = decoder.decode(line, "again", "", now);
    if (decoded.message) back = std::move(decoded.message);
  }
  // What ended early or ran on past the standard comes back in the standard's length.
  require(back && to_bits(*back).armoured() == to_bits(message).armoured());
}

void check_report(const Decoded& decoded, base::Instant now) {
  const Report report = to_report(*decoded.message, decoded.stated_time, now, 1);
  if (!report.fix) return;
  require(std::abs(report.fix->position.lat) <= 540'000'000);
  require(std::abs(report.fix->position.lon) <= 1'080'000'000);
  require(!report.fix->cog_cdeg || *report.fix->cog_cdeg < 36'000);
  require(!report.fix->heading_deg || *report.fix->heading_deg < 360);
  require(decoded.stated_time || report.fix->time <= now);
}

/// Decodes with one decoder, and with one that is saved and loaded on the way.
class Twins {
 public:
  void decode(std::string_view line) {
    const base::Instant now = kBegin + base::Duration(500 * m_lines++);
    if (m_lines % 8 == 2) save_and_load();
    const Decoded one = m_straight.decode(line, "input", "station", now);
    const Decoded two = m_saved.decode(line, "input", "station", now);
    require(one.cause == two.cause && one.message == two.message &&
            one.stated_time == two.stated_time && one.source == two.source);
    require((one.cause == Cause::kNone) == one.message.has_value());
    if (!one.message) return;
    check_round_trip(*one.message);
    check_report(one, now);
  }

  void save_and_load() {
    base::ByteWriter saved;
    m_saved.save(saved);
    base::ByteReader reader(saved.bytes());
    require(m_saved.load(reader) && reader.left() == 0);
  }

  void check_counts() const {
    auto counts = m_straight.counts();
    require(counts == m_saved.counts());
    for (const Cause extra : {Cause::kTagBlock, Cause::kPartLost, Cause::kPartTimeout}) {
      counts[std::size_t(extra)] = 0;
    }
    require(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}) ==
            std::uint64_t(m_lines));
  }

 private:
  Decoder m_straight;
  Decoder m_saved;
  std::int64_t m_lines{0};
};

void as_stream(std::string_view bytes, Twins& twins) {
  link::LineSplitter splitter(Decoder::kMaxLine);
  link::ReplayPace pace(true);
  base::Duration due{0};
  const auto give = [&](std::string_view line) {
    const base::Duration next = pace.next(link::stated_time(line));
    require(next >= due && next - due <= link::ReplayPace::kLongestGap);
    due = next;
    twins.decode(line);
    return true;
  };
  splitter.feed(bytes, give);
  splitter.finish(give);
}

/// Pieces end with an octet of 0xFF; the first octet of a piece chooses its numbers.
void as_payloads(std::string_view bytes, Twins& twins) {
  while (!bytes.empty()) {
    const auto end = std::min(bytes.find('\xFF'), bytes.size());
    const std::string_view piece = bytes.substr(0, end);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    if (piece.empty()) continue;
    const auto choice = static_cast<unsigned char>(piece[0]);
    const unsigned count = 1 + (choice & 1) * (1 + ((choice >> 1) & 1));
    const unsigned number = 1 + ((choice >> 2) & 3) % count;
    std::string payload;
    for (const char c : piece.substr(1)) {
      const unsigned six = static_cast<unsigned char>(c) & 63;
      payload += static_cast<char>(six < 40 ? six + 48 : six + 56);
    }
    const std::string between = fmt::format("AIVDM,{},{},{},A,{},{}", count, number,
                                            count > 1 ? "3" : "", payload, (choice >> 4) % 6);
    twins.decode(fmt::format("!{}*{:02X}", between, nmea_checksum(between)));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  Twins twins;
  if (data[0] % 2 == 0) {
    as_stream(bytes, twins);
  } else {
    as_payloads(bytes, twins);
  }
  twins.check_counts();
  return 0;
}
