// SPDX-License-Identifier: Apache-2.0
// tools/lint_sources on small trees with planted findings: it names them, goes on after them,
// remembers only what is clean and only as long as nothing it depends on changed. Skipped without
// clang-tidy-19.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/wait.h>

namespace fs = std::filesystem;

namespace {

const std::string kClean = "#include \"base/value.hpp\"\nint clean() { return value(); }\n";
const std::string kHeader = "#pragma once\ninline int value() { return 1; }\n";
// bugprone-suspicious-semicolon
const std::string kFinding = "int found(int x) {\n  if (x > 0);\n  return x;\n}\n";

class LintSources : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::system("command -v clang-tidy-19 > /dev/null") != 0) {
      GTEST_SKIP() << "clang-tidy-19 is not installed: `./dev lint` installs it";
    }
    m_root = fs::temp_directory_path() /
             ("jinglue_lint_" + std::to_string(::getpid()) + "_" +
              ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(m_root);
    fs::copy_file(fs::path(JINGLUE_SOURCE_DIR) / ".clang-tidy", m_root / ".clang-tidy");
    put("src/base/value.hpp", kHeader);
    put("src/base/clean.cpp", kClean);
    put("build/release/compile_commands.json",
        "[\n" + command("clean") + ",\n" + command("found") + "\n]\n");
  }
  void TearDown() override {
    if (!m_root.empty()) fs::remove_all(m_root);
  }

  void put(const std::string& path, const std::string& text) {
    fs::create_directories((m_root / path).parent_path());
    std::ofstream(m_root / path) << text;
  }
  [[nodiscard]] std::string command(const std::string& name) const {
    const auto source = (m_root / "src/base" / (name + ".cpp")).string();
    return "{\n  \"directory\": \"" + m_root.string() + "\",\n  \"command\": \"c++ -I" +
           (m_root / "src").string() + " -c " + source + "\",\n  \"file\": \"" + source + "\"\n}";
  }
  void lint(int code, const std::string& text, const std::string& files = "") {
    const auto line = std::string(JINGLUE_SOURCE_DIR) + "/tools/lint_sources -C " +
                      m_root.string() + " -j 1 " + files + " 2>&1";
    std::string said;
    FILE* pipe = popen(line.c_str(), "r");
    std::array<char, 4096> buffer;
    while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) said += buffer.data();
    EXPECT_EQ(WEXITSTATUS(pclose(pipe)), code) << said;
    EXPECT_NE(said.find(text), std::string::npos) << said;
  }
  fs::path m_root;
};

TEST_F(LintSources, a_finding_is_named_with_its_check_and_the_other_files_are_checked_too) {
  put("src/base/found.cpp", kFinding);
  lint(1,
       "src/base/found.cpp:2:13: error: potentially unintended semicolon "
       "[bugprone-suspicious-semicolon");
  lint(1, "1 findings in 1 files (2 files, 1 checked, 1 remembered)");
}
TEST_F(LintSources, a_clean_file_is_remembered_until_a_header_that_it_includes_changes) {
  lint(0, "1 files clean (1 checked, 0 remembered)");
  lint(0, "1 files clean (0 checked, 1 remembered)");
  put("src/base/value.hpp",
      "#pragma once\ninline int value() {\n  int x = 1;\n  if (x > 0);\n  return x;\n}\n");
  lint(1, "src/base/value.hpp:4:13: error: potentially unintended semicolon");
}
TEST_F(LintSources, a_changed_clang_tidy_file_checks_everything_again) {
  lint(0, "1 checked");
  std::ofstream(m_root / ".clang-tidy", std::ios::app) << "# a remark\n";
  lint(0, "1 files clean (0 checked, 1 remembered)");
  std::ofstream(m_root / ".clang-tidy", std::ios::app) << "UseColor: false\n";
  lint(0, "1 files clean (1 checked, 0 remembered)");
}
TEST_F(LintSources, a_file_that_does_not_compile_is_no_clean_file) {
  put("src/base/found.cpp", "#include \"base/absent.hpp\"\n");
  lint(1, "'base/absent.hpp' file not found");
}
TEST_F(LintSources, a_file_that_is_not_built_is_refused) {
  put("src/base/alone.cpp", "int alone() { return 1; }\n");
  lint(2, "src/base/alone.cpp is not in build/release/compile_commands.json; configure again", "");
}
TEST_F(LintSources, a_header_or_an_absent_file_is_refused) {
  lint(2, "src/base/value.hpp is no source of src/", m_root / "src/base/value.hpp");
  lint(2, "is not there", m_root / "src/base/gone.cpp");
}

}  // namespace
