// SPDX-License-Identifier: Apache-2.0
// The fleet's own contents: what a layout says is read and written, and a mistake in one is named
// with file, line and key.
#include "observe/beidou/layout.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "observe/beidou/content.hpp"
#include "observe/beidou/decoder.hpp"

using namespace jinglue;
using namespace jinglue::observe::beidou;

namespace {

constexpr base::Instant kNow{1'714'536'000'000};  // 2024-05-01T04:00:00Z

const Layouts& shipped() {
  static const Layouts layouts = [] {
    Layouts out;
    const auto document = base::read_config(JINGLUE_SOURCE_DIR "/data/beidou/drill.toml");
    EXPECT_TRUE(document) << document.error().text();
    const auto ok = out.add(*document);
    EXPECT_TRUE(ok) << ok.error().text();
    return out;
  }();
  return layouts;
}

std::string octets(std::string_view hex) {
  return *read_hex(hex);
}

base::Status add(const std::string& toml) {
  const auto document = base::parse_config(toml, "fleet.toml");
  if (!document) return tl::unexpected(document.error());
  Layouts out;
  return out.add(*document);
}

const std::string kHead = "[[content]]\nid = \"a\"\nzh = \"甲\"\nen = \"A\"\nkey = \"01\"\n";

}  // namespace

TEST(BeidouLayout, TheShippedOnesAreSoundAndChosenByTheirKey) {
  EXPECT_EQ(shipped().all().size(), 3u);
  const std::string position = octets("4A4C01") + std::string(20, '\0');
  ASSERT_NE(shipped().match(position), nullptr);
  EXPECT_EQ(shipped().match(position)->id, "drill_position");
  EXPECT_EQ(shipped().match(position.substr(0, 22)), nullptr) << "a length that is stated is exact";
  EXPECT_EQ(shipped().match(octets("4A4C0200"))->id, "drill_text");
  EXPECT_EQ(shipped().match(octets("4A4C02")), nullptr) << "its fields do not fit";
  EXPECT_EQ(shipped().match(octets("4A4C04FFFFFF")), nullptr);
}

TEST(BeidouLayout, ReadsDigitsUnitsOrdersAndLocalTime) {
  // 2024-05-01 12:00:30 in China, 37 30.1234 N, 122 07.5678 E, 2.16 m/s = 4.2 kn, alarm 2.
  const auto text = octets(
      "4A4C03"
      "240501120030"
      "37301234"
      "0122075678"
      "D800"
      "02");
  Gbk gbk;
  const auto* layout = shipped().match(text);
  ASSERT_NE(layout, nullptr);
  const auto c = read_content(*layout, text, kNow, gbk);
  EXPECT_EQ(base::to_iso(*c.time), "2024-05-01T04:00:30.000Z");
  EXPECT_TRUE(c.whole_time);
  ASSERT_TRUE(c.position);
  EXPECT_EQ(c.position->lat, 37 * 6'000'000 + 3'012'340);
  EXPECT_EQ(c.position->lon, 122 * 6'000'000 + 756'780);
  EXPECT_EQ(c.sog_ckn, 420);
  EXPECT_TRUE(c.sos);
  EXPECT_FALSE(c.bad_value);
}

TEST(BeidouLayout, WhatCannotBeIsAbsentAndToldOf) {
  Gbk gbk;
  const auto text = octets(
      "4A4C03"
      "241301120030"
      "37601234"
      "0122075678"
      "D800"
      "00");
  const auto c = read_content(*shipped().match(text), text, kNow, gbk);
  EXPECT_FALSE(c.time) << "month 13";
  EXPECT_FALSE(c.position) << "60 minutes";
  EXPECT_TRUE(c.bad_value);
  EXPECT_EQ(c.sog_ckn, 420);
  EXPECT_FALSE(c.sos);
  const auto no_digit = octets(
      "4A4C03"
      "2405011200A0"
      "37301234"
      "0122075678"
      "D800"
      "00");
  EXPECT_FALSE(read_content(*shipped().match(no_digit), no_digit, kNow, gbk).time);
}

TEST(BeidouLayout, TextsAreGbk) {
  Gbk gbk;
  const auto* layout = shipped().find("drill_text");
  Content c;
  c.text = "船体进水，请求救助";
  c.sos = true;
  const auto written = write_content(*layout, c, gbk);
  ASSERT_TRUE(written) << written.error().text();
  EXPECT_EQ(written->substr(0, 8), octets("4A4C0201B4ACCCE5"));
  const auto back = read_content(*layout, *written, kNow, gbk);
  EXPECT_EQ(back.text, c.text);
  EXPECT_TRUE(back.sos);
  EXPECT_EQ(read_content(*layout, octets("4A4C0200FFFF"), kNow, gbk).text, std::nullopt);
  EXPECT_EQ(gbk.to_utf8("\x07"), std::nullopt);
  EXPECT_EQ(gbk.from_utf8("🐟"), std::nullopt);
  EXPECT_EQ(gbk.to_utf8(*gbk.from_utf8("鲁荣渔50001 OK")), "鲁荣渔50001 OK");
}

TEST(BeidouLayout, AMistakeIsNamedWithFileLineAndKey) {
  struct Case {
    std::string toml;
    std::string where, what;
  };
  const std::string lat =
      R"({ name = "latitude", offset = 1, length = 4, type = "signed", unit = "min" })";
  const std::vector<Case> cases = {
      {"[[content]]\nid = \"a\"\n", "fleet.toml:1 content[0].zh", ""},
      {kHead + "fields = []\n", "fleet.toml:6", "no fields"},
      {kHead + "fields = [" + lat + "]\n", "fleet.toml:6", "come together"},
      {kHead + "fields = [{ name = \"sped\", offset = 1, type = \"hex\" }]", "name", "x_"},
      {kHead + "fields = [{ name = \"speed\", offset = 1, length = 2, type = \"unsigned\" }]",
       "unit", "needs a unit"},
      {kHead + "fields = [{ name = \"speed\", offset = 1, length = 9, type = \"unsigned\", unit = "
               "\"kn\" }]",
       "length", "1 to 8"},
      {kHead + "fields = [{ name = \"text\", offset = 1, length = 2, type = \"bcd\" }]", "type",
       "gbk"},
      {kHead + "fields = [{ name = \"x_a\", offset = -1, length = 2, type = \"bcd\" }]", "offset",
       "out of range"},
      {kHead + "fields = [{ name = \"alarm\", offset = 1, length = 1, type = \"bcd\", sos = [0] }]",
       "sos", "greater than zero"},
      {kHead + "lenght = 3\n", "lenght", ""},
      {"[[content]]\nid = \"a\"\nzh = \"甲\"\nen = \"A\"\nkey = \"0G\"\n", "fleet.toml:5", "key"},
      {kHead + "length = 3\nfields = [{ name = \"x_a\", offset = 2, length = 2, type = \"bcd\" }]",
       "offset", "behind the content"},
  };
  for (const auto& one : cases) {
    const auto ok = add(one.toml);
    ASSERT_FALSE(ok) << one.toml;
    EXPECT_NE(ok.error().text().find(one.where), std::string::npos) << ok.error().text();
    EXPECT_NE(ok.error().text().find(one.what), std::string::npos) << ok.error().text();
    EXPECT_NE(ok.error().text().find("fleet.toml:"), std::string::npos) << ok.error().text();
  }
  const std::string one = kHead + "fields = [{ name = \"x_a\", offset = 1, type = \"hex\" }]\n";
  EXPECT_TRUE(add(one));
  EXPECT_FALSE(add(one + one)) << "twice the same id";
}

/// Positions of the drill's layout come back exactly: its units are ours.
RC_GTEST_PROP(BeidouLayout, WhatIsWrittenIsRead, ()) {
  const auto maybe = [](auto gen) -> std::optional<std::uint16_t> {
    if (*rc::gen::arbitrary<bool>()) return std::nullopt;
    return static_cast<std::uint16_t>(*gen);
  };
  Content c;
  c.time = base::Instant{*rc::gen::inRange<std::int64_t>(631'152'000, 4'102'444'800) * 1000};
  c.whole_time = true;
  if (*rc::gen::arbitrary<bool>()) {
    c.position = geo::Position{*rc::gen::inRange(-540'000'000, 540'000'001),
                               *rc::gen::inRange(-1'080'000'000, 1'080'000'001)};
  }
  c.sog_ckn = maybe(rc::gen::map(rc::gen::inRange(0, 6553), [](int v) { return v * 10; }));
  c.cog_cdeg = maybe(rc::gen::map(rc::gen::inRange(0, 3600), [](int v) { return v * 10; }));
  c.alarm = *rc::gen::inRange(0, 3);
  c.sos = c.alarm == 1;
  Gbk gbk;
  const auto* layout = shipped().find("drill_position");
  const auto written = write_content(*layout, c, gbk);
  RC_ASSERT(written.has_value());
  RC_ASSERT(shipped().match(*written) == layout);
  auto back = read_content(*layout, *written, kNow, gbk);
  back.others.clear();
  RC_ASSERT(back == c);
}
