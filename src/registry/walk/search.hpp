// SPDX-License-Identifier: Apache-2.0
// Search: values of a record, of the input of a transition and of records around it with which
// conditions hold or do not hold. It tries one value after the other, then two at once, and keeps
// what brings more of the conditions to what is wished: no proof that there are none.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "registry/life.hpp"
#include "registry/walk/ground.hpp"

namespace jinglue::registry {

/// What is to hold of a record that is in `state`, or not to hold.
struct Wish {
  std::string text;
  expression::Expression read;
  bool wanted{true};
  std::string state;
};
/// What is joined by "and" at the top is wished for piece by piece; of what is joined by "or", that
/// none of it holds.
std::vector<Wish> wishes_of(const Ground& ground, const Definition& d, const Formula& formula,
                            bool wanted, const std::string& state);

/// A record as it would be, and the input of the transition.
struct Draft {
  Record record;
  base::Json input{base::Json::object()};
};

class Search {
 public:
  /// `t` may be null: no input. `in_state` gives the id of a record of a register in a state, made
  /// with these fields; empty when there is no way.
  using InState = std::function<std::string(const Definition&, const std::string& state,
                                            const base::Json& fields)>;
  Search(Ground& ground, const Definition& d, const Transition* t, InState in_state)
      : m_ground(ground), m_d(d), m_transition(t), m_in_state(std::move(in_state)) {}

  /// Whether all came to be as wished. Records around this one are changed in the tables, this one
  /// is not: see apply().
  bool fulfil(Draft& draft, const std::vector<Wish>& wishes);
  /// How many of them are as wished; -1 when the values do not fit together.
  int score(const Draft& draft, const std::vector<Wish>& wishes);
  /// Writes the record's values, as the program.
  base::Status apply(const Draft& draft);

 private:
  struct Change {
    std::string of;      ///< what it changes: two of one thing are not tried together
    bool tables{false};  ///< it writes other records
    std::function<bool(Draft&)> make;
  };
  using Changes = std::vector<Change>;

  bool as_wished(const Draft& draft, const Wish& wish);
  base::Status valid(const Draft& draft) const;
  /// The record as the input fills it.
  Record seen(const Draft& draft, const std::string& state) const;
  int score_with(Draft draft, const std::vector<const Change*>& changes,
                 const std::vector<Wish>& wishes);
  bool one_better(Draft& draft, const std::vector<Wish>& wishes, const Changes& changes, int now);
  bool two_better(Draft& draft, const std::vector<Wish>& wishes, const Changes& changes, int now);

  bool mend(Draft& draft, const std::string& changed);
  Changes changes_for(const Draft& draft, const Wish& wish);
  void add_own(const Draft& draft, const Wish& wish, const std::string& key, Changes& out);
  void add_behind(const Draft& draft, const Wish& wish, const expression::Path& path, Changes& out);
  void add_linked(const Draft& draft, const Wish& wish, Changes& out);
  std::vector<base::Json> values_beside(const Draft& draft, const Wish& wish,
                                        const std::string& key) const;

  Ground& m_ground;
  const Definition& m_d;
  const Transition* m_transition;
  InState m_in_state;
};

}  // namespace jinglue::registry
