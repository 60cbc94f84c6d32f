// SPDX-License-Identifier: Apache-2.0
// The sentences of the shipped drill: deterministic, incremental, in time order, readable, at the
// intervals of the standard.
#include <map>
#include <set>

#include "base/hash.hpp"
#include "drill/player.hpp"
#include "drill/traffic/transponder.hpp"
#include "observe/ais/decoder.hpp"
#include "observe/feed/reader.hpp"
#include "support/long_run.hpp"
#include "unit/drill/shipped.hpp"

using namespace jinglue;
using namespace jinglue::tests;
using drill::Sentence;
using drill::script::Carry;
using observe::ais::Cause;
using observe::ais::PositionReport;
using observe::ais::StaticData;

namespace {

std::unique_ptr<drill::Player> open_player(std::uint64_t seed) {
  auto player = drill::Player::open(kShipped, seed);
  if (!player) throw std::runtime_error(player.error().text());
  return std::move(*player);
}

std::vector<Sentence> between(drill::Player& player, base::Instant from, base::Instant to) {
  std::vector<Sentence> out;
  player.until(from, out);
  out.clear();
  player.until(to, out);
  return out;
}

std::string joined(const std::vector<Sentence>& sentences) {
  std::string out;
  for (const auto& s : sentences) out += std::to_string(s.time.ms) + " " + s.text + "\n";
  return out;
}

/// Three hours with moored, returning and passing vessels, made and read once.
struct Morning {
  std::vector<Sentence> sentences;
  std::map<std::uint32_t, std::vector<std::pair<std::int64_t, PositionReport>>> positions;
  std::map<std::uint32_t, std::vector<std::pair<std::int64_t, StaticData>>> statics;
  std::map<Cause, int> causes;
  int short_messages{0};

  Morning() {
    auto player = open_player(1);
    player->until(player->begin() + std::chrono::hours(3), sentences);
    observe::ais::Decoder decoder;
    std::map<std::uint64_t, std::uint32_t> cards;
    for (const auto& vessel : shipped().vessels()) {
      for (const auto& t : vessel.terminals) {
        if (t.carry == Carry::kBeidou) cards[t.id().number()] = t.mmsi;
      }
    }
    observe::feed::Reader reader;
    reader.use(*observe::feed::Setup::read(kRoot / "data" / "beidou", {}));
    observe::feed::Reading reading;
    for (const auto& s : sentences) {
      if (s.text.find("$BDTXR,1,") != std::string::npos) {
        reader.read({s.text, "drill", "", s.time, 0}, reading);
        EXPECT_EQ(reading.cause, "none") << s.text;
        EXPECT_EQ(reading.stated_time, s.time);
        if (reading.fixes.size() != 1) continue;
        const auto& fix = reading.fixes[0];
        EXPECT_EQ(fix.time, s.time);
        PositionReport p;
        p.mmsi = cards.at(fix.track.terminal.number());
        p.lat = fix.position.lat / 10;
        p.lon = fix.position.lon / 10;
        p.sog = static_cast<std::uint16_t>(*fix.sog_ckn / 10);
        p.cog = static_cast<std::uint16_t>(*fix.cog_cdeg / 10);
        positions[p.mmsi].emplace_back(s.time.ms, p);
        ++short_messages;
        continue;
      }
      const auto decoded = decoder.decode(s.text, "drill", "", s.time);
      ++causes[decoded.cause];
      if (!decoded.message) continue;
      EXPECT_EQ(decoded.stated_time, s.time);
      if (const auto* p = std::get_if<PositionReport>(&*decoded.message)) {
        positions[p->mmsi].emplace_back(s.time.ms, *p);
      } else if (const auto* d = std::get_if<StaticData>(&*decoded.message)) {
        statics[d->mmsi].emplace_back(s.time.ms, *d);
      }
    }
  }
};

const Morning& morning() {
  static const Morning the_morning;
  return the_morning;
}

/// The longest and the shortest interval that a terminal may make after a report at t.
std::pair<std::int64_t, std::int64_t> allowed_ms(const drill::cast::Vessel& vessel, Carry carry,
                                                 std::int64_t t_ms) {
  const auto usual = drill::traffic::interval_ms(vessel, carry, t_ms);
  return {usual * 8 / 10 - 1000, usual * 12 / 10 + 1000};
}

}  // namespace

TEST(Traffic, TheSameSeedGivesTheSameBytes) {
  const auto to = local(5, 1, 7, 0);
  const auto first = joined(between(*open_player(7), {}, to));
  EXPECT_GT(first.size(), 1'000'000u);
  EXPECT_EQ(base::sha256_hex(first), base::sha256_hex(joined(between(*open_player(7), {}, to))));
  EXPECT_NE(base::sha256_hex(first), base::sha256_hex(joined(between(*open_player(8), {}, to))));
}

TEST(Traffic, UntilInPiecesEqualsOneCall) {
  auto whole = open_player(3);
  auto pieces = open_player(3);
  std::vector<Sentence> at_once, bit_by_bit;
  whole->until(local(5, 1, 7, 0), at_once);
  auto t = pieces->begin();
  for (int i = 0; t < local(5, 1, 7, 0); ++i) {
    t = std::min(t + base::Duration(1 + (i * 7919) % 90'000), local(5, 1, 7, 0));
    pieces->until(t, bit_by_bit);
  }
  EXPECT_EQ(joined(at_once), joined(bit_by_bit));
}

TEST(Traffic, SentencesComeInOrderAndNoneAtOrAfterTheAskedInstant) {
  auto player = open_player(1);
  std::vector<Sentence> out;
  const auto to = local(5, 1, 6, 30);
  player->until(to, out);
  ASSERT_FALSE(out.empty());
  EXPECT_GE(out.front().time, player->begin());
  for (std::size_t i = 1; i < out.size(); ++i) EXPECT_LE(out[i - 1].time, out[i].time);
  EXPECT_LT(out.back().time, to);
  const auto count = out.size();
  player->until(to, out);
  EXPECT_EQ(out.size(), count) << "nothing twice";
}

TEST(Traffic, TheWholeExerciseIsInOrderAndEnds) {
  auto player = open_player(1);
  std::vector<Sentence> out;
  // The whole stream takes some seconds, under sanitizers minutes: CI looks at the first hours.
  const auto to =
      std::min(player->begin() + std::chrono::hours(test::repeats(4, 60)), player->end());
  base::Instant last = player->begin();
  std::size_t count = 0;
  for (auto t = player->begin(); t < to;) {
    t = t + std::chrono::minutes(10);
    out.clear();
    player->until(t, out);
    for (const auto& s : out) {
      ASSERT_LE(last, s.time);
      last = s.time;
    }
    count += out.size();
  }
  EXPECT_GT(count, 100'000u);
  if (to < player->end()) return;
  EXPECT_GT(count, 2'000'000u);
  out.clear();
  player->until(player->end() + std::chrono::hours(100), out);
  EXPECT_TRUE(out.empty());
}

TEST(Traffic, EverySentenceIsReadBackAndFitsItsLine) {
  const auto& m = morning();
  EXPECT_EQ(m.causes.size(), 2u) << "messages, and first parts of two";
  EXPECT_GT(m.causes.at(Cause::kNone), 100'000);
  EXPECT_EQ(m.causes.count(Cause::kPart), 1u);
  EXPECT_GT(m.short_messages, 1'000);
  for (const auto& s : m.sentences) {
    const auto bare = s.text.find_first_of("!$");
    ASSERT_NE(bare, std::string::npos) << s.text;
    EXPECT_EQ(s.text.substr(0, 9), "\\s:drill,") << s.text;
    EXPECT_LE(s.text.size() - bare, 80u) << s.text;
    EXPECT_EQ(s.time.ms % 1000, 0);
  }
}

TEST(Traffic, EachTerminalKeepsTheIntervalsOfItsKind) {
  std::map<Carry, int> checked;
  for (const auto& vessel : shipped().vessels()) {
    for (const auto& terminal : vessel.terminals) {
      const auto found = morning().positions.find(terminal.mmsi);
      if (found == morning().positions.end()) continue;
      const auto& reports = found->second;
      for (std::size_t i = 1; i < reports.size(); ++i) {
        const std::int64_t before = reports[i - 1].first;
        const std::int64_t gap = reports[i].first - before;
        const auto& span = vessel.track.span(before);
        if (span.to_ms <= reports[i].first) continue;  // it cast off or came alongside meanwhile
        const auto [least, most] = allowed_ms(vessel, terminal.carry, before);
        ASSERT_GE(gap, least) << vessel.key << ' ' << base::to_iso({before});
        ASSERT_LE(gap, most) << vessel.key << ' ' << base::to_iso({before});
        ++checked[terminal.carry];
      }
    }
  }
  for (const Carry carry : {Carry::kClassA, Carry::kClassB, Carry::kBeidou, Carry::kBeacon}) {
    EXPECT_GT(checked[carry], 200) << drill::script::to_key(carry);
  }
}

TEST(Traffic, ClassAIntervalsFollowSpeedAndTurn) {
  std::map<std::int64_t, int> seen;
  for (const auto& vessel : shipped().vessels()) {
    if (vessel.terminals.front().carry != Carry::kClassA) continue;
    for (auto t = local(5, 1, 8, 0); t < local(5, 2, 8, 0); t = t + std::chrono::minutes(1)) {
      if (!vessel.track.span(t.ms).heard()) continue;
      const auto interval = drill::traffic::interval_ms(vessel, Carry::kClassA, t.ms);
      const double speed = knots(vessel.track.pose(t.ms));
      ++seen[interval];
      if (interval == 180'000) {
        EXPECT_LT(speed, 3) << vessel.key;
      }
      if (interval == 10'000 || interval == 3'333) {
        EXPECT_LE(speed, 14) << vessel.key;
      }
      if (interval == 6'000) {
        EXPECT_GT(speed, 14) << vessel.key;
      }
    }
  }
  for (const std::int64_t interval : {2'000, 3'333, 6'000, 10'000, 180'000}) {
    EXPECT_GT(seen[interval], 3) << interval;
  }
  EXPECT_EQ(seen.size(), 5u);
}

TEST(Traffic, StaticDataComeEverySixMinutesWithNameAndType) {
  int checked = 0;
  for (const auto& vessel : shipped().vessels()) {
    const auto& terminal = vessel.terminals.front();
    const auto found = morning().statics.find(terminal.mmsi);
    if (terminal.carry == Carry::kBeidou) {
      EXPECT_EQ(found, morning().statics.end()) << "such a terminal sends no static data";
      continue;
    }
    if (found == morning().statics.end() || vessel.group->part == "net_beacon") continue;
    std::map<int, std::int64_t> last;
    for (const auto& [t, data] : found->second) {
      const int part = data.part ? *data.part : -1;
      if (last.count(part) == 1) {
        EXPECT_EQ((t - last[part]) % 360'000, 0) << vessel.key;
      }
      last[part] = t;
      if (part <= 0) {
        EXPECT_EQ(data.name, vessel.ais_name);
      }
      if (part != 0) {
        EXPECT_EQ(data.ship_type, vessel.group->ship_type);
      }
      if (part != 0) {
        EXPECT_EQ(data.call_sign, vessel.call_sign);
      }
      ++checked;
    }
  }
  EXPECT_GT(checked, 5'000);
}

TEST(Traffic, MooredReceiversWanderTenToTwentyMetres) {
  double worst = 0;
  int vessels = 0;
  for (const auto& vessel : shipped().vessels()) {
    const auto t = shipped().scenario().begin.ms;
    const auto& span = vessel.track.span(t);
    if (span.mode != drill::motion::Mode::kMoored || span.to_ms < t + 3 * 3'600'000) continue;
    const auto& reports = morning().positions.at(vessel.terminals.front().mmsi);
    double square = 0;
    for (const auto& [when, report] : reports) {
      const geo::LatLon at{*report.lat / 600'000.0, *report.lon / 600'000.0};
      const double off = drill::sea::distance_m(at, vessel.track.pose(when).at);
      square += off * off;
      worst = std::max(worst, off);
      EXPECT_FALSE(coast().on_land(at)) << vessel.key;
      EXPECT_TRUE(shipped().map().at_berth(at)) << vessel.key;
      EXPECT_LT(*report.sog, 5) << vessel.key;
    }
    const double rms = std::sqrt(square / double(reports.size()));
    EXPECT_GT(rms, 6) << vessel.key;
    EXPECT_LT(rms, 21) << vessel.key;
    ++vessels;
  }
  EXPECT_GT(vessels, 350);
  EXPECT_LT(worst, 42);
}

TEST(Traffic, ReportedSpeedCourseAndStatusFitTheMovement) {
  int checked = 0;
  for (const auto& vessel : shipped().vessels()) {
    if (vessel.group->part != "merchant") continue;
    const auto found = morning().positions.find(vessel.terminals.front().mmsi);
    if (found == morning().positions.end()) continue;
    for (const auto& [t, report] : found->second) {
      const auto pose = vessel.track.pose(t);
      EXPECT_NEAR(*report.sog / 10.0, knots(pose), 0.25) << vessel.key;
      if (knots(pose) > 3) {
        EXPECT_LT(std::abs(drill::sea::turn_deg(*report.cog / 10.0, pose.course_deg)), 2.2);
        EXPECT_EQ(report.nav_status, 0) << vessel.key;
        EXPECT_TRUE(report.heading) << vessel.key;
      }
      EXPECT_EQ(*report.utc_second, t / 1000 % 60);
      ++checked;
    }
  }
  EXPECT_GT(checked, 10'000);
}

TEST(Traffic, TheOverboardDeviceCallsInBurstsOfEight) {
  auto player = open_player(1);
  const auto from = local(5, 2, 4, 45);
  observe::ais::Decoder decoder;
  std::vector<std::int64_t> calls;
  for (const auto& s : between(*player, from, from + std::chrono::minutes(15))) {
    const auto decoded = decoder.decode(s.text, "drill", "", s.time);
    const auto* p = decoded.message ? std::get_if<PositionReport>(&*decoded.message) : nullptr;
    if (p == nullptr || p->mmsi != 972'412'001) continue;
    EXPECT_EQ(p->type, 1);
    EXPECT_EQ(p->nav_status, 14);
    EXPECT_LT(geo::distance_m({*p->lat / 600'000.0, *p->lon / 600'000.0}, {37.25, 122.70}), 500);
    calls.push_back(s.time.ms);
  }
  ASSERT_GE(calls.size(), 72u);
  EXPECT_LE(calls.front() - local(5, 2, 4, 50).ms, 2'000);
  std::map<std::int64_t, int> per_minute;
  for (const auto t : calls) ++per_minute[t / 60'000];
  for (auto it = std::next(per_minute.begin()); it != std::prev(per_minute.end()); ++it) {
    EXPECT_EQ(it->second, 8);
  }
}

TEST(Traffic, WhoIsSwitchedOffOrAwayIsNotHeard) {
  auto player = open_player(1);
  const std::uint32_t dark = shipped().find("dark")->terminals.front().mmsi;
  observe::ais::Decoder decoder;
  int before = 0, during = 0;
  const auto off = local(5, 2, 20, 40);
  for (const auto& s : between(*player, local(5, 2, 20, 0), local(5, 3, 3, 0))) {
    const auto decoded = decoder.decode(s.text, "drill", "", s.time);
    const auto* p = decoded.message ? std::get_if<PositionReport>(&*decoded.message) : nullptr;
    if (p != nullptr && p->mmsi == dark) ++(s.time < off ? before : during);
  }
  EXPECT_GT(before, 5);
  EXPECT_EQ(during, 0);
}
