// SPDX-License-Identifier: Apache-2.0
// The keys of a broker and a subscription: defaults, and mistakes with line and key.
#include "mqtt/settings.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "support/temp_folder.hpp"

using namespace jinglue;

namespace {

base::Result<mqtt::Settings> read(const std::string& text) {
  const auto document = base::parse_config(text, "jinglue.toml");
  if (!document) return tl::unexpected(document.error());
  mqtt::Settings out;
  auto ok = mqtt::read_broker(*document, out);
  if (ok) ok = mqtt::read_subscription(*document, out);
  if (!ok) return tl::unexpected(ok.error());
  return out;
}

std::string mistake(const std::string& text) {
  const auto out = read(text);
  return out ? "none" : out.error().text();
}

}  // namespace

TEST(MqttSettings, HaveDefaultsAndReadEachKey) {
  const auto few = read("topics = [\"buoys/#\"]");
  ASSERT_TRUE(few);
  EXPECT_EQ(few->port, 1883);
  EXPECT_EQ(few->qos, 1);
  EXPECT_FALSE(few->tls);
  EXPECT_FALSE(few->clean_session);
  EXPECT_EQ(read("topics = [\"a\"]\ntls = true")->port, 8883);
  const test::TempFolder folder;
  const auto file = (folder / "secret").string();
  std::ofstream(file) << "x\n";
  const auto all = read("host = \"mq.example\"\nport = 9999\nclient_id = \"w\"\nca_file = \"" +
                        file + "\"\ncertificate = \"" + file + "\"\nkey = \"" + file +
                        "\"\nuser = \"u\"\npassword_file = \"" + file +
                        "\"\nkeep_alive_s = 60\ntopics = [\"a/+\", \"b\"]\nqos = 0\n"
                        "max_payload = 100\nmax_per_s = 5\n");
  ASSERT_TRUE(all) << all.error().text();
  EXPECT_EQ(all->host, "mq.example");
  EXPECT_EQ(all->port, 9999);
  ASSERT_TRUE(all->tls);
  EXPECT_EQ(all->tls->ca_file, file);
  EXPECT_EQ(all->keep_alive.count(), 60'000);
  EXPECT_EQ(all->topics.size(), 2u);
  EXPECT_EQ(all->qos, 0);
  EXPECT_EQ(all->max_payload, 100u);
  EXPECT_EQ(all->max_per_s, 5u);
}

TEST(MqttSettings, NameEachMistakeWithLineAndKey) {
  const std::string topics = "topics = [\"a\"]\n";
  EXPECT_NE(mistake("").find("topics"), std::string::npos);
  EXPECT_NE(mistake("topics = []").find("no topic is named"), std::string::npos);
  EXPECT_NE(mistake("topics = [\"a/#/b\"]").find("jinglue.toml:1 topics: 'a/#/b'"),
            std::string::npos);
  EXPECT_NE(mistake(topics + "port = 0").find("jinglue.toml:2 port"), std::string::npos);
  EXPECT_NE(mistake(topics + "qos = 2").find("from 0 to 1"), std::string::npos);
  EXPECT_NE(mistake(topics + "password = \"x\"").find("password_file"), std::string::npos);
  EXPECT_EQ(mistake(topics + "password = \"hush\"").find("hush"), std::string::npos);
  EXPECT_NE(
      mistake(topics + "ca_file = \"/nowhere/ca.pem\"").find("/nowhere/ca.pem cannot be read"),
      std::string::npos);
  EXPECT_NE(mistake(topics + "certificate = \"/dev/null\"").find("come together"),
            std::string::npos);
  EXPECT_NE(mistake(topics + "ca_file = \"/dev/null\"\ntls = false").find("TLS is off"),
            std::string::npos);
  EXPECT_NE(mistake(topics + "password_file = \"/dev/null\"").find("needs a user"),
            std::string::npos);
  EXPECT_NE(mistake(topics + "keep_alive_s = 1").find("from 5 to 3600"), std::string::npos);
  EXPECT_NE(mistake(topics + "max_payload = 5000000").find("out of range"), std::string::npos);
}
