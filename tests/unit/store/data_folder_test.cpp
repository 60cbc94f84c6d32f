// SPDX-License-Identifier: Apache-2.0
#include "store/data_folder.hpp"

#include <gtest/gtest.h>
#include <unistd.h>
#include <fstream>

#include "base/result.hpp"
#include "support/no_rights.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;
using store::DataFolder;

namespace {

std::string refusal(const std::filesystem::path& root) {
  try {
    const DataFolder data(root);
  } catch (const base::WorldError& e) {
    return e.what();
  }
  return {};
}

}  // namespace

TEST(DataFolder, IsMadeWithItsParts) {
  const test::TempFolder folder;
  const DataFolder data(folder / "deep/var");
  for (const auto& part : {data.journal(), data.snapshots(), data.files()}) {
    EXPECT_TRUE(std::filesystem::is_directory(part));
  }
}

TEST(DataFolder, SecondOwnerIsRefusedAndTheFirstIsNamed) {
  const test::TempFolder folder;
  {
    const DataFolder data(folder.path());
    const std::string text = refusal(folder.path());
    EXPECT_NE(text.find("in use by process " + std::to_string(getpid())), std::string::npos)
        << text;
  }
  EXPECT_EQ(refusal(folder.path()), "") << "free again";
}

TEST(DataFolder, NotWritableSaysWhatToDo) {
  const test::TempFolder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0555));
  for (const auto& root : {folder.path(), folder / "below"}) {
    const std::string text = test::without_rights([&] { return refusal(root); });
    EXPECT_NE(text.find("make it writable"), std::string::npos) << text;
    EXPECT_NE(text.find(root.string()), std::string::npos) << text;
  }
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
}

TEST(DataFolder, AFileInItsPlaceIsRefused) {
  const test::TempFolder folder;
  std::ofstream(folder / "var") << "no folder";
  const std::string text = refusal(folder / "var");
  EXPECT_NE(text.find((folder / "var").string()), std::string::npos) << text;
}
