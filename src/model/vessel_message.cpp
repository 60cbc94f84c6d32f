// SPDX-License-Identifier: Apache-2.0
#include "model/vessel_message.hpp"

#include <array>

#include "base/keys.hpp"

namespace jinglue::model {
namespace {

constexpr std::array<std::string_view, 4> kKinds = {"", "beidou", "safety", "application"};

}  // namespace

std::string_view to_key(MessageKind kind) {
  return base::key_of(kKinds, kind);
}

std::optional<MessageKind> message_kind_from(std::string_view key) {
  return key.empty() ? std::nullopt : base::value_of<MessageKind>(kKinds, key);
}

}  // namespace jinglue::model
