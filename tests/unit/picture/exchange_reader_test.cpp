// SPDX-License-Identifier: Apache-2.0
// Imports: what was exported is read back identically, in pieces of any size and from any row on;
// what is wrong is named with its line, and the rows after it are read.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "picture/exchange/positions_entry.hpp"
#include "picture/exchange/reader.hpp"
#include "support/exchange_rows.hpp"

using namespace jinglue;
using namespace jinglue::picture::exchange;
using model::Fix;
using test::exported;

namespace {

struct Read {
  std::vector<Fix> rows;
  std::vector<std::pair<std::uint64_t, std::string>> bad;  ///< line, message
  base::Status good;
  Place place;
};

std::unique_ptr<Reader> reader_of(Format format, const ReadOptions& options, const Place& from) {
  return format == Format::kCsv ? make_csv_reader(options, from)
                                : make_geojson_reader(options, from);
}

/// `pieces`: sizes, used in turn. Stops after `most` rows when the reader has fed a piece.
Read read(Format format, std::string_view bytes, const std::vector<std::size_t>& pieces = {4'096},
          const ReadOptions& options = {}, const Place& from = {}, std::size_t most = SIZE_MAX) {
  Read out;
  const auto reader = reader_of(format, options, from);
  const auto row = [&](std::uint64_t line, base::Result<Fix> fix) {
    if (fix) {
      out.rows.push_back(*fix);
    } else {
      out.bad.emplace_back(line, fix.error().message);
    }
  };
  bytes.remove_prefix(static_cast<std::size_t>(from.position));
  for (std::size_t i = 0; !bytes.empty() && out.good && out.rows.size() < most; ++i) {
    const auto size = std::min(bytes.size(), std::max<std::size_t>(1, pieces[i % pieces.size()]));
    out.good = reader->feed(bytes.substr(0, size), row);
    bytes.remove_prefix(size);
  }
  if (out.good && bytes.empty()) out.good = reader->finish(row);
  out.place = reader->place();
  return out;
}

constexpr Format kReadable[] = {Format::kCsv, Format::kGeoJson, Format::kGeoJsonSeq,
                                Format::kNdjson};
constexpr std::string_view kHeading = "track,time_utc,latitude_deg,longitude_deg,speed_kn\n";

Read read_csv_rows(const std::string& rows) {
  return read(Format::kCsv, std::string(kHeading) + rows);
}

}  // namespace

RC_GTEST_PROP(ExchangeReader, ReadsBackWhatWasExportedInPiecesOfAnySize, ()) {
  const auto format =
      *rc::gen::elementOf(std::vector<Format>(std::begin(kReadable), std::end(kReadable)));
  const auto rows = test::exchange_rows(*rc::gen::inRange<std::size_t>(0, 300),
                                        *rc::gen::arbitrary<std::uint32_t>());
  const auto pieces = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(1, 2'000)));
  const auto got = read(format, exported(format, rows), pieces);
  RC_ASSERT(got.bad.empty());
  RC_ASSERT(got.rows == rows);
  const bool empty_sequence = rows.empty() && format != Format::kCsv && format != Format::kGeoJson;
  RC_ASSERT(got.good.has_value() != empty_sequence);
}

RC_GTEST_PROP(ExchangeReader, GoesOnAtTheRowWhereItStopped, ()) {
  const auto format =
      *rc::gen::elementOf(std::vector<Format>(std::begin(kReadable), std::end(kReadable)));
  const auto rows = test::exchange_rows(200, *rc::gen::arbitrary<std::uint32_t>());
  const auto bytes = exported(format, rows);
  const std::vector<std::size_t> pieces = {*rc::gen::inRange<std::size_t>(1, 3'000)};
  auto first = read(format, bytes, pieces, {}, {}, *rc::gen::inRange<std::size_t>(1, 200));
  const auto second = read(format, bytes, pieces, {}, first.place);
  RC_ASSERT(second.good.has_value());
  first.rows.insert(first.rows.end(), second.rows.begin(), second.rows.end());
  RC_ASSERT(first.rows == rows);
  RC_ASSERT(second.place.position <= bytes.size());
}

TEST(ExchangeReader, BadRowsAreNamedWithTheirLineAndTheStreamGoesOn) {
  const auto got = read_csv_rows(
      "mmsi:412000001,2024-05-01T00:00:00Z,37,122,5\n"
      "mmsi:412000001,2024-05-01T00:00:01Z,91,122,5\n"
      "mmsi:412000001,yesterday,37,122,5\n"
      "\n"
      "nobody,2024-05-01T00:00:02Z,37,122,5\n"
      "mmsi:412000001,2024-05-01T00:00:03Z,37,122,fast\n"
      "mmsi:412000001,2024-05-01T00:00:04Z,37,122,5,6\n"
      "mmsi:412000001,2024-05-01T00:00:05Z,,122,5\n"
      "\"mmsi:412000001\",\"2024-05-01T00:00:06Z\",\"37\",122,-1\n"
      "mmsi:412000001,2024-05-01T00:00:07Z,37,122,5\n");
  EXPECT_TRUE(got.good);
  EXPECT_EQ(got.rows.size(), 2u);
  const std::vector<std::uint64_t> lines = {3, 4, 6, 7, 8, 9, 10};
  ASSERT_EQ(got.bad.size(), lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) EXPECT_EQ(got.bad[i].first, lines[i]);
  EXPECT_EQ(got.bad[0].second, "the latitude 91 is not between -90 and 90 degrees");
  EXPECT_EQ(got.bad[3].second, "the speed 'fast' cannot be read");
}

TEST(ExchangeReader, QuotesThatDoNotCloseAndEndlessLinesCostOneRowEach) {
  const std::string good = "412000001,2024-05-01T00:00:00Z,37,122,5\n";
  const auto open =
      read_csv_rows(good + "\"412000001,2024-05-01T00:00:00Z,37,122,5\n" + good + good);
  EXPECT_EQ(open.rows.size(), 3u) << "the file ends before the quote closes";
  ASSERT_EQ(open.bad.size(), 1u);
  EXPECT_EQ(open.bad[0].first, 3u);
  const auto inside = read_csv_rows("412000001,2024-05-01T00:00:00Z,37,122,\"5\n\"\n" + good);
  EXPECT_EQ(inside.rows.size(), 2u) << "a line end inside of quotes";
  EXPECT_EQ(inside.bad.size(), 0u);
  const auto long_line = read_csv_rows(good + std::string(200'000, 'x') + "\n" + good);
  EXPECT_EQ(long_line.rows.size(), 2u);
  EXPECT_GE(long_line.bad.size(), 1u);
  const auto not_text = read_csv_rows(good + "\xFF\xFE\n" + good);
  EXPECT_EQ(not_text.rows.size(), 2u);
  EXPECT_EQ(not_text.bad.size(), 1u);
}

TEST(ExchangeReader, AFileWithoutTheColumnsIsRefusedWithWhatToDo) {
  const auto lacks = read(Format::kCsv, "mmsi,lat,lon\n1,2,3\n");
  ASSERT_FALSE(lacks.good);
  EXPECT_EQ(lacks.good.error().message, "no column for time_utc");
  EXPECT_NE(lacks.good.error().hint.find("--map"), std::string::npos);
  EXPECT_FALSE(read(Format::kCsv, "").good);
  EXPECT_FALSE(read(Format::kGeoJson, "").good);
  EXPECT_FALSE(read(Format::kGeoJson, "{\"type\":\"FeatureCollection\",\"features\":[{").good);
  ReadOptions options;
  options.mapping = {{"time_utc", "there is none"}};
  EXPECT_FALSE(read(Format::kCsv, "mmsi,lat,lon,t\n", {100}, options).good);
  options.mapping = {{"colour", "t"}};
  EXPECT_FALSE(read(Format::kCsv, "mmsi,lat,lon,t\n", {100}, options).good);
}

TEST(ExchangeReader, ColumnsOfOthersZonesAndTheirWordsForNotAvailable) {
  const auto noaa = read(Format::kCsv,
                         "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,Status\r\n"
                         "338148873,2022-01-03T00:00:09,33.60716,-117.91483,102.3,360,511,A,15\r\n"
                         "338148873,2022-01-03T00:00:10Z,33.60716,-117.91483,1.5,359.95,360,A,\r\n",
                         {7}, {{}, model::TerminalKind::kMmsi, "UTC"});
  ASSERT_TRUE(noaa.good) << noaa.good.error().text();
  ASSERT_EQ(noaa.rows.size(), 2u) << noaa.bad.at(0).second;
  const auto& bare = noaa.rows[0];
  EXPECT_EQ(model::to_text(bare.track), "mmsi:338148873");
  EXPECT_EQ(bare.time.ms, 1'641'168'009'000);
  EXPECT_FALSE(bare.sog_ckn || bare.cog_cdeg || bare.heading_deg);
  EXPECT_EQ(bare.nav_status, 15);
  EXPECT_EQ(noaa.rows[1].sog_ckn, 150);
  EXPECT_EQ(noaa.rows[1].cog_cdeg, 35'995);
  EXPECT_EQ(noaa.rows[1].heading_deg, 0);
  EXPECT_FALSE(noaa.rows[1].nav_status);
  const auto beidou =
      read(Format::kCsv,
           "终端,时间,纬度,经度,speed_mps,\xE8\x88\xAA\xE5\x90\x91\n"
           "20007,2024-05-01 08:00:00.25,24.5,119,10,90\n",
           {3}, {{{"track", "终端"}}, model::TerminalKind::kBeidou, "Asia/Shanghai"});
  ASSERT_EQ(beidou.rows.size(), 1u) << (beidou.good ? "" : beidou.good.error().text());
  EXPECT_EQ(model::to_text(beidou.rows[0].track), "beidou:20007");
  EXPECT_EQ(base::to_iso(beidou.rows[0].time), "2024-05-01T00:00:00.250Z");
  EXPECT_EQ(beidou.rows[0].sog_ckn, 1944);
  EXPECT_EQ(beidou.rows[0].source, model::FixSource::kBeidou);
  const auto no_zone = read(Format::kCsv, "mmsi,time,lat,lon\n1,2024-05-01 08:00:00,1,2\n");
  ASSERT_EQ(no_zone.bad.size(), 1u) << "a time without an offset is never guessed";
  const auto seconds = read(Format::kCsv,
                            "mmsi,time,lat,lon\n412000001,1714536000,1,2\n"
                            "412000001,1714536000000,1,2\n");
  ASSERT_EQ(seconds.rows.size(), 2u);
  EXPECT_EQ(seconds.rows[0].time, seconds.rows[1].time);
}

TEST(ExchangeReader, GeoJsonLinesWithTimesAndForeignFeatures) {
  const auto got =
      read(Format::kGeoJson,
           "{\"type\":\"FeatureCollection\",\"name\":\"a \\\"[{ name\",\"features\":[\n"
           "{\"type\":\"Feature\",\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[122,37],["
           "122.5,37"
           "]]},\"properties\":{\"track\":\"mmsi:412000001\",\"times\":[1714536000000,"
           "\"2024-05-01T04:00:01Z\"]}},\n"
           "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[]},"
           "\"properties\":{}},\n"
           "{\"type\":\"Feature\",\"geometry\":null,\"properties\":null},\n"
           "{\"type\":\"Feature\" \"geometry\"},\n"
           "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[122]},"
           "\"properties\":{\"track\":\"mmsi:412000001\"}},\n"
           "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[122,38,0]},"
           "\"properties\":{\"mmsi\":412000001,\"time\":1714536002,\"note\":\"} ] \\\\\"}}\n"
           "],\"after\":[{\"type\":\"Feature\"}]}\n",
           {5});
  EXPECT_TRUE(got.good) << got.good.error().text();
  ASSERT_EQ(got.rows.size(), 3u);
  EXPECT_EQ((got.rows[1].time - got.rows[0].time).count(), 1'000);
  EXPECT_EQ(got.rows[2].position.lat, 38 * 6'000'000);
  ASSERT_EQ(got.bad.size(), 4u);
  EXPECT_EQ(got.bad[0].first, 3u);
  EXPECT_EQ(got.bad[3].first, 6u);
}

RC_GTEST_PROP(ExchangeEntry, GivesRowsBackAndSeesDamage, ()) {
  const auto rows = test::exchange_rows(*rc::gen::inRange<std::size_t>(0, 2'000),
                                        *rc::gen::arbitrary<std::uint32_t>());
  auto payload = encode_positions(rows);
  const auto back = decode_positions(payload);
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == rows);
  if (rows.empty()) return;
  const auto at = *rc::gen::inRange<std::size_t>(0, payload.size());
  RC_ASSERT(!decode_positions(std::string_view(payload).substr(0, at)).has_value() || at == 1);
  payload[at] = static_cast<char>(payload[at] ^ 0x40);
  const auto damaged = decode_positions(payload);
  RC_ASSERT(!damaged.has_value() || *damaged != rows);
}
