// SPDX-License-Identifier: Apache-2.0
// Settings: what `jinglue serve` is told by jinglue.toml and its command line. Every key and its
// default: docs/format/settings.md. Unknown keys are refused with file, line and key.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "app/reminders.hpp"
#include "app/webhooks.hpp"
#include "base/config.hpp"
#include "base/instant.hpp"
#include "observe/feed/setup.hpp"
#include "observe/link/link.hpp"
#include "picture/archive/retention.hpp"
#include "picture/identity/flag_table.hpp"
#include "picture/live/live.hpp"

namespace jinglue::app {

struct Settings {
  std::filesystem::path data{"var"};
  std::filesystem::path share;  ///< holds rules/, registers/, drills/, data/
  std::filesystem::path web;    ///< the web bundle; empty = API only
  std::string host{"127.0.0.1"};
  std::uint16_t port{8080};
  bool allow_plain{false};          ///< serve other than loopback without TLS
  bool apply_added_columns{false};  ///< to tables whose definitions gained fields
  std::filesystem::path certificate, key;
  std::vector<std::string> trusted_proxies;  ///< addresses and networks; see serve/api/proxies.hpp
  base::Duration silent_after{std::chrono::minutes(2)};  ///< an input that says nothing
  base::Duration keep_journal{std::chrono::hours(24 * 30)};
  base::Duration snapshot_every{std::chrono::minutes(5)};
  picture::Expiry expiry;
  picture::Retention retention;                     ///< of the archive
  std::optional<base::Duration> keep_measurements;  ///< of buoys and sensors; absent = for ever
  std::optional<base::Duration> keep_messages;      ///< of stations; absent = for ever
  /// Of records that do not hold them any more; absent = for ever.
  std::optional<base::Duration> keep_attachments;
  std::vector<observe::link::Settings> inputs;
  observe::feed::Inputs feeds;  ///< what the lines of those inputs hold
  std::vector<Webhook> webhooks;
  MailSettings mail;
};

/// Fills `settings` from a document; what it does not name stays.
base::Status read_settings(const base::ConfigNode& document, Settings& settings);
/// data/mid.csv and data/country.csv of the share folder; empty when the folder has none. Throws
/// WorldError on a bad row.
picture::FlagTable read_flags(const std::filesystem::path& share);
/// With the contents of data/beidou and the mappings of sensor and csv inputs.
/// Throws WorldError when one is refused.
observe::feed::Setup feeds_of(const std::filesystem::path& share, observe::feed::Inputs inputs);
/// "127.0.0.1:8080", "[::1]:8080"; kMalformed names what is wrong.
base::Status parse_bind(const std::string& text, Settings& settings);
/// The folder that holds rules/ and registers/: beside the program when installed
/// (../share/jinglue), else the given one, else the current folder. Throws WorldError when none.
std::filesystem::path find_share(const std::filesystem::path& given);

}  // namespace jinglue::app
