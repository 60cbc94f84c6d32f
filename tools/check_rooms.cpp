// SPDX-License-Identifier: Apache-2.0
// check_rooms ROOT: reads the table of docs/design/rooms.md and every #include below src/, and
// prints each violation as FILE:LINE. Exit 0 = none, 1 = violations, 2 = cannot read.
// Its test (tests/tools) plants one violation of each kind and sees it found.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;
using Table = std::map<std::string, std::set<std::string>>;

namespace {

int g_violations = 0;

void report(const std::string& where, const std::string& text) {
  std::cout << where << ": " << text << '\n';
  ++g_violations;
}

std::set<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::set<std::string> out;
  for (std::string word; in >> word;) {
    if (word != "-") out.insert(word);
  }
  return out;
}

Table read_table(const fs::path& file) {
  Table table;
  std::ifstream in(file);
  const std::regex row(R"(^\| (\w+) \| ([\w \-]+) \|$)");
  std::smatch m;
  for (std::string line; std::getline(in, line);) {
    if (std::regex_match(line, m, row) && m[1] != "Room") table[m[1]] = words_of(m[2]);
  }
  return table;
}

void check_table_order(const Table& table) {
  std::map<std::string, int> colour;
  std::function<void(const std::string&)> visit = [&](const std::string& room) {
    colour[room] = 1;
    for (const auto& below : table.at(room)) {
      if (!table.contains(below)) {
        report("docs/design/rooms.md", room + " lists the unknown room " + below);
      } else if (colour[below] == 1) {
        report("docs/design/rooms.md", "cycle between " + room + " and " + below);
      } else if (colour[below] == 0) {
        visit(below);
      }
    }
    colour[room] = 2;
  };
  for (const auto& [room, _] : table) {
    if (colour[room] == 0) visit(room);
  }
}

/// src/CMakeLists.txt may link a room only to what the table lets it include.
void check_links(const fs::path& root, const Table& table) {
  std::ifstream in(root / "src/CMakeLists.txt");
  std::stringstream all;
  all << in.rdbuf();
  const std::string text = all.str();
  const std::regex call(R"(jinglue_room\(([^)]*)\))");
  for (std::sregex_iterator it(text.begin(), text.end(), call), end; it != end; ++it) {
    std::istringstream args((*it)[1]);
    std::string room, word, section;
    args >> room;
    while (args >> word) {
      if (word == "ROOMS" || word == "LIBS") {
        section = word;
      } else if (section == "ROOMS" && (!table.contains(room) || !table.at(room).contains(word))) {
        report("src/CMakeLists.txt", room + " links " + word + " against docs/design/rooms.md");
      }
    }
  }
}

const std::set<std::string> kBannedNames = {"util",    "utils", "common", "helper",
                                            "helpers", "misc",  "manager"};

void check_name(const fs::path& relative) {
  for (const auto& part : relative) {
    if (kBannedNames.contains(fs::path(part).stem().string())) {
      report(relative.string(), "the name '" + part.string() + "' says nothing; say what it holds");
    }
  }
}

/// A folder named detail is a part of its parent, so the two may include each other.
std::string capability_of(const fs::path& inside_src) {
  const fs::path folder = inside_src.parent_path();
  return (folder.filename() == "detail" ? folder.parent_path() : folder).generic_string();
}

struct Include {
  std::string header;
  bool angled{false};
  int line{0};
};

std::vector<Include> includes_of(const fs::path& file) {
  static const std::regex form(R"re(^\s*#\s*include\s*([<"])([^>"]+)[>"].*$)re");
  std::vector<Include> out;
  std::ifstream in(file);
  std::smatch m;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (std::regex_match(line, m, form)) out.push_back({m[2], m[1] == "<", number});
  }
  return out;
}

void check_foreign(const std::string& where, const std::string& room, const fs::path& inside,
                   const std::string& header) {
  if ((header == "sqlite3.h" || header == "libpq-fe.h") && room != "store") {
    report(where, "only store includes a database header (" + header + ")");
  }
  if (header.rfind("MQTT", 0) == 0 && room != "mqtt") {
    report(where, "only mqtt includes the MQTT client (" + header + ")");
  }
  if (header == "curl/curl.h" && inside.generic_string() != "output/smtp_post.cpp") {
    report(where, "only output/smtp_post.cpp includes libcurl");
  }
  const bool beast = header.rfind("boost/beast", 0) == 0 || header.rfind("boost/asio", 0) == 0;
  const std::string file = inside.generic_string();
  if (beast && file.rfind("serve/http/", 0) != 0 && file != "output/http_post.cpp") {
    report(where, "only serve/http includes " + header + ", and output/http_post.cpp");
  }
}

void check_own(const std::string& where, const std::string& room, const fs::path& inside,
               const std::string& header, const Table& table, Table& graph) {
  const fs::path other(header);
  const std::string other_room = other.begin()->string();
  if (!table.contains(other_room)) return;  // a file beside it, or generated
  if (other_room != room && !table.at(room).contains(other_room)) {
    report(where, room + " may not include " + other_room + " (" + header + ")");
  }
  const auto detail = header.find("/detail/");
  if (detail != std::string::npos &&
      inside.generic_string().rfind(header.substr(0, detail + 1), 0) != 0) {
    report(where, "detail/ is private to its parent (" + header + ")");
  }
  if (capability_of(inside) != capability_of(other)) {
    graph[capability_of(inside)].insert(capability_of(other));
  }
}

void check_clock(const fs::path& file, const std::string& relative, const std::string& room) {
  static const std::set<std::string> kClockless = {"detect", "drift", "account", "drill", "model"};
  if (!kClockless.contains(room)) return;
  std::ifstream in(file);
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.find("wall_now(") != std::string::npos ||
        line.find("system_clock::now") != std::string::npos) {
      report(relative + ":" + std::to_string(number),
             room + " reads no clock; take time as an argument");
    }
  }
}

void check_file(const fs::path& root, const fs::path& file, const Table& table, Table& graph) {
  const fs::path inside = fs::relative(file, root / "src");
  const std::string relative = "src/" + inside.generic_string();
  const std::string room = inside.begin()->string();
  check_name(inside);
  if (!table.contains(room)) {
    report(relative, "'" + room + "' is no room of docs/design/rooms.md");
    return;
  }
  check_clock(file, relative, room);
  for (const auto& inc : includes_of(file)) {
    const std::string where = relative + ":" + std::to_string(inc.line);
    if (inc.angled) {
      check_foreign(where, room, inside, inc.header);
    } else {
      check_own(where, room, inside, inc.header, table, graph);
    }
  }
}

void check_cycles(const Table& graph) {
  std::map<std::string, int> colour;
  std::vector<std::string> path;
  std::function<void(const std::string&)> visit = [&](const std::string& at) {
    colour[at] = 1;
    path.push_back(at);
    const auto found = graph.find(at);
    if (found != graph.end()) {
      for (const auto& next : found->second) {
        if (colour[next] == 0)
          visit(next);
        else if (colour[next] == 1) {
          std::string text;
          for (auto it = std::find(path.begin(), path.end(), next); it != path.end(); ++it) {
            text += *it + " -> ";
          }
          report("src", "cycle of folders: " + text + next);
        }
      }
    }
    path.pop_back();
    colour[at] = 2;
  };
  for (const auto& [folder, _] : graph) {
    if (colour[folder] == 0) visit(folder);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const fs::path root = argc > 1 ? argv[1] : ".";
  const Table table = read_table(root / "docs/design/rooms.md");
  if (table.empty() || !fs::is_directory(root / "src")) {
    std::cerr << "check_rooms: no table in " << root / "docs/design/rooms.md" << " or no src/\n";
    return 2;
  }
  check_table_order(table);
  check_links(root, table);
  Table graph;
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(root / "src")) {
    const auto suffix = entry.path().extension();
    if (!entry.is_regular_file() || (suffix != ".hpp" && suffix != ".cpp")) continue;
    check_file(root, entry.path(), table, graph);
    ++files;
  }
  check_cycles(graph);
  std::cout << "check_rooms: " << files << " files, " << g_violations << " violations\n";
  return g_violations == 0 ? 0 : 1;
}
