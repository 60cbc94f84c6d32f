// SPDX-License-Identifier: Apache-2.0
// The table of feeds in README.md: every link leads somewhere, and every test that it names exists
// in the file that it links.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

const fs::path kRoot = JINGLUE_SOURCE_DIR;

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Rows of the table whose head is "| feed | read by | test |".
std::vector<std::string> rows() {
  std::ifstream in(kRoot / "README.md");
  std::vector<std::string> out;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("| feed |")) inside = true;
    if (inside && line.empty()) break;
    if (inside && line.starts_with("| ") && !line.starts_with("| feed")) out.push_back(line);
  }
  return out;
}

struct Link {
  std::string text, path;
};
std::vector<Link> links_of(const std::string& cell) {
  static const std::regex kLink(R"(\[([^\]]+)\]\(([^)]+)\))");
  std::vector<Link> out;
  for (std::sregex_iterator at(cell.begin(), cell.end(), kLink), end; at != end; ++at) {
    out.push_back({(*at)[1], (*at)[2]});
  }
  return out;
}

}  // namespace

TEST(FeedsTable, NamesForEachFeedWhatReadsItAndATestThatExists) {
  const auto all = rows();
  ASSERT_GE(all.size(), 7u) << "the table of feeds is gone from README.md";
  // A macro of gtest or rapidcheck, the suite and the name, which may stand on its next line.
  static const std::regex kName(R"(`(\w+)\.(\w+)`)");
  for (const auto& row : all) {
    for (const auto& link : links_of(row)) {
      EXPECT_TRUE(fs::exists(kRoot / link.path)) << link.path << " in: " << row;
    }
    const auto cell = row.substr(row.rfind('|', row.size() - 2));
    const auto tests = links_of(cell);
    EXPECT_FALSE(tests.empty()) << "no test is named: " << row;
    for (const auto& test : tests) {
      std::smatch name;
      ASSERT_TRUE(std::regex_match(test.text, name, kName)) << test.text << " is no `Suite.Name`";
      const std::regex there("(TEST|TEST_F|TEST_P|RC_GTEST_PROP)\\(\\s*" + name[1].str() + ",\\s*" +
                             name[2].str() + "\\b");
      EXPECT_TRUE(std::regex_search(text_of(kRoot / test.path), there))
          << test.path << " has no test " << test.text;
    }
  }
}
