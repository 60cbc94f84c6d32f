// SPDX-License-Identifier: Apache-2.0
// Answers that are made while they are sent: the pipe between worker and connection, whole answers
// over a socket, clients that leave or take nothing.
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "serve/api/body_pipe.hpp"
#include "unit/serve/world.hpp"

namespace jinglue::serve {
namespace {

using Piece = std::optional<std::string>;

Piece next_of(BodyPipe& pipe) {
  std::promise<Piece> promise;
  pipe.next([&](Piece piece) { promise.set_value(std::move(piece)); });
  return promise.get_future().get();
}

TEST(BodyPipeTest, pieces_come_in_order_and_the_end_says_whether_it_is_whole) {
  for (const bool whole : {true, false}) {
    BodyPipe pipe;
    std::thread worker([&] {
      for (int i = 0; i < 3000; ++i) EXPECT_TRUE(pipe.put(std::string(1000, char('a' + i % 26))));
      pipe.finish(whole);
    });
    std::string all;
    while (auto piece = next_of(pipe)) {
      EXPECT_LT(piece->size(), BodyPipe::kMost + 1001);
      all += *piece;
    }
    worker.join();
    ASSERT_EQ(all.size(), 3'000'000u);
    for (int i = 0; i < 3000; ++i) ASSERT_EQ(all[std::size_t(i) * 1000 + 999], 'a' + i % 26);
    EXPECT_EQ(pipe.whole(), whole);
  }
}

TEST(BodyPipeTest, a_worker_that_waits_ends_when_nobody_reads) {
  BodyPipe pipe;
  std::thread worker([&] {
    while (pipe.put(std::string(100'000, 'x'))) {
    }
    pipe.finish(false);
  });
  EXPECT_TRUE(next_of(pipe));
  pipe.abandon();
  worker.join();
  EXPECT_FALSE(pipe.put("more"));
}

class LongAnswerTest : public ::testing::Test {
 protected:
  static constexpr int kRows = 120'000;
  static constexpr std::string_view kPath =
      "/api/v1/archive/positions?bbox=120,36,124,38&limit=1000000&from=2024-04-30T00:00:00Z&"
      "to=2024-05-01T04:00:01Z";

  void SetUp() override {
    for (int i = 0; i < kRows; ++i) {
      auto fix = world.fix(412300001 + std::uint64_t(i % 10), 37 + (i % 100) * 0.001, 122.5,
                           test::kNow - std::chrono::milliseconds(500 * (kRows - i)));
      world.archive.append(fix);
    }
    client = world.client("duty");
  }
  /// A connection with a small window that has asked and taken nothing.
  int ask_and_wait() const {
    const int end = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int small = 4096;
    ::setsockopt(end, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(world.server->port());
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(end, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
    const std::string text = "GET " + std::string(kPath) +
                             " HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: " + client->cookie +
                             "\r\n\r\n";
    EXPECT_EQ(::send(end, text.data(), text.size(), MSG_NOSIGNAL), std::ssize(text));
    char first = 0;
    EXPECT_EQ(::recv(end, &first, 1, 0), 1) << "the head has come";
    EXPECT_EQ(first, 'H');
    return end;
  }

  test::World world;
  std::unique_ptr<test::HttpClient> client;
};

TEST_F(LongAnswerTest, all_lines_come_and_the_connection_is_used_again) {
  for (int round = 0; round < 2; ++round) {
    const auto reply = client->get(std::string(kPath));
    ASSERT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("transfer-encoding"), "chunked");
    EXPECT_EQ(std::count(reply.body.begin(), reply.body.end(), '\n'), kRows + 1);
    EXPECT_TRUE(reply.body.ends_with("{\"end\":true,\"count\":120000,\"cut\":false}\n"));
  }
}

TEST_F(LongAnswerTest, clients_that_leave_free_the_workers_of_others) {
  for (int i = 0; i < 6; ++i) ::close(ask_and_wait());
  const auto reply = client->get(
      "/api/v1/archive/count?bbox=120,36,124,38&from=2024-04-30T00:00:00Z&"
      "to=2024-05-01T04:00:01Z");
  EXPECT_EQ(reply.json()["positions"].as_int(), kRows) << reply.body;
}

TEST_F(LongAnswerTest, a_client_that_takes_nothing_does_not_hold_the_end_of_the_server) {
  const int slow = ask_and_wait();
  world.server->stop();
  ::close(slow);
}

}  // namespace
}  // namespace jinglue::serve
