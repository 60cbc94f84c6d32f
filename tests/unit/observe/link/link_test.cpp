// SPDX-License-Identifier: Apache-2.0
// Links on real sockets of the loopback: lines, stations, overload, back-pressure, reconnection,
// ports that are taken, and ends that do not hang.
#include "observe/link/link.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <thread>

#include "unit/observe/link/peer.hpp"

using namespace jinglue;
using namespace jinglue::observe::link;

namespace {

constexpr base::Instant kNow{1'714'536'000'000};

std::unique_ptr<Link> open(Kind kind, std::size_t queue_lines = 65'536, std::uint16_t port = 0) {
  Settings settings;
  settings.name = "test";
  settings.kind = kind;
  settings.port = port;
  settings.queue_lines = queue_lines;
  return Link::open(settings, [] { return kNow; });
}

std::string numbered(std::size_t n) {
  return "line " + std::to_string(n);
}

/// An address on which nothing listens.
std::uint16_t free_port() {
  return bound_port(test::listening(0));
}

}  // namespace

TEST(UdpLink, GivesTheLinesOfEachDatagramWithStationAndArrival) {
  const auto link = open(Kind::kUdp);
  link->start();
  const auto one = test::connected(SOCK_DGRAM, link->port());
  const auto two = test::connected(SOCK_DGRAM, link->port());
  test::send_all(one, "a\r\nb\nc");
  const auto lines = test::take(*link, 3);
  EXPECT_EQ(test::texts(lines), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(lines.at(0).station, "127.0.0.1:" + std::to_string(bound_port(one)));
  EXPECT_EQ(lines.at(0).arrival, kNow);
  test::send_all(two, "d");
  EXPECT_EQ(test::take(*link, 1).at(0).station, "127.0.0.1:" + std::to_string(bound_port(two)));
  EXPECT_EQ(link->counters().lines, 4u);
  EXPECT_EQ(link->counters().bytes, 7u);
  EXPECT_EQ(link->counters().last_ms, kNow.ms);
  EXPECT_EQ(link->last_error(), "");
}

/// Where no interface takes multicast, the input says so instead of hearing nothing for ever.
TEST(UdpLink, JoinsItsMulticastGroupOrRefuses) {
  Settings settings;
  settings.name = "group";
  settings.kind = Kind::kUdp;
  settings.host = "239.77.1.2";
  try {
    const auto link = Link::open(settings, [] { return kNow; });
    std::ifstream groups("/proc/net/igmp");  // addresses in the machine's byte order
    const std::string all{std::istreambuf_iterator<char>(groups), {}};
    EXPECT_NE(all.find("02014DEF"), std::string::npos) << all;
  } catch (const base::WorldError& error) {
    EXPECT_NE(std::string(error.what()).find("'group'"), std::string::npos) << error.what();
  }
}

TEST(UdpLink, HalfALineOfOneDatagramNeverJoinsTheNext) {
  const auto link = open(Kind::kUdp);
  link->start();
  const auto sender = test::connected(SOCK_DGRAM, link->port());
  test::send_all(sender, "half");
  test::send_all(sender, "other\n" + std::string(2000, 'x') + "\nlast");
  EXPECT_EQ(test::texts(test::take(*link, 3)), (std::vector<std::string>{"half", "other", "last"}));
  EXPECT_EQ(link->counters().too_long, 1u);
}

TEST(UdpLink, CountsWhatAFullQueueDrops) {
  const auto link = open(Kind::kUdp, 10);
  link->start();
  const auto sender = test::connected(SOCK_DGRAM, link->port());
  constexpr std::size_t kSent = 500;
  for (std::size_t i = 0; i < kSent; ++i) test::send_all(sender, numbered(i));
  const auto& counters = link->counters();
  EXPECT_TRUE(test::eventually([&] { return counters.lines + counters.dropped_kernel == kSent; }));
  EXPECT_EQ(link->queue().size(), 10u);
  EXPECT_EQ(counters.dropped_queue, counters.lines - 10u);
  EXPECT_EQ(test::take(*link, 10).at(9).text, numbered(9)) << "what came first is kept";
}

TEST(UdpLink, CountsWhatTheKernelDrops) {
  const auto link = open(Kind::kUdp, 1 << 20);
  const auto sender = test::connected(SOCK_DGRAM, link->port());
  // Nobody reads yet: the socket's buffer overflows.
  constexpr std::size_t kSent = 90'000;
  for (std::size_t i = 0; i < kSent; ++i) test::send_all(sender, numbered(i));
  link->start();
  const auto& counters = link->counters();
  // The count rises with the next datagram that gets through.
  std::size_t more = 0;
  EXPECT_TRUE(test::eventually([&] {
    test::send_all(sender, "more");
    ++more;
    return counters.lines + counters.dropped_kernel == kSent + more;
  }));
  EXPECT_GT(counters.dropped_kernel, 1000u);
  EXPECT_EQ(counters.dropped_queue, 0u);
}

TEST(UdpLink, APortThatIsTakenIsRefusedWithPortAndWhatToDo) {
  for (const Kind kind : {Kind::kUdp, Kind::kTcpServer}) {
    const auto first = open(kind);
    try {
      open(kind, 10, first->port());
      ADD_FAILURE() << "opened twice";
    } catch (const base::WorldError& failure) {
      const std::string text = failure.what();
      EXPECT_NE(text.find(std::to_string(first->port())), std::string::npos) << text;
      EXPECT_NE(text.find("input 'test'"), std::string::npos) << text;
      EXPECT_NE(text.find("another port"), std::string::npos) << text;
    }
  }
}

TEST(TcpServerLink, SeveralSendersKeepTheirOwnLines) {
  const auto link = open(Kind::kTcpServer);
  link->start();
  const auto one = test::connected(SOCK_STREAM, link->port());
  const auto two = test::connected(SOCK_STREAM, link->port());
  test::send_all(one, "one-a\none-");
  test::send_all(two, "two-a\r\n");
  EXPECT_EQ(test::take(*link, 2).size(), 2u);
  test::send_all(one, "b\n");
  const auto line = test::take(*link, 1).at(0);
  EXPECT_EQ(line.text, "one-b");
  EXPECT_EQ(line.station, "127.0.0.1:" + std::to_string(bound_port(one)));
  EXPECT_EQ(link->counters().connects, 2u);
  EXPECT_TRUE(link->counters().connected);
}

TEST(TcpServerLink, ASenderThatLeavesIsCountedAndItsLastLineKept) {
  const auto link = open(Kind::kTcpServer);
  link->start();
  {
    const auto sender = test::connected(SOCK_STREAM, link->port());
    test::send_all(sender, "first\nlast without end");
  }
  EXPECT_EQ(test::texts(test::take(*link, 2)),
            (std::vector<std::string>{"first", "last without end"}));
  EXPECT_TRUE(test::eventually([&] { return link->counters().disconnects == 1u; }));
  EXPECT_TRUE(test::eventually([&] { return !link->counters().connected; }));
  const auto again = test::connected(SOCK_STREAM, link->port());
  test::send_all(again, "back\n");
  EXPECT_EQ(test::take(*link, 1).at(0).text, "back");
}

TEST(TcpServerLink, AFullQueueMakesTheSenderWaitAndLosesNothing) {
  const auto link = open(Kind::kTcpServer, 50);
  link->start();
  constexpr std::size_t kSent = 30'000;
  std::thread sender([port = link->port()] {
    const auto socket = test::connected(SOCK_STREAM, port);
    std::string bytes;
    for (std::size_t i = 0; i < kSent; ++i) bytes += numbered(i) + "\n";
    test::send_all(socket, bytes);
  });
  EXPECT_TRUE(test::eventually([&] { return link->queue().size() == 50; }));
  std::size_t next = 0;
  EXPECT_TRUE(test::eventually([&] {
    EXPECT_LE(link->queue().size(), 50u);
    for (const auto& line : link->queue().take_all(std::chrono::milliseconds(5))) {
      EXPECT_EQ(line.text, numbered(next));
      ++next;
    }
    return next >= kSent;
  }));
  sender.join();
  EXPECT_EQ(next, kSent);
  EXPECT_EQ(link->counters().dropped_queue, 0u);
}

TEST(TcpClientLink, ConnectsReadsAndConnectsAgainAfterABreak) {
  const auto listener = test::listening(0);
  const auto link = open(Kind::kTcpClient, 100, bound_port(listener));
  link->start();
  {
    const auto peer = test::accepted(listener);
    test::send_all(peer, "before\n");
    EXPECT_EQ(test::take(*link, 1).at(0).text, "before");
    EXPECT_TRUE(link->counters().connected);
    EXPECT_EQ(link->last_error(), "");
  }
  EXPECT_TRUE(test::eventually([&] { return link->counters().disconnects == 1u; }));
  const auto peer = test::accepted(listener);
  test::send_all(peer, "after\n");
  const auto line = test::take(*link, 1).at(0);
  EXPECT_EQ(line.text, "after");
  EXPECT_EQ(line.station, "127.0.0.1:" + std::to_string(bound_port(listener)));
  EXPECT_EQ(link->counters().connects, 2u);
  EXPECT_EQ(link->last_error(), "");
}

TEST(TcpClientLink, KeepsTryingWhileNobodyListensAndSaysSo) {
  const auto port = free_port();
  const auto link = open(Kind::kTcpClient, 100, port);
  link->start();
  EXPECT_TRUE(test::eventually([&] { return !link->last_error().empty(); }));
  EXPECT_NE(link->last_error().find(std::to_string(port)), std::string::npos) << link->last_error();
  const auto listener = test::listening(port);
  const auto peer = test::accepted(listener);
  test::send_all(peer, "now\n");
  EXPECT_EQ(test::take(*link, 1).at(0).text, "now");
  EXPECT_EQ(link->last_error(), "");
}

TEST(TcpClientLink, AFullQueueMakesTheSenderWait) {
  const auto listener = test::listening(0);
  const auto link = open(Kind::kTcpClient, 20, bound_port(listener));
  link->start();
  constexpr std::size_t kSent = 10'000;
  std::thread sender([&] {
    const auto peer = test::accepted(listener);
    std::string bytes;
    for (std::size_t i = 0; i < kSent; ++i) bytes += numbered(i) + "\n";
    test::send_all(peer, bytes);
  });
  const auto lines = test::take(*link, kSent);
  sender.join();
  ASSERT_EQ(lines.size(), kSent);
  EXPECT_EQ(lines.back().text, numbered(kSent - 1));
}

TEST(Link, AnUnknownHostIsReportedAndTriedAgain) {
  Settings settings;
  settings.name = "far";
  settings.kind = Kind::kTcpClient;
  settings.host = "host.invalid";
  settings.port = 4001;
  const auto link = Link::open(settings, [] { return kNow; });
  link->start();
  EXPECT_TRUE(test::eventually([&] { return !link->last_error().empty(); }));
  EXPECT_NE(link->last_error().find("host.invalid"), std::string::npos);
}

TEST(Link, StopEndsEveryKindAtOnceAlsoWhileItsQueueIsFull) {
  const auto listener = test::listening(0);
  for (const Kind kind : {Kind::kUdp, Kind::kTcpServer, Kind::kTcpClient}) {
    for (const bool full : {false, true}) {
      const bool is_client = kind == Kind::kTcpClient;
      const auto link = open(kind, 2, is_client ? bound_port(listener) : 0);
      link->start();
      Descriptor peer =
          is_client ? test::accepted(listener)
                    : test::connected(kind == Kind::kUdp ? SOCK_DGRAM : SOCK_STREAM, link->port());
      if (full) {
        for (int i = 0; i < 20; ++i) test::send_all(peer, "x\n");
        EXPECT_TRUE(test::eventually([&] { return link->queue().size() == 2; }));
      }
      const auto before = std::chrono::steady_clock::now();
      link->stop();
      EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(10));
      EXPECT_TRUE(link->queue().closed());
      EXPECT_EQ(link->queue().take_all(std::chrono::milliseconds(0)).size(), full ? 2u : 0u)
          << "what was queued can still be taken";
      link->stop();
    }
  }
}

TEST(Link, APortIsFreeAgainAfterTheLink) {
  const auto port = open(Kind::kTcpServer)->port();
  const auto again = open(Kind::kTcpServer, 10, port);
  again->start();
  EXPECT_EQ(again->port(), port);
}
