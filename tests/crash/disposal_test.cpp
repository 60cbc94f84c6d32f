// SPDX-License-Identifier: Apache-2.0
// Disposal of a record in the real program over HTTP: who may, when, and that after a kill and an
// end no byte of the content is left in the database file.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "support/station.hpp"

namespace jinglue::test {
namespace {

constexpr const char* kPermits = R"toml(id = "permit"
schema = 1
zh = "许可"
en = "Permits"
title = "name"
number = "XK-{n:4}"
fields = [
  { key = "name", zh = "名称", en = "Name", type = "text", required = true, searched = true },
  { key = "note", zh = "备注", en = "Note", type = "long_text", searched = true },
  { key = "ended", zh = "失效", en = "Ended", type = "date" },
]
[retention]
years = 10
field = "ended"
then = "propose"
basis = "test"
source = "test, 2024-05-01"
confidence = "memory"
)toml";

constexpr const char* kList = "/api/v1/registers/permit/records";
constexpr const char* kRetention = "/api/v1/registers/permit/retention";

class Disposal : public ::testing::Test {
 protected:
  void SetUp() override {
    TestStation::write(m_station.share / "registers" / "permit.toml", kPermits);
    m_station.add_user("keeper", "administrator");
    m_station.add_user("officer", "duty_officer");
    start();
  }
  void start() {
    m_station.start();
    ASSERT_TRUE(m_station.wait_ready()) << m_station.output();
    admin = std::make_unique<HttpClient>(m_station.http_port);
    officer = std::make_unique<HttpClient>(m_station.http_port);
    ASSERT_TRUE(admin->sign_in("keeper", kPassword));
    ASSERT_TRUE(officer->sign_in("officer", kPassword));
  }
  std::string make(const std::string& name, const std::string& ended) {
    const auto made = officer->write(
        "POST", kList,
        base::Json::object({{"fields", base::Json::object({{"name", name},
                                                           {"note", "附注：" + name + "沉船"},
                                                           {"ended", ended}})}}),
        "make " + name);
    EXPECT_EQ(made.status, 201) << made.body;
    return made.json()["id"].as_string();
  }
  static HttpReply dispose(HttpClient& http, const std::string& id, const std::string& reason) {
    return http.write("POST", std::string(kList) + "/" + id + "/disposal",
                      base::Json::object({{"reason", reason}}), "dispose " + id + reason);
  }
  std::size_t due() {
    const auto list = admin->get(kRetention);
    EXPECT_EQ(list.status, 200) << list.body;
    return list.json()["due"].items().size();
  }
  bool in_file(const std::string& text) const {
    std::ifstream file(m_station.data / "records.db", std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    return bytes.find(text) != std::string::npos;
  }
  TestStation m_station;
  std::unique_ptr<HttpClient> admin, officer;
};

TEST_F(Disposal, TakesTheContentOutOfTheFileAndKeepsTheTombstone) {
  const auto old = make("蓝鲸号", "2001-02-03");
  const auto young = make("海豚号", "2099-01-01");
  EXPECT_EQ(due(), 1u);
  EXPECT_EQ(officer->get(kRetention).status, 403);
  EXPECT_EQ(admin->get("/api/v1/registers/vessel/retention").status, 404) << "kept without end";
  EXPECT_EQ(dispose(*officer, old, "到期").status, 403);
  EXPECT_EQ(dispose(*admin, young, "到期").status, 409);
  EXPECT_EQ(dispose(*admin, old, "").status, 400);
  EXPECT_EQ(dispose(*admin, "no-such-record", "到期").status, 404);

  const auto done = dispose(*admin, old, "鉴定后销毁");
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(done.json()["number"].as_string(), "XK-0001");
  EXPECT_EQ(done.json()["by"].as_string(), "keeper");
  m_station.process->kill(SIGKILL);
  start();
  EXPECT_EQ(due(), 0u);
  const auto gone = admin->get(kRetention).json()["disposed"];
  ASSERT_EQ(gone.items().size(), 1u);
  EXPECT_EQ(gone.items()[0], done.json());
  EXPECT_NE(officer->get(std::string(kList) + "/" + old).status, 500);
  EXPECT_EQ(officer->get(std::string(kList) + "?q=蓝鲸号").json()["items"].items().size(), 0u);
  EXPECT_EQ(officer->get(std::string(kList) + "?q=海豚号").json()["items"].items().size(), 1u);
  ASSERT_EQ(m_station.process->kill(SIGTERM), 0) << m_station.output();

  EXPECT_FALSE(in_file("蓝鲸号"));
  EXPECT_FALSE(in_file("蓝鲸")) << "nor as a word of the text index";
  EXPECT_TRUE(in_file("海豚号"));
  EXPECT_TRUE(in_file("鉴定后销毁"));
  EXPECT_EQ(m_station.verb({"audit", "verify", "--data", m_station.data.string(), "--share",
                            m_station.share.string()}),
            0)
      << m_station.verb_output;
}

}  // namespace
}  // namespace jinglue::test
