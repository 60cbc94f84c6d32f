// SPDX-License-Identifier: Apache-2.0
// check_style ROOT: the parts of STYLE.md that a program can see, over src, tests, bench, fuzz and
// tools: licence line, what a file says first, line width, file and function length, naked new and
// delete, TODO without an issue, banned words, a README for each room. Prints FILE:LINE, exit 1 on
// any. A file may exceed a length with a line "// style: long because REASON" in its first 20
// lines.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <regex>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxWidth = 100;
constexpr std::size_t kMaxSource = 800;
constexpr std::size_t kMaxHeader = 400;
constexpr std::size_t kMaxFunction = 70;

int g_violations = 0;

void report(const std::string& file, std::size_t line, const std::string& text) {
  std::cout << file << ':' << line << ": " << text << '\n';
  ++g_violations;
}

/// Columns, counting each UTF-8 character once (a Chinese character takes two columns, but the
/// habit is about reading, not about terminals).
std::size_t width(const std::string& line) {
  return static_cast<std::size_t>(
      std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::vector<std::string> lines_of(const fs::path& file) {
  std::vector<std::string> out;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

/// A source beside its header is introduced there; a test by its path.
bool introduced_elsewhere(const fs::path& file, const std::string& name) {
  return name.find("tests/unit/") == 0 ||
         (file.extension() == ".cpp" && fs::exists(fs::path(file).replace_extension(".hpp")));
}

void check_head(const fs::path& file, const std::string& name,
                const std::vector<std::string>& lines) {
  if (lines.empty() || lines[0].find("SPDX-License-Identifier: Apache-2.0") == std::string::npos) {
    report(name, 1, "line 1 is the SPDX licence tag");
  }
  const bool says = lines.size() > 1 && lines[1].rfind("// ", 0) == 0;
  if (!says && !introduced_elsewhere(file, name)) {
    report(name, 2, "line 2 says what the file holds");
  }
}

bool excused(const std::vector<std::string>& lines) {
  const std::size_t end = std::min<std::size_t>(lines.size(), 20);
  return std::any_of(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(end),
                     [](const auto& l) { return l.find("// style: long because ") == 0; });
}

void check_lines(const std::string& name, const std::vector<std::string>& lines) {
  static const std::regex naked(
      R"((^|[^\w"/])(new [A-Z_a-z:]+[\(\{\[<;]|delete [a-z_]+;|delete\[\]))");
  static const std::regex todo(R"(\b(TODO|FIXME|XXX)\b(?!\(#\d+\)))");
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    if (width(line) > kMaxWidth) report(name, i + 1, "wider than 100 columns");
    if (line.find('\t') != std::string::npos) report(name, i + 1, "a tab");
    if (!line.empty() && line.back() == ' ') report(name, i + 1, "white space at the end");
    const std::string code = line.substr(0, line.find("//"));
    if (std::regex_search(code, naked)) report(name, i + 1, "naked new or delete");
    if (name.find("check_style") == std::string::npos && std::regex_search(line, todo)) {
      report(name, i + 1, "TODO without an issue number: TODO(#12)");
    }
  }
}

/// Bodies at column 0 or one level inside a class: from a line that ends in '{' and looks like a
/// function to the line that closes it at the same indent. clang-format keeps this form.
void check_functions(const std::string& name, const std::vector<std::string>& lines) {
  static const std::regex head(
      R"(^( {0,2})[\w:<>~&\*\[\]].*\)( const)?( noexcept)?( override)?( ->.*)? \{$)");
  static const std::regex no_function(
      R"(^ {0,2}(if|for|while|switch|else|do|namespace|struct|class|enum|TEST|RC_)\b)");
  std::smatch m;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!std::regex_match(lines[i], m, head) || std::regex_search(lines[i], no_function)) continue;
    const std::string close = m[1].str() + "}";
    for (std::size_t j = i + 1; j < lines.size(); ++j) {
      if (lines[j].rfind(close, 0) != 0) continue;
      if (j - i > kMaxFunction) {
        report(name, i + 1, "function of " + std::to_string(j - i) + " lines (at most 70)");
      }
      break;
    }
  }
}

void check_source(const fs::path& root, const fs::path& file) {
  const std::string name = fs::relative(file, root).generic_string();
  const auto lines = lines_of(file);
  check_head(file, name, lines);
  check_lines(name, lines);
  check_functions(name, lines);
  const std::size_t most = file.extension() == ".hpp" ? kMaxHeader : kMaxSource;
  if (lines.size() > most && !excused(lines)) {
    report(name, lines.size(), "longer than " + std::to_string(most) + " lines");
  }
  if (file.extension() == ".hpp" &&
      std::find(lines.begin(), lines.end(), "#pragma once") == lines.end()) {
    report(name, 1, "a header has #pragma once");
  }
}

void check_rooms_have_readme(const fs::path& root) {
  for (const auto& entry : fs::directory_iterator(root / "src")) {
    if (entry.is_directory() && !fs::is_empty(entry.path()) &&
        !fs::exists(entry.path() / "README.md")) {
      report("src/" + entry.path().filename().string(), 1, "a room has a README.md");
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const fs::path root = argc > 1 ? argv[1] : ".";
  if (!fs::is_directory(root / "src")) {
    std::cerr << "check_style: no src/ in " << root << '\n';
    return 2;
  }
  std::size_t files = 0;
  for (const char* folder : {"src", "tests", "bench", "fuzz", "tools"}) {
    if (!fs::is_directory(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const auto suffix = entry.path().extension();
      if (!entry.is_regular_file() || (suffix != ".hpp" && suffix != ".cpp")) continue;
      check_source(root, entry.path());
      ++files;
    }
  }
  check_rooms_have_readme(root);
  std::cout << "check_style: " << files << " files, " << g_violations << " violations\n";
  return g_violations == 0 ? 0 : 1;
}
