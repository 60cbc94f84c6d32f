// SPDX-License-Identifier: Apache-2.0
// Values that a field accepts, for walks over definitions.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "base/json.hpp"
#include "registry/definition.hpp"

namespace jinglue::registry {

/// What values are made from: dates lie after `now`, texts and numbers of unique fields differ with
/// `number`.
struct ValueSource {
  base::Instant now;
  std::size_t number{0};
  /// Ids of records of that register, in different states; may be empty.
  std::function<std::vector<std::string>(const std::string& register_id)> linked;
  /// What stands for a person, a unit or a district; empty = nothing does.
  std::function<std::string(const std::string& type)> named;
  /// A file of a kind that the field accepts, uploaded by the program; null when none is known.
  std::function<base::Json(const Field&)> file;
  std::set<std::string> accounts;  ///< fields that hold the sign-in name of a person
};

/// Null when none is known for the field.
base::Json valid_value(const Field& field, const ValueSource& source);
/// An object of all fields that people write, or of the required ones only. `beside`: fields that
/// those of the same key fill, whose order in time they keep.
base::Json valid_object(const std::vector<Field>& fields, const ValueSource& source, bool complete,
                        const std::vector<Field>& beside = {});
/// The object but for one member.
base::Json without(const base::Json& object, const std::string& key);
/// A date or an instant some days later (or earlier) than another.
base::Json day_beside(const base::Json& value, int days);
/// Values worth trying against a condition of that text, null among them; `others` are values that
/// it looks at too, whose neighbours are tried.
std::vector<base::Json> candidates(const Field& field, const ValueSource& source,
                                   const std::string& text, const std::vector<base::Json>& others);

}  // namespace jinglue::registry
