// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/codes.hpp"

#include <algorithm>
#include <map>

#include "registry/code_list.hpp"
#include "registry/detail/record_scope.hpp"
#include "registry/detail/value.hpp"

namespace jinglue::registry::detail {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::Json;
using Lists = std::map<std::string, base::Result<std::shared_ptr<const CodeList>>>;

const base::Result<std::shared_ptr<const CodeList>>& list_of(const std::string& id,
                                                             const fs::path& folder, Lists& lists) {
  const auto it = lists.find(id);
  if (it != lists.end()) return it->second;
  return lists.emplace(id, read_code_list(folder / (id + ".toml"))).first->second;
}

/// The codes of the version in use, as the choices of a form.
std::vector<Choice> choices_of(const CodeList& list) {
  std::vector<Choice> out;
  for (const auto& code : list.versions.back().codes) out.push_back({code.key, code.name});
  return out;
}

std::vector<std::string> keys_of(const Json& value) {
  std::vector<std::string> out;
  if (value.is_string()) out.push_back(value.as_string());
  for (const auto& item : value.items()) out.push_back(item.as_string());
  return out;
}

/// The day whose version counts: that of a date or instant, else today.
std::string day_of(const Json& dated, const std::string& today, const std::string& zone) {
  const std::string& text = dated.as_string();
  if (text.size() <= 10) return text.empty() ? today : text;
  const auto at = base::parse_iso(text);
  return at ? local_day(*at, zone) : today;
}

base::Status check_key(const Field& f, const CodeVersion& version, const std::string& key,
                       const std::string& day) {
  const CodeEntry* code = version.find(key);
  if (code == nullptr) {
    return base::fail(Code::kUnknown,
                      "'" + key + "' is no code of '" + f.codes + "' in its version " + version.id,
                      f.key,
                      f.codes_on.empty() ? "choose one of the version in use"
                                         : "the version of the day in '" + f.codes_on + "' counts");
  }
  const bool stands =
      (code->from.empty() || code->from <= day) && (code->until.empty() || day <= code->until);
  if (stands) return {};
  return base::fail(Code::kOutOfRange, "the code '" + key + "' does not hold on " + day, f.key);
}

}  // namespace

fs::path beside(const fs::path& registers, const fs::path& name) {
  fs::path folder = fs::absolute(registers).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();  // it was written with a slash behind
  return folder.parent_path() / name;
}

fs::path codes_folder(const fs::path& registers, const fs::path& asked) {
  if (!asked.empty()) return asked;
  return beside(registers, "data/codes");
}

void attach_codes(std::vector<Definition>& definitions,
                  const std::vector<base::ConfigNode>& documents, const fs::path& folder,
                  std::vector<base::Error>& errors) {
  Lists lists;
  for (std::size_t i = 0; i < definitions.size(); ++i) {
    const auto nodes = documents[i]["fields"].items();
    for (std::size_t k = 0; k < definitions[i].fields.size() && k < nodes.size(); ++k) {
      Field& f = definitions[i].fields[k];
      if (f.codes.empty()) continue;
      const auto& list = list_of(f.codes, folder, lists);
      if (!list) {
        errors.push_back({list.error().code, list.error().text(), nodes[k]["codes"].where(),
                          "code lists stand in " + folder.string()});
        continue;
      }
      f.code_list = *list;
      f.choices = choices_of(**list);
      if (f.default_value.is_null()) continue;
      auto good = canonical(f, f.default_value);
      if (good) {
        f.default_value = std::move(*good);
      } else {
        errors.push_back(
            {good.error().code, good.error().message, nodes[k]["default"].where(), ""});
      }
    }
  }
}

void set_version(const Field& f, const std::string& version, Record& record) {
  Json versions;
  for (const auto& [key, held] : record.code_versions.members()) {
    if (key != f.key) versions.set(key, held);
  }
  if (!version.empty()) versions.set(f.key, version);
  record.code_versions = std::move(versions);
}

base::Status take_version(const Field& f, const Record* before, Record& after,
                          const std::string& today, const std::string& zone) {
  const Json& value = after.fields[f.key];
  const Json& dated = after.fields[f.codes_on];
  const std::string day = day_of(dated, today, zone);
  const bool same = before != nullptr && before->fields[f.key] == value &&
                    (f.codes_on.empty() || before->fields[f.codes_on] == dated);
  const std::string held = before == nullptr ? "" : before->code_versions[f.key].as_string();
  if (!value.is_null() && same && held.empty()) {
    guess_version(f, after);  // a value from before the field had a list
    return {};
  }
  std::string version;
  if (!value.is_null() && same) {
    version = held;
  } else if (!value.is_null()) {
    const CodeVersion& now = f.code_list->on(day);
    for (const auto& key : keys_of(value)) {
      if (auto good = check_key(f, now, key, day); !good) return good;
    }
    version = now.id;
  }
  set_version(f, version, after);
  return {};
}

void guess_version(const Field& f, Record& record) {
  const auto keys = keys_of(record.fields[f.key]);
  std::vector<std::string> known;
  for (const auto& version : f.code_list->versions) {
    const bool knows = std::all_of(keys.begin(), keys.end(),
                                   [&](const auto& key) { return version.find(key) != nullptr; });
    if (knows && !keys.empty()) known.push_back(version.id);
  }
  set_version(f, known.size() == 1 ? known.front() : std::string(), record);
}

}  // namespace jinglue::registry::detail
