// SPDX-License-Identifier: Apache-2.0
#include "registry/code_list.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <set>

#include "base/config.hpp"
#include "registry/csv.hpp"
#include "registry/detail/value.hpp"
#include "registry/expression/value.hpp"

namespace jinglue::registry {
namespace {

namespace fs = std::filesystem;
using base::Result;

tl::unexpected<base::Error> wrong(base::Code code, std::string message, std::string where,
                                  std::string hint = {}) {
  return base::fail(code, std::move(message), std::move(where), std::move(hint));
}

bool is_day_or_empty(const std::string& text) {
  expression::Day day;
  return text.empty() || expression::read_day(text, day);
}

constexpr std::array<std::string_view, 8> kColumns = {"key",  "zh",    "en",      "parent",
                                                      "from", "until", "note_zh", "note_en"};

Result<std::vector<std::size_t>> places_of(const CsvRow& heading, const std::string& file) {
  std::vector<std::size_t> out;
  for (const auto column : kColumns) {
    const auto it = std::find(heading.cells.begin(), heading.cells.end(), column);
    out.push_back(it == heading.cells.end() ? std::string::npos
                                            : std::size_t(it - heading.cells.begin()));
  }
  for (std::size_t i = 0; i < 3; ++i) {
    if (out[i] == std::string::npos) {
      return wrong(base::Code::kMissing, "no column '" + std::string(kColumns[i]) + "'",
                   file + ":1", "columns: key, zh, en, parent, from, until, note_zh, note_en");
    }
  }
  return out;
}

Result<std::vector<CodeEntry>> read_codes(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (!in) return wrong(base::Code::kMissing, "cannot read the codes", file.string());
  const auto rows = read_csv(bytes);
  if (!rows)
    return wrong(rows.error().code, rows.error().message,
                 file.string() + ": " + rows.error().where);
  if (rows->size() < 2) return wrong(base::Code::kMissing, "the file has no codes", file.string());
  const auto places = places_of(rows->front(), file.string());
  if (!places) return tl::unexpected(places.error());
  std::vector<CodeEntry> out;
  std::set<std::string> seen;
  for (std::size_t i = 1; i < rows->size(); ++i) {
    const CsvRow& row = (*rows)[i];
    const auto cell = [&](std::size_t column) {
      const std::size_t place = (*places)[column];
      return place < row.cells.size() ? std::string(base::trim(row.cells[place])) : std::string();
    };
    CodeEntry c{cell(0), {cell(1), cell(2)}, cell(3), cell(4), cell(5), {cell(6), cell(7)}};
    const std::string where = file.string() + ":" + std::to_string(row.line);
    if (!detail::is_choice_key(c.key) || c.name.zh.empty() || c.name.en.empty()) {
      return wrong(base::Code::kMalformed, "a code has a key and both names", where,
                   "key: letters, digits, '_', '.' and '-'");
    }
    if (!c.parent.empty() && !seen.contains(c.parent)) {
      return wrong(base::Code::kUnknown, "the class above, '" + c.parent + "', is not before it",
                   where);
    }
    if (!is_day_or_empty(c.from) || !is_day_or_empty(c.until)) {
      return wrong(base::Code::kMalformed, "from and until are dates such as 2024-05-01", where);
    }
    if (!seen.insert(c.key).second) {
      return wrong(base::Code::kConflict, "the code '" + c.key + "' is given twice", where);
    }
    out.push_back(std::move(c));
  }
  return out;
}

Result<CodeVersion> read_version(const base::ConfigNode& node, const fs::path& folder) {
  if (auto good = node.only({"key", "zh", "en", "from", "until", "source", "confidence", "file"});
      !good) {
    return tl::unexpected(good.error());
  }
  CodeVersion out;
  std::string file;
  for (const auto& [name, into] : {std::pair<const char*, std::string*>{"key", &out.id},
                                   {"zh", &out.name.zh},
                                   {"en", &out.name.en},
                                   {"source", &out.source},
                                   {"confidence", &out.confidence},
                                   {"file", &file}}) {
    auto text = node[name].string();
    if (!text) return tl::unexpected(text.error());
    *into = std::move(*text);
  }
  for (const auto& [name, into] :
       {std::pair<const char*, std::string*>{"from", &out.from}, {"until", &out.until}}) {
    auto text = node[name].string_or("");
    if (!text) return tl::unexpected(text.error());
    *into = std::move(*text);
    if (!is_day_or_empty(*into)) {
      return node[name].error(base::Code::kMalformed, "a date such as \"2024-05-01\"");
    }
  }
  if (out.confidence != "document" && out.confidence != "secondary" && out.confidence != "memory") {
    return node["confidence"].error(base::Code::kUnknown,
                                    "unknown confidence '" + out.confidence + "'",
                                    "document, secondary or memory");
  }
  if (file.find('/') != std::string::npos) {
    return node["file"].error(base::Code::kMalformed, "a file beside this one, without a folder");
  }
  auto codes = read_codes(folder / file);
  if (!codes) return tl::unexpected(codes.error());
  out.codes = std::move(*codes);
  return out;
}

}  // namespace

const CodeEntry* CodeVersion::find(std::string_view key) const {
  const auto it =
      std::find_if(codes.begin(), codes.end(), [&](const CodeEntry& c) { return c.key == key; });
  return it == codes.end() ? nullptr : &*it;
}

std::vector<std::string> CodeVersion::with_below(std::string_view key) const {
  std::vector<std::string> out = {std::string(key)};
  for (const auto& c : codes) {  // a class stands before those below it
    if (std::find(out.begin(), out.end(), c.parent) != out.end()) out.push_back(c.key);
  }
  return out;
}

const CodeVersion* CodeList::version(std::string_view key) const {
  const auto it = std::find_if(versions.begin(), versions.end(),
                               [&](const CodeVersion& v) { return v.id == key; });
  return it == versions.end() ? nullptr : &*it;
}

const CodeVersion& CodeList::on(std::string_view day) const {
  for (auto it = versions.rbegin(); it != versions.rend(); ++it) {
    if ((it->from.empty() || it->from <= day) && (it->until.empty() || day <= it->until))
      return *it;
  }
  return versions.back();
}

Result<std::shared_ptr<const CodeList>> read_code_list(const fs::path& file) {
  const auto document = base::read_config(file);
  if (!document) return tl::unexpected(document.error());
  if (auto good = document->only({"id", "zh", "en", "versions"}); !good) {
    return tl::unexpected(good.error());
  }
  auto out = std::make_shared<CodeList>();  // shared by all fields that use it
  for (const auto& [name, into] : {std::pair<const char*, std::string*>{"id", &out->id},
                                   {"zh", &out->name.zh},
                                   {"en", &out->name.en}}) {
    auto text = (*document)[name].string();
    if (!text) return tl::unexpected(text.error());
    *into = std::move(*text);
  }
  if (out->id != file.stem().string()) {
    return (*document)["id"].error(base::Code::kConflict, "the id is not the name of the file");
  }
  const auto versions = (*document)["versions"];
  for (const auto& node : versions.items()) {
    auto version = read_version(node, file.parent_path());
    if (!version) return tl::unexpected(version.error());
    if (out->version(version->id) != nullptr) {
      return node["key"].error(base::Code::kConflict, "the version is given twice");
    }
    out->versions.push_back(std::move(*version));
  }
  if (out->versions.empty()) {
    return versions.error(base::Code::kMissing, "a code list has [[versions]], oldest first");
  }
  return std::shared_ptr<const CodeList>(std::move(out));
}

}  // namespace jinglue::registry
