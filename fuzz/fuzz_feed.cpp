// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the feeds beside AIS: the first octet chooses lines of an nmea input as they are,
// fields with "$", formatter and checksum put around them, the octets of a short message, or NAF.
// Whatever the bytes: one cause a line, values in range, and saved state goes on as if it had
// never been saved.
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "fuzz/require.hpp"
#include "model/terminal.hpp"
#include "observe/beidou/encoder.hpp"
#include "observe/feed/reader.hpp"
#include "observe/nmea/sentence.hpp"

namespace {

using namespace jinglue;
using fuzz::require;
using namespace jinglue::observe;

constexpr base::Instant kBegin{1'714'536'000'000};

const feed::Setup& setup() {
  static const feed::Setup out = [] {
    const auto document = base::parse_config(
        "[[input]]\nname = \"mast\"\nown_terminal = \"mmsi:412000001\"\n[[input]]\nname = \"vms\"\n"
        "format = \"naf\"\n",
        "fuzz.toml");
    auto inputs = feed::read_inputs(*document);
    auto read = feed::Setup::read(JINGLUE_SOURCE_DIR "/data/beidou", std::move(*inputs));
    require(read.has_value());
    return std::move(*read);
  }();
  return out;
}

void check(const feed::Reading& reading) {
  require(!reading.cause.empty());
  require(reading.message() || reading.fixes.empty());
  for (const auto& fix : reading.fixes) {
    require(std::llabs(std::int64_t{fix.position.lat}) <= 540'000'000);
    require(std::llabs(std::int64_t{fix.position.lon}) <= 1'080'000'000);
    require(fix.cog_cdeg.value_or(0) < 36'000 && fix.heading_deg.value_or(0) < 360);
    const auto back = model::parse_track(model::to_text(fix.track));
    require(back && *back == fix.track);
  }
  for (const auto& text : reading.texts) require(base::is_utf8(text.text));
}

class Twins {
 public:
  Twins() {
    m_straight.use(setup());
    m_saved->use(setup());
  }
  void read(std::string_view line, std::string_view input) {
    const auto now = kBegin + base::Duration(500 * m_lines++);
    if (m_lines % 8 == 2) save_and_load();
    feed::Reading one, two;
    m_straight.read({line, input, "station", now, m_lines}, one);
    m_saved->read({line, input, "station", now, m_lines}, two);
    check(one);
    require(one.cause == two.cause && one.fixes == two.fixes && one.stated == two.stated &&
            one.stated_time == two.stated_time);
  }

 private:
  void save_and_load() {
    base::ByteWriter out;
    m_saved->save(out);
    m_saved = std::make_unique<feed::Reader>();
    base::ByteReader in(out.bytes());
    require(m_saved->load(in) && in.left() == 0);
    m_saved->use(setup());
  }
  feed::Reader m_straight;
  std::unique_ptr<feed::Reader> m_saved = std::make_unique<feed::Reader>();
  std::uint64_t m_lines{0};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  static constexpr const char* kFormatters[] = {"BDTXR,", "BDTCI,", "BDWAA,", "GNRMC,", "GNGGA,"};
  Twins twins;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto piece = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const unsigned kind = data[0] % 4;
    if (kind == 0) twins.read(piece, "mast");
    if (kind == 1 && !piece.empty()) {
      const auto choice = static_cast<unsigned char>(piece[0]) % 5;
      twins.read(nmea::framed(kFormatters[choice] + std::string(piece.substr(1))), "mast");
    }
    if (kind == 2) twins.read(beidou::txr(242286, piece), "mast");
    if (kind == 3) twins.read(piece, "vms");
  }
  return 0;
}
