// SPDX-License-Identifier: Apache-2.0
// Standing of registers: which of them are in use. A register is disabled until an administrator
// enables it; those that roles and row rights need (`core`) are enabled for ever. The records of a
// disabled one are kept and its clocks run on; nobody reads or writes them.
// Kept in records.db with who, when and why; the audit log has every change.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "access/access.hpp"
#include "base/instant.hpp"
#include "base/result.hpp"
#include "registry/registry.hpp"

namespace jinglue::registry {

/// Error::where of the one refusal for everything that is asked of a disabled register.
inline constexpr const char* kNotEnabled = "register.enabled";
/// kForbidden, in both languages, with who can enable it.
base::Status check_enabled(const Definition& definition);

struct Standing {
  std::string register_id;
  bool enabled{false};
  base::Instant at;  ///< of the last change; 0 = nobody has decided yet
  std::string by, reason;
};
struct StandingChange {
  std::string register_id;
  bool enabled{false};
};

class Standings {
 public:
  static constexpr std::size_t kMostReason = 300;  ///< characters

  Standings(Registry& registry, access::Access& access) : m_registry(registry), m_access(access) {}

  /// Of every register that has a definition, in their order.
  std::vector<Standing> all() const;
  /// All or none; what stands already as wanted is left alone. Of `write` the actor (must be
  /// allowed kManageRegisters), the instant and the note: why, required to disable one.
  /// kForbidden, kUnknown (no such register), kConflict (a core register is not disabled),
  /// kMalformed (no reason).
  base::Status set(const std::vector<StandingChange>& changes, const Write& write);
  /// Every register of the folder, for a drill and for tests.
  base::Status enable_all(const Write& write);

 private:
  base::Status check(const std::vector<StandingChange>& changes, const Write& write) const;

  Registry& m_registry;
  access::Access& m_access;
};

/// Enabled registers whose records link to those of this one, or whose transitions write them.
std::vector<std::string> users_of(const Registry& registry, const std::string& register_id);
/// Of all its records that are not removed.
std::uint64_t record_count(const Registry& registry, const Definition& definition);
/// Whether the actor sees no record of it.
bool is_empty_for(const Registry& registry, const Definition& definition,
                  const access::Actor& actor);
/// As Registry::find_for(), also when the register is disabled: the title behind a link.
std::optional<Record> find_behind_link(const Registry& registry, const access::Actor& actor,
                                       const std::string& register_id, const std::string& id);

}  // namespace jinglue::registry
