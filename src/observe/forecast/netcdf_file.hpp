// SPDX-License-Identifier: Apache-2.0
// NetcdfFile: a NetCDF file open for reading, with answers instead of codes. Included by the
// readers of this folder only.
#pragma once

#include <netcdf.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace jinglue::observe::forecast {

struct NetcdfVariable {
  int id{-1};
  std::string name;
  std::vector<int> dimensions;
};

class NetcdfFile {
 public:
  static base::Result<NetcdfFile> open(const std::filesystem::path& path);
  NetcdfFile(NetcdfFile&& other) noexcept : m_id(other.m_id), m_name(std::move(other.m_name)) {
    other.m_id = -1;
  }
  NetcdfFile& operator=(NetcdfFile&&) = delete;
  ~NetcdfFile() {
    if (m_id >= 0) nc_close(m_id);
  }

  const std::string& name() const { return m_name; }
  std::vector<NetcdfVariable> variables() const;
  std::optional<NetcdfVariable> variable(const std::string& name) const;
  std::size_t length(int dimension) const;
  std::string dimension_name(int dimension) const;
  /// Empty when it has none, or one that is no text.
  std::string text(int variable, const char* attribute) const;
  std::vector<double> numbers(int variable, const char* attribute) const;
  /// Absent when it has not exactly one.
  std::optional<double> number(int variable, const char* attribute) const {
    const auto all = numbers(variable, attribute);
    return all.size() == 1 ? std::optional(all[0]) : std::nullopt;
  }
  /// A whole variable of one dimension, or of the dimensions that it has, in its order.
  base::Result<std::vector<double>> values(const NetcdfVariable& variable) const;
  base::Result<std::vector<float>> slab(const NetcdfVariable& variable,
                                        const std::vector<std::size_t>& start,
                                        const std::vector<std::size_t>& count) const;
  tl::unexpected<base::Error> wrong(base::Code code, const std::string& variable, std::string what,
                                    std::string hint = {}) const {
    return base::fail(code, std::move(what), variable.empty() ? m_name : m_name + " " + variable,
                      std::move(hint));
  }

 private:
  NetcdfFile(int id, std::string name) : m_id(id), m_name(std::move(name)) {}
  int m_id;
  std::string m_name;
};

}  // namespace jinglue::observe::forecast
