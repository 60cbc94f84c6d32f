// SPDX-License-Identifier: Apache-2.0
// Values of the types that name something beyond the record: a period, a person, a unit, a file.
// Canonical forms: a period "2024-05-01/2024-05-31", both days in it, ".." for an open end
// (ISO 8601-2:2019, 4.4); a person an account or the id of a record of `person`; a unit its key; a
// file a list of {sha256, name, size, media}.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "registry/definition.hpp"

namespace jinglue::registry::detail {

/// Both ends as "2024-05-01", or empty when open.
struct Period {
  std::string from, to;
};
/// Also "2024", "2024-H1", "2024-Q2", "2024-05" and a single day.
std::optional<Period> read_period(std::string_view text);
std::string to_text(const Period& period);

base::Result<base::Json> canonical_period(const Field& field, const base::Json& value);
base::Result<base::Json> canonical_person(const Field& field, const base::Json& value);
base::Result<base::Json> canonical_unit(const Field& field, const base::Json& value);
base::Result<base::Json> canonical_files(const Field& field, const base::Json& value);

bool is_unit_key(std::string_view text);
/// A name without folders and control characters, at most 120 characters.
bool is_file_name(std::string_view text);

}  // namespace jinglue::registry::detail
