// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "access/access.hpp"
#include "base/hash.hpp"
#include "support/records_fixture.hpp"
#include "support/written_registers.hpp"

using namespace jinglue;
using namespace jinglue::registry;
using access::Role;
using base::Code;
using base::Json;
using test::field;

namespace {

const std::string kPng = "\x89PNG\r\n\x1A\n a picture";
const std::string kPdf = "%PDF-1.7 a document";

class Attachments : public ::testing::Test {
 protected:
  Attachments() {
    w.put("right", "title = \"name\"\ndistrict = \"district\"\n" + field("name", "text") +
                       field("district", "text") +
                       field("papers", "file", "max_mb = 1\nmax_files = 2\nsearched = true") +
                       field("photos", "file", "accept = [\"image\"]") +
                       field("secrets", "file", "visible_to = [\"leader\", \"clerk\"]"));
    f = std::make_unique<test::RecordsFixture>(w.folder());
    f->open({.files = store.path()});
  }
  base::Result<Json> upload(const access::Actor& who, const std::string& bytes,
                            const std::string& name = "a.pdf", const std::string& to = "papers") {
    return f->registry().add_file("right", to, name, bytes, f->by(who));
  }
  base::Result<Record> attach(const access::Actor& who, const Json& files,
                              const std::string& to = "papers") {
    return f->registry().create("right", Json::object({{"name", "a"}, {to, files}}), f->by(who));
  }
  bool stored(const std::string& bytes) {
    return std::filesystem::exists(store.path() / base::sha256_hex(bytes));
  }
  std::string read(const access::Actor& who, const Record& r, const std::string& bytes) {
    const auto file = f->registry().file_for(who, "right", r.id, base::sha256_hex(bytes));
    if (!file) return std::string(base::to_text(file.error().code));
    std::ifstream in(file->path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  test::WrittenRegisters w;
  test::TempFolder store;
  std::unique_ptr<test::RecordsFixture> f;
};

}  // namespace

TEST_F(Attachments, AFileIsKeptByItsHashAndGivenToThoseWhoSeeTheRecord) {
  const auto file = upload(f->clerk, kPdf, "证书.pdf");
  ASSERT_TRUE(file) << file.error().text();
  EXPECT_EQ((*file)["sha256"].as_string(), base::sha256_hex(kPdf));
  EXPECT_EQ((*file)["media"].as_string(), "application/pdf");
  const auto record = attach(f->clerk, Json::array({*file}));
  ASSERT_TRUE(record) << record.error().text();
  EXPECT_EQ(read(f->clerk, *record, kPdf), kPdf);
  EXPECT_EQ(read(f->duty, *record, kPdf), kPdf);
  EXPECT_EQ(read(test::person("far", Role::kClerk, "rushan"), *record, kPdf), "missing");
  EXPECT_EQ(f->registry().file_for(f->duty, "right", record->id, "../../records.db").error().code,
            Code::kMissing);
  Query text;
  text.text = "证书";
  EXPECT_EQ(f->registry().list("right", text)->total, 1u) << "found by the name of the file";
}

TEST_F(Attachments, WhatIsNoneOfTheKindsIsRefusedByItsContent) {
  const auto why = [&](const std::string& bytes, const std::string& name, const std::string& to) {
    const auto file = upload(f->clerk, bytes, name, to);
    return file ? std::string("ok") : file.error().message;
  };
  EXPECT_EQ(why(kPng, "a.png", "photos"), "ok");
  EXPECT_NE(why(kPdf, "a.png", "photos").find("a kind that is not taken"), std::string::npos);
  EXPECT_NE(why(kPng, "a.pdf", "papers").find("its name says another kind"), std::string::npos);
  EXPECT_NE(why(std::string("MZ\x90\0\3 a program", 16), "a.pdf", "papers").find("not taken"),
            std::string::npos);
  EXPECT_NE(why(std::string((1u << 20) + 1, 'a'), "a.txt", "papers").find("1 MiB"),
            std::string::npos);
  EXPECT_EQ(why(std::string(1u << 20, 'a'), "a.txt", "papers"), "ok") << "exactly the limit";
  EXPECT_NE(why(kPdf, "../a.pdf", "papers").find("not the name"), std::string::npos);
  EXPECT_EQ(upload(f->clerk, kPdf, "a.pdf", "name").error().code, Code::kUnknown);
  EXPECT_EQ(upload(f->boss, kPdf).error().code, Code::kForbidden) << "who writes nothing";
  EXPECT_EQ(upload(f->duty, kPdf, "a.pdf", "secrets").error().code, Code::kUnknown);
}

TEST_F(Attachments, NobodyTakesAFileByKnowingItsHash) {
  const auto file = *upload(f->clerk, kPdf, "a.pdf", "secrets");
  const auto record = *attach(f->clerk, Json::array({file}), "secrets");
  EXPECT_EQ(read(f->duty, record, kPdf), "missing") << "the field is not for this role";
  const auto stolen = attach(f->duty, Json::array({file}));
  ASSERT_FALSE(stolen);
  EXPECT_EQ(stolen.error().code, Code::kMissing);
  Json forged = file;
  forged.set("media", "image/png");
  EXPECT_EQ(attach(f->clerk, Json::array({forged})).error().code, Code::kMalformed)
      << "what it is stays what it is";
  Json third = Json::array({*upload(f->clerk, kPdf + "1"), *upload(f->clerk, kPdf + "2"),
                            *upload(f->clerk, kPdf + "3")});
  EXPECT_EQ(attach(f->clerk, third).error().code, Code::kTooLarge);
}

TEST_F(Attachments, AFileThatARecordGaveUpStaysInItsHistoryUntilItsTimeIsOver) {
  const auto file = *upload(f->clerk, kPdf);
  const auto loose = *upload(f->clerk, kPng, "a.png", "photos");
  const auto record = *attach(f->clerk, Json::array({file}));
  const auto keep = std::chrono::hours(24 * 365);
  EXPECT_EQ(f->registry().drop_unused_files(f->now, keep), 0u) << "a day to take it";
  f->now = f->now + std::chrono::hours(25);
  EXPECT_EQ(f->registry().drop_unused_files(f->now, keep), 1u);
  EXPECT_FALSE(stored(kPng)) << "no record took it";
  EXPECT_TRUE(stored(kPdf));
  f->now = f->now + std::chrono::hours(24 * 500);
  EXPECT_EQ(f->registry().drop_unused_files(f->now, keep), 0u) << "a record holds it";
  ASSERT_TRUE(f->registry().patch("right", record.id, 1, Json::object({{"papers", Json()}}),
                                  f->by(f->clerk)));
  EXPECT_EQ(read(f->clerk, record, kPdf), kPdf) << "its history still does";
  EXPECT_EQ(f->registry().drop_unused_files(f->now, keep), 0u);
  f->now = f->now + std::chrono::hours(24 * 400);
  EXPECT_EQ(f->registry().drop_unused_files(f->now, keep), 1u);
  EXPECT_FALSE(stored(kPdf));
  EXPECT_EQ(read(f->clerk, record, kPdf), "missing");
}
