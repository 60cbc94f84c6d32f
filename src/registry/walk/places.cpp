// SPDX-License-Identifier: Apache-2.0
#include "registry/walk/places.hpp"

namespace jinglue::registry {
namespace {

/// The entry of a list of tables with that key; absent when there is none.
base::ConfigNode find_entry(const base::ConfigNode& list, std::string_view key) {
  for (const auto& node : list.items()) {
    const auto own = node["key"].string();
    if (own && *own == key) return node;
  }
  return {};
}

}  // namespace

Places::Places(const std::filesystem::path& file) : m_file(file.string()) {
  if (auto read = base::read_config(file)) m_document = std::move(*read);
}

std::string Places::entry(const char* list, std::string_view key) const {
  const auto node = find_entry(m_document[list], key);
  return node.present() ? node["key"].where() : m_file;
}

std::string Places::transition(std::string_view key) const {
  return entry("transitions", key);
}

std::string Places::clock(std::string_view key) const {
  return entry("clocks", key);
}

std::string Places::tile(std::string_view key) const {
  return entry("tiles", key);
}

std::string Places::condition(std::string_view transition, std::size_t index) const {
  const auto node = find_entry(m_document["transitions"], transition)["conditions"];
  return index < node.items().size() ? node.items()[index]["when"].where()
                                     : this->transition(transition);
}

}  // namespace jinglue::registry
