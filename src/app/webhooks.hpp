// SPDX-License-Identifier: Apache-2.0
// Webhooks: changes of registers are posted to other programs, which an administrator has named in
// the settings (docs/format/webhooks.md). A hook sends what one account sees, in order, at least
// once; after a failure it waits longer each time and goes on where it was. Signed with
// HMAC-SHA256, counted, in the audit log. Nothing is sent in a drill. Times are of the wall clock.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "access/access.hpp"
#include "app/health.hpp"
#include "base/config.hpp"
#include "output/http_post.hpp"
#include "registry/registry.hpp"
#include "store/database.hpp"

namespace jinglue::app {

struct Webhook {
  std::string name;
  std::string url;
  output::HttpAddress to;
  std::string secret_file;             ///< in the folder secrets of the data folder; its first line
  std::string ca_file;                 ///< there too; empty = the system's
  std::string account;                 ///< what it sees is sent
  std::vector<std::string> registers;  ///< empty = all that the account sees
};
/// [[webhook]] of the settings; the first mistake with file, line and key.
base::Result<std::vector<Webhook>> read_webhooks(const base::ConfigNode& document);

/// "sha256=" + HMAC of TIME "." BODY, TIME being the header X-Jinglue-Time.
std::string webhook_signature(std::string_view secret, std::string_view time,
                              std::string_view body);

class Webhooks {
 public:
  struct Pauses {
    std::chrono::milliseconds first{1'000}, most{600'000};
    std::chrono::milliseconds problem_after{300'000};  ///< of failures, until health tells
  };
  Webhooks(std::vector<Webhook> hooks, store::Database& records, access::Access& access,
           const registry::Registry& registry, std::filesystem::path secrets, Health& health);
  Webhooks(std::vector<Webhook> hooks, store::Database& records, access::Access& access,
           const registry::Registry& registry, std::filesystem::path secrets, Health& health,
           Pauses pauses);
  ~Webhooks();

  void start();
  void stop();
  /// Something may have changed. Returns at once.
  void wake();
  /// Array for administrators: name, host, account, registers, state (idle, waiting, failing),
  /// cursor, behind, delivered, failed, changes, last {at, status, error}.
  base::Json to_json() const;
  void add_metrics(base::Json& out) const;

 private:
  struct State {
    std::int64_t cursor{0};
    std::int64_t delivered{0}, failed{0}, changes{0};
    // Of the attempt under way; the same bytes go out again.
    std::string body, delivery;
    std::int64_t until{0};
    std::size_t count{0};
    int failures{0};
    std::chrono::steady_clock::time_point next{}, failing_since{};
    base::Instant last_at;
    int last_status{0};
    std::string last_error;
  };
  void run();
  void load();
  void save(const Webhook& hook, const State& state);
  /// Sends what is due; false when there is nothing more to do for now.
  bool work(const Webhook& hook);
  bool prepare(const Webhook& hook, State& state);
  void attempt(const Webhook& hook, State& state);
  void succeeded(const Webhook& hook, State& state);
  void failed_with(const Webhook& hook, State& state, const std::string& error,
                   std::chrono::milliseconds asked);
  base::Result<access::Actor> actor_of(const Webhook& hook) const;
  base::Result<std::string> secret_of(const Webhook& hook) const;

  const std::vector<Webhook> m_hooks;
  store::Database& m_records;
  access::Access& m_access;
  const registry::Registry& m_registry;
  const std::filesystem::path m_secrets;
  Health& m_health;
  const Pauses m_pauses;
  mutable std::mutex m_mutex;
  std::condition_variable m_wake;
  bool m_news{true}, m_stopping{false};
  std::map<std::string, State>
      m_states;  // guarded by m_mutex, except that the thread reads its own
  std::thread m_thread;
};

}  // namespace jinglue::app
