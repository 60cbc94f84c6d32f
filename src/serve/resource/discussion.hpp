// SPDX-License-Identifier: Apache-2.0
// Routes of comments on records and of those who watch them.
#pragma once

#include <functional>
#include <string>

namespace jinglue::registry {
struct Record;
}

namespace jinglue::serve {

class Router;

/// Somebody has said something about a record, or watches it from now on or no longer.
using Talked = std::function<void(const registry::Record&, const std::string& actor)>;

void add_discussion(Router& router, const Talked& talked);

}  // namespace jinglue::serve
