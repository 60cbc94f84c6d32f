// SPDX-License-Identifier: Apache-2.0
// Real receiver logs as they were received, wrappers and damage included, against the counts of
// AIS-catcher and gpsdecode (which each lose some; logs_expected.json holds both).
#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <set>

#include "base/json.hpp"
#include "observe/ais/decoder.hpp"
#include "observe/ais/sentence.hpp"
#include "unit/observe/shared_data.hpp"

using namespace jinglue;
using namespace jinglue::observe::ais;
using base::Json;

namespace {

constexpr base::Instant kNow{1'714'536'000'000};

struct Replay {
  std::map<int, std::uint64_t> by_type;
  std::set<std::uint32_t> mmsis;
  std::set<std::string> sources;
  std::array<std::uint64_t, std::size_t(Cause::kCount)> counts{};
  std::uint64_t lines{0}, with_time{0}, messages{0}, fixes{0};

  std::uint64_t of(Cause cause) const { return counts[std::size_t(cause)]; }
};

Replay replay(const std::filesystem::path& file) {
  Replay out;
  Decoder decoder(Decoder::Rigour::kLenient);
  for (const auto& line : tests::read_lines(file)) {
    ++out.lines;
    const auto d = decoder.decode(line, "log", "", kNow + base::Duration(out.lines));
    if (!d.message) continue;
    ++out.messages;
    ++out.by_type[type_of(*d.message)];
    out.mmsis.insert(std::visit([](const auto& m) { return m.mmsi; }, *d.message));
    out.sources.emplace(d.source);
    if (d.stated_time) ++out.with_time;
    const Report report = to_report(*d.message, d.stated_time, kNow, out.lines);
    if (!report.fix) continue;
    ++out.fixes;
    EXPECT_LE(std::abs(report.fix->position.lat), 540'000'000);
    EXPECT_LE(std::abs(report.fix->position.lon), 1'080'000'000);
    if (report.fix->sog_ckn && report.fix->source != model::FixSource::kAisAircraft) {
      EXPECT_LE(*report.fix->sog_ckn, 10'220);
    }
    if (report.fix->cog_cdeg) {
      EXPECT_LT(*report.fix->cog_cdeg, 36'000);
    }
  }
  out.counts = decoder.counts();
  return out;
}

const std::filesystem::path kFolder = tests::shared_ais();

/// What the wrapper of each log gives: stations and the part of the messages with a time.
struct Log {
  const char* name;
  std::size_t sources;
  double least_timed;
  std::map<int, int> more{};  ///< what the peers lose
};
const Log kLogs[] = {
    {"aisdb_tagblock_20211101.nm4.gz", 4, 1},
    {"aislib_gatehouse_pghp_2010.nmea.gz", 1, 0.8, {{8, 18}}},
    {"goais_nanosecond_prefix_2019.nmea.gz", 1, 1},
    {"gpsd_ais-18-27.log.gz", 1, 0},
    {"gpsd_ais-nmea.log.gz", 1, 0},
    {"gpsd_ait250.log.gz", 1, 0},
    {"openskipper_sample1_receiver_log.nmea.gz", 1, 0},
    {"openskipper_uscg_suffix_2006_part1.nmea.gz", 51, 1},
};

}  // namespace

TEST(AisLogs, EveryLogGivesWhatTheBetterPeerFinds) {
  JINGLUE_NEEDS_SHARED(kFolder / "vectors/logs_expected.json");
  std::string text;
  for (const auto& line : tests::read_lines(kFolder / "vectors/logs_expected.json")) text += line;
  const auto expected = base::parse_json(text);
  ASSERT_TRUE(expected);
  for (const Log& log : kLogs) {
    const Json& of_log = (*expected)[log.name];
    ASSERT_TRUE(of_log.is_object()) << log.name;
    const Replay got = replay(kFolder / "nmea" / log.name);
    for (int type = 1; type <= 27; ++type) {
      const std::string key = std::to_string(type);
      std::int64_t best = 0;
      for (const char* peer : {"gpsdecode_bare_sentences", "aiscatcher_bare_sentences"}) {
        best = std::max(best, of_log[peer]["by_type"][key].as_int());
      }
      if (const auto more = log.more.find(type); more != log.more.end()) best += more->second;
      const auto found = got.by_type.find(type);
      EXPECT_EQ(found == got.by_type.end() ? 0 : std::int64_t(found->second), best)
          << log.name << " type " << type;
    }
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < got.counts.size(); ++i) {
      const auto cause = Cause(i);
      if (cause == Cause::kTagBlock || cause == Cause::kPartLost || cause == Cause::kPartTimeout) {
        continue;
      }
      sum += got.counts[i];
    }
    EXPECT_EQ(sum, got.lines) << log.name;
    EXPECT_EQ(got.sources.size(), log.sources) << log.name;
    EXPECT_GE(double(got.with_time), log.least_timed * double(got.messages)) << log.name;
    EXPECT_GT(got.fixes, got.messages / 4) << log.name;
  }
}

TEST(AisLogs, TagBlocksSayWhatPyaisReadsInThem) {
  const auto file = kFolder / "vectors/tagblock_expected.jsonl.gz";
  JINGLUE_NEEDS_SHARED(file);
  const auto log = tests::read_lines(kFolder / "nmea/aisdb_tagblock_20211101.nm4.gz");
  std::size_t seen = 0;
  std::size_t groups = 0;
  for (const auto& text : tests::read_lines(file)) {
    const Json json = base::parse_json(text).value();
    const Json& tag = json["tag"];
    const std::string& line = log.at(static_cast<std::size_t>(json["line"].as_int() - 1));
    const auto at = find_sentence(line, 0);
    ASSERT_NE(at, std::string::npos) << line;
    const Wrapper wrapper = read_wrapper(std::string_view(line).substr(0, at), {});
    EXPECT_FALSE(wrapper.bad_tag) << line;
    if (tag.has("receiver_timestamp")) {
      ASSERT_TRUE(wrapper.time) << line;
      EXPECT_EQ(wrapper.time->ms, std::stoll(tag["receiver_timestamp"].as_string()) * 1000) << line;
    }
    EXPECT_EQ(wrapper.source, tag["source_station"].as_string()) << line;
    EXPECT_EQ(wrapper.text, tag["text"].as_string()) << line;
    EXPECT_EQ(wrapper.group.has_value(), tag.has("group")) << line;
    groups += wrapper.group ? 1 : 0;
    ++seen;
  }
  EXPECT_EQ(seen, 997u);
  EXPECT_EQ(groups, 36u);
}
