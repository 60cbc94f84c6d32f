// SPDX-License-Identifier: Apache-2.0
// A check never seen failing proves nothing: each test plants one violation in a small tree and
// expects the tool to name its file and to exit with 1.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/wait.h>

namespace fs = std::filesystem;

namespace {

struct Ran {
  int code{-1};
  std::string text;
};

Ran run(const std::string& command) {
  Ran out;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  std::array<char, 4096> buffer;
  while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) out.text += buffer.data();
  out.code = WEXITSTATUS(pclose(pipe));
  return out;
}

const std::string kHead = "// SPDX-License-Identifier: Apache-2.0\n// A planted file.\n";

class Planted : public ::testing::Test {
 protected:
  void SetUp() override {
    m_root = fs::temp_directory_path() /
             ("jinglue_planted_" + std::to_string(::getpid()) + "_" +
              ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(m_root / "docs/design");
    fs::copy_file(fs::path(JINGLUE_SOURCE_DIR) / "docs/design/rooms.md",
                  m_root / "docs/design/rooms.md");
    put("src/CMakeLists.txt", "jinglue_room(base LIBS x)\njinglue_room(geo ROOMS base)\n");
    put("src/base/README.md", "base\n");
    put("src/base/result.hpp", kHead + "#pragma once\n");
  }
  void TearDown() override { fs::remove_all(m_root); }

  void put(const std::string& path, const std::string& text) {
    fs::create_directories((m_root / path).parent_path());
    std::ofstream(m_root / path) << text;
  }
  void room(const std::string& path, const std::string& body) {
    put("src/" + path.substr(0, path.find('/')) + "/README.md", "room\n");
    put("src/" + path, kHead + body);
  }
  void expect_rooms(const std::string& text) { expect(CHECK_ROOMS, text); }
  void expect_style(const std::string& text) { expect(CHECK_STYLE, text); }
  void expect(const std::string& tool, const std::string& text) {
    const Ran ran = run(tool + " " + m_root.string());
    EXPECT_EQ(ran.code, 1) << ran.text;
    EXPECT_NE(ran.text.find(text), std::string::npos) << ran.text;
  }
  void expect_headers(int code, const std::string& text) {
    const Ran ran = run(std::string(JINGLUE_SOURCE_DIR) + "/tools/check_headers " +
                        m_root.string() + " " CXX " " + (m_root / "headers_alone").string());
    EXPECT_EQ(ran.code, code) << ran.text;
    EXPECT_NE(ran.text.find(text), std::string::npos) << ran.text;
  }
  fs::path m_root;
};

TEST_F(Planted, a_clean_tree_passes_both) {
  EXPECT_EQ(run(std::string(CHECK_ROOMS) + " " + m_root.string()).code, 0);
  EXPECT_EQ(run(std::string(CHECK_STYLE) + " " + m_root.string()).code, 0);
}
TEST_F(Planted, a_room_that_includes_a_room_above_is_named) {
  room("geo/a.cpp", "#include \"detect/engine.hpp\"\n");
  expect_rooms("src/geo/a.cpp:3: geo may not include detect");
}
TEST_F(Planted, detect_and_act_never_meet) {
  room("act/a.cpp", "#include \"detect/engine.hpp\"\n");
  expect_rooms("act may not include detect");
}
TEST_F(Planted, a_database_header_outside_store_is_named) {
  room("registry/a.cpp", "#include <sqlite3.h>\n");
  expect_rooms("only store includes a database header");
}
TEST_F(Planted, beast_outside_serve_http_is_named) {
  room("serve/api/a.cpp", "#include <boost/beast.hpp>\n");
  expect_rooms("only serve/http includes");
}
TEST_F(Planted, the_mqtt_client_outside_its_room_is_named) {
  room("act/a.cpp", "#include <MQTTAsync.h>\n");
  expect_rooms("only mqtt includes");
}
TEST_F(Planted, a_cycle_of_capability_folders_is_named) {
  room("picture/live/a.hpp", "#pragma once\n#include \"picture/archive/b.hpp\"\n");
  room("picture/archive/b.hpp", "#pragma once\n#include \"picture/live/a.hpp\"\n");
  expect_rooms("cycle of folders");
}
TEST_F(Planted, a_detail_folder_is_private) {
  room("serve/api/a.cpp", "#include \"picture/live/detail/x.hpp\"\n");
  expect_rooms("detail/ is private");
}
TEST_F(Planted, a_clock_in_detect_is_named) {
  room("detect/a.cpp", "auto t = base::wall_now();\n");
  expect_rooms("detect reads no clock");
}
TEST_F(Planted, a_folder_that_is_no_room_is_named) {
  room("stuff/a.cpp", "\n");
  expect_rooms("is no room");
}
TEST_F(Planted, a_name_that_says_nothing_is_named) {
  room("base/util.hpp", "#pragma once\n");
  expect_rooms("says nothing");
}
TEST_F(Planted, a_link_against_the_table_is_named) {
  put("src/CMakeLists.txt", "jinglue_room(base ROOMS geo)\n");
  expect_rooms("base links geo");
}
TEST_F(Planted, a_missing_licence_line_is_named) {
  put("src/base/a.cpp", "// What it holds.\nint a;\n");
  expect_style("src/base/a.cpp:1: line 1 is the SPDX");
}
TEST_F(Planted, a_wide_line_is_named) {
  room("base/a.cpp", "// " + std::string(120, 'x') + "\n");
  expect_style("src/base/a.cpp:3: wider than 100");
}
TEST_F(Planted, a_long_function_is_named) {
  std::string body = "int f() {\n";
  for (int i = 0; i < 80; ++i) body += "  g();\n";
  room("base/a.cpp", body + "}\n");
  expect_style("src/base/a.cpp:3: function of 81 lines");
}
TEST_F(Planted, a_naked_new_is_named) {
  room("base/a.cpp", std::string("int* p = n") + "ew int(3);\n");
  expect_style("naked new");
}
TEST_F(Planted, a_todo_without_an_issue_is_named) {
  room("base/a.cpp", std::string("// TO") + "DO: later\n");
  expect_style("without an issue number");
}
TEST_F(Planted, a_header_that_leans_on_what_others_include_is_named) {
  put("src/base/alone.hpp", kHead + "#pragma once\n#include <string>\nstd::string a();\n");
  put("src/base/leaning.hpp", kHead + "#pragma once\nstd::string b();\n");
  put("src/base/b.cpp", kHead + "#include \"base/alone.hpp\"\n#include \"base/leaning.hpp\"\n");
  expect_headers(1, "FAILED: base/leaning.hpp does not compile alone");
  put("src/base/leaning.hpp", kHead + "#pragma once\n#include <string>\nstd::string b();\n");
  expect_headers(0, "3 headers compile alone (2 compiled here, 1 by the source");
}
TEST_F(Planted, a_header_without_pragma_once_is_named) {
  room("base/a.hpp", "int a;\n");
  expect_style("#pragma once");
}
TEST_F(Planted, a_room_without_readme_is_named) {
  put("src/geo/a.cpp", kHead);
  expect_style("a room has a README.md");
}

}  // namespace
