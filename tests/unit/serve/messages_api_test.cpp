// SPDX-License-Identifier: Apache-2.0
// /messages: what stations said, for those who may see the sender.
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "unit/serve/with_world.hpp"

namespace jinglue::serve {
namespace {

using base::Json;
using std::chrono::minutes;
using test::kNow;

constexpr std::uint64_t kRongcheng = 412300001, kRushan = 412300002;

model::TerminalId mmsi(std::uint64_t number) {
  return model::TerminalId::make(model::TerminalKind::kMmsi, number);
}

class MessagesApi : public test::WithWorld {
 protected:
  static void SetUpTestSuite() {
    test::WithWorld::SetUpTestSuite();
    auto& w = world();
    w.add_vessel("演练渔0001", "鲁荣渔50001", "rongcheng", kRongcheng);
    w.add_vessel("演练渔0002", "鲁乳渔60002", "rushan", kRushan);
    w.add_fix(w.fix(kRongcheng, 37.0, 122.5, kNow - minutes(5)));
    w.add_fix(w.fix(kRushan, 36.8, 121.6, kNow - minutes(5)));
    w.publish();
    say(model::MessageKind::kSafety, kRushan, 1, "HELP");
    say(model::MessageKind::kSafety, kRongcheng, 2, "PAN PAN");
    auto weather = made(model::MessageKind::kApplication, 4121000, 3, "");
    weather.type = 8;
    weather.dac = 1;
    weather.fi = 31;
    weather.octets = std::string("\x20\x01", 2);
    weather.bits = 16;
    w.messages.append(weather);
    auto to_rongcheng = made(model::MessageKind::kSafety, kRushan, 4, "COME IN");
    to_rongcheng.to = mmsi(kRongcheng);
    w.messages.append(to_rongcheng);
    w.messages.advance(4, true);
    for (int i = 0; i < 500 && w.messages.applied_offset() < 4; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    duty = w.client("duty");
    clerk = w.client("clerk");
  }
  static void TearDownTestSuite() {
    duty.reset();
    clerk.reset();
    test::WithWorld::TearDownTestSuite();
  }
  static model::VesselMessage made(model::MessageKind kind, std::uint64_t from, int number,
                                   const std::string& text) {
    model::VesselMessage out;
    out.kind = kind;
    out.from = mmsi(from);
    out.time = out.arrival = kNow - minutes(10 - number);
    out.offset = std::uint64_t(number);
    out.text = text;
    return out;
  }
  static void say(model::MessageKind kind, std::uint64_t from, int number,
                  const std::string& text) {
    world().messages.append(made(kind, from, number, text));
  }
  static std::vector<std::string> texts(const Json& page) {
    std::vector<std::string> out;
    for (const auto& item : page["items"].items()) out.push_back(item["text"].as_string());
    return out;
  }
  static inline std::unique_ptr<test::HttpClient> duty, clerk;
};

TEST_F(MessagesApi, the_whole_authority_reads_all_newest_first) {
  const auto reply = duty->get("/api/v1/messages");
  ASSERT_EQ(reply.status, 200) << reply.body;
  const auto page = reply.json();
  EXPECT_EQ(texts(page), (std::vector<std::string>{"COME IN", "", "PAN PAN", "HELP"}));
  const auto& first = page["items"].items()[0];
  EXPECT_EQ(first["from"]["name"].as_string(), "演练渔0002");
  EXPECT_EQ(first["to"]["terminal"].as_string(), "mmsi:412300001");
  EXPECT_EQ(first["kind"].as_string(), "safety");
  const auto& weather = page["items"].items()[1];
  EXPECT_EQ(weather["application"]["title"]["zh"].as_string(), "气象");
  EXPECT_EQ(weather["application"]["data"]["average_wind_speed"].as_int(), 12);
  EXPECT_EQ(weather["octets"].as_string(), "2001");
  EXPECT_FALSE(weather["from"].has("name")) << "no such entry in the picture";
  EXPECT_FALSE(page.has("next"));
}

TEST_F(MessagesApi, a_district_reads_its_own_and_what_is_meant_for_it) {
  // The clerk works for rongcheng.
  const auto page = clerk->get("/api/v1/messages").json();
  EXPECT_EQ(texts(page), (std::vector<std::string>{"COME IN", "", "PAN PAN"}));
  const auto other = clerk->get("/api/v1/messages?terminal=mmsi:412300002").json();
  EXPECT_EQ(texts(other), std::vector<std::string>{"COME IN"});
  EXPECT_EQ(clerk->get("/api/v1/messages?vessel=mmsi:412300002").status, 404);
  EXPECT_EQ(clerk->get("/api/v1/messages?limit=1").json()["items"].items().size(), 1u);
}

TEST_F(MessagesApi, pages_skip_what_another_district_may_read) {
  std::vector<std::string> all;
  std::string cursor;
  for (int i = 0; i < 9; ++i) {
    const auto page = clerk->get("/api/v1/messages?limit=1&cursor=" + cursor).json();
    for (const auto& text : texts(page)) all.push_back(text);
    cursor = page["next"].as_string();
    if (cursor.empty()) break;
  }
  EXPECT_EQ(all, (std::vector<std::string>{"COME IN", "", "PAN PAN"}));
}

TEST_F(MessagesApi, a_vessel_kind_and_time_narrow_it) {
  const auto of = [&](const std::string& query) {
    return texts(duty->get("/api/v1/messages?" + query).json());
  };
  EXPECT_EQ(of("vessel=mmsi:412300002"), (std::vector<std::string>{"COME IN", "HELP"}));
  EXPECT_EQ(of("kind=application"), std::vector<std::string>{""});
  EXPECT_EQ(of("to=" + base::to_iso(kNow - minutes(8))), std::vector<std::string>{"HELP"});
  EXPECT_EQ(of("kind=beidou").size(), 0u);
}

TEST_F(MessagesApi, what_is_malformed_names_its_parameter) {
  for (const auto& [query, field] : {std::pair{"kind=x", "kind"},
                                     {"cursor=1", "cursor"},
                                     {"cursor=1.x", "cursor"},
                                     {"from=yesterday", "from"},
                                     {"limit=0", "limit"}}) {
    const auto reply = duty->get(std::string("/api/v1/messages?") + query);
    EXPECT_EQ(reply.status, 400) << query;
    EXPECT_NE(reply.body.find(field), std::string::npos) << reply.body;
  }
  EXPECT_EQ(duty->get("/api/v1/messages?vessel=mmsi:999999999").status, 404);
}

TEST_F(MessagesApi, who_may_not_see_the_situation_reads_none) {
  EXPECT_EQ(world().client("admin")->get("/api/v1/messages").status, 403);
  EXPECT_EQ(world().client()->get("/api/v1/messages").status, 401);
}

TEST_F(MessagesApi, a_message_to_a_boat_needs_an_approved_card_and_a_role) {
  const auto write = [&](test::HttpClient& who, const std::string& text) {
    static int number = 0;
    return who.write("POST", "/api/v1/boat_messages",
                     Json::object({{"terminal", "beidou:242286"}, {"text", text}}),
                     "key-" + std::to_string(++number));
  };
  auto& w = world();
  const auto refused = write(*duty, "返港");
  EXPECT_EQ(refused.status, 409) << refused.body;
  w.card = true;
  EXPECT_EQ(write(*clerk, "返港").status, 403);
  EXPECT_EQ(write(*duty, std::string(79, 'x')).status, 413);
  EXPECT_EQ(write(*duty, "").status, 422);
  const auto made = write(*duty, "返港");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.json()["state"].as_string(), "waiting");
  const auto list = clerk->get("/api/v1/boat_messages").json();
  ASSERT_EQ(list["items"].items().size(), 1u);
  EXPECT_EQ(list["items"].items()[0]["text"].as_string(), "返港");
  EXPECT_EQ(list["items"].items()[0]["by"].as_string(), "duty");
  EXPECT_EQ(duty->get("/api/v1/boat_messages?vessel=mmsi:412300001").json()["items"].items().size(),
            0u);
  EXPECT_EQ(world().client("admin")->get("/api/v1/boat_messages").status, 403);
}

}  // namespace
}  // namespace jinglue::serve
