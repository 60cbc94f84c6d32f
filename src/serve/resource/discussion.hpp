// SPDX-License-Identifier: Apache-2.0
// Routes of comments on records and of those who watch them.
#pragma once

namespace jinglue::serve {

class Router;

void add_discussion(Router& router);

}  // namespace jinglue::serve
