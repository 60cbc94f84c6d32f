// SPDX-License-Identifier: Apache-2.0
// The published reference cases in ../shared/data/drift: every place within 2 m and no other state;
// centres and ellipses of ensembles as near as the reference's own seeds are.
#include "app/drift_reference.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/config.hpp"

using namespace jinglue;

namespace {

class DriftReference : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const auto run = std::filesystem::path(JINGLUE_SOURCE_DIR) / "../shared/data/drift" /
                     (std::string(GetParam()) + "-run.json");
    if (!std::filesystem::exists(run)) GTEST_SKIP() << "not here: " << run;
    auto reference = app::read_reference(run);
    ASSERT_TRUE(reference) << reference.error().text();
    m_reference = std::move(*reference);
    const auto document = base::read_config(JINGLUE_SOURCE_DIR "/data/drift/objects.toml");
    ASSERT_TRUE(document);
    m_objects = *drift::read_objects(*document);
  }
  std::unique_ptr<app::ReferenceCase> m_reference;
  std::vector<drift::DriftObject> m_objects;
};

}  // namespace

TEST_P(DriftReference, EveryPlaceIsWithinTwoMetres) {
  const auto figures = app::replay(*m_reference, m_objects, 2);
  ASSERT_TRUE(figures) << figures.error().text();
  EXPECT_EQ(figures->size(), m_reference->objects.size());
  for (const auto& one : *figures) {
    EXPECT_GT(one.compared, 1000u) << one.object;
    EXPECT_LT(one.most_m, 2) << one.object;
    EXPECT_EQ(one.mismatches, 0u) << one.object;
    EXPECT_EQ(one.stranded_ours, one.stranded_reference) << one.object;
  }
}

/// Two seeds here, so that it is quick: their own scatter is wider than that of the eight that
/// `jinglue drift replay --ensembles 8` takes.
TEST_P(DriftReference, EnsemblesAreAsTheReferences) {
  const auto figures = app::compare_ensembles(*m_reference, m_objects, 2, 2);
  ASSERT_TRUE(figures) << figures.error().text();
  EXPECT_EQ(figures->size(), 2 * m_reference->objects.size());
  for (const auto& one : *figures) {
    EXPECT_LT(one.most_m, 600) << one.object << one.set;
    EXPECT_LT(one.most_area_percent, 3) << one.object << one.set;
    EXPECT_LT(one.most_stranded_percent, 1) << one.object << one.set;
  }
}

INSTANTIATE_TEST_SUITE_P(Published, DriftReference, ::testing::Values("weihai", "norwegiansea"));
