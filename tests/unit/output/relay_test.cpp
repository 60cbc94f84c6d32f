// SPDX-License-Identifier: Apache-2.0
// The relay and its senders with real sockets: bytes, parts, filters, receivers that go away and
// come back, receivers that are slow, and the end of an approval.
#include "output/relay.hpp"

#include <gtest/gtest.h>

#include <atomic>

#include "unit/output/receivers.hpp"

namespace jinglue::output {
namespace {

using test::Hearing;
using test::joined;
using test::kHeard;

Destination to(Kind kind, std::uint16_t port, const std::string& name = "out") {
  Destination out;
  out.name = name;
  out.recipient = "test";
  out.purpose = "test";
  out.kind = kind;
  out.host = "127.0.0.1";
  out.port = port;
  return out;
}

/// A relay with a clock of the test.
struct Rig {
  explicit Rig(SenderOptions sender = {}) {
    sender.wall = [this] { return base::Instant{now_ms}; };
    sender.first_pause = base::Duration(20);
    Relay::Options options;
    options.sender = sender;
    relay = std::make_unique<Relay>(std::move(options));
  }
  void approve(const std::vector<Destination>& destinations, Hidden hidden = {}) {
    std::vector<Approved> approved;
    for (const auto& one : destinations) {
      approved.push_back({one, until, std::to_string(approval), {}});
    }
    relay->use(approved, std::move(hidden));
  }
  void give(const std::vector<std::string>& lines) {
    relay->give(hearing.hear_all(lines));
    relay->drain();
  }
  base::Json state(const std::string& name = "out") const { return relay->state_of(name); }
  std::int64_t count(const std::string& what, const std::string& name = "out") const {
    return state(name)["counts"][what].as_int();
  }
  std::int64_t dropped(const std::string& cause, const std::string& name = "out") const {
    return state(name)["counts"]["dropped"][cause].as_int();
  }
  std::int64_t filtered(const std::string& cause, const std::string& name = "out") const {
    return state(name)["counts"]["filtered"][cause].as_int();
  }
  bool comes(const std::string& connection, const std::string& name = "out") const {
    return test::eventually(
        [&] { return state(name)["connection"]["state"].as_string() == connection; });
  }
  /// seen = sent + filtered + dropped + waiting.
  void expect_account(const std::string& name = "out") const {
    const auto counts = state(name)["counts"];
    std::int64_t sum = counts["sent"].as_int() + counts["waiting"].as_int();
    for (const auto* what : {"filtered", "dropped"}) {
      for (const auto& [cause, number] : counts[what].members()) sum += number.as_int();
    }
    EXPECT_EQ(sum, counts["seen"].as_int()) << counts.dump();
  }

  std::atomic<std::int64_t> now_ms{kHeard.ms};
  base::Instant until = kHeard + std::chrono::hours(1);
  int approval{1};
  Hearing hearing;
  std::unique_ptr<Relay> relay;
};

/// Messages that differ from round to round: the same words again would be copies.
std::vector<std::string> fleet(int count, int round = 0) {
  std::vector<std::string> out;
  for (int i = 0; i < count; ++i) {
    out.push_back(test::position(412000001 + std::uint32_t(i), 37 + i * 0.001 + round * 0.00001,
                                 122.6, std::uint8_t(round % 60)));
  }
  return out;
}

TEST(Relay, SendsNothingWhileNothingIsApproved) {
  const test::UdpReceiver receiver;
  Rig rig;
  EXPECT_FALSE(rig.relay->wanted());
  rig.give(fleet(3));
  rig.approve({to(Kind::kUdp, receiver.port())});
  EXPECT_TRUE(rig.relay->wanted());
  EXPECT_TRUE(receiver.silent()) << "what came before is not sent later";
  rig.approve({});
  EXPECT_FALSE(rig.relay->wanted());
  rig.give(fleet(3));
  EXPECT_TRUE(receiver.silent());
}

TEST(Relay, PassesLinesByteForByteAndPartsTogether) {
  const test::UdpReceiver receiver;
  Rig rig;
  rig.approve({to(Kind::kUdp, receiver.port())});
  auto lines = fleet(2);
  const auto parts = test::static_data(412000001, "LU RONG YU 1");
  ASSERT_EQ(parts.size(), 2u);
  // What receivers and aggregators put around a sentence stays.
  lines[0] = "\\s:weihai,c:1714536007*23\\" + lines[0];
  lines[1] += ",s22968,d-106,T43.05,r003669705,1714536007";
  // Between the parts comes another ship's message.
  rig.give({lines[0], parts[0], lines[1], parts[1]});
  const auto expected = joined({lines[0], lines[1], parts[0], parts[1]});
  EXPECT_EQ(receiver.bytes(expected.size()), expected);
  EXPECT_EQ(rig.count("sent"), 3);
  EXPECT_EQ(rig.count("bytes"), std::int64_t(expected.size()));
  rig.expect_account();
}

TEST(Relay, LeavesOutWhatIsNoMessage) {
  const test::UdpReceiver receiver;
  Rig rig;
  rig.approve({to(Kind::kUdp, receiver.port())});
  auto damaged = fleet(1).front();
  damaged.back() = damaged.back() == '0' ? '1' : '0';
  rig.give({"$GPRMC,040000,A,3712.0,N,12236.0,E,5.0,090.0,010524,,*1C", damaged, "noise",
            test::static_data(412000001, "HALF").front()});
  EXPECT_TRUE(receiver.silent());
  EXPECT_EQ(rig.count("seen"), 0);
}

TEST(Relay, PacksWholeMessagesIntoSafeDatagrams) {
  const test::UdpReceiver receiver;
  Rig rig;
  rig.approve({to(Kind::kUdp, receiver.port())});
  ASSERT_TRUE(rig.comes("connected"));
  std::vector<std::string> lines;
  for (int i = 0; i < 60; ++i) {
    const auto parts =
        test::static_data(412000001 + std::uint32_t(i), "VESSEL", std::uint8_t(i % 10));
    lines.insert(lines.end(), parts.begin(), parts.end());
  }
  rig.give(lines);
  std::string all;
  const auto expected = joined(lines);
  while (all.size() < expected.size()) {
    const auto one = receiver.next();
    ASSERT_FALSE(one.empty());
    EXPECT_LE(one.size(), 1200u);
    EXPECT_TRUE(one.ends_with("\r\n"));
    EXPECT_EQ(std::count(one.begin(), one.end(), '!') % 2, 0) << "parts stay together: " << one;
    all += one;
  }
  EXPECT_EQ(all, expected);
}

TEST(Relay, SendsToSeveralAtOnceEachWithItsOwnFilterAndForm) {
  const test::UdpReceiver a, b, c;
  Rig rig;
  auto all = to(Kind::kUdp, a.port(), "all");
  auto names = to(Kind::kUdp, b.port(), "names");
  names.filter.types = {5};
  names.wrapping = Wrapping::kBare;
  auto one = to(Kind::kUdp, c.port(), "one");
  one.filter.mmsis = {412000002};
  one.format = Format::kNdjson;
  rig.approve({all, names, one});
  const auto ships = fleet(3);
  const auto parts = test::static_data(412000001, "LU RONG YU 1");
  const std::string tag = "\\s:weihai,c:1714536007*23\\";
  rig.give({ships[0], ships[1], tag + parts[0], tag + parts[1], ships[2]});
  const auto expected = joined({ships[0], ships[1], tag + parts[0], tag + parts[1], ships[2]});
  EXPECT_EQ(a.bytes(expected.size()), expected);
  const auto bare = joined({parts[0], parts[1]});
  EXPECT_EQ(b.bytes(bare.size()), bare);
  const auto json = base::parse_json(c.next());
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["mmsi"].as_int(), 412000002);
  EXPECT_FALSE(json->has("station")) << "an address is no station's name";
  EXPECT_EQ(rig.filtered("type", "names"), 3);
  EXPECT_EQ(rig.filtered("mmsi", "one"), 3);
  for (const auto* name : {"all", "names", "one"}) rig.expect_account(name);
}

TEST(Relay, PutsATagBlockThatItsOwnReaderUnderstands) {
  const test::UdpReceiver receiver;
  Rig rig;
  auto destination = to(Kind::kUdp, receiver.port());
  destination.wrapping = Wrapping::kTagBlock;
  rig.approve({destination});
  const auto parts = test::static_data(412000001, "LU RONG YU 1");
  rig.give({parts[0], parts[1]});
  const auto got = receiver.next();
  observe::ais::Decoder decoder;
  const auto end = got.find("\r\n");
  ASSERT_NE(end, std::string::npos);
  decoder.decode(got.substr(0, end), "in", "", kHeard);
  const std::string second = got.substr(end + 2, got.size() - end - 4);
  const auto read = decoder.decode(second, "in", "", kHeard);
  ASSERT_TRUE(read.message) << got;
  EXPECT_EQ(read.source, "ais");
  ASSERT_TRUE(read.stated_time);
  EXPECT_EQ(*read.stated_time, kHeard);
}

TEST(Relay, CopiesOfOtherStationsAreLeftOutUnlessWanted) {
  const test::UdpReceiver once, twice;
  Rig rig;
  auto all = to(Kind::kUdp, twice.port(), "all");
  all.filter.copies = true;
  rig.approve({to(Kind::kUdp, once.port()), all});
  const auto line = fleet(1).front();
  rig.relay->give({rig.hearing.hear(line, kHeard, "ais", "10.0.0.5:1"),
                   rig.hearing.hear(line, kHeard + base::Duration(100), "ais", "10.0.0.6:1")});
  EXPECT_EQ(twice.bytes(2 * line.size() + 4), joined({line, line}));
  EXPECT_EQ(once.next(), joined({line}));
  EXPECT_TRUE(once.silent(100));
  EXPECT_EQ(rig.filtered("copy"), 1);
}

TEST(Relay, APositionThatIsWithheldStaysAndSoDoItsCopies) {
  const test::UdpReceiver receiver;
  Rig rig;
  auto destination = to(Kind::kUdp, receiver.port());
  destination.filter.copies = true;
  rig.approve({destination});
  const auto line = fleet(1).front();
  auto first = rig.hearing.hear(line, kHeard, "ais", "10.0.0.5:1");
  first.withheld = true;
  const auto copy = rig.hearing.hear(line, kHeard + base::Duration(50), "ais", "10.0.0.6:1");
  ASSERT_TRUE(copy.copy);
  rig.relay->give({first, copy});
  rig.relay->drain();
  EXPECT_TRUE(receiver.silent());
  EXPECT_EQ(rig.filtered("withheld"), 2);
}

TEST(Relay, HiddenSendersNeverGoOut) {
  const test::UdpReceiver receiver;
  Rig rig;
  rig.approve({to(Kind::kUdp, receiver.port())}, {{412000002}, true});
  const auto ships = fleet(3);
  const auto parts = test::static_data(412000002, "HAI JING 1");
  rig.give({ships[0], ships[1], parts[0], parts[1], ships[2]});
  const auto expected = joined({ships[0], ships[2]});
  EXPECT_EQ(receiver.bytes(expected.size()), expected);
  EXPECT_TRUE(receiver.silent(100));
  EXPECT_EQ(rig.filtered("hidden"), 2);
}

TEST(Relay, NamesFollowTheirShipIntoAnArea) {
  const test::UdpReceiver receiver;
  Rig rig;
  auto destination = to(Kind::kUdp, receiver.port());
  destination.filter.box = geo::Box{122, 37, 123, 38};
  rig.approve({destination});
  const auto inside = test::position(412000001, 37.5, 122.5);
  const auto outside = test::position(412000002, 36.5, 122.5);
  const auto name = test::static_data(412000001, "INSIDE");
  const auto other = test::static_data(412000002, "OUTSIDE");
  const auto unknown = test::static_data(412000003, "NOBODY KNOWS");
  rig.give({inside, outside, name[0], name[1], other[0], other[1], unknown[0], unknown[1]});
  const auto expected = joined({inside, name[0], name[1]});
  EXPECT_EQ(receiver.bytes(expected.size()), expected);
  EXPECT_TRUE(receiver.silent(100));
  EXPECT_EQ(rig.filtered("area"), 3);
}

TEST(Relay, EndsWithTheApprovalByTheWallClock) {
  const test::UdpReceiver receiver;
  Rig rig;
  rig.approve({to(Kind::kUdp, receiver.port())});
  const auto ships = fleet(2);
  rig.give({ships[0]});
  EXPECT_EQ(receiver.next(), joined({ships[0]}));
  rig.now_ms = rig.until.ms;
  rig.give({ships[1]});
  EXPECT_TRUE(receiver.silent());
}

TEST(Relay, TellsThatNobodyListens) {
  Rig rig;
  std::uint16_t port = 0;
  {
    const test::UdpReceiver gone;
    port = gone.port();
  }
  rig.approve({to(Kind::kUdp, port)});
  ASSERT_TRUE(rig.comes("connected"));
  int round = 0;
  EXPECT_TRUE(test::eventually([&] {
    rig.give(fleet(1, round++));
    return !rig.state()["connection"]["error"].as_string().empty();
  }));
  rig.expect_account();
}

TEST(Relay, ConnectsAgainWhenTheReceiverIsBackAndSendsOnlyWhatIsLive) {
  Rig rig;
  const auto port = test::unused_port();
  rig.approve({to(Kind::kTcpClient, port)});
  const auto early = fleet(1);
  rig.give(early);
  EXPECT_TRUE(test::eventually([&] { return rig.dropped("not_connected") == 1; }));
  for (int round = 0; round < 2; ++round) {
    const auto listener = test::listening(port);
    const auto receiver = test::accepted(listener);
    ASSERT_TRUE(rig.comes("connected"));
    const auto line = test::position(412000100 + std::uint32_t(round), 37.1, 122.6);
    rig.give({line});
    EXPECT_EQ(test::read_bytes(receiver, line.size() + 2), line + "\r\n")
        << "and nothing of before";
  }
  EXPECT_TRUE(rig.comes("connecting"));
  EXPECT_EQ(rig.count("sent"), 2);
  EXPECT_EQ(rig.count("connects"), 2);
  EXPECT_FALSE(rig.state()["connection"]["error"].as_string().empty());
  rig.expect_account();
}

TEST(Relay, AReceiverThatReadsNothingLosesTheOldestAndHoldsUpNobody) {
  SenderOptions small;
  small.most_items = 5'000;
  Rig rig(small);
  const auto listener = test::listening(0);
  const auto port = observe::link::bound_port(listener);
  const test::UdpReceiver quick;
  rig.approve({to(Kind::kTcpClient, port), to(Kind::kUdp, quick.port(), "quick")});
  const auto slow = test::accepted(listener);
  ASSERT_TRUE(rig.comes("connected") && rig.comes("connected", "quick"));
  std::uint64_t given = 0;
  const auto begin = std::chrono::steady_clock::now();
  while (rig.dropped("queue_full") == 0 && given < 2'000'000) {
    rig.give(fleet(1000, int(given / 1000)));
    given += 1000;
  }
  EXPECT_GT(rig.dropped("queue_full"), 0) << "after " << given << " messages";
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(60));
  EXPECT_TRUE(test::eventually([&] { return rig.count("sent", "quick") > 0; }));
  rig.expect_account();
  // What is still sent is whole sentences, in order, up to the newest.
  const auto last = test::position(412999999, 37.9, 122.9);
  rig.give({last});
  std::string all;
  while (!all.ends_with(last + "\r\n")) {
    const auto more = test::read_bytes(slow, 1);
    ASSERT_FALSE(more.empty());
    all += more;
  }
  for (std::size_t at = 0; at < all.size();) {
    const auto end = all.find("\r\n", at);
    ASSERT_NE(end, std::string::npos);
    ASSERT_EQ(all.compare(at, 7, "!AIVDM,"), 0) << all.substr(at, end - at);
    at = end + 2;
  }
}

TEST(Relay, ServesSeveralClientsAndASlowOneLosesItsOwn) {
  SenderOptions small;
  small.client_bytes = 100'000;
  Rig rig(small);
  const auto port = test::unused_port();
  auto destination = to(Kind::kTcpServer, port);
  destination.max_clients = 2;
  rig.approve({destination});
  ASSERT_TRUE(rig.comes("listening"));
  rig.give(fleet(1, 1000));
  EXPECT_TRUE(test::eventually([&] { return rig.dropped("not_connected") == 1; }));
  const auto quick = test::connected(SOCK_STREAM, port);
  const auto slow = test::connected(SOCK_STREAM, port);
  ASSERT_TRUE(test::eventually([&] { return rig.state()["connection"]["clients"].as_int() == 2; }));
  const auto third = test::connected(SOCK_STREAM, port);
  EXPECT_EQ(test::read_bytes(third, 1), "") << "turned away";
  std::size_t read = 0;
  // The quick one reads all along; the slow one's share overflows the system's buffers and ours.
  for (int i = 0; i < 60; ++i) {
    const auto lines = fleet(500, i);
    const auto text = joined(lines);
    rig.give(lines);
    ASSERT_EQ(test::read_bytes(quick, text.size()), text);
    read += text.size();
  }
  EXPECT_TRUE(test::eventually([&] { return rig.count("sent") >= 60 * 500; }));
  EXPECT_EQ(rig.count("sent"), 60 * 500) << "sent when one client has it";
  EXPECT_GT(rig.count("bytes"), std::int64_t(read));
  EXPECT_LT(rig.count("bytes"), std::int64_t(2 * read)) << "the slow one did not get all";
  EXPECT_GT(rig.count("client_losses"), 0) << "and what it missed has a count of its own";
  EXPECT_LT(rig.count("client_losses"), 60 * 500);
  EXPECT_EQ(rig.dropped("slow_client"), 0) << "somebody has each message";
  rig.expect_account();
}

TEST(Relay, WhatIsSaidToAHiddenVesselDoesNotGoOut) {
  const test::UdpReceiver receiver;
  Rig rig;
  Hidden hidden;
  hidden.mmsis = {412000009};
  rig.approve({to(Kind::kUdp, receiver.port())}, hidden);
  observe::ais::SafetyText said;
  said.type = 12;
  said.mmsi = 4121000;
  said.destination = 412000009;
  said.text = "KEEP CLEAR";
  observe::ais::Acknowledgement heard;
  heard.mmsi = 4121000;
  heard.count = 2;
  heard.of[0].mmsi = 412000005;
  heard.of[1].mmsi = 412000009;
  const auto secret = observe::ais::encode(said).front();
  rig.give({secret, observe::ais::encode(heard).front()});
  said.destination = 412000005;
  const auto open = observe::ais::encode(said).front();
  rig.give({open});
  EXPECT_EQ(receiver.next(), joined({open}));
  EXPECT_TRUE(receiver.silent());
  EXPECT_EQ(rig.filtered("hidden"), 2);
  rig.expect_account();
}

TEST(Relay, AClientThatIsNotAllowedIsTurnedAway) {
  Rig rig;
  const auto port = test::unused_port();
  auto destination = to(Kind::kTcpServer, port);
  destination.allowed = {"10.0.0.0/8"};
  rig.approve({destination});
  ASSERT_TRUE(rig.comes("listening"));
  const auto client = test::connected(SOCK_STREAM, port);
  EXPECT_EQ(test::read_bytes(client, 1), "");
  EXPECT_TRUE(test::eventually([&] {
    return rig.state()["connection"]["error"].as_string().find("not allowed") != std::string::npos;
  }));
}

TEST(Relay, APortThatIsTakenIsSaidAndTriedAgain) {
  Rig rig;
  std::uint16_t port = 0;
  {
    const auto taken = test::listening(0);
    port = observe::link::bound_port(taken);
    rig.approve({to(Kind::kTcpServer, port)});
    ASSERT_TRUE(rig.comes("failed"));
    EXPECT_NE(rig.state()["connection"]["error"].as_string().find("cannot listen"),
              std::string::npos);
  }
  EXPECT_TRUE(rig.comes("listening"));
}

TEST(Relay, BatchesAreLeftOutAndCountedWhenItIsBehind) {
  Relay::Options options;
  options.most_lines = 10;
  Relay relay(std::move(options));
  relay.give(std::vector<Heard>(11));
  EXPECT_EQ(relay.lines_left_out(), 11u);
}

TEST(Relay, CountsGoOnAfterARestart) {
  const test::UdpReceiver receiver;
  base::Json kept;
  {
    Rig rig;
    rig.approve({to(Kind::kUdp, receiver.port())});
    rig.give(fleet(3));
    EXPECT_TRUE(test::eventually([&] { return rig.count("sent") == 3; }));
    kept = rig.relay->counts().at("out");
  }
  Rig rig;
  rig.relay->use({{to(Kind::kUdp, receiver.port()), rig.until, "1", kept}}, {});
  EXPECT_EQ(rig.count("sent"), 3);
  rig.give(fleet(1));
  EXPECT_TRUE(test::eventually([&] { return rig.count("sent") == 4; }));
  rig.expect_account();
}

}  // namespace
}  // namespace jinglue::output
