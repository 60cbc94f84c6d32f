// SPDX-License-Identifier: Apache-2.0
#include "app/letter_text.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/local_time.hpp"

namespace jinglue::app {
namespace {

constexpr const char* kZone = "Asia/Shanghai";

std::string line_of(const registry::Notice& notice, const std::string& page, bool english) {
  std::string out = fmt::format("· {}  {}\n", base::to_local_text(notice.at, kZone).substr(0, 16),
                                english ? notice.text.en : notice.text.zh);
  if (page.empty() || notice.record_id.empty()) return out;
  const bool is_case = notice.register_id == "case";
  const std::string of = is_case ? "" : notice.register_id;
  return out + fmt::format("  {}/{}{}/{}\n", page, is_case ? "cases" : "registers/", of,
                           notice.record_id);
}

std::string subject_of(const LetterOf& of, bool english) {
  const std::string day = base::to_local_text(of.now, kZone).substr(0, 10);
  if (of.digest) {
    return english ? fmt::format("[Jinglue] {}: {} unread notices", day, of.unread)
                   : fmt::format("【经略】{} 未读消息 {} 条", day, of.unread);
  }
  if (of.notices.size() == 1) {
    const auto& text = of.notices.front().text;
    return english ? "[Jinglue] " + text.en : "【经略】" + text.zh;
  }
  return english ? fmt::format("[Jinglue] {} reminders", of.notices.size())
                 : fmt::format("【经略】{} 条提醒", of.notices.size());
}

}  // namespace

LetterText letter_text(const LetterOf& of, const std::string& page, std::string_view language) {
  const bool english = language == "en";
  LetterText out{subject_of(of, english), {}};
  for (std::size_t i = 0; i < std::min(of.notices.size(), kLinesOfLetter); ++i) {
    out.body += line_of(of.notices[i], page, english);
  }
  if (of.digest && of.unread > of.notices.size()) {
    const auto more = of.unread - of.notices.size();
    out.body += english ? fmt::format("... and {} more: see Notices on the page.\n", more)
                        : fmt::format("……另有 {} 条，请在系统“消息”中查看。\n", more);
  }
  out.body += english ? "\nSent by the system; please do not answer.\n"
                      : "\n本邮件由系统自动发送，请勿回复。\n";
  return out;
}

}  // namespace jinglue::app
