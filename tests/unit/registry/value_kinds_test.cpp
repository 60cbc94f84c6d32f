// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/value_kinds.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "registry/detail/file_kind.hpp"
#include "registry/detail/value.hpp"
#include "support/records_fixture.hpp"
#include "support/written_registers.hpp"

using namespace jinglue;
using namespace jinglue::registry;
using base::Json;
using test::field;

namespace {

std::string period(const std::string& text) {
  Field f;
  f.key = "term";
  f.type = FieldType::kPeriod;
  const auto value = detail::canonical(f, Json(text));
  return value ? value->as_string() : "refused";
}

}  // namespace

TEST(Period, EveryFormHasOneCanonicalForm) {
  EXPECT_EQ(period("2024-05-01/2024-05-31"), "2024-05-01/2024-05-31");
  EXPECT_EQ(period("2024-05"), "2024-05-01/2024-05-31");
  EXPECT_EQ(period("2024-02"), "2024-02-01/2024-02-29");
  EXPECT_EQ(period("2023-02"), "2023-02-01/2023-02-28");
  EXPECT_EQ(period("2024-Q1"), "2024-01-01/2024-03-31");
  EXPECT_EQ(period("2024-Q4"), "2024-10-01/2024-12-31");
  EXPECT_EQ(period("2024-H2"), "2024-07-01/2024-12-31");
  EXPECT_EQ(period("2024"), "2024-01-01/2024-12-31");
  EXPECT_EQ(period("2024-05-03"), "2024-05-03/2024-05-03");
  EXPECT_EQ(period("2024-05-03/"), "2024-05-03/..");
  EXPECT_EQ(period("../2024-05-03"), "../2024-05-03");
  for (const auto* bad : {"2024-13", "2024-Q5", "2024-05-31/2024-05-01", "2024-02-30/2024-03-01",
                          "/", "../..", "24-05", "0000", "2024-05-01/2024", "2024-Q", "2024-H3"}) {
    EXPECT_EQ(period(bad), "refused") << bad;
  }
  EXPECT_EQ(period(""), "") << "empty is absent";
}

RC_GTEST_PROP(PeriodProperty, CanonicalTextReadsBackToItselfAndNothingThrows, (std::string text)) {
  if (const auto read = detail::read_period(text)) {
    const auto canonical = detail::to_text(*read);
    const auto again = detail::read_period(canonical);
    RC_ASSERT(bool(again));
    RC_ASSERT(detail::to_text(*again) == canonical);
  }
}

TEST(Period, AListFindsPeriodsThatMeetAndExpressionsSeeTheirEnds) {
  test::WrittenRegisters w;
  w.put("right", "title = \"name\"\n" + field("name", "text") + field("term", "period") +
                     field("ends", "date", "computed = \"term.to\"") +
                     field("days", "integer", "computed = \"days(term.from, term.to) + 1\""));
  test::RecordsFixture f(w.folder());
  const auto add = [&](const char* name, const char* term) {
    return f.registry().create("right", Json::object({{"name", name}, {"term", term}}),
                               f.by(f.program));
  };
  const auto may = add("may", "2024-05");
  ASSERT_TRUE(may) << may.error().text();
  EXPECT_EQ(may->fields["ends"].as_string(), "2024-05-31");
  EXPECT_EQ(may->fields["days"].as_int(), 31);
  const auto open = add("open", "2024-06-15/..");
  EXPECT_TRUE(open->fields["ends"].is_null());
  ASSERT_TRUE(add("old", "../2024-05-10"));
  const auto found = [&](const char* asked) {
    Query query;
    query.equals = {{"term", asked}};
    query.sort = "name";
    std::string out;
    const auto page = f.registry().list("right", query);
    if (!page) return std::string("refused");
    for (const auto& r : page->items) out += r.fields["name"].as_string() + " ";
    return out;
  };
  EXPECT_EQ(found("2024-05-10"), "may old ");
  EXPECT_EQ(found("2024-Q2"), "may old open ");
  EXPECT_EQ(found("2030"), "open ");
  EXPECT_EQ(found("1990"), "old ");
  EXPECT_EQ(found("soon"), "refused");
}

TEST(Defaults, AreFilledWhereNothingIsGivenAndCheckedWhenRead) {
  test::WrittenRegisters w;
  w.put("task", "title = \"name\"\nnumber = \"T-{n:3}\"\nnumber_zone = \"Asia/Shanghai\"\n" +
                    field("name", "text") + field("begin", "date", "default_of = \"today\"") +
                    field("due", "date", "default_of = \"begin + 15\"") +
                    field("owner", "person", "default_of = \"own_account\"") +
                    field("kind", "choice",
                          "default = \"plain\"\nchoices = [{ key = \"plain\", zh = \"一般\", en = "
                          "\"Plain\" }]") +
                    field("copies", "integer", "default = 2"));
  test::RecordsFixture f(w.folder());
  f.now = base::Instant{1714521600000 - 1000};  // 2024-04-30T23:59:59Z: already May in Weihai
  access::User user{"duty", "duty", {access::Role::kDutyOfficer}, "", false, {}};
  ASSERT_TRUE(f.access().add_user(user, "a long password 1", f.admin, f.now));
  const auto made = f.registry().create("task", Json::object({{"name", "a"}}), f.by(f.duty));
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(made->fields["begin"].as_string(), "2024-05-01");
  EXPECT_EQ(made->fields["due"].as_string(), "2024-05-16");
  EXPECT_EQ(made->fields["owner"].as_string(), "duty");
  EXPECT_EQ(made->fields["kind"].as_string(), "plain");
  EXPECT_EQ(made->fields["copies"].as_int(), 2);
  const auto given = f.registry().create(
      "task", Json::object({{"name", "b"}, {"begin", "2024-06-01"}, {"copies", Json()}}),
      f.by(f.duty));
  EXPECT_EQ(given->fields["due"].as_string(), "2024-06-16");
  EXPECT_TRUE(given->fields["copies"].is_null());
  const auto refused = [](const std::string& more) {
    test::WrittenRegisters bad;
    bad.put("task", "title = \"name\"\n" + field("name", "text") + more);
    return !read_definitions(bad.folder()).errors.empty();
  };
  EXPECT_TRUE(refused(field("x", "integer", "default = \"many\"")));
  EXPECT_TRUE(refused(field("x", "date", "default_of = \"own_account\"")));
  EXPECT_TRUE(refused(field("x", "date", "default_of = \"tomorrow\"")));
  EXPECT_TRUE(refused(field("x", "integer", "default = 1\ndefault_of = \"2\"")));
}

TEST(FileKind, IsToldByTheBytesAndNeverByTheName) {
  using namespace std::string_view_literals;
  const auto group = [](std::string_view bytes) {
    const auto kind = detail::file_kind(bytes);
    return kind ? std::string(kind->group) : "none";
  };
  EXPECT_EQ(group("%PDF-1.7\n"), "pdf");
  EXPECT_EQ(group("\x89PNG\r\n\x1A\n...."), "image");
  EXPECT_EQ(group("\xFF\xD8\xFF\xE0"), "image");
  EXPECT_EQ(group("RIFF....WEBPVP8 "), "image");
  EXPECT_EQ(group("RIFF\x24\0\0\0WAVEfmt "sv), "none");
  EXPECT_EQ(group("PK\x03\x04..[Content_Types].xml..word/document.xml"), "document");
  EXPECT_EQ(group("PK\x03\x04..[Content_Types].xml..xl/workbook.xml"), "table");
  EXPECT_EQ(group("PK\x03\x04..OFD.xml"), "pdf");
  EXPECT_EQ(group("PK\x03\x04..virus.exe"), "archive");
  EXPECT_EQ(group("MZ\x90\0\x03"sv), "none");
  EXPECT_EQ(group("\x7F"
                  "ELF\x02\x01"),
            "none");
  EXPECT_EQ(group("<html><script>"), "none") << "a page would run in the house's name";
  EXPECT_EQ(group("\xEF\xBB\xBF <svg onload=x>"), "none");
  EXPECT_EQ(group("#!/bin/sh"), "none");
  EXPECT_EQ(group("船名,长度\r\n鲁荣渔,24"), "text");
  EXPECT_EQ(group(""), "none");
}

RC_GTEST_PROP(FileKindProperty, AnyBytesHaveAKindOrNone, (std::string bytes)) {
  if (const auto kind = detail::file_kind(bytes)) {
    RC_ASSERT(detail::is_file_group(kind->group));
    RC_ASSERT(detail::kind_of_media(kind->media)->ending == kind->ending);
  }
}

TEST(FileName, HasNoFoldersAndNoTricks) {
  for (const auto* bad : {"", ".", "..", "../a", "a/b", "a\\b", "a\nb", "a\"b", "\xff"}) {
    EXPECT_FALSE(detail::is_file_name(bad)) << bad;
  }
  EXPECT_TRUE(detail::is_file_name("海域使用权证书（副本）.pdf"));
  EXPECT_FALSE(detail::is_file_name(std::string(121, 'a')));
}
