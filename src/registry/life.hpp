// SPDX-License-Identifier: Apache-2.0
// Life: what a definition says of the life of its records beyond states and transitions:
// conditions of transitions, their effects, undoing, and clocks. Read when all definitions of the
// folder are known, because conditions and effects name other registers
// (docs/format/register.md). Never changes afterwards.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "registry/definition.hpp"
#include "registry/expression/expression.hpp"
#include "registry/span.hpp"

namespace jinglue::registry {

/// An expression as it stands in the file, and read.
struct Formula {
  std::string text;
  expression::Expression read;
};

/// A condition of a transition, and what people read when it does not hold.
struct Condition {
  Formula when;
  base::Words message;
};

/// "海试临时区：{title}": texts and expressions in turn.
struct Template {
  struct Piece {
    std::string text;
    std::optional<Formula> value;  ///< instead of `text`
  };
  std::vector<Piece> pieces;
};
struct TemplateWords {
  Template zh, en;
};

/// One field of a record that an effect writes: by an expression or by a template.
struct Assignment {
  std::string field;
  std::optional<Formula> value;
  std::optional<Template> words;
};

enum class EffectKind { kCreate, kUpdate, kRun, kNotify };
struct Effect {
  EffectKind kind{EffectKind::kNotify};
  std::optional<Formula> when;  ///< carried out while this holds; absent = always
  std::string register_id;      ///< kCreate: of the new record
  std::string link;             ///< kCreate: its field that points back; empty = none
  std::string keep;             ///< kCreate: the field of this record that points to it
  std::string for_each;         ///< kCreate: field of rows: one record for each row
  /// kUpdate, kRun: a link of this record whose records are meant; empty: this record (kUpdate), or
  /// those of `register_id` that point here by `link`.
  std::string of;
  std::string transition;       ///< kRun
  std::vector<Assignment> set;  ///< kCreate, kUpdate; of kRun: the input
  std::vector<std::string> to;  ///< kNotify: see docs/format/register.md, "Who is told"
  TemplateWords message;        ///< kNotify
};

struct TransitionLife {
  std::vector<Condition> conditions;
  std::vector<Effect> effects;
  std::vector<std::string> undo_roles;  ///< who may take it back; empty = nobody
  std::optional<Span> undo_within;      ///< of having been carried out
};

enum class ClockStart { kCreate, kState, kField, kUntil };
struct Escalation {
  Span after;  ///< since the clock was due
  std::vector<std::string> to;
};
struct ClockRule {
  std::string key;
  base::Words name;
  bool statutory{false};
  std::string basis;       ///< the provision it follows from
  std::string source;      ///< where its figures were read, with the date
  std::string confidence;  ///< "high", "medium", "memory" (unverified); empty = not said
  ClockStart start{ClockStart::kCreate};
  std::vector<std::string> start_states;  ///< kState: on entering one of them
  std::string field;                      ///< kField: counted from its day; kUntil: due with it
  std::optional<Formula> when;            ///< it starts only while this holds
  Span length;                            ///< not kUntil
  std::vector<std::string> pauses;        ///< states in which it stands still
  std::vector<std::string> stops;         ///< states that end it; final states always do
  std::optional<Formula> stops_when;      ///< it also ends with the change that makes this hold
  bool to_working_day{false};             ///< registry/span.hpp, Counting
  std::optional<Span> warn;               ///< before it is due
  std::vector<std::string> to;            ///< who is told
  std::vector<Escalation> escalations;    ///< in order of time
};

enum class TileKind { kCount, kSum, kAverage };
enum class TilePeriod { kNone, kMonth, kQuarter, kYear };
/// One number of a register for the first page (registry/tiles.hpp).
struct Tile {
  std::string key;
  base::Words name;
  base::Words help;
  TileKind kind{TileKind::kCount};
  std::string field;    ///< kSum, kAverage: what is added up
  std::string against;  ///< kSum: the field whose sum stands beside it, as a plan
  std::string cql;      ///< which records count; "{today}", "{today+180}", "{year}" are filled in
  std::string clock;    ///< filter by clocks: "overdue", "removal:due_soon"; empty = none
  TilePeriod period{TilePeriod::kNone};
  std::string by;  ///< the date that tells in which period a record counts
  std::optional<double> warn_above, warn_below;
  std::string source;      ///< where the threshold was read
  std::string confidence;  ///< as of clocks
};

/// How long records are kept once they are closed: registry/retention.hpp.
struct RetentionRule {
  int years{0};
  std::string field;           ///< counted from its day; empty: from entering the final state
  bool from_next_year{false};  ///< counted from 1 January after that day, as archives do
  std::string basis;           ///< the provision
  std::string source;          ///< where it was read, with the date
  std::string confidence;      ///< "high", "medium", "memory" (unverified)
};

struct Life {
  std::map<std::string, TransitionLife, std::less<>> transitions;  ///< by their keys
  std::vector<ClockRule> clocks;
  std::vector<Tile> tiles;
  std::optional<RetentionRule> retention;  ///< absent: kept without end
  const ClockRule* clock(std::string_view key) const;
  const TransitionLife& transition(std::string_view key) const;  ///< an empty one when it has none
};
/// An empty one for a definition that was read alone.
const Life& life_of(const Definition& definition);
/// The zone in which days of its records are taken: the authority's.
std::string zone_of(const Definition& definition);

}  // namespace jinglue::registry
