// SPDX-License-Identifier: Apache-2.0
// Destinations as JSON, and what is refused.
#include "output/destination.hpp"

#include <gtest/gtest.h>

namespace jinglue::output {
namespace {

using base::Json;

Json proposal() {
  return Json::object({{"name", "province"},
                       {"recipient", "省厅指挥中心"},
                       {"purpose", "海上联合执法"},
                       {"kind", "udp"},
                       {"host", "10.20.0.7"},
                       {"port", 10110}});
}

Json with(std::string_view key, Json value) {
  auto json = proposal();
  json.set(key, std::move(value));
  return json;
}

Json filtered(std::string_view key, Json value) {
  return with("filter", Json::object({{std::string(key), std::move(value)}}));
}

TEST(Destination, OfFewWordsSendsEverythingAsReceived) {
  const auto made = destination_from_json(proposal());
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(made->format, Format::kNmea);
  EXPECT_EQ(made->wrapping, Wrapping::kAsReceived);
  EXPECT_TRUE(to_json(*made)["filter"].members().empty()) << "off means nothing is asked";
}

TEST(Destination, SurvivesItsJson) {
  auto json = with("filter", base::parse_json(R"({"inputs":["ais"],"types":[5,1,1],
      "mmsis":[412000001],"districts":["rongcheng"],"groups":["trawlers"],
      "bbox":[121.5,36.5,123.0,38.0],"class_a":true,"thin_s":30,"copies":true,"withheld":true})")
                                 .value());
  json.set("kind", "tcp_server");
  json.set("host", "0.0.0.0");
  json.set("allowed", Json::array({"10.0.0.0/8"}));
  json.set("max_clients", 3);
  json.set("wrapping", "tag_block");
  const auto made = destination_from_json(json);
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(made->filter.types, (std::vector<std::uint8_t>{1, 5}));
  const auto again = destination_from_json(to_json(*made));
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(to_json(*again), to_json(*made));
  EXPECT_EQ(to_json(*made)["filter"]["thin_s"].as_int(), 30);
}

TEST(Destination, NamesTheMemberThatIsWrong) {
  const std::vector<std::pair<Json, std::string>> wrong = {
      {with("name", "with space"), "name"},
      {with("name", ""), "name"},
      {with("recipient", "  "), "recipient"},
      {with("purpose", nullptr), "purpose"},
      {with("kind", "carrier_pigeon"), "kind"},
      {with("host", "10.0.0.300"), "host"},
      {with("host", "a b"), "host"},
      {with("host", "-x.example"), "host"},
      {with("host", "0.0.0.0"), "host"},
      {with("host", "255.255.255.255"), "host"},
      {with("port", 0), "port"},
      {with("port", 65536), "port"},
      {with("port", "10110"), "port"},
      {with("format", "xml"), "format"},
      {with("wrapping", "box"), "wrapping"},
      {with("allowed", Json::array({"10.0.0.0/99"})), "allowed"},
      {with("password", "x"), "password"},
      {with("filter", 5), "filter"},
      {filtered("types", Json::array({28})), "filter.types"},
      {filtered("mmsis", Json::array({1'000'000'000})), "filter.mmsis"},
      {filtered("bbox", Json::array({123, 36, 121, 38})), "filter.bbox"},
      {filtered("thin_s", -1), "filter.thin_s"},
      {filtered("class_a", "yes"), "filter.class_a"},
      {filtered("colour", "red"), "filter.colour"},
  };
  for (const auto& [json, where] : wrong) {
    const auto made = destination_from_json(json);
    ASSERT_FALSE(made) << json.dump();
    EXPECT_EQ(made.error().where, where) << made.error().text();
  }
}

TEST(Destination, AServerIsOnTheLoopbackUnlessItsClientsAreNamed) {
  auto json = with("kind", "tcp_server");
  json.set("host", nullptr);
  auto made = destination_from_json(json);
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(made->host, "127.0.0.1");
  json.set("host", "10.20.0.7");
  made = destination_from_json(json);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().where, "allowed");
  json.set("allowed", Json::array({"10.20.0.0/24"}));
  EXPECT_TRUE(destination_from_json(json));
  json.set("host", "sea.example");
  EXPECT_FALSE(destination_from_json(json)) << "a name may be another machine tomorrow";
}

TEST(Destination, TcpReachesNoGroup) {
  auto json = with("host", "239.192.0.4");
  EXPECT_TRUE(destination_from_json(json)) << "IEC 61162-450 by udp";
  json.set("kind", "tcp_client");
  EXPECT_FALSE(destination_from_json(json));
}

TEST(Destination, TellsHowFarItReaches) {
  EXPECT_EQ(reach_of("127.0.0.1"), Reach::kLoopback);
  EXPECT_EQ(reach_of("::1"), Reach::kLoopback);
  EXPECT_EQ(reach_of("192.168.3.4"), Reach::kPrivate);
  EXPECT_EQ(reach_of("172.32.0.1"), Reach::kPublic);
  EXPECT_EQ(reach_of("fd00::7"), Reach::kPrivate);
  EXPECT_EQ(reach_of("239.192.0.4"), Reach::kMulticast);
  EXPECT_EQ(reach_of("203.0.113.7"), Reach::kPublic);
  EXPECT_EQ(reach_of("2001:db8::1"), Reach::kPublic);
  EXPECT_EQ(reach_of("sea.example"), Reach::kName);
}

}  // namespace
}  // namespace jinglue::output
