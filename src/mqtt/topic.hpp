// SPDX-License-Identifier: Apache-2.0
// Topic names and filters of MQTT 3.1.1 (OASIS standard of 29 October 2014, section 4.7): levels
// between '/', '+' stands for one level, '#' at the end for any number, none included; a wildcard
// at the beginning does not match a topic that begins with '$'.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace jinglue::mqtt {

/// Something to publish to: not empty, no wildcard, no NUL, at most 65535 bytes of UTF-8.
base::Status check_topic(std::string_view topic);
/// Something to subscribe to.
base::Status check_filter(std::string_view filter);

/// `filter` has passed check_filter().
bool matches(std::string_view filter, std::string_view topic);
/// Likewise; the levels of the topic for which the filter has a '+', in order.
bool matches(std::string_view filter, std::string_view topic,
             std::vector<std::string_view>& levels);

}  // namespace jinglue::mqtt
