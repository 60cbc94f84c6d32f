// SPDX-License-Identifier: Apache-2.0
// Sign-in, cookies, CSRF, origin, rate limit: what stands between a stranger and the data.
#include <gtest/gtest.h>

#include <algorithm>

#include "unit/serve/with_world.hpp"

namespace jinglue::serve {
namespace {

using base::Json;
using test::HttpClient;

class SessionTest : public test::WithWorld {
 protected:
  static test::HttpReply sign_in(HttpClient& client, const std::string& name,
                                 const std::string& password) {
    return client.send("POST", "/api/v1/session",
                       Json::object({{"name", name}, {"password", password}}).dump(),
                       {{"Content-Type", "application/json"}});
  }
};

TEST_F(SessionTest, signing_in_sets_a_cookie_that_scripts_and_other_sites_cannot_use) {
  const auto client = world().client();
  const auto reply = sign_in(*client, "duty", world().password("duty"));
  ASSERT_EQ(reply.status, 200) << reply.body;
  const std::string cookie = reply.header("set-cookie");
  EXPECT_TRUE(cookie.starts_with("jinglue_session=")) << cookie;
  EXPECT_NE(cookie.find("; HttpOnly"), std::string::npos);
  EXPECT_NE(cookie.find("; SameSite=Strict"), std::string::npos);
  EXPECT_EQ(cookie.find("Secure"), std::string::npos);  // plain loopback
  EXPECT_EQ(reply.header("cache-control"), "no-store");
  const auto json = reply.json();
  EXPECT_EQ(json["user"]["name"].as_string(), "duty");
  EXPECT_EQ(json["user"]["roles"].items().at(0).as_string(), "duty_officer");
  EXPECT_FALSE(json["csrf"].as_string().empty());
  const auto& may = json["may"].items();
  EXPECT_NE(std::find(may.begin(), may.end(), Json("review_finding")), may.end());
  EXPECT_EQ(std::find(may.begin(), may.end(), Json("manage_users")), may.end());
  EXPECT_EQ(json["server"]["clock"]["mode"].as_string(), "feed");
}

TEST_F(SessionTest, who_am_i_needs_a_session_and_ends_with_it) {
  const auto client = world().client();
  auto reply = client->get("/api/v1/session");
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(reply.json()["code"].as_string(), "unauthorised");
  EXPECT_EQ(reply.header("content-type"), "application/problem+json");
  ASSERT_TRUE(client->sign_in("leader", world().password("leader")));
  EXPECT_EQ(client->get("/api/v1/session").json()["user"]["name"].as_string(), "leader");
  reply = client->send("DELETE", "/api/v1/session");
  EXPECT_EQ(reply.status, 204);
  EXPECT_NE(reply.header("set-cookie").find("Max-Age=0"), std::string::npos);
  EXPECT_EQ(client->get("/api/v1/session").status, 401);
}

TEST_F(SessionTest, a_wrong_password_and_a_wrong_name_look_the_same) {
  const auto client = world().client();
  const auto name = sign_in(*client, "nobody", "drill-nobody-2024");
  const auto password = sign_in(*client, "economist", "wrong-password");
  EXPECT_EQ(name.status, 401);
  EXPECT_EQ(password.status, 401);
  EXPECT_EQ(name.body, password.body);
  EXPECT_EQ(name.header("set-cookie"), "");
}

TEST_F(SessionTest, a_write_without_the_csrf_token_is_refused) {
  const auto client = world().client("duty");
  const std::string good = client->csrf;
  for (const std::string& token : {std::string(), std::string(good.size(), 'x'), good + "x"}) {
    client->csrf = token;
    const auto reply = client->send("DELETE", "/api/v1/session");
    EXPECT_EQ(reply.status, 403);
    EXPECT_EQ(reply.json()["code"].as_string(), "csrf");
  }
  client->csrf = good;
  EXPECT_EQ(client->get("/api/v1/session").status, 200);  // still signed in
}

TEST_F(SessionTest, another_sites_origin_is_refused_even_for_signing_in) {
  const auto client = world().client();
  const std::string body =
      Json::object({{"name", "duty"}, {"password", world().password("duty")}}).dump();
  // The client sends its own Origin too; the first one counts.
  test::HttpReply reply;
  {
    HttpClient raw(world().server->port());
    reply = raw.send("POST", "/api/v1/session", body, {{"Content-Type", "application/json"}});
    EXPECT_EQ(reply.status, 200);
  }
  const auto evil = world().client("duty");
  evil->csrf.clear();
  reply = evil->send("PATCH", "/api/v1/session", R"({"language":"en"})",
                     {{"Content-Type", "application/json"}});
  EXPECT_EQ(reply.json()["code"].as_string(), "csrf");
}

TEST_F(SessionTest, the_body_must_be_json_and_say_so) {
  const auto client = world().client();
  auto reply = client->send("POST", "/api/v1/session", "name=duty",
                            {{"Content-Type", "application/x-www-form-urlencoded"}});
  EXPECT_EQ(reply.status, 415);
  reply = client->send("POST", "/api/v1/session",
                       "{\"name\":", {{"Content-Type", "application/json; charset=utf-8"}});
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.json()["code"].as_string(), "malformed");
  reply = client->send("POST", "/api/v1/session", "[]", {{"Content-Type", "application/json"}});
  EXPECT_EQ(reply.status, 400);
  reply = client->send("POST", "/api/v1/session", "{\"name\":5}",
                       {{"Content-Type", "application/json"}});
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.json()["field"].as_string(), "name");
}

TEST_F(SessionTest, the_language_is_kept_in_a_cookie_and_chooses_the_words_of_problems) {
  const auto client = world().client("duty");
  EXPECT_EQ(client->get("/api/v1/session").json()["language"].as_string(), "zh");
  auto reply = client->send("PATCH", "/api/v1/session", R"({"language":"en"})",
                            {{"Content-Type", "application/json"}});
  ASSERT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.header("set-cookie").starts_with("jinglue_language=en"));
  client->cookie += "; jinglue_language=en";
  EXPECT_EQ(client->get("/api/v1/session").json()["language"].as_string(), "en");
  EXPECT_EQ(client->get("/api/v1/nowhere").json()["title"].as_string(),
            "Not found, or a required value is absent");
  reply = client->send("PATCH", "/api/v1/session", R"({"language":"fr"})",
                       {{"Content-Type", "application/json"}});
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.json()["field"].as_string(), "language");
}

TEST_F(SessionTest, the_own_password_changes_with_the_present_one_only) {
  const auto client = world().client("economist");
  const auto change = [&](const std::string& current, const std::string& password) {
    return client->send("POST", "/api/v1/session/password",
                        Json::object({{"current", current}, {"password", password}}).dump(),
                        {{"Content-Type", "application/json"}});
  };
  EXPECT_EQ(change("wrong-password", "a-better-password-9").status, 403);
  EXPECT_EQ(change(world().password("economist"), "short").status, 422);
  EXPECT_EQ(change(world().password("economist"), "a-better-password-9").status, 204);
  HttpClient fresh(world().server->port());
  EXPECT_FALSE(fresh.sign_in("economist", world().password("economist")));
  EXPECT_TRUE(fresh.sign_in("economist", "a-better-password-9"));
}

TEST_F(SessionTest, repeated_failures_are_stopped_with_a_time_to_wait) {
  test::World own;  // its failures must not lock out the other tests
  HttpClient client(own.server->port());
  test::HttpReply reply;
  int tries = 0;
  do {
    reply = sign_in(client, "duty", "wrong-password-" + std::to_string(tries));
  } while (reply.status == 401 && ++tries < 100);
  EXPECT_EQ(reply.status, 429) << "after " << tries;
  EXPECT_EQ(reply.json()["code"].as_string(), "too_many");
  EXPECT_GT(std::stoi(reply.header("retry-after")), 0);
  // Also with the right password, until the time is over.
  EXPECT_EQ(sign_in(client, "duty", own.password("duty")).status, 429);
}

/// Failed sign-ins as if through a proxy; the last answer. Nobody is called so: only the address
/// can be locked, not a name.
int fail_from(HttpClient& client, const std::string& forwarded_for, int times) {
  int status = 0;
  for (int i = 0; i < times; ++i) {
    status = client
                 .send("POST", "/api/v1/session",
                       Json::object({{"name", "nobody" + std::to_string(i) + forwarded_for},
                                     {"password", "wrong"}})
                           .dump(),
                       {{"Content-Type", "application/json"}, {"X-Forwarded-For", forwarded_for}})
                 .status;
  }
  return status;
}

TEST_F(SessionTest, behind_a_trusted_proxy_each_client_has_its_own_limit) {
  Settings settings;
  settings.trusted_proxies = Proxies::parse({"127.0.0.1", "10.0.0.0/8"}).value();
  test::World own(std::move(settings));
  HttpClient proxy(own.server->port());
  // What the client wrote itself stands left of what the proxies added, and counts for nothing.
  EXPECT_EQ(fail_from(proxy, "198.51.100.1, 203.0.113.5, 10.0.0.7", 25), 429);
  EXPECT_EQ(fail_from(proxy, "198.51.100.2, 203.0.113.5", 1), 429) << "the same client";
  EXPECT_EQ(fail_from(proxy, "203.0.113.6, 10.0.0.7", 1), 401) << "another one";
  const auto admin = own.client("admin");
  const auto lines = admin->get("/api/v1/audit?limit=2").json()["items"];
  EXPECT_EQ(lines.items().at(1)["action"].as_string(), "session.refused");
  EXPECT_EQ(lines.items().at(1)["address"].as_string(), "203.0.113.6");
}

TEST_F(SessionTest, without_trusted_proxies_nobody_can_choose_an_address) {
  test::World own;
  HttpClient client(own.server->port());
  int status = 0;
  for (int i = 0; i < 25; ++i) status = fail_from(client, "203.0.113." + std::to_string(i), 1);
  EXPECT_EQ(status, 429) << "all are loopback's";
}

TEST(ProxiesTest, the_first_address_from_the_right_that_is_no_proxy_is_the_client) {
  const auto proxies = Proxies::parse({"10.0.0.0/9", "fd00::/8", "192.0.2.1"}).value();
  EXPECT_EQ(proxies.client_of("10.0.0.1", "203.0.113.5"), "203.0.113.5");
  EXPECT_EQ(proxies.client_of("10.0.0.1", "1.1.1.1, 203.0.113.5 ,192.0.2.1"), "203.0.113.5");
  EXPECT_EQ(proxies.client_of("fd00::1", "2001:DB8::7"), "2001:db8::7");
  EXPECT_EQ(proxies.client_of("10.0.0.1", "::ffff:203.0.113.5"), "203.0.113.5");
  EXPECT_EQ(proxies.client_of("10.128.0.1", "203.0.113.5"), "10.128.0.1") << "not trusted";
  EXPECT_EQ(proxies.client_of("203.0.113.9", "1.1.1.1"), "203.0.113.9") << "not trusted";
  EXPECT_EQ(proxies.client_of("10.0.0.1", ""), "10.0.0.1");
  EXPECT_EQ(proxies.client_of("10.0.0.1", "1.1.1.1, rubbish"), "10.0.0.1") << "no list";
  EXPECT_EQ(proxies.client_of("10.0.0.1", "10.0.0.2, 10.0.0.3"), "10.0.0.2") << "all are proxies";
  EXPECT_EQ(Proxies().client_of("127.0.0.1", "1.1.1.1"), "127.0.0.1");
  for (const char* bad : {"proxy", "10.0.0.0/33", "10.0.0.0/", "fd00::/129", "10.0.0", ""}) {
    EXPECT_FALSE(Proxies::parse({bad})) << bad;
  }
}

TEST_F(SessionTest, every_answer_carries_the_security_headers) {
  const auto client = world().client();
  for (const char* path : {"/", "/api/v1/session", "/healthz", "/nowhere.js"}) {
    const auto reply = client->get(path);
    EXPECT_EQ(reply.header("x-content-type-options"), "nosniff") << path;
    EXPECT_EQ(reply.header("referrer-policy"), "same-origin") << path;
    const std::string policy = reply.header("content-security-policy");
    EXPECT_NE(policy.find("script-src 'self';"), std::string::npos) << path;
    EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos) << path;
    EXPECT_NE(policy.find("worker-src 'self' blob:"), std::string::npos) << path;
  }
}

TEST_F(SessionTest, unknown_addresses_and_methods_are_told_apart) {
  const auto client = world().client("duty");
  EXPECT_EQ(client->get("/api/v1/nowhere").status, 404);
  const auto reply = client->send("DELETE", "/api/v1/vessels");
  EXPECT_EQ(reply.status, 405);
  EXPECT_EQ(reply.header("allow"), "GET");
  EXPECT_EQ(client->get("/api/v2/vessels").status, 404);
}

TEST_F(SessionTest, everything_but_signing_in_needs_a_session) {
  const auto client = world().client();
  for (const char* path :
       {"/vessels",     "/vessels/1", "/picture", "/findings",      "/findings/counts",
        "/suspensions", "/rules",     "/zones",   "/registers",     "/registers/vessel/records",
        "/search?q=a",  "/inputs",    "/system",  "/system/health", "/clock",
        "/people",      "/users",     "/audit",   "/audit/verify",  "/stream"}) {
    EXPECT_EQ(client->get(std::string("/api/v1") + path).status, 401) << path;
  }
}

}  // namespace
}  // namespace jinglue::serve
