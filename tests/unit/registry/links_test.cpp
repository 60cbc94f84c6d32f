// SPDX-License-Identifier: Apache-2.0
// Links of fields that hold several: the table of links says what the records say, after every kind
// of change, and is made for a folder that was written without it.
#include "registry/detail/links.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "registry/cql/filter.hpp"
#include "store/database.hpp"
#include "support/records_fixture.hpp"
#include "support/written_registers.hpp"

using namespace jinglue;
using namespace jinglue::registry;
using base::Json;
using test::field;

namespace {

test::WrittenRegisters boats_and_trips() {
  test::WrittenRegisters w;
  w.put("boat",
        "title = \"name\"\n" + field("name", "text") +
            field("trips", "integer", "computed = \"count(linked('trip', 'boats', 'fee'))\"") +
            field("fees", "money", "computed = \"sum(linked('trip', 'boats', 'fee'))\""));
  w.put("trip", "title = \"name\"\n" + field("name", "text") + field("fee", "money") +
                    field("boats", "links", "link = \"boat\"") +
                    field("spare", "links", "link = \"boat\""));
  return w;
}

Json list_of(const std::vector<std::string>& ids) {
  Json out = Json::array();
  for (const auto& id : ids) out.push(id);
  return out;
}

using Rows = std::set<std::vector<std::string>>;

class Links : public ::testing::Test {
 protected:
  Links() : w(boats_and_trips()), f(w.folder()) {}
  Record make(const char* register_id, Json fields) {
    auto made = f.registry().create(register_id, fields, f.by(f.program));
    if (!made) throw std::runtime_error(made.error().text());
    return *made;
  }
  Record boat(const char* name) { return make("boat", Json::object({{"name", name}})); }
  Record trip(const char* name, const std::vector<std::string>& boats) {
    return make("trip",
                Json::object({{"name", name}, {"fee", "10.00"}, {"boats", list_of(boats)}}));
  }
  Record set(const Record& r, const char* key, Json value) {
    const auto now = f.registry().find(r.register_id, r.id);
    auto done = f.registry().patch(r.register_id, r.id, now->revision,
                                   Json::object({{key, std::move(value)}}), f.by(f.duty));
    if (!done) throw std::runtime_error(done.error().text());
    return *done;
  }
  std::vector<std::string> trips_with(const char* key, const std::string& id) {
    Query query;
    query.equals = {{key, id}};
    const auto page = f.registry().list("trip", query);
    if (!page) throw std::runtime_error(page.error().text());
    std::vector<std::string> out;
    for (const auto& r : page->items) out.push_back(r.fields["name"].as_string());
    EXPECT_EQ(page->total, out.size());
    return out;
  }
  Rows kept() {
    return f.registry().records().read([](store::Db& db) {
      Rows out;
      auto rows = db.prepare("SELECT register, field, target, record FROM record_link");
      while (rows.step()) out.insert({rows.text(0), rows.text(1), rows.text(2), rows.text(3)});
      return out;
    });
  }
  /// As the records say it.
  Rows said() {
    Rows out;
    Query all;
    all.with_removed = true;
    const auto page = f.registry().list("trip", all);
    for (const auto& r : page->items) {
      for (const char* key : {"boats", "spare"}) {
        for (const auto& id : r.fields[key].items())
          out.insert({"trip", key, id.as_string(), r.id});
      }
    }
    return out;
  }
  test::WrittenRegisters w;
  test::RecordsFixture f;
};

using Names = std::vector<std::string>;

TEST_F(Links, AreFoundByFilterExpressionAndValueAfterEachChange) {
  const auto a = boat("甲"), b = boat("乙");
  const auto first = trip("一", {a.id, b.id});
  const auto second = trip("二", {a.id});
  EXPECT_EQ(trips_with("boats", a.id), (Names{"一", "二"}));
  EXPECT_EQ(trips_with("boats", b.id), Names{"一"});
  EXPECT_EQ(trips_with("spare", a.id), Names{}) << "another field of the same record";
  EXPECT_EQ(trips_with("boats", "nobody"), Names{});
  EXPECT_EQ(f.registry().find("boat", a.id)->fields["trips"].as_int(), 2);
  EXPECT_EQ(f.registry().find("boat", a.id)->fields["fees"].as_string(), "20.00");

  set(first, "boats", list_of({b.id}));
  EXPECT_EQ(trips_with("boats", a.id), Names{"二"});
  EXPECT_EQ(f.registry().find("boat", a.id)->fields["trips"].as_int(), 1);
  set(second, "boats", nullptr);
  EXPECT_EQ(trips_with("boats", a.id), Names{});
  EXPECT_EQ(kept(), said());
}

TEST_F(Links, OfARemovedRecordAreFoundOnlyAmongRemovedOnes) {
  const auto a = boat("甲");
  const auto only = trip("一", {a.id});
  ASSERT_TRUE(f.registry().remove("trip", only.id, only.revision, f.by(f.program)));
  EXPECT_EQ(trips_with("boats", a.id), Names{});
  EXPECT_EQ(f.registry().find("boat", a.id)->fields["trips"].as_int(), 0);
  Query all;
  all.equals = {{"boats", a.id}};
  all.with_removed = true;
  EXPECT_EQ(f.registry().list("trip", all)->items.size(), 1u);
}

TEST_F(Links, AreAskedInCql2ToTheSameResult) {
  const auto a = boat("甲"), b = boat("乙");
  trip("一", {a.id});
  trip("二", {b.id});
  trip("三", {});
  const auto count = [&](const std::string& text) {
    Query query;
    auto filter = cql::read_filter(text);
    if (!filter) throw std::runtime_error(filter.error().text());
    query.filter = std::make_shared<const cql::Filter>(std::move(*filter));
    const auto page = f.registry().list("trip", query);
    if (!page) throw std::runtime_error(page.error().text());
    return page->items.size();
  };
  EXPECT_EQ(count("boats = '" + a.id + "'"), 1u);
  EXPECT_EQ(count("boats IN ('" + a.id + "', '" + b.id + "')"), 2u);
  EXPECT_EQ(count("NOT (boats = '" + a.id + "')"), 2u);
}

TEST_F(Links, OfAFolderWithoutTheTableAreMadeOnce) {
  const auto a = boat("甲");
  trip("一", {a.id});
  trip("二", {a.id, boat("乙").id});
  const Rows before = kept();
  ASSERT_EQ(before.size(), 3u);
  // As a program of before left it: no links, and a shape that does not name them.
  f.registry().records().write([](store::Db& db) {
    db.exec("DELETE FROM record_link");
    db.exec("UPDATE register_shape SET shape = json_remove(shape, '$.links')");
  });
  f.open();
  EXPECT_EQ(kept(), before);
  EXPECT_EQ(trips_with("boats", a.id), (Names{"一", "二"}));
  // Made once: what the shape names is not read again.
  f.registry().records().write([](store::Db& db) { db.exec("DELETE FROM record_link"); });
  f.open();
  EXPECT_TRUE(kept().empty());
}

RC_GTEST_FIXTURE_PROP(Links, AreWhatTheRecordsSayAfterAnyEdits, ()) {
  const std::vector<std::string> boats = {boat("a").id, boat("b").id, boat("c").id};
  std::vector<Record> trips;
  for (int i = 0; i < 3; ++i) trips.push_back(trip("t", {}));
  const auto edits = *rc::gen::container<std::vector<std::tuple<int, bool, unsigned>>>(
      rc::gen::tuple(rc::gen::inRange(0, 3), rc::gen::arbitrary<bool>(), rc::gen::inRange(0u, 8u)));
  for (const auto& [which, spare, mask] : edits) {
    std::vector<std::string> chosen;
    for (unsigned i = 0; i < 3; ++i) {
      if ((mask >> i & 1U) != 0) chosen.push_back(boats[i]);
    }
    set(trips[std::size_t(which)], spare ? "spare" : "boats", list_of(chosen));
  }
  RC_ASSERT(kept() == said());
}

}  // namespace
