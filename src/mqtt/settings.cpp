// SPDX-License-Identifier: Apache-2.0
#include "mqtt/settings.hpp"

#include <unistd.h>

#include "base/text.hpp"
#include "mqtt/topic.hpp"

namespace jinglue::mqtt {
namespace {

using base::Code;
using base::ConfigNode;

template <class T>
base::Status read_integer(const ConfigNode& node, std::int64_t low, std::int64_t high, T& value) {
  if (!node) return {};
  const auto number = node.integer();
  if (!number) return tl::unexpected(number.error());
  if (*number < low || *number > high) {
    return node.error(Code::kOutOfRange, std::to_string(*number) + " is out of range",
                      "from " + std::to_string(low) + " to " + std::to_string(high));
  }
  value = static_cast<T>(*number);
  return {};
}

base::Status read_text(const ConfigNode& node, std::string& out) {
  if (!node) return {};
  auto text = node.string();
  if (!text) return tl::unexpected(text.error());
  if (text->empty()) return node.error(Code::kMalformed, "it is empty", "leave the key out");
  out = std::move(*text);
  return {};
}

base::Status read_file(const ConfigNode& node, std::filesystem::path& out) {
  std::string text;
  if (auto ok = read_text(node, text); !ok) return ok;
  if (text.empty()) return {};
  if (::access(text.c_str(), R_OK) != 0) {
    return node.error(Code::kMissing, "the file " + text + " cannot be read",
                      "check its path and its rights");
  }
  out = text;
  return {};
}

base::Status read_tls(const ConfigNode& table, Settings& out) {
  Tls tls;
  auto ok = read_file(table["ca_file"], tls.ca_file);
  if (ok) ok = read_file(table["certificate"], tls.certificate);
  if (ok) ok = read_file(table["key"], tls.key);
  if (!ok) return ok;
  if (tls.certificate.empty() != tls.key.empty()) {
    return table[tls.key.empty() ? "key" : "certificate"].error(
        Code::kMissing, "a client's certificate and its key come together");
  }
  const bool any = !tls.ca_file.empty() || !tls.certificate.empty();
  const auto wanted = table["tls"].boolean_or(any);
  if (!wanted) return tl::unexpected(wanted.error());
  if (!*wanted && any) {
    return table["tls"].error(Code::kConflict, "certificates are given, but TLS is off",
                              "tls = true, or leave the key out");
  }
  if (*wanted) out.tls = std::move(tls);
  return {};
}

base::Status read_login(const ConfigNode& table, Settings& out) {
  auto ok = read_text(table["user"], out.user);
  if (ok && table["password"]) {
    return table["password"].error(Code::kUnknown, "a password does not stand in the settings",
                                   "put it into a file of its own: password_file = \"FILE\"");
  }
  if (ok) ok = read_file(table["password_file"], out.password_file);
  if (ok && !out.password_file.empty() && out.user.empty()) {
    return table["user"].error(Code::kMissing, "a password needs a user");
  }
  return ok;
}

}  // namespace

base::Status read_broker(const ConfigNode& table, Settings& out) {
  auto ok = read_text(table["host"], out.host);
  if (ok) ok = read_tls(table, out);
  if (!ok) return ok;
  out.port = out.tls ? 8883 : 1883;
  ok = read_integer(table["port"], 1, 65535, out.port);
  if (ok) ok = read_login(table, out);
  if (ok) ok = read_text(table["client_id"], out.client_id);
  if (ok && (out.client_id.size() > 65535 || !base::is_utf8(out.client_id))) {
    return table["client_id"].error(Code::kMalformed, "not a client id", "some text in UTF-8");
  }
  std::int64_t keep_alive_s = out.keep_alive.count() / 1000;
  if (ok) ok = read_integer(table["keep_alive_s"], 5, 3600, keep_alive_s);
  out.keep_alive = base::Duration(keep_alive_s * 1000);
  return ok;
}

base::Status read_subscription(const ConfigNode& table, Settings& out) {
  auto topics = table["topics"].strings();
  if (!topics) return tl::unexpected(topics.error());
  if (topics->empty()) {
    return table["topics"].error(Code::kMissing, "no topic is named",
                                 "for example topics = [\"buoys/#\"]");
  }
  for (const auto& topic : *topics) {
    if (auto ok = check_filter(topic); !ok) {
      return table["topics"].error(ok.error().code, ok.error().message, ok.error().hint);
    }
  }
  out.topics = std::move(*topics);
  auto ok = read_integer(table["qos"], 0, 1, out.qos);
  if (ok) ok = read_integer(table["max_payload"], 64, 1 << 20, out.max_payload);
  if (ok) ok = read_integer(table["max_per_s"], 1, 100'000, out.max_per_s);
  return ok;
}

}  // namespace jinglue::mqtt
