// SPDX-License-Identifier: Apache-2.0
#include "base/result.hpp"

namespace jinglue::base {

const char* to_text(Code code) {
  switch (code) {
    case Code::kMalformed:
      return "malformed";
    case Code::kUnknown:
      return "unknown";
    case Code::kOutOfRange:
      return "out_of_range";
    case Code::kMissing:
      return "missing";
    case Code::kConflict:
      return "conflict";
    case Code::kForbidden:
      return "forbidden";
    case Code::kUnauthorised:
      return "unauthorised";
    case Code::kTooLarge:
      return "too_large";
    case Code::kTooMany:
      return "too_many";
    case Code::kUnavailable:
      return "unavailable";
  }
  return "unknown";
}

std::string Error::text() const {
  std::string out = where.empty() ? message : where + ": " + message;
  if (!hint.empty()) out += " (" + hint + ")";
  return out;
}

WorldError::WorldError(const std::string& message, const std::string& detail,
                       const std::string& hint)
    : std::runtime_error(message + (detail.empty() ? "" : ": " + detail) +
                         (hint.empty() ? "" : " (" + hint + ")")) {}

}  // namespace jinglue::base
