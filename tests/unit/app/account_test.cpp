// SPDX-License-Identifier: Apache-2.0
// Every line of real logs is accounted for: lines = messages + copies + parts + rejects by cause,
// line by line, and over a restart in the middle.
#include <gtest/gtest.h>

#include "app/pipeline.hpp"
#include "observe/ais/encoder.hpp"
#include "support/temp_folder.hpp"
#include "unit/observe/shared_data.hpp"

namespace jinglue::app {
namespace {

namespace fs = std::filesystem;

struct Chain {
  test::TempFolder folder;
  picture::Archive archive{{folder / "tracks.db", {}}};
  std::unique_ptr<Pipeline> pipeline = std::make_unique<Pipeline>(archive);
  std::vector<model::FindingStep> steps;
  std::uint64_t offset{0};

  void line(const std::string& input, const std::string& text) {
    model::JournalEntry entry;
    entry.offset = ++offset;
    entry.arrival = {1'714'536'000'000 + std::int64_t(offset)};
    entry.input = input;
    entry.station = "10.0.0.5:4001";
    entry.payload = text;
    pipeline->process(entry, steps);
  }
  void restart() {
    base::ByteWriter out;
    pipeline->save(out);
    pipeline = std::make_unique<Pipeline>(archive);
    base::ByteReader in(out.bytes());
    ASSERT_TRUE(pipeline->load(in));
  }
};

TEST(Account, EveryLineOfEveryRealLogIsAMessageACopyAPartOrARejectWithACause) {
  const auto logs = tests::shared_ais() / "nmea";
  JINGLUE_NEEDS_SHARED(logs);
  Chain chain;
  std::size_t files = 0;
  std::uint64_t lines = 0, messages = 0;
  for (const auto& file : fs::directory_iterator(logs)) {
    const auto name = file.path().filename().string();
    const auto all = tests::read_lines(file.path());
    for (std::size_t i = 0; i < all.size(); ++i) {
      chain.line(name, all[i]);
      const auto& count = chain.pipeline->inputs().at(name);
      ASSERT_EQ(count.unaccounted(), 0) << name << ":" << i + 1 << ": " << all[i];
      if (i == all.size() / 2) chain.restart();
    }
    const auto& count = chain.pipeline->inputs().at(name);
    EXPECT_EQ(count.lines, all.size()) << name;
    EXPECT_EQ(count.messages + count.copies + count.parts + count.rejected(), count.lines) << name;
    EXPECT_GT(count.messages, 0u) << name;
    for (const auto& [cause, number] : count.rejects) EXPECT_NE(cause, "") << name;
    ++files;
    lines += count.lines;
    messages += count.messages;
    RecordProperty(name, std::to_string(count.lines) + " lines, " +
                             std::to_string(count.rejected()) + " rejected");
  }
  EXPECT_GE(files, 8u);
  std::cout << files << " logs, " << lines << " lines, " << messages
            << " messages, 0 unaccounted for\n";
}

TEST(Account, NoiseOfEveryKindHasACauseToo) {
  Chain chain;
  const auto part = observe::ais::encode(observe::ais::StaticData{.mmsi = 412'000'001}).front();
  for (const std::string& text : std::vector<std::string>{
           "", "hello", "!AIVDM", "!AIVDM,1,1,,A,13u?etPv2;0n:dDPwUM1U1Cb069D,0*24", part,
           "$BDTXR,1,2", "$GPGGA,1*00", "\\s:x*00\\!AIVDM,1,1,,A,1,0*00", "//SR//TM/POS//ER//"}) {
    chain.line("noise", text);
    EXPECT_EQ(chain.pipeline->inputs().at("noise").unaccounted(), 0) << text;
  }
  const auto& count = chain.pipeline->inputs().at("noise");
  EXPECT_EQ(count.lines, 9u);
  EXPECT_GE(count.parts, 1u);
}

}  // namespace
}  // namespace jinglue::app
