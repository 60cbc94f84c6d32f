// SPDX-License-Identifier: Apache-2.0
// Webhooks against a program that listens on a socket of this machine and answers as it is told.
#include "app/webhooks.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <deque>
#include <fstream>
#include <functional>
#include <mutex>
#include <thread>

#include "base/hash.hpp"
#include "registry/change_feed.hpp"
#include "support/records_fixture.hpp"

using namespace jinglue;
using base::Json;
using std::chrono::milliseconds;

namespace {

/// Answers each POST with the next of its statuses, then with 204.
class Receiver {
 public:
  Receiver() : m_socket(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(m_socket, reinterpret_cast<const sockaddr*>(&at), sizeof at);
    ::listen(m_socket, 8);
    socklen_t size = sizeof at;
    ::getsockname(m_socket, reinterpret_cast<sockaddr*>(&at), &size);
    port = ntohs(at.sin_port);
    m_thread = std::thread([this] { run(); });
  }
  ~Receiver() {
    m_stop = true;
    ::shutdown(m_socket, SHUT_RDWR);
    m_thread.join();
    ::close(m_socket);
  }
  struct Got {
    std::string head, body;
    std::string header(const std::string& name) const {
      const auto at = head.find("\r\n" + name + ": ");
      if (at == std::string::npos) return {};
      const auto begin = at + name.size() + 4;
      return head.substr(begin, head.find("\r\n", begin) - begin);
    }
    Json json() const { return base::parse_json(body).value_or(Json()); }
  };
  std::vector<Got> got() const {
    const std::lock_guard lock(m_mutex);
    return m_got;
  }
  void answer(std::deque<int> statuses) {
    const std::lock_guard lock(m_mutex);
    m_statuses = std::move(statuses);
  }
  std::uint16_t port{0};

 private:
  void run() {
    while (!m_stop) {
      const int one = ::accept(m_socket, nullptr, nullptr);
      if (one < 0) return;
      take(one);
      ::close(one);
    }
  }
  void take(int socket) {
    std::string all;
    char some[4096];
    std::size_t want = std::string::npos;
    while (all.size() < want) {
      const auto n = ::recv(socket, some, sizeof some, 0);
      if (n <= 0) return;
      all.append(some, std::size_t(n));
      const auto end = all.find("\r\n\r\n");
      if (end == std::string::npos || want != std::string::npos) continue;
      const auto at = all.find("Content-Length: ");
      want = end + 4 + std::stoul(all.substr(at + 16));
    }
    const auto end = all.find("\r\n\r\n");
    int status = 204;
    {
      const std::lock_guard lock(m_mutex);
      m_got.push_back({all.substr(0, end), all.substr(end + 4)});
      if (!m_statuses.empty()) {
        status = m_statuses.front();
        m_statuses.pop_front();
      }
    }
    const std::string answer = "HTTP/1.1 " + std::to_string(status) +
                               " X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    ::send(socket, answer.data(), answer.size(), MSG_NOSIGNAL);
  }
  int m_socket;
  std::atomic<bool> m_stop{false};
  mutable std::mutex m_mutex;
  std::vector<Got> m_got;
  std::deque<int> m_statuses;
  std::thread m_thread;
};

bool soon(const std::function<bool()>& holds) {
  for (int i = 0; i < 1000 && !holds(); ++i) std::this_thread::sleep_for(milliseconds(10));
  return holds();
}

class WebhooksTest : public ::testing::Test {
 protected:
  WebhooksTest() {
    std::filesystem::create_directories(f.folder / "secrets");
    std::ofstream(f.folder / "secrets" / "oa.secret") << kSecret << "\n";
    for (const auto& user :
         {access::User{"oa_reader", "OA", {access::Role::kClerk}, "rongcheng", false, {}}}) {
      const auto done = f.access().add_user(user, "drill-oa-reader-2024", access::Actor::system(),
                                            base::wall_now());
      if (!done) throw std::runtime_error(done.error().text());
    }
  }
  app::Webhook hook() const {
    app::Webhook out;
    out.name = "oa";
    out.url = "http://127.0.0.1:" + std::to_string(receiver.port) + "/in?x=1";
    out.to = *output::parse_http_address(out.url);
    out.secret_file = "oa.secret";
    out.account = "oa_reader";
    out.registers = {"vessel"};
    return out;
  }
  std::unique_ptr<app::Webhooks> make(const app::Webhook& hook) {
    return std::make_unique<app::Webhooks>(
        std::vector<app::Webhook>{hook}, f.database(), f.access(), f.registry(),
        f.folder / "secrets", health,
        app::Webhooks::Pauses{milliseconds(20), milliseconds(100), milliseconds(50)});
  }
  registry::Record vessel(const std::string& name, const std::string& district) {
    const auto made = f.registry().create(
        "vessel", Json::object({{"name", name}, {"kind", "fishing"}, {"district", district}}),
        f.by(f.duty));
    if (!made) throw std::runtime_error(made.error().text());
    return *made;
  }
  /// The sender's own count, which it keeps last.
  static bool delivered(const app::Webhooks& hooks, int times) {
    return soon([&] { return hooks.to_json().items().at(0)["delivered"].as_int() == times; });
  }
  std::size_t audited(const std::string& action) {
    std::size_t out = 0;
    for (const auto& line : f.access().audit_lines(0, 1000)) out += line.action == action ? 1 : 0;
    return out;
  }
  static constexpr const char* kSecret = "0123456789abcdef-drill";
  test::RecordsFixture f;
  app::Health health;
  Receiver receiver;
};

/// As the other side computes it, with another library.
std::string openssl_signature(const std::string& time, const std::string& body,
                              const std::string& secret) {
  const std::string all = time + "." + body;
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), int(secret.size()),
       reinterpret_cast<const unsigned char*>(all.data()), all.size(), out, &size);
  return "sha256=" + base::to_hex(std::string_view(reinterpret_cast<const char*>(out), size));
}

}  // namespace

TEST_F(WebhooksTest, WhatTheAccountSeesIsPostedInOrderAndSigned) {
  vessel("before", "rongcheng");
  auto hooks = make(hook());
  hooks->start();
  const auto mine = vessel("mine", "rongcheng");
  vessel("theirs", "rushan");
  hooks->wake();
  ASSERT_TRUE(soon([&] { return receiver.got().size() == 1; }));
  const auto got = receiver.got().front();
  EXPECT_EQ(got.head.substr(0, got.head.find("\r\n")), "POST /in?x=1 HTTP/1.1");
  const auto json = got.json();
  ASSERT_EQ(json["changes"].items().size(), 1u) << got.body;
  EXPECT_EQ(json["changes"].items()[0]["id"].as_string(), mine.id);
  EXPECT_EQ(json["changes"].items()[0]["kind"].as_string(), "created");
  EXPECT_EQ(got.body.find("theirs"), std::string::npos);
  EXPECT_EQ(got.body.find("before"), std::string::npos) << "it begins now";
  EXPECT_EQ(got.header("X-Jinglue-Signature"),
            openssl_signature(got.header("X-Jinglue-Time"), got.body, kSecret));
  EXPECT_EQ(got.header("X-Jinglue-Delivery"), json["delivery"].as_string());
  ASSERT_TRUE(delivered(*hooks, 1));
  EXPECT_EQ(audited("webhook.deliver"), 1u);
  EXPECT_EQ(audited("webhook.begin"), 1u);
  const auto state = hooks->to_json().items().at(0);
  EXPECT_EQ(state["state"].as_string(), "idle") << state.dump();
  EXPECT_EQ(state["delivered"].as_int(), 1);
  EXPECT_EQ(state["changes"].as_int(), 1);
  EXPECT_EQ(state["behind"].as_int(), 0);
}

TEST_F(WebhooksTest, AFailedPostIsRepeatedUntilItIsTaken) {
  receiver.answer({500, 302, 404});
  auto hooks = make(hook());
  hooks->start();
  vessel("a", "rongcheng");
  hooks->wake();
  ASSERT_TRUE(soon([&] { return receiver.got().size() == 4; }));
  const auto got = receiver.got();
  for (const auto& one : got) {
    EXPECT_EQ(one.body, got.front().body);
    EXPECT_EQ(one.header("X-Jinglue-Delivery"), got.front().header("X-Jinglue-Delivery"));
  }
  ASSERT_TRUE(delivered(*hooks, 1));
  EXPECT_EQ(audited("webhook.deliver"), 1u);
  EXPECT_EQ(audited("webhook.fail"), 1u) << "one line for a row of failures";
  EXPECT_TRUE(health.sound()) << health.to_json().dump();
  Json metrics = Json::object();
  hooks->add_metrics(metrics);
  EXPECT_EQ(metrics["webhook_failed_total"].as_int(), 3);
  EXPECT_EQ(metrics["webhook_delivered_total"].as_int(), 1);
  vessel("b", "rongcheng");
  hooks->wake();
  ASSERT_TRUE(soon([&] { return receiver.got().size() == 5; }));
  EXPECT_NE(receiver.got().back().header("X-Jinglue-Delivery"),
            got.front().header("X-Jinglue-Delivery"));
}

TEST_F(WebhooksTest, ARestartGoesOnWhereItWas) {
  {
    auto hooks = make(hook());
    hooks->start();
    vessel("a", "rongcheng");
    hooks->wake();
    ASSERT_TRUE(soon([&] { return audited("webhook.deliver") == 1; }));
  }
  vessel("b", "rongcheng");
  auto hooks = make(hook());
  hooks->start();
  ASSERT_TRUE(soon([&] { return receiver.got().size() == 2; }));
  const auto json = receiver.got().back().json();
  ASSERT_EQ(json["changes"].items().size(), 1u);
  EXPECT_EQ(json["changes"].items()[0]["fields"]["name"].as_string(), "b");
  EXPECT_TRUE(delivered(*hooks, 2));
}

TEST_F(WebhooksTest, AnAccountThatIsDisabledSendsNothingAndHealthTells) {
  ASSERT_TRUE(
      f.access().set_disabled("oa_reader", true, access::Actor::system(), base::wall_now()));
  auto hooks = make(hook());
  hooks->start();
  vessel("a", "rongcheng");
  hooks->wake();
  ASSERT_TRUE(soon([&] { return !health.sound(); }));
  EXPECT_TRUE(receiver.got().empty());
  EXPECT_NE(health.to_json().dump().find("oa_reader"), std::string::npos);
  ASSERT_TRUE(
      f.access().set_disabled("oa_reader", false, access::Actor::system(), base::wall_now()));
  ASSERT_TRUE(soon([&] { return receiver.got().size() == 1; }));
  ASSERT_TRUE(soon([&] { return health.sound(); }));
}

TEST(WebhookSettings, MistakesAreNamedWithTheirLine) {
  const auto read = [](const std::string& text) {
    const auto document = base::parse_config(text, "jinglue.toml");
    if (!document) return document.error().text();
    const auto hooks = app::read_webhooks(*document);
    return hooks ? "good " + std::to_string(hooks->size()) : hooks.error().text();
  };
  const std::string good =
      "[[webhook]]\nname = \"oa\"\nurl = \"https://oa.example:8443/x\"\naccount = \"a\"\n"
      "secret_file = \"oa.secret\"\n";
  EXPECT_EQ(read(good), "good 1");
  EXPECT_EQ(read(""), "good 0");
  const auto wrong = [&](const std::string& from, const std::string& to, const std::string& why) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    const auto said = read(text);
    EXPECT_NE(said.find(why), std::string::npos) << said;
    EXPECT_NE(said.find("jinglue.toml:"), std::string::npos) << said;
  };
  wrong("https://oa.example:8443/x", "http://oa.example/x", "without TLS");
  wrong("https://oa.example:8443/x", "ftp://oa.example/x", "https://");
  wrong("https://oa.example:8443/x", "https://u:p@oa.example/x", "a user");
  wrong("https://oa.example:8443/x", "https://oa.example:0/x", "port");
  wrong("oa.secret", "../oa.secret", "folder secrets");
  wrong("account", "acount", "acount");
  EXPECT_NE(read(good + good).find("two webhooks"), std::string::npos);
}

TEST(HttpPost, TellsWhyThereWasNoAnswer) {
  output::HttpPost post;
  post.to = *output::parse_http_address("http://127.0.0.1:1/");
  const auto closed = output::http_post(post);
  ASSERT_FALSE(closed);
  EXPECT_NE(closed.error().message.find("connecting"), std::string::npos) << closed.error().message;
  const int silent = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::bind(silent, reinterpret_cast<const sockaddr*>(&at), sizeof at);
  ::listen(silent, 1);
  socklen_t size = sizeof at;
  ::getsockname(silent, reinterpret_cast<sockaddr*>(&at), &size);
  post.to.port = ntohs(at.sin_port);
  post.patience = milliseconds(200);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(output::http_post(post));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  ::close(silent);
}

TEST(HttpPost, TheSignatureIsThatOfRfc4231) {
  EXPECT_EQ(output::hmac_sha256_hex("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}
