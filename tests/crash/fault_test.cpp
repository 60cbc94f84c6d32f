// SPDX-License-Identifier: Apache-2.0
// What goes wrong around the program gives a message that says what to do, and a non-zero exit or a
// visible degraded state.
#include <gtest/gtest.h>

#include <fstream>

#include "support/station.hpp"

namespace jinglue::test {
namespace {

void expect_refused(TestStation& station, const std::vector<std::string>& said) {
  station.start();
  ASSERT_TRUE(station.process->wait_for(std::chrono::seconds(60))) << station.output();
  EXPECT_NE(station.process->code(), 0);
  EXPECT_LT(station.process->code(), 128) << "it crashed: " << station.output();
  for (const auto& text : said) {
    EXPECT_NE(station.output().find(text), std::string::npos)
        << "expected \"" << text << "\" in: " << station.output();
  }
}

std::string health_of(TestStation& station) {
  HttpClient http(station.http_port);
  EXPECT_TRUE(http.sign_in("tester", kPassword));
  return http.get("/api/v1/system/health").body;
}

bool health_says(TestStation& station, const std::string& code) {
  for (int i = 0; i < 100; ++i) {
    if (health_of(station).find(code) != std::string::npos) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}

void overwrite(const std::filesystem::path& path, std::streamoff at, const std::string& bytes) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(at);
  file << bytes;
}

TEST(Fault, APortThatIsTakenIsNamed) {
  TestStation station;
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(station.http_port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&at), sizeof at), 0);
  ASSERT_EQ(::listen(socket, 1), 0);
  expect_refused(station, {std::to_string(station.http_port)});
  ::close(socket);
}

TEST(Fault, AnInputPortThatIsTakenIsNamed) {
  TestStation station;
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(station.tcp_port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&at), sizeof at), 0);
  ASSERT_EQ(::listen(socket, 1), 0);
  expect_refused(station, {std::to_string(station.tcp_port)});
  ::close(socket);
}

TEST(Fault, ASecondProcessIsToldWhoOwnsTheFolder) {
  TestStation station;
  station.start();
  ASSERT_TRUE(station.wait_ready()) << station.output();
  Process second({JINGLUE_PROGRAM, "serve", "--data", station.data.string(), "--share",
                  station.share.string(), "--bind", "127.0.0.1:0"},
                 station.folder() / "second.log");
  EXPECT_EQ(second.wait(), 1);
  EXPECT_NE(second.output().find(std::to_string(station.process->pid())), std::string::npos)
      << second.output();
  EXPECT_EQ(station.process->kill(SIGTERM), 0);
}

TEST(Fault, ADataFolderThatCannotBeMadeIsNamed) {
  TestStation station;
  TestStation::write(station.folder() / "file", "not a folder");
  station.data = station.folder() / "file" / "data";
  expect_refused(station, {"file/data"});
}

TEST(Fault, ACorruptConfigIsNamedWithFileLineAndKey) {
  TestStation station;
  station.write_config("keep_days = 3\n");
  expect_refused(station, {"jinglue.toml:3", "keep_days"});
  station.write_config("broken =\n");
  expect_refused(station, {"jinglue.toml"});
}

TEST(Fault, ACorruptDatabaseIsNamedWithWhatToDo) {
  TestStation station;
  station.add_user("tester", "administrator");
  const auto db = station.data / "records.db";
  ASSERT_TRUE(std::filesystem::exists(db));
  std::filesystem::remove(station.data / "records.db-wal");
  overwrite(db, 0, std::string(8192, 'x'));
  expect_refused(station, {"records.db", "backup"});
}

TEST(Fault, ADamagedJournalIsNamedWithFileAndByte) {
  TestStation station;
  station.add_user("tester", "administrator");
  station.start();
  ASSERT_TRUE(station.wait_ready()) << station.output();
  TcpFeed tcp(station.tcp_port);
  for (int i = 0; i < 500; ++i) {
    tcp.send(position_line(412900001, 37.2, 122.6 + 0.0001 * i, 5));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  station.process->kill(SIGKILL);
  std::filesystem::path segment;
  for (const auto& entry : std::filesystem::directory_iterator(station.data / "journal")) {
    segment = entry.path();
  }
  overwrite(segment, std::streamoff(std::filesystem::file_size(segment) / 2), "damaged bytes");
  expect_refused(station, {segment.filename().string(), "backup"});
}

TEST(Fault, RulesWithAMistakeAreRefusedWithFileLineAndKey) {
  TestStation station;
  std::ofstream(station.share / "rules" / "test.toml", std::ios::app)
      << "[[rule]]\nid = \"zone.none\"\nversion = 1\nkind = \"zone\"\n";
  expect_refused(station, {"test.toml:"});
}

TEST(Fault, AFeedThatIsGoneIsShownAsOurSilence) {
  TestStation station;
  station.add_user("tester", "administrator");
  station.write_config("[health]\nsilent_after_s = 1\n");
  station.start();
  ASSERT_TRUE(station.wait_ready()) << station.output();
  EXPECT_TRUE(health_says(station, "input_silent.tcp")) << health_of(station);
  TcpFeed tcp(station.tcp_port);
  bool cleared = false;
  for (int i = 0; i < 100 && !cleared; ++i) {
    tcp.send(position_line(412900001, 37.2, 122.6, 5));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    cleared = health_of(station).find("input_silent.tcp") == std::string::npos;
  }
  EXPECT_TRUE(cleared);
  EXPECT_EQ(station.process->kill(SIGTERM), 0);
}

TEST(Fault, AFullDiskHoldsTheInputsAndIsShownAndNothingAcknowledgedIsLost) {
  TestStation station;
  station.add_user("tester", "administrator");
  // A file size limit makes writes fail as a full disk does, without needing a disk of its own.
  Process limited({"/bin/bash", "-c",
                   "trap '' XFSZ; ulimit -f 4096; exec " JINGLUE_PROGRAM " serve --config '" +
                       (station.folder() / "jinglue.toml").string() + "' --data '" +
                       station.data.string() + "' --share '" + station.share.string() +
                       "' --bind 127.0.0.1:" + std::to_string(station.http_port)},
                  station.folder() / "limited.log");
  HttpClient http(station.http_port);
  for (int i = 0; i < 500 && http.get("/healthz").status == 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  ASSERT_TRUE(http.sign_in("tester", kPassword)) << limited.output();
  TcpFeed tcp(station.tcp_port);
  std::uint64_t acknowledged = 0;
  bool shown = false;
  for (int i = 0; i < 3000 && !shown; ++i) {
    bool taken = true;
    for (int k = 0; k < 50 && taken; ++k) {
      taken = tcp.send(position_line(412900001, 37.2, 122.6 + 0.00001 * i, 5));
    }
    if (taken && i % 10 != 0) continue;  // held up: look at once
    const auto inputs = http.get("/api/v1/inputs").json();
    for (const auto& input : inputs["items"].items()) {
      if (input["name"].as_string() == "tcp") {
        acknowledged = static_cast<std::uint64_t>(input["durable_lines"].as_int());
      }
    }
    shown = http.get("/api/v1/system/health").body.find("journal_failing") != std::string::npos;
  }
  EXPECT_TRUE(shown) << limited.output();
  EXPECT_GT(acknowledged, 1000u);
  limited.kill(SIGKILL);
  station.start();
  ASSERT_TRUE(station.wait_ready()) << station.output();
  HttpClient again(station.http_port);
  ASSERT_TRUE(again.sign_in("tester", kPassword));
  const auto after = again.get("/api/v1/inputs").json();
  for (const auto& input : after["items"].items()) {
    if (input["name"].as_string() != "tcp") continue;
    EXPECT_GE(static_cast<std::uint64_t>(input["durable_lines"].as_int()), acknowledged);
  }
  EXPECT_EQ(station.process->kill(SIGTERM), 0);
}

}  // namespace
}  // namespace jinglue::test
