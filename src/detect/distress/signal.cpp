// SPDX-License-Identifier: Apache-2.0
#include "detect/distress/signal.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace jinglue::detect {
namespace {

constexpr std::uint8_t kActive = 14;  // AIS-SART, MOB-AIS, EPIRB-AIS
constexpr std::uint8_t kTest = 15;

constexpr std::array<std::string_view, std::size_t(Signal::kCount)> kRules = {
    "distress.beacon", "distress.beacon_test", "distress.status_14", "distress.sos", "safety.text"};

constexpr std::array<std::string_view, 12> kDistressWords = {
    "MAYDAY", "SOS",  "DISTRESS", "SINKING", "MAN OVERBOARD", "ABANDON SHIP",
    "求救",   "遇险", "救命",     "沉没",    "落水",          "弃船"};

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(c < 0x80 ? std::toupper(c) : c); });
  return out;
}

/// "SOS" in "ALSO SOSSEN" is none: Latin words stand alone. Chinese is written without blanks.
bool says(const std::string& text, std::string_view word) {
  const auto letter = [&](std::size_t at) {
    return at < text.size() && std::isalpha(static_cast<unsigned char>(text[at])) != 0;
  };
  const bool latin = static_cast<unsigned char>(word.front()) < 0x80;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    if (!latin || ((at == 0 || !letter(at - 1)) && !letter(at + word.size()))) return true;
  }
  return false;
}

}  // namespace

Beacon beacon_of(model::TerminalId terminal) {
  if (terminal.kind() != model::TerminalKind::kMmsi) return Beacon::kNone;
  switch (terminal.number() / 1'000'000) {
    case 970:
      return Beacon::kSart;
    case 972:
      return Beacon::kManOverboard;
    case 974:
      return Beacon::kEpirb;
    default:
      return Beacon::kNone;
  }
}

std::string_view rule_of(Signal signal) {
  return kRules[std::size_t(signal)];
}

model::Severity severity_of(Signal signal) {
  switch (signal) {
    case Signal::kBeacon:
    case Signal::kSos:
      return model::Severity::kCritical;
    case Signal::kStatus14:
      return model::Severity::kHigh;
    default:
      return model::Severity::kInfo;
  }
}

base::Words beacon_name(Beacon beacon) {
  switch (beacon) {
    case Beacon::kSart:
      return {"AIS 搜救应答器（AIS-SART）", "AIS-SART"};
    case Beacon::kManOverboard:
      return {"人员落水示位标（MOB）", "man-overboard device (MOB)"};
    case Beacon::kEpirb:
      return {"应急无线电示位标（EPIRB-AIS）", "EPIRB-AIS"};
    default:
      return {"船舶", "ship"};
  }
}

base::Words title_of(Signal signal, Beacon beacon) {
  switch (signal) {
    case Signal::kBeacon:
      if (beacon == Beacon::kManOverboard) return {"人员落水报警", "Man overboard alarm"};
      return {"遇险示位标报警", "Distress beacon active"};
    case Signal::kBeaconTest:
      return {"示位标测试信号", "Beacon test"};
    case Signal::kStatus14:
      return {"船舶发送遇险状态码", "Ship sends the distress status"};
    case Signal::kSos:
      return {"遇险求救信息", "Distress message"};
    default:
      return {"安全广播信息", "Safety message"};
  }
}

std::optional<Signal> signal_of(const model::Fix& fix) {
  if (beacon_of(fix.track.terminal) != Beacon::kNone) {
    return fix.nav_status == kTest ? Signal::kBeaconTest : Signal::kBeacon;
  }
  if (fix.nav_status == kActive) return Signal::kStatus14;
  return std::nullopt;
}

Signal signal_of_text(model::TerminalId from, std::string_view text) {
  const auto words = upper(text);
  if (beacon_of(from) != Beacon::kNone) {
    return says(words, "TEST") ? Signal::kBeaconTest : Signal::kBeacon;
  }
  const bool test = says(words, "TEST") || words.find("测试") != std::string::npos;
  const bool distress = std::any_of(kDistressWords.begin(), kDistressWords.end(),
                                    [&](std::string_view word) { return says(words, word); });
  return distress && !test ? Signal::kSos : Signal::kSafetyText;
}

}  // namespace jinglue::detect
