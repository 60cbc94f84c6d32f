// SPDX-License-Identifier: Apache-2.0
#include "store/journal.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <fstream>
#include <sstream>

#include "base/result.hpp"
#include "store/journal_format.hpp"
#include "support/failing_disk.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;
using model::EntryKind;
using model::JournalEntry;
using store::Journal;
using store::JournalReader;

namespace {

JournalEntry line(const std::string& text, std::int64_t arrival_ms = 0) {
  JournalEntry entry;
  entry.arrival.ms = arrival_ms;
  entry.input = "ais";
  entry.station = "127.0.0.1:4001";
  entry.payload = text;
  return entry;
}

void append(Journal& journal, std::vector<JournalEntry> entries) {
  journal.append(entries);
}

std::vector<std::string> texts(const std::filesystem::path& folder, std::uint64_t from = 1) {
  std::vector<std::string> out;
  JournalReader reader(folder, from);
  for (JournalEntry entry; reader.next(entry);) out.push_back(entry.payload);
  return out;
}

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream all;
  all << in.rdbuf();
  return all.str();
}

void put_content(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

std::string message_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const base::WorldError& e) {
    return e.what();
  }
  return {};
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST(Journal, GivesOffsetsAndReadsBackEveryField) {
  const test::TempFolder folder;
  Journal journal({.folder = folder.path()});
  std::vector<JournalEntry> in = {line("!AIVDM", 5), line("", -7)};
  in[1].kind = EntryKind::kTick;
  in[1].input.clear();
  in[1].station.clear();
  journal.append(in);
  EXPECT_EQ(in[0].offset, 1U);
  EXPECT_EQ(in[1].offset, 2U);
  EXPECT_EQ(journal.durable_offset(), 0U);
  journal.sync();
  EXPECT_EQ(journal.durable_offset(), 2U);
  JournalReader reader(folder.path(), 1);
  JournalEntry out;
  for (const auto& expected : in) {
    ASSERT_TRUE(reader.next(out));
    EXPECT_EQ(out.offset, expected.offset);
    EXPECT_EQ(out.kind, expected.kind);
    EXPECT_EQ(out.arrival, expected.arrival);
    EXPECT_EQ(out.input, expected.input);
    EXPECT_EQ(out.station, expected.station);
    EXPECT_EQ(out.payload, expected.payload);
  }
  EXPECT_FALSE(reader.next(out));
}

TEST(Journal, ContinuesAfterItWasClosed) {
  const test::TempFolder folder;
  for (const std::string text : {"a", "b", "c"}) {
    Journal journal({.folder = folder.path()});
    append(journal, {line(text)});
    journal.sync();
    EXPECT_EQ(journal.cut_bytes(), 0U);
  }
  EXPECT_EQ(texts(folder.path()), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(texts(folder.path(), 3), std::vector<std::string>{"c"});
}

TEST(Journal, ReaderFollowsAGrowingJournalAcrossSegments) {
  const test::TempFolder folder;
  JournalReader reader(folder.path(), 1);
  JournalEntry entry;
  EXPECT_FALSE(reader.next(entry)) << "no segment yet";
  Journal journal({.folder = folder.path(), .segment_bytes = 300});
  for (int i = 1; i <= 50; ++i) {
    append(journal, {line(std::to_string(i))});
    if (i % 3 == 0) journal.sync();
    ASSERT_TRUE(reader.next(entry));
    EXPECT_EQ(entry.payload, std::to_string(i));
    EXPECT_FALSE(reader.next(entry));
  }
  EXPECT_GT(store::list_segments(folder.path()).size(), 5U);
}

TEST(Journal, TrimRemovesWholeOldSegmentsOnly) {
  const test::TempFolder folder;
  Journal journal({.folder = folder.path(), .segment_bytes = 300});
  for (int i = 1; i <= 60; ++i) append(journal, {line(std::to_string(i), i * 1000)});
  journal.sync();
  const auto before = journal.size_bytes();
  journal.trim(1, base::kDistantFuture);
  EXPECT_EQ(journal.first_offset(), 1U);
  journal.trim(40, base::Instant{10'000});
  EXPECT_LE(journal.first_offset(), 10U) << "younger entries stay";
  EXPECT_GT(journal.first_offset(), 1U);
  journal.trim(40, base::kDistantFuture);
  EXPECT_LE(journal.first_offset(), 40U);
  EXPECT_GT(journal.first_offset(), 30U);
  EXPECT_LT(journal.size_bytes(), before);
  EXPECT_EQ(texts(folder.path(), 1).front(), std::to_string(journal.first_offset()));
  EXPECT_EQ(texts(folder.path(), 60), std::vector<std::string>{"60"});
  journal.trim(1000, base::kDistantFuture);
  append(journal, {line("next")});
  EXPECT_EQ(journal.last_offset(), 61U) << "the last segment is never removed";
}

TEST(Journal, TrimKnowsTheAgeOfSegmentsAfterARestart) {
  const test::TempFolder folder;
  {
    Journal journal({.folder = folder.path(), .segment_bytes = 300});
    for (int i = 1; i <= 60; ++i) append(journal, {line(std::to_string(i), i * 1000)});
  }
  Journal journal({.folder = folder.path(), .segment_bytes = 300});
  journal.trim(60, base::Instant{20'000});
  EXPECT_GT(journal.first_offset(), 10U);
  EXPECT_LE(journal.first_offset(), 20U);
}

TEST(Journal, ReaderThatWasOvertakenByTrimmingSaysSo) {
  const test::TempFolder folder;
  Journal journal({.folder = folder.path(), .segment_bytes = 300});
  for (int i = 1; i <= 60; ++i) append(journal, {line(std::to_string(i))});
  JournalReader reader(folder.path(), 1);
  JournalEntry entry;
  ASSERT_TRUE(reader.next(entry));
  journal.trim(60, base::kDistantFuture);
  const auto text = message_of([&] {
    while (reader.next(entry)) {
    }
  });
  EXPECT_TRUE(contains(text, "are gone")) << text;
}

TEST(Journal, StartsAboveTheFloorAndRefusesToEndBelowIt) {
  const test::TempFolder folder;
  {
    Journal journal({.folder = folder.path(), .floor = 900});
    EXPECT_EQ(journal.last_offset(), 900U);
    append(journal, {line("a")});
    EXPECT_EQ(journal.last_offset(), 901U);
  }
  EXPECT_EQ(texts(folder.path()), std::vector<std::string>{"a"});
  const auto text = message_of([&] { Journal({.folder = folder.path(), .floor = 902}); });
  EXPECT_TRUE(contains(text, "ends at offset 901")) << text;
}

TEST(Journal, TornTailIsCutOffAndCounted) {
  const test::TempFolder folder;
  {
    Journal journal({.folder = folder.path()});
    append(journal, {line("kept")});
    journal.sync();
  }
  const auto file = store::segment_path(folder.path(), 1);
  const auto sound = content(file);
  put_content(file, sound + std::string(300, '\0'));  // a file system may leave zeros
  Journal journal({.folder = folder.path()});
  EXPECT_EQ(journal.cut_bytes(), 300U);
  EXPECT_EQ(content(file), sound);
  append(journal, {line("next")});
  EXPECT_EQ(texts(folder.path()), (std::vector<std::string>{"kept", "next"}));
}

TEST(Journal, DamageThatWasDurableIsRefusedWithFileByteAndHint) {
  const test::TempFolder folder;
  {
    Journal journal({.folder = folder.path()});
    for (const std::string text : {"first", "second", "third"}) {
      append(journal, {line(text)});
      journal.sync();
    }
  }
  const auto file = store::segment_path(folder.path(), 1);
  std::string bytes = content(file);
  bytes[bytes.find("second")] ^= 1;
  put_content(file, bytes);
  const auto opened = message_of([&] { Journal({.folder = folder.path()}); });
  EXPECT_TRUE(contains(opened, file.string())) << opened;
  EXPECT_TRUE(contains(opened, "damaged at byte ")) << opened;
  EXPECT_TRUE(contains(opened, "offset 2 is bad")) << opened;
  EXPECT_TRUE(contains(opened, "backup")) << opened;
  EXPECT_EQ(message_of([&] { texts(folder.path()); }), opened) << "a reader says the same";
}

TEST(Journal, DamageInAnEarlierSegmentIsFoundByTheReader) {
  const test::TempFolder folder;
  {
    Journal journal({.folder = folder.path(), .segment_bytes = 300});
    for (int i = 1; i <= 30; ++i) append(journal, {line("entry " + std::to_string(i))});
  }
  const auto file = store::segment_path(folder.path(), 1);
  std::string bytes = content(file);
  bytes.back() ^= 1;
  put_content(file, bytes);
  const auto text = message_of([&] { texts(folder.path()); });
  EXPECT_TRUE(contains(text, file.string()) && contains(text, "damaged at byte")) << text;
}

TEST(Journal, MissingAndShortenedSegmentsAreRefused) {
  const test::TempFolder folder;
  {
    Journal journal({.folder = folder.path(), .segment_bytes = 300});
    for (int i = 1; i <= 30; ++i) append(journal, {line("entry " + std::to_string(i))});
  }
  const auto files = store::list_segments(folder.path());
  ASSERT_GT(files.size(), 3U);
  const auto bytes = content(files[1].path);
  put_content(files[1].path, bytes.substr(0, bytes.size() - 5));
  auto text = message_of([&] { Journal({.folder = folder.path()}); });
  EXPECT_TRUE(contains(text, files[1].path.string()) && contains(text, "were written")) << text;
  std::filesystem::remove(files[1].path);
  text = message_of([&] { Journal({.folder = folder.path()}); });
  EXPECT_TRUE(contains(text, files[1].path.string()) && contains(text, "missing")) << text;
  EXPECT_TRUE(contains(message_of([&] { texts(folder.path()); }), "are gone"));
}

TEST(Journal, SegmentThatWasNeverBornIsRemoved) {
  const test::TempFolder folder;
  {
    Journal journal({.folder = folder.path()});
    append(journal, {line("a")});
  }
  put_content(store::segment_path(folder.path(), 2), "JLJ");
  Journal journal({.folder = folder.path()});
  EXPECT_EQ(journal.last_offset(), 1U);
  EXPECT_EQ(journal.cut_bytes(), 3U);
  append(journal, {line("b")});
  EXPECT_EQ(texts(folder.path()), (std::vector<std::string>{"a", "b"}));
}

TEST(Journal, AFolderThatCannotBeReadIsNotAnEmptyJournal) {
  const test::TempFolder folder;
  std::ofstream(folder / "journal") << "a file, no folder";
  EXPECT_THROW(store::list_segments(folder / "journal"), base::WorldError);
  EXPECT_THROW(texts(folder / "journal"), base::WorldError);
  EXPECT_TRUE(store::list_segments(folder / "none").empty());
}

TEST(Journal, ForeignFilesInTheFolderAreLeftAlone) {
  const test::TempFolder folder;
  put_content(folder / "notes.txt", "hello");
  Journal journal({.folder = folder.path()});
  append(journal, {line("a")});
  EXPECT_EQ(content(folder / "notes.txt"), "hello");
  EXPECT_EQ(texts(folder.path()), std::vector<std::string>{"a"});
}

namespace {

/// Syncs nothing: what is asked here is about bytes, not about power cuts.
std::shared_ptr<store::Disk> quick_disk() {
  return std::make_shared<test::FailingDisk>();
}

/// Batches of arbitrary entries, with a sync after some of them.
struct Script {
  std::vector<std::vector<std::string>> batches;
  std::vector<bool> synced;
};

Script arbitrary_script() {
  Script script;
  script.batches =
      *rc::gen::resize(30, rc::gen::container<std::vector<std::vector<std::string>>>(
                               rc::gen::container<std::vector<std::string>>(
                                   rc::gen::container<std::string>(rc::gen::arbitrary<char>()))));
  script.synced =
      *rc::gen::container<std::vector<bool>>(script.batches.size(), rc::gen::arbitrary<bool>());
  return script;
}

/// Writes the script; returns all texts in order and the number that had been synced.
std::pair<std::vector<std::string>, std::size_t> play(const Script& script,
                                                      const std::filesystem::path& folder,
                                                      std::uint64_t segment_bytes) {
  Journal journal({.folder = folder, .segment_bytes = segment_bytes, .disk = quick_disk()});
  std::vector<std::string> all;
  for (std::size_t i = 0; i < script.batches.size(); ++i) {
    std::vector<JournalEntry> entries;
    for (const auto& text : script.batches[i]) entries.push_back(line(text));
    journal.append(entries);
    all.insert(all.end(), script.batches[i].begin(), script.batches[i].end());
    if (script.synced[i]) journal.sync();
  }
  return {all, journal.durable_offset()};
}

}  // namespace

RC_GTEST_PROP(JournalProperty, ReadsBackWhatWasWritten, ()) {
  const Script script = arbitrary_script();
  const test::TempFolder folder;
  const auto [all, durable] = play(script, folder.path(), *rc::gen::inRange(60, 2000));
  RC_ASSERT(texts(folder.path()) == all);
  Journal again({.folder = folder.path(), .disk = quick_disk()});
  RC_ASSERT(again.last_offset() == all.size());
  RC_ASSERT(again.cut_bytes() == 0U);
  const auto from = *rc::gen::inRange<std::size_t>(1, all.size() + 2);
  const std::vector<std::string> rest(all.begin() + static_cast<std::ptrdiff_t>(from - 1),
                                      all.end());
  RC_ASSERT(texts(folder.path(), from) == rest);
}

RC_GTEST_PROP(JournalProperty, CutAnywhereInTheTailKeepsAPrefixAndGoesOn, ()) {
  const Script script = arbitrary_script();
  const test::TempFolder folder;
  const auto [all, durable] = play(script, folder.path(), 64u << 20);
  const auto file = store::segment_path(folder.path(), 1);
  if (!std::filesystem::exists(file)) return;
  const auto size = std::filesystem::file_size(file);
  std::filesystem::resize_file(file, *rc::gen::inRange<std::size_t>(0, size + 1));
  std::vector<std::string> kept;
  {
    Journal journal({.folder = folder.path(), .disk = quick_disk()});
    kept = texts(folder.path());
    RC_ASSERT(journal.last_offset() == kept.size());
    append(journal, {line("after")});
  }
  RC_ASSERT(kept.size() <= all.size());
  RC_ASSERT(std::equal(kept.begin(), kept.end(), all.begin()));
  kept.push_back("after");
  RC_ASSERT(texts(folder.path()) == kept);
}

RC_GTEST_PROP(JournalProperty, AFlippedBitNeverGivesAWrongEntry, ()) {
  const Script script = arbitrary_script();
  const test::TempFolder folder;
  const auto [all, durable] = play(script, folder.path(), 64u << 20);
  const auto file = store::segment_path(folder.path(), 1);
  if (!std::filesystem::exists(file)) return;
  std::string bytes = content(file);
  const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
  bytes[at] = static_cast<char>(bytes[at] ^ (1 << *rc::gen::inRange(0, 8)));
  put_content(file, bytes);
  std::vector<std::string> read;
  bool refused = false;
  JournalReader reader(folder.path(), 1);
  try {
    for (JournalEntry entry; reader.next(entry);) read.push_back(entry.payload);
  } catch (const base::WorldError&) {
    refused = true;
  }
  RC_ASSERT(read.size() <= all.size());
  RC_ASSERT(std::equal(read.begin(), read.end(), all.begin()));
  // Only what no later record vouches for may be taken for a torn tail.
  std::size_t vouched = 0;
  for (std::size_t i = 0, n = 0, synced = 0; i < script.batches.size(); ++i) {
    if (!script.batches[i].empty() && n + script.batches[i].size() > read.size() + 1) {
      vouched = synced;
    }
    n += script.batches[i].size();
    if (script.synced[i]) synced = n;
  }
  if (vouched > read.size()) RC_ASSERT(refused);
  try {
    const Journal journal({.folder = folder.path(), .disk = quick_disk()});
    RC_ASSERT(!refused);
    RC_ASSERT(journal.last_offset() == read.size());
  } catch (const base::WorldError&) {
    RC_ASSERT(refused);
  }
}
