// SPDX-License-Identifier: Apache-2.0
// The worked example of docs/format/journal.md is what the program writes and reads.
#include <gtest/gtest.h>
#include <fstream>
#include <sstream>

#include "base/hash.hpp"
#include "store/journal.hpp"
#include "store/journal_format.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;

namespace {

/// The bytes of the guide's hex dump: lines "  0010  12 34 ...  what they are".
std::string bytes_of_example() {
  std::ifstream in(std::string(JINGLUE_SOURCE_DIR) + "/docs/format/journal.md");
  std::string out;
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("    ", 0) != 0 || line.size() < 10 || line[8] != ' ') continue;
    std::istringstream words(line.substr(8, 50));
    for (std::string word; words >> word;) {
      out += static_cast<char>(std::stoi(word, nullptr, 16));
    }
  }
  return out;
}

std::vector<model::JournalEntry> entries_of_example() {
  std::vector<model::JournalEntry> out(2);
  out[0].kind = model::EntryKind::kTick;
  out[0].arrival.ms = 1'714'536'000'000;
  out[1].kind = model::EntryKind::kLine;
  out[1].arrival.ms = 1'714'536'000'250;
  out[1].input = "ais";
  out[1].station = "127.0.0.1";
  out[1].payload = "!AIVDM,1,1,,A,1,0*00";
  return out;
}

}  // namespace

TEST(JournalExample, GuideShowsTheBytesThatAreWritten) {
  const test::TempFolder folder;
  {
    store::Journal journal({.folder = folder.path()});
    auto entries = entries_of_example();
    journal.append({entries.data(), 1});
    journal.sync();
    journal.append({entries.data() + 1, 1});
  }
  std::ifstream in(store::segment_path(folder.path(), 1), std::ios::binary);
  std::stringstream written;
  written << in.rdbuf();
  EXPECT_EQ(base::to_hex(bytes_of_example()), base::to_hex(written.str()));
}

TEST(JournalExample, TheGuidesBytesReadBack) {
  const test::TempFolder folder;
  std::ofstream(store::segment_path(folder.path(), 1), std::ios::binary) << bytes_of_example();
  store::JournalReader reader(folder.path(), 1);
  model::JournalEntry entry;
  for (const auto& expected : entries_of_example()) {
    ASSERT_TRUE(reader.next(entry));
    EXPECT_EQ(entry.kind, expected.kind);
    EXPECT_EQ(entry.arrival, expected.arrival);
    EXPECT_EQ(entry.input, expected.input);
    EXPECT_EQ(entry.payload, expected.payload);
  }
  EXPECT_FALSE(reader.next(entry));
}
