// SPDX-License-Identifier: Apache-2.0
// What is kept of a binary message and what the shipped tables say of it.
#include "app/ais_applications.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "app/pipeline.hpp"
#include "observe/ais/encoder.hpp"
#include "observe/beidou/encoder.hpp"
#include "support/temp_folder.hpp"

namespace jinglue::app {
namespace {

namespace ais = observe::ais;

constexpr std::int64_t kStart = 1714536000000;

/// IMO SN.1/Circ.289 annex 13 up to the air temperature; everything behind is "not available".
ais::BinaryMessage weather(std::uint32_t mmsi) {
  ais::BinaryMessage out;
  out.mmsi = mmsi;
  out.dac = 1;
  out.fi = 31;
  std::uint8_t* octets = out.data.resize(304);
  std::fill(octets, octets + 38, std::uint8_t{0xFF});
  std::size_t at = 0;
  const auto put = [&](std::int64_t value, unsigned width) {
    for (unsigned i = width; i-- > 0; ++at) {
      const auto bit = std::uint8_t(0x80U >> (at % 8));
      octets[at / 8] = (value >> i & 1) != 0 ? octets[at / 8] | bit : octets[at / 8] & ~bit;
    }
  };
  put(122 * 60'000 + 6'000, 25);
  put(37 * 60'000 + 30'000, 24);
  put(1, 1);
  put(1, 5);
  put(4, 5);
  put(30, 6);
  put(17, 7);
  put(25, 7);
  put(310, 9);
  put(315, 9);
  put(-52, 11);
  return out;
}

struct Kept {
  test::TempFolder folder;
  picture::Archive archive{{folder / "tracks.db", {}}};
  picture::MessageLog log{folder / "messages.db"};
  Pipeline pipeline{archive};
  std::vector<model::FindingStep> steps;
  std::uint64_t offset{0};

  Kept() { pipeline.keep_messages(log); }
  void line(const std::string& text, const std::string& station = "10.0.0.5:4001") {
    model::JournalEntry entry;
    entry.offset = ++offset;
    entry.arrival = {kStart + std::int64_t(offset) * 1000};
    entry.input = "shore";
    entry.station = station;
    entry.payload = text;
    pipeline.process(entry, steps);
  }
  std::vector<picture::KeptMessage> list() {
    log.advance(offset, true);
    for (int i = 0; i < 500 && log.applied_offset() < offset; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return log.list({});
  }
};

TEST(AisApplications, AWeatherMessageIsKeptWholeCountedAndReadByTheTable) {
  Kept kept;
  for (const auto& line : ais::encode(weather(4'121'000))) kept.line(line);
  const auto list = kept.list();
  ASSERT_EQ(list.size(), 1u);
  const auto& message = list[0].message;
  EXPECT_EQ(model::to_text(message.from), "mmsi:004121000");
  EXPECT_EQ(message.dac, 1);
  EXPECT_EQ(message.fi, 31);
  const auto tables = read_ais_applications(JINGLUE_SOURCE_DIR);
  const auto json = application_json(tables, message);
  EXPECT_EQ(json["id"].as_string(), "meteorological_and_hydrographic_data");
  EXPECT_EQ(json["title"]["zh"].as_string(), "气象水文数据");
  const auto& data = json["data"];
  EXPECT_NEAR(data["longitude"].as_double(), 122.1, 1e-6);
  EXPECT_NEAR(data["latitude"].as_double(), 37.5, 1e-6);
  EXPECT_EQ(data["average_wind_speed"].as_int(), 17);
  EXPECT_EQ(data["wind_direction"].as_int(), 310);
  EXPECT_NEAR(data["air_temperature"].as_double(), -5.2, 1e-9);
  EXPECT_FALSE(data.has("water_level")) << "not available is absent";

  const auto& count = kept.pipeline.inputs().at("shore");
  EXPECT_EQ(count.applications.at("1/31"), 1u);
  EXPECT_EQ(application_title(tables, "1/31")["title"]["en"].as_string(),
            "Meteorological and hydrographic data");
  EXPECT_TRUE(application_title(tables, "other").is_null());
  EXPECT_TRUE(application_title(tables, "1023/63").is_null());
}

TEST(AisApplications, DataThatNoTableReadsAreKeptAllTheSame) {
  Kept kept;
  auto unknown = weather(412'000'001);
  unknown.dac = 999;
  unknown.fi = 9;
  unknown.data.resize(40);
  for (const auto& line : ais::encode(unknown)) kept.line(line);
  for (const auto& line : ais::encode(unknown)) kept.line(line, "10.0.0.6:4001");  // a copy
  const auto list = kept.list();
  ASSERT_EQ(list.size(), 1u);
  EXPECT_TRUE(
      application_json(read_ais_applications(JINGLUE_SOURCE_DIR), list[0].message).is_null());
  EXPECT_EQ(kept.pipeline.inputs().at("shore").applications.at("999/9"), 1u);
}

TEST(AisApplications, TextsOfBothSystemsAreKeptAndCountsOutliveASnapshot) {
  Kept kept;
  kept.line(observe::beidou::txr(242286, "\xB7\xB5\xB8\xDB"));  // 返港 in GBK
  ais::SafetyText said;
  said.mmsi = 412'000'001;
  said.text = "MAN OVERBOARD DRILL";
  for (const auto& line : ais::encode(said)) kept.line(line);
  for (const auto& line : ais::encode(weather(4'121'000))) kept.line(line);
  const auto list = kept.list();
  ASSERT_EQ(list.size(), 3u);
  EXPECT_EQ(list[1].message.kind, model::MessageKind::kSafety);
  EXPECT_EQ(list[1].message.text, "MAN OVERBOARD DRILL");
  EXPECT_EQ(list[2].message.kind, model::MessageKind::kBeidou);
  EXPECT_EQ(list[2].message.text, "返港");
  EXPECT_EQ(model::to_text(list[2].message.from), "beidou:242286");

  base::ByteWriter out;
  kept.pipeline.save(out);
  Pipeline again(kept.archive);
  base::ByteReader in(out.bytes());
  ASSERT_TRUE(again.load(in));
  EXPECT_EQ(again.inputs().at("shore").applications,
            kept.pipeline.inputs().at("shore").applications);
}

TEST(AisApplications, AFloodOfMadeUpKindsIsCountedTogether) {
  Kept kept;
  for (unsigned dac = 0; dac < 300; ++dac) {
    auto one = weather(412'000'001);
    one.dac = static_cast<std::uint16_t>(dac);
    one.fi = 60;
    one.data.resize(40);
    for (const auto& line : ais::encode(one)) kept.line(line);
  }
  const auto& kinds = kept.pipeline.inputs().at("shore").applications;
  EXPECT_EQ(kinds.size(), 257u);
  EXPECT_EQ(kinds.at("other"), 44u);
}

}  // namespace
}  // namespace jinglue::app
