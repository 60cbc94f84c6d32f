// SPDX-License-Identifier: Apache-2.0
#include "store/block/block.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cctype>
#include <fstream>
#include <sstream>

#include "store/block/block_model.hpp"
#include "store/block/reception.hpp"
#include "unit/store/block_rows.hpp"

using namespace jinglue;
using model::Fix;
using store::BlockColumns;
using store::Speed;

namespace {

constexpr Speed kSpeeds[] = {Speed::kPortable, Speed::kEight, Speed::kBest};

std::vector<Fix> decoded(std::string_view bytes, Speed speed) {
  BlockColumns columns;
  const auto done = store::decode_block(bytes, columns, speed);
  EXPECT_TRUE(done) << (done ? "" : done.error().text());
  return done ? test::rows_of(columns) : std::vector<Fix>();
}

void expect_identity(const std::vector<Fix>& rows) {
  const auto bytes = store::encode_block(rows);
  for (const auto speed : kSpeeds) {
    EXPECT_EQ(decoded(bytes, speed), test::without_reception(rows)) << int(speed);
  }
}

/// The digits of the block marked ```NAME in the format document.
std::string stated_bytes(const std::string& name) {
  std::ifstream in(std::string(JINGLUE_SOURCE_DIR) + "/docs/format/archive.md");
  std::ostringstream text;
  text << in.rdbuf();
  const auto document = text.str();
  const auto begin = document.find("```" + name + "\n");
  EXPECT_NE(begin, std::string::npos) << name;
  std::string out;
  for (std::size_t i = begin + name.size() + 4; document.compare(i, 3, "```") != 0; ++i) {
    if (document[i] == '#') i = document.find('\n', i);
    if (std::isxdigit(static_cast<unsigned char>(document[i])) != 0) out += document[i];
  }
  return out;
}

}  // namespace

RC_GTEST_PROP(PatchedPacking, GivesBackAnyNumbersOnBothPaths, ()) {
  const auto full = *rc::gen::inRange(0, 2) == 0;
  const auto count = full ? store::kBlockRows : *rc::gen::inRange<std::size_t>(1, 257);
  const auto width = *rc::gen::inRange(0, 33);
  std::mt19937 random(*rc::gen::arbitrary<std::uint32_t>());
  std::vector<std::uint32_t> values(count);
  for (auto& v : values) {
    v = width == 0 ? 0 : static_cast<std::uint32_t>(random() >> (32 - width));
    if (random() % 50 == 0)
      v = static_cast<std::uint32_t>(random() >> random() % 32);  // an exception
  }
  std::string bytes;
  store::put_packed(bytes, values);
  RC_ASSERT(bytes.size() == store::packed_size(values));
  for (const auto speed : kSpeeds) {
    store::Lane lane;
    store::VarintReader in(bytes);
    RC_ASSERT(store::get_packed(in, count, lane, speed));
    RC_ASSERT(in.rest().empty());
    RC_ASSERT(std::equal(values.begin(), values.end(), lane.at.begin()));
  }
}

RC_GTEST_PROP(Block, GivesBackAnyRowsOnBothPaths, ()) {
  const auto rows = test::adversarial_rows(*rc::gen::element<std::size_t>(1, 2, 7, 40, 255, 256));
  const auto bytes = store::encode_block(rows);
  for (const auto speed : kSpeeds) {
    RC_ASSERT(decoded(bytes, speed) == test::without_reception(rows));
  }
}

TEST(Block, GivesBackTracksAtTheEndsOfTheWorld) {
  expect_identity(test::under_way(256, 1, {.lat_deg = 89.9, .course_deg = 359.9}));
  expect_identity(test::under_way(256, 2, {.lat_deg = -89.9, .course_deg = 180}));
  expect_identity(test::under_way(256, 3, {.lon_deg = 179.999, .course_deg = 90}));
  expect_identity(test::under_way(256, 4, {.speed_kn = 640}));
  auto crossing = test::under_way(256, 5, {.lon_deg = 179.9, .course_deg = 90});
  for (auto& row : crossing) {
    constexpr std::int32_t kHalfTurn = 1'080'000'000;
    if (row.position.lon > kHalfTurn) row.position.lon = row.position.lon - kHalfTurn - kHalfTurn;
  }
  expect_identity(crossing);
}

TEST(Block, ATrackThatIsWellReckonedTakesFewBytes) {
  const auto bytes = store::encode_block(test::under_way(256, 1));
  const double each = double(bytes.size()) / 256;
  std::cout << "figure: block_bytes_per_position_steady " << each << " B\n";
  EXPECT_LT(each, 2.5);
  // A northerly course jumps between 0 and 360 degrees, and that costs nothing.
  EXPECT_LE(store::encode_block(test::under_way(256, 1, {.course_deg = 0})).size(),
            bytes.size() + 16);
}

TEST(Block, CoarserFeedsTakeFewerBytes) {
  const auto ais = store::encode_block(test::under_way(256, 1)).size();
  const auto five_decimals = store::encode_block(test::under_way(256, 1, {.resolution = 60}));
  const auto three_decimals = store::encode_block(test::under_way(256, 1, {.resolution = 6000}));
  EXPECT_LT(five_decimals.size(), ais);
  EXPECT_LT(three_decimals.size(), five_decimals.size() + 64);
  expect_identity(test::under_way(256, 1, {.resolution = 60}));
  expect_identity(test::under_way(256, 1, {.resolution = 6000}));
}

TEST(Block, EveryFlippedBitAndEveryCutIsFound) {
  const auto bytes = store::encode_block(test::under_way(40, 2));
  BlockColumns columns;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
    EXPECT_FALSE(store::decode_block(damaged, columns)) << bit;
  }
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(store::decode_block(std::string_view(bytes).substr(0, size), columns)) << size;
  }
}

TEST(Block, ABlockOfANewerProgramIsNamedAsSuch) {
  auto bytes = store::encode_block(test::under_way(3, 2));
  bytes[0] = 9;
  BlockColumns columns;
  const auto done = store::decode_block(test::resealed(bytes), columns);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, base::Code::kUnknown);
}

// A right check sum over wrong bytes: an error, or rows that all paths agree on; never a crash.
RC_GTEST_PROP(Block, SurvivesAnyBytes, ()) {
  const auto count = *rc::gen::element<std::size_t>(30, 256);
  const auto bytes = test::mutilated(
      store::encode_block(test::under_way(count, *rc::gen::arbitrary<std::uint32_t>())));
  BlockColumns columns;
  const bool good = store::decode_block(bytes, columns, Speed::kPortable).has_value();
  const auto rows = good ? test::rows_of(columns) : std::vector<Fix>();
  for (const auto speed : {Speed::kEight, Speed::kBest}) {
    RC_ASSERT(store::decode_block(bytes, columns, speed).has_value() == good);
    if (good) RC_ASSERT(test::rows_of(columns) == rows);
  }
}

TEST(Block, TheDirectionTableIsTheRoundedCosine) {
  for (std::size_t i = 0; i < store::kDirections; ++i) {
    const double angle = double(i) * M_PI / 1800;
    const auto entry = store::kDirectionTable[i];
    EXPECT_EQ(static_cast<std::int16_t>(entry & 0xFFFF), std::lround(16384 * std::cos(angle))) << i;
    EXPECT_EQ(static_cast<std::int16_t>(entry >> 16), std::lround(16384 * std::sin(angle))) << i;
  }
}

RC_GTEST_PROP(Reception, GivesBackAnyArrivalsAndOffsets, ()) {
  const auto rows = test::adversarial_rows(*rc::gen::element<std::size_t>(1, 2, 40, 256));
  auto back = test::without_reception(rows);
  RC_ASSERT(store::decode_reception(store::encode_reception(rows), back).has_value());
  RC_ASSERT(back == rows);
}

RC_GTEST_PROP(Reception, SurvivesAnyBytes, ()) {
  auto rows = test::under_way(60, *rc::gen::arbitrary<std::uint32_t>());
  const auto bytes = test::mutilated(store::encode_reception(rows));
  (void)store::decode_reception(bytes, rows);
  RC_ASSERT(!store::decode_reception(bytes.substr(0, bytes.size() / 2), rows).has_value());
}

TEST(Block, TheExampleOfTheFormatDocumentIsTrue) {
  std::vector<Fix> rows(3);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].track = {model::TerminalId::make(model::TerminalKind::kMmsi, 412345678), 0};
    rows[i].time = {1'714'536'000'000 + std::int64_t(i) * 10'000};
    rows[i].arrival = rows[i].time + base::Duration(500);
    rows[i].offset = 100 + 7 * i;
    rows[i].position = {223'200'000 + 1960 * std::int32_t(i), 735'000'000 + 2470 * std::int32_t(i)};
    rows[i].sog_ckn = 1000;
    rows[i].cog_cdeg = static_cast<std::uint16_t>(4500 + 10 * i);
    if (i == 1) rows[i].heading_deg = 45;
    rows[i].nav_status = 0;
    rows[i].quality = model::TimeQuality::kDerived;
  }
  EXPECT_EQ(base::to_hex(store::encode_block(rows)), stated_bytes("hex-block"));
  EXPECT_EQ(base::to_hex(store::encode_reception(rows)), stated_bytes("hex-reception"));
}
