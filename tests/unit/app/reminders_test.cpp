// SPDX-License-Identifier: Apache-2.0
// Letters to a real SMTP server (aiosmtpd) on this machine: at once, after the quiet hours, once a
// day, again after the server was away, and none twice.
#include "app/reminders.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sodium.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "support/process.hpp"
#include "support/records_fixture.hpp"

using namespace jinglue;
using base::Json;

namespace {

/// aiosmtpd, which puts every letter into a Maildir.
class MailServer {
 public:
  MailServer(int port, const std::filesystem::path& box)
      : m_process(
            {"/usr/bin/python3", "-m", "aiosmtpd", "-n", "-l", "127.0.0.1:" + std::to_string(port),
             "-c", "aiosmtpd.handlers.Mailbox", box.string()},
            box.string() + ".log") {
    for (int i = 0; i < 200 && m_process.running() && !answers(port); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }

 private:
  static bool answers(int port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(static_cast<std::uint16_t>(port));
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool good = ::connect(socket, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0;
    ::close(socket);
    return good;
  }
  test::Process m_process;
};

bool there_is_a_server() {
  // NOLINTNEXTLINE: a fixed line
  return std::system("/usr/bin/python3 -c 'import aiosmtpd' 2> /dev/null") == 0;
}

/// The text of its only part, which is in base64.
std::string decoded(const std::string& letter) {
  const auto end = letter.rfind("\n--", letter.size() - 4);
  const auto begin = letter.rfind("\n\n", end - 1) + 2;
  const std::string text = letter.substr(begin, end - begin);
  std::string out(text.size(), '\0');
  std::size_t size = 0;
  sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(),
                    text.size(), "\r\n", &size, nullptr, sodium_base64_VARIANT_ORIGINAL);
  out.resize(size);
  return out;
}

class RemindersTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!there_is_a_server()) GTEST_SKIP() << "python3-aiosmtpd is not installed";
    settings.server = "smtp://127.0.0.1:" + std::to_string(port);
    settings.from = "jinglue@example.cn";
    settings.page = "https://jinglue.example.cn";
    access::User user;
    user.name = "duty1";
    user.display_name = "值班员";
    user.roles = {access::Role::kDutyOfficer};
    const auto added =
        records.access().add_user(user, "a long pass phrase 1", access::Actor::system(), start);
    ASSERT_TRUE(added) << added.error().text();
    const auto made = records.registry().create(
        "person",
        Json::object({{"name", "值班员"}, {"account", "duty1"}, {"email", "duty1@example.cn"}}),
        {access::Actor::system(), start, {}, {}});
    ASSERT_TRUE(made) << made.error().text();
    reminders.emplace(settings, records.database(), records.access(), records.registry(),
                      folder.path(), health);
  }
  void tell(const std::string& kind, const std::string& text) {
    records.database().write([&](store::Db& db) {
      registry::put_notice(
          db, {0, "duty1", start, kind, "task", "1", {text, text}, text, std::nullopt});
    });
  }
  std::vector<std::string> letters() const {
    std::vector<std::string> out;
    if (!std::filesystem::exists(box / "new")) return out;
    for (const auto& file : std::filesystem::directory_iterator(box / "new")) {
      std::ifstream in(file.path());
      std::stringstream text;
      text << in.rdbuf();
      out.push_back(text.str());
    }
    return out;
  }

  const base::Instant start{1'764'471'600'000};  // 2025-11-30T11:00:00+08:00
  const base::Duration kHour{3'600'000};
  test::TempFolder folder;
  const std::filesystem::path box{folder / "box"};
  const int port{test::free_port()};
  test::RecordsFixture records;
  app::Health health;
  app::MailSettings settings;
  std::optional<app::Reminders> reminders;
};

TEST_F(RemindersTest, a_deadline_goes_out_at_once_and_once) {
  const MailServer server(port, box);
  tell("clock", "任务《巡查》已超期1天");
  tell("comment", "有人评论");
  auto early = start - kHour * 4;  // 07:00: before the daily letter
  const auto round = reminders->run_once(early);
  EXPECT_EQ(round.written, 1u);
  EXPECT_EQ(round.sent, 1u);
  EXPECT_EQ(reminders->run_once(early + base::Duration(20'000)).sent, 0u);
  ASSERT_EQ(letters().size(), 1u);
  const std::string letter = letters().front();
  EXPECT_NE(letter.find("To: <duty1@example.cn>"), std::string::npos) << letter;
  EXPECT_NE(letter.find("Message-ID: <"), std::string::npos);
  const std::string text = decoded(letter);
  EXPECT_NE(text.find("任务《巡查》已超期1天"), std::string::npos) << letter;
  EXPECT_NE(text.find("https://jinglue.example.cn/registers/task/1"), std::string::npos);
  EXPECT_EQ(text.find("有人评论"), std::string::npos);
}

TEST_F(RemindersTest, once_a_day_what_is_unread) {
  const MailServer server(port, box);
  tell("comment", "第一条");
  tell("change", "第二条");
  EXPECT_EQ(reminders->run_once(start - kHour * 4).written, 0u);
  EXPECT_EQ(reminders->run_once(start).sent, 1u);
  EXPECT_EQ(reminders->run_once(start + kHour).written, 0u);
  ASSERT_EQ(letters().size(), 1u);
  const std::string text = decoded(letters().front());
  EXPECT_NE(text.find("第一条"), std::string::npos);
  EXPECT_NE(text.find("第二条"), std::string::npos);
  // The next day only while something is unread.
  EXPECT_EQ(reminders->run_once(start + kHour * 24).sent, 1u);
  records.registry().inbox().mark_all_read("duty1", INT64_MAX, start);
  EXPECT_EQ(reminders->run_once(start + kHour * 48).written, 0u);
}

TEST_F(RemindersTest, quiet_hours_hold_letters_back) {
  const MailServer server(port, box);
  const base::Instant night = start + kHour * 12;  // 23:00
  reminders->run_once(night - kHour);
  tell("clock", "夜间超期");
  auto round = reminders->run_once(night);
  EXPECT_EQ(round.sent, 0u);
  EXPECT_EQ(reminders->run_once(night + kHour * 7).sent, 0u);  // 06:00
  EXPECT_GE(reminders->run_once(night + kHour * 8).sent, 1u);  // 07:00
}

TEST_F(RemindersTest, the_account_chooses_language_and_quiet_hours) {
  const MailServer server(port, box);
  access::PreferenceBook(records.database())
      .set("duty1", {"en", access::QuietHours{6 * 60, 7 * 60 + 30}});
  const base::Instant early = start - kHour * 4;  // 07:00: the house is awake, the person is not
  records.database().write([&](store::Db& db) {
    registry::put_notice(
        db, {0, "duty1", start, "clock", "task", "1", {"已超期", "is late"}, "n", std::nullopt});
  });
  EXPECT_EQ(reminders->run_once(early).sent, 0u);
  // 07:40: before the daily letter.
  EXPECT_EQ(reminders->run_once(early + base::Duration(2'400'000)).sent, 1u);
  ASSERT_EQ(letters().size(), 1u);
  EXPECT_NE(letters().front().find("Subject: [Jinglue] is late"), std::string::npos)
      << letters().front();
  const std::string text = decoded(letters().front());
  EXPECT_NE(text.find("is late"), std::string::npos) << text;
  EXPECT_NE(text.find("please do not answer"), std::string::npos) << text;
  EXPECT_EQ(text.find("已超期"), std::string::npos) << text;
}

TEST_F(RemindersTest, a_server_that_is_away_loses_nothing) {
  tell("clock", "服务器不在");
  const auto early = start - kHour * 4;
  const auto round = reminders->run_once(early);
  EXPECT_EQ(round.written, 1u);
  EXPECT_EQ(round.failed, 1u);
  EXPECT_FALSE(health.sound());
  EXPECT_EQ(reminders->run_once(early + base::Duration(30'000)).failed, 0u);  // it waits first
  // The program ends and begins again meanwhile.
  reminders.emplace(settings, records.database(), records.access(), records.registry(),
                    folder.path(), health);
  const MailServer server(port, box);
  EXPECT_EQ(reminders->run_once(early + base::Duration(61'000)).sent, 1u);
  EXPECT_TRUE(health.sound());
  EXPECT_EQ(letters().size(), 1u);
}

TEST_F(RemindersTest, no_address_or_a_disabled_account_gets_none) {
  const MailServer server(port, box);
  records.database().write([&](store::Db& db) {
    registry::put_notice(db, {0, "nobody", start, "clock", "task", "1", {"甲", "a"}, "n", {}});
  });
  EXPECT_EQ(reminders->run_once(start).written, 0u);
  EXPECT_TRUE(letters().empty());
}

TEST(MailSettings, mistakes_are_named) {
  const auto read = [](const std::string& text) {
    return app::read_mail(*base::parse_config(text, "jinglue.toml"));
  };
  EXPECT_TRUE(read("")->server.empty());
  const auto good = read(
      "[mail]\nserver = \"smtps://mail.example.cn:465\"\nfrom = \"a@b.cn\"\ndigest_at = "
      "\"07:30\"\n");
  ASSERT_TRUE(good) << good.error().text();
  EXPECT_EQ(good->digest_minute, 450);
  EXPECT_FALSE(read("[mail]\nserver = \"http://x\"\nfrom = \"a@b.cn\"\n"));
  EXPECT_FALSE(read("[mail]\nserver = \"smtp://u:p@x\"\nfrom = \"a@b.cn\"\n"));
  EXPECT_FALSE(read("[mail]\nserver = \"smtp://x\"\nfrom = \"no address\"\n"));
  EXPECT_FALSE(read("[mail]\nserver = \"smtp://x\"\nfrom = \"a@b.cn\"\nquiet_from = \"25:00\"\n"));
  EXPECT_FALSE(read("[mail]\nserver = \"smtp://x\"\nfrom = \"a@b.cn\"\nuser = \"a\"\n"));
  EXPECT_FALSE(read("[mail]\nserver = \"smtp://x\"\nfrom = \"a@b.cn\"\nat_once = [\"x\"]\n"));
}

TEST(MailHeader, words_are_whole_characters) {
  EXPECT_EQ(output::encoded_header("plain"), "plain");
  const std::string encoded =
      output::encoded_header("【经略】任务《海带苗种基地建设》已超期三天，请办理");
  std::stringstream lines(encoded);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 78u) << line;
  EXPECT_FALSE(output::is_mail_address("a@b.cn\r\nBcc: c@d"));
  EXPECT_FALSE(output::is_mail_address("a b@c"));
  EXPECT_TRUE(output::is_mail_address("zhang.san+sea@mail.weihai.gov.cn"));
}

}  // namespace
