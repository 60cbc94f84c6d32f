// SPDX-License-Identifier: Apache-2.0
// One set of AIS messages in every wrapper of docs/format/ais.md: whichever way they come, the
// picture holds the same vessels, names, positions and times. And the real logs of the shared data,
// with and without what stands around their sentences.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

#include "app/pipeline.hpp"
#include "observe/ais/armour.hpp"
#include "observe/ais/decoder.hpp"
#include "observe/ais/encoder.hpp"
#include "observe/ais/sentence.hpp"
#include "observe/link/line_splitter.hpp"
#include "support/temp_folder.hpp"
#include "unit/observe/shared_data.hpp"

namespace jinglue::app {
namespace {

namespace ais = observe::ais;

constexpr std::int64_t kStart = 1714536000000;  // 2024-05-01T04:00:00Z

struct Sent {
  ais::Message message;
  base::Instant at;
};

std::int32_t units(double deg) {
  return std::int32_t(std::lround(deg * 600'000));
}

ais::PositionReport position(std::uint8_t type, std::uint32_t mmsi, base::Instant at, double lat,
                             double lon) {
  ais::PositionReport out;
  out.type = type;
  out.mmsi = mmsi;
  out.lat = units(lat);
  out.lon = units(lon);
  out.sog = std::uint16_t{84};
  out.cog = std::uint16_t{900};
  out.utc_second = std::uint8_t(at.ms / 1000 % 60);
  if (type == 1) out.nav_status = std::uint8_t{0};
  return out;
}

ais::StaticData said(std::uint8_t type, std::uint32_t mmsi, const char* name) {
  ais::StaticData out;
  out.type = type;
  out.mmsi = mmsi;
  if (name != nullptr) out.name = ais::FixedText<20>(name);
  return out;
}

/// Class A with a name in two sentences, class B with parts A and B, an aid, a base station.
std::vector<Sent> voyage() {
  std::vector<Sent> out;
  base::Instant at{kStart};
  const auto add = [&](ais::Message message) {
    out.push_back({std::move(message), at});
    at = at + base::Duration(2'000);
  };
  for (int step = 0; step < 8; ++step) {
    const double on = step * 0.002;
    add(position(1, 413000001, at, 37.41, 122.42 + on));
    add(position(3, 413000002, at, 37.51, 122.52 + on));
    add(position(18, 412400003, at, 37.31, 122.32 + on));
    if (step == 1 || step == 5) {
      auto five = said(5, 413000001, "HAI FENG WEIHAI");
      five.call_sign = ais::FixedText<7>("BPQR");
      five.ship_type = std::uint8_t{70};
      five.destination = ais::FixedText<20>("QINGDAO");
      five.dimensions = model::Dimensions{100, 40, 10, 12};
      add(five);
      add(said(24, 412400003, "LU RONG YU 51234"));
      std::get<ais::StaticData>(out.back().message).part = std::uint8_t{0};
      auto body = said(24, 412400003, nullptr);
      body.part = std::uint8_t{1};
      body.ship_type = std::uint8_t{30};
      body.call_sign = ais::FixedText<7>("BZZZ9");
      add(body);
    }
    if (step == 3) {
      ais::AtonReport aid;
      aid.mmsi = 994131234;
      aid.aton_type = 14;
      aid.name = ais::FixedText<34>("CHENGSHANTOU N");
      aid.lat = units(37.4);
      aid.lon = units(122.7);
      aid.utc_second = std::uint8_t(at.ms / 1000 % 60);
      add(aid);
      ais::BaseStationReport base_station;
      base_station.mmsi = 4132101;
      base_station.utc = at;
      base_station.lat = units(37.42);
      base_station.lon = units(122.41);
      add(base_station);
    }
  }
  return out;
}

std::string framed(const std::string& body, char first = '$') {
  return fmt::format("{}{}*{:02X}", first, body, unsigned{ais::nmea_checksum(body)});
}

std::string checksum_of(const std::string& sentence) {
  return sentence.substr(sentence.rfind('*') + 1, 2);
}

std::string pghp(base::Instant at, const std::string& sentence) {
  const auto iso = base::to_iso(at);  // 2024-05-01T04:00:00.000Z
  const auto part = [&](std::size_t from, std::size_t size) {
    return std::stoi(iso.substr(from, size));
  };
  return framed(fmt::format("PGHP,1,{},{},{},{},{},{},{},231,45,992190934,1,{}", part(0, 4),
                            part(5, 2), part(8, 2), part(11, 2), part(14, 2), part(17, 2),
                            part(20, 3), checksum_of(sentence)));
}

using Lines = std::vector<std::string>;
/// The lines of one message, with their ends, as they come in one piece.
using Wrap = std::function<std::string(const Sent&, std::size_t number)>;

Lines bare(const Sent& sent, std::size_t number, ais::Envelope envelope = {}) {
  envelope.sequence = static_cast<std::uint8_t>(number % 10);
  return ais::encode(sent.message, envelope);
}

template <class Each>
Wrap each_sentence(Each each) {
  return [each](const Sent& sent, std::size_t number) {
    std::string out;
    for (const auto& line : bare(sent, number)) out += each(line, sent.at) + "\r\n";
    return out;
  };
}

Wrap enveloped(ais::Envelope envelope, bool timed, const char* end = "\r\n") {
  return [=](const Sent& sent, std::size_t number) {
    auto own = envelope;
    if (timed) own.at = sent.at;
    if (envelope.group) own.group = static_cast<std::uint32_t>(1000 + number);
    std::string out;
    for (const auto& line : bare(sent, number, own)) out += line + end;
    return out;
  };
}

struct Wrapper {
  std::string name;
  Wrap wrap;
  bool timed{false};
};

ais::Envelope talker(const char* name) {
  ais::Envelope out;
  out.talker = name;
  return out;
}

std::vector<Wrapper> wrappers() {
  ais::Envelope seconds, ms, grouped;
  seconds.source = ms.source = grouped.source = "weihai";
  ms.at_in_ms = true;
  grouped.group = 1;
  std::vector<Wrapper> out;
  out.push_back({"bare", enveloped({}, false)});
  out.push_back({"bare, line feed only", enveloped({}, false, "\n")});
  out.push_back({"no channel", [](const Sent& sent, std::size_t number) {
                   ais::Envelope none;
                   none.channel = '\0';
                   std::string all;
                   for (const auto& line : bare(sent, number, none)) all += line + "\r\n";
                   return all;
                 }});
  for (const char* name : {"BS", "AB", "SA", "AN", "AR", "AX"}) {
    out.push_back({std::string("talker ") + name, enveloped(talker(name), false)});
  }
  out.push_back({"tag block, seconds", enveloped(seconds, true), true});
  out.push_back({"tag block, milliseconds", enveloped(ms, true), true});
  out.push_back({"tag block with groups", enveloped(grouped, true), true});
  out.push_back({"tag block with groups of NMEA 4.0",
                 [](const Sent& sent, std::size_t number) {
                   const auto lines = bare(sent, number);
                   std::string all;
                   for (std::size_t i = 0; i < lines.size(); ++i) {
                     const auto tag = fmt::format("{}G{}:{},s:weihai,c:{}", i + 1, lines.size(),
                                                  2000 + number, sent.at.ms / 1000);
                     all += fmt::format("\\{}*{:02X}\\{}\r\n", tag,
                                        unsigned{ais::nmea_checksum(tag)}, lines[i]);
                   }
                   return all;
                 },
                 true});
  out.push_back({"$PGHP before", each_sentence([](const std::string& line, base::Instant at) {
                   return pghp(at, line) + "\r\n" + line;
                 }),
                 true});
  out.push_back({"Coast Guard suffix", each_sentence([](const std::string& line, base::Instant at) {
                   return fmt::format("{},s22968,d-106,T43.05,r003669705,{}", line, at.ms / 1000);
                 }),
                 true});
  out.push_back({"sentence,epoch", each_sentence([](const std::string& line, base::Instant at) {
                   return fmt::format("{},{}", line, at.ms / 1000);
                 }),
                 true});
  out.push_back({"nanoseconds before", each_sentence([](const std::string& line, base::Instant at) {
                   return fmt::format("{}000000 {}", at.ms, line);
                 }),
                 true});
  out.push_back(
      {"other sentences between", each_sentence([](const std::string& line, base::Instant) {
         return framed("GPZDA,040000.00,01,05,2024,00,00") + "\r\n" + framed("PSHI,002,5,3.25") +
                "\r\nnoise of a modem\r\n\r\n" + line;
       })});
  out.push_back({"all parts on one line", [](const Sent& sent, std::size_t number) {
                   std::string all;
                   for (const auto& line : bare(sent, number)) all += line;
                   return all + "\r\n";
                 }});
  return out;
}

/// What the picture shows of one track.
struct Shown {
  std::string name, stated;
  geo::Position at;
  base::Instant time;
};
using Picture = std::map<std::string, Shown>;

class Course {
 public:
  void piece(std::string_view bytes, base::Instant arrival) {
    observe::link::LineSplitter splitter(ais::Decoder::kMaxLine);
    const auto give = [&](std::string_view line) {
      model::JournalEntry entry;
      entry.offset = ++m_offset;
      entry.arrival = arrival;
      entry.input = "ais";
      entry.station = "10.0.0.5:4001";
      entry.payload = line;
      m_pipeline.process(entry, m_steps);
      return true;
    };
    splitter.feed(bytes, give);
    splitter.finish(give);
  }
  Picture picture() {
    m_pipeline.publish(m_pipeline.clock());
    Picture out;
    m_pipeline.live().snapshot()->for_each([&](const picture::LiveEntry& entry) {
      std::string stated;
      if (entry.stated) {
        const auto& s = *entry.stated;
        stated =
            fmt::format("{} {} {} {} {}", s.call_sign, s.destination, s.imo,
                        s.ship_type.value_or(0), s.dimensions ? s.dimensions->length_m() : 0.0);
      }
      out[model::to_text(entry.fix.track)] = {entry.name(), stated, entry.fix.position,
                                              entry.fix.time};
    });
    return out;
  }
  const InputCount& count() const { return m_pipeline.inputs().at("ais"); }

 private:
  test::TempFolder m_folder;
  picture::Archive m_archive{{m_folder.path() / "tracks.db", {}}};
  Pipeline m_pipeline{m_archive};
  std::vector<model::FindingStep> m_steps;
  std::uint64_t m_offset{0};
};

constexpr base::Duration kOnTheWay{400};

Picture by(const Wrap& wrap, const std::vector<Sent>& messages) {
  Course course;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    course.piece(wrap(messages[i], i), messages[i].at + kOnTheWay);
  }
  EXPECT_EQ(course.count().messages, messages.size());
  EXPECT_EQ(course.count().copies, 0u);
  return course.picture();
}

void expect_same(const Picture& got, const Picture& wanted, bool times) {
  EXPECT_EQ(got.size(), wanted.size());
  for (const auto& [track, one] : wanted) {
    const auto found = got.find(track);
    ASSERT_NE(found, got.end()) << track;
    EXPECT_EQ(found->second.name, one.name) << track;
    EXPECT_EQ(found->second.stated, one.stated) << track;
    EXPECT_EQ(found->second.at, one.at) << track;
    if (times) {
      EXPECT_EQ(found->second.time, one.time) << track;
    } else {
      EXPECT_NEAR(double(found->second.time.ms), double(one.time.ms), 1'000) << track;
    }
  }
}

/// What was put in, said by hand and not by the program.
Picture truth() {
  const auto last = [](std::size_t number) {
    base::Instant at{};
    for (const auto& sent : voyage()) {
      const auto* report = std::get_if<ais::PositionReport>(&sent.message);
      if (report != nullptr && report->mmsi == number) at = sent.at;
    }
    return at;
  };
  const auto place = [](double lat, double lon) {
    return geo::Position{units(lat) * 10, units(lon) * 10};
  };
  Picture out;
  out["mmsi:413000001"] = {"HAI FENG WEIHAI", "BPQR QINGDAO 0 70 140", place(37.41, 122.434),
                           last(413000001)};
  out["mmsi:413000002"] = {"413000002", "", place(37.51, 122.534), last(413000002)};
  out["mmsi:412400003"] = {"LU RONG YU 51234", "BZZZ9  0 30 0", place(37.31, 122.334),
                           last(412400003)};
  return out;
}

TEST(Wrappers, TheBarePictureIsWhatWasSent) {
  const auto picture = by(wrappers().front().wrap, voyage());
  EXPECT_EQ(picture.size(), 5u);
  for (const auto& [track, one] : truth()) {
    ASSERT_TRUE(picture.contains(track)) << track;
    EXPECT_EQ(picture.at(track).name, one.name);
    EXPECT_EQ(picture.at(track).stated, one.stated);
    EXPECT_EQ(picture.at(track).at, one.at);
    EXPECT_EQ(picture.at(track).time, one.time);
  }
  EXPECT_EQ(picture.at("mmsi:994131234").name, "CHENGSHANTOU N");
  EXPECT_EQ(picture.at("mmsi:004132101").at,
            (geo::Position{units(37.42) * 10, units(122.41) * 10}));
}

TEST(Wrappers, ThePictureIsTheSameInEveryWrapper) {
  const auto messages = voyage();
  const auto wanted = by(wrappers().front().wrap, messages);
  for (const auto& wrapper : wrappers()) {
    SCOPED_TRACE(wrapper.name);
    expect_same(by(wrapper.wrap, messages), wanted, wrapper.timed);
  }
}

/// What is timed is so whatever its way: an hour late, and all in one datagram.
TEST(Wrappers, AStatedTimeHoldsHoweverLateTheLineIs) {
  const auto messages = voyage();
  const auto wanted = by(wrappers().front().wrap, messages);
  for (const auto& wrapper : wrappers()) {
    if (!wrapper.timed) continue;
    SCOPED_TRACE(wrapper.name);
    Course late, together;
    std::string all;
    for (std::size_t i = 0; i < messages.size(); ++i) {
      const auto piece = wrapper.wrap(messages[i], i);
      late.piece(piece, messages[i].at + base::Duration(3'600'000));
      all += piece;
    }
    together.piece(all, messages.back().at + kOnTheWay);
    expect_same(late.picture(), wanted, true);
    expect_same(together.picture(), wanted, true);
  }
}

TEST(Wrappers, SeveralSentencesOnALineAreSeveralMessages) {
  const auto messages = voyage();
  Course course;
  std::string line;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    for (const auto& sentence : bare(messages[i], i)) line += sentence;
    if (i % 4 != 3 && i + 1 != messages.size()) continue;
    course.piece(line + "\r\n", messages[i].at + kOnTheWay);
    line.clear();
  }
  expect_same(course.picture(), by(wrappers().front().wrap, messages), false);
}

/// The sentences of a real log without what stands around them, each at the time that it stated.
struct Timed {
  std::string line, sentence;
  base::Instant at;
};

std::vector<Timed> timed_lines(const std::string& name) {
  std::vector<Timed> out;
  ais::Decoder decoder(ais::Decoder::Rigour::kLenient);
  base::Instant clock{kStart};
  for (const auto& line : tests::read_lines(tests::shared_ais() / "nmea" / name)) {
    const auto decoded = decoder.decode(line, "log", "", clock);
    if (decoded.stated_time) clock = *decoded.stated_time;
    const auto at = ais::find_sentence(line, 0);
    const auto star = at == std::string::npos ? at : line.find('*', at);
    std::string sentence;
    if (star != std::string::npos && star + 3 <= line.size()) {
      sentence = line.substr(at, star + 3 - at);
    }
    out.push_back({line, sentence, clock});
  }
  return out;
}

TEST(Wrappers, RealLogsGiveTheSameVesselsWithoutTheirWrappers) {
  JINGLUE_NEEDS_SHARED(tests::shared_ais() / "nmea");
  for (const char* name :
       {"aisdb_tagblock_20211101.nm4.gz", "aislib_gatehouse_pghp_2010.nmea.gz",
        "goais_nanosecond_prefix_2019.nmea.gz", "openskipper_uscg_suffix_2006_part1.nmea.gz"}) {
    SCOPED_TRACE(name);
    Course as_received, without;
    for (const auto& one : timed_lines(name)) {
      as_received.piece(one.line, one.at);
      if (!one.sentence.empty()) without.piece(one.sentence, one.at);
    }
    const auto a = as_received.picture(), b = without.picture();
    std::size_t same_place = 0, same_name = 0, both = 0;
    for (const auto& [track, one] : a) {
      const auto found = b.find(track);
      if (found == b.end()) continue;
      ++both;
      same_name += found->second.name == one.name ? 1 : 0;
      if (found->second.at == one.at) {
        ++same_place;
        continue;
      }
      // Without a stamp a sender's second that is ahead of the arrival is that of the minute
      // before: its last position is then another one of the same seconds.
      EXPECT_NEAR(double(one.time.ms), double(found->second.time.ms), 20'000) << track;
    }
    EXPECT_GT(a.size(), 100u);
    EXPECT_EQ(both, a.size()) << b.size();
    EXPECT_EQ(b.size(), a.size());
    EXPECT_GE(same_place * 100, both * 99);
    EXPECT_EQ(same_name, both);
  }
}

}  // namespace
}  // namespace jinglue::app
