// SPDX-License-Identifier: Apache-2.0
// What a Reader makes of the state that an older version of the program saved.
#include <gtest/gtest.h>

#include "observe/ais/encoder.hpp"
#include "observe/feed/reader.hpp"

using namespace jinglue;
using observe::feed::Reader;
using observe::feed::Reading;

namespace {

constexpr base::Instant kNow{1'714'536'000'000};

std::string line_from(const char* station) {
  observe::ais::PositionReport report;
  report.mmsi = 412'000'001;
  report.lat = 20'000'000;
  report.lon = 70'000'000;
  observe::ais::Envelope envelope;
  envelope.source = station;
  envelope.at = kNow;
  return observe::ais::encode(report, envelope).at(0);
}

std::string cause_of(Reader& reader, const char* station) {
  const auto text = line_from(station);
  Reading out;
  reader.read({text, "ais", "", kNow, 1}, out);
  return std::string(out.cause);
}

/// Version 2 had the same fields and another table of messages.
std::string saved(const Reader& reader, std::uint32_t version) {
  base::ByteWriter out;
  reader.save(out);
  auto bytes = out.take();
  base::ByteWriter number;
  number.put(version);
  return number.take() + bytes.substr(sizeof version);
}

}  // namespace

TEST(ReaderState, OfTheVersionBeforeKeepsStationsAndForgetsMessages) {
  Reader before;
  EXPECT_EQ(cause_of(before, "north"), "none");
  EXPECT_EQ(cause_of(before, "south"), "copy");
  Reader same, older, unknown;
  const auto load = [&](Reader& reader, std::uint32_t version) {
    const auto bytes = saved(before, version);
    base::ByteReader in(bytes);
    return reader.load(in) && in.left() == 0;
  };
  ASSERT_TRUE(load(same, 3));
  EXPECT_EQ(cause_of(same, "east"), "copy");
  ASSERT_TRUE(load(older, 2));
  EXPECT_EQ(older.receptions().messages(), 1u);
  ASSERT_EQ(older.receptions().stations().size(), 3u);  // the first: not known
  EXPECT_EQ(older.receptions().stations()[1].name, "north");
  EXPECT_EQ(cause_of(older, "east"), "none");
  EXPECT_EQ(cause_of(older, "west"), "copy");
  EXPECT_FALSE(load(unknown, 1));
  EXPECT_FALSE(load(unknown, 4));
}
