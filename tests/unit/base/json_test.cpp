// SPDX-License-Identifier: Apache-2.0
#include "base/json.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

using jinglue::base::Json;
using jinglue::base::parse_json;

TEST(Json, KeepsTheOrderOfMembersAndTheKindOfNumbers) {
  const std::string text = R"({"z":1,"a":1.5,"list":[true,null,"经略"],"o":{}})";
  const auto json = parse_json(text);
  ASSERT_TRUE(json);
  EXPECT_EQ(json->dump(), text);
  EXPECT_TRUE((*json)["z"].is_int());
  EXPECT_FALSE((*json)["a"].is_int());
}

TEST(Json, MinusZeroIsWrittenAsZero) {
  EXPECT_EQ(parse_json("[-0.0, -1e-400, -0]")->dump(), "[0,0,0]");
}

TEST(Json, RefusesTextOverItsLimitAndTextThatIsNotJson) {
  EXPECT_EQ(parse_json("[1,2,3]", 3).error().code, jinglue::base::Code::kTooLarge);
  EXPECT_EQ(parse_json("{\"a\":").error().code, jinglue::base::Code::kMalformed);
  EXPECT_EQ(parse_json(std::string(200, '[') + std::string(200, ']')).error().code,
            jinglue::base::Code::kTooLarge);
}

TEST(Json, WholeNumbersWrittenWithAPointAreExactUpToTheirLimit) {
  EXPECT_EQ(parse_json("9007199254740992.0")->as_int(), 9'007'199'254'740'992);
  EXPECT_EQ(parse_json("-9.0071992547409e15")->as_int(), -9'007'199'254'740'900);
  EXPECT_EQ(parse_json("1e17")->as_int(7), 7);
}

RC_GTEST_PROP(Json, EveryByteStringSurvivesAsUtf8, (const std::string& bytes)) {
  const auto back = parse_json(Json(bytes).dump());
  RC_ASSERT(back.has_value());
  RC_ASSERT(parse_json(Json(back->as_string()).dump())->as_string() == back->as_string());
}
