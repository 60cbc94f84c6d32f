// SPDX-License-Identifier: Apache-2.0
// The table of messages: once however often, order, pages, both parties, reopening, forgetting.
#include "picture/message/message_log.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "support/temp_folder.hpp"

using namespace jinglue;
using model::MessageKind;
using model::TerminalId;
using model::TerminalKind;
using model::VesselMessage;
using picture::KeptMessage;
using picture::MessageLog;
using picture::MessageQuery;

namespace {

constexpr std::int64_t kStart = 1714536000000;
const auto kBoat = TerminalId::make(TerminalKind::kBeidou, 242286);
const auto kShore = TerminalId::make(TerminalKind::kMmsi, 4121000);
const auto kShip = TerminalId::make(TerminalKind::kMmsi, 412000001);

VesselMessage said(std::uint64_t offset, std::int64_t minute, const std::string& text) {
  VesselMessage out;
  out.from = kBoat;
  out.time = {kStart + minute * 60'000};
  out.arrival = {kStart + minute * 60'000 + 500};
  out.offset = offset;
  out.text = text;
  return out;
}

VesselMessage weather(std::uint64_t offset, std::int64_t minute) {
  auto out = said(offset, minute, "");
  out.kind = MessageKind::kApplication;
  out.from = kShore;
  out.to = kShip;
  out.type = 6;
  out.dac = 1;
  out.fi = 31;
  out.octets = std::string("\x18\x00\xff\x01", 4);
  out.bits = 30;
  return out;
}

bool committed(MessageLog& log, std::uint64_t offset) {
  log.advance(offset, true);
  for (int i = 0; i < 500 && log.applied_offset() < offset; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return log.applied_offset() >= offset;
}

std::vector<std::string> texts(const std::vector<KeptMessage>& list) {
  std::vector<std::string> out;
  for (const auto& kept : list) out.push_back(kept.message.text);
  return out;
}

MessageQuery of(TerminalId terminal) {
  MessageQuery out;
  out.terminals = {terminal};
  return out;
}

}  // namespace

TEST(MessageLog, HoldsEveryFieldAndBothPartiesFindIt) {
  const test::TempFolder folder;
  MessageLog log(folder / "m.db");
  auto sos = said(2, 1, "救命");
  sos.sos = true;
  log.append(said(1, 0, "返港"));
  log.append(sos);
  log.append(weather(3, 2));
  ASSERT_TRUE(committed(log, 3)) << log.problem();
  const auto ours = log.list(of(kBoat));
  ASSERT_EQ(ours.size(), 2u);
  EXPECT_EQ(ours[0].message, sos) << "newest first";
  EXPECT_EQ(ours[1].message, said(1, 0, "返港"));
  ASSERT_EQ(log.list(of(kShip)).size(), 1u) << "it is for this ship";
  EXPECT_EQ(log.list(of(kShip))[0].message, weather(3, 2));
  EXPECT_EQ(log.list(of(kShore)).size(), 1u);
  auto both = of(kShore);
  both.terminals.push_back(kShip);
  EXPECT_EQ(log.list(both).size(), 1u) << "one message, once";
  MessageQuery kind;
  kind.kind = MessageKind::kBeidou;
  EXPECT_EQ(log.list(kind).size(), 2u);
  MessageQuery time;
  time.from = {kStart + 60'000};
  time.to = {kStart + 120'000};
  EXPECT_EQ(texts(log.list(time)), std::vector<std::string>{"救命"});
}

TEST(MessageLog, PagesFollowEachOtherWithoutGapAlsoAtOneInstant) {
  const test::TempFolder folder;
  MessageLog log(folder / "m.db");
  for (std::uint64_t i = 1; i <= 7; ++i) log.append(said(i, i < 5 ? 0 : 1, std::to_string(i)));
  ASSERT_TRUE(committed(log, 7));
  auto query = of(kBoat);
  query.limit = 3;
  std::vector<std::string> all;
  while (true) {
    const auto page = log.list(query);
    if (page.empty()) break;
    for (const auto& text : texts(page)) all.push_back(text);
    query.after = MessageQuery::Place{page.back().message.time, page.back().id};
  }
  EXPECT_EQ(all, (std::vector<std::string>{"7", "6", "5", "4", "3", "2", "1"}));
}

TEST(MessageLog, EntriesThatAreReadAgainChangeNothingAndOldOnesGo) {
  const test::TempFolder folder;
  {
    MessageLog log(folder / "m.db");
    log.append(said(1, 0, "a"));
    auto second = said(1, 0, "b");
    second.part = 1;
    log.append(second);
    log.append(said(2, 10, "c"));
    ASSERT_TRUE(committed(log, 2));
  }
  MessageLog log(folder / "m.db");
  EXPECT_EQ(log.applied_offset(), 2u);
  log.append(said(1, 0, "a"));
  log.append(said(3, 20, "d"));
  ASSERT_TRUE(committed(log, 3));
  EXPECT_EQ(log.count(), 4u);
  log.forget_before({kStart + 600'000});
  EXPECT_EQ(texts(log.list({})), (std::vector<std::string>{"d", "c"}));
}
