// SPDX-License-Identifier: Apache-2.0
#include "serve/form/position_lines.hpp"

#include <fmt/format.h>

#include <iterator>

#include "serve/form/picture_form.hpp"

namespace jinglue::serve {

void append_line(std::string& out, const model::Fix& fix) {
  const auto to = std::back_inserter(out);
  fmt::format_to(to, R"({{"track":"{}","time":"{}","lat":)", model::to_text(fix.track),
                 base::to_iso(fix.time));
  append_degrees(out, fix.position.lat);
  out += R"(,"lon":)";
  append_degrees(out, fix.position.lon);
  if (fix.sog_ckn) fmt::format_to(to, R"(,"sog_kn":{:g})", *fix.sog_ckn / 100.0);
  if (fix.cog_cdeg) fmt::format_to(to, R"(,"cog_deg":{:g})", *fix.cog_cdeg / 100.0);
  if (fix.heading_deg) fmt::format_to(to, R"(,"heading_deg":{})", *fix.heading_deg);
  out += "}\n";
}

void append_end(std::string& out, std::uint64_t count, bool cut) {
  fmt::format_to(std::back_inserter(out), R"({{"end":true,"count":{},"cut":{}}})", count, cut);
  out += '\n';
}

}  // namespace jinglue::serve
