// SPDX-License-Identifier: Apache-2.0
// Definition: what one register is, read from registers/NAME.toml (docs/format/register.md).
// Reading refuses unknown keys, duplicates, unreachable states and names of things that do not
// exist, each with file, line and key.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/config.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "registry/expression/expression.hpp"

namespace jinglue::registry {

struct CodeList;  // registry/code_list.hpp
struct Life;      // registry/life.hpp

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
  kMoney,
  kPeriod,    ///< from a day to a day, both in it
  kPerson,    ///< an account, or a record of the register `person`
  kUnit,      ///< key of a record of the register `organisation_unit`
  kDistrict,  ///< the same, of a district or of the authority
  kFile       ///< attachments
};
std::string_view to_key(FieldType type);
std::optional<FieldType> field_type_from(std::string_view key);

/// How a value that is confidential is called: 内部, 秘密.
enum class Secrecy { kOpen, kInternal, kSecret };
std::string_view to_key(Secrecy secrecy);
/// Which characters of a value everyone sees (registry/sight.hpp).
enum class Mask { kNone, kIdCard, kPhone, kName };
std::string_view to_key(Mask mask);

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
  std::size_t max_length{0};  ///< characters; 0 = the type's default
  std::string pattern;        ///< ECMAScript regular expression, whole value
  std::vector<Choice> choices;
  bool open{false};            ///< keys beyond `choices` are accepted too (kChoice, kChoices)
  std::string link;            ///< register id for kLink, kLinks
  std::vector<Field> columns;  ///< kRows
  std::string after;           ///< a date or instant beside it that must be earlier
  /// Required while this holds of the fields beside it (docs/format/register.md).
  std::optional<expression::Expression> required_when;
  std::string required_when_text;  ///< as the definition writes it
  base::Words help;
  std::string section;                  ///< of the form; empty = the first
  std::string was;                      ///< key that the field had before
  std::vector<std::string> visible_to;  ///< roles; for others there is no such field. Empty = all
  Secrecy secrecy{Secrecy::kOpen};
  std::vector<std::string> secret_to;  ///< roles; others see that the field is confidential
  Mask mask{Mask::kNone};
  std::vector<std::string> plain_to;  ///< roles that may ask for a masked value; it is logged
  /// Its value follows from others; read when all definitions are known.
  std::optional<expression::Expression> computed;
  std::string computed_text;  ///< as the definition writes it; empty = not computed
  base::Json default_value;   ///< canonical; null = none
  std::optional<expression::Expression> default_of;
  std::string default_of_text;
  std::string codes;     ///< id of a code list that gives the choices
  std::string codes_on;  ///< a date beside it: the version valid on that day counts; empty = today
  std::shared_ptr<const CodeList> code_list;  // shared: fields and definitions are copied freely
  std::vector<std::string> accept;            ///< kinds of files; empty = all that are known
  std::size_t max_mb{0}, max_files{0};        ///< kFile; 0 = the type's default
};
/// A part of the form.
struct Section {
  std::string key;
  base::Words name;
};
struct State {
  std::string key;
  base::Words name;
  bool final{false};   ///< nothing leaves it; implies locked
  bool locked{false};  ///< people do not edit fields while in it
};
/// Fills a field when the transition is carried out.
struct Stamp {
  std::string field;
  std::string with;  ///< "now" | "requester" | "approver"
};
struct Transition {
  std::string key;
  base::Words name;
  std::vector<std::string> from;
  std::string to;
  std::vector<std::string> roles;            ///< role keys; empty = whoever may edit
  std::vector<std::string> requires_fields;  ///< must be present before
  std::vector<Field> input;  ///< asked of the person; kept in the history, and in the record's
                             ///< field of the same key where there is one
  bool approval{false};      ///< a second person must approve
  std::vector<std::string> approval_roles;  ///< who may be that second person
  std::vector<Stamp> stamps;
};
struct Definition {
  std::string id;
  int schema{1};
  base::Words name;
  std::string number_pattern;      ///< "AJ-{year}-{n:4}"; empty = no human number
  std::string number_zone;         ///< IANA zone in which {year} and {month} are taken
  std::string rights{"register"};  ///< "register" or "case": which actions of access apply
  std::string title_field;         ///< shows the record in one line
  std::string district_field;      ///< row right by district; empty = none
  std::vector<std::string> read_roles, edit_roles;
  std::vector<Section> sections;
  std::vector<Field> fields;
  std::vector<State> states;  ///< first is the initial one; empty = no lifecycle
  std::vector<Transition> transitions;
  bool journaled{false};  ///< changes enter the journal (the pipeline uses them)
  bool core{false};       ///< enabled from the beginning and for ever: roles and rights need it
  /// Whether people use it (registry/standing.hpp). Shared by the copies of what one Registry read;
  /// null: read alone, enabled.
  std::shared_ptr<std::atomic<bool>> in_use;
  /// Conditions, effects and clocks; see life_of(). Shared: a definition is copied freely.
  std::shared_ptr<const Life> life;
  bool enabled() const { return !in_use || in_use->load(); }
  const Field* field(std::string_view key) const;
  const State* state(std::string_view key) const;
  const Transition* transition(std::string_view key) const;
};

/// The first mistake of one document; links to other registers are not looked at.
base::Result<Definition> read_definition(const base::ConfigNode& document);

/// Every *.toml of a folder in order of names, and all mistakes in them.
struct DefinitionSet {
  std::vector<Definition> definitions;
  std::vector<base::Error> errors;
};
/// `codes`: folder of the code lists; empty = ../data/codes beside the folder of registers.
DefinitionSet read_definitions(const std::filesystem::path& folder,
                               const std::filesystem::path& codes = {});
/// The same when there is no mistake. Throws WorldError with all of them otherwise.
std::vector<Definition> usable_definitions(const std::filesystem::path& folder,
                                           const std::filesystem::path& codes = {});

/// For forms and lists that are made from the definition.
base::Json to_json(const Definition& definition);
base::Json to_json(const Field& field);

}  // namespace jinglue::registry
