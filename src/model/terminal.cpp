// SPDX-License-Identifier: Apache-2.0
#include "model/terminal.hpp"

#include <fmt/format.h>

#include <charconv>

#include "model/call_sign.hpp"

namespace jinglue::model {
namespace {

struct KindName {
  TerminalKind kind;
  std::string_view name;
};
constexpr KindName kNames[] = {{TerminalKind::kMmsi, "mmsi"},
                               {TerminalKind::kBeidou, "beidou"},
                               {TerminalKind::kNaf, "naf"},
                               {TerminalKind::kRadar, "radar"}};

template <class T>
bool whole_number(std::string_view text, T& value) {
  auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && stop == text.data() + text.size() && !text.empty();
}

}  // namespace

std::string to_text(TerminalId id) {
  for (const auto& [kind, name] : kNames) {
    if (kind != id.kind()) continue;
    if (kind == TerminalKind::kMmsi) return fmt::format("{}:{:09d}", name, id.number());
    if (kind == TerminalKind::kNaf) {
      if (const auto sign = unpack_call_sign(id.number())) return fmt::format("{}:{}", name, *sign);
      return fmt::format("{}:#{}", name, id.number());  // none that a message can give
    }
    return fmt::format("{}:{}", name, id.number());
  }
  return "none:0";
}

base::Result<TerminalId> parse_terminal(std::string_view text) {
  const auto colon = text.find(':');
  for (const auto& [kind, name] : kNames) {
    if (colon == std::string_view::npos || text.substr(0, colon) != name) continue;
    auto rest = text.substr(colon + 1);
    if (kind == TerminalKind::kNaf && !rest.starts_with('#')) {
      const auto sign = pack_call_sign(rest);
      if (!sign) break;
      return TerminalId::make(kind, *sign);
    }
    if (kind == TerminalKind::kNaf) rest.remove_prefix(1);
    std::uint64_t number = 0;
    if (!whole_number(rest, number) || (number >> 56) != 0) break;
    return TerminalId::make(kind, number);
  }
  return base::fail(base::Code::kMalformed, "not a terminal: '" + std::string(text) + "'", {},
                    "write it like mmsi:412345678, beidou:123456 or naf:BZZZ9");
}

std::string to_text(TrackId id) {
  if (id.segment == 0) return to_text(id.terminal);
  return fmt::format("{}/{}", to_text(id.terminal), id.segment);
}

base::Result<TrackId> parse_track(std::string_view text) {
  const auto slash = text.find('/');
  auto terminal = parse_terminal(text.substr(0, slash));
  if (!terminal) return tl::unexpected(terminal.error());
  TrackId id{*terminal, 0};
  if (slash != std::string_view::npos && !whole_number(text.substr(slash + 1), id.segment)) {
    return base::fail(base::Code::kMalformed, "not a track: '" + std::string(text) + "'");
  }
  return id;
}

}  // namespace jinglue::model
