// SPDX-License-Identifier: Apache-2.0
// The project's own corpus, tests/data/ais: sound sentences with what they say, and damaged ones
// with the cause under which they are counted. Written values, so that encoder and decoder cannot
// change together unseen.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "observe/ais/decoder.hpp"
#include "observe/ais/encoder.hpp"
#include "unit/observe/shared_data.hpp"

using namespace jinglue;
using namespace jinglue::observe::ais;

namespace {

const std::filesystem::path kFolder = std::filesystem::path(JINGLUE_SOURCE_DIR) / "tests/data/ais";

class Fields {
 public:
  Fields(int type, std::uint32_t mmsi) : m_text(fmt::format("type={} mmsi={}", type, mmsi)) {}
  template <class T>
  Fields& add(const char* name, const std::optional<T>& value) {
    if (value) m_text += fmt::format(" {}={}", name, +*value);
    return *this;
  }
  Fields& add(const char* name, const std::optional<std::string>& value) {
    if (value && !value->empty()) m_text += fmt::format(" {}=[{}]", name, *value);
    return *this;
  }
  template <std::size_t kMost>
  Fields& add(const char* name, const std::optional<FixedText<kMost>>& value) {
    if (value && !value->empty()) m_text += fmt::format(" {}=[{}]", name, value->view());
    return *this;
  }
  Fields& add(const char* name, const std::optional<model::Dimensions>& d) {
    if (d) {
      m_text += fmt::format(" {}={},{},{},{}", name, d->to_bow_m, d->to_stern_m, d->to_port_m,
                            d->to_starboard_m);
    }
    return *this;
  }
  Fields& flag(const char* name, bool value) {
    if (value) m_text += fmt::format(" {}", name);
    return *this;
  }
  const std::string& text() const { return m_text; }

 private:
  std::string m_text;
};

std::string describe(const PositionReport& m) {
  Fields f(m.type, m.mmsi);
  f.add("status", m.nav_status).add("turn", m.rate_of_turn).add("sog", m.sog);
  f.add("lat", m.lat).add("lon", m.lon).add("cog", m.cog).add("heading", m.heading);
  f.add("second", m.utc_second).add("altitude", m.altitude_m);
  f.add("name", std::optional(m.name)).add("ship_type", m.ship_type).add("size", m.dimensions);
  return f.flag("accurate", m.accurate).flag("raim", m.raim).text();
}

std::string describe(const BaseStationReport& m) {
  Fields f(m.type, m.mmsi);
  if (m.utc) f.add("utc", std::optional(base::to_iso(*m.utc)));
  return f.add("lat", m.lat).add("lon", m.lon).text();
}

std::string describe(const StaticData& m) {
  Fields f(m.type, m.mmsi);
  f.add("part", m.part).add("imo", m.imo).add("call_sign", m.call_sign).add("name", m.name);
  f.add("ship_type", m.ship_type).add("size", m.dimensions).add("eta", m.eta);
  f.add("draught", m.draught_dm).add("destination", m.destination).add("vendor", m.vendor);
  return f.add("mothership", m.mothership_mmsi).text();
}

std::string describe(const AtonReport& m) {
  Fields f(21, m.mmsi);
  f.add("aton_type", std::optional(m.aton_type)).add("name", std::optional(m.name));
  f.add("lat", m.lat).add("lon", m.lon).add("size", m.dimensions).add("second", m.utc_second);
  return f.flag("off_position", m.off_position).flag("virtual", m.is_virtual).text();
}

std::string describe(const SafetyText& m) {
  Fields f(m.type, m.mmsi);
  return f.add("to", m.destination).add("text", std::optional(m.text)).text();
}

/// The others are held to what other programs read, in vectors_test.cpp.
template <class M>
std::string describe(const M& m) {
  return Fields(type_of(m), m.mmsi).text();
}

std::string describe(const Decoded& d) {
  std::string out = std::visit([](const auto& m) { return describe(m); }, *d.message);
  if (d.stated_time) out += " at=" + base::to_iso(*d.stated_time);
  if (!d.source.empty()) out += " source=" + std::string(d.source);
  return out;
}

}  // namespace

TEST(AisCorpus, EverySoundSentenceSaysWhatIsWritten) {
  Decoder decoder;
  std::optional<std::string> said;
  std::size_t seen = 0;
  for (const auto& line : tests::read_lines(kFolder / "sound.txt")) {
    if (line.empty() || line[0] == '#') continue;
    if (line[0] == '=') {
      EXPECT_EQ(said.value_or("nothing"), line.substr(2));
      said.reset();
      ++seen;
      continue;
    }
    const auto d = decoder.decode(line, "corpus", "", base::Instant{1'714'536'000'000});
    if (d.message) said = describe(d);
  }
  EXPECT_GE(seen, 30u);
  for (const Cause cause : {Cause::kTagBlock, Cause::kPartLost, Cause::kPartTimeout}) {
    EXPECT_EQ(decoder.counts()[std::size_t(cause)], 0u);
  }
}

TEST(AisCorpus, EveryDamagedSentenceIsCountedUnderItsCause) {
  std::size_t seen = 0;
  for (const auto& line : tests::read_lines(kFolder / "malformed.txt")) {
    if (line.empty() || line[0] == '#') continue;
    const auto space = line.find(' ');
    Decoder decoder;
    const auto d =
        decoder.decode(line.substr(space + 1), "corpus", "", base::Instant{1'714'536'000'000});
    EXPECT_EQ(to_key(d.cause), line.substr(0, space)) << line;
    EXPECT_FALSE(d.message) << line;
    ++seen;
  }
  EXPECT_GE(seen, 40u);
}
