// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <thread>

#include "serve/api/problem.hpp"
#include "serve/http/http_server.hpp"
#include "unit/serve/web_client.hpp"

namespace jinglue::serve {
namespace {

using test::ask;
using test::read_reply;
using test::request_text;
using test::Socket;
using test::WebSocketClient;

/// Sends back what the client says, once as it came.
class EchoStream final : public StreamListener {
 public:
  void on_open(std::shared_ptr<StreamSocket> socket) override { m_socket = std::move(socket); }
  void on_text(std::string_view text) override {
    if (text == "bye") {
      m_socket->close(4001, "as you wish");
    } else {
      m_socket->send("echo " + std::string(text));
    }
  }
  void on_closed() override {
    m_socket.reset();
    ++closed;
  }
  std::atomic<int> closed{0};

 private:
  std::shared_ptr<StreamSocket> m_socket;
};

class EchoApplication final : public Application {
 public:
  std::size_t body_limit(const Request& head) const override {
    return head.segments.size() == 1 && head.segments[0] == "import" ? 200'000 : 1000;
  }
  void answer(Request request, std::function<void(Response)> done) override {
    if (request.path() == "/slow") {
      m_late = std::thread([done = std::move(done)] {
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        done(text_response("late"));
      });
      return;
    }
    if (request.path() == "/large") return done(text_response(std::string(3'000'000, 'x')));
    std::string text = std::string(to_text(request.method)) + " " + request.path();
    for (const auto& [name, value] : request.query) text += " " + name + "=" + value;
    done(text_response(text + " " + std::to_string(request.body.size()) + " " + request.address));
  }
  void open_stream(Request request, std::function<void(Opened)> done) override {
    if (request.path() != "/stream") return done(refuse(404, "missing", "no stream here"));
    stream = std::make_shared<EchoStream>();
    done(std::shared_ptr<StreamListener>(stream));
  }
  bool produce(std::shared_ptr<BodyPipe>, std::function<void(BodyPipe&)>) override { return false; }
  Response refuse(int status, std::string_view code, std::string_view detail) override {
    return to_response({status, std::string(code), std::string(detail)}, "en");
  }
  ~EchoApplication() override {
    if (m_late.joinable()) m_late.join();
  }
  std::shared_ptr<EchoStream> stream;

 private:
  std::thread m_late;
};

class HttpTest : public testing::Test {
 protected:
  HttpTest() {
    settings.port = 0;
    settings.header_time = std::chrono::milliseconds(400);
    settings.body_time = std::chrono::milliseconds(500);
    settings.idle_time = std::chrono::milliseconds(800);
    settings.write_time = std::chrono::milliseconds(800);
  }
  std::uint16_t start() {
    server = std::make_unique<http::HttpServer>(settings, application);
    server->start();
    return server->port();
  }
  std::int64_t count(const char* name) const { return server->counters()[name].as_int(); }
  /// The client may see an end before the server has counted it.
  bool comes_to(const char* name, std::int64_t wanted) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(8);
    while (count(name) != wanted && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return count(name) == wanted;
  }

  Settings settings;
  EchoApplication application;
  std::unique_ptr<http::HttpServer> server;
};

TEST_F(HttpTest, answers_several_requests_on_one_connection) {
  Socket socket(start());
  socket.write(request_text("GET", "/a%20b?x=1&y=%E6%B5%B7"));
  auto reply = read_reply(socket);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->body, "GET /a b x=1 y=海 0 127.0.0.1");
  EXPECT_EQ(reply->header("connection"), "keep-alive");
  EXPECT_FALSE(reply->header("date").empty());
  // Two at once: pipelined requests are answered in order.
  socket.write(request_text("POST", "/p", {}, "12345") + request_text("DELETE", "/d"));
  reply = read_reply(socket);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "POST /p 5 127.0.0.1");
  reply = read_reply(socket);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "DELETE /d 0 127.0.0.1");
  EXPECT_EQ(count("connections_total"), 1);
}

TEST_F(HttpTest, head_has_the_length_but_no_body) {
  const auto reply = ask(start(), "HEAD", "/large");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("content-length"), "3000000");
  EXPECT_EQ(reply.body, "");
}

TEST_F(HttpTest, a_large_answer_arrives_whole) {
  EXPECT_EQ(ask(start(), "GET", "/large").body, std::string(3'000'000, 'x'));
}

TEST_F(HttpTest, malformed_requests_get_400_and_the_connection_closes) {
  const auto port = start();
  const std::vector<std::string> bad = {
      "NONSENSE\r\n\r\n",
      "GET / HTTP/3.7\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",                        // no Host
      "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",  // two
      "GET noslash HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /a/../b HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /a/%2e%2e/b HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: "
      "3\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
  };
  for (const auto& text : bad) {
    Socket socket(port);
    socket.write(text);
    const auto reply = read_reply(socket);
    ASSERT_TRUE(reply) << text;
    EXPECT_EQ(reply->status, 400) << text;
    EXPECT_EQ(reply->header("connection"), "close");
    EXPECT_NE(reply->body.find("\"malformed\""), std::string::npos) << reply->body;
    while (socket.more()) {
    }
    EXPECT_TRUE(socket.ended()) << text;
  }
  EXPECT_TRUE(comes_to("http_malformed_total", static_cast<std::int64_t>(bad.size())));
}

TEST_F(HttpTest, a_head_over_16_kib_gets_431) {
  const auto reply = ask(start(), "GET", "/", {{"X-Long", std::string(20'000, 'x')}});
  EXPECT_EQ(reply.status, 431);
}

TEST_F(HttpTest, a_body_over_the_limit_of_its_address_gets_413) {
  const auto port = start();
  EXPECT_EQ(ask(port, "POST", "/p", {}, std::string(1000, 'x')).status, 200);
  EXPECT_EQ(ask(port, "POST", "/p", {}, std::string(1001, 'x')).status, 413);
  EXPECT_EQ(ask(port, "POST", "/import", {}, std::string(150'000, 'x')).status, 200);
  Socket chunked(port);
  std::string text = "POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 20; ++i) text += "64\r\n" + std::string(100, 'y') + "\r\n";
  chunked.write(text + "0\r\n\r\n");
  const auto reply = read_reply(chunked);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 413);
}

TEST_F(HttpTest, a_chunked_body_is_put_together) {
  Socket socket(start());
  socket.write(
      "POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");
  const auto reply = read_reply(socket);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "POST /p 7 127.0.0.1");
}

TEST_F(HttpTest, a_client_that_asks_first_is_told_to_go_on) {
  Socket socket(start());
  socket.write("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  const auto go_on = read_reply(socket);
  ASSERT_TRUE(go_on);
  EXPECT_EQ(go_on->status, 100);
  socket.write("abcd");
  const auto reply = read_reply(socket);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "POST /p 4 127.0.0.1");
}

TEST_F(HttpTest, a_head_that_trickles_in_is_cut_off) {
  Socket socket(start());
  const auto begin = std::chrono::steady_clock::now();
  socket.write("GET / HTTP/1.1\r\n");
  for (int i = 0; i < 40 && !socket.ended(); ++i) {
    socket.write("X: y\r\n");
    socket.more(100);
  }
  EXPECT_TRUE(socket.ended());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(3));
  EXPECT_TRUE(comes_to("http_timed_out_total", 1));
}

TEST_F(HttpTest, a_body_that_does_not_come_is_cut_off) {
  Socket socket(start());
  socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc");
  while (socket.more(3000)) {
  }
  EXPECT_TRUE(socket.ended());
}

TEST_F(HttpTest, an_idle_connection_is_closed) {
  Socket socket(start());
  while (socket.more(3000)) {
  }
  EXPECT_TRUE(socket.ended());
}

TEST_F(HttpTest, a_client_that_does_not_read_its_answer_is_cut_off) {
  settings.write_time = std::chrono::milliseconds(300);
  const auto port = start();
  Socket socket(port, 4096);
  std::string many;
  for (int i = 0; i < 10; ++i) many += request_text("GET", "/large");
  socket.write(many);
  ASSERT_TRUE(comes_to("connections", 1));
  EXPECT_TRUE(comes_to("connections", 0));
}

TEST_F(HttpTest, connections_over_the_limit_are_refused) {
  settings.max_connections = 2;
  settings.idle_time = std::chrono::milliseconds(5000);
  const auto port = start();
  Socket one(port), two(port);
  one.write(request_text("GET", "/"));
  two.write(request_text("GET", "/"));
  ASSERT_TRUE(read_reply(one));
  ASSERT_TRUE(read_reply(two));
  Socket three(port);
  three.write(request_text("GET", "/"));
  EXPECT_FALSE(read_reply(three));
  EXPECT_TRUE(comes_to("connections_refused_total", 1));
}

TEST_F(HttpTest, stop_waits_for_an_answer_under_way) {
  Socket socket(start());
  socket.write(request_text("GET", "/slow"));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  server->stop();
  const auto reply = read_reply(socket);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "late");
  EXPECT_EQ(reply->header("connection"), "close");
}

TEST_F(HttpTest, a_taken_port_is_said_with_what_to_do) {
  settings.port = start();
  EXPECT_THROW(
      {
        try {
          http::HttpServer second(settings, application);
        } catch (const base::WorldError& error) {
          EXPECT_NE(std::string(error.what()).find("another program uses the port"),
                    std::string::npos);
          throw;
        }
      },
      base::WorldError);
}

TEST_F(HttpTest, plain_http_on_a_network_address_needs_the_flag) {
  settings.address = "0.0.0.0";
  EXPECT_THROW(http::HttpServer(settings, application), base::WorldError);
  settings.allow_plain = true;
  EXPECT_NO_THROW(http::HttpServer(settings, application));
}

TEST_F(HttpTest, a_certificate_that_cannot_be_read_is_named) {
  settings.certificate = "/nonexistent/cert.pem";
  EXPECT_THROW(http::HttpServer(settings, application), base::WorldError);  // no key
  settings.key = "/nonexistent/key.pem";
  EXPECT_THROW(http::HttpServer(settings, application), base::WorldError);
}

TEST_F(HttpTest, web_socket_messages_go_both_ways) {
  WebSocketClient client(start(), "/stream", {{"Sec-WebSocket-Protocol", "jinglue.v1"}});
  ASSERT_TRUE(client.open());
  EXPECT_EQ(client.reply().header("sec-websocket-protocol"), "jinglue.v1");
  EXPECT_EQ(client.reply().header("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  client.send_text("hello");
  const auto message = client.read();
  ASSERT_TRUE(message);
  EXPECT_EQ(message->opcode, 2);
  EXPECT_EQ(message->payload, "echo hello");
  client.send_text("bye");
  const auto goodbye = client.read();
  ASSERT_TRUE(goodbye);
  EXPECT_EQ(goodbye->close_code(), 4001);
  client.send(8, "\x03\xE8");
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (application.stream->closed == 0 && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(application.stream->closed, 1);
}

TEST_F(HttpTest, web_socket_messages_that_are_too_long_or_binary_end_it) {
  const auto port = start();
  WebSocketClient longer(port, "/stream", {});
  longer.send_text(std::string(20'000, 'x'));
  const auto first = longer.read();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->close_code(), 1009);
  WebSocketClient binary(port, "/stream", {});
  binary.send(2, "abc");
  const auto second = binary.read();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->close_code(), 1003);
}

TEST_F(HttpTest, a_refused_stream_is_a_plain_answer) {
  WebSocketClient client(start(), "/other", {});
  EXPECT_EQ(client.reply().status, 404);
}

TEST_F(HttpTest, stop_ends_open_streams) {
  WebSocketClient client(start(), "/stream", {});
  ASSERT_TRUE(client.open());
  server->stop();
  EXPECT_FALSE(client.read(3000));
}

}  // namespace
}  // namespace jinglue::serve
