// SPDX-License-Identifier: Apache-2.0
#include "act/cases/evidence_readme.hpp"

#include <fmt/format.h>

namespace jinglue::act::cases {
namespace {

struct FileWords {
  std::string_view prefix;
  base::Words what;
};

const std::vector<FileWords>& known_files() {
  static const std::vector<FileWords> kFiles = {
      {"record.json", {"案件记录", "the case record"}},
      {"history.json",
       {"记录的全部修改（何人、何时、改前改后）", "every change of it: who, when, before, after"}},
      {"finding.json",
       {"系统发现及其全部步骤、所依据的船位", "the finding with all steps and the positions used"}},
      {"reviews.json", {"人员核查记录", "what people decided about the finding"}},
      {"rule.toml", {"当时生效的规则原文（版本见上）", "text of the rule in that version"}},
      {"vessel.json", {"船舶登记记录", "the vessel's record in the register"}},
      {"vessel_history.json", {"船舶登记的全部修改", "every change of the vessel's record"}},
      {"track.csv", {"航迹（发生前后各两小时）", "the track, two hours before to two hours after"}},
      {"track.geojson",
       {"航迹、所依据的船位和规则区域", "track, positions used and zone of the rule"}},
      {"map.svg", {"示意图", "map"}},
      {"attachments/", {"证据附件", "attached evidence"}},
  };
  return kFiles;
}

const base::Words& words_for(const std::string& path) {
  static const base::Words kNone;
  for (const auto& f : known_files()) {
    if (path == f.prefix || (f.prefix.ends_with('/') && path.starts_with(f.prefix))) return f.what;
  }
  return kNone;
}

std::string file_table(const std::vector<std::string>& paths) {
  std::string out = "| 文件 File | 内容 | Content |\n|---|---|---|\n";
  for (const auto& path : paths) {
    const auto& what = words_for(path);
    out += fmt::format("| `{}` | {} | {} |\n", path, what.zh, what.en);
  }
  return out;
}

std::string either(const std::string& text) {
  return text.empty() ? "-" : text;
}

}  // namespace

std::string readme_text(const ReadmeContent& c) {
  const auto& fields = c.record.fields;
  std::string out = "# 证据包 Evidence folder " + c.record.number + "\n\n";
  out += "**待法制审核和技术审核 / pending legal and technical review**\n\n";
  out += fmt::format("- 案由 Subject: {}\n", either(fields["title"].as_string()));
  out += fmt::format("- 状态 State: {} {}\n", c.state.zh, c.state.en);
  out += fmt::format("- 记录版本 Revision of the record: {}\n", c.record.revision);
  out += fmt::format("- 规则 Rule: {}\n", either(c.rule));
  out += fmt::format("- 涉嫌违反条款 Article concerned: {}\n\n",
                     either(fields["article"].as_string()));
  out +=
      "本证据包由系统按已保存的数据生成。系统发现仅为疑似情形，不是违法认定；船位数据的准确性、完整"
      "性须经技术审核，"
      "法律适用须经法制审核。\n\n"
      "This folder was made by the system from the data that it holds. A finding is a suspicion, "
      "not "
      "an established offence. Accuracy and completeness of the positions are subject to technical "
      "review, the application of the law to legal review.\n\n";
  if (!c.rule.empty() && !c.rule_text_held) {
    out +=
        "规则该版本的原文已不在系统中。 The text of this version of the rule is not held any "
        "more.\n\n";
  }
  out += file_table(c.paths);
  out +=
      "\n## 校验 Check\n\n"
      "    jinglue case verify FOLDER\n"
      "    sha256sum -c SHA256SUMS\n\n"
      "`manifest.json` 列出每个文件的大小和 SHA-256；其自身的 SHA-256 "
      "记入系统审计日志（case.pack）。"
      " `manifest.json` lists size and SHA-256 of every file; its own SHA-256 stands in the audit "
      "log "
      "(case.pack).\n\n"
      "时间均为 UTC（ISO 8601），`track.csv` 另列当地时间；坐标为 WGS 84。 All times are UTC (ISO "
      "8601), "
      "`track.csv` gives local time too; coordinates are WGS 84.\n";
  return out;
}

}  // namespace jinglue::act::cases
