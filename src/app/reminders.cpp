// SPDX-License-Identifier: Apache-2.0
#include "app/reminders.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "app/letter_text.hpp"
#include "base/hash.hpp"
#include "base/local_time.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace jinglue::app {
namespace {

using base::Code;
using base::Json;
using std::string_view;

constexpr const char* kZone = "Asia/Shanghai";
constexpr auto kLookAgain = std::chrono::seconds(20);
constexpr std::size_t kNoticesAtOnce = 500;
constexpr std::size_t kSentAtOnce = 50;
constexpr base::Duration kGiveUp{std::chrono::hours(24)};
constexpr base::Duration kFirstPause{std::chrono::minutes(1)};
constexpr base::Duration kMostPause{std::chrono::hours(1)};
constexpr base::Duration kKeepSent{std::chrono::hours(24 * 30)};

const std::vector<store::Migration>& tables() {
  static const std::vector<store::Migration> kSteps = {{1, R"sql(
CREATE TABLE mail_cursor(one BIGINT PRIMARY KEY, notice BIGINT NOT NULL);
CREATE TABLE mail_out(
  id TEXT PRIMARY KEY, person TEXT NOT NULL, address TEXT NOT NULL, subject TEXT NOT NULL,
  body TEXT NOT NULL, made BIGINT NOT NULL, due BIGINT NOT NULL, tries BIGINT NOT NULL,
  ended BIGINT, error TEXT NOT NULL);
CREATE INDEX mail_out_due ON mail_out(due) WHERE ended IS NULL;
)sql"}};
  return kSteps;
}

/// "HH:MM" as minutes of the day.
base::Result<int> minute_of(const base::ConfigNode& node, int otherwise) {
  if (!node) return otherwise;
  const auto text = node.string();
  if (!text) return tl::unexpected(text.error());
  const auto digit = [&](std::size_t at) { return (*text)[at] >= '0' && (*text)[at] <= '9'; };
  const bool form =
      text->size() == 5 && (*text)[2] == ':' && digit(0) && digit(1) && digit(3) && digit(4);
  const int hour = form ? ((*text)[0] - '0') * 10 + ((*text)[1] - '0') : 24;
  const int minute = form ? ((*text)[3] - '0') * 10 + ((*text)[4] - '0') : 60;
  if (hour > 23 || minute > 59) return node.error(Code::kMalformed, "a time of day like \"08:00\"");
  return hour * 60 + minute;
}

int minute_of_day(base::Instant at) {
  const auto civil = base::to_civil(at, kZone);
  return civil ? civil->hour * 60 + civil->minute : 0;
}
std::string day_of(base::Instant at) {
  return base::to_local_text(at, kZone).substr(0, 10);
}

base::Status read_texts(const base::ConfigNode& node, MailSettings& out) {
  const std::pair<const char*, std::string*> texts[] = {{"server", &out.server},
                                                        {"from", &out.from},
                                                        {"from_name", &out.from_name},
                                                        {"user", &out.user},
                                                        {"password_file", &out.password_file},
                                                        {"ca_file", &out.ca_file},
                                                        {"page", &out.page}};
  for (const auto& [key, to] : texts) {
    auto value = node[key].string_or(*to);
    if (!value) return tl::unexpected(value.error());
    *to = std::move(*value);
  }
  for (const auto& [key, file] :
       {std::pair("password_file", &out.password_file), std::pair("ca_file", &out.ca_file)}) {
    if (file->find('/') != std::string::npos || (!file->empty() && file->front() == '.')) {
      return node[key].error(Code::kMalformed, "the name of a file in the folder secrets");
    }
  }
  return {};
}

base::Status check(const base::ConfigNode& node, const MailSettings& mail) {
  if (auto good = output::check_smtp_url(mail.server); !good) {
    return node["server"].error(good.error().code, good.error().message);
  }
  if (!output::is_mail_address(mail.from)) {
    return node["from"].error(Code::kMalformed, "the address that letters come from");
  }
  if (mail.user.empty() != mail.password_file.empty()) {
    return node["user"].error(Code::kMalformed, "user and password_file go together");
  }
  if (!mail.page.empty() && mail.page.rfind("http", 0) != 0) {
    return node["page"].error(Code::kMalformed, "the address of the page: https://...");
  }
  constexpr string_view kKinds[] = {"effect", "clock", "comment", "change", "schedule"};
  for (const auto& kind : mail.at_once) {
    if (std::find(std::begin(kKinds), std::end(kKinds), kind) != std::end(kKinds)) continue;
    return node["at_once"].error(Code::kUnknown, "no kind of notice: " + kind,
                                 "effect, clock, comment, change, schedule");
  }
  return {};
}

/// The same for the same news, so that a crash before the cursor has moved doubles no letter.
std::string letter_id(const std::string& person, const std::string& of) {
  return base::sha256_hex(person + "/" + of).substr(0, 32);
}

}  // namespace

base::Result<MailSettings> read_mail(const base::ConfigNode& document) {
  MailSettings out;
  const auto node = document["mail"];
  if (!node) return out;
  auto good = node.only({"server", "from", "from_name", "user", "password_file", "ca_file", "page",
                         "digest_at", "quiet_from", "quiet_until", "at_once"});
  if (good) good = read_texts(node, out);
  if (!good) return tl::unexpected(good.error());
  for (const auto& [key, minute] :
       {std::pair("digest_at", &out.digest_minute), std::pair("quiet_from", &out.quiet_from_minute),
        std::pair("quiet_until", &out.quiet_until_minute)}) {
    const auto value = minute_of(node[key], *minute);
    if (!value) return tl::unexpected(value.error());
    *minute = *value;
  }
  if (const auto kinds = node["at_once"]) {
    auto list = kinds.strings();
    if (!list) return tl::unexpected(list.error());
    out.at_once = std::move(*list);
  }
  if (good = check(node, out); !good) return tl::unexpected(good.error());
  while (!out.page.empty() && out.page.back() == '/') out.page.pop_back();
  return out;
}

base::Instant after_quiet(const MailSettings& settings, base::Instant at) {
  return after_quiet({settings.quiet_from_minute, settings.quiet_until_minute}, at);
}

base::Instant after_quiet(const access::QuietHours& hours, base::Instant at) {
  const int from = hours.from_minute, until = hours.until_minute;
  if (from == until) return at;
  const int now = minute_of_day(at);
  const bool quiet = from < until ? now >= from && now < until : now >= from || now < until;
  if (!quiet) return at;
  const int wait = (until - now + 24 * 60) % (24 * 60);
  return {(at.ms / 60'000 + wait) * 60'000};
}

Reminders::Reminders(MailSettings settings, store::Database& records, access::Access& access,
                     const registry::Registry& registry, std::filesystem::path secrets,
                     Health& health)
    : m_settings(std::move(settings)),
      m_records(records),
      m_access(access),
      m_registry(registry),
      m_secrets(std::move(secrets)),
      m_health(health) {
  if (m_settings.server.empty()) return;
  m_records.migrate("mail", tables());
  // What was told before there were letters is not told again.
  m_records.write([](store::Db& db) {
    db.prepare(
          "INSERT INTO mail_cursor(one, notice) SELECT 1, COALESCE(MAX(number), 0) FROM "
          "record_notice WHERE true ON CONFLICT(one) DO NOTHING")
        .run();
  });
}

Reminders::~Reminders() {
  stop();
}

void Reminders::start() {
  if (!m_settings.server.empty()) m_thread = std::thread([this] { run(); });
}

void Reminders::stop() {
  {
    const std::lock_guard lock(m_mutex);
    m_stopping = true;
  }
  m_wake.notify_all();
  if (m_thread.joinable()) m_thread.join();
}

void Reminders::run() {
  std::unique_lock lock(m_mutex);
  while (!m_stopping) {
    lock.unlock();
    try {
      run_once(base::wall_now());
    } catch (const std::exception& failure) {
      base::log_error("mail", "{}", failure.what());
    }
    lock.lock();
    m_wake.wait_for(lock, kLookAgain, [this] { return m_stopping; });
  }
}

Reminders::Round Reminders::run_once(base::Instant now) {
  Round round;
  write_at_once(now, round);
  write_digests(now, round);
  send(now, round);
  const std::lock_guard lock(m_mutex);
  m_total.written += round.written;
  m_total.sent += round.sent;
  m_total.failed += round.failed;
  m_total.given_up += round.given_up;
  return round;
}

/// New notices of the kinds that go at once: one letter for each person.
void Reminders::write_at_once(base::Instant now, Round& round) {
  const std::int64_t cursor = m_records.read([](store::Db& db) {
    auto row = db.prepare("SELECT notice FROM mail_cursor WHERE one = 1");
    return row.step() ? row.integer(0) : std::int64_t{0};
  });
  const auto fresh = m_registry.inbox().after(cursor, kNoticesAtOnce);
  if (fresh.empty()) return;
  std::map<std::string, std::vector<registry::Notice>> of;
  for (const auto& notice : fresh) {
    const auto& kinds = m_settings.at_once;
    const bool loud = std::find(kinds.begin(), kinds.end(), notice.kind) != kinds.end();
    if (loud && !notice.read_at) of[notice.person].push_back(notice);
  }
  for (const auto& [person, notices] : of) {
    const auto numbers = fmt::format("{}-{}", notices.front().number, notices.back().number);
    write(letter_id(person, numbers), person, notices, false, now, round);
  }
  m_records.write([&](store::Db& db) {
    db.prepare("UPDATE mail_cursor SET notice = ? WHERE one = 1")
        .bind(1, fresh.back().number)
        .run();
  });
}

void Reminders::write_digests(base::Instant now, Round& round) {
  const std::string minute = base::to_local_text(now, kZone).substr(0, 16);
  if (minute_of_day(now) < m_settings.digest_minute || minute == m_digests_seen) return;
  m_digests_seen = minute;
  for (const auto& person : m_registry.inbox().people_with_unread()) {
    const auto id = letter_id(person, "digest/" + day_of(now));
    const bool written = m_records.read([&](store::Db& db) {
      return db.prepare("SELECT 1 FROM mail_out WHERE id = ?").bind(1, string_view(id)).step();
    });
    if (written) continue;
    const auto unread = m_registry.inbox().list(person, true, 0, kLinesOfLetter);
    write(id, person, unread.items, true, now, round);
  }
}

void Reminders::write(const std::string& id, const std::string& person,
                      const std::vector<registry::Notice>& notices, bool digest, base::Instant now,
                      Round& round) {
  if (notices.empty() || !takes_letters(person)) return;
  const auto address = address_of(person);
  if (!address) return;
  const auto unread = m_registry.inbox().list(person, true, 0, 1).unread;
  const auto wanted = access::PreferenceBook(m_records).of(person);
  const auto text = letter_text({notices, digest, unread, now}, m_settings.page, wanted.language);
  const auto due = wanted.quiet ? after_quiet(*wanted.quiet, now) : after_quiet(m_settings, now);
  m_records.write([&](store::Db& db) {
    auto s = db.prepare(
        "INSERT INTO mail_out(id, person, address, subject, body, made, due, tries, error) "
        "VALUES(?, ?, ?, ?, ?, ?, ?, 0, '') ON CONFLICT(id) DO NOTHING");
    s.bind(1, string_view(id)).bind(2, string_view(person));
    s.bind(3, string_view(*address)).bind(4, string_view(text.subject));
    s.bind(5, string_view(text.body));
    s.bind(6, now.ms).bind(7, due.ms).run();
  });
  ++round.written;
}

void Reminders::send(base::Instant now, Round& round) {
  const auto due = m_records.read([&](store::Db& db) {
    auto row = db.prepare(
        "SELECT id, address, subject, body, made, tries FROM mail_out WHERE ended IS NULL AND due "
        "<= ? ORDER BY due LIMIT ?");
    row.bind(1, now.ms).bind(2, std::int64_t{kSentAtOnce});
    std::vector<Waiting> out;
    while (row.step()) {
      out.push_back(
          {row.text(0), row.text(1), row.text(2), row.text(3), {row.integer(4)}, row.integer(5)});
    }
    return out;
  });
  for (const auto& letter : due) {
    {
      const std::lock_guard lock(m_mutex);
      if (m_stopping) return;
    }
    const auto status =
        output::post_letter(server(), {m_settings.from, m_settings.from_name, letter.address,
                                       letter.subject, letter.text, letter.id, letter.made});
    ended(letter, status, now, round);
    // One that nobody answers stands for all: the others wait with it.
    if (!status && status.error().code == Code::kUnavailable) return;
  }
}

void Reminders::ended(const Waiting& letter, const base::Status& status, base::Instant now,
                      Round& round) {
  const bool for_good =
      !status && (status.error().code != Code::kUnavailable || now - letter.made >= kGiveUp);
  const auto pause = std::min(
      kMostPause, kFirstPause * (std::int64_t{1} << std::min<std::int64_t>(letter.tries, 6)));
  m_records.write([&](store::Db& db) {
    auto s = db.prepare(
        "UPDATE mail_out SET tries = tries + 1, due = ?, ended = ?, error = ? WHERE id = ?");
    s.bind(1, (now + pause).ms);
    s.bind(2, status || for_good ? std::optional<std::int64_t>(now.ms) : std::nullopt);
    s.bind(3, string_view(status ? std::string() : status.error().message));
    s.bind(4, string_view(letter.id)).run();
    db.prepare("DELETE FROM mail_out WHERE ended < ?").bind(1, (now - kKeepSent).ms).run();
  });
  if (status) {
    ++round.sent;
    m_health.clear("mail");
    return;
  }
  ++(for_good ? round.given_up : round.failed);
  // The address is not for the log.
  base::log_warn("mail", "a letter was not taken: {}", status.error().message);
  m_health.raise("mail", {Gravity::kDegraded,
                          {"邮件发不出去：" + status.error().message,
                           "letters do not go out: " + status.error().message},
                          {"检查 jinglue.toml 中 [mail] 的服务器、账号和密码文件",
                           "look at server, user and password_file of [mail] in jinglue.toml"},
                          now});
}

std::optional<std::string> Reminders::address_of(const std::string& person) const {
  const auto* definition = m_registry.definition("person");
  if (definition == nullptr || definition->field("email") == nullptr) return std::nullopt;
  registry::Query query;
  query.equals = {{"account", person}};
  query.limit = 1;
  const auto page = m_registry.list("person", query);
  if (!page || page->items.empty()) return std::nullopt;
  std::string address = page->items.front().fields["email"].as_string();
  if (!output::is_mail_address(address)) return std::nullopt;
  return address;
}

bool Reminders::takes_letters(const std::string& person) const {
  const auto users = m_access.users();
  return std::any_of(users.begin(), users.end(),
                     [&](const auto& user) { return user.name == person && !user.disabled; });
}

output::SmtpServer Reminders::server() const {
  output::SmtpServer out{m_settings.server, m_settings.user, {}, {}};
  if (!m_settings.password_file.empty()) {
    std::ifstream in(m_secrets / m_settings.password_file);
    std::getline(in, out.password);
    out.password = base::trim(out.password);
  }
  if (!m_settings.ca_file.empty()) out.ca_file = m_secrets / m_settings.ca_file;
  return out;
}

void Reminders::add_metrics(base::Json& out) const {
  if (m_settings.server.empty()) return;
  const auto waiting = m_records.read([](store::Db& db) {
    auto row = db.prepare("SELECT COUNT(*) FROM mail_out WHERE ended IS NULL");
    row.step();
    return row.integer(0);
  });
  const std::lock_guard lock(m_mutex);
  out.set("mail_written", std::uint64_t{m_total.written});
  out.set("mail_sent", std::uint64_t{m_total.sent});
  out.set("mail_failed", std::uint64_t{m_total.failed});
  out.set("mail_given_up", std::uint64_t{m_total.given_up});
  out.set("mail_waiting", waiting);
}

}  // namespace jinglue::app
