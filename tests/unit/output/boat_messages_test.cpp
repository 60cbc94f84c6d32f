// SPDX-License-Identifier: Apache-2.0
// Messages to boats: who may write what, and how they leave by a card behind a real TCP port that
// answers, refuses, breaks or says nothing.
#include "output/boat_messages.hpp"

#include <gtest/gtest.h>

#include <atomic>

#include "observe/beidou/encoder.hpp"
#include "observe/nmea/sentence.hpp"
#include "output/relay.hpp"
#include "store/database.hpp"
#include "support/temp_folder.hpp"
#include "unit/output/receivers.hpp"

namespace jinglue::output {
namespace {

using base::Code;
using std::chrono::hours;
using std::chrono::minutes;
using test::kHeard;

const auto kBoat = model::TerminalId::make(model::TerminalKind::kBeidou, 242286);

access::Actor person(access::Role role, const std::string& district = {}) {
  access::Actor out;
  out.user = "duty";
  out.roles = {role};
  out.district = district;
  return out;
}

struct Book {
  explicit Book(bool drill = false)
      : boats(records, access, [this] { return card.load(); }, drill) {}
  base::Result<BoatMessage> write(const std::string& text, base::Duration valid = hours(1)) {
    return boats.write({kBoat, text, valid}, person(access::Role::kDutyOfficer), {now_ms});
  }
  BoatState state(std::int64_t id) const {
    for (const auto& one : boats.list({}, 0, 100)) {
      if (one.id == id) return one.state;
    }
    throw std::runtime_error("no such message");
  }
  std::vector<std::string> acts() const {
    std::vector<std::string> out;
    for (const auto& line : access.audit_lines(0, 100)) out.insert(out.begin(), line.action);
    return out;
  }

  test::TempFolder folder;
  std::atomic<std::int64_t> now_ms{kHeard.ms};
  std::atomic<bool> card{true};
  store::Database records{{folder / "records.db"}};
  access::Access access{records, access::PasswordCost::least()};
  BoatMessages boats;
};

/// The port of a card: what comes in by sentences, and what it answers.
class Card {
 public:
  std::uint16_t port() const { return observe::link::bound_port(m_listener); }
  void connect() {
    m_socket = test::accepted(m_listener);
    m_read.clear();
  }
  void leave() { m_socket = {}; }
  void say(const std::string& between) {
    test::send_all(m_socket, observe::nmea::framed(between) + "\r\n");
  }
  /// The next sentence; empty when none came in `patience_ms`.
  std::string hear(int patience_ms = 10'000) {
    std::array<char, 4096> bytes;
    while (m_read.find('\n') == std::string::npos) {
      pollfd waiting{m_socket.get(), POLLIN, 0};
      if (poll(&waiting, 1, patience_ms) != 1) return {};
      const auto n = recv(m_socket.get(), bytes.data(), bytes.size(), 0);
      if (n <= 0) return {};
      m_read.append(bytes.data(), static_cast<std::size_t>(n));
    }
    auto line = m_read.substr(0, m_read.find('\r'));
    m_read.erase(0, m_read.find('\n') + 1);
    return line;
  }
  /// Answers that its interval is 60 s.
  void introduce() {
    EXPECT_EQ(hear(), "$CCICA,0,00*7B");
    say("BDICI,0500001,00000001,0500000,3,60,3,N,0");
  }

 private:
  test::Descriptor m_listener = test::listening(0);
  test::Descriptor m_socket;
  std::string m_read;
};

struct Rig : Book {
  Rig() {
    Relay::Options options;
    options.sender.wall = [this] { return base::Instant{now_ms}; };
    options.sender.first_pause = base::Duration(20);
    options.sender.boats = &boats;
    relay = std::make_unique<Relay>(std::move(options));
  }
  ~Rig() { relay->stop(); }
  void approve() {
    Destination to;
    to.name = "card";
    to.recipient = to.purpose = "test";
    to.kind = Kind::kBeidouCard;
    to.host = "127.0.0.1";
    to.port = port.port();
    relay->use({{to, kHeard + hours(10), std::to_string(++approval), {}}}, {});
  }
  base::Json counts() const { return relay->state_of("card")["counts"]; }
  bool becomes(std::int64_t id, BoatState expected) const {
    return test::eventually([&] { return state(id) == expected; });
  }
  Card port;
  int approval{0};
  std::unique_ptr<Relay> relay;
};

std::string txa(const std::string& gbk) {
  return observe::beidou::txa(242286, gbk);
}

TEST(BoatMessages, AreRefusedWithTheReason) {
  Book book;
  const auto duty = person(access::Role::kDutyOfficer);
  const auto code = [&](const BoatMessages::Draft& draft,
                        const access::Actor& by) -> std::optional<Code> {
    const auto done = book.boats.write(draft, by, kHeard);
    if (done) return std::nullopt;
    return done.error().code;
  };
  EXPECT_EQ(code({kBoat, "返港"}, person(access::Role::kClerk)), Code::kForbidden);
  EXPECT_EQ(code({model::TerminalId::make(model::TerminalKind::kMmsi, 412000001), "返港"}, duty),
            Code::kMalformed);
  EXPECT_EQ(code({kBoat, "  "}, duty), Code::kMalformed);
  EXPECT_EQ(code({kBoat, "\xF0\x9F\x9A\xA2"}, duty), Code::kMalformed) << "no form in GBK";
  EXPECT_EQ(code({kBoat, std::string(79, 'x')}, duty), Code::kTooLarge);
  EXPECT_EQ(code({kBoat, "返港", minutes(4)}, duty), Code::kOutOfRange);
  EXPECT_EQ(code({kBoat, "返港", hours(25)}, duty), Code::kOutOfRange);
  book.card = false;
  EXPECT_EQ(code({kBoat, "返港"}, duty), Code::kConflict) << "no card is approved";
  EXPECT_TRUE(book.boats.list({}, 0, 10).empty());
  EXPECT_TRUE(book.acts().empty());
}

TEST(BoatMessages, AreListedNewestFirstPageByPageAndByTerminal) {
  Book book;
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(book.write(std::to_string(i)));
  const auto page = book.boats.list({kBoat}, 0, 2);
  ASSERT_EQ(page.size(), 2u);
  EXPECT_EQ(page[0].text, "4");
  EXPECT_EQ(page[0].by, "duty");
  EXPECT_EQ(page[0].until, kHeard + hours(1));
  EXPECT_EQ(book.boats.list({kBoat}, page[1].id, 9).size(), 3u);
  EXPECT_TRUE(
      book.boats.list({model::TerminalId::make(model::TerminalKind::kBeidou, 1)}, 0, 9).empty());
  EXPECT_EQ(book.boats.waiting(), 5u);
}

TEST(BoatMessages, WaitNoLongerThanTheyAreOfUse) {
  Book book;
  const auto brief = book.write("短", minutes(5));
  const auto longer = book.write("长", hours(2));
  book.now_ms = kHeard.ms + 300'000;
  EXPECT_EQ(book.boats.expire({book.now_ms}), 1u);
  EXPECT_EQ(book.state(brief->id), BoatState::kExpired);
  EXPECT_EQ(book.boats.next("card", {book.now_ms})->id, longer->id);
  EXPECT_FALSE(book.boats.next("card", {book.now_ms})) << "each is given once";
  EXPECT_EQ(book.acts(),
            (std::vector<std::string>{"message.write", "message.write", "message.expired"}));
}

TEST(BoatMessages, OfADrillAreKeptAndNeverWait) {
  Book drill(true);
  drill.card = false;
  const auto one = drill.write("演练");
  ASSERT_TRUE(one) << one.error().text();
  EXPECT_EQ(one->state, BoatState::kDrill);
  EXPECT_EQ(drill.boats.waiting(), 0u);
  EXPECT_FALSE(drill.boats.next("card", kHeard));
}

TEST(BeidouCard, NothingIsSaidBeforeTheCardHasToldItsIntervalAndThenOneAnInterval) {
  Rig rig;
  const auto first = rig.write("返港");
  const auto second = rig.write("BACK");
  rig.approve();
  rig.port.connect();
  EXPECT_EQ(rig.port.hear(), "$CCICA,0,00*7B");
  EXPECT_EQ(rig.port.hear(700), "") << "no interval is known";
  rig.port.say("BDICI,0500001,00000001,0500000,3,60,3,N,0");
  EXPECT_EQ(rig.port.hear(), txa("\xB7\xB5\xB8\xDB"));
  EXPECT_TRUE(rig.becomes(first->id, BoatState::kGiven));
  rig.port.say("BDFKI,TXA,Y,0,0,0000");
  EXPECT_TRUE(rig.becomes(first->id, BoatState::kSent));
  rig.now_ms += 59'000;
  EXPECT_EQ(rig.port.hear(700), "") << "the card's interval is 60 s";
  rig.now_ms += 1'000;
  EXPECT_EQ(rig.port.hear(), txa("BACK"));
  rig.now_ms += 60'000;  // no answer, no refusal: it is out
  EXPECT_TRUE(rig.becomes(second->id, BoatState::kSent));
  EXPECT_EQ(rig.counts()["seen"].as_int(), 2);
  EXPECT_EQ(rig.counts()["sent"].as_int(), 2);
  EXPECT_FALSE(rig.relay->wanted()) << "the pipeline gives no AIS for a card";
  EXPECT_EQ(rig.acts(), (std::vector<std::string>{"message.write", "message.write", "message.sent",
                                                  "message.sent"}));
}

TEST(BeidouCard, ARefusalIsTriedThreeTimes) {
  Rig rig;
  const auto one = rig.write("返港");
  rig.approve();
  rig.port.connect();
  rig.port.introduce();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(rig.port.hear(), txa("\xB7\xB5\xB8\xDB")) << i;
    EXPECT_EQ(rig.state(one->id), BoatState::kGiven);
    rig.port.say("BDFKI,TXA,N,1,0,0060");
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    rig.now_ms += 60'000;
  }
  EXPECT_TRUE(rig.becomes(one->id, BoatState::kRefused));
  EXPECT_EQ(rig.counts()["dropped"]["refused"].as_int(), 1);
  EXPECT_EQ(rig.counts()["sent"].as_int(), 0);
}

TEST(BeidouCard, WhatDidNotReachThePortWaitsForTheNextConnection) {
  Rig rig;
  rig.approve();
  rig.port.connect();
  rig.port.introduce();
  const auto first = rig.write("A");
  EXPECT_EQ(rig.port.hear(), txa("A"));
  const auto second = rig.write("B");
  EXPECT_TRUE(rig.becomes(first->id, BoatState::kGiven));
  rig.port.leave();
  rig.port.connect();
  rig.port.introduce();
  EXPECT_EQ(rig.port.hear(), txa("B")) << "another card may be there: its interval is asked anew";
  EXPECT_EQ(rig.state(first->id), BoatState::kGiven) << "nobody knows whether it was sent";
  EXPECT_EQ(rig.state(second->id), BoatState::kGiven);
  EXPECT_EQ(rig.counts()["connects"].as_int(), 2);
}

TEST(BeidouCard, NothingLeavesWhenTheApprovalEndsAndTheMessageStaysWaiting) {
  Rig rig;
  rig.approve();
  rig.port.connect();
  rig.port.introduce();
  const auto first = rig.write("A");
  EXPECT_EQ(rig.port.hear(), txa("A"));
  const auto second = rig.write("B");
  rig.relay->use({}, {});
  rig.now_ms += 120'000;
  EXPECT_EQ(rig.port.hear(700), "");
  EXPECT_EQ(rig.state(second->id), BoatState::kWaiting);
  EXPECT_EQ(rig.state(first->id), BoatState::kGiven);
}

TEST(BeidouCard, HasNoFilterAndNoFormOfItsOwn) {
  auto json = base::Json::object({{"name", "card"},
                                  {"recipient", "r"},
                                  {"purpose", "p"},
                                  {"kind", "beidou_card"},
                                  {"host", "10.0.0.9"},
                                  {"port", 4001}});
  const auto good = destination_from_json(json);
  ASSERT_TRUE(good) << good.error().text();
  const auto again = destination_from_json(to_json(*good));
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(again->kind, Kind::kBeidouCard);
  json.set("filter", base::Json::object({{"types", base::Json::array({1})}}));
  const auto bad = destination_from_json(json);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().where, "filter");
}

}  // namespace
}  // namespace jinglue::output
