// SPDX-License-Identifier: Apache-2.0
#include "serve/api/request.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdio>

#include "serve/api/compress.hpp"
#include "serve/api/router.hpp"

namespace jinglue::serve {
namespace {

std::string encode(const std::string& text) {
  std::string out;
  for (const char c : text) {
    char code[4];
    std::snprintf(code, sizeof code, "%%%02X", static_cast<unsigned char>(c));
    out += code;
  }
  return out;
}

RC_GTEST_PROP(RequestTest, what_was_encoded_comes_back, ()) {
  const auto text = *rc::gen::container<std::string>(rc::gen::inRange<char>(0x20, 0x7F));
  const auto back = decode_percent(encode(text), false);
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == text);
}

RC_GTEST_PROP(RequestTest, any_bytes_are_split_or_refused_but_never_let_a_parent_folder_through,
              (const std::string& text)) {
  Request request;
  if (!request.set_target("/" + text)) return;
  for (const auto& segment : request.segments) {
    RC_ASSERT(segment != "..");
    for (const char c : segment) RC_ASSERT(static_cast<unsigned char>(c) >= 0x20);
  }
}

TEST(RequestTest, splits_path_and_query) {
  Request request;
  ASSERT_TRUE(request.set_target("/api/v1/tracks/mmsi%3A412345678%2F1/positions?a=1&b=x+y&c"));
  EXPECT_EQ(request.segments,
            (std::vector<std::string>{"api", "v1", "tracks", "mmsi:412345678/1", "positions"}));
  EXPECT_EQ(request.query_value("a"), "1");
  EXPECT_EQ(request.query_value("b"), "x y");
  EXPECT_EQ(request.query_value("c"), "");
  EXPECT_FALSE(request.query_value("d"));
}

TEST(RequestTest, finds_a_cookie_among_others) {
  Request request;
  request.headers = {{"cookie", "a=1; jinglue_session=abc; b=2"}};
  EXPECT_EQ(request.cookie("jinglue_session"), "abc");
  EXPECT_EQ(request.cookie("b"), "2");
  EXPECT_EQ(request.cookie("session"), "");
}

TEST(RequestTest, more_than_a_hundred_query_parameters_are_refused) {
  std::string query = "a=1";
  for (int i = 0; i < 100; ++i) query += "&a=1";
  EXPECT_FALSE(parse_query(query));
}

TEST(RouterTest, a_literal_wins_over_a_parameter) {
  Router router;
  router.add({Method::kGet, "/findings/{finding}"});
  router.add({Method::kGet, "/findings/counts"});
  router.add({Method::kPost, "/registers/{register}/records/{record}/pack"});
  router.add({Method::kPost, "/registers/case/records/{record}/pack"});
  EXPECT_EQ(router.match(Method::kGet, {"findings", "counts"}).route->pattern, "/findings/counts");
  const auto match = router.match(Method::kHead, {"findings", "0123"});
  EXPECT_EQ(match.route->pattern, "/findings/{finding}");
  EXPECT_EQ(match.parameters, (Pairs{{"finding", "0123"}}));
  EXPECT_EQ(
      router.match(Method::kPost, {"registers", "case", "records", "7", "pack"}).route->pattern,
      "/registers/case/records/{record}/pack");
}

TEST(RouterTest, tells_an_unknown_path_from_an_unknown_method) {
  Router router;
  router.add({Method::kGet, "/users"});
  router.add({Method::kPost, "/users"});
  EXPECT_TRUE(router.match(Method::kGet, {"user"}).allowed.empty());
  const auto match = router.match(Method::kDelete, {"users"});
  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.allowed, (std::vector<Method>{Method::kGet, Method::kPost}));
  EXPECT_TRUE(router.match(Method::kGet, {"users", ""}).allowed.empty());
}

TEST(CompressTest, an_accept_encoding_of_quality_zero_refuses) {
  EXPECT_TRUE(accepts("gzip, deflate, br", "br"));
  EXPECT_TRUE(accepts("br;q=0.5", "br"));
  EXPECT_FALSE(accepts("br;q=0, gzip", "br"));
  EXPECT_FALSE(accepts("", "gzip"));
  EXPECT_FALSE(accepts("gzipped", "gzip"));
}

}  // namespace
}  // namespace jinglue::serve
