// SPDX-License-Identifier: Apache-2.0
// The program that reads old forms of Word: its limits of time, memory and output hold, what it
// started ends with it. A script stands in for LibreOffice, except in the last test, which runs the
// real one where it is installed.
#include "app/office_text.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "support/temp_folder.hpp"

using namespace jinglue;
using namespace jinglue::app;
using std::chrono::steady_clock;

namespace {

class OfficeText : public testing::Test {
 protected:
  std::filesystem::path script(const std::string& body) {
    const auto file = folder / "soffice";
    std::ofstream(file)
        << "#!/bin/sh\nwhile [ $# -gt 1 ]; do [ \"$1\" = --outdir ] && out=$2; shift; done\n"
        << body << "\n";
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    return file;
  }
  base::Result<std::string> run(const std::string& body, OfficeLimits limits = {},
                                const std::function<bool()>& gone = {}) {
    return office_text("\xD0\xCF\x11\xE0 bytes", "old.doc", script(body), limits, gone);
  }
  test::TempFolder folder;
};

TEST_F(OfficeText, GivesWhatTheProgramWrote) {
  const auto text = run("grep -q bytes \"$1\" && printf '要加强检查。' > \"$out/document.txt\"");
  ASSERT_TRUE(text) << text.error().text();
  EXPECT_EQ(*text, "要加强检查。");
}

TEST_F(OfficeText, SaysThatItIsNotInstalled) {
  const auto text = office_text("x", "old.doc", {}, {}, {});
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, base::Code::kUnavailable);
  EXPECT_EQ(text.error().where, "old.doc");
  EXPECT_FALSE(text.error().hint.empty());
}

TEST_F(OfficeText, AProgramThatFailsOrWritesNothingIsAnError) {
  for (const char* body : {"exit 3", "exit 0", "kill -9 $$"}) {
    const auto text = run(body);
    ASSERT_FALSE(text) << body;
    EXPECT_EQ(text.error().code, base::Code::kMalformed) << body;
  }
}

TEST_F(OfficeText, EndsAtTheLimitOfTimeWithWhatItStarted) {
  OfficeLimits limits;
  limits.time = std::chrono::milliseconds(400);
  const auto alive = folder / "alive";
  const auto begin = steady_clock::now();
  const auto text = run("(sleep 3; touch " + alive.string() + ") & sleep 60", limits);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, base::Code::kTooLarge);
  EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(3));
  std::this_thread::sleep_for(std::chrono::milliseconds(3200));
  EXPECT_FALSE(std::filesystem::exists(alive));
}

TEST_F(OfficeText, EndsWhenNobodyWaitsAnyMore) {
  const auto begin = steady_clock::now();
  const auto text = run(
      "sleep 60", {}, [&] { return steady_clock::now() - begin > std::chrono::milliseconds(200); });
  EXPECT_FALSE(text);
  EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST_F(OfficeText, MemoryAndOutputAreLimited) {
  OfficeLimits limits;
  limits.memory = std::size_t{256} << 20;
  limits.output = 1u << 20;
  EXPECT_FALSE(run("head -c 5000000 /dev/zero > \"$out/document.txt\" || exit 1", limits));
  EXPECT_FALSE(run(
      "x=$(head -c 600000000 /dev/zero | tr '\\0' x) || exit 1; printf y > \"$out/document.txt\"",
      limits));
}

TEST_F(OfficeText, TheRealProgramRefusesWhatIsNoDocument) {
  if (find_office().empty()) GTEST_SKIP() << "LibreOffice is not installed";
  const auto text = office_text("\xD0\xCF\x11\xE0 nothing", "old.doc", find_office(), {}, {});
  if (text) {
    EXPECT_EQ(text->find("要"), std::string::npos);
  }
}

}  // namespace
