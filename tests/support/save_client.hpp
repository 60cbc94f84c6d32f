// SPDX-License-Identifier: Apache-2.0
// SaveClient: one person who makes and changes records over HTTP while the program is killed and
// started again. A save without an answer is sent again with its key until it is answered, as a
// screen does; some answered ones are sent again too. What was answered is kept, to be looked for.
#pragma once

#include <atomic>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "support/http_client.hpp"

namespace jinglue::test {

/// The register of the saves: numbers, searched and unique texts, a field for each client in which
/// several change one record.
inline constexpr std::size_t kSaveClients = 4;
inline constexpr const char* kSaveRegister = R"toml(id = "saved"
schema = 1
zh = "保存"
en = "Saved"
title = "name"
number = "BC-{n:6}"
fields = [
  { key = "name", zh = "名称", en = "Name", type = "text", required = true, )toml"
                                             R"toml(unique = true, searched = true, listed = true },
  { key = "note", zh = "备注", en = "Note", type = "text", searched = true },
  { key = "before", zh = "上一条", en = "Before", type = "link", link = "saved" },
  { key = "c0", zh = "甲", en = "c0", type = "text" },
  { key = "c1", zh = "乙", en = "c1", type = "text" },
  { key = "c2", zh = "丙", en = "c2", type = "text" },
  { key = "c3", zh = "丁", en = "c3", type = "text" },
]
)toml";

class SaveClient {
 public:
  /// A record as its last answer said it; `notes`: all that were written, in order.
  struct Kept {
    std::string id, number, name;
    std::vector<std::string> notes;
    std::int64_t revision{0};
  };

  explicit SaveClient(std::size_t which) : m_which(which), m_random(std::uint32_t(7 + which)) {}

  /// Until told to stop, or until the connection breaks.
  void work(HttpClient& http, std::atomic<std::size_t>& answered, const std::atomic<bool>& stop) {
    while (!stop) {
      if (m_pending.key.empty()) plan();
      if (!finish_pending(http, answered)) return;
      if (m_random() % 20 == 0 && !repeat_one(http)) return;
    }
  }
  /// False when the connection broke.
  bool finish_pending(HttpClient& http, std::atomic<std::size_t>& answered) {
    if (m_pending.key.empty()) return true;
    const auto reply = http.write(m_pending.method, m_pending.path, m_pending.body, m_pending.key);
    if (reply.status == 0) return false;
    if (reply.status / 100 != 2) {
      wrong.push_back(m_pending.key + " refused: " + reply.body);
    } else {
      done(reply.json());
      ++answered;
    }
    m_pending = {};
    return true;
  }
  std::size_t saves() const { return m_answered.size(); }

  std::vector<Kept> kept;
  std::vector<std::string> shared_values;  ///< written to this client's field of the shared record
  std::string shared;                      ///< id of the record that all change
  std::vector<std::string> wrong;          ///< what should not have been answered so

 private:
  struct Save {
    std::string key, method, path, value;
    base::Json body;
    std::size_t of{0};  ///< which of `kept`; kShared = the shared record
  };
  struct Answered {
    Save save;
    std::string id, number;
    std::int64_t revision{0};
  };
  static constexpr std::size_t kShared = SIZE_MAX;

  void plan() {
    const std::string n = std::to_string(m_which) + "x" + std::to_string(++m_number);
    const auto kind = m_random() % 10;
    if (kept.empty() || kind < 5) {
      plan_create(n);
    } else if (kind < 8 || shared.empty()) {
      plan_patch(m_random() % kept.size(), "note", n);
    } else {
      plan_patch(kShared, "c" + std::to_string(m_which), n);
    }
  }
  void plan_create(const std::string& n) {
    auto fields = base::Json::object({{"name", "name" + n}, {"note", "note" + n}});
    if (!kept.empty()) fields.set("before", kept.back().id);
    m_pending = {"create-" + n,
                 "POST",
                 kPath,
                 "note" + n,
                 base::Json::object({{"fields", std::move(fields)}}),
                 kept.size()};
    m_name = "name" + n;
  }
  void plan_patch(std::size_t of, const std::string& field, const std::string& n) {
    const bool all = of == kShared;
    m_pending = {"patch-" + n,
                 "PATCH",
                 std::string(kPath) + "/" + (all ? shared : kept[of].id),
                 "note" + n,
                 base::Json::object({{"base_revision", all ? m_shared_seen : kept[of].revision},
                                     {"fields", base::Json::object({{field, "note" + n}})}}),
                 of};
  }
  void done(const base::Json& answer) {
    Answered now{m_pending, answer["id"].as_string(), answer["number"].as_string(),
                 answer["revision"].as_int()};
    if (m_pending.method == "POST") {
      kept.push_back({now.id, now.number, m_name, {m_pending.value}, now.revision});
    } else if (m_pending.of == kShared) {
      shared_values.push_back(m_pending.value);
      m_shared_seen = now.revision;
    } else {
      auto& record = kept[m_pending.of];
      if (now.revision != record.revision + 1) wrong.push_back(m_pending.key + ": a revision more");
      record.revision = now.revision;
      record.notes.push_back(m_pending.value);
    }
    m_answered.push_back(std::move(now));
  }
  /// A save that was answered, perhaps before a kill, gives the same answer.
  bool repeat_one(HttpClient& http) {
    if (m_answered.empty()) return true;
    const auto& once = m_answered[m_random() % m_answered.size()];
    const auto reply = http.write(once.save.method, once.save.path, once.save.body, once.save.key);
    if (reply.status == 0) return false;
    const auto again = reply.json();
    if (reply.status / 100 != 2 || again["id"].as_string() != once.id ||
        again["number"].as_string() != once.number || again["revision"].as_int() != once.revision) {
      wrong.push_back(once.save.key + " repeated: " + reply.body);
    }
    return true;
  }

  static constexpr const char* kPath = "/api/v1/registers/saved/records";
  const std::size_t m_which;
  std::mt19937 m_random;
  std::uint64_t m_number{0};
  std::int64_t m_shared_seen{1};
  std::string m_name;
  Save m_pending;
  std::vector<Answered> m_answered;
};

}  // namespace jinglue::test
