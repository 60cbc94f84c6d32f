// SPDX-License-Identifier: Apache-2.0
// The real program: nothing leaves before an administrator has approved it, and what then leaves is
// what came in.
#include <gtest/gtest.h>

#include <fstream>

#include "support/station.hpp"
#include "unit/output/receivers.hpp"

namespace jinglue::app {
namespace {

using base::Json;

class OutputsStation : public ::testing::Test {
 protected:
  void SetUp() override {
    station.add_user("anne", "administrator");
    station.add_user("bo", "administrator");
    station.add_user("leader", "duty_leader");
    start();
  }
  void start() {
    station.start();
    ASSERT_TRUE(station.wait_ready()) << station.output();
    anne = sign_in("anne");
    bo = sign_in("bo");
    feed = std::make_unique<test::TcpFeed>(station.tcp_port);
    ASSERT_TRUE(feed->connected());
  }
  void stop() {
    feed.reset();
    EXPECT_EQ(station.process->kill(SIGTERM), 0) << station.output();
  }
  std::unique_ptr<test::HttpClient> sign_in(const std::string& name) {
    auto out = std::make_unique<test::HttpClient>(station.http_port);
    EXPECT_TRUE(out->sign_in(name, test::kPassword));
    return out;
  }
  static Json proposal(const std::string& name, std::uint16_t port, const char* kind = "udp") {
    return Json::object({{"name", name},
                         {"recipient", "省厅"},
                         {"purpose", "联合执法"},
                         {"kind", kind},
                         {"host", "127.0.0.1"},
                         {"port", std::int64_t{port}}});
  }
  Json propose(const Json& json) {
    const auto reply = anne->write("POST", "/api/v1/outputs", json, "");
    EXPECT_EQ(reply.status, 201) << reply.body;
    return reply.json();
  }
  test::HttpReply decide(test::HttpClient& who, const Json& output, const char* act,
                         std::chrono::milliseconds valid = std::chrono::hours(1)) {
    return who.write("POST", "/api/v1/outputs/" + output["name"].as_string() + "/decisions",
                     Json::object({{"act", act},
                                   {"revision", output["revision"]},
                                   {"reason", "公函〔2026〕5号"},
                                   {"until", base::to_iso(base::wall_now() + valid)}}),
                     "");
  }
  Json approved(const Json& json) {
    const auto reply = decide(*bo, propose(json), "approve");
    EXPECT_EQ(reply.status, 200) << reply.body;
    return reply.json();
  }
  Json output(const std::string& name) {
    const auto list = anne->get("/api/v1/outputs").json();
    for (const auto& one : list["items"].items()) {
      if (one["name"].as_string() == name) return one;
    }
    return {};
  }
  bool connected(const std::string& name) {
    return test::eventually([&] {
      const auto state = output(name)["connection"]["state"].as_string();
      return state == "connected" || state == "listening";
    });
  }

  test::TestStation station;
  std::unique_ptr<test::HttpClient> anne, bo;
  std::unique_ptr<test::TcpFeed> feed;
};

TEST_F(OutputsStation, NothingLeavesBeforeApprovalAfterSuspensionOrAfterItsEnd) {
  const test::UdpReceiver receiver;
  auto draft = propose(proposal("province", receiver.port()));
  ASSERT_TRUE(feed->send(test::position_line(412000001, 37.1, 122.6, 5)));
  EXPECT_TRUE(receiver.silent()) << "a proposal is no approval";
  EXPECT_EQ(decide(*anne, draft, "approve").status, 403) << "who proposed it does not approve it";
  const auto leader = sign_in("leader");
  EXPECT_EQ(decide(*leader, draft, "approve").status, 403);
  EXPECT_EQ(leader->write("POST", "/api/v1/outputs", proposal("own", 9), "").status, 403);
  EXPECT_EQ(leader->get("/api/v1/outputs").status, 200) << "the watch may see what leaves";

  auto now = decide(*bo, draft, "approve").json();
  ASSERT_TRUE(connected("province"));
  const auto line = test::position_line(412000002, 37.2, 122.6, 5);
  ASSERT_TRUE(feed->send(line));
  EXPECT_EQ(receiver.next(), line);

  now = decide(*anne, now, "suspend").json();
  EXPECT_EQ(now["state"].as_string(), "suspended");
  ASSERT_TRUE(feed->send(test::position_line(412000003, 37.3, 122.6, 5)));
  EXPECT_TRUE(receiver.silent());

  now = decide(*bo, now, "approve", std::chrono::seconds(2)).json();
  ASSERT_TRUE(
      test::eventually([&] { return output("province")["state"].as_string() == "expired"; }));
  ASSERT_TRUE(feed->send(test::position_line(412000004, 37.4, 122.6, 5)));
  EXPECT_TRUE(receiver.silent());

  std::vector<std::string> acts;
  const auto audit = anne->get("/api/v1/audit?limit=50").json();
  for (const auto& one : audit["items"].items()) {
    if (one["action"].as_string().starts_with("output.")) {
      acts.insert(acts.begin(), one["action"].as_string() + " " + one["actor"].as_string());
    }
  }
  EXPECT_EQ(acts, (std::vector<std::string>{"output.propose anne", "output.approve bo",
                                            "output.suspend anne", "output.approve bo",
                                            "output.expire system"}));
}

TEST_F(OutputsStation, SeveralReceiversGetWhatCameInAndNdjsonIsThatOfDecode) {
  const test::UdpReceiver raw, json;
  const auto tcp_port = test::unused_port();
  approved(proposal("raw", raw.port()));
  auto objects = proposal("objects", json.port());
  objects.set("format", "ndjson");
  approved(objects);
  approved(proposal("server", tcp_port, "tcp_server"));
  for (const auto* name : {"raw", "objects", "server"}) ASSERT_TRUE(connected(name));
  const auto client = test::connected(SOCK_STREAM, tcp_port);
  ASSERT_TRUE(
      test::eventually([&] { return output("server")["connection"]["clients"].as_int() == 1; }));

  std::string log;
  for (int i = 0; i < 40; ++i) {
    const auto at = base::wall_now() + base::Duration(i);
    log += test::position_line(412000001 + std::uint32_t(i), 37 + i * 0.01, 122.6, 5, at);
    for (const auto& part :
         test::static_data(412000001 + std::uint32_t(i), "LU RONG YU", std::uint8_t(i % 10))) {
      log += part + "\r\n";
    }
  }
  ASSERT_TRUE(feed->send(log));
  EXPECT_EQ(raw.bytes(log.size()), log);
  EXPECT_EQ(test::read_bytes(client, log.size()), log);

  const auto file = station.folder() / "log.nmea";
  test::TestStation::write(file, log);
  ASSERT_EQ(station.verb({"decode", file.string(), "--share", station.share.string()}), 0);
  const auto begin = station.verb_output.find('{');
  ASSERT_NE(begin, std::string::npos) << station.verb_output;
  const auto expected = station.verb_output.substr(begin);
  EXPECT_EQ(json.bytes(expected.size()), expected);

  const auto counts = output("raw")["counts"];
  EXPECT_EQ(counts["sent"].as_int(), 80);
  EXPECT_EQ(counts["seen"].as_int(), 80);
  const auto metrics = anne->get("/metrics").body;
  EXPECT_NE(metrics.find("jinglue_output_sent_total{output=\"raw\"} 80\n"), std::string::npos);
  EXPECT_NE(metrics.find("jinglue_output_connected{output=\"raw\"} 1\n"), std::string::npos);
}

TEST_F(OutputsStation, ARestartKeepsTheApprovalAndTheCountsAndSendsNothingAgain) {
  const test::UdpReceiver receiver;
  approved(proposal("province", receiver.port()));
  ASSERT_TRUE(connected("province"));
  const auto line = test::position_line(412000001, 37.1, 122.6, 5);
  ASSERT_TRUE(feed->send(line));
  EXPECT_EQ(receiver.next(), line);
  stop();
  start();
  ASSERT_TRUE(connected("province"));
  EXPECT_TRUE(receiver.silent()) << "what was received before is not sent again";
  EXPECT_EQ(output("province")["counts"]["sent"].as_int(), 1);
  const auto next = test::position_line(412000002, 37.1, 122.6, 5);
  ASSERT_TRUE(feed->send(next));
  EXPECT_EQ(receiver.next(), next);
  stop();
  station.verb({"status", "--data", station.data.string()});
  EXPECT_NE(station.verb_output.find("province"), std::string::npos) << station.verb_output;
}

TEST_F(OutputsStation, AreasOfTheRulesAndHiddenSendersHold) {
  const test::UdpReceiver receiver;
  auto inside = proposal("inside", receiver.port());
  inside.set("filter", Json::object({{"zone", "nowhere"}}));
  EXPECT_EQ(anne->write("POST", "/api/v1/outputs", inside, "").status, 422);
  inside.set("filter", Json::object({{"zone", "box"}}));
  approved(inside);
  ASSERT_TRUE(connected("inside"));
  auto hidden = anne->get("/api/v1/hidden_senders").json();
  hidden.set("senders", Json::array({Json::object({{"mmsi", 412000002}})}));
  hidden.set("reason", "公务船不对外");
  ASSERT_EQ(anne->write("PUT", "/api/v1/hidden_senders", hidden, "").status, 200);
  const auto line = test::position_line(412000001, 37.2, 122.6, 5);
  ASSERT_TRUE(feed->send(test::position_line(412000002, 37.2, 122.6, 5) +
                         test::position_line(412000003, 36.2, 122.6, 5) + line));
  EXPECT_EQ(receiver.next(), line);
  EXPECT_TRUE(receiver.silent(100));
  const auto filtered = output("inside")["counts"]["filtered"];
  EXPECT_EQ(filtered["hidden"].as_int(), 1);
  EXPECT_EQ(filtered["area"].as_int(), 1);
}

}  // namespace
}  // namespace jinglue::app
