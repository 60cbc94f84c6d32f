// SPDX-License-Identifier: Apache-2.0
// ChangeLines: what one commit changes of one record, line by line, without copies of the values.
// From it come the row of the history, the keys in the audit line and what other records are
// computed anew for. It points into the two records and the lines that it was given.
#pragma once

#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "registry/definition.hpp"
#include "registry/registry.hpp"

namespace jinglue::registry::detail {

class ChangeLines {
 public:
  /// Fields, state, what waits, removed: where they differ. `before` null: a new record.
  ChangeLines(const Definition& definition, const Record* before, const Record& after);
  ChangeLines(const ChangeLines&) = delete;
  ChangeLines& operator=(const ChangeLines&) = delete;

  void add(const std::vector<HistoryLine>& more);
  bool empty() const { return m_lines.empty(); }
  /// [[field, before, after], ...]: one row of the history.
  std::string packed() const;
  base::Json keys() const;
  std::set<std::string> fields() const;

 private:
  struct Line {
    std::string_view field;
    const base::Json* before;
    const base::Json* after;
  };
  void compare(std::string_view field, const base::Json& before, const base::Json& after);

  std::array<base::Json, 4> m_made;  ///< states and removals as values
  std::vector<Line> m_lines;
};

/// to_json(record).dump(), with `fields` the text of its fields.
std::string record_text(const Record& record, std::string_view fields);

}  // namespace jinglue::registry::detail
