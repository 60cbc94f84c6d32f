// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/keys.hpp"

using namespace jinglue::base;

RC_GTEST_PROP(Bytes, ReadBackWhatWasWritten,
              (std::uint16_t number, const std::string& text, bool there, double value)) {
  const std::optional<double> maybe = there ? std::optional(value) : std::nullopt;
  ByteWriter out;
  out.put(number);
  out.put_text(text);
  out.put_optional(maybe);
  ByteReader in(out.bytes());
  RC_ASSERT(in.get<std::uint16_t>() == number);
  RC_ASSERT(in.get_text() == text);
  RC_ASSERT(in.get_optional<double>() == maybe);
  RC_ASSERT(in.ok());
  RC_ASSERT(in.left() == 0u);
}

RC_GTEST_PROP(Bytes, AShortReadGivesNothingAndStaysFailed, (const std::string& text)) {
  ByteWriter out;
  out.put_text(text);
  const auto size = *rc::gen::inRange<std::size_t>(0, out.size());
  ByteReader in(std::string_view(out.bytes()).substr(0, size));
  RC_ASSERT(in.get_text().empty());
  RC_ASSERT(!in.ok());
  RC_ASSERT(in.get<std::uint64_t>() == 0u);
  RC_ASSERT(!in.get_optional<std::uint8_t>());
  RC_ASSERT(in.left() == 0u);
}

TEST(Bytes, ALengthBeyondTheEndIsRefusedWithoutReading) {
  ByteWriter out;
  out.put(std::uint32_t{UINT32_MAX});
  ByteReader in(out.bytes());
  EXPECT_EQ(in.get_text(), "");
  EXPECT_FALSE(in.ok());
}

TEST(Keys, AnEmptyTextIsNoValueAndAnUnknownOneNeither) {
  enum class Kind { kOne = 1, kTwo };
  constexpr std::array<std::string_view, 3> kKeys = {"", "one", "two"};
  EXPECT_EQ(key_of(kKeys, Kind::kTwo), "two");
  EXPECT_EQ(value_of<Kind>(kKeys, "one"), Kind::kOne);
  EXPECT_FALSE(value_of<Kind>(kKeys, ""));
  EXPECT_FALSE(value_of<Kind>(kKeys, "three"));
}
