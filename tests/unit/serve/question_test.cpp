// SPDX-License-Identifier: Apache-2.0
// A long question ends when its client has gone.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "serve/form/question.hpp"
#include "serve/http/peer.hpp"

namespace jinglue::serve {
namespace {

TEST(PeerTest, a_closed_or_half_closed_client_is_gone) {
  for (const bool half : {false, true}) {
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    http::Peer peer;
    EXPECT_TRUE(peer.gone()) << "nothing is watched";
    peer.watch(ends[0]);
    EXPECT_FALSE(peer.gone());
    ASSERT_EQ(::write(ends[1], "GET", 3), 3);
    EXPECT_FALSE(peer.gone()) << "a following request is no end";
    if (half) {
      ::shutdown(ends[1], SHUT_WR);
    } else {
      ::close(ends[1]);
    }
    EXPECT_TRUE(peer.gone());
    peer.leave();
    EXPECT_TRUE(peer.gone());
    ::close(ends[0]);
    if (half) ::close(ends[1]);
  }
}

TEST(PatienceTest, it_ends_with_the_client_and_says_why) {
  bool gone = false;
  Request request;
  request.gone = [&] { return gone; };
  const Pairs parameters;
  const Services services;
  const Call call{request, parameters, services, {}, {}, "zh", {}, {}};
  const Patience patience(call);
  const auto go_on = patience.go_on();
  EXPECT_TRUE(go_on());
  EXPECT_TRUE(patience.status());
  gone = true;
  EXPECT_FALSE(go_on());
  gone = false;
  EXPECT_FALSE(go_on()) << "once over, it stays over";
  ASSERT_FALSE(patience.status());
  EXPECT_EQ(patience.status().error().code, base::Code::kTooLarge);
}

}  // namespace
}  // namespace jinglue::serve
