// SPDX-License-Identifier: Apache-2.0
// One reader for every feed: the line's form chooses the decoder, each line has one cause, and what
// is saved goes on as if it had never been.
#include "observe/feed/reader.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "observe/ais/decoder.hpp"
#include "observe/ais/encoder.hpp"
#include "observe/beidou/decoder.hpp"
#include "observe/beidou/encoder.hpp"
#include "observe/nmea/sentence.hpp"
#include "unit/observe/shared_data.hpp"

using namespace jinglue;
using namespace jinglue::observe;
using namespace jinglue::observe::feed;

namespace {

constexpr base::Instant kNow{1'714'536'000'000};  // 2024-05-01T04:00:00Z

Setup setup_of(const std::string& inputs) {
  const auto document = base::parse_config(inputs, "jinglue.toml");
  EXPECT_TRUE(document) << document.error().text();
  auto read = read_inputs(*document);
  EXPECT_TRUE(read) << read.error().text();
  auto setup = feed::Setup::read(JINGLUE_SOURCE_DIR "/data/beidou", std::move(*read));
  EXPECT_TRUE(setup) << setup.error().text();
  return std::move(*setup);
}

Setup shore() {
  return setup_of(R"([[input]]
name = "mast"
own_terminal = "mmsi:412000001"
[[input]]
name = "vms"
format = "naf"
naf_speed = "knots"
)");
}

Reading read(Reader& reader, std::string_view text, std::string_view input = "ais",
             base::Instant arrival = kNow) {
  Reading out;
  reader.read({text, input, "10.0.0.1:4", arrival, 9}, out);
  return out;
}

std::string position_octets(std::uint32_t t_s, bool sos) {
  static beidou::Gbk gbk;
  static const auto setup = shore();
  beidou::Content c;
  c.time = base::Instant{std::int64_t{t_s} * 1000};
  c.position = geo::Position{225'012'345, 732'756'789};
  c.sog_ckn = 420;
  c.sos = sos;
  return *beidou::write_content(*setup.layouts().find("drill_position"), c, gbk);
}

}  // namespace

TEST(FeedReader, TheSentenceChoosesTheDecoder) {
  Reader reader;
  reader.use(shore());
  ais::PositionReport report;
  report.mmsi = 412000002;
  report.lat = 37 * 600'000;
  report.lon = 122 * 600'000;
  ais::Envelope envelope;
  envelope.source = "shidao";
  envelope.at = kNow;
  const auto ais_line = ais::encode(report, envelope).front();
  auto r = read(reader, ais_line);
  EXPECT_EQ(r.cause, "none");
  ASSERT_EQ(r.fixes.size(), 1u);
  EXPECT_EQ(r.fixes[0].source, model::FixSource::kAisA);
  EXPECT_EQ(r.station, "shidao");
  EXPECT_EQ(r.stated_time, kNow);

  const auto line =
      ais::tag_block(envelope, 1, 1) + beidou::txr(242286, position_octets(1714535990, true));
  r = read(reader, line);
  EXPECT_EQ(r.cause, "none");
  ASSERT_EQ(r.fixes.size(), 1u);
  EXPECT_EQ(model::to_text(r.fixes[0].track), "beidou:242286");
  EXPECT_EQ(r.fixes[0].position, (geo::Position{225'012'345, 732'756'789}));
  EXPECT_EQ(r.fixes[0].time.ms, 1714535990000);
  EXPECT_EQ(r.fixes[0].quality, model::TimeQuality::kStated);
  EXPECT_EQ(r.fixes[0].offset, 9u);
  ASSERT_EQ(r.texts.size(), 1u);
  EXPECT_TRUE(r.texts[0].sos);
  EXPECT_EQ(r.station, "shidao");

  r = read(reader,
           "//SR//TM/POS//RC/BZZZ9//NA/X//LT/37.5//LG/122.1//SP/4//DA/240501//TI/0359//ER//",
           "vms");
  EXPECT_EQ(r.cause, "none");
  ASSERT_EQ(r.fixes.size(), 1u);
  ASSERT_EQ(r.stated.size(), 1u);
  EXPECT_EQ(r.fixes[0].sog_ckn, 400);
  EXPECT_EQ(base::to_iso(*r.stated_time), "2024-05-01T03:59:00.000Z");
}

TEST(FeedReader, ACopyOfAnotherStationIsNoSecondPosition) {
  Reader reader;
  reader.use(shore());
  ais::PositionReport report;
  report.mmsi = 412000002;
  report.lat = 37 * 600'000;
  report.lon = 122 * 600'000;
  report.utc_second = 3;
  ais::Envelope envelope;
  envelope.source = "shidao";
  envelope.at = kNow;
  EXPECT_EQ(read(reader, ais::encode(report, envelope).front()).cause, "none");
  envelope.source = "chengshan";
  envelope.at = kNow + base::Duration(4000);
  const auto line = ais::encode(report, envelope).front();
  const auto copy = read(reader, line);
  EXPECT_EQ(copy.cause, "copy");
  EXPECT_TRUE(copy.fixes.empty());
  EXPECT_EQ(copy.station, "chengshan");
  ASSERT_TRUE(copy.sent) << "who hears whom is kept";
  EXPECT_EQ(reader.receptions().messages(), 1u);
  EXPECT_EQ(reader.receptions().copies(), 1u);
}

TEST(FeedReader, ASafetyMessageIsAText) {
  Reader reader;
  ais::SafetyText said;
  said.mmsi = 970'412'001;
  said.text = "SART ACTIVE";
  const auto r = read(reader, ais::encode(said).front());
  EXPECT_EQ(r.cause, "none");
  EXPECT_TRUE(r.fixes.empty());
  ASSERT_EQ(r.texts.size(), 1u);
  EXPECT_EQ(model::to_text(r.texts[0].from), "mmsi:970412001");
  EXPECT_EQ(r.texts[0].text, "SART ACTIVE");
}

TEST(FeedReader, AnAddressedTextAndABinaryMessageSayWhomTheyAreFor) {
  Reader reader;
  ais::SafetyText said;
  said.type = 12;
  said.mmsi = 4'121'000;
  said.destination = 412'000'009;
  said.text = "KEEP CLEAR";
  auto r = read(reader, ais::encode(said).front());
  ASSERT_EQ(r.texts.size(), 1u);
  ASSERT_TRUE(r.texts[0].to);
  EXPECT_EQ(model::to_text(*r.texts[0].to), "mmsi:412000009");

  ais::BinaryMessage data;
  data.mmsi = 4'121'000;
  data.dac = 1;
  data.fi = 31;
  std::uint8_t* octets = data.data.resize(77);
  for (int i = 0; i < 10; ++i) octets[i] = std::uint8_t(0x11 * i);
  octets[9] &= 0xF8;
  const auto bits = ais::to_bits(data);
  r = read(reader, ais::encode(data).front());
  EXPECT_EQ(r.cause, "none");
  ASSERT_EQ(r.applications.size(), 1u);
  const auto& one = r.applications[0];
  EXPECT_EQ(model::to_text(one.from), "mmsi:004121000");
  EXPECT_FALSE(one.to);
  EXPECT_EQ(one.type, 8);
  EXPECT_EQ(one.dac, 1);
  EXPECT_EQ(one.fi, 31);
  EXPECT_EQ(one.bits, bits.bits());
  EXPECT_EQ(std::uint8_t(one.octets.at(7)), 0x00) << "head of 56 bits, then the data";
  EXPECT_EQ(std::uint8_t(one.octets.at(8)), 0x11);
  data.type = 6;
  data.destination = 412'000'009;
  r = read(reader, ais::encode(data).front());
  ASSERT_EQ(r.applications.size(), 1u);
  EXPECT_EQ(model::to_text(*r.applications[0].to), "mmsi:412000009");
  data.type = 25;
  data.dac = {};
  data.fi = {};
  data.destination = {};
  EXPECT_TRUE(read(reader, ais::encode(data).front()).applications.empty())
      << "bits without an identifier";
}

TEST(FeedReader, TheOwnReceiverIsTheTerminalOfItsInput) {
  Reader reader;
  reader.use(shore());
  const auto rmc = nmea::framed("GNRMC,035900,A,3730.1,N,12207.5,E,4.2,186.0,010524,,,A");
  const auto gga = nmea::framed("GNGGA,035900,3730.1,N,12207.5,E,1,08,1.0,5,M,,M,,");
  EXPECT_EQ(read(reader, rmc, "ais").cause, "no_owner");
  EXPECT_EQ(read(reader, gga, "mast").cause, "none");
  auto r = read(reader, rmc, "mast");
  EXPECT_EQ(r.cause, "none");
  ASSERT_EQ(r.fixes.size(), 1u);
  EXPECT_EQ(model::to_text(r.fixes[0].track), "mmsi:412000001");
  EXPECT_EQ(r.fixes[0].source, model::FixSource::kGnss);
  EXPECT_EQ(read(reader, gga, "mast").cause, "repeated") << "RMC said it, with speed and course";
  EXPECT_EQ(read(reader, gga, "mast", kNow + base::Duration(60'000)).cause, "none");
}

TEST(FeedReader, SeveralSentencesOfALineAreAllTaken) {
  Reader reader;
  reader.use(shore());
  const auto one = beidou::waa(1, kNow, {6, 6});
  const auto two = beidou::waa(2, kNow, {7, 7});
  auto damaged = two;
  damaged.back() = damaged.back() == '0' ? '1' : '0';
  auto r = read(reader, one + two);
  EXPECT_EQ(r.cause, "none");
  EXPECT_EQ(r.fixes.size(), 2u);
  r = read(reader, damaged + one);
  EXPECT_EQ(r.cause, "none");
  EXPECT_EQ(r.fixes.size(), 1u);
  EXPECT_EQ(read(reader, damaged).cause, "checksum");
  EXPECT_EQ(read(reader, "$BDTXR,1,2").cause, "no_checksum");
  EXPECT_EQ(read(reader, "nothing").cause, "not_ais");
  EXPECT_EQ(read(reader, "nothing", "vms").cause, "form");
}

TEST(FeedReader, TheSetupComesBackFromTheJournal) {
  const auto setup = shore();
  const auto json = base::parse_json(setup.to_json().dump());
  const auto back = feed::Setup::from_json(*json);
  ASSERT_TRUE(back) << back.error().text();
  EXPECT_EQ(back->revision(), setup.revision());
  EXPECT_NE(feed::Setup().revision(), setup.revision());
  EXPECT_EQ(back->layouts().all().size(), setup.layouts().all().size());
  EXPECT_EQ(back->input("vms").naf_speed, naf::SpeedUnit::kKnots);
  EXPECT_FALSE(feed::Setup::from_json(*base::parse_json("{\"otherwise\":{}}")));
}

TEST(FeedReader, MistakesInTheSettingsAreNamed) {
  const std::pair<const char*, const char*> cases[] = {
      {"format = \"ivef\"", "jinglue.toml:3 input[0].format: unknown format of lines 'ivef'"},
      {"own_terminal = \"412\"", "own_terminal: not a terminal"},
      {"naf_speed = \"kn\"\nformat = \"naf\"", "naf_speed: 'kn' is no unit of speed"},
      {"naf_speed = \"knots\"", "only a naf input has it"},
      {"own_terminal = \"mmsi:412000001\"\nformat = \"naf\"", "only an nmea input"},
  };
  for (const auto& [text, message] : cases) {
    const auto document =
        base::parse_config(std::string("[[input]]\nname = \"x\"\n") + text, "jinglue.toml");
    ASSERT_TRUE(document);
    const auto inputs = read_inputs(*document);
    ASSERT_FALSE(inputs) << text;
    EXPECT_NE(inputs.error().text().find(message), std::string::npos) << inputs.error().text();
  }
}

/// All lines of the developers' logs: what the AIS decoder makes of them is unchanged, and what it
/// does not know is read by the others.
TEST(FeedReader, LosesNothingOfRealLogs) {
  const auto folder = tests::shared_ais() / "nmea";
  JINGLUE_NEEDS_SHARED(folder);
  std::size_t own = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    Reader reader;
    feed::Setup setup;
    Input input;
    input.own_terminal = *model::parse_terminal("mmsi:244000001");
    setup.set_otherwise(input);
    reader.use(setup);
    ais::Decoder decoder;
    Reading r;
    for (const auto& line : tests::read_lines(file.path())) {
      reader.read({line, "x", "", kNow, 1}, r);
      ASSERT_FALSE(r.cause.empty()) << line;
      nmea::Sentence sentence;
      constexpr std::string_view kOwn[] = {"RMC", "GGA"};
      if (nmea::find(line, 0, kOwn, sentence) != nmea::Check::kNone) {
        own += r.fixes.size();
        continue;
      }
      const auto decoded = decoder.decode(line, "x", "", kNow).cause;
      ASSERT_EQ(r.copy() ? "none" : r.cause, to_key(decoded)) << line;
    }
  }
  EXPECT_GT(own, 150u);
}

RC_GTEST_PROP(FeedReader, SavedStateGoesOn, ()) {
  Reader straight;
  auto saved = std::make_unique<Reader>();
  straight.use(shore());
  saved->use(shore());
  ais::StaticData statics;
  statics.mmsi = 412000003;
  statics.name = "LONG NAME OF A SHIP";
  statics.destination = "SHIDAO";
  const auto parts = ais::encode(statics);
  const std::vector<std::string> lines = {
      parts.at(0),
      parts.at(1),
      beidou::waa(5, kNow, {1, 2}),
      nmea::framed("GNRMC,035900,A,3730.1,N,12207.5,E,4.2,186.0,010524,,,A"),
      nmea::framed("GNGGA,035900,3730.1,N,12207.5,E,1,08,1.0,5,M,,M,,"),
      "noise"};
  auto now = kNow;
  for (int i = 0; i < 12; ++i) {
    const auto& line = *rc::gen::elementOf(lines);
    now = now + base::Duration(*rc::gen::inRange(0, 40'000));
    if (*rc::gen::arbitrary<bool>()) {
      base::ByteWriter out;
      saved->save(out);
      auto fresh = std::make_unique<Reader>();
      base::ByteReader in(out.bytes());
      RC_ASSERT(fresh->load(in) && in.left() == 0);
      saved = std::move(fresh);
      saved->use(shore());
    }
    const auto one = read(straight, line, "mast", now);
    const auto two = read(*saved, line, "mast", now);
    RC_ASSERT(one.cause == two.cause && one.fixes == two.fixes && one.stated == two.stated);
  }
}
