// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/chunk_codec.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <limits>
#include <random>
#include <sstream>

#include "base/hash.hpp"
#include "unit/store/block_rows.hpp"

using namespace jinglue;
using model::Fix;
using picture::ChunkPacking;

namespace {

model::TrackId track_of(std::uint64_t mmsi, std::uint16_t segment = 0) {
  return {model::TerminalId::make(model::TerminalKind::kMmsi, mmsi), segment};
}

/// Nothing a receiver would ever give: jumps over the globe, times apart by ages, all or none
/// absent.
std::vector<Fix> adversarial_rows() {
  std::vector<Fix> rows(std::size_t(*rc::gen::inRange(1, 40)));
  for (auto& row : rows) {
    row.track = track_of(412345678, 3);
    row.time = {test::any_number(-(std::int64_t{1} << 60), std::int64_t{1} << 60)};
    row.arrival = {test::any_number(-(std::int64_t{1} << 60), std::int64_t{1} << 60)};
    row.offset =
        static_cast<std::uint64_t>(test::any_number(0, std::numeric_limits<std::int64_t>::max()));
    row.position.lat = static_cast<std::int32_t>(test::any_number(INT32_MIN, INT32_MAX));
    row.position.lon = static_cast<std::int32_t>(test::any_number(INT32_MIN, INT32_MAX));
    row.sog_ckn = test::maybe_number<std::uint16_t>(UINT16_MAX);
    row.cog_cdeg = test::maybe_number<std::uint16_t>(35999);
    row.heading_deg = test::maybe_number<std::uint16_t>(359);
    row.nav_status = test::maybe_number<std::uint8_t>(15);
    row.source = static_cast<model::FixSource>(*rc::gen::inRange(1, 8));
    row.quality = static_cast<model::TimeQuality>(*rc::gen::inRange(0, 3));
  }
  std::sort(rows.begin(), rows.end(), [](const Fix& a, const Fix& b) {
    return std::pair(a.time, a.offset) < std::pair(b.time, b.offset);
  });
  return rows;
}

/// A vessel of class A at 10 kn, a report every 10 s; AIS resolution.
std::vector<Fix> steaming(std::size_t count, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> noise(0, 3);
  std::vector<Fix> rows(count);
  double lat = 37.2 * geo::Position::kUnitsPerDegree;
  double lon = 122.5 * geo::Position::kUnitsPerDegree;
  for (std::size_t i = 0; i < count; ++i) {
    auto& row = rows[i];
    row.track = track_of(412345678);
    row.time = {1'714'536'000'000 + std::int64_t(i) * 10'000 + std::int64_t(random() % 3) * 1000};
    row.arrival = row.time + base::Duration(random() % 1000);
    row.offset = 1000 + i * 5000 + random() % 500;
    lat += 1600 + noise(random);
    lon += 2000 + noise(random);
    row.position = {std::int32_t(lat / 10) * 10, std::int32_t(lon / 10) * 10};
    row.sog_ckn = static_cast<std::uint16_t>(1000 + 10 * (random() % 3));
    row.cog_cdeg = static_cast<std::uint16_t>(4500 + 10 * (random() % 20));
    row.heading_deg = static_cast<std::uint16_t>(45 + random() % 2);
    row.nav_status = 0;
  }
  return rows;
}

/// A chunk whose check sum fits its (changed) bytes.
std::string resealed(std::string chunk) {
  const auto sum = base::crc32c(std::string_view(chunk).substr(0, chunk.size() - 4));
  std::memcpy(chunk.data() + chunk.size() - 4, &sum, 4);
  return chunk;
}

}  // namespace

RC_GTEST_PROP(ChunkCodec, GivesBackWhatItTook, ()) {
  const auto rows = adversarial_rows();
  for (const auto packing : {ChunkPacking::kOpen, ChunkPacking::kFull}) {
    const auto back = picture::decode_chunk(picture::encode_chunk(rows, packing));
    RC_ASSERT(back.has_value());
    RC_ASSERT(*back == rows);
  }
}

TEST(ChunkCodec, ARealisticTrackTakesFewBytes) {
  const auto rows = steaming(picture::kChunkRows, 1);
  const auto bytes = picture::encode_chunk(rows, ChunkPacking::kFull);
  EXPECT_EQ(picture::decode_chunk(bytes).value(), rows);
  const double each = double(bytes.size()) / double(rows.size());
  std::cout << "figure: chunk_bytes_per_position_generated " << each << " B\n";
  EXPECT_LT(each, 14);
}

TEST(ChunkCodec, EveryFlippedBitIsFound) {
  const auto bytes = picture::encode_chunk(steaming(20, 2), ChunkPacking::kFull);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
    EXPECT_FALSE(picture::decode_chunk(damaged)) << bit;
  }
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(picture::decode_chunk(std::string_view(bytes).substr(0, size))) << size;
  }
}

TEST(ChunkCodec, AChunkOfANewerProgramIsNamedAsSuch) {
  auto bytes = picture::encode_chunk(steaming(3, 2), ChunkPacking::kOpen);
  bytes[0] = 2;
  const auto back = picture::decode_chunk(resealed(bytes));
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().code, base::Code::kUnknown);
}

// Bytes whose check sum is right but whose content is not ours: an error or rows, never a crash.
RC_GTEST_PROP(ChunkCodec, SurvivesAnyBytes, ()) {
  auto bytes =
      picture::encode_chunk(steaming(30, *rc::gen::arbitrary<std::uint32_t>()),
                            *rc::gen::inRange(0, 2) ? ChunkPacking::kFull : ChunkPacking::kOpen);
  for (int i = *rc::gen::inRange(1, 6); i > 0; --i) {
    const auto at = *rc::gen::inRange<std::size_t>(1, bytes.size() - 4);
    bytes[at] = static_cast<char>(*rc::gen::inRange(0, 256));
  }
  if (*rc::gen::inRange(0, 4) == 0) bytes.resize(*rc::gen::inRange<std::size_t>(22, bytes.size()));
  const auto back = picture::decode_chunk(resealed(bytes));
  if (back) RC_ASSERT(!back->empty());
  const auto noise = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  (void)picture::decode_columns(noise, track_of(1), 8);
}

TEST(ChunkCodec, TheExampleOfTheFormatDocumentIsTrue) {
  std::vector<Fix> rows(3);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].track = track_of(412345678);
    rows[i].time = {1'714'536'000'000 + std::int64_t(i) * 10'000};
    rows[i].arrival = rows[i].time + base::Duration(500);
    rows[i].offset = 100 + 7 * i;
    rows[i].position = {223'200'000 + 1600 * std::int32_t(i), 735'000'000 + 2000 * std::int32_t(i)};
    rows[i].sog_ckn = 1000;
    rows[i].cog_cdeg = static_cast<std::uint16_t>(4500 + 10 * i);
    if (i == 1) rows[i].heading_deg = 45;
    rows[i].nav_status = 0;
    rows[i].quality = model::TimeQuality::kDerived;
  }
  rows[2].position.lat += 10;
  const auto hex = base::to_hex(picture::encode_chunk(rows, ChunkPacking::kOpen));
  std::ifstream in(std::string(JINGLUE_SOURCE_DIR) + "/docs/format/archive.md");
  std::ostringstream text;
  text << in.rdbuf();
  // In the document the bytes stand in groups; the digits of all lines between the marks are one.
  const auto document = text.str();
  const auto begin = document.find("```hex\n");
  ASSERT_NE(begin, std::string::npos);
  std::string stated;
  for (std::size_t i = begin + 7; document.compare(i, 3, "```") != 0; ++i) {
    if (document[i] == '#') i = document.find('\n', i);
    if (std::isxdigit(static_cast<unsigned char>(document[i])) != 0) stated += document[i];
  }
  EXPECT_EQ(stated, hex);
}
