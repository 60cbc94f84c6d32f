// SPDX-License-Identifier: Apache-2.0
#include "store/snapshot.hpp"

#include <gtest/gtest.h>
#include <fstream>

#include "base/result.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;
using store::load_snapshot;
using store::save_snapshot;

namespace {

std::size_t files_in(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

void damage(const std::filesystem::path& file, std::streamoff from_end) {
  std::fstream io(file, std::ios::binary | std::ios::in | std::ios::out);
  io.seekg(-from_end, std::ios::end);
  const int old = io.get();
  io.seekp(-from_end, std::ios::end);
  io.put(static_cast<char>(old ^ 0x10));
}

}  // namespace

TEST(Snapshot, NewestIsLoadedAndTwoAreKept) {
  const test::TempFolder folder;
  EXPECT_FALSE(load_snapshot(folder.path()));
  for (std::uint64_t i = 1; i <= 5; ++i) {
    save_snapshot(folder.path(), {i * 10, std::string(100'000, static_cast<char>('a' + i))});
  }
  EXPECT_EQ(files_in(folder.path()), 2U);
  const auto newest = load_snapshot(folder.path());
  ASSERT_TRUE(newest);
  EXPECT_EQ(newest->offset, 50U);
  EXPECT_EQ(newest->state, std::string(100'000, 'f'));
}

TEST(Snapshot, OneAheadOfTheJournalIsNotTaken) {
  const test::TempFolder folder;
  save_snapshot(folder.path(), {10, "ten"});
  save_snapshot(folder.path(), {20, "twenty"});
  EXPECT_EQ(load_snapshot(folder.path(), 19)->state, "ten");
  EXPECT_FALSE(load_snapshot(folder.path(), 9));
}

TEST(Snapshot, DamagedOneIsPassedOver) {
  for (const std::streamoff from_end : {1, 20, 30, 45}) {
    const test::TempFolder folder;
    save_snapshot(folder.path(), {10, "ten"});
    save_snapshot(folder.path(), {20, "twenty"});
    damage(folder / "00000000000000000020.snapshot", from_end);
    const auto found = load_snapshot(folder.path());
    ASSERT_TRUE(found);
    EXPECT_EQ(found->state, "ten") << "byte " << from_end << " from the end";
  }
}

TEST(Snapshot, EmptyStateAndUnfinishedFilesAreFine) {
  const test::TempFolder folder;
  std::ofstream(folder / "00000000000000000009.snapshot.unfinished") << "half";
  save_snapshot(folder.path(), {0, ""});
  EXPECT_EQ(load_snapshot(folder.path())->state, "");
  EXPECT_EQ(files_in(folder.path()), 1U);
}

TEST(Snapshot, AFolderThatCannotBeReadIsNotAnEmptyOne) {
  const test::TempFolder folder;
  std::ofstream(folder / "snapshots") << "a file, no folder";
  EXPECT_THROW(store::load_snapshot(folder / "snapshots"), base::WorldError);
  EXPECT_FALSE(store::load_snapshot(folder / "none"));
}
