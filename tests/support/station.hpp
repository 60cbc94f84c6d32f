// SPDX-License-Identifier: Apache-2.0
// TestStation: the real program with its own data folder, a TCP and a UDP input, an all-year zone
// rule and accounts; started, killed and started again by crash and fault tests.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "base/json.hpp"
#include "observe/ais/encoder.hpp"
#include "observe/link/sockets.hpp"
#include "support/http_client.hpp"
#include "support/process.hpp"
#include "support/temp_folder.hpp"

namespace jinglue::test {

inline constexpr const char* kPassword = "one long password 7";

/// A class A position as one bare or time-stamped sentence with its end.
inline std::string position_line(std::uint32_t mmsi, double lat_deg, double lon_deg, double sog_kn,
                                 std::optional<base::Instant> at = std::nullopt) {
  observe::ais::PositionReport report;
  report.type = 1;
  report.mmsi = mmsi;
  report.nav_status = 0;
  report.sog = static_cast<std::uint16_t>(std::lround(sog_kn * 10));
  report.cog = 900;
  report.lat = static_cast<std::int32_t>(std::lround(lat_deg * 600000));
  report.lon = static_cast<std::int32_t>(std::lround(lon_deg * 600000));
  observe::ais::Envelope envelope;
  envelope.at = at;
  envelope.at_in_ms = at.has_value();
  std::string out;
  for (const auto& line : observe::ais::encode(report, envelope)) out += line + "\r\n";
  return out;
}

class TestStation {
 public:
  TestStation() : http_port(free_port()), tcp_port(free_port()), udp_port(free_port()) {
    namespace fs = std::filesystem;
    share = m_folder / "share";
    data = m_folder / "data";
    fs::create_directories(share / "rules" / "zones");
    fs::copy(fs::path(JINGLUE_SOURCE_DIR) / "registers", share / "registers",
             fs::copy_options::recursive);
    fs::create_directories(share / "data");
    fs::copy(fs::path(JINGLUE_SOURCE_DIR) / "data" / "codes", share / "data" / "codes",
             fs::copy_options::recursive);
    write(share / "rules" / "zones" / "test.geojson", R"({"type":"FeatureCollection","features":[
{"type":"Feature","id":"box","properties":{"kind":"drawn","name_zh":"测试区","name_en":"Test area",
"source":"test","confidence":"high"},"geometry":{"type":"Polygon","coordinates":[[[122.5,37.0],
[123.0,37.0],[123.0,37.5],[122.5,37.5],[122.5,37.0]]]}}]})");
    write(share / "rules" / "test.toml", R"(schema = 1
timezone = "Asia/Shanghai"
[[source]]
id = "T"
title = "test"
confidence = "high"
[[rule]]
id = "zone.box.inside"
version = 1
kind = "zone"
level = "city"
name = { zh = "在测试区内", en = "Inside the test area" }
title = { zh = "疑似在测试区内", en = "Suspected inside the test area" }
valid = { from = 2000-01-01 }
area = "box"
on = "inside"
include = { registered = false }
severity = "medium"
source = ["T"]
confidence = "high"
review = 2036-03-01
article = { zh = "测试", en = "test", as_of = 2000-01-01 }
)");
    write_config("");
  }

  void write_config(const std::string& more, int snapshot_every_s = 2) const {
    write(
        m_folder / "jinglue.toml",
        "[journal]\nsnapshot_every_s = " + std::to_string(snapshot_every_s) + "\n" + more +
            "[[input]]\nname = \"tcp\"\nkind = \"tcp_server\"\nport = " + std::to_string(tcp_port) +
            "\n[[input]]\nname = \"udp\"\nkind = \"udp\"\nport = " + std::to_string(udp_port) +
            "\n");
  }
  static void write(const std::filesystem::path& path, const std::string& text) {
    std::ofstream(path) << text;
  }

  /// Runs another verb of the program to its end; returns its exit code.
  int verb(std::vector<std::string> arguments, const std::string& input = {}) {
    arguments.insert(arguments.begin(), JINGLUE_PROGRAM);
    Process ran(arguments, m_folder / "verb.log", input);
    const int code = ran.wait();
    verb_output = ran.output();
    return code;
  }
  /// With the first account all registers are enabled, as an administrator does in a new folder.
  void add_user(const std::string& name, const std::string& role) {
    if (!m_enabled) {
      ASSERT_EQ(verb({"registers", "enable", "--all", "--data", data.string(), "--share",
                      share.string()}),
                0)
          << verb_output;
      m_enabled = true;
    }
    ASSERT_EQ(verb({"user", "add", name, "--role", role, "--data", data.string(), "--share",
                    share.string()},
                   std::string(kPassword) + "\n"),
              0)
        << verb_output;
  }

  /// As an administrator does once in a new folder.
  void enable_registers() {
    ASSERT_EQ(
        verb({"registers", "enable", "--all", "--data", data.string(), "--share", share.string()}),
        0)
        << verb_output;
  }

  void start(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{JINGLUE_PROGRAM, "serve",
                                       "--config",      (m_folder / "jinglue.toml").string(),
                                       "--data",        data.string(),
                                       "--share",       share.string(),
                                       "--bind",        "127.0.0.1:" + std::to_string(http_port)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    process = std::make_unique<Process>(arguments, m_folder / "serve.log");
  }
  /// True when it answers; false when it ended instead (see output()).
  bool wait_ready(std::chrono::seconds patience = std::chrono::seconds(60)) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < until && process->running()) {
      HttpClient probe(http_port);
      if (probe.get("/healthz").status != 0) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
  }
  std::string output() const { return process->output(); }
  std::filesystem::path folder() const { return m_folder.path(); }

  std::filesystem::path share, data;
  const std::uint16_t http_port, tcp_port, udp_port;
  std::unique_ptr<Process> process;
  std::string verb_output;

 private:
  TempFolder m_folder;
  bool m_enabled{false};
};

/// A TCP sender that can say how far it came.
class TcpFeed {
 public:
  explicit TcpFeed(std::uint16_t port)
      : m_socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    m_connected = ::connect(m_socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    const timeval patience{2, 0};
    ::setsockopt(m_socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  }
  ~TcpFeed() { ::close(m_socket); }
  TcpFeed(const TcpFeed&) = delete;
  TcpFeed& operator=(const TcpFeed&) = delete;
  bool connected() const { return m_connected; }
  bool send(const std::string& text) {
    for (std::size_t sent = 0; sent < text.size();) {
      const auto n = ::send(m_socket, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) return false;
      sent += static_cast<std::size_t>(n);
    }
    return true;
  }

 private:
  int m_socket;
  bool m_connected{false};
};

/// A UDP sender; what the system refuses is not sent again.
class UdpFeed {
 public:
  explicit UdpFeed(std::uint16_t port) : m_socket(observe::link::udp_to_loopback(port)) {}
  bool send(const std::string& text) const {
    return ::send(m_socket.get(), text.data(), text.size(), MSG_NOSIGNAL) > 0;
  }

 private:
  observe::link::Descriptor m_socket;
};

}  // namespace jinglue::test
