// SPDX-License-Identifier: Apache-2.0
// Expression: what a definition says of a record beyond its fields: a computed field, when a field
// is required, the condition of a transition. Small on purpose: no loops, no assignment, no text
// building; it reads the record, records it links to and those that link to it, and the time.
//
//   paid / total * 100 >= 30 and not empty(right)      days(today, expires) < 90
//   if(mode == 'fill', area * 2, area)                 sum(linked('payment', 'project', 'amount'))
//   right.state in ['registered', 'renewed']          all(checklist, done or not needed)
//   any(linked('task', 'goal'), state == 'open')
//
// Absent values: arithmetic with one is absent, a comparison with one is false except == and !=,
// sum() and count() pass over them. Everything is checked when the definition is read, so that a
// wrong name or type is an error of the file, not of a clerk's day. docs/format/expression.md
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "registry/expression/value.hpp"

namespace jinglue::registry::expression {

using Path = std::vector<std::string>;  ///< "right.state": two names

/// What an expression may name; asked while it is read.
struct Names {
  /// The type of a field, or of a field behind links; nothing for a name that does not exist.
  std::function<std::optional<Type>(const Path&)> field;
  /// The type of `field` of `register` whose records point here by `link`.
  std::function<std::optional<Type>(const std::string& register_id, const std::string& link,
                                    const std::string& field)>
      linked;
  /// What may be named of each row of a field of rows, or ({register, link}) of each record of
  /// another register that points here: in all(), any(), count() and sum(). Nothing for others.
  std::function<std::shared_ptr<const Names>(const Path& of)> inside{};
};

/// The record that it is worked out for.
class Scope {
 public:
  virtual ~Scope() = default;
  virtual Value field(const Path& path) const = 0;
  virtual List linked(const std::string& register_id, const std::string& link,
                      const std::string& field) const = 0;
  /// Each row, or each record, as Names::inside says; none where there are no such rows.
  virtual void each(const Path& /*of*/, const std::function<void(const Scope&)>& /*visit*/) const {}
  virtual base::Instant now() const = 0;
  virtual Day today() const = 0;  ///< in the zone of the authority
};

class Expression {
 public:
  /// Error::where is "column N", hint what was expected. At most 2,000 characters, 32 deep.
  static base::Result<Expression> read(std::string_view text, const Names& names);

  Type type() const;
  /// Fields that it looks at, each once: when one changes, the value may.
  const std::vector<Path>& paths() const;
  /// Register, link and field of each linked() in it; of all(), any() and their like the rows, or
  /// register and link: one or two names.
  std::vector<Path> linked() const;
  /// Whether its value changes with the clock: today or now.
  bool looks_at_time() const;
  /// Looks at nothing but fields of the record itself: the same answer whenever it is asked.
  bool own_fields_only() const;
  /// Absent when a number does not fit, a divisor is zero or a value is absent.
  Value value(const Scope& scope) const;
  /// True only when the value is true.
  bool holds(const Scope& scope) const;

  struct Node;
  /// For what else is to be known of it (units); see node.hpp.
  const Node& root() const { return *m_root; }

 private:
  std::shared_ptr<const Node>
      m_root;  // shared: a definition is copied freely, and this never changes
  std::vector<Path> m_paths;
};

}  // namespace jinglue::registry::expression
