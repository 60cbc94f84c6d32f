// SPDX-License-Identifier: Apache-2.0
#include "picture/identity/flag_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

#include "base/keys.hpp"
#include "base/text.hpp"

namespace jinglue::picture {
namespace {

bool read_mid(std::string_view text, unsigned& value) {
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && stop == text.data() + text.size() && value >= 200 && value < 800;
}

constexpr std::array<std::string_view, 4> kSources = {"none", "register", "stated", "mmsi"};

bool is_code(std::string_view text, std::size_t letters) {
  return text.size() == letters &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

unsigned ship_mid(std::uint64_t digits) {
  return digits >= 200 && digits < 800 ? static_cast<unsigned>(digits) : 0;
}

base::Result<std::string> text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    return base::fail(base::Code::kMissing, "the table of flags cannot be read", file.string(),
                      "it is part of the program's data");
  }
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// `take(cells, line, where)` of each row below the heading, to the first that is refused.
template <class Take>
base::Status each_row(std::string_view csv, const std::string& name, Take take) {
  int line_number = 0;
  bool head = true;
  for (const auto raw : base::split(csv, '\n')) {
    ++line_number;
    const auto line = base::trim(raw);
    if (line.empty() || line.front() == '#') continue;
    if (std::exchange(head, false)) continue;
    const auto good = take(base::split(line, ','), line, name + ":" + std::to_string(line_number));
    if (!good) return good;
  }
  return {};
}

}  // namespace

std::string_view to_key(FlagSource source) {
  return base::key_of(kSources, source);
}

unsigned mid_of_mmsi(std::uint64_t mmsi) {
  if (mmsi >= 1'000'000'000) return 0;
  const auto first_three = mmsi / 1'000'000;
  if (first_three >= 200 && first_three < 800) return ship_mid(first_three);
  if (first_three == 111) return ship_mid(mmsi / 1'000 % 1'000);       // SAR aircraft
  if (first_three / 10 >= 98) return ship_mid(mmsi / 10'000 % 1'000);  // 98 craft, 99 AtoN
  if (first_three < 10) return ship_mid(mmsi / 10'000);                // 00 coast station
  return first_three < 100 ? ship_mid(mmsi / 100'000) : 0;             // 0 group
}

base::Result<FlagTable> FlagTable::parse(std::string_view csv, const std::string& name) {
  using Cells = std::vector<std::string_view>;
  FlagTable table;
  const auto take = [&](const Cells& cells, std::string_view line,
                        const std::string& where) -> base::Status {
    Row row;
    if (cells.size() != 4 || !read_mid(cells[0], row.from) || !read_mid(cells[1], row.to) ||
        !is_code(cells[2], 2)) {
      return base::fail(base::Code::kMalformed, "not a row of MIDs: '" + std::string(line) + "'",
                        where, "write it like 412,414,CN,high");
    }
    row.flag = cells[2];
    if (row.to < row.from || (!table.m_rows.empty() && row.from <= table.m_rows.back().to)) {
      return base::fail(base::Code::kConflict, "the ranges must ascend without overlap", where);
    }
    table.m_rows.push_back(std::move(row));
    return {};
  };
  if (auto good = each_row(csv, name, take); !good) return tl::unexpected(good.error());
  return table;
}

base::Result<FlagTable> FlagTable::read(const std::filesystem::path& file) {
  const auto text = text_of(file);
  if (!text) return tl::unexpected(text.error());
  return parse(*text, file.string());
}

base::Status FlagTable::add_countries(std::string_view csv, const std::string& name) {
  using Cells = std::vector<std::string_view>;
  return each_row(
      csv, name,
      [&](const Cells& cells, std::string_view line, const std::string& where) -> base::Status {
        if (cells.size() != 2 || !is_code(cells[0], 2) || !is_code(cells[1], 3)) {
          return base::fail(base::Code::kMalformed,
                            "not a row of codes: '" + std::string(line) + "'", where,
                            "write it like CN,CHN");
        }
        const std::string code(cells[0]);
        if (!m_countries.emplace(code, code).second ||
            !m_countries.emplace(std::string(cells[1]), code).second) {
          return base::fail(base::Code::kConflict, "a code stands twice", where);
        }
        return {};
      });
}

base::Status FlagTable::read_countries(const std::filesystem::path& file) {
  const auto text = text_of(file);
  if (!text) return tl::unexpected(text.error());
  return add_countries(*text, file.string());
}

std::string_view FlagTable::code_of(std::string_view stated) const {
  std::string code(base::trim(stated));
  for (char& c : code) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  const auto found = m_countries.find(code);
  return found == m_countries.end() ? std::string_view() : std::string_view(found->second);
}

Flag FlagTable::flag_of(std::string_view registered, std::string_view stated,
                        model::TerminalId terminal) const {
  if (!registered.empty()) return {std::string(registered), FlagSource::kRegister};
  if (const auto code = code_of(stated); !code.empty()) {
    return {std::string(code), FlagSource::kStated};
  }
  const auto code = flag_of_mmsi(terminal);
  return {std::string(code), code.empty() ? FlagSource::kNone : FlagSource::kMmsi};
}

std::string_view FlagTable::flag_of_mmsi(model::TerminalId terminal) const {
  if (terminal.kind() != model::TerminalKind::kMmsi) return {};
  const unsigned mid = mid_of_mmsi(terminal.number());
  const auto row = std::lower_bound(m_rows.begin(), m_rows.end(), mid,
                                    [](const Row& r, unsigned value) { return r.to < value; });
  return row != m_rows.end() && row->from <= mid ? std::string_view(row->flag) : std::string_view();
}

}  // namespace jinglue::picture
