// SPDX-License-Identifier: Apache-2.0
// Places: where transitions, conditions and clocks of one definition stand in its file.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/config.hpp"

namespace jinglue::registry {

class Places {
 public:
  explicit Places(const std::filesystem::path& file);
  /// "registers/task.toml:310 transitions.key"; the file alone for what does not stand in it.
  std::string transition(std::string_view key) const;
  std::string condition(std::string_view transition, std::size_t index) const;
  std::string clock(std::string_view key) const;
  std::string tile(std::string_view key) const;
  std::string file() const { return m_file; }

 private:
  std::string entry(const char* list, std::string_view key) const;
  std::string m_file;
  base::ConfigNode m_document;
};

}  // namespace jinglue::registry
