// SPDX-License-Identifier: Apache-2.0
#include "base/limited_child.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "support/temp_folder.hpp"

namespace jinglue::base {
namespace {

Result<ChildEnd> shell(const test::TempFolder& folder, const std::string& script,
                       const ChildLimits& limits = {}, const std::function<bool()>& gone = {}) {
  return run_limited("/bin/sh", {"-c", script}, folder.path(), limits, gone);
}

TEST(LimitedChild, says_how_it_ended) {
  const test::TempFolder folder;
  const auto good = shell(folder, "exit 0");
  ASSERT_TRUE(good);
  EXPECT_TRUE(good->good());
  const auto bad = shell(folder, "echo 'no such layer' >&2; exit 3");
  ASSERT_TRUE(bad);
  EXPECT_EQ(bad->exit_code, 3);
  EXPECT_EQ(bad->said, "no such layer");
  const auto absent = run_limited("/nowhere/program", {}, folder.path());
  ASSERT_TRUE(absent);
  EXPECT_FALSE(absent->good());
}

TEST(LimitedChild, has_no_descriptor_of_ours_however_high) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  const int high = int(std::min<rlim_t>(files.rlim_cur, 4096)) - 1;
  const int secret = ::open("/dev/zero", O_RDONLY);
  ASSERT_EQ(::dup2(secret, high), high);  // without close-on-exec
  const test::TempFolder folder;
  const auto end = shell(folder, "ls -l /proc/self/fd >&2");
  ::close(high);
  ::close(secret);
  ASSERT_TRUE(end);
  EXPECT_NE(end->said.find("/dev/null"), std::string::npos);
  EXPECT_EQ(end->said.find("/dev/zero"), std::string::npos) << end->said;
}

TEST(LimitedChild, ends_at_its_limits_of_time_and_memory) {
  const test::TempFolder folder;
  ChildLimits limits;
  limits.clock = std::chrono::milliseconds(300);
  const auto slow = shell(folder, "sleep 30", limits);
  ASSERT_TRUE(slow);
  EXPECT_TRUE(slow->out_of_time);
  limits = {};
  limits.processor = std::chrono::seconds(1);
  const auto busy = shell(folder, "while :; do :; done", limits);
  ASSERT_TRUE(busy);
  EXPECT_TRUE(busy->out_of_time);
  const auto left = shell(folder, "sleep 30", {}, [] { return true; });
  ASSERT_TRUE(left);
  EXPECT_TRUE(left->left);
}

}  // namespace
}  // namespace jinglue::base
