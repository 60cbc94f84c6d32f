// SPDX-License-Identifier: Apache-2.0
// A zip file of a few parts in memory, deflated, without times, so that equal parts give equal
// bytes.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace jinglue::registry {

class ZipWriter {
 public:
  void add(std::string name, std::string bytes) {
    m_parts.emplace_back(std::move(name), std::move(bytes));
  }
  std::string take() const;

 private:
  std::vector<std::pair<std::string, std::string>> m_parts;
};

}  // namespace jinglue::registry
