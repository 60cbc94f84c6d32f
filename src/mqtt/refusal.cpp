// SPDX-License-Identifier: Apache-2.0
#include "mqtt/refusal.hpp"

#include <fmt/format.h>

namespace jinglue::mqtt {
namespace {

/// The reason at the end of "140...:error:0A000086:SSL routines:...:certificate verify failed:...".
std::string_view reason_of(std::string_view text) {
  constexpr std::string_view kKnown[] = {"certificate verify failed", "certificate required",
                                         "wrong version number",      "unknown ca",
                                         "bad certificate",           "hostname mismatch",
                                         "handshake failure",         "unexpected eof"};
  for (const auto known : kKnown) {
    if (text.find(known) != std::string_view::npos) return known;
  }
  return text.substr(0, text.find('\n')).substr(0, 200);
}

std::string explain_tls(const Settings& settings, std::string_view text) {
  const auto reason = reason_of(text);
  const auto at = address_of(settings);
  if (reason == "certificate verify failed" || reason == "hostname mismatch") {
    const auto ca = settings.tls->ca_file.empty() ? std::string("the authorities of this machine")
                                                  : settings.tls->ca_file.string();
    return fmt::format(
        "the certificate of {} is not trusted: not signed by {}, expired, or of another host "
        "(check ca_file and host)",
        at, ca);
  }
  if (reason == "wrong version number" || reason == "unexpected eof") {
    return fmt::format("{} does not speak TLS there (check port, or leave tls out): {}", at,
                       reason);
  }
  return fmt::format("TLS with {} failed: {} (check certificate, key and ca_file)", at, reason);
}

}  // namespace

std::string address_of(const Settings& settings) {
  const bool six = settings.host.find(':') != std::string::npos;
  return (six ? "[" + settings.host + "]:" : settings.host + ":") + std::to_string(settings.port);
}

std::string explain(const Settings& settings, const Attempt& attempt) {
  const auto at = address_of(settings);
  switch (attempt.code) {
    case 1:
      return fmt::format("the broker {} does not speak MQTT 3.1.1", at);
    case 2:
      return fmt::format("the broker {} refuses the client id '{}' (check client_id)", at,
                         settings.client_id);
    case 3:
      return fmt::format("the broker {} says that it is not available; trying again", at);
    case 4:
    case 5:
      if (settings.user.empty()) {
        return fmt::format("the broker {} wants a user and a password (set user, password_file)",
                           at);
      }
      return fmt::format(
          "the broker {} refuses the user '{}' or the password (check user and password_file)", at,
          settings.user);
    default:
      break;
  }
  if (settings.tls && !attempt.tls.empty()) return explain_tls(settings, attempt.tls);
  return fmt::format("cannot connect to the broker {}{}; trying again", at,
                     settings.tls ? " by TLS" : "");
}

}  // namespace jinglue::mqtt
