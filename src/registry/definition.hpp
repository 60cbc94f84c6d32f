// SPDX-License-Identifier: Apache-2.0
// Definition: what one register is, read from registers/NAME.toml (docs/format/register.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/config.hpp"
#include "base/text.hpp"

namespace jinglue::registry {

enum class FieldType {
  kText,
  kLongText,
  kInteger,
  kNumber,
  kBoolean,
  kDate,
  kInstant,
  kChoice,
  kChoices,
  kLink,
  kLinks,
  kRows,
  kGeometry,
  kMoney
};
std::string_view to_key(FieldType type);

struct Choice {
  std::string key;
  base::Words name;
};
struct Field {
  std::string key;
  base::Words name;
  FieldType type{FieldType::kText};
  std::string unit;  ///< "m", "kW", "bft"; shown beside the value
  bool required{false};
  bool unique{false};
  bool searched{false};  ///< part of the text search
  bool listed{false};    ///< a column of the list
  bool sealed{false};    ///< written by the program, not by people
  std::optional<double> minimum, maximum;
  std::size_t max_length{0};  ///< 0 = the type's default
  std::string pattern;        ///< ECMAScript regular expression, whole value
  std::vector<Choice> choices;
  std::string link;            ///< register id for kLink, kLinks
  std::vector<Field> columns;  ///< kRows
  base::Words help;
};
struct State {
  std::string key;
  base::Words name;
  bool final{false};
};
struct Transition {
  std::string key;
  base::Words name;
  std::vector<std::string> from;
  std::string to;
  std::vector<std::string> roles;            ///< role keys; empty = whoever may edit
  std::vector<std::string> requires_fields;  ///< must be present before
  std::vector<Field> input;                  ///< asked of the person, stored with the history
  bool approval{false};                      ///< a second person must approve
};
struct Definition {
  std::string id;
  int schema{1};
  base::Words name;
  std::string number_pattern;  ///< "AJ-{year}-{n:4}"; empty = no human number
  std::string title_field;     ///< shows the record in one line
  std::string district_field;  ///< row right by district; empty = none
  std::vector<std::string> read_roles, edit_roles;
  std::vector<Field> fields;
  std::vector<State> states;  ///< first is the initial one; empty = no lifecycle
  std::vector<Transition> transitions;
  bool journaled{false};  ///< changes enter the journal (the pipeline uses them)
  const Field* field(std::string_view key) const;
};

base::Result<Definition> read_definition(const base::ConfigNode& document);

}  // namespace jinglue::registry
