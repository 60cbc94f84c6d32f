// SPDX-License-Identifier: Apache-2.0
#include "registry/exchange/xlsx_style.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <map>
#include <pugixml.hpp>

namespace jinglue::registry {
namespace {

/// Built-in formats, also those of the Chinese edition (27 to 36, 50 to 58).
bool is_built_in_date(int id) {
  return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) ||
         (id >= 50 && id <= 58);
}

}  // namespace

bool is_date_format(std::string_view code) {
  bool quoted = false;
  for (std::size_t i = 0; i < code.size(); ++i) {
    const char c = code[i];
    if (c == '"') quoted = !quoted;
    if (quoted || c == '"') continue;
    if (c == '\\' || c == '_' || c == '*') {
      ++i;  // the next character stands for itself
      continue;
    }
    if (c == ';') return false;  // only the first section counts: positive numbers
    if (c == '[') {
      const auto end = code.find(']', i);
      if (end == std::string_view::npos) return false;
      const char unit = char(code[i + 1] | 0x20);
      const bool elapsed = unit == 'h' || unit == 'm' || unit == 's';
      if (elapsed && code.find_first_not_of("hmsHMS", i + 1) == end) return true;
      i = end;
      continue;
    }
    const char lower = char(c | 0x20);
    if (lower == 'y' || lower == 'd' || lower == 'm' || lower == 'h') return true;
  }
  return false;
}

std::vector<bool> date_styles(const std::string& xml) {
  pugi::xml_document document;
  if (!document.load_buffer(xml.data(), xml.size())) return {};
  const auto root = document.child("styleSheet");
  std::map<int, bool> own;
  for (const auto& format : root.child("numFmts").children("numFmt")) {
    own[format.attribute("numFmtId").as_int()] =
        is_date_format(format.attribute("formatCode").value());
  }
  std::vector<bool> out;
  for (const auto& style : root.child("cellXfs").children("xf")) {
    const int id = style.attribute("numFmtId").as_int();
    const auto known = own.find(id);
    out.push_back(known != own.end() ? known->second : is_built_in_date(id));
  }
  return out;
}

std::string date_text(double days, bool since_1904) {
  constexpr double kLastDay = 2958466;  // 9999-12-31 and its hours
  if (!(days >= 0) || days >= kLastDay) return {};
  // Day 60 of the 1900 system is a 29 February that never was; days before it count from a day
  // later.
  const double since_1970 = since_1904 ? days - 24107 : days - (days < 60 ? 25568 : 25569);
  const auto seconds = std::chrono::seconds(std::llround(since_1970 * 86400));
  const auto day = std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(seconds));
  const std::chrono::year_month_day date(day);
  std::string out = fmt::format("{:04}-{:02}-{:02}", int(date.year()), unsigned(date.month()),
                                unsigned(date.day()));
  const std::chrono::hh_mm_ss time(std::chrono::sys_seconds(seconds) - day);
  if (time.to_duration().count() != 0) {
    out += fmt::format(" {:02}:{:02}:{:02}", time.hours().count(), time.minutes().count(),
                       time.seconds().count());
  }
  return out;
}

}  // namespace jinglue::registry
