// SPDX-License-Identifier: Apache-2.0
// Live rows of tables: settings, headings, encodings, causes; through the pipeline, and through a
// real socket of a station.
#include "app/table_feeds.hpp"

#include <gtest/gtest.h>

#include "app/pipeline.hpp"
#include "app/settings.hpp"
#include "observe/beidou/gbk.hpp"
#include "support/temp_folder.hpp"

namespace jinglue::app {
namespace {

constexpr std::int64_t kStart = 1714536000000;  // 2024-05-01T04:00:00Z
const std::string kHead = "终端号,定位时间,纬度,经度,航速,航向,状态";
const std::string kRow = "242286,2024/05/01 12:00:00,36.9,122.4,18.52,90,捕捞";

base::Result<Settings> settings_of(const std::string& inputs) {
  const auto document = base::parse_config(inputs, "jinglue.toml");
  if (!document) return tl::unexpected(document.error());
  Settings out;
  if (auto ok = read_settings(*document, out); !ok) return tl::unexpected(ok.error());
  return out;
}

const std::string kInput =
    "[[input]]\nname = \"office\"\nkind = \"udp\"\nport = 10110\n"
    "format = \"csv\"\nmapping = \"in_house\"\n";

struct Course {
  test::TempFolder folder;
  picture::Archive archive{{folder.path() / "tracks.db", {}}};
  std::unique_ptr<Pipeline> pipeline = std::make_unique<Pipeline>(archive);
  std::vector<model::FindingStep> steps;
  std::uint64_t offset{0};

  explicit Course(const std::string& inputs = kInput) {
    const auto settings = settings_of(inputs);
    EXPECT_TRUE(settings) << settings.error().text();
    model::JournalEntry how;
    how.kind = model::EntryKind::kFeeds;
    how.arrival = {kStart};
    how.payload = feeds_of(JINGLUE_SOURCE_DIR, settings->feeds).to_json().dump();
    take(how);
    EXPECT_EQ(pipeline->last_problem(), "");
  }
  void take(model::JournalEntry entry) {
    entry.offset = ++offset;
    pipeline->process(entry, steps);
  }
  void line(const std::string& text, const std::string& station = "10.0.0.7:4001") {
    model::JournalEntry entry;
    entry.arrival = {kStart + 60'000};
    entry.input = "office";
    entry.station = station;
    entry.payload = text;
    take(std::move(entry));
  }
  void restart() {
    base::ByteWriter out;
    pipeline->save(out);
    pipeline = std::make_unique<Pipeline>(archive);
    base::ByteReader in(out.bytes());
    ASSERT_TRUE(pipeline->load(in));
    EXPECT_EQ(in.left(), 0u);
  }
  const InputCount& count() const { return pipeline->inputs().at("office"); }
  std::uint64_t rejects(const std::string& cause) const {
    const auto found = count().rejects.find(cause);
    return found == count().rejects.end() ? 0 : found->second;
  }
  const picture::LiveEntry* entry(const char* track) {
    return pipeline->live().entry(*model::parse_track(track));
  }
};

TEST(TableFeeds, RowsBecomePositionsByTheMapping) {
  Course course;
  course.line(kRow);
  EXPECT_EQ(course.rejects("no_heading"), 1u) << "nobody knows yet what the columns are";
  course.line(kHead);
  EXPECT_EQ(course.rejects("heading"), 1u);
  course.line(kRow);
  EXPECT_EQ(course.count().messages, 1u);
  const auto* entry = course.entry("beidou:242286");
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->fix.time.ms, kStart) << "China time";
  EXPECT_EQ(entry->fix.arrival.ms, kStart + 60'000);
  EXPECT_EQ(entry->fix.sog_ckn, 1000);
  EXPECT_EQ(entry->fix.nav_status, 7);
  EXPECT_NEAR(entry->fix.position.degrees().lat_deg, 36.9, 1e-6);
  course.line(kHead);
  EXPECT_EQ(course.rejects("heading"), 2u) << "it may come again";
  EXPECT_EQ(course.count().stations.at("10.0.0.7").fixes, 1u) << "without its port";
}

TEST(TableFeeds, BadRowsAreCountedByCauseAndTheStreamGoesOn) {
  Course course;
  course.line(kHead);
  course.line("242286,2024/05/01 12:00:00,96.9,122.4,18,90,捕捞");
  course.line("242286,2024/05/01 12:00:00,无,122.4,18,90,捕捞");
  course.line("242286,01.05.2024,36.9,122.4,18,90,捕捞");
  course.line("242286,2024/05/01 12:00:00,36.9,122.4,18,90,打渔");
  course.line("242286,2024/05/01 12:00:00,36.9,122.4,18,90,捕捞,more");
  course.line("242286,\"2024/05/01 12:00:00,36.9");
  course.line("\xFF\xFE");
  course.line(kRow);
  EXPECT_EQ(course.count().messages, 1u);
  EXPECT_EQ(course.rejects("out_of_range latitude"), 1u);
  EXPECT_EQ(course.rejects("missing place"), 1u);
  EXPECT_EQ(course.rejects("malformed time"), 1u);
  EXPECT_EQ(course.rejects("unknown status"), 1u);
  EXPECT_EQ(course.rejects("malformed row"), 3u);
  const auto& count = course.count();
  std::uint64_t rejects = 0;
  for (const auto& [cause, n] : count.rejects) rejects += n;
  EXPECT_EQ(count.lines, count.messages + count.copies + count.parts + rejects);
}

TEST(TableFeeds, EachSenderHasItsOwnHeadingAndKeepsItOverARestart) {
  Course course;
  course.line(kHead, "10.0.0.7:4001");
  course.line("定位时间,经度,纬度,北斗卡号", "10.0.0.8:4002");
  course.restart();
  course.line(kRow, "10.0.0.7:5001");
  course.line("2024/05/01 12:01:00,122.5,36.8,242287", "10.0.0.8:5002");
  ASSERT_NE(course.entry("beidou:242286"), nullptr);
  ASSERT_NE(course.entry("beidou:242287"), nullptr);
  EXPECT_NEAR(course.entry("beidou:242287")->fix.position.degrees().lat_deg, 36.8, 1e-6);
  // It connects anew with other columns.
  course.line("北斗卡号,定位时间,纬度,经度", "10.0.0.8:6002");
  course.line("242288,2024/05/01 12:02:00,36.7,122.5", "10.0.0.8:6002");
  ASSERT_NE(course.entry("beidou:242288"), nullptr);
  EXPECT_EQ(course.rejects("heading"), 3u);
}

TEST(TableFeeds, AStreamWithoutAHeadingHasItInTheSettings) {
  Course course(kInput + "heading = \"" + kHead + "\"\n");
  course.line(kRow);
  EXPECT_NE(course.entry("beidou:242286"), nullptr);
  EXPECT_EQ(course.count().messages, 1u);
}

TEST(TableFeeds, GbkIsRead) {
  observe::beidou::Gbk gbk;
  Course course(kInput + "encoding = \"gbk\"\n");
  course.line(*gbk.from_utf8(kHead));
  course.line(*gbk.from_utf8(kRow));
  course.line("\xFF\xFF,");
  EXPECT_NE(course.entry("beidou:242286"), nullptr);
  EXPECT_EQ(course.rejects("malformed encoding"), 1u);
}

TEST(TableFeeds, WrongSettingsAreNamed) {
  const auto problem = [](const std::string& inputs) {
    const auto settings = settings_of(inputs);
    return settings ? std::string() : settings.error().text();
  };
  EXPECT_EQ(problem(kInput), "");
  EXPECT_NE(problem(kInput + "naf_speed = \"knots\"\n").find("naf_speed"), std::string::npos);
  EXPECT_NE(problem(kInput + "encoding = \"latin\"\n").find("gbk"), std::string::npos);
  const std::string bare = "[[input]]\nname = \"a\"\nkind = \"udp\"\nport = 1\n";
  EXPECT_NE(problem(bare + "format = \"csv\"\n").find("mapping"), std::string::npos);
  EXPECT_NE(problem(bare + "mapping = \"in_house\"\n").find("csv"), std::string::npos);
  const auto refused = [](const std::string& mapping, const std::string& more = "") {
    auto settings = settings_of(
        "[[input]]\nname = \"a\"\nkind = \"udp\"\nport = 1\nformat = "
        "\"csv\"\nmapping = \"" +
        mapping + "\"\n" + more);
    try {
      TableFeeds feeds;
      const auto good = feeds.use(feeds_of(JINGLUE_SOURCE_DIR, settings->feeds));
      return good ? std::string() : good.error().text();
    } catch (const base::WorldError& error) {
      return std::string(error.what());
    }
  };
  EXPECT_NE(refused("nowhere").find("no such mapping"), std::string::npos);
  EXPECT_NE(refused("beidou_table").find("year"), std::string::npos);
  EXPECT_EQ(refused("noaa"), "");
  EXPECT_NE(refused("in_house", "heading = \"a,b\"\n").find("input a heading"), std::string::npos);
}

}  // namespace
}  // namespace jinglue::app
