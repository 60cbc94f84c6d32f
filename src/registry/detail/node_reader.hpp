// SPDX-License-Identifier: Apache-2.0
// NodeReader: values of a TOML document as definitions of registers have them, gathering every
// mistake with file, line and key instead of stopping at the first.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/config.hpp"
#include "base/text.hpp"

namespace jinglue::registry::detail {

class NodeReader {
 public:
  const std::vector<base::Error>& errors() const { return m_errors; }
  void mistake(const base::ConfigNode& at, base::Code code, std::string message,
               std::string hint = {});

 protected:
  using Node = base::ConfigNode;

  std::string text(const Node& node);
  std::string text_or_empty(const Node& node);
  bool flag(const Node& node);
  std::string key(const Node& node);
  base::Words words(const Node& node);
  std::vector<std::string> strings(const Node& node);
  std::vector<std::string> roles(const Node& node);
  void only(const Node& node, std::initializer_list<std::string_view> allowed);

  std::vector<base::Error> m_errors;
};

}  // namespace jinglue::registry::detail
