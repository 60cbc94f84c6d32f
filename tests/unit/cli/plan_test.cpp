// SPDX-License-Identifier: Apache-2.0
// jinglue plan read: as JSON, as text, from a pipe, and what it refuses.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "unit/cli/run.hpp"

namespace jinglue {
namespace {

namespace fs = std::filesystem;

const std::string kSample =
    (fs::path(JINGLUE_SOURCE_DIR) / "tests/data/plan/work_points.txt").string();

test::Ran read(std::vector<std::string> more, const std::string& input = {}) {
  std::vector<std::string> line = {"plan", "read", "--share", JINGLUE_SOURCE_DIR};
  line.insert(line.end(), more.begin(), more.end());
  return test::run(line, input);
}

}  // namespace

TEST(PlanRead, json_holds_the_tree_and_the_text) {
  const auto ran = read({kSample, "--format", "json"});
  ASSERT_EQ(ran.code, 0) << ran.output;
  const auto json = nlohmann::json::parse(ran.output);
  EXPECT_EQ(json.at("title"), "镜海市海洋与渔业局2025年工作要点");
  EXPECT_EQ(json.at("counts").at("goal"), 6);
  EXPECT_EQ(json.at("nodes").at(0).at("children").size(), 6U);
  EXPECT_FALSE(json.at("text").at("paragraphs").empty());
}

TEST(PlanRead, text_comes_from_a_pipe_too) {
  const auto ran = read({"-"}, "一、做好海洋工作\n（一）加强渔港建设。\n");
  EXPECT_EQ(ran.code, 0) << ran.output;
  EXPECT_TRUE(test::holds(ran.output, "measure 一 加强渔港建设")) << ran.output;
}

TEST(PlanRead, what_is_no_document_is_refused_with_its_name) {
  const test::TempFolder folder;
  const auto file = (folder / "photo.png").string();
  std::ofstream(file, std::ios::binary) << "\x89PNG\r\n\x1a\n" << std::string(64, '\0');
  const auto ran = read({file});
  EXPECT_EQ(ran.code, 1);
  EXPECT_TRUE(test::holds(ran.output, file)) << ran.output;
  EXPECT_TRUE(test::holds(ran.output, "no text")) << ran.output;
  EXPECT_EQ(read({(folder / "absent.txt").string()}).code, 1);
  EXPECT_EQ(read({kSample, "--format", "xml"}).code, 1);
}

TEST(PlanRead, a_mistake_in_a_dictionary_is_named_with_its_line) {
  const test::TempFolder folder;
  const auto file = (folder / "words.toml").string();
  std::ofstream(file) << "schema = 1\nwords = []\nunits = []\n\n[verbs]\nadverb = []\n";
  const auto ran = read({kSample, "--dictionary", file});
  EXPECT_EQ(ran.code, 1);
  EXPECT_TRUE(test::holds(ran.output, "words.toml:6")) << ran.output;
}

}  // namespace jinglue
