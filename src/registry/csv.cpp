// SPDX-License-Identifier: Apache-2.0
#include "registry/csv.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace jinglue::registry {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

class Reader {
 public:
  explicit Reader(std::string_view bytes) : m_rest(bytes) {}

  base::Result<std::vector<CsvRow>> read() {
    std::vector<CsvRow> out;
    while (!m_rest.empty()) {
      CsvRow row{m_line, {}};
      if (auto good = read_row(row.cells); !good) return tl::unexpected(good.error());
      const bool blank = std::all_of(row.cells.begin(), row.cells.end(),
                                     [](const auto& cell) { return base::trim(cell).empty(); });
      if (!blank) out.push_back(std::move(row));
    }
    return out;
  }

 private:
  tl::unexpected<base::Error> wrong(const std::string& why) const {
    return base::fail(base::Code::kMalformed, why, "line " + std::to_string(m_line));
  }
  char take() {
    const char c = m_rest.front();
    m_rest.remove_prefix(1);
    if (c == '\n') ++m_line;
    return c;
  }
  bool at_end_of_row() const {
    return m_rest.empty() || m_rest.front() == '\n' || m_rest.starts_with("\r\n");
  }

  base::Status read_row(std::vector<std::string>& cells) {
    while (true) {
      std::string cell;
      const bool quoted = !m_rest.empty() && m_rest.front() == '"';
      if (quoted) {
        if (auto good = read_quoted(cell); !good) return good;
      } else {
        while (!at_end_of_row() && m_rest.front() != ',') cell += take();
      }
      cells.push_back(std::move(cell));
      if (!m_rest.empty() && m_rest.front() == ',') {
        take();
        continue;
      }
      if (!at_end_of_row()) return wrong("text after a closing quote");
      while (!m_rest.empty() && take() != '\n') {
      }
      return {};
    }
  }

  base::Status read_quoted(std::string& cell) {
    const std::size_t opened = m_line;
    take();
    while (!m_rest.empty()) {
      const char c = take();
      if (c != '"') {
        cell += c;
      } else if (!m_rest.empty() && m_rest.front() == '"') {
        cell += take();
      } else {
        return {};
      }
    }
    return base::fail(base::Code::kMalformed, "a quote is not closed",
                      "line " + std::to_string(opened));
  }

  std::string_view m_rest;
  std::size_t m_line{1};
};

/// After any apostrophes, something that a spreadsheet takes for the begin of a formula.
bool would_run(std::string_view text) {
  const auto at = text.find_first_not_of('\'');
  return at != std::string_view::npos &&
         std::string_view("=+-@\t\r").find(text[at]) != std::string_view::npos;
}

}  // namespace

std::string guarded(std::string text) {
  if (would_run(text)) text.insert(text.begin(), '\'');
  return text;
}

std::string unguarded(std::string cell) {
  if (cell.starts_with('\'') && would_run(cell)) cell.erase(cell.begin());
  return cell;
}

base::Result<std::vector<CsvRow>> read_csv(std::string_view bytes) {
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  if (!base::is_utf8(bytes)) {
    return base::fail(base::Code::kMalformed, "the file is not UTF-8", {},
                      "save it as CSV UTF-8 (另存为 CSV UTF-8)");
  }
  return Reader(bytes).read();
}

void append_csv_row(std::string& out, const std::vector<std::string>& cells) {
  bool first = true;
  for (const auto& cell : cells) {
    if (!first) out += ',';
    first = false;
    const bool edge = !cell.empty() && (base::trim(cell).size() != cell.size());
    if (!edge && cell.find_first_of(",\"\r\n") == std::string::npos) {
      out += cell;
      continue;
    }
    out += '"';
    for (const char c : cell) {
      if (c == '"') out += '"';
      out += c;
    }
    out += '"';
  }
  out += "\r\n";
}

}  // namespace jinglue::registry
