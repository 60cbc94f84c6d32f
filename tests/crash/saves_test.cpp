// SPDX-License-Identifier: Apache-2.0
// SIGKILL during saves: several people make and change records at once while the program is killed
// at random moments, also while it starts. Afterwards every answered save is there exactly once:
// record, number, history, change, audit line, words to be found by. 1,000 saves and 10 kills;
// 10,000 and 60 with JINGLUE_LONG.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "store/db.hpp"
#include "support/long_run.hpp"
#include "support/save_client.hpp"
#include "support/station.hpp"

namespace jinglue::test {
namespace {

using namespace std::chrono_literals;

struct Listed {
  std::string number, name, note;
  std::int64_t revision{0};
  base::Json fields;
};

class Saves : public ::testing::Test {
 protected:
  void SetUp() override {
    TestStation::write(m_station.share / "registers" / "saved.toml", kSaveRegister);
    for (std::size_t i = 0; i < kSaveClients; ++i) {
      m_clients.emplace_back(i);
      m_station.add_user("officer" + std::to_string(i), "duty_officer");
    }
  }
  void start() {
    m_station.start();
    ASSERT_TRUE(m_station.wait_ready()) << m_station.output();
    m_http.clear();
    for (std::size_t i = 0; i < kSaveClients; ++i) {
      m_http.push_back(std::make_unique<HttpClient>(m_station.http_port));
      if (m_sessions.size() == i) {
        ASSERT_TRUE(m_http[i]->sign_in("officer" + std::to_string(i), kPassword));
        m_sessions.emplace_back(m_http[i]->cookie, m_http[i]->csrf);
      }
      std::tie(m_http[i]->cookie, m_http[i]->csrf) = m_sessions[i];
    }
  }
  void make_shared_record() {
    const auto made = m_http[0]->write(
        "POST", "/api/v1/registers/saved/records",
        base::Json::object({{"fields", base::Json::object({{"name", "shared"}})}}), "shared");
    ASSERT_EQ(made.status, 201) << made.body;
    m_shared = made.json()["id"].as_string();
    for (auto& client : m_clients) client.shared = m_shared;
  }
  /// Everybody saves until so many saves of all have been answered; then a kill, within 30 ms.
  void save_until(std::size_t answered, std::mt19937& random) {
    start();
    if (HasFatalFailure()) return;
    if (m_shared.empty()) make_shared_record();
    std::atomic<bool> stop{false};
    std::vector<std::thread> people;
    for (std::size_t i = 0; i < kSaveClients; ++i) {
      people.emplace_back([&, i] { m_clients[i].work(*m_http[i], m_answered, stop); });
    }
    while (m_answered < answered && m_station.process->running()) std::this_thread::sleep_for(1ms);
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 30'000));
    const bool alive = m_station.process->running();
    m_station.process->kill(SIGKILL);
    stop = true;
    for (auto& person : people) person.join();
    ASSERT_TRUE(alive) << "it ended by itself: " << m_station.output();
  }
  /// A kill while it opens what the kill before left.
  void kill_in_start(std::mt19937& random) {
    m_station.start();
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 300));
    m_station.process->kill(SIGKILL);
  }

  std::map<std::string, Listed> listed() {
    std::map<std::string, Listed> out;
    std::string cursor;
    do {
      const auto page = m_http[0]
                            ->get("/api/v1/registers/saved/records?limit=500" +
                                  (cursor.empty() ? "" : "&cursor=" + cursor))
                            .json();
      for (const auto& r : page["items"].items()) {
        const auto& fields = r["fields"];
        const bool first =
            out.emplace(r["id"].as_string(),
                        Listed{r["number"].as_string(), fields["name"].as_string(),
                               fields["note"].as_string(), r["revision"].as_int(), fields})
                .second;
        EXPECT_TRUE(first) << "listed twice: " << r.dump();
      }
      cursor = page["next"].as_string();
    } while (!cursor.empty());
    return out;
  }
  void expect_records(const std::map<std::string, Listed>& records) {
    std::size_t made = 1, shared = 0;  // the shared one
    std::set<std::string> numbers;
    for (const auto& [id, record] : records) numbers.insert(record.number);
    for (std::size_t i = 0; i < kSaveClients; ++i) {
      const auto& client = m_clients[i];
      made += client.kept.size();
      shared += client.shared_values.size();
      for (const auto& kept : client.kept) {
        const auto it = records.find(kept.id);
        ASSERT_NE(it, records.end()) << kept.name << " is lost";
        EXPECT_EQ(it->second.number, kept.number) << kept.name;
        EXPECT_EQ(it->second.name, kept.name);
        EXPECT_EQ(it->second.note, kept.notes.back()) << kept.name;
        EXPECT_EQ(it->second.revision, kept.revision) << kept.name;
      }
      if (client.shared_values.empty()) continue;
      EXPECT_EQ(records.at(m_shared).fields["c" + std::to_string(i)].as_string(),
                client.shared_values.back());
    }
    EXPECT_EQ(records.size(), made) << "records that nobody was told of, or doubled ones";
    EXPECT_EQ(records.at(m_shared).revision, std::int64_t(1 + shared));
    // One number for each record, none left out: a save that was undone gave its number back.
    EXPECT_EQ(numbers.size(), made);
    EXPECT_EQ(numbers.count("BC-000001"), 1u);
    char last[16];
    std::snprintf(last, sizeof last, "BC-%06zu", made);
    EXPECT_EQ(*numbers.rbegin(), last);
  }
  /// By the words that a record has now, once; by those that it had, not at all.
  void expect_found() {
    const auto found = [&](const std::string& word) {
      std::vector<std::string> ids;
      const auto page = m_http[0]->get("/api/v1/registers/saved/records?q=" + word).json();
      for (const auto& r : page["items"].items()) {
        const auto& f = r["fields"];
        if (f["note"].as_string() == word || f["name"].as_string() == word) {
          ids.push_back(r["id"].as_string());
        }
      }
      return ids;
    };
    for (const auto& client : m_clients) {
      for (std::size_t i = 0; i < client.kept.size(); i += 5) {
        const auto& kept = client.kept[i];
        const std::vector<std::string> only = {kept.id};
        EXPECT_EQ(found(kept.name), only);
        EXPECT_EQ(found(kept.notes.back()), only);
        if (kept.notes.size() == 1) continue;
        EXPECT_TRUE(found(kept.notes.front()).empty());
      }
    }
  }

  TestStation m_station;
  std::vector<SaveClient> m_clients;
  std::vector<std::unique_ptr<HttpClient>> m_http;
  std::vector<std::pair<std::string, std::string>> m_sessions;
  std::atomic<std::size_t> m_answered{0};
  std::string m_shared;
};

/// How often (record, revision) is there, for each record of the register.
using Revisions = std::map<std::string, std::map<std::int64_t, int>>;

Revisions revisions_in(store::Db& db, const std::string& sql) {
  Revisions out;
  auto rows = db.prepare(sql);
  while (rows.step()) ++out[rows.text(0)][rows.integer(1)];
  return out;
}

void expect_each_once(const Revisions& found, const std::map<std::string, Listed>& records,
                      const char* what) {
  EXPECT_EQ(found.size(), records.size()) << what;
  for (const auto& [id, record] : records) {
    const auto it = found.find(id);
    ASSERT_NE(it, found.end()) << what << " of " << record.name << " is lost";
    std::map<std::int64_t, int> wanted;
    for (std::int64_t rev = 1; rev <= record.revision; ++rev) wanted[rev] = 1;
    EXPECT_EQ(it->second, wanted) << what << " of " << record.name;
  }
}

/// The notes that a record's history says were written, in order.
std::vector<std::string> notes_in_history(store::Db& db, const std::string& id,
                                          const std::string& field) {
  std::vector<std::string> out;
  auto rows = db.prepare(
      "SELECT after FROM record_history WHERE register = 'saved' AND record = ? ORDER BY rev");
  rows.bind(1, std::string_view(id));
  while (rows.step()) {
    const auto lines = base::parse_json(rows.text(0)).value_or(base::Json());
    for (const auto& line : lines.items()) {
      const auto& parts = line.items();
      if (parts.size() == 3 && parts[0].as_string() == field) out.push_back(parts[2].as_string());
    }
  }
  return out;
}

TEST_F(Saves, EachAnsweredSaveIsThereExactlyOnceAfterKills) {
  const auto saves = std::size_t(repeats(1000, 10'000));
  const auto kills = std::size_t(repeats(10, 60));
  std::mt19937 random(20240502);
  std::vector<std::size_t> moments;  // by the saves answered until then
  for (std::size_t i = 0; i + 1 < kills; ++i) moments.push_back(1 + random() % saves);
  moments.push_back(saves);
  std::sort(moments.begin(), moments.end());
  for (std::size_t i = 0; i < moments.size(); ++i) {
    SCOPED_TRACE("kill " + std::to_string(i));
    save_until(moments[i], random);
    if (HasFatalFailure()) return;
    if (i % 4 == 0) kill_in_start(random);
  }
  start();
  for (std::size_t i = 0; i < kSaveClients; ++i) {
    ASSERT_TRUE(m_clients[i].finish_pending(*m_http[i], m_answered)) << m_station.output();
    EXPECT_TRUE(m_clients[i].wrong.empty()) << m_clients[i].wrong.front();
  }
  EXPECT_GE(m_answered, saves);
  const auto records = listed();
  expect_records(records);
  expect_found();
  ASSERT_EQ(m_station.process->kill(SIGTERM), 0) << m_station.output();
  EXPECT_EQ(m_station.verb({"audit", "verify", "--data", m_station.data.string(), "--share",
                            m_station.share.string()}),
            0)
      << m_station.verb_output;

  store::Db db({.path = m_station.data / "records.db", .read_only = true});
  const std::string of_saved = " WHERE register = 'saved'";
  expect_each_once(revisions_in(db, "SELECT record, rev FROM record_history" + of_saved), records,
                   "history");
  expect_each_once(revisions_in(db, "SELECT record, rev FROM record_change" + of_saved), records,
                   "a change");
  expect_each_once(revisions_in(db,
                                "SELECT substr(target, 7), json_extract(detail, '$.revision') FROM "
                                "access_audit WHERE target LIKE 'saved/%'"),
                   records, "an audit line");
  for (std::size_t i = 0; i < kSaveClients; ++i) {
    for (const auto& kept : m_clients[i].kept) {
      EXPECT_EQ(notes_in_history(db, kept.id, "note"), kept.notes) << kept.name;
    }
    EXPECT_EQ(notes_in_history(db, m_shared, "c" + std::to_string(i)), m_clients[i].shared_values);
  }
  auto keys = db.prepare("SELECT COUNT(*) FROM record_request WHERE key LIKE 'officer%'");
  ASSERT_TRUE(keys.step());
  EXPECT_EQ(keys.integer(0), std::int64_t(m_answered + 1));
  std::cout << "killed " << kills << " times in saves, " << (kills + 3) / 4
            << " in starting: " << m_answered << " saves, " << records.size() << " records\n";
}

}  // namespace
}  // namespace jinglue::test
