// SPDX-License-Identifier: Apache-2.0
// WithWorld: a test suite that shares one World.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "unit/serve/world.hpp"

namespace jinglue::test {

/// One world for the tests of a suite: making it takes a second.
class WithWorld : public testing::Test {
 protected:
  static void SetUpTestSuite() { s_world = std::make_unique<World>(); }
  static void TearDownTestSuite() { s_world.reset(); }
  static World& world() { return *s_world; }
  static inline std::unique_ptr<World> s_world;
};

}  // namespace jinglue::test
