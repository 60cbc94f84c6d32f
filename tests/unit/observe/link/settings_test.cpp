// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "observe/link/link.hpp"

using namespace jinglue;
using namespace jinglue::observe::link;

namespace {

base::Result<std::vector<Settings>> read(const std::string& text) {
  return read_settings(base::parse_config(text, "jinglue.toml").value());
}

}  // namespace

TEST(InputSettings, EveryKindAndKeyIsRead) {
  const auto inputs = read(R"(
[[input]]
name = "shore"
kind = "udp"
host = "0.0.0.0"
port = 10110
queue_lines = 100
max_line = 500
[[input]]
name = "server"
kind = "tcp_server"
port = 4001
[[input]]
name = "client"
kind = "tcp_client"
host = "ais.example.org"
port = 4002
[[input]]
name = "log"
kind = "file"
file = "a.nmea.gz"
speed = 10
)");
  ASSERT_TRUE(inputs) << inputs.error().text();
  ASSERT_EQ(inputs->size(), 4u);
  EXPECT_EQ((*inputs)[0].kind, Kind::kUdp);
  EXPECT_EQ((*inputs)[0].host, "0.0.0.0");
  EXPECT_EQ((*inputs)[0].port, 10110);
  EXPECT_EQ((*inputs)[0].queue_lines, 100u);
  EXPECT_EQ((*inputs)[0].max_line, 500u);
  EXPECT_EQ((*inputs)[1].kind, Kind::kTcpServer);
  EXPECT_EQ((*inputs)[1].host, "127.0.0.1") << "nothing is open to the network unless told";
  EXPECT_EQ((*inputs)[2].kind, Kind::kTcpClient);
  EXPECT_EQ((*inputs)[3].file, "a.nmea.gz");
  EXPECT_EQ((*inputs)[3].speed, 10);
}

TEST(InputSettings, NoInputsAreNoMistake) {
  EXPECT_TRUE(read("")->empty());
}

TEST(InputSettings, MistakesAreRefusedWithFileLineAndKey) {
  const std::pair<const char*, const char*> mistakes[] = {
      {"[[input]]\nname = \"a\"\nkind = \"serial\"", "kind"},
      {"[[input]]\nkind = \"udp\"\nport = 1", "name"},
      {"[[input]]\nname = \"a b\"\nkind = \"udp\"\nport = 1", "name"},
      {"[[input]]\nname = \"a\"\nkind = \"udp\"", "port"},
      {"[[input]]\nname = \"a\"\nkind = \"udp\"\nport = 0", "port"},
      {"[[input]]\nname = \"a\"\nkind = \"udp\"\nport = 70000", "port"},
      {"[[input]]\nname = \"a\"\nkind = \"udp\"\nport = \"x\"", "port"},
      {"[[input]]\nname = \"a\"\nkind = \"udp\"\nport = 1\nspeed = 2", "speed"},
      {"[[input]]\nname = \"a\"\nkind = \"file\"", "file"},
      {"[[input]]\nname = \"a\"\nkind = \"file\"\nfile = \"x\"\nspeed = -1", "speed"},
      {"[[input]]\nname = \"a\"\nkind = \"file\"\nfile = \"x\"\nspeed = nan", "speed"},
      {"[[input]]\nname = \"a\"\nkind = \"udp\"\nport = 1\nqueue_lines = 0", "queue_lines"},
      {"[[input]]\nname = \"a\"\nkind = \"udp\"\nport = 1\n"
       "[[input]]\nname = \"a\"\nkind = \"udp\"\nport = 2",
       "name"},
      {"[input]\nname = \"a\"", "input"},
  };
  for (const auto& [text, key] : mistakes) {
    const auto inputs = read(text);
    ASSERT_FALSE(inputs) << text;
    EXPECT_NE(inputs.error().where.find("jinglue.toml:"), std::string::npos) << text;
    EXPECT_NE((inputs.error().where + inputs.error().message).find(key), std::string::npos)
        << inputs.error().text();
  }
}
