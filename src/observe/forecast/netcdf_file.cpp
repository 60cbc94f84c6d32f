// SPDX-License-Identifier: Apache-2.0
#include "observe/forecast/netcdf_file.hpp"

#include <array>
#include <numeric>

namespace jinglue::observe::forecast {
namespace {

constexpr std::size_t kMostValues = 400'000'000;
constexpr std::size_t kLongestText = 100'000;

}  // namespace

base::Result<NetcdfFile> NetcdfFile::open(const std::filesystem::path& path) {
  int id = -1;
  if (const int code = nc_open(path.c_str(), NC_NOWRITE, &id); code != NC_NOERR) {
    return base::fail(base::Code::kMalformed, std::string("no NetCDF file: ") + nc_strerror(code),
                      path.filename().string(), "give NetCDF (classic or 4) with CF conventions");
  }
  return NetcdfFile(id, path.filename().string());
}

std::vector<NetcdfVariable> NetcdfFile::variables() const {
  int count = 0;
  nc_inq_nvars(m_id, &count);
  std::vector<NetcdfVariable> out;
  for (int id = 0; id < count; ++id) {
    std::array<char, NC_MAX_NAME + 1> name{};
    std::array<int, NC_MAX_VAR_DIMS> dimensions{};
    int dimension_count = 0;
    if (nc_inq_var(m_id, id, name.data(), nullptr, &dimension_count, dimensions.data(), nullptr) !=
        NC_NOERR) {
      continue;
    }
    out.push_back({id, name.data(), {dimensions.begin(), dimensions.begin() + dimension_count}});
  }
  return out;
}

std::optional<NetcdfVariable> NetcdfFile::variable(const std::string& name) const {
  for (auto& one : variables()) {
    if (one.name == name) return one;
  }
  return std::nullopt;
}

std::size_t NetcdfFile::length(int dimension) const {
  std::size_t out = 0;
  nc_inq_dimlen(m_id, dimension, &out);
  return out;
}

std::string NetcdfFile::dimension_name(int dimension) const {
  std::array<char, NC_MAX_NAME + 1> name{};
  nc_inq_dimname(m_id, dimension, name.data());
  return name.data();
}

std::string NetcdfFile::text(int variable, const char* attribute) const {
  nc_type type = NC_NAT;
  std::size_t length = 0;
  if (nc_inq_att(m_id, variable, attribute, &type, &length) != NC_NOERR) return {};
  if (length > kLongestText) return {};
  if (type == NC_CHAR) {
    std::string out(length, '\0');
    if (nc_get_att_text(m_id, variable, attribute, out.data()) != NC_NOERR) return {};
    while (!out.empty() && out.back() == '\0') out.pop_back();
    return out;
  }
  if (type != NC_STRING || length != 1) return {};
  char* value = nullptr;
  if (nc_get_att_string(m_id, variable, attribute, &value) != NC_NOERR) return {};
  std::string out = value == nullptr ? "" : value;
  nc_free_string(1, &value);
  return out;
}

std::vector<double> NetcdfFile::numbers(int variable, const char* attribute) const {
  constexpr std::size_t kMost = 16;
  nc_type type = NC_NAT;
  std::size_t length = 0;
  if (nc_inq_att(m_id, variable, attribute, &type, &length) != NC_NOERR) return {};
  if (length > kMost || type == NC_CHAR || type == NC_STRING) return {};
  std::vector<double> out(length);
  if (nc_get_att_double(m_id, variable, attribute, out.data()) != NC_NOERR) return {};
  return out;
}

base::Result<std::vector<double>> NetcdfFile::values(const NetcdfVariable& variable) const {
  std::size_t count = 1;
  for (const int dimension : variable.dimensions) {
    const auto one = length(dimension);
    if (one != 0 && count > kMostValues / one) {
      return wrong(base::Code::kTooLarge, variable.name, "more than 400 million values");
    }
    count *= one;
  }
  std::vector<double> out(count);
  if (const int code = nc_get_var_double(m_id, variable.id, out.data()); code != NC_NOERR) {
    return wrong(base::Code::kMalformed, variable.name, nc_strerror(code));
  }
  return out;
}

base::Result<std::vector<float>> NetcdfFile::slab(const NetcdfVariable& variable,
                                                  const std::vector<std::size_t>& start,
                                                  const std::vector<std::size_t>& count) const {
  std::size_t total = 1;
  for (const auto one : count) {
    if (one != 0 && total > kMostValues / one) {
      return wrong(base::Code::kTooLarge, variable.name, "more than 400 million values",
                   "cut the region or the time that is needed out of it");
    }
    total *= one;
  }
  std::vector<float> out(total);
  const int code = nc_get_vara_float(m_id, variable.id, start.data(), count.data(), out.data());
  if (code != NC_NOERR && code != NC_ERANGE) {
    return wrong(base::Code::kMalformed, variable.name, nc_strerror(code));
  }
  return out;
}

}  // namespace jinglue::observe::forecast
