// SPDX-License-Identifier: Apache-2.0
// RecordTemplates: values of a record kept under a name, for oneself or for all who may edit the
// register; a new record begins with them. A template holds what its maker may read and write;
// who opens it gets of that what this person may read and what still fits the definition, and is
// told of the rest.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "registry/registry.hpp"

namespace jinglue::registry {

/// A value that a template does not give.
struct LeftOut {
  std::string field;
  /// "gone" (no such field any more), "changed" (the field does not take it any more), "secret"
  /// (not for this person), "program" (sealed or computed), "file" (attachments are not copied).
  std::string why;
};
struct Fitted {
  base::Json fields;
  std::vector<LeftOut> left_out;
};
/// What of `values` a new record of this person could begin with. A field that was renamed keeps
/// its value; what the person must not know of is neither given nor named.
Fitted fitted(const Definition& definition, const base::Json& values, const access::Actor& actor);

struct RecordTemplate {
  std::string id, register_id;
  std::string owner;  ///< sign-in name
  std::string name;
  base::Json fields;  ///< values by field key
  bool shared{false};
  base::Instant changed_at;
};

class RecordTemplates {
 public:
  static constexpr std::size_t kMostName = 60;   ///< characters
  static constexpr std::size_t kMostOfOne = 50;  ///< of one person in one register
  static constexpr std::size_t kMostBytes = 65'536;

  explicit RecordTemplates(const Registry& registry) : m_registry(registry) {}

  /// One's own and those that others share; own ones first, each by name. As stored: fitted() gives
  /// what a person sees of one.
  std::vector<RecordTemplate> list(const std::string& register_id, const std::string& person) const;
  std::optional<RecordTemplate> find(const std::string& register_id, const std::string& id,
                                     const std::string& person) const;
  /// A template of the same name and owner is replaced. `given`: what the maker wants kept; the
  /// answer has what was kept. kForbidden for who may not edit the register, kMalformed for a bad
  /// name, for nothing to keep and above kMostOfOne, kTooLarge.
  base::Result<RecordTemplate> save(const RecordTemplate& given, const access::Actor& actor,
                                    base::Instant now) const;
  /// Their own, or any that is shared when `any`. kUnknown for one that is not theirs to remove.
  base::Status remove(const std::string& register_id, const std::string& id,
                      const std::string& person, bool any) const;

 private:
  const Registry& m_registry;
};

}  // namespace jinglue::registry
