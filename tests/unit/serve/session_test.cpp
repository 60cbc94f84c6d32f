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
       {"/vessels", "/vessels/1", "/picture", "/findings", "/findings/counts", "/suspensions",
        "/rules", "/zones", "/registers", "/registers/vessel/records", "/search?q=a", "/inputs",
        "/system", "/system/health", "/clock", "/users", "/audit", "/audit/verify", "/stream"}) {
    EXPECT_EQ(client->get(std::string("/api/v1") + path).status, 401) << path;
  }
}

}  // namespace
}  // namespace jinglue::serve
