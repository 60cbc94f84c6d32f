// SPDX-License-Identifier: Apache-2.0
// Result<T>: a value, or an Error that says what is wrong, where, and what to do.
// For data from outside that may be wrong. When the world fails (disk, port) throw WorldError;
// when we are wrong, assert.
#pragma once

#include <stdexcept>
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace jinglue::base {

/// Closed list of causes; each maps to one stable text (to_text) used in counters, logs and the
/// API.
enum class Code {
  kMalformed,     ///< bytes or text do not have the expected form
  kUnknown,       ///< well-formed, but names something that we do not know
  kOutOfRange,    ///< a value outside its permitted range
  kMissing,       ///< a required field, file or record is absent
  kConflict,      ///< the base revision or a uniqueness rule does not hold
  kForbidden,     ///< the actor may not do this
  kUnauthorised,  ///< no valid session
  kTooLarge,      ///< an input over its limit
  kTooMany,       ///< a rate or count limit was reached
  kUnavailable,   ///< a needed part does not answer now
};

const char* to_text(Code code);

struct Error {
  Code code{Code::kMalformed};
  std::string message;  ///< one sentence in English, for people
  std::string where;    ///< "file:line key", feed name, field name; may be empty
  std::string hint;     ///< what to do; may be empty

  /// "where: message (hint)".
  std::string text() const;
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = tl::expected<void, Error>;

inline tl::unexpected<Error> fail(Code code, std::string message, std::string where = {},
                                  std::string hint = {}) {
  return tl::unexpected<Error>(Error{code, std::move(message), std::move(where), std::move(hint)});
}

/// The world failed (disk full, port taken, folder not writable). Thrown once, caught in main,
/// request, job or feed loop. what() is "message: detail (hint)".
class WorldError : public std::runtime_error {
 public:
  WorldError(const std::string& message, const std::string& detail, const std::string& hint = {});
};

}  // namespace jinglue::base
