// SPDX-License-Identifier: Apache-2.0
// Only *.toml and *.geojson belong to the pack; a README beside them does not change its revision.
#include "detect/rule/files.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/hash.hpp"

namespace jinglue::detect {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kRevisionDigits = 16;

std::string revision_of(const RuleFiles& files) {
  std::string all;
  for (const auto& [name, text] : files.files) {
    all += name;
    all += '\0';
    all += std::to_string(text.size());
    all += '\0';
    all += text;
  }
  return base::sha256_hex(all).substr(0, kRevisionDigits);
}

base::Result<std::string> read_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  if (!in) {
    return base::fail(base::Code::kUnavailable, "cannot read the file", file.string(),
                      "check that it exists and that this user may read it");
  }
  return text.str();
}

}  // namespace

base::Json RuleFiles::to_json() const {
  auto texts = base::Json::object();
  for (const auto& [name, text] : files) texts.set(name, text);
  return base::Json::object({{"revision", revision}, {"files", std::move(texts)}});
}

base::Result<RuleFiles> RuleFiles::from_json(const base::Json& json) {
  RuleFiles out;
  out.revision = json["revision"].as_string();
  if (out.revision.empty() || !json["files"].is_object()) {
    return base::fail(base::Code::kMalformed, "not a rule pack: revision or files are missing");
  }
  for (const auto& [name, text] : json["files"].members()) {
    if (!text.is_string()) {
      return base::fail(base::Code::kMalformed, "a file of the rule pack is not text", name);
    }
    out.files.emplace_back(name, text.as_string());
  }
  return out;
}

base::Result<RuleFiles> read_rule_files(const std::string& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return base::fail(base::Code::kMissing, "there is no such folder of rules", folder,
                      "name the folder that holds summer_moratorium.toml and zones/");
  }
  RuleFiles out;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    const auto suffix = entry.path().extension();
    if (!entry.is_regular_file() || (suffix != ".toml" && suffix != ".geojson")) continue;
    auto text = read_text(entry.path());
    if (!text) return tl::unexpected(text.error());
    out.files.emplace_back(fs::relative(entry.path(), folder).generic_string(), std::move(*text));
  }
  if (error) {
    return base::fail(base::Code::kUnavailable, "cannot list the folder: " + error.message(),
                      folder);
  }
  std::sort(out.files.begin(), out.files.end());
  out.revision = revision_of(out);
  return out;
}

}  // namespace jinglue::detect
