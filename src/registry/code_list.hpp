// SPDX-License-Identifier: Apache-2.0
// CodeList: a classification that somebody else keeps (kinds of sea use, classes of the marine
// economy), with versions, hierarchy, validity, source and how sure we are of it. One file
// data/codes/ID.toml names the versions, each with a CSV of its codes. docs/format/codes.md
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/text.hpp"

namespace jinglue::registry {

struct CodeEntry {
  std::string key;
  base::Words name;
  std::string parent;       ///< key of the class above; empty = top
  std::string from, until;  ///< first and last day; empty = as the version
  base::Words note;
};
struct CodeVersion {
  std::string id;           ///< "2023"
  base::Words name;         ///< of the document
  std::string from, until;  ///< first and last day in which it is the one in use; empty = open
  std::string source;       ///< document, clause, where it was read
  /// "document": read in the original; "secondary": from a text that quotes it; "memory": written
  /// down without a text at hand, to be checked before anybody relies on it.
  std::string confidence;
  std::vector<CodeEntry> codes;  ///< a class before those below it
  const CodeEntry* find(std::string_view key) const;
  /// The key itself and all below it.
  std::vector<std::string> with_below(std::string_view key) const;
};
struct CodeList {
  std::string id;
  base::Words name;
  std::vector<CodeVersion> versions;  ///< oldest first; at least one
  const CodeVersion* version(std::string_view key) const;
  /// The one in use on that day; the newest when none says so.
  const CodeVersion& on(std::string_view day) const;
};

/// Error with file, line and key.
base::Result<std::shared_ptr<const CodeList>> read_code_list(const std::filesystem::path& file);

}  // namespace jinglue::registry
