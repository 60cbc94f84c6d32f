// SPDX-License-Identifier: Apache-2.0
#include "mqtt/topic.hpp"

#include <string>

#include "base/text.hpp"

namespace jinglue::mqtt {
namespace {

using base::Code;
using std::string_view;

constexpr std::size_t kMostBytes = 65535;  // a length of two octets

base::Status check_text(string_view text, const char* what) {
  const std::string name(what);
  if (text.empty()) return base::fail(Code::kMalformed, "the " + name + " is empty");
  if (text.size() > kMostBytes) {
    return base::fail(Code::kTooLarge, "the " + name + " is longer than 65535 bytes");
  }
  if (text.find('\0') != string_view::npos || !base::is_utf8(text)) {
    return base::fail(Code::kMalformed, "the " + name + " is no text in UTF-8");
  }
  return {};
}

/// Takes the first level off; false when there is none any more.
bool take_level(string_view& rest, bool& more, string_view& level) {
  if (!more) return false;
  const auto slash = rest.find('/');
  level = rest.substr(0, slash);
  more = slash != string_view::npos;
  rest = more ? rest.substr(slash + 1) : string_view{};
  return true;
}

}  // namespace

base::Status check_topic(string_view topic) {
  if (auto ok = check_text(topic, "topic"); !ok) return ok;
  if (topic.find_first_of("+#") == string_view::npos) return {};
  return base::fail(Code::kMalformed, "'" + std::string(topic) + "' is no topic to publish to", {},
                    "a topic has no '+' and no '#'");
}

base::Status check_filter(string_view filter) {
  if (auto ok = check_text(filter, "topic filter"); !ok) return ok;
  string_view rest = filter, level;
  for (bool more = true; take_level(rest, more, level);) {
    const bool wild = level.find_first_of("+#") != string_view::npos;
    if (!wild || level == "+" || (level == "#" && !more)) continue;
    return base::fail(Code::kMalformed, "'" + std::string(filter) + "' is no topic filter", {},
                      "'+' stands alone between slashes, '#' alone at the end");
  }
  return {};
}

bool matches(string_view filter, string_view topic, std::vector<string_view>& levels) {
  levels.clear();
  const bool wild_first = !filter.empty() && (filter[0] == '+' || filter[0] == '#');
  if (wild_first && !topic.empty() && topic[0] == '$') return false;
  bool more_filter = true, more_topic = true;
  string_view wanted, level;
  while (take_level(filter, more_filter, wanted)) {
    if (wanted == "#") return true;
    if (!take_level(topic, more_topic, level)) return false;
    if (wanted == "+") {
      levels.push_back(level);
    } else if (wanted != level) {
      return false;
    }
  }
  return !more_topic;
}

bool matches(string_view filter, string_view topic) {
  std::vector<string_view> levels;
  return matches(filter, topic, levels);
}

}  // namespace jinglue::mqtt
