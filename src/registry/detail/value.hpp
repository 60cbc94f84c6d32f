// SPDX-License-Identifier: Apache-2.0
// Values of fields: the one canonical form of each type in JSON, so that equal values are equal
// bytes (merge, history, export), and its forms as text (CSV cells, filters).
// Absent is null everywhere: an empty text or list is absent. Instants are ISO UTC text, dates
// "2024-05-01", money decimal text "1234.50", geometry a GeoJSON geometry, choices a list in the
// order of the definition.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "registry/definition.hpp"

namespace jinglue::registry::detail {

inline constexpr std::size_t kMaxText = 300;         ///< characters, when the field says nothing
inline constexpr std::size_t kMaxLongText = 20'000;  ///< characters
inline constexpr std::size_t kMaxRows = 1'000;       ///< rows, links or choices in one field

/// The canonical value, or what is wrong with it; Error::where is the field's key.
base::Result<base::Json> canonical(const Field& field, const base::Json& value);

/// Required values are there and `after` holds, among canonical values of the same object.
base::Status check_object(const std::vector<Field>& fields, const base::Json& values);

/// A CSV cell or a filter: choices also by their names, lists separated by ';', rows as
/// "first column;first column" or JSON (docs/format/register.md). Empty is null.
base::Result<base::Json> from_text(const Field& field, std::string_view text);
/// Reads back to the same value by from_text().
std::string to_text(const Field& field, const base::Json& value);

/// Words of a value for the text search, in lower case; choices by key and both names.
void append_search_words(const Field& field, const base::Json& value, std::string& out);

bool is_choice_key(std::string_view text);
bool valid_pattern(const std::string& pattern);
/// Hundredths of a yuan (分) of canonical money text.
std::int64_t money_fen(const base::Json& value);
base::Json money_from_fen(std::int64_t fen);
/// Whole numbers as integers, so that a value reads back from JSON text as itself.
base::Json canonical_number(double value);

}  // namespace jinglue::registry::detail
