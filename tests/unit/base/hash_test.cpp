// SPDX-License-Identifier: Apache-2.0
#include "base/hash.hpp"

#include <gtest/gtest.h>

using namespace jinglue::base;

TEST(Hash, MatchesPublishedVectors) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(crc32c("123456789"), 0xE3069283U);  // RFC 3720 check value
}

TEST(Hash, Crc32cMatchesItsDefinitionAtEveryLengthAndInPieces) {
  std::string bytes;
  for (int length = 0; length < 1700; ++length) {
    std::uint32_t c = 0xFFFFFFFFU;
    for (const char ch : bytes) {
      c ^= static_cast<unsigned char>(ch);
      for (int k = 0; k < 8; ++k) c = (c & 1) != 0 ? 0x82F63B78U ^ (c >> 1) : c >> 1;
    }
    EXPECT_EQ(crc32c(bytes), ~c) << length;
    const auto half = static_cast<std::size_t>(length / 2);
    EXPECT_EQ(crc32c(bytes.substr(half), crc32c(bytes.substr(0, half))), ~c) << length;
    bytes += static_cast<char>(length * 37 + 11);
  }
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);    // RFC 3720 appendix B.4
  EXPECT_EQ(crc32c(std::string(32, '\xFF')), 0x62A8AB43U);  // the same
}

TEST(Hash, HexReadsBack) {
  std::uint64_t value = 0;
  EXPECT_TRUE(parse_hex(to_hex(std::uint64_t{0xDEADBEEF}), value));
  EXPECT_EQ(value, 0xDEADBEEFU);
  EXPECT_FALSE(parse_hex("xyz", value));
  EXPECT_FALSE(parse_hex("00000000deadbeeg", value));
}
