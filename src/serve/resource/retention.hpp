// SPDX-License-Identifier: Apache-2.0
// Routes of records whose retention is over, and of their disposal.
#pragma once

namespace jinglue::serve {

class Router;

void add_retention(Router& router);

}  // namespace jinglue::serve
