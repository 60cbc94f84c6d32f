// SPDX-License-Identifier: Apache-2.0
#include "picture/identity/identity.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>

using namespace jinglue;
using base::Json;
using model::TerminalId;
using picture::Identity;

namespace {

TerminalId mmsi(std::uint64_t number) {
  return TerminalId::make(model::TerminalKind::kMmsi, number);
}

model::RecordChange vessel_change(const std::string& id, std::int64_t revision,
                                  std::string_view fields) {
  model::RecordChange change;
  change.register_id = "vessel";
  change.record_id = id;
  change.revision = revision;
  change.fields = base::parse_json(fields).value();
  return change;
}

base::Instant iso(std::string_view text) {
  return base::parse_iso(text).value();
}

std::string owner(const Identity& identity, TerminalId terminal, base::Instant t) {
  const auto vessel = identity.vessel_at({terminal, 0}, t);
  return vessel ? vessel->id : "";
}

std::string bytes_of(const Identity& identity) {
  base::ByteWriter out;
  identity.save(out);
  return out.take();
}

}  // namespace

TEST(VesselFacts, TakesEveryFieldOfTheRegister) {
  const auto facts = picture::vessel_facts(vessel_change("v1", 3, R"({
    "name":"鲁荣渔51234","side_number":"51234","kind":"fishing","gears":["T","C"],
    "length_m":32.5,"power_kw":330,"home_port":"shidao","district":"rongcheng","flag":"CN",
    "wind_rating_bft":8,"groups":["pilot"],"call_sign":"BXYZ",
    "terminals":[{"terminal":"mmsi:412345678","from":"2024-01-01T00:00:00.000Z"},
                 {"terminal":"beidou:123456","to":"2024-05-01T04:00:00.000Z"}]})"));
  ASSERT_TRUE(facts) << facts.error().text();
  EXPECT_EQ(facts->id, "v1");
  EXPECT_EQ(facts->revision, 3);
  EXPECT_EQ(facts->name, "鲁荣渔51234");
  EXPECT_EQ(facts->kind, model::VesselKind::kFishing);
  EXPECT_EQ(facts->gears, (std::vector<std::string>{"T", "C"}));
  EXPECT_EQ(facts->length_m, 32.5);
  EXPECT_EQ(facts->power_kw, 330.0);
  EXPECT_EQ(facts->wind_rating_bft, 8);
  EXPECT_EQ(facts->call_sign, "BXYZ");
  ASSERT_EQ(facts->terminals.size(), 2u);
  EXPECT_EQ(facts->terminals[0].terminal, mmsi(412345678));
  EXPECT_EQ(facts->terminals[0].from, iso("2024-01-01T00:00:00Z"));
  EXPECT_EQ(facts->terminals[0].to, base::kDistantFuture);
  EXPECT_EQ(facts->terminals[1].from, base::kDistantPast);
  EXPECT_EQ(facts->terminals[1].to, iso("2024-05-01T12:00:00+08:00"));
}

TEST(VesselFacts, AnEmptyRecordIsAVesselOfWhichNothingIsKnown) {
  const auto facts = picture::vessel_facts(vessel_change("v1", 1, "{}"));
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->kind, model::VesselKind::kUnknown);
  EXPECT_FALSE(facts->length_m);
  EXPECT_TRUE(facts->terminals.empty());
}

TEST(VesselFacts, ErrorsNameTheField) {
  const std::map<std::string, std::string> bad = {
      {R"({"name":7})", "name"},
      {R"({"kind":"submarine"})", "kind"},
      {R"({"gears":"T"})", "gears"},
      {R"({"gears":[1]})", "gears"},
      {R"({"length_m":"long"})", "length_m"},
      {R"({"wind_rating_bft":7.5})", "wind_rating_bft"},
      {R"({"terminals":{}})", "terminals"},
      {R"({"terminals":[{"terminal":"mmsi:1"},{"terminal":"x"}]})", "terminals[2].terminal"},
      {R"({"terminals":[{"terminal":"mmsi:1","from":"yesterday"}]})", "terminals[1].from"},
      {R"({"terminals":[{"terminal":"mmsi:1","from":"2024-05-01T00:00:00Z",
                         "to":"2024-05-01T00:00:00Z"}]})",
       "terminals[1].to"},
      {"[]", ""}};
  for (const auto& [fields, where] : bad) {
    const auto facts = picture::vessel_facts(vessel_change("v", 1, fields));
    ASSERT_FALSE(facts) << fields;
    EXPECT_EQ(facts.error().code, base::Code::kMalformed);
    EXPECT_EQ(facts.error().where, where) << fields;
  }
}

TEST(ExemptionFacts, NeedsAVesselAndBothInstants) {
  const std::string good = R"({"kind":"repair","vessel":"v1","rules":["moratorium","r2"],
    "area":"port_shidao","from":"2024-05-02T00:00:00.000Z","to":"2024-05-03T00:00:00.000Z",
    "document":"威渔〔2024〕12号"})";
  auto change = vessel_change("e1", 2, good);
  change.register_id = "exemption";
  const auto facts = picture::exemption_facts(change);
  ASSERT_TRUE(facts) << facts.error().text();
  EXPECT_EQ(facts->id, "e1");
  EXPECT_EQ(facts->vessel_id, "v1");
  EXPECT_EQ(facts->rules, (std::vector<std::string>{"moratorium", "r2"}));
  EXPECT_EQ(facts->area, "port_shidao");
  EXPECT_EQ(facts->to - facts->from, base::Duration(86'400'000));
  EXPECT_EQ(facts->document, "威渔〔2024〕12号");
  for (const char* key : {"kind", "vessel", "from", "to"}) {
    auto broken = change;
    broken.fields.set(key, Json());
    const auto refused = picture::exemption_facts(broken);
    ASSERT_FALSE(refused) << key;
    EXPECT_EQ(refused.error().where, key);
  }
}

TEST(Identity, ATerminalMovesBetweenVesselsOnItsDates) {
  Identity identity;
  identity.apply(vessel_change("a", 1, R"({"terminals":[
    {"terminal":"mmsi:412000001","to":"2024-05-01T04:00:00Z"}]})"));
  identity.apply(vessel_change("b", 1, R"({"terminals":[
    {"terminal":"mmsi:412000001","from":"2024-05-01T04:00:00Z","to":"2024-06-01T00:00:00Z"}]})"));
  const auto turn = iso("2024-05-01T04:00:00Z");
  EXPECT_EQ(owner(identity, mmsi(412000001), turn - base::Duration(1)), "a");
  EXPECT_EQ(owner(identity, mmsi(412000001), turn), "b") << "begin inclusive, end exclusive";
  EXPECT_EQ(owner(identity, mmsi(412000001), iso("2024-06-01T00:00:00Z")), "");
  EXPECT_EQ(owner(identity, mmsi(412000002), turn), "");
  EXPECT_TRUE(identity.disputed().empty());
}

TEST(Identity, OverlappingClaimsGoToTheLaterBeginAndAreCounted) {
  Identity identity;
  const auto open = R"({"terminals":[{"terminal":"mmsi:412000001"}]})";
  identity.apply(vessel_change("z", 1, open));
  identity.apply(vessel_change("b", 1, R"({"terminals":[
    {"terminal":"mmsi:412000001","from":"2024-05-01T00:00:00Z"}]})"));
  const auto t = iso("2024-05-02T00:00:00Z");
  EXPECT_EQ(owner(identity, mmsi(412000001), t), "b");
  EXPECT_EQ(owner(identity, mmsi(412000001), iso("2024-04-30T00:00:00Z")), "z");
  EXPECT_EQ(identity.disputed(), (std::vector<TerminalId>{mmsi(412000001)}));
  identity.apply(
      vessel_change("z", 2, R"({"note":"edited","terminals":[{"terminal":"mmsi:412000001"}]})"));
  EXPECT_EQ(owner(identity, mmsi(412000001), t), "b") << "an edit of something else moves nothing";
  identity.apply(vessel_change("c", 1, open));
  EXPECT_EQ(owner(identity, mmsi(412000001), iso("2024-04-30T00:00:00Z")), "z")
      << "equal begins: the record made later";
}

TEST(Identity, ACorrectedRegisterReattributesHistory) {
  Identity identity;
  const auto t = iso("2024-05-02T00:00:00Z");
  identity.apply(vessel_change("a", 1, R"({"terminals":[{"terminal":"mmsi:412000001"}]})"));
  const auto kept = identity.vessel_at({mmsi(412000001), 0}, t);
  const auto touched = identity.apply(vessel_change(
      "a", 2, R"({"terminals":[{"terminal":"mmsi:412000002"},{"terminal":"beidou:77"}]})"));
  EXPECT_EQ(touched.size(), 3u) << "what it had and what it has";
  EXPECT_EQ(owner(identity, mmsi(412000001), t), "");
  EXPECT_EQ(owner(identity, mmsi(412000002), t), "a");
  EXPECT_EQ(kept->revision, 1) << "facts in use outlive the change";
}

TEST(Identity, ASoftRemovedRecordReleasesItsTerminals) {
  Identity identity;
  auto change = vessel_change("a", 1, R"({"terminals":[{"terminal":"mmsi:412000001"}]})");
  identity.apply(change);
  change.revision = 2;
  change.removed = true;
  EXPECT_EQ(identity.apply(change), (std::vector<TerminalId>{mmsi(412000001)}));
  EXPECT_EQ(owner(identity, mmsi(412000001), {0}), "");
  EXPECT_EQ(identity.vessel("a"), nullptr);
  EXPECT_EQ(identity.size(), 0u);
}

TEST(Identity, IgnoresOtherRegistersOlderRevisionsAndUnreadableRecords) {
  Identity identity;
  auto change = vessel_change("a", 5, R"({"name":"x","terminals":[{"terminal":"mmsi:1"}]})");
  change.register_id = "case";
  EXPECT_TRUE(identity.apply(change).empty());
  EXPECT_EQ(identity.size(), 0u);
  change.register_id = "vessel";
  identity.apply(change);
  EXPECT_TRUE(identity.apply(vessel_change("a", 4, "{}")).empty());
  EXPECT_TRUE(identity.apply(vessel_change("a", 6, R"({"length_m":"?"})")).empty());
  EXPECT_EQ(identity.refused(), 1u);
  EXPECT_EQ(identity.vessel("a")->name, "x");
}

TEST(Identity, DamagedBytesAreRefused) {
  Identity identity;
  identity.apply(vessel_change("a", 1, R"({"name":"x","terminals":[{"terminal":"mmsi:1"}]})"));
  const auto bytes = bytes_of(identity);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    base::ByteReader in(std::string_view(bytes).substr(0, cut));
    Identity other;
    EXPECT_FALSE(other.load(in)) << cut;
  }
}

// The oracle: all records as they stand; of the spans that hold t the greatest (from, id).
RC_GTEST_PROP(Identity, EqualsALookThroughAllRecordsAndReadsBack, ()) {
  struct Span {
    int terminal, from, to;
  };
  Identity identity;
  std::map<std::string, std::vector<Span>> records;
  const auto steps = *rc::gen::inRange(1, 60);
  for (int i = 1; i <= steps; ++i) {
    const std::string id = "v" + std::to_string(*rc::gen::inRange(0, 6));
    auto change = vessel_change(id, i, "{}");
    std::vector<Span> spans;
    change.removed = *rc::gen::inRange(0, 6) == 0;
    const auto count = *rc::gen::inRange(0, 4);
    Json rows = Json::array();
    for (int k = 0; k < count; ++k) {
      const int from = *rc::gen::inRange(0, 10);
      const Span span{*rc::gen::inRange(1, 4), from, from + *rc::gen::inRange(1, 6)};
      spans.push_back(span);
      rows.push(Json::object({{"terminal", model::to_text(mmsi(std::uint64_t(span.terminal)))},
                              {"from", base::to_iso({span.from})},
                              {"to", base::to_iso({span.to})}}));
    }
    change.fields.set("terminals", rows);
    identity.apply(change);
    if (change.removed) {
      records.erase(id);
    } else {
      records[id] = spans;
    }
  }
  Identity again;
  const auto bytes = bytes_of(identity);
  base::ByteReader in(bytes);
  RC_ASSERT(again.load(in) && in.left() == 0u);
  RC_ASSERT(bytes_of(again) == bytes);
  for (int terminal = 1; terminal < 4; ++terminal) {
    for (int t = 0; t < 17; ++t) {
      std::pair<int, std::string> best{-1, ""};
      for (const auto& [id, spans] : records) {
        for (const auto& s : spans) {
          if (s.terminal == terminal && s.from <= t && t < s.to) {
            best = std::max(best, {s.from, id});
          }
        }
      }
      RC_ASSERT(owner(identity, mmsi(std::uint64_t(terminal)), {t}) == best.second);
      RC_ASSERT(owner(again, mmsi(std::uint64_t(terminal)), {t}) == best.second);
    }
  }
}
