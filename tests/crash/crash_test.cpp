// SPDX-License-Identifier: Apache-2.0
// Acknowledged means durable: the program is killed with SIGKILL at random moments during feed and
// edits. After each restart every acknowledged position, finding, review, record and case is there
// exactly once, and episodes in flight go on instead of being raised again. 20 rounds; 200 with
// JINGLUE_LONG.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "base/instant.hpp"
#include "support/station.hpp"

namespace jinglue::test {
namespace {

constexpr std::uint32_t kFirstMmsi = 412900001;
constexpr std::size_t kVessels = 5;

/// The lines that exist, each with its own millisecond; a line once made never changes, so that
/// what was not acknowledged can be sent again as it was.
class Feed {
 public:
  void send_from(TcpFeed& tcp, std::size_t from, const std::atomic<bool>& stop) {
    std::size_t next = from;
    while (!stop) {
      while (next < m_stamps.size() && !stop) {
        if (!tcp.send(line(next))) return;
        ++next;
      }
      make_one();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  std::size_t size() const { return m_stamps.size(); }
  std::vector<std::int64_t> stamps_of(std::size_t vessel, std::size_t lines) const {
    std::vector<std::int64_t> out;
    for (std::size_t i = vessel; i < lines; i += kVessels) out.push_back(m_stamps[i]);
    return out;
  }

 private:
  void make_one() {
    const auto now = base::wall_now().ms;
    m_stamps.push_back(m_stamps.empty() ? now : std::max(now, m_stamps.back() + 1));
  }
  std::string line(std::size_t i) const {
    const auto vessel = static_cast<std::uint32_t>(i % kVessels);
    return position_line(kFirstMmsi + vessel, 37.1 + 0.05 * vessel,
                         122.6 + 0.0001 * double(i % 100), 5.0, base::Instant{m_stamps[i]});
  }
  std::vector<std::int64_t> m_stamps;
};

/// Writes over HTTP with idempotency keys. A write without an answer is repeated after the restart
/// with the same key; an answered one must never be lost.
class Editor {
 public:
  void work(HttpClient& http, const std::atomic<bool>& stop) {
    while (!stop) {
      if (m_pending.empty()) plan(http);
      if (!finish_pending(http)) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(3));
    }
  }
  /// False when the connection broke.
  bool finish_pending(HttpClient& http) {
    while (!m_pending.empty()) {
      const auto& write = m_pending.front();
      const auto reply = http.write(write.method, write.path, write.body, write.key);
      if (reply.status == 0) return false;
      if (reply.status / 100 != 2) {
        m_refused.push_back(write.path + ": " + reply.body);
      } else {
        done(write, reply);
      }
      m_pending.erase(m_pending.begin());
    }
    return true;
  }

  std::vector<std::string> names, comments, m_refused;
  std::vector<std::string> notes;  // values written to the one patched record, in order
  std::string patched;
  std::string verified_case;

 private:
  struct Write {
    std::string method, path, key, what, value;
    base::Json body;
  };
  void plan(HttpClient& http) {
    const std::string n = std::to_string(++m_number);
    switch (m_number % 3) {
      case 0:
        plan_review(http, n);
        break;
      case 1:
        m_pending.push_back(
            {"POST", "/api/v1/registers/vessel/records", "create-" + n, "create", "crash-" + n,
             base::Json::object(
                 {{"fields", base::Json::object({{"name", "crash-" + n}, {"kind", "fishing"}})}})});
        break;
      default:
        if (patched.empty()) return;
        m_pending.push_back(
            {"PATCH", "/api/v1/registers/vessel/records/" + patched, "patch-" + n, "patch",
             "note " + n,
             base::Json::object({{"base_revision", m_revision},
                                 {"fields", base::Json::object({{"note", "note " + n}})}})});
    }
  }
  void plan_review(HttpClient& http, const std::string& n) {
    const auto list = http.get("/api/v1/findings?limit=10").json();
    if (list["items"].items().empty()) return;
    const auto& finding = list["items"].items().front();
    const std::string path = "/api/v1/findings/" + finding["id"].as_string() + "/reviews";
    const bool verify = verified_case.empty() && m_number > 30;
    auto body = base::Json::object({{"kind", verify ? "verify" : "comment"},
                                    {"seen_step", finding["step"]},
                                    {"reason", "comment " + n}});
    m_pending.push_back({"POST", path, "review-" + n, verify ? "verify" : "comment", "comment " + n,
                         std::move(body)});
  }
  void done(const Write& write, const HttpReply& reply) {
    const auto json = reply.json();
    if (write.what == "create") {
      names.push_back(write.value);
      if (patched.empty()) {
        patched = json["id"].as_string();
        m_revision = json["revision"].as_int();
      }
    } else if (write.what == "patch") {
      notes.push_back(write.value);
      m_revision = json["revision"].as_int();
    } else {
      comments.push_back(write.value);
      if (write.what == "verify") verified_case = json["review"]["case_id"].as_string();
    }
  }
  std::vector<Write> m_pending;
  std::uint64_t m_number{0};
  std::int64_t m_revision{0};
};

std::uint64_t durable_lines(HttpClient& http) {
  const auto reply = http.get("/api/v1/inputs");
  if (reply.status != 200) return 0;
  const auto inputs = reply.json();
  for (const auto& input : inputs["items"].items()) {
    if (input["name"].as_string() == "tcp") {
      return static_cast<std::uint64_t>(input["durable_lines"].as_int());
    }
  }
  return 0;
}

std::vector<std::int64_t> archived_times(HttpClient& http, std::size_t vessel) {
  std::vector<std::int64_t> out;
  const auto reply = http.get("/api/v1/tracks/mmsi:" + std::to_string(kFirstMmsi + vessel) +
                              "/positions?from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z"
                              "&limit=100000");
  EXPECT_EQ(reply.status, 200) << reply.body;
  const auto json = reply.json();
  const auto from = base::parse_iso(json["base_time"].as_string());
  if (!from) return out;
  for (const auto& t : json["columns"]["t"].items()) out.push_back(from->ms + t.as_int());
  return out;
}

class Crash : public ::testing::Test {
 protected:
  void SetUp() override {
    m_station.add_user("tester", "administrator");
    ASSERT_EQ(m_station.verb({"user", "list", "--data", m_station.data.string(), "--share",
                              m_station.share.string()}),
              0);
    m_station.add_user("officer", "duty_officer");
  }
  void sign_in(HttpClient& http, const std::string& name, std::string& cookie, std::string& csrf) {
    if (cookie.empty()) {
      ASSERT_TRUE(http.sign_in(name, kPassword)) << m_station.output();
      cookie = http.cookie;
      csrf = http.csrf;
    }
    http.cookie = cookie;  // sessions outlive the program too
    http.csrf = csrf;
  }
  void round(std::chrono::milliseconds life) {
    m_station.start();
    ASSERT_TRUE(m_station.wait_ready()) << m_station.output();
    HttpClient admin(m_station.http_port), officer(m_station.http_port);
    sign_in(admin, "tester", m_admin_cookie, m_admin_csrf);
    sign_in(officer, "officer", m_officer_cookie, m_officer_csrf);
    const auto durable = durable_lines(admin);
    ASSERT_GE(durable, m_acknowledged) << "acknowledged lines are lost";
    ASSERT_LE(durable, m_feed.size());
    std::atomic<bool> stop{false};
    TcpFeed tcp(m_station.tcp_port);
    ASSERT_TRUE(tcp.connected());
    std::thread sender([&] { m_feed.send_from(tcp, durable, stop); });
    std::thread editor([&] { m_editor.work(officer, stop); });
    const auto until = std::chrono::steady_clock::now() + life;
    while (std::chrono::steady_clock::now() < until) {
      m_acknowledged = std::max(m_acknowledged, durable_lines(admin));
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    m_station.process->kill(SIGKILL);
    stop = true;
    sender.join();
    editor.join();
  }

  void expect_reviews_once(HttpClient& officer, const base::Json& findings) {
    std::map<std::string, int> reasons;
    for (const auto& finding : findings["items"].items()) {
      const auto detail = officer.get("/api/v1/findings/" + finding["id"].as_string()).json();
      std::int64_t number = 0;
      for (const auto& step : detail["steps"].items()) EXPECT_EQ(step["number"].as_int(), number++);
      for (const auto& review : detail["review_list"].items()) {
        ++reasons[review["reason"].as_string()];
      }
    }
    for (const auto& comment : m_editor.comments) EXPECT_EQ(reasons[comment], 1) << comment;
  }
  void expect_records_once(HttpClient& officer) {
    std::map<std::string, int> names;
    std::string cursor;
    do {
      const auto page = officer
                            .get("/api/v1/registers/vessel/records?limit=500" +
                                 (cursor.empty() ? "" : "&cursor=" + cursor))
                            .json();
      for (const auto& record : page["items"].items()) {
        ++names[record["fields"]["name"].as_string()];
      }
      cursor = page["next"].as_string();
    } while (!cursor.empty());
    for (const auto& name : m_editor.names) EXPECT_EQ(names[name], 1) << name;

    std::map<std::string, int> notes;
    const auto history =
        officer.get("/api/v1/registers/vessel/records/" + m_editor.patched + "/history").json();
    for (const auto& line : history["items"].items()) {
      if (line["field"].as_string() == "note") ++notes[line["after"].as_string()];
    }
    for (const auto& note : m_editor.notes) EXPECT_EQ(notes[note], 1) << note;
  }

  TestStation m_station;
  Feed m_feed;
  Editor m_editor;
  std::uint64_t m_acknowledged{0};
  std::string m_admin_cookie, m_admin_csrf, m_officer_cookie, m_officer_csrf;
};

TEST_F(Crash, EverythingAcknowledgedIsThereExactlyOnceAfterKills) {
  const int rounds = std::getenv("JINGLUE_LONG") != nullptr ? 200 : 20;
  std::mt19937 random(20240501);
  for (int i = 0; i < rounds; ++i) {
    SCOPED_TRACE("round " + std::to_string(i));
    round(std::chrono::milliseconds(50 + random() % 1200));
    if (HasFatalFailure()) return;
  }
  m_station.start();
  ASSERT_TRUE(m_station.wait_ready()) << m_station.output();
  HttpClient admin(m_station.http_port), officer(m_station.http_port);
  sign_in(admin, "tester", m_admin_cookie, m_admin_csrf);
  sign_in(officer, "officer", m_officer_cookie, m_officer_csrf);
  ASSERT_TRUE(m_editor.finish_pending(officer));
  EXPECT_TRUE(m_editor.m_refused.empty()) << m_editor.m_refused.front();

  const auto durable = durable_lines(admin);
  EXPECT_GE(durable, m_acknowledged);
  for (std::size_t vessel = 0; vessel < kVessels; ++vessel) {
    EXPECT_EQ(archived_times(officer, vessel), m_feed.stamps_of(vessel, durable))
        << "vessel " << vessel;
  }

  const auto findings = officer.get("/api/v1/findings?limit=200").json();
  std::map<std::string, int> per_subject;
  for (const auto& finding : findings["items"].items()) {
    ++per_subject[finding["subjects"].items().front()["id"].as_string()];
    EXPECT_TRUE(finding["open"].as_bool()) << finding.dump();
  }
  EXPECT_EQ(per_subject.size(), kVessels);
  for (const auto& [subject, count] : per_subject) EXPECT_EQ(count, 1) << subject;

  expect_reviews_once(officer, findings);
  expect_records_once(officer);
  const auto cases = officer.get("/api/v1/registers/case/records").json();
  EXPECT_EQ(cases["items"].items().size(), m_editor.verified_case.empty() ? 0u : 1u);
  std::cout << "killed " << rounds << " times: " << durable << " lines, " << m_editor.names.size()
            << " records, " << m_editor.comments.size() << " reviews, " << m_editor.notes.size()
            << " patches\n";
  EXPECT_EQ(m_station.process->kill(SIGTERM), 0) << m_station.output();
  EXPECT_EQ(m_station.verb({"audit", "verify", "--data", m_station.data.string(), "--share",
                            m_station.share.string()}),
            0)
      << m_station.verb_output;
}

}  // namespace
}  // namespace jinglue::test
