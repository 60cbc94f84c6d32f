// SPDX-License-Identifier: Apache-2.0
// Reminders: notices of registers (registry/inbox.hpp) as letters. Kinds named in `at_once` go out
// as they come, outside the quiet hours; everything that is not read is in one letter a day. A
// letter is written down before it is sent and sent again with longer pauses until the server has
// taken it or a day has passed; after a crash none is lost, and one may come twice with the same
// Message-ID. The address of a person is the field `email` of the record of the register of persons
// that has their account; language and quiet hours are those that the account chose
// (access/preferences.hpp). Nothing is sent in a drill. Times of day are those of Asia/Shanghai, by
// the wall clock.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "access/access.hpp"
#include "access/preferences.hpp"
#include "app/health.hpp"
#include "base/config.hpp"
#include "output/smtp_post.hpp"
#include "registry/inbox.hpp"
#include "registry/registry.hpp"
#include "store/database.hpp"

namespace jinglue::app {

/// [mail] of the settings (docs/format/settings.md).
struct MailSettings {
  std::string server;  ///< empty: no letters
  std::string from, from_name{"经略"};
  std::string user, password_file;  ///< the file stands in the folder secrets; its first line
  std::string ca_file;              ///< there too
  std::string page;                 ///< address of the page, for links; may be empty
  int digest_minute{8 * 60};        ///< of the day
  int quiet_from_minute{22 * 60}, quiet_until_minute{7 * 60};  ///< equal: no quiet hours
  std::vector<std::string> at_once{"clock"};                   ///< kinds of notices
};
base::Result<MailSettings> read_mail(const base::ConfigNode& document);

/// The instant from which a letter made at `at` may go out.
base::Instant after_quiet(const MailSettings& settings, base::Instant at);
base::Instant after_quiet(const access::QuietHours& hours, base::Instant at);

class Reminders {
 public:
  Reminders(MailSettings settings, store::Database& records, access::Access& access,
            const registry::Registry& registry, std::filesystem::path secrets, Health& health);
  ~Reminders();
  void start();
  void stop();

  struct Round {
    std::size_t written{0}, sent{0}, failed{0}, given_up{0};
  };
  /// Writes the letters that are due and sends those that may go; what the thread does again and
  /// again. Not from two threads at once.
  Round run_once(base::Instant now);
  /// Counters since the start: mail_written, mail_sent, mail_failed, mail_given_up, mail_waiting.
  void add_metrics(base::Json& out) const;

 private:
  struct Waiting {
    std::string id, address, subject, text;
    base::Instant made;
    std::int64_t tries{0};
  };
  void run();
  void write_at_once(base::Instant now, Round& round);
  void write_digests(base::Instant now, Round& round);
  void write(const std::string& id, const std::string& person,
             const std::vector<registry::Notice>& notices, bool digest, base::Instant now,
             Round& round);
  void send(base::Instant now, Round& round);
  void ended(const Waiting& letter, const base::Status& status, base::Instant now, Round& round);
  std::optional<std::string> address_of(const std::string& person) const;
  output::SmtpServer server() const;
  bool takes_letters(const std::string& person) const;

  const MailSettings m_settings;
  store::Database& m_records;
  access::Access& m_access;
  const registry::Registry& m_registry;
  const std::filesystem::path m_secrets;
  Health& m_health;
  mutable std::mutex m_mutex;
  std::condition_variable m_wake;
  bool m_stopping{false};
  Round m_total;
  std::string m_digests_seen;  ///< the last minute in which digests were looked for
  std::thread m_thread;
};

}  // namespace jinglue::app
