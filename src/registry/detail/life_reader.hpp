// SPDX-License-Identifier: Apache-2.0
// LifeReader: conditions, effects, undoing and clocks of one definition, when all definitions of
// the folder are known. Every mistake with file, line and key; those in expressions with the
// column.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "registry/detail/node_reader.hpp"
#include "registry/expression/expression.hpp"
#include "registry/life.hpp"

namespace jinglue::registry::detail {

class LifeReader : public NodeReader {
 public:
  LifeReader(const std::vector<Definition>& all, const Definition& d, const base::ConfigNode& doc);
  Life read();
  /// The field that `reason = true` of a transition asks for.
  static Field reason_field();

 private:
  using Names = expression::Names;

  TransitionLife read_transition(const Node& node, const Transition& t);
  Condition read_condition(const Node& node);
  Effect read_effect(const Node& node);
  void read_create(const Node& node, Effect& e);
  void read_target(const Node& node, Effect& e);
  void read_run(const Node& node, Effect& e);
  void read_notify(const Node& node, Effect& e);
  void check_complete(const Node& node, const Effect& e, const Definition& target);
  /// `fields` (expressions) and `texts` (templates) of an effect.
  std::vector<Assignment> read_set(const Node& node, const std::vector<Field>& fields,
                                   const Names& names);
  Assignment read_value(const Node& value, const Field& field, const Names& names);
  void check_constant(const Node& at, const Field& field, const expression::Expression& value);
  std::optional<Formula> formula(const Node& node, const Names& names);
  std::optional<Formula> condition(const Node& node, const Names& names);
  Template read_template(const Node& node, const Names& names);
  std::vector<std::string> read_recipients(const Node& node);
  std::optional<Span> span(const Node& node);
  std::vector<std::string> state_list(const Node& node);
  /// Of the records that an effect is about; null when the mistake has been told.
  const Definition* target_of(const Node& node, Effect& e);
  const Definition* find(const std::string& id) const;

  // clock_reader.cpp
  ClockRule read_clock(const Node& node);
  void read_start(const Node& node, ClockRule& c);
  void read_moments(const Node& node, ClockRule& c);
  void check_clock(const Node& node, const ClockRule& c);

  // tile_reader.cpp
  void read_tiles(Life& out);
  Tile read_tile(const Node& node);
  void read_amount(const Node& node, Tile& t);
  void read_period(const Node& node, Tile& t);
  void read_filter(const Node& node, const Tile& t);
  void read_threshold(const Node& node, Tile& t);

  const std::vector<Definition>& m_all;
  const Definition& m_definition;
  const Node& m_document;
  Names m_names;
};

/// Gives each definition its life; `documents` are those of `definitions`, in the same order. An
/// effect that could run in a circle is a mistake.
void read_lives(std::vector<Definition>& definitions,
                const std::vector<base::ConfigNode>& documents, std::vector<base::Error>& errors);

}  // namespace jinglue::registry::detail
