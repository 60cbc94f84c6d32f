// SPDX-License-Identifier: Apache-2.0
#include "store/block/sealed.hpp"

#include <cstring>

#include "base/hash.hpp"

namespace jinglue::store {
namespace {
constexpr std::size_t kCheckSum = 4;
}  // namespace

void seal(std::string& bytes) {
  const auto sum = base::crc32c(bytes);
  bytes.append(reinterpret_cast<const char*>(&sum), kCheckSum);
}

base::Result<std::string_view> unsealed(std::string_view bytes, std::uint8_t version,
                                        const char* what) {
  const auto malformed = [&](const char* reason) {
    return base::fail(base::Code::kMalformed,
                      std::string("the ") + what + " is damaged: " + reason);
  };
  if (bytes.size() <= kCheckSum) return malformed("it is too short");
  const auto body = bytes.substr(0, bytes.size() - kCheckSum);
  const auto found = static_cast<std::uint8_t>(body[0]);
  if (found != version) {
    return base::fail(base::Code::kUnknown, std::string(what) + " version " + std::to_string(found),
                      {}, "a newer program wrote it, or the byte is damaged");
  }
  std::uint32_t sum = 0;
  std::memcpy(&sum, bytes.data() + body.size(), kCheckSum);
  if (sum != base::crc32c(body)) return malformed("the check sum differs");
  return body.substr(1);
}

}  // namespace jinglue::store
