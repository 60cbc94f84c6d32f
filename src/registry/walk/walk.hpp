// SPDX-License-Identifier: Apache-2.0
// Walk: tests that follow from the definitions alone. For every register of a folder records are
// made of valid values and led through every transition, once in a legal way from each of its
// states and once refused by each guard (role, state, input, required field, condition, second
// person, undoing); each clock is seen to start, warn, stand still, go on, be late, escalate and
// end, in time and late. In real tables, with real accounts. What values cannot be found for is
// told, not passed over: a scenario of its own shows it.
// Rules that act registers for a transition in C++ (TransitionGuard) are not part of it.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace jinglue::registry {

/// What was seen, counted for each definition.
enum class Seen {
  kTaken,      ///< a transition, carried out from one of its states
  kRole,       ///< refused to a person without the role
  kState,      ///< refused in another state
  kInput,      ///< refused without a required input
  kRequired,   ///< refused without a required field
  kCondition,  ///< refused by a condition
  kSecond,     ///< refused to the same person, and to one without the role, that must be a second
  kUndone,     ///< taken back, and refused to others or when the time is over
  kStarted,    ///< a clock that started
  kWarned,     ///< told once that it is due soon
  kPaused,     ///< stood still, and went on where there is a way
  kOverdue,    ///< told once that it is late, and not before
  kEscalated,  ///< a step told once, in its time
  kMet,        ///< ended in time
  kLate,       ///< ended late
  kCounted,    ///< a tile worked out, and seen by somebody
  kCount
};
/// "transitions taken", "refused by role" ...
std::string_view to_text(Seen seen);

struct WalkFinding {
  /// The definition does not do what it says; otherwise values were not found to show it.
  bool broken{false};
  std::string where;  ///< "registers/task.toml:310 transitions.key"
  std::string text;
};

struct Walked {
  std::string id;
  std::array<std::size_t, std::size_t(Seen::kCount)> seen{};
  std::vector<WalkFinding> findings;
  std::size_t of(Seen what) const { return seen[std::size_t(what)]; }
};

struct WalkOptions {
  std::filesystem::path scratch;   ///< an empty folder for the tables
  std::filesystem::path calendar;  ///< of working days; empty as registry/registry.hpp, Options
  std::string only;                ///< one definition; empty = all
};
/// Throws WorldError when the definitions are not usable.
std::vector<Walked> walk_definitions(const std::filesystem::path& definitions,
                                     const WalkOptions& options);
/// A paragraph for each definition and a line with the sums.
std::string to_text(const std::vector<Walked>& walked);

}  // namespace jinglue::registry
