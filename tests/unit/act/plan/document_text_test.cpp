// SPDX-License-Identifier: Apache-2.0
// Files as offices hand them in, and what is refused.
#include "act/plan/document_text.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <iconv.h>

#include <memory>
#include <utility>
#include <vector>

using namespace jinglue;
using namespace jinglue::act::plan;

namespace {

const std::string kText = "一、加强渔港建设。\n二、做好海洋工作，推进重点项目。\n";

std::string in_charset(const std::string& text, const char* charset) {
  iconv_t by = iconv_open(charset, "UTF-8");
  std::string in = text;
  std::string out(text.size() * 4, '\0');
  char* from = in.data();
  char* to = out.data();
  std::size_t from_left = in.size();
  std::size_t to_left = out.size();
  EXPECT_EQ(iconv(by, &from, &from_left, &to, &to_left), 0U);
  iconv_close(by);
  out.resize(out.size() - to_left);
  return out;
}

std::string zip(const std::vector<std::pair<std::string, std::string>>& files) {
  std::string out(1 << 20, '\0');
  std::size_t used = 0;
  archive* to = archive_write_new();
  archive_write_set_format_zip(to);
  archive_write_open_memory(to, out.data(), out.size(), &used);
  for (const auto& [name, text] : files) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_size(entry, std::int64_t(text.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_write_header(to, entry);
    archive_write_data(to, text.data(), text.size());
    archive_entry_free(entry);
  }
  archive_write_close(to);
  archive_write_free(to);
  out.resize(used);
  return out;
}

std::string paragraph(const std::string& text, const std::string& properties = {}) {
  return "<w:p><w:pPr>" + properties + "</w:pPr><w:r><w:t xml:space=\"preserve\">" + text +
         "</w:t></w:r></w:p>";
}
std::string numbered(int level, const std::string& text) {
  return paragraph(text, "<w:numPr><w:ilvl w:val=\"" + std::to_string(level) +
                             "\"/><w:numId w:val=\"7\"/></w:numPr>");
}
std::string document(const std::string& body) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document xmlns:w=\"urn:w\"><w:body>" + body +
         "</w:body></w:document>";
}
const std::string kNumbering =
    "<w:numbering xmlns:w=\"urn:w\"><w:abstractNum w:abstractNumId=\"3\">"
    "<w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/><w:numFmt w:val=\"chineseCounting\"/>"
    "<w:lvlText w:val=\"%1、\"/></w:lvl>"
    "<w:lvl w:ilvl=\"1\"><w:start w:val=\"1\"/><w:numFmt w:val=\"decimal\"/>"
    "<w:lvlText w:val=\"%2.\"/></w:lvl></w:abstractNum>"
    "<w:num w:numId=\"7\"><w:abstractNumId w:val=\"3\"/></w:num></w:numbering>";

void expect_read(const std::string& bytes, const char* form, const std::string& text = kText) {
  const auto read = document_text(bytes, "f");
  ASSERT_TRUE(read) << form << ": " << read.error().text();
  EXPECT_EQ(read->form, form);
  EXPECT_EQ(read->text, text);
}
base::Code refused(const std::string& bytes) {
  const auto read = document_text(bytes, "plan.doc");
  if (read) {
    ADD_FAILURE() << "read as " << read->form;
    return {};
  }
  EXPECT_EQ(read.error().where, "plan.doc");
  return read.error().code;
}

}  // namespace

TEST(DocumentText, encodings_are_found) {
  expect_read(kText, "UTF-8");
  expect_read("\xEF\xBB\xBF" + kText, "UTF-8");
  expect_read(in_charset(kText, "GB18030"), "GB18030");
  expect_read("\xFF\xFE" + in_charset(kText, "UTF-16LE"), "UTF-16LE");
  expect_read("\xFE\xFF" + in_charset(kText, "UTF-16BE"), "UTF-16BE");
  expect_read(in_charset(kText, "UTF-16LE"), "UTF-16LE");
  expect_read(in_charset(kText, "UTF-16BE"), "UTF-16BE");
}

TEST(DocumentText, a_word_document_gives_its_paragraphs_with_their_numbers) {
  const auto body =
      numbered(0, "加强建设") + numbered(1, "推进项目") + numbered(1, "完善制度") +
      numbered(0, "守住底线") + numbered(1, "排查隐患") + "<w:tbl><w:tr><w:tc>" +
      paragraph("责任单位：海洋局") + "</w:tc></w:tr></w:tbl>" +
      "<w:p><w:del><w:r><w:delText>旧</w:delText></w:r></w:del><w:ins><w:r><w:t>新</w:t>"
      "</w:r></w:ins><w:r><w:br/><w:t>行</w:t></w:r></w:p>";
  expect_read(
      zip({{"[Content_Types].xml", "<a/>"},
           {"word/numbering.xml", kNumbering},
           {"word/document.xml", document(body)}}),
      "docx",
      "一、加强建设\n1.推进项目\n2.完善制度\n二、守住底线\n1.排查隐患\n责任单位：海洋局\n新\n行\n");
}

TEST(DocumentText, what_is_no_document_is_refused_with_its_name) {
  EXPECT_EQ(refused(""), base::Code::kMissing);
  EXPECT_EQ(refused(" \r\n\t"), base::Code::kMissing);
  EXPECT_EQ(refused(std::string("\x7F"
                                "ELF\x02\x01\x01\x00\x00\x00\x00\x13\x88\xFF",
                                14)),
            base::Code::kMalformed);
  EXPECT_EQ(refused("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), base::Code::kUnknown);
  EXPECT_EQ(refused("%PDF-1.4 abc"), base::Code::kUnknown);
  EXPECT_EQ(refused(std::string(kMaxDocumentBytes + 1, 'a')), base::Code::kTooLarge);
  EXPECT_EQ(refused(zip({{"a.txt", "x"}})), base::Code::kMalformed);
  EXPECT_EQ(refused(zip({{"word/document.xml", document("<w:p><w:r>")}})), base::Code::kMalformed);
  EXPECT_EQ(refused(zip({{"word/document.xml", document("<w:p/>")}})), base::Code::kMissing);
  EXPECT_EQ(refused(zip({{"word/document.xml", document(paragraph("文"))}}).substr(0, 60)),
            base::Code::kMalformed);
}

TEST(DocumentText, random_bytes_are_no_text) {
  std::string bytes;
  unsigned state = 1;
  for (int i = 0; i < 4096; ++i) {
    state = state * 1664525U + 1013904223U;
    bytes += static_cast<char>(state >> 24);
  }
  EXPECT_EQ(refused(bytes), base::Code::kMalformed);
}
