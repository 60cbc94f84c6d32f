// SPDX-License-Identifier: Apache-2.0
#include "detect/rule/toml_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace jinglue::detect {

using base::Code;
using base::ConfigNode;

bool TomlReader::table(const ConfigNode& node, std::initializer_list<std::string_view> allowed) {
  if (node.kind() != ConfigNode::Kind::kTable) {
    complain(node, node.present() ? Code::kMalformed : Code::kMissing, "a table is required");
    return false;
  }
  for (const auto& [name, member] : node.members()) {
    if (std::find(allowed.begin(), allowed.end(), name) != allowed.end()) continue;
    complain(member, Code::kUnknown, "unknown key '" + name + "'",
             fmt::format("known keys: {}", fmt::join(allowed, ", ")));
  }
  return true;
}

std::string TomlReader::text(const ConfigNode& node) {
  std::string value = take(node.string());
  if (value.empty() && node.kind() == ConfigNode::Kind::kString) {
    complain(node, Code::kMissing, "must not be empty");
  }
  return value;
}

std::string TomlReader::text_or(const ConfigNode& node, std::string otherwise) {
  return take(node.string_or(std::move(otherwise)));
}

std::vector<std::string> TomlReader::texts(const ConfigNode& node) {
  if (!node.present()) return {};
  auto out = take(node.strings());
  if (out.empty() && node.items().empty() && node.kind() == ConfigNode::Kind::kArray) {
    complain(node, Code::kMissing, "the list is empty", "leave the key out, or name something");
  }
  return out;
}

base::Words TomlReader::words(const ConfigNode& node) {
  if (!table(node, {"zh", "en"})) return {};
  return {text(node["zh"]), text(node["en"])};
}

double TomlReader::number(const ConfigNode& node, double low, double high, double otherwise) {
  const double value = take(node.number_or(otherwise));
  if (value >= low && value <= high) return value;
  complain(node, Code::kOutOfRange, fmt::format("must be from {} to {}", low, high));
  return otherwise;
}

std::int64_t TomlReader::whole(const ConfigNode& node, std::int64_t low, std::int64_t high,
                               std::int64_t otherwise) {
  const std::int64_t value = take(node.integer_or(otherwise), otherwise);
  if (value >= low && value <= high) return value;
  complain(node, Code::kOutOfRange, fmt::format("must be from {} to {}", low, high));
  return otherwise;
}

bool TomlReader::flag(const ConfigNode& node, bool otherwise) {
  return take(node.boolean_or(otherwise), otherwise);
}

base::Duration TomlReader::minutes(const ConfigNode& node, std::int64_t otherwise) {
  constexpr std::int64_t kYear = std::int64_t{366} * 24 * 60;
  return std::chrono::minutes(whole(node, 0, kYear, otherwise));
}

std::string TomlReader::date(const ConfigNode& node) {
  if (node.kind() != ConfigNode::Kind::kLocalTime) {
    complain(node, node.present() ? Code::kMalformed : Code::kMissing,
             "a date is required, such as 2023-03-13");
    return {};
  }
  const auto day = take(node.local_time());
  return fmt::format("{:04d}-{:02d}-{:02d}", day.year, day.month, day.day);
}

base::Instant TomlReader::instant(const ConfigNode& node, const std::string& timezone,
                                  base::Instant otherwise) {
  if (!node.present()) return otherwise;
  if (node.kind() == ConfigNode::Kind::kInstant) return take(node.instant(), otherwise);
  if (node.kind() != ConfigNode::Kind::kLocalTime) {
    complain(node, Code::kMalformed, "must be a date or a date-time",
             "write it without quotes: 2023-03-13 or 2023-05-01T12:00:00");
    return otherwise;
  }
  if (timezone.empty()) return otherwise;  // reported once, at the key `timezone`
  const auto local = node.local_time();
  if (!local) return take(base::Result<base::Instant>(tl::unexpected(local.error())), otherwise);
  auto out = base::to_instant(*local, timezone);
  if (!out) complain(node, out.error().code, out.error().message, out.error().hint);
  return out.value_or(otherwise);
}

}  // namespace jinglue::detect
