// SPDX-License-Identifier: Apache-2.0
// Call: one request with everything a resource needs to answer it: who asks, in which language, the
// parts of the path, the services; and the reading of parameters and bodies, each with an Error
// that names the field.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.hpp"
#include "base/instant.hpp"
#include "base/json.hpp"
#include "geo/point.hpp"
#include "serve/api/problem.hpp"
#include "serve/api/request.hpp"
#include "serve/api/response.hpp"
#include "serve/api/services.hpp"

namespace jinglue::serve {

struct Call {
  const Request& request;
  const Pairs& parameters;  ///< of the path
  const Services& services;
  access::SignedIn session;  ///< empty for open routes
  std::string token;         ///< of the session's cookie
  std::string language{"zh"};
  base::Instant now;  ///< clock of the data folder
  base::Json json;    ///< body of a Body::kJson route: an object

  const access::Actor& actor() const { return session.actor; }
  /// Part of the path; asserts that the pattern has it.
  const std::string& part(std::string_view name) const;

  std::string text(std::string_view name) const;  ///< query value; empty when absent
  base::Result<std::optional<base::Instant>> instant(std::string_view name) const;
  base::Result<base::Instant> required_instant(std::string_view name) const;
  base::Result<std::optional<bool>> flag(std::string_view name) const;
  base::Result<std::int64_t> integer(std::string_view name, std::int64_t otherwise,
                                     std::int64_t least, std::int64_t most) const;
  base::Result<double> number(std::string_view name, double otherwise, double least,
                              double most) const;
  base::Result<std::optional<geo::Box>> bbox() const;
  /// Comma separated; empty parts are left out.
  std::vector<std::string> list(std::string_view name) const;
  base::Result<std::size_t> limit(std::size_t otherwise = 100, std::size_t most = 1000) const;
  /// "filter[KEY]=value" pairs.
  Pairs filters() const;
  /// The header, made unique per user; empty is allowed only when not `required`.
  base::Result<std::string> idempotency_key(bool required = true) const;

  /// Member of the JSON body.
  base::Result<std::string> required_text(std::string_view member) const;
  Response problem(const Problem& problem) const { return to_response(problem, language); }
  /// The problem that a room's refusal of a readable write becomes.
  Response refused(const base::Error& error) const { return problem(refused_write(error)); }
};

/// Keeps only the members that `fields` names (comma separated); all when it is empty.
base::Json only_fields(const base::Json& item, const std::vector<std::string>& fields);
/// {items, next?, total?} of a list.
Response page_response(base::Json::Array items, const std::string& next,
                       std::optional<std::uint64_t> total, const Call& call);

}  // namespace jinglue::serve
