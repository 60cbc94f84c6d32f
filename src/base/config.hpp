// SPDX-License-Identifier: Apache-2.0
// ConfigNode: a TOML document as a tree in which each node knows its file, line and key, so that
// every mistake in a rule, register, scenario or settings file is reported with all three.
// toml11 stays inside config.cpp (slow to compile).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/instant.hpp"
#include "base/local_time.hpp"
#include "base/result.hpp"

namespace jinglue::base {

class ConfigNode {
 public:
  using Array = std::vector<ConfigNode>;
  using Table = std::vector<std::pair<std::string, ConfigNode>>;  ///< in order of the file
  enum class Kind { kAbsent, kBool, kInt, kFloat, kString, kInstant, kLocalTime, kArray, kTable };

  ConfigNode() = default;

  Kind kind() const { return m_kind; }
  bool present() const { return m_kind != Kind::kAbsent; }
  explicit operator bool() const { return present(); }

  /// Member of a table. An absent member is returned as an absent node that knows its place.
  ConfigNode operator[](std::string_view key) const;
  const Array& items() const;    ///< empty when not an array
  const Table& members() const;  ///< empty when not a table

  /// Required values: an Error kMissing or kMalformed with file, line and key otherwise.
  Result<std::string> string() const;
  Result<std::int64_t> integer() const;
  Result<double> number() const;  ///< integers are accepted
  Result<bool> boolean() const;
  Result<Instant> instant() const;  ///< TOML offset date-time
  /// TOML local date or local date-time; a date is its 00:00:00.
  Result<CivilTime> local_time() const;
  Result<std::vector<std::string>> strings() const;

  /// Optional values: the default when absent, an Error when present with another type.
  Result<std::string> string_or(std::string otherwise) const;
  Result<std::int64_t> integer_or(std::int64_t otherwise) const;
  Result<double> number_or(double otherwise) const;
  Result<bool> boolean_or(bool otherwise) const;

  /// "rules/x.toml:12 season.from"
  std::string where() const;
  tl::unexpected<Error> error(Code code, std::string message, std::string hint = {}) const;
  /// The first key of this table that is not in `allowed`, as an Error kUnknown; else success.
  Status only(std::initializer_list<std::string_view> allowed) const;

 private:
  friend class ConfigBuilder;
  Kind m_kind{Kind::kAbsent};
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Instant, CivilTime, Array,
               Table>
      m_value;
  std::string m_key;
  int m_line{0};
  std::shared_ptr<const std::string> m_file;  // shared: one name for all nodes of a document
};

/// Error kMissing when there is no such file, kMalformed with file and line on bad TOML.
Result<ConfigNode> read_config(const std::filesystem::path& file);
Result<ConfigNode> parse_config(std::string_view text, const std::string& name);

}  // namespace jinglue::base
