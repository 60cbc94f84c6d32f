// SPDX-License-Identifier: Apache-2.0
#include "app/settings.hpp"

#include <gtest/gtest.h>

namespace jinglue::app {
namespace {

base::Status read(const std::string& text, Settings& settings) {
  const auto document = base::parse_config(text, "jinglue.toml");
  if (!document) return tl::unexpected(document.error());
  return read_settings(*document, settings);
}

TEST(Settings, ReadsEveryKey) {
  Settings settings;
  const auto ok = read(R"(
data = "/srv/jinglue"
web = "/usr/share/jinglue/web"
[server]
bind = "[::1]:9443"
allow_plain = true
certificate = "c.pem"
key = "k.pem"
trusted_proxies = ["127.0.0.1", "10.1.0.0/16", "fd00::/8"]
[picture]
forget_after_days = 3
forget_registered_after_days = 30
[health]
silent_after_s = 30
[journal]
keep_s = 864000
snapshot_every_s = 60
[[input]]
name = "ais-shore"
kind = "udp"
host = "127.0.0.1"
port = 10110
)",
                       settings);
  ASSERT_TRUE(ok) << ok.error().text();
  EXPECT_EQ(settings.data, "/srv/jinglue");
  EXPECT_EQ(settings.host, "::1");
  EXPECT_EQ(settings.port, 9443);
  EXPECT_TRUE(settings.allow_plain);
  EXPECT_EQ(settings.key, "k.pem");
  EXPECT_EQ(settings.trusted_proxies.size(), 3u);
  EXPECT_EQ(settings.expiry.unmatched, std::chrono::hours(72));
  EXPECT_EQ(settings.expiry.registered, std::chrono::hours(720));
  EXPECT_EQ(settings.silent_after.count(), 30'000);
  EXPECT_EQ(settings.keep_journal.count(), 864'000'000);
  EXPECT_EQ(settings.snapshot_every.count(), 60'000);
  ASSERT_EQ(settings.inputs.size(), 1u);
  EXPECT_EQ(settings.inputs[0].name, "ais-shore");
  EXPECT_EQ(settings.inputs[0].port, 10110);
}

TEST(Settings, NamesFileLineAndKeyOfEachMistake) {
  const std::pair<const char*, const char*> mistakes[] = {
      {"dta = \"var\"\n", "jinglue.toml:1 dta"},
      {"\n[server]\nbind = \"8080\"\n", "jinglue.toml:3 server.bind"},
      {"[server]\nport = 1\n", "jinglue.toml:2 server.port"},
      {"[server]\ntrusted_proxies = [\"proxy\"]\n", "jinglue.toml:2 server.trusted_proxies"},
      {"[picture]\nforget_after_days = 0\n", "jinglue.toml:2 picture.forget_after_days"},
      {"[journal]\nkeep_s = 5\n", "jinglue.toml:2 journal.keep_s"},
      {"[archive]\nkeep_days = 7\n", "jinglue.toml:2 archive.keep_days"},
      {"[archive]\nthin_to_s = 7\n", "jinglue.toml:2 archive.thin_to_s"},
      {"[archive]\nkeep_days = 90\nthin_after_days = 90\n",
       "jinglue.toml:3 archive.thin_after_days"},
      {"[journal]\nkeep_s = 9223372036854775807\n", "jinglue.toml:2 journal.keep_s"},
      {"[health]\nsilent_after_s = \"soon\"\n", "jinglue.toml:2 health.silent_after_s"},
      {"data = \n", "jinglue.toml:1"},
  };
  for (const auto& [text, where] : mistakes) {
    Settings settings;
    const auto ok = read(text, settings);
    ASSERT_FALSE(ok) << text;
    EXPECT_NE(ok.error().text().find(where), std::string::npos) << ok.error().text();
  }
}

TEST(Settings, ReadsWhatBecomesOfOldPositions) {
  Settings settings;
  ASSERT_TRUE(read("", settings));
  EXPECT_FALSE(settings.retention.any()) << "by default all are kept";
  ASSERT_TRUE(
      read("[archive]\nkeep_days = 3650\nthin_after_days = 365\nthin_to_s = 120\n", settings));
  EXPECT_EQ(settings.retention.keep, std::chrono::hours(24 * 3650));
  EXPECT_EQ(settings.retention.thin_after, std::chrono::hours(24 * 365));
  EXPECT_EQ(settings.retention.thin_to, std::chrono::seconds(120));
}

TEST(Settings, ReadsHowLongMeasurementsAreKept) {
  const auto read = [](const std::string& text) {
    Settings settings;
    const auto document = base::parse_config(text, "jinglue.toml");
    const auto ok = read_settings(*document, settings);
    return ok ? std::to_string(settings.keep_measurements.value_or(base::Duration(0)).count())
              : ok.error().text();
  };
  EXPECT_EQ(read(""), "0");
  EXPECT_EQ(read("[sensors]\nkeep_days = 400"), std::to_string(400LL * 86'400'000));
  EXPECT_NE(read("[sensors]\nkeep_days = 3").find("jinglue.toml:2"), std::string::npos);
  EXPECT_NE(read("[sensors]\nkeep = 3").find("jinglue.toml:2 sensors.keep"), std::string::npos);
}

TEST(Settings, AttachmentsThatNobodyHoldsAreKeptForEverUnlessAskedOtherwise) {
  const auto read = [](const std::string& text) {
    Settings settings;
    const auto document = base::parse_config(text, "jinglue.toml");
    const auto ok = read_settings(*document, settings);
    if (!ok) return ok.error().text();
    return settings.keep_attachments ? std::to_string(settings.keep_attachments->count())
                                     : std::string("for ever");
  };
  EXPECT_EQ(read(""), "for ever");
  EXPECT_EQ(read("[attachments]\nkeep_days = 400"), std::to_string(400LL * 86'400'000));
  EXPECT_NE(read("[attachments]\nkeep_days = 3").find("jinglue.toml:2"), std::string::npos);
}

TEST(Settings, TellsHowAnAddressIsWritten) {
  Settings settings;
  EXPECT_TRUE(parse_bind("0.0.0.0:0", settings));
  for (const char* bad : {"", "8080", ":80", "host:70000", "host:8o80", "host:"}) {
    const auto ok = parse_bind(bad, settings);
    ASSERT_FALSE(ok) << bad;
    EXPECT_NE(ok.error().hint.find("127.0.0.1:8080"), std::string::npos);
  }
}

TEST(Settings, SaysHowToNameAShareFolderThatIsNotFound) {
  try {
    find_share("/nowhere");
    FAIL() << "a folder without rules was taken";
  } catch (const base::WorldError& error) {
    EXPECT_NE(std::string(error.what()).find("--share"), std::string::npos);
  }
}

}  // namespace
}  // namespace jinglue::app
