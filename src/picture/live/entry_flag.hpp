// SPDX-License-Identifier: Apache-2.0
// The flag of an entry of the live picture: its record's, else the one that a terminal states, else
// that of the country in the number of its freshest terminal.
#pragma once

#include "picture/identity/flag_table.hpp"
#include "picture/live/live.hpp"

namespace jinglue::picture {

inline Flag flag_of(const LiveEntry& entry, const FlagTable& table) {
  return table.flag_of(entry.vessel ? std::string_view(entry.vessel->flag) : std::string_view(),
                       entry.stated ? entry.stated->flag() : std::string_view(),
                       entry.fix.track.terminal);
}

}  // namespace jinglue::picture
