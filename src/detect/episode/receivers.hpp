// SPDX-License-Identifier: Apache-2.0
// Receivers: what the rules may ask of our own receivers where positions stop: whether it is they
// that were silent. The pipeline answers from picture/coverage; a back-test from the archive, which
// does not know who heard what, has no answer.
#pragma once

#include <functional>
#include <optional>

#include "base/instant.hpp"
#include "geo/point.hpp"
#include "model/terminal.hpp"
#include "picture/coverage/silence.hpp"

namespace jinglue::detect {

/// How long all stations that cover the place for this kind of terminal were silent together within
/// [from, to); absent when they were not, or when none is known. May be empty.
using Receivers = std::function<std::optional<picture::Silence>(
    model::TerminalKind, geo::Position, base::Instant from, base::Instant to)>;

}  // namespace jinglue::detect
