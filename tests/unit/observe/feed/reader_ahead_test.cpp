// SPDX-License-Identifier: Apache-2.0
// Reading ahead changes nothing: whatever the lines are and wherever the blocks end, each line
// says the same as when it is read by itself.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "observe/ais/armour.hpp"
#include "observe/ais/encoder.hpp"
#include "observe/feed/reader.hpp"
#include "observe/nmea/sentence.hpp"
#include "unit/observe/shared_data.hpp"

using namespace jinglue;
using namespace jinglue::observe;
using observe::feed::Line;
using observe::feed::Reader;
using observe::feed::Reading;

namespace {

constexpr base::Instant kNow{1'714'536'000'000};  // 2024-05-01T04:00:00Z

feed::Setup setup() {
  feed::Setup out;
  const auto document = base::parse_config(R"([[input]]
name = "mast"
own_terminal = "mmsi:412000001"
[[input]]
name = "vms"
format = "naf"
)",
                                           "jinglue.toml");
  auto inputs = feed::read_inputs(*document);
  auto read = feed::Setup::read("", std::move(*inputs));
  EXPECT_TRUE(read);
  return read ? std::move(*read) : out;
}

struct Said {
  std::string text, input, station;
  base::Instant arrival;
};

/// Everything of a Reading; its views are of the last line.
std::string told(const Reading& r) {
  std::string out(r.cause);
  out += "|" + std::string(r.station);
  const auto number = [&](auto value) { out += "," + std::to_string(value); };
  const auto maybe = [&](const auto& value) {
    out += value ? ";" + std::to_string(std::int64_t(*value)) : std::string(";-");
  };
  maybe(r.stated_time ? std::optional(r.stated_time->ms) : std::nullopt);
  maybe(r.ais_sender ? std::optional(r.ais_sender->value) : std::nullopt);
  maybe(r.signal_dbm);
  maybe(r.clock_ahead_ms);
  if (r.sent) {
    number(r.sent->from.value);
    number(r.sent->time.ms);
    number(r.sent->at.lat);
    number(r.sent->at.lon);
  }
  number(r.stated.size());
  number(r.fixes.size());
  number(r.texts.size());
  return out;
}

bool same(const Reading& a, const Reading& b) {
  return told(a) == told(b) && a.fixes == b.fixes && a.stated == b.stated;
}

std::string bytes_of(const Reader& reader) {
  base::ByteWriter out;
  reader.save(out);
  return out.take();
}

std::vector<Line> lines_of(const std::vector<Said>& said) {
  std::vector<Line> out;
  for (const auto& one : said) {
    out.push_back({one.text, one.input, one.station, one.arrival, out.size() + 1});
  }
  return out;
}

/// Few vessels, places and stations, so that there are copies, parts in disorder and repeats.
std::vector<std::string> some_lines() {
  std::vector<std::string> out;
  for (const char* station : {"north", "south", "", "10.0.0.7:4001"}) {
    for (int i = 0; i < 3; ++i) {
      ais::PositionReport report;
      report.type = i == 2 ? 27 : 1;
      report.mmsi = 412'000'001u + std::uint32_t(i);
      report.lat = 20'000'000;
      report.lon = 70'000'000 + i * 10'000;
      if (i != 1) report.utc_second = std::uint8_t(i * 20);
      ais::Envelope envelope;
      envelope.source = station;
      if (i != 0) envelope.at = kNow + base::Duration(i * 9000);
      for (const auto& line : ais::encode(report, envelope)) out.push_back(line);
    }
    ais::StaticData said;
    said.mmsi = 412'000'002;
    said.name = "LONG NAME OF A SHIP";
    said.destination = "SHIDAO";
    ais::Envelope envelope;
    envelope.source = station;
    for (const auto& line : ais::encode(said, envelope)) out.push_back(line);
  }
  out.push_back(nmea::framed("PGHP,1,2024,5,1,4,0,0,0,412,0,992190934,1,2B"));
  out.push_back(nmea::framed("GNRMC,035900,A,3730.1,N,12207.5,E,4.2,186.0,010524,,,A"));
  out.push_back(nmea::framed("GNGGA,035900,3730.1,N,12207.5,E,1,08,1.0,5,M,,M,,"));
  out.push_back("//SR//TM/POS//RC/BZZZ9//LT/+36.500//LG/+122.500//DA/20240501//TI/0400//ER//");
  out.push_back("!AIVDM,1,1,,A,damaged,0*00");
  out.push_back("noise");
  out.push_back("");
  return out;
}

/// Reads the lines both ways and compares; blocks end where `next_size` says.
template <class NextSize, class Same>
void compare(const std::vector<Said>& said, NextSize next_size, Same must_be) {
  Reader one_by_one, ahead;
  one_by_one.use(setup());
  ahead.use(setup());
  const auto lines = lines_of(said);
  Reading a, b;
  for (std::size_t from = 0; from < lines.size();) {
    const auto size = std::min<std::size_t>(next_size(), lines.size() - from);
    const std::span<const Line> block(lines.data() + from, size);
    const auto soon = ahead.expect(block);
    must_be(soon.size() <= size, from);
    for (const auto& line : block) {
      one_by_one.read(line, a);
      ahead.read(line, b);
      must_be(same(a, b), std::size_t(line.offset));
    }
    from += size;
    if (from % 7 == 0) must_be(bytes_of(one_by_one) == bytes_of(ahead), from);
  }
  must_be(bytes_of(one_by_one) == bytes_of(ahead), lines.size());
}

}  // namespace

RC_GTEST_PROP(ReaderAhead, EachLineSaysWhatItSaysAlone, ()) {
  static const auto texts = some_lines();
  const auto count = *rc::gen::inRange(1, 200);
  std::vector<Said> said;
  auto now = kNow;
  for (int i = 0; i < count; ++i) {
    now = now + base::Duration(*rc::gen::inRange(0, 4000));
    said.push_back({*rc::gen::elementOf(texts),
                    *rc::gen::element<std::string>("ais", "ais", "mast", "vms"),
                    *rc::gen::element<std::string>("10.0.0.1:4", "10.0.0.2:4"), now});
  }
  compare(
      said, [] { return std::size_t(*rc::gen::inRange(1, int(Reader::kAhead) + 1)); },
      [](bool good, std::size_t at) { RC_ASSERT(good || at == SIZE_MAX); });
}

TEST(ReaderAhead, TheSendersOfNewPositionsAreNamed) {
  Reader reader;
  ais::PositionReport report;
  report.type = 1;
  report.mmsi = 412'000'001;
  report.lat = 20'000'000;
  report.lon = 70'000'000;
  const auto text = ais::encode(report).at(0);
  const std::vector<Line> lines = {{text, "ais", "a", kNow, 1}, {"noise", "ais", "a", kNow, 2}};
  const auto soon = reader.expect(lines);
  ASSERT_EQ(soon.size(), 1u);
  EXPECT_EQ(soon[0], model::TerminalId::make(model::TerminalKind::kMmsi, 412'000'001));
  Reading r;
  for (const auto& line : lines) reader.read(line, r);
  const std::vector<Line> copy = {{text, "ais", "b", kNow, 3}};
  EXPECT_TRUE(reader.expect(copy).empty()) << "a copy moves nobody";
  reader.read(copy[0], r);
  EXPECT_TRUE(r.copy());
}

TEST(ReaderAhead, RealLogsSayTheSame) {
  const auto folder = tests::shared_ais() / "nmea";
  JINGLUE_NEEDS_SHARED(folder);
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    std::vector<Said> said;
    for (auto& line : tests::read_lines(file.path())) {
      said.push_back({std::move(line), "x", "", kNow + base::Duration(said.size() * 20)});
      if (said.size() == 20'000) break;
    }
    std::size_t size = 0;
    bool good = true;
    compare(
        said, [&] { return size = size % Reader::kAhead + 1; },
        [&](bool right, std::size_t at) {
          EXPECT_TRUE(right || !good) << file.path() << " line " << at;
          good = good && right;
        });
  }
}
