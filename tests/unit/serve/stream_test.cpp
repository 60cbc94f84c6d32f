// SPDX-License-Identifier: Apache-2.0
// The stream over real sockets, read by the second reader (tests/support/stream_client.hpp), which
// checks the sequence of every frame.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "unit/serve/web_client.hpp"
#include "unit/serve/world.hpp"

namespace jinglue::serve {
namespace {

using base::Json;
using std::chrono::milliseconds;
using test::FrameKind;
using test::kNow;
using test::StreamClient;
using test::StreamFrame;

constexpr milliseconds kPatience{8000};

/// What a browser would have after reading the frames so far.
struct Browser {
  Browser(test::World& world, const std::string& user)
      : http(world.client(user)), stream(world.server->port(), http->cookie) {}

  void subscribe(const std::string& message) { stream.send_text(message); }
  /// Takes in frames until `done` says so; false when the patience ends before.
  bool read_until(const std::function<bool(const StreamFrame&)>& done,
                  milliseconds patience = kPatience) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < end) {
      const auto frame = stream.next(milliseconds(200));
      if (!stream.error().empty()) ADD_FAILURE() << stream.error();
      if (!frame) {
        if (stream.closed()) return false;
        continue;
      }
      take(*frame);
      if (done(*frame)) return true;
    }
    return false;
  }
  bool read_until_ready() {
    return read_until([](const auto& frame) { return frame.kind == FrameKind::kReady; });
  }
  /// Reads on for a while, for what must not come.
  void read_for(milliseconds time) {
    read_until([](const auto&) { return false; }, time);
  }

  void take(const StreamFrame& frame) {
    ++frames[frame.kind];
    cursor = frame.cursor;
    if (frame.kind == FrameKind::kResync) {
      vessels.clear();
    } else if (frame.kind == FrameKind::kVessels) {
      for (const auto& vessel : stream.vessels(frame)) vessels[vessel.handle] = vessel;
    } else if (frame.kind == FrameKind::kRemovals) {
      base::ByteReader in(frame.records);
      for (int i = 0; i < frame.count; ++i) {
        const auto handle = in.get<std::uint32_t>();
        removals[handle] = in.get<std::uint8_t>();
        in.get_raw(3);
        vessels.erase(handle);
      }
    } else if (frame.kind == FrameKind::kSteps) {
      for (const auto& step : stream.steps(frame)) steps.push_back(step);
    } else if (frame.kind == FrameKind::kRecords) {
      base::ByteReader in(frame.records);
      for (int i = 0; i < frame.count; ++i) {
        const auto resource = stream.text(in.get<std::uint32_t>());
        const auto id = stream.text(in.get<std::uint32_t>());
        in.get<std::int64_t>();
        const auto actor = stream.text(in.get<std::uint32_t>());
        const auto parent = stream.text(in.get<std::uint32_t>());
        records.push_back({resource, id, actor, parent});
      }
    } else if (frame.kind == FrameKind::kCounters) {
      base::ByteReader in(frame.records);
      for (int i = 0; i < frame.count; ++i) {
        const auto name = stream.text(in.get<std::uint32_t>());
        in.get<std::uint32_t>();
        counters[name] = in.get<std::int64_t>();
      }
    } else if (frame.kind == FrameKind::kClock) {
      clock = frame.records;
    }
  }
  std::set<std::string> names() const {
    std::set<std::string> out;
    for (const auto& [_, vessel] : vessels) out.insert(vessel.name);
    return out;
  }

  std::unique_ptr<test::HttpClient> http;
  StreamClient stream;
  std::map<FrameKind, int> frames;
  std::map<std::uint32_t, test::StreamVessel> vessels;
  std::map<std::uint32_t, int> removals;
  std::vector<test::StreamStep> steps;
  std::vector<std::array<std::string, 4>> records;
  std::map<std::string, std::int64_t> counters;
  std::string clock;
  std::uint64_t cursor{0};
};

const std::string kAll =
    R"({"type":"subscribe","topics":["vessels","findings","counters","records","clock"]})";

class StreamTest : public testing::Test {
 protected:
  StreamTest() : StreamTest(Settings{}) {}
  explicit StreamTest(Settings settings) : world(std::move(settings)) {
    m_rongcheng = world.add_vessel("演练渔0001", "鲁荣渔50001", "rongcheng", 412300001);
    m_rushan = world.add_vessel("演练渔0002", "鲁乳渔60002", "rushan", 412300002);
    world.add_fix(world.fix(412300001, 37.0, 122.5, kNow - std::chrono::seconds(10)));
    world.add_fix(world.fix(412300002, 36.8, 121.6, kNow - std::chrono::minutes(50)));
    world.add_fix(world.fix(413000001, 37.5, 123.0, kNow, 1200));
    world.publish();
  }
  const std::string& rongcheng() const { return m_rongcheng; }
  const std::string& rushan() const { return m_rushan; }
  test::World world;

 private:
  std::string m_rongcheng, m_rushan;
};

TEST_F(StreamTest, needs_a_session_and_the_own_origin) {
  EXPECT_EQ(StreamClient(world.server->port(), "").status(), 401);
  EXPECT_EQ(StreamClient(world.server->port(), "jinglue_session=nonsense").status(), 401);
  const auto client = world.client("duty");
  EXPECT_EQ(StreamClient(world.server->port(), client->cookie, "http://evil.example").status(),
            403);
  EXPECT_EQ(StreamClient(world.server->port(), client->cookie).status(), 101);
  // Without any Origin: not a browser, refused all the same.
  test::WebSocketClient bare(world.server->port(), "/api/v1/stream", {{"Cookie", client->cookie}});
  EXPECT_EQ(bare.reply().status, 403);
}

TEST_F(StreamTest, a_subscription_gets_the_whole_picture_and_then_changes_only) {
  Browser browser(world, "duty");
  browser.subscribe(kAll);
  ASSERT_TRUE(browser.read_until_ready());
  ASSERT_EQ(browser.vessels.size(), 3u);
  const auto& vessel =
      std::find_if(browser.vessels.begin(), browser.vessels.end(), [](const auto& one) {
        return one.second.name == "演练渔0001";
      })->second;
  EXPECT_EQ(vessel.track, "mmsi:412300001");
  EXPECT_EQ(vessel.record, rongcheng());
  EXPECT_EQ(vessel.home, "rongcheng");
  EXPECT_EQ(vessel.lat, 37 * 6'000'000);
  EXPECT_EQ(vessel.time_ms, (kNow - std::chrono::seconds(10)).ms);
  EXPECT_EQ(vessel.sog, 350);
  EXPECT_EQ(vessel.heading, 65535);
  EXPECT_EQ(vessel.kind, 1);
  EXPECT_EQ(vessel.flags & 8, 8);  // claimed

  const int before = browser.frames[FrameKind::kVessels];
  world.add_fix(world.fix(412300001, 37.01, 122.5, kNow));
  world.publish();
  std::size_t changed = 0;
  ASSERT_TRUE(browser.read_until([&](const auto& frame) {
    if (frame.kind == FrameKind::kVessels) changed += frame.count;
    return frame.kind == FrameKind::kVessels;
  }));
  EXPECT_EQ(changed, 1u);
  EXPECT_EQ(browser.vessels[vessel.handle].time_ms, kNow.ms);
  browser.read_for(milliseconds(400));
  EXPECT_EQ(browser.frames[FrameKind::kVessels], before + 1);
  EXPECT_TRUE(browser.stream.error().empty());
}

TEST_F(StreamTest, clock_and_counters_come_each_second) {
  Browser browser(world, "duty");
  browser.subscribe(kAll);
  ASSERT_TRUE(browser.read_until([&](const auto&) { return !browser.counters.empty(); }));
  EXPECT_EQ(browser.counters["at_sea"], 2);
  ASSERT_EQ(browser.clock.size(), 24u);
  base::ByteReader in(browser.clock);
  EXPECT_EQ(in.get<std::int64_t>(), kNow.ms);
  EXPECT_EQ(in.get<std::uint8_t>(), 2);  // feed
  EXPECT_EQ(in.get<std::uint8_t>(), 1);  // drill
  EXPECT_EQ(in.get<std::uint16_t>(), 200);
  world.drill_paused = true;
  ASSERT_TRUE(browser.read_until(
      [&](const auto&) { return browser.clock.size() == 24 && browser.clock[12] == 2; }));
}

TEST_F(StreamTest, a_new_viewport_sends_what_entered_and_removes_what_left) {
  Browser browser(world, "duty");
  browser.subscribe(R"({"type":"subscribe","topics":["vessels"],"bbox":[122,36.9,122.9,37.2]})");
  ASSERT_TRUE(browser.read_until_ready());
  EXPECT_EQ(browser.names(), std::set<std::string>{"演练渔0001"});
  const auto first = browser.vessels.begin()->first;
  browser.subscribe(R"({"type":"subscribe","topics":["vessels"],"bbox":[121,36.5,122,37]})");
  ASSERT_TRUE(browser.read_until_ready());
  EXPECT_EQ(browser.names(), std::set<std::string>{"演练渔0002"});
  EXPECT_EQ(browser.removals[first], 1);
  // Sailing out of the viewport.
  const auto second = browser.vessels.begin()->first;
  world.add_fix(world.fix(412300002, 38.0, 121.6, kNow));
  world.publish();
  ASSERT_TRUE(browser.read_until([&](const auto&) { return browser.vessels.empty(); }));
  EXPECT_EQ(browser.removals[second], 1);
}

TEST_F(StreamTest, filters_take_kinds_and_ages) {
  Browser browser(world, "duty");
  browser.subscribe(R"({"type":"subscribe","topics":["vessels"],"filters":{"kinds":["fishing"]}})");
  ASSERT_TRUE(browser.read_until_ready());
  EXPECT_EQ(browser.names(), (std::set<std::string>{"演练渔0001", "演练渔0002"}));
  browser.subscribe(R"({"type":"subscribe","topics":["vessels"],)"
                    R"("filters":{"kinds":["fishing"],"max_age_s":3600}})");
  ASSERT_TRUE(browser.read_until_ready());
  EXPECT_EQ(browser.vessels.size(), 2u);
  // Nothing is received, but time goes on: what is too old leaves.
  world.set_now(kNow + std::chrono::minutes(20));
  world.publish();
  ASSERT_TRUE(browser.read_until([&](const auto&) { return browser.vessels.size() == 1; }));
  EXPECT_EQ(browser.names(), std::set<std::string>{"演练渔0001"});
}

TEST_F(StreamTest, finding_steps_are_pushed_at_once) {
  Browser browser(world, "duty");
  browser.subscribe(kAll);
  ASSERT_TRUE(browser.read_until_ready());
  const auto step = world.step(0xF00D, rongcheng(), "rongcheng");
  world.add_steps({step});
  ASSERT_TRUE(browser.read_until([](const auto& f) { return f.kind == FrameKind::kSteps; }));
  ASSERT_EQ(browser.steps.size(), 1u);
  const auto& got = browser.steps[0];
  EXPECT_EQ(got.finding, 0xF00Du);
  EXPECT_EQ(got.rule, step.rule_id);
  EXPECT_EQ(got.title_zh, "疑似休渔期离港");
  EXPECT_EQ(got.severity, 3);
  EXPECT_EQ(got.subject, rongcheng());
  EXPECT_EQ(got.begin_ms, step.begin.ms);
  EXPECT_EQ(got.end_ms, 0);
  EXPECT_NE(got.handle, 4294967295u);
  EXPECT_EQ(browser.cursor, step.offset);
}

TEST_F(StreamTest, a_browser_that_comes_back_gets_the_steps_that_it_missed_once) {
  std::uint64_t since = 0;
  {
    Browser browser(world, "duty");
    browser.subscribe(kAll);
    ASSERT_TRUE(browser.read_until_ready());
    world.add_steps({world.step(1, rongcheng(), "rongcheng")});
    ASSERT_TRUE(browser.read_until([](const auto& f) { return f.kind == FrameKind::kSteps; }));
    since = browser.cursor;
  }
  // More than one page of history, several steps of one offset among them.
  std::vector<model::FindingStep> missed;
  for (std::uint64_t i = 2; i < 1300; ++i) {
    missed.push_back(world.step(i, rongcheng(), "rongcheng"));
    if (i % 3 == 0) missed.back().offset = missed[missed.size() - 2].offset;
  }
  world.add_steps(missed);
  Browser browser(world, "duty");
  browser.subscribe(R"({"type":"subscribe","topics":["findings"],"since":)" +
                    std::to_string(since) + "}");
  ASSERT_TRUE(browser.read_until_ready());
  std::set<std::uint64_t> ids;
  for (const auto& step : browser.steps) EXPECT_TRUE(ids.insert(step.finding).second);
  EXPECT_EQ(ids.size(), missed.size());
  EXPECT_FALSE(ids.contains(1));
  // And goes on with new ones.
  world.add_steps({world.step(5000, rongcheng(), "rongcheng")});
  ASSERT_TRUE(
      browser.read_until([&](const auto&) { return browser.steps.back().finding == 5000; }));
}

/// Also from cursor 0, where a new data folder stands until its first finding.
TEST_F(StreamTest, a_round_that_fails_closes_the_streams_and_loses_no_step) {
  Browser first(world, "duty");
  first.subscribe(kAll);
  ASSERT_TRUE(first.read_until_ready());
  const auto since = first.cursor;
  world.live_fails = true;
  world.add_steps({world.step(1, rongcheng(), "rongcheng")});
  EXPECT_FALSE(first.read_until([](const auto& f) { return f.kind == FrameKind::kSteps; }));
  EXPECT_TRUE(first.stream.closed());
  world.live_fails = false;
  Browser again(world, "duty");
  again.subscribe(R"({"type":"subscribe","topics":["findings"],"since":)" + std::to_string(since) +
                  "}");
  ASSERT_TRUE(again.read_until_ready());
  ASSERT_EQ(again.steps.size(), 1u);
  EXPECT_EQ(again.steps.front().finding, 1u);
}

TEST_F(StreamTest, without_a_cursor_no_history_is_sent) {
  world.add_steps({world.step(1, rongcheng(), "rongcheng")});
  Browser browser(world, "duty");
  browser.subscribe(kAll);
  ASSERT_TRUE(browser.read_until_ready());
  EXPECT_TRUE(browser.steps.empty());
}

TEST_F(StreamTest, a_cursor_of_another_data_folder_is_survived) {
  Browser browser(world, "duty");
  browser.subscribe(R"({"type":"subscribe","topics":["findings"],"since":999999999})");
  ASSERT_TRUE(browser.read_until_ready());
  EXPECT_LT(browser.cursor, 999999999u);
  world.add_steps({world.step(7, rongcheng(), "rongcheng")});
  ASSERT_TRUE(browser.read_until([](const auto& f) { return f.kind == FrameKind::kSteps; }));
}

TEST_F(StreamTest, a_clerk_gets_only_rows_of_the_own_district) {
  Browser browser(world, "clerk");
  browser.subscribe(kAll);
  ASSERT_TRUE(browser.read_until_ready());
  EXPECT_EQ(browser.vessels.size(), 2u);
  EXPECT_FALSE(browser.names().contains("演练渔0002"));
  world.add_steps({world.step(1, rushan(), "rushan"), world.step(2, rongcheng(), "rongcheng"),
                   world.step(3, "mmsi:413000001", "")});
  ASSERT_TRUE(browser.read_until([](const auto& f) { return f.kind == FrameKind::kSteps; }));
  world.add_vessel("演练渔0003", "鲁乳渔60003", "rushan", 412300003);
  world.add_vessel("演练渔0004", "鲁荣渔50004", "rongcheng", 412300004);
  world.add_fix(world.fix(412300002, 37.0, 122.6, kNow));
  world.publish();
  browser.read_for(milliseconds(600));
  ASSERT_EQ(browser.steps.size(), 1u);
  EXPECT_EQ(browser.steps[0].finding, 2u);
  EXPECT_EQ(browser.records.size(), 1u);
  EXPECT_FALSE(browser.names().contains("演练渔0002"));
}

TEST_F(StreamTest, what_people_change_is_told_to_everyone) {
  Browser browser(world, "leader");
  browser.subscribe(kAll);
  ASSERT_TRUE(browser.read_until_ready());
  world.add_steps({world.step(0xAB, rongcheng(), "rongcheng")});
  const auto duty = world.client("duty");
  const auto reply = duty->write("POST", "/api/v1/findings/" + base::to_hex(0xABu) + "/reviews",
                                 Json::object({{"kind", "acknowledge"}, {"seen_step", 0}}), "a");
  ASSERT_EQ(reply.status, 201) << reply.body;
  ASSERT_TRUE(browser.read_until([&](const auto&) { return !browser.records.empty(); }));
  EXPECT_EQ(browser.records[0][0], "reviews");
  EXPECT_EQ(browser.records[0][1], reply.json()["review"]["id"].as_string());
  EXPECT_EQ(browser.records[0][2], "duty");
  EXPECT_EQ(browser.records[0][3], base::to_hex(0xABu));
  const auto id = world.add_vessel("演练渔0009", "鲁荣渔50009", "rongcheng", 412300009);
  ASSERT_TRUE(browser.read_until([&](const auto&) { return browser.records.size() == 2; }));
  EXPECT_EQ(browser.records[1][0], "vessel");
  EXPECT_EQ(browser.records[1][1], id);
  world.server->publish_rules("abc");
  ASSERT_TRUE(browser.read_until([&](const auto&) { return browser.records.size() == 3; }));
  EXPECT_EQ(browser.records[2][0], "rules");
}

TEST_F(StreamTest, a_comment_and_a_watcher_are_told_to_those_who_may_see_the_record) {
  const auto own = world.add_vessel("演练渔0011", "鲁荣渔50011", "rongcheng", 412300011);
  const auto other = world.add_vessel("演练渔0012", "鲁乳渔50012", "rushan", 412300012);
  Browser clerk(world, "clerk");
  clerk.subscribe(kAll);
  ASSERT_TRUE(clerk.read_until_ready());
  const auto leader = world.client("leader");
  const auto say = [&](const std::string& id) {
    const auto reply = leader->write("POST", "/api/v1/registers/vessel/records/" + id + "/comments",
                                     Json::object({{"text", "已电话核实"}}), "say-" + id);
    EXPECT_EQ(reply.status, 201) << reply.body;
  };
  say(other);  // of another district: not told
  say(own);
  ASSERT_TRUE(clerk.read_until([&](const auto&) { return !clerk.records.empty(); }));
  const std::array<std::string, 4> told{"comments", own, "leader", "vessel"};
  EXPECT_EQ(clerk.records[0], told);
  const auto watch = leader->write("PUT", "/api/v1/registers/vessel/records/" + own + "/watch",
                                   Json::object({{"watch", false}}), "");
  ASSERT_EQ(watch.status, 200) << watch.body;
  ASSERT_TRUE(clerk.read_until([&](const auto&) { return clerk.records.size() == 2; }));
  EXPECT_EQ(clerk.records[1][0], "comments");
}

TEST_F(StreamTest, a_merged_terminal_leaves_with_its_reason) {
  Browser browser(world, "duty");
  world.add_fix(world.fix(412300077, 37.2, 122.6, kNow));
  world.publish();
  browser.subscribe(kAll);
  ASSERT_TRUE(browser.read_until_ready());
  ASSERT_EQ(browser.vessels.size(), 4u);
  const Json terminals = Json::array({Json::object({{"terminal", "mmsi:412300001"}}),
                                      Json::object({{"terminal", "mmsi:412300077"}})});
  registry::Write write;
  write.actor = access::Actor::system();
  write.now = kNow;
  const auto record = world.registry.find("vessel", rongcheng());
  ASSERT_TRUE(world.registry.patch("vessel", rongcheng(), record->revision,
                                   Json::object({{"terminals", terminals}}), write));
  world.take_changes();
  world.publish();
  ASSERT_TRUE(browser.read_until([&](const auto&) { return browser.vessels.size() == 3; }));
  EXPECT_EQ(browser.removals.begin()->second, 4);
}

TEST_F(StreamTest, malformed_messages_end_the_stream_with_a_reason) {
  for (const std::string& text : {
           std::string("nonsense"),
           std::string(R"({"type":"dance"})"),
           std::string(R"({"type":"subscribe","topics":["gossip"]})"),
           std::string(R"({"type":"subscribe"})"),
           std::string(R"({"type":"subscribe","topics":[],"bbox":[1,2,3]})"),
           std::string(R"({"type":"subscribe","topics":[],"bbox":[3,2,1,4]})"),
           std::string(R"({"type":"subscribe","topics":[],"filters":{"kinds":["boat"]}})"),
           std::string(R"({"type":"subscribe","topics":[],"filters":{"colour":"red"}})"),
           std::string(R"({"type":"subscribe","topics":[],"since":-1})"),
       }) {
    Browser browser(world, "duty");
    browser.subscribe(text);
    EXPECT_FALSE(browser.read_until_ready()) << text;
    EXPECT_EQ(browser.stream.close_code(), 4000) << text;
  }
  Browser browser(world, "duty");
  browser.subscribe(R"({"type":"pong","sequence":0})");
  browser.subscribe(kAll);
  EXPECT_TRUE(browser.read_until_ready());
}

TEST_F(StreamTest, other_rights_end_the_stream_so_that_it_is_opened_anew) {
  Browser clerk(world, "clerk");
  clerk.subscribe(kAll);
  ASSERT_TRUE(clerk.read_until_ready());
  const auto admin = world.client("admin");
  EXPECT_EQ(
      admin->write("PATCH", "/api/v1/users/clerk", Json::object({{"district", "rushan"}}), "x")
          .status,
      200);
  EXPECT_FALSE(clerk.read_until([](const auto&) { return false; }));
  EXPECT_EQ(clerk.stream.close_code(), 4003);
  EXPECT_EQ(clerk.http->get("/api/v1/session").status, 200) << "the session itself goes on";
}

TEST_F(StreamTest, signing_out_and_being_disabled_end_the_stream) {
  Browser duty(world, "duty");
  duty.subscribe(kAll);
  ASSERT_TRUE(duty.read_until_ready());
  EXPECT_EQ(duty.http->send("DELETE", "/api/v1/session").status, 204);
  EXPECT_FALSE(duty.read_until([](const auto&) { return false; }));
  EXPECT_EQ(duty.stream.close_code(), 4001);

  Browser leader(world, "leader");
  leader.subscribe(kAll);
  ASSERT_TRUE(leader.read_until_ready());
  const auto admin = world.client("admin");
  EXPECT_EQ(
      admin->write("PATCH", "/api/v1/users/leader", Json::object({{"disabled", true}}), "x").status,
      200);
  EXPECT_FALSE(leader.read_until([](const auto&) { return false; }));
  EXPECT_EQ(leader.stream.close_code(), 4001);
}

TEST_F(StreamTest, stopping_the_server_says_goodbye) {
  Browser browser(world, "duty");
  browser.subscribe(kAll);
  ASSERT_TRUE(browser.read_until_ready());
  std::thread stopping([&] { world.server->stop(); });
  EXPECT_FALSE(browser.read_until([](const auto&) { return false; }, milliseconds(3000)));
  stopping.join();
  EXPECT_EQ(browser.stream.close_code(), 1001);
}

class SmallStreamTest : public StreamTest {
 protected:
  static Settings small() {
    Settings out;
    out.max_stream_queue = 512u << 10;
    out.max_streams = 2;
    return out;
  }
  SmallStreamTest() : StreamTest(small()) {}
};

TEST_F(SmallStreamTest, a_browser_that_does_not_read_is_told_to_resync_and_then_has_everything) {
  for (std::uint64_t i = 0; i < 2000; ++i) {
    world.add_fix(world.fix(413100000 + i, 36.0 + double(i) * 0.001, 122.0, kNow));
  }
  world.publish();
  Browser browser(world, "duty");
  browser.subscribe(kAll);
  ASSERT_TRUE(browser.read_until_ready());
  // Now it stops reading while every vessel moves again and again, until the server gives up.
  const auto lagging = [&] {
    return world.server->counters()["stream_clients_lagging"].as_int() == 1;
  };
  for (int round = 0; round < 300 && !lagging(); ++round) {
    for (std::uint64_t i = 0; i < 2000; ++i) {
      world.add_fix(world.fix(413100000 + i, 36.0 + double(i) * 0.001 + round * 1e-5, 122.0,
                              kNow + std::chrono::seconds(round + 1)));
    }
    world.publish();
    std::this_thread::sleep_for(milliseconds(110));
  }
  ASSERT_TRUE(lagging());
  world.add_steps({world.step(0x51, rongcheng(), "rongcheng")});
  const auto last = kNow + std::chrono::seconds(1000);
  for (std::uint64_t i = 0; i < 2000; ++i) {
    world.add_fix(world.fix(413100000 + i, 36.0 + double(i) * 0.001, 122.5, last));
  }
  world.publish();
  // It reads again: resync, then the whole picture as it is now, and the step it missed.
  int fresh = 0;
  EXPECT_TRUE(browser.read_until([&](const auto& frame) {
    if (frame.kind != FrameKind::kReady) return false;
    fresh = 0;
    for (const auto& [_, vessel] : browser.vessels) fresh += vessel.time_ms == last.ms ? 1 : 0;
    return fresh == 2000;
  }));
  EXPECT_EQ(fresh, 2000);
  EXPECT_GE(browser.frames[FrameKind::kResync], 1);
  EXPECT_EQ(browser.vessels.size(), 2003u);
  ASSERT_EQ(browser.steps.size(), 1u);
  EXPECT_EQ(browser.steps[0].finding, 0x51u);
  EXPECT_TRUE(browser.stream.error().empty());  // no gap in the sequence either
}

TEST_F(SmallStreamTest, streams_over_the_limit_are_refused) {
  Browser one(world, "duty"), two(world, "duty");
  EXPECT_EQ(two.stream.status(), 101);
  EXPECT_EQ(Browser(world, "duty").stream.status(), 503);
}

}  // namespace
}  // namespace jinglue::serve
