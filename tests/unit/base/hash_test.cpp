// SPDX-License-Identifier: Apache-2.0
#include "base/hash.hpp"

#include <gtest/gtest.h>

using namespace jinglue::base;

TEST(Hash, MatchesPublishedVectors) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(crc32c("123456789"), 0xE3069283U);  // RFC 3720 check value
}

TEST(Hash, HexReadsBack) {
  std::uint64_t value = 0;
  EXPECT_TRUE(parse_hex(to_hex(std::uint64_t{0xDEADBEEF}), value));
  EXPECT_EQ(value, 0xDEADBEEFU);
  EXPECT_FALSE(parse_hex("xyz", value));
  EXPECT_FALSE(parse_hex("00000000deadbeeg", value));
}
