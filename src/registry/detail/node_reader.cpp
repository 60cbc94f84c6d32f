// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/node_reader.hpp"

#include <algorithm>
#include <set>

#include "access/access.hpp"

namespace jinglue::registry::detail {
namespace {

using base::Code;

bool is_key(std::string_view text) {
  if (text.empty() || text.size() > 40 || text[0] < 'a' || text[0] > 'z') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

void NodeReader::mistake(const Node& at, Code code, std::string message, std::string hint) {
  m_errors.push_back(base::Error{code, std::move(message), at.where(), std::move(hint)});
}

std::string NodeReader::text(const Node& node) {
  auto value = node.string();
  if (!value) {
    m_errors.push_back(value.error());
    return {};
  }
  if (base::trim(*value).empty()) mistake(node, Code::kMissing, "must not be empty");
  return *value;
}

std::string NodeReader::text_or_empty(const Node& node) {
  return node.present() ? text(node) : std::string();
}

bool NodeReader::flag(const Node& node) {
  auto value = node.boolean_or(false);
  if (!value) m_errors.push_back(value.error());
  return value && *value;
}

std::string NodeReader::key(const Node& node) {
  std::string value = text(node);
  if (!value.empty() && !is_key(value)) {
    mistake(node, Code::kMalformed, "'" + value + "' is not a key",
            "a small letter, then small letters, digits and '_', at most 40");
  }
  return value;
}

base::Words NodeReader::words(const Node& node) {
  return {text(node["zh"]), text(node["en"])};
}

std::vector<std::string> NodeReader::strings(const Node& node) {
  if (!node.present()) return {};
  auto value = node.strings();
  if (!value) {
    m_errors.push_back(value.error());
    return {};
  }
  std::set<std::string> seen;
  for (const auto& item : *value) {
    if (!seen.insert(item).second) mistake(node, Code::kConflict, "'" + item + "' is given twice");
  }
  return *value;
}

std::vector<std::string> NodeReader::roles(const Node& node) {
  auto out = strings(node);
  for (const auto& role : out) {
    if (!access::role_from(role)) {
      mistake(node, Code::kUnknown, "unknown role '" + role + "'",
              "the roles are listed in docs/guide/roles.md");
    }
  }
  return out;
}

void NodeReader::only(const Node& node, std::initializer_list<std::string_view> allowed) {
  for (const auto& [name, member] : node.members()) {
    if (std::find(allowed.begin(), allowed.end(), name) != allowed.end()) continue;
    std::string known;
    for (const auto item : allowed) known += (known.empty() ? "" : ", ") + std::string(item);
    mistake(member, Code::kUnknown, "unknown key '" + name + "'", "known keys: " + known);
  }
}

}  // namespace jinglue::registry::detail
