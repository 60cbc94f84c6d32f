// SPDX-License-Identifier: Apache-2.0
#include "store/data_folder.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/result.hpp"
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

/// Runs refusal() in a child without root's rights (root may write everywhere).
std::string refusal_without_rights(const std::filesystem::path& root) {
  int ends[2];
  if (pipe(ends) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) {
    if (geteuid() == 0 && setuid(65534) != 0) _exit(2);
    const std::string text = refusal(root);
    _exit(write(ends[1], text.data(), text.size()) < 0 ? 1 : 0);
  }
  close(ends[1]);
  std::string out(4096, '\0');
  const ssize_t size = read(ends[0], out.data(), out.size());
  close(ends[0]);
  waitpid(child, nullptr, 0);
  out.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return out;
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
    const std::string text = refusal_without_rights(root);
    EXPECT_NE(text.find("make it writable"), std::string::npos) << text;
    EXPECT_NE(text.find(root.string()), std::string::npos) << text;
  }
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
}
