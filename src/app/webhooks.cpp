// SPDX-License-Identifier: Apache-2.0
#include "app/webhooks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "base/log.hpp"
#include "registry/change_feed.hpp"
#include "registry/organisation.hpp"

namespace jinglue::app {
namespace {

using base::Code;
using base::Json;
using std::chrono::milliseconds;

constexpr std::size_t kChangesAtOnce = 100;
constexpr auto kLookAgain = std::chrono::seconds(60);  // accounts and secrets change without news

const std::vector<store::Migration>& tables() {
  static const std::vector<store::Migration> kSteps = {{1, R"sql(
CREATE TABLE webhook_state(
  name TEXT PRIMARY KEY, url TEXT NOT NULL, cursor BIGINT NOT NULL, delivered BIGINT NOT NULL,
  failed BIGINT NOT NULL, changes BIGINT NOT NULL);
)sql"}};
  return kSteps;
}

bool is_plain_name(std::string_view text) {
  return !text.empty() && text.size() <= 40 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  }) && text.front() != '.';
}

base::Status read_text(const base::ConfigNode& node, const char* key, bool required,
                       std::string& out) {
  const auto value = required ? node[key].string() : node[key].string_or("");
  if (!value) return tl::unexpected(value.error());
  out = *value;
  return {};
}

base::Result<Webhook> read_webhook(const base::ConfigNode& node) {
  Webhook out;
  auto good = node.only({"name", "url", "secret_file", "ca_file", "account", "registers"});
  if (good) good = read_text(node, "name", true, out.name);
  if (good) good = read_text(node, "url", true, out.url);
  if (good) good = read_text(node, "secret_file", true, out.secret_file);
  if (good) good = read_text(node, "ca_file", false, out.ca_file);
  if (good) good = read_text(node, "account", true, out.account);
  if (good && !is_plain_name(out.name)) {
    good = node["name"].error(Code::kMalformed, "1 to 40 of a-z 0-9 . _ -");
  }
  for (const auto& [key, file] :
       {std::pair("secret_file", &out.secret_file), std::pair("ca_file", &out.ca_file)}) {
    if (good && !file->empty() && !is_plain_name(*file)) {
      good = node[key].error(Code::kMalformed, "the name of a file in the folder secrets");
    }
  }
  if (!good) return tl::unexpected(good.error());
  auto address = output::parse_http_address(out.url);
  if (!address) {
    return node["url"].error(address.error().code, address.error().message, address.error().hint);
  }
  out.to = std::move(*address);
  if (const auto registers = node["registers"]) {
    auto ids = registers.strings();
    if (!ids) return tl::unexpected(ids.error());
    out.registers = std::move(*ids);
  }
  return out;
}

}  // namespace

base::Result<std::vector<Webhook>> read_webhooks(const base::ConfigNode& document) {
  std::vector<Webhook> out;
  std::set<std::string> names;
  const auto list = document["webhook"];
  for (const auto& node : list.items()) {
    auto hook = read_webhook(node);
    if (!hook) return tl::unexpected(hook.error());
    if (!names.insert(hook->name).second) {
      return node["name"].error(Code::kConflict, "two webhooks have this name");
    }
    out.push_back(std::move(*hook));
  }
  return out;
}

std::string webhook_signature(std::string_view secret, std::string_view time,
                              std::string_view body) {
  return "sha256=" + output::hmac_sha256_hex(secret, fmt::format("{}.{}", time, body));
}

Webhooks::Webhooks(std::vector<Webhook> hooks, store::Database& records, access::Access& access,
                   const registry::Registry& registry, std::filesystem::path secrets,
                   Health& health)
    : Webhooks(std::move(hooks), records, access, registry, std::move(secrets), health, Pauses()) {}

Webhooks::Webhooks(std::vector<Webhook> hooks, store::Database& records, access::Access& access,
                   const registry::Registry& registry, std::filesystem::path secrets,
                   Health& health, Pauses pauses)
    : m_hooks(std::move(hooks)),
      m_records(records),
      m_access(access),
      m_registry(registry),
      m_secrets(std::move(secrets)),
      m_health(health),
      m_pauses(pauses) {
  load();
}

Webhooks::~Webhooks() {
  stop();
}

void Webhooks::load() {
  if (m_hooks.empty()) return;
  for (const auto& hook : m_hooks) {
    for (const auto& id : hook.registers) {
      if (m_registry.definition(id) != nullptr) continue;
      throw base::WorldError("there is no register '" + id + "'", "webhook " + hook.name,
                             "name registers by their ids");
    }
  }
  m_records.migrate("webhook", tables());
  const auto now = registry::last_change(m_registry);
  for (const auto& hook : m_hooks) {
    State state;
    state.cursor = now;
    const bool known = m_records.read([&](store::Db& db) {
      auto row = db.prepare(
          "SELECT cursor, delivered, failed, changes FROM webhook_state WHERE name = ? AND url = "
          "?");
      row.bind(1, std::string_view(hook.name)).bind(2, std::string_view(hook.url));
      if (!row.step()) return false;
      state.cursor = row.integer(0);
      state.delivered = row.integer(1);
      state.failed = row.integer(2);
      state.changes = row.integer(3);
      return true;
    });
    if (!known) {
      save(hook, state);
      m_access.audit(
          access::Actor::system(), "webhook.begin", "webhook/" + hook.name,
          Json::object({{"url", hook.url}, {"account", hook.account}, {"cursor", state.cursor}}),
          base::wall_now());
    }
    m_states[hook.name] = std::move(state);
  }
}

void Webhooks::save(const Webhook& hook, const State& state) {
  m_records.write([&](store::Db& db) {
    db.prepare("DELETE FROM webhook_state WHERE name = ?")
        .bind(1, std::string_view(hook.name))
        .run();
    auto s = db.prepare(
        "INSERT INTO webhook_state(name, url, cursor, delivered, failed, changes) "
        "VALUES(?, ?, ?, ?, ?, ?)");
    s.bind(1, std::string_view(hook.name)).bind(2, std::string_view(hook.url));
    s.bind(3, state.cursor).bind(4, state.delivered).bind(5, state.failed).bind(6, state.changes);
    s.run();
  });
}

void Webhooks::start() {
  if (m_hooks.empty() || m_thread.joinable()) return;
  m_thread = std::thread([this] { run(); });
}

void Webhooks::stop() {
  {
    const std::lock_guard lock(m_mutex);
    m_stopping = true;
  }
  m_wake.notify_all();
  if (m_thread.joinable()) m_thread.join();
}

void Webhooks::wake() {
  if (m_hooks.empty()) return;
  {
    const std::lock_guard lock(m_mutex);
    m_news = true;
  }
  m_wake.notify_all();
}

void Webhooks::run() {
  while (true) {
    bool more = false;
    auto next = std::chrono::steady_clock::now() + kLookAgain;
    for (const auto& hook : m_hooks) {
      try {
        more = work(hook) || more;
      } catch (const std::exception& failure) {
        base::log_error("webhook", "{}: {}", hook.name, failure.what());
      }
      const std::lock_guard lock(m_mutex);
      const State& state = m_states[hook.name];
      if (state.failures > 0) next = std::min(next, state.next);
      if (m_stopping) return;
    }
    std::unique_lock lock(m_mutex);
    if (!more) m_wake.wait_until(lock, next, [&] { return m_news || m_stopping; });
    m_news = false;
    if (m_stopping) return;
  }
}

bool Webhooks::work(const Webhook& hook) {
  State state;
  {
    const std::lock_guard lock(m_mutex);
    state = m_states[hook.name];
  }
  if (state.failures > 0 && std::chrono::steady_clock::now() < state.next) return false;
  const bool due = !state.body.empty() || prepare(hook, state);
  if (due) attempt(hook, state);
  const bool more = due && state.failures == 0;
  const std::lock_guard lock(m_mutex);
  m_states[hook.name] = std::move(state);
  return more;
}

bool Webhooks::prepare(const Webhook& hook, State& state) {
  const auto actor = actor_of(hook);
  if (!actor) {
    failed_with(hook, state, actor.error().message, milliseconds(0));
    return false;
  }
  const auto page =
      registry::changes_for(m_registry, *actor, state.cursor, kChangesAtOnce, hook.registers);
  if (page.items.empty()) {
    if (state.failures > 0) m_health.clear("webhook." + hook.name);
    state.failures = 0;
    if (page.next == state.cursor) return false;
    state.cursor = page.next;
    save(hook, state);
    return page.more && prepare(hook, state);
  }
  Json changes = Json::array();
  for (const auto& one : page.items) changes.push(registry::to_json(one));
  state.delivery = fmt::format("{}-{}-{}", hook.name, page.items.front().change.number, page.next);
  state.until = page.next;
  state.count = page.items.size();
  state.body = Json::object({{"hook", hook.name},
                             {"delivery", state.delivery},
                             {"cursor", page.next},
                             {"changes", std::move(changes)}})
                   .dump();
  return true;
}

void Webhooks::attempt(const Webhook& hook, State& state) {
  const auto secret = secret_of(hook);
  if (!secret) return failed_with(hook, state, secret.error().message, milliseconds(0));
  const std::string time = std::to_string(base::wall_now().ms / 1000);
  output::HttpPost post;
  post.to = hook.to;
  post.body = state.body;
  if (!hook.ca_file.empty()) post.ca_file = m_secrets / hook.ca_file;
  post.headers = {{"X-Jinglue-Hook", hook.name},
                  {"X-Jinglue-Delivery", state.delivery},
                  {"X-Jinglue-Time", time},
                  {"X-Jinglue-Signature", webhook_signature(*secret, time, state.body)}};
  const auto answer = output::http_post(post);
  state.last_at = base::wall_now();
  state.last_status = answer ? answer->status : 0;
  if (answer && answer->status >= 200 && answer->status < 300) return succeeded(hook, state);
  failed_with(
      hook, state,
      answer ? fmt::format("the other side answered {}", answer->status) : answer.error().message,
      answer ? milliseconds(answer->retry_after) : milliseconds(0));
}

void Webhooks::succeeded(const Webhook& hook, State& state) {
  ++state.delivered;
  state.changes += std::int64_t(state.count);
  const auto from = state.cursor;
  state.cursor = state.until;
  state.body.clear();
  state.failures = 0;
  state.last_error.clear();
  save(hook, state);
  m_access.audit(access::Actor::system(), "webhook.deliver", "webhook/" + hook.name,
                 Json::object({{"delivery", state.delivery},
                               {"changes", std::uint64_t{state.count}},
                               {"after", from},
                               {"until", state.cursor},
                               {"status", state.last_status}}),
                 state.last_at);
  m_health.clear("webhook." + hook.name);
}

void Webhooks::failed_with(const Webhook& hook, State& state, const std::string& error,
                           milliseconds asked) {
  const auto now = std::chrono::steady_clock::now();
  ++state.failed;
  if (state.failures++ == 0) {
    state.failing_since = now;
    base::log_warn("webhook", "{}: {}", hook.name, error);
    m_access.audit(access::Actor::system(), "webhook.fail", "webhook/" + hook.name,
                   Json::object({{"delivery", state.delivery}, {"error", error}}),
                   base::wall_now());
  }
  state.last_error = error;
  auto pause = m_pauses.first;
  for (int i = 1; i < state.failures && pause < m_pauses.most; ++i) pause *= 2;
  state.next = now + std::max(std::min(pause, m_pauses.most), asked);
  save(hook, state);
  if (now - state.failing_since < m_pauses.problem_after) return;
  m_health.raise(
      "webhook." + hook.name,
      {Gravity::kDegraded,
       {"推送 " + hook.name + " 失败：" + error, "the webhook " + hook.name + ": " + error},
       {"检查对方服务、账号与密钥文件", "check the other side, the account and the secret"},
       base::wall_now()});
}

base::Result<access::Actor> Webhooks::actor_of(const Webhook& hook) const {
  for (const auto& user : m_access.users()) {
    if (user.name != hook.account || user.disabled) continue;
    access::Actor out;
    out.user = user.name;
    out.display_name = user.display_name;
    out.roles = user.roles;
    out.district = user.district;
    if (!out.district.empty()) {
      const auto day = base::to_iso(base::wall_now()).substr(0, 10);
      out.below = m_registry.organisation()->below(out.district, day);
    }
    return out;
  }
  return base::fail(Code::kMissing, "the account '" + hook.account + "' is not there or disabled");
}

base::Result<std::string> Webhooks::secret_of(const Webhook& hook) const {
  std::ifstream in(m_secrets / hook.secret_file);
  std::string line;
  std::getline(in, line);
  line = base::trim(line);
  constexpr std::size_t kLeast = 16;
  if (line.size() >= kLeast) return line;
  return base::fail(Code::kMissing,
                    "the file secrets/" + hook.secret_file + " has no line of 16 characters");
}

Json Webhooks::to_json() const {
  const auto last = m_hooks.empty() ? 0 : registry::last_change(m_registry);
  Json out = Json::array();
  const std::lock_guard lock(m_mutex);
  for (const auto& hook : m_hooks) {
    const State& state = m_states.at(hook.name);
    Json registers = Json::array();
    for (const auto& id : hook.registers) registers.push(id);
    const char* how = state.failures > 0 ? "failing" : state.cursor < last ? "waiting" : "idle";
    Json one = Json::object({{"name", hook.name},
                             {"host", hook.to.host},
                             {"account", hook.account},
                             {"registers", std::move(registers)},
                             {"state", how},
                             {"cursor", state.cursor},
                             {"behind", std::max<std::int64_t>(0, last - state.cursor)},
                             {"delivered", state.delivered},
                             {"failed", state.failed},
                             {"changes", state.changes}});
    if (state.last_at.ms > 0) one.set("last_at", base::to_iso(state.last_at));
    if (state.last_status > 0) one.set("last_status", state.last_status);
    if (!state.last_error.empty()) one.set("last_error", state.last_error);
    out.push(std::move(one));
  }
  return out;
}

void Webhooks::add_metrics(Json& out) const {
  std::int64_t delivered = 0, failed = 0, changes = 0;
  const std::lock_guard lock(m_mutex);
  for (const auto& [name, state] : m_states) {
    delivered += state.delivered;
    failed += state.failed;
    changes += state.changes;
  }
  out.set("webhook_delivered_total", delivered);
  out.set("webhook_failed_total", failed);
  out.set("webhook_changes_total", changes);
}

}  // namespace jinglue::app
