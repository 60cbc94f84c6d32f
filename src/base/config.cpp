// SPDX-License-Identifier: Apache-2.0
#include "base/config.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>
#include <toml.hpp>

#include "base/text.hpp"

namespace jinglue::base {
namespace {

using Toml = toml::basic_value<toml::discard_comments, std::map, std::vector>;

/// Line numbers by the place in the text. toml11's own location() counts from the first line for
/// every value, which takes seconds for a file of some thousand lines.
class Lines {
 public:
  explicit Lines(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') m_ends.push_back(std::ptrdiff_t(i));
    }
  }
  int of(const Toml& value) const {
    const auto* region = dynamic_cast<const toml::detail::region*>(toml::detail::get_region(value));
    if (region == nullptr || !region->is_ok()) return 0;
    const auto at = std::distance(region->begin(), region->first());
    return 1 + int(std::lower_bound(m_ends.begin(), m_ends.end(), at) - m_ends.begin());
  }

 private:
  std::vector<std::ptrdiff_t> m_ends;
};

CivilTime civil(const toml::local_date& date) {
  return {int(date.year), int(date.month) + 1, int(date.day), 0, 0, 0};
}

CivilTime civil(const toml::local_datetime& t) {
  CivilTime out = civil(t.date);
  out.hour = t.time.hour;
  out.minute = t.time.minute;
  out.second = t.time.second;
  return out;
}

/// Not by toml11's own conversion, which counts nanoseconds (they end in 2262) and goes through the
/// machine's time zone.
Instant instant_of(const toml::offset_datetime& t) {
  using namespace std::chrono;
  const auto date = year(t.date.year) / (t.date.month + 1) / t.date.day;
  const auto time = hours(t.time.hour) + minutes(t.time.minute) + seconds(t.time.second) +
                    milliseconds(t.time.millisecond) - minutes(t.offset);
  return {Duration(sys_days(date).time_since_epoch() + time).count()};
}

/// How deep brackets, braces and dotted keys go. toml11 and the tree of nodes recurse, so this is
/// looked at before either runs.
class Nesting {
 public:
  static constexpr int kMost = 64;

  /// The line in which the text goes deeper than kMost; 0 when it does not.
  int too_deep(std::string_view text) {
    for (m_rest = text; !m_rest.empty();) {
      const char c = m_rest.front();
      if (c == '"' || c == '\'') {
        skip_string(c);
        continue;
      }
      if (c == '#') m_rest.remove_prefix(std::min(m_rest.find('\n'), m_rest.size()));
      if (c == '#') continue;
      step(c);
      if (m_open + m_dots > kMost) return m_line;
      m_rest.remove_prefix(1);
    }
    return 0;
  }

 private:
  void step(char c) {
    if (c == '\n') ++m_line;
    if (c == '[' || c == '{') ++m_open;
    if (c == ']' || c == '}') m_open = std::max(m_open - 1, 0);
    if (c == '.') ++m_dots;
    if (c == '\n' || c == ',' || c == '=') m_dots = 0;
  }

  /// An end that is not there takes the rest: the parser will say so.
  void skip_string(char quote) {
    const std::string three(3, quote);
    const bool many = m_rest.starts_with(three);
    const std::string_view end = many ? std::string_view(three) : m_rest.substr(0, 1);
    std::size_t at = end.size();
    while (at < m_rest.size() && m_rest.substr(at, end.size()) != end) {
      if (m_rest[at] == '\n') {
        ++m_line;
        m_dots = 0;
        if (!many) break;
      }
      at += quote == '"' && m_rest[at] == '\\' ? 2 : 1;
    }
    m_rest.remove_prefix(std::min(at + end.size(), m_rest.size()));
  }

  std::string_view m_rest;
  int m_line{1}, m_open{0}, m_dots{0};
};

}  // namespace

class ConfigBuilder {
 public:
  ConfigBuilder(std::string file, std::string_view text)
      : m_file(std::make_shared<const std::string>(std::move(file))), m_lines(text) {}

  ConfigNode build(const Toml& source, std::string key) {
    ConfigNode node;
    node.m_key = std::move(key);
    node.m_line = m_lines.of(source);
    node.m_file = m_file;
    fill(node, source);
    return node;
  }

 private:
  void fill(ConfigNode& node, const Toml& source) {
    using Kind = ConfigNode::Kind;
    const auto set = [&node](Kind kind, auto value) {
      node.m_kind = kind;
      node.m_value = std::move(value);
    };
    if (source.is_boolean()) return set(Kind::kBool, source.as_boolean());
    if (source.is_integer()) return set(Kind::kInt, std::int64_t{source.as_integer()});
    if (source.is_floating()) return set(Kind::kFloat, source.as_floating());
    if (source.is_string()) return set(Kind::kString, std::string(source.as_string().str));
    if (source.is_local_date()) return set(Kind::kLocalTime, civil(source.as_local_date()));
    if (source.is_local_datetime()) return set(Kind::kLocalTime, civil(source.as_local_datetime()));
    if (source.is_offset_datetime()) {
      return set(Kind::kInstant, instant_of(source.as_offset_datetime()));
    }
    if (source.is_array()) return fill_array(node, source);
    if (source.is_table()) fill_table(node, source);
  }

  void fill_array(ConfigNode& node, const Toml& source) {
    ConfigNode::Array items;
    for (const auto& item : source.as_array()) {
      items.push_back(build(item, node.m_key + "[" + std::to_string(items.size()) + "]"));
    }
    node.m_kind = ConfigNode::Kind::kArray;
    node.m_value = std::move(items);
  }

  // The map forgets the order of the file; the lines bring it back.
  void fill_table(ConfigNode& node, const Toml& source) {
    ConfigNode::Table members;
    for (const auto& [name, value] : source.as_table()) {
      members.emplace_back(name, build(value, node.m_key.empty() ? name : node.m_key + "." + name));
    }
    std::stable_sort(members.begin(), members.end(), [](const auto& a, const auto& b) {
      return a.second.m_line < b.second.m_line;
    });
    node.m_kind = ConfigNode::Kind::kTable;
    node.m_value = std::move(members);
  }

  std::shared_ptr<const std::string> m_file;
  Lines m_lines;
};

ConfigNode ConfigNode::operator[](std::string_view key) const {
  for (const auto& [name, node] : members()) {
    if (name == key) return node;
  }
  ConfigNode absent;
  absent.m_key = m_key.empty() ? std::string(key) : m_key + "." + std::string(key);
  absent.m_line = m_line;
  absent.m_file = m_file;
  return absent;
}

const ConfigNode::Array& ConfigNode::items() const {
  static const Array kEmpty;
  const auto* v = std::get_if<Array>(&m_value);
  return v != nullptr ? *v : kEmpty;
}

const ConfigNode::Table& ConfigNode::members() const {
  static const Table kEmpty;
  const auto* v = std::get_if<Table>(&m_value);
  return v != nullptr ? *v : kEmpty;
}

std::string ConfigNode::where() const {
  std::string out = m_file ? *m_file : std::string("?");
  if (m_line > 0) out += ":" + std::to_string(m_line);
  if (!m_key.empty()) out += " " + m_key;
  return out;
}

tl::unexpected<Error> ConfigNode::error(Code code, std::string message, std::string hint) const {
  return fail(code, std::move(message), where(), std::move(hint));
}

namespace {

template <class T>
Result<T> want(const ConfigNode& node, const T* value, const char* kind) {
  if (!node.present()) return node.error(Code::kMissing, std::string("a ") + kind + " is required");
  if (value == nullptr) return node.error(Code::kMalformed, std::string("must be a ") + kind);
  return *value;
}

}  // namespace

Result<std::string> ConfigNode::string() const {
  return want(*this, std::get_if<std::string>(&m_value), "string");
}
Result<std::int64_t> ConfigNode::integer() const {
  return want(*this, std::get_if<std::int64_t>(&m_value), "whole number");
}
Result<bool> ConfigNode::boolean() const {
  return want(*this, std::get_if<bool>(&m_value), "true or false");
}
Result<Instant> ConfigNode::instant() const {
  return want(*this, std::get_if<Instant>(&m_value), "date-time with an offset");
}
Result<CivilTime> ConfigNode::local_time() const {
  return want(*this, std::get_if<CivilTime>(&m_value), "local date or date-time");
}
Result<double> ConfigNode::number() const {
  if (const auto* v = std::get_if<std::int64_t>(&m_value)) return double(*v);
  // TOML has inf and nan; no limit or speed is one, and nan passes every test of a range.
  if (const auto* v = std::get_if<double>(&m_value); v != nullptr && !std::isfinite(*v)) {
    return error(Code::kMalformed, "must be a finite number");
  }
  return want(*this, std::get_if<double>(&m_value), "number");
}

Result<std::vector<std::string>> ConfigNode::strings() const {
  if (m_kind != Kind::kArray) {
    return error(present() ? Code::kMalformed : Code::kMissing, "must be a list of strings");
  }
  std::vector<std::string> out;
  for (const auto& item : items()) {
    auto text = item.string();
    if (!text) return tl::unexpected(text.error());
    out.push_back(std::move(*text));
  }
  return out;
}

Result<std::string> ConfigNode::string_or(std::string otherwise) const {
  return present() ? string() : otherwise;
}
Result<std::int64_t> ConfigNode::integer_or(std::int64_t otherwise) const {
  return present() ? integer() : otherwise;
}
Result<double> ConfigNode::number_or(double otherwise) const {
  return present() ? number() : otherwise;
}
Result<bool> ConfigNode::boolean_or(bool otherwise) const {
  return present() ? boolean() : otherwise;
}

Status ConfigNode::only(std::initializer_list<std::string_view> allowed) const {
  for (const auto& [name, node] : members()) {
    if (std::find(allowed.begin(), allowed.end(), name) == allowed.end()) {
      std::string known;
      for (const auto key : allowed) known += (known.empty() ? "" : ", ") + std::string(key);
      return node.error(Code::kUnknown, "unknown key '" + name + "'", "known keys: " + known);
    }
  }
  return {};
}

namespace {

/// The first line that is not UTF-8, from 1; 0 = none.
int line_not_utf8(std::string_view text) {
  if (is_utf8(text)) return 0;
  int line = 1;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (!is_utf8(text.substr(0, end))) return line;
    text.remove_prefix(std::min(end + 1, text.size()));
    ++line;
  }
  return line;
}

}  // namespace

Result<ConfigNode> parse_config(std::string_view text, const std::string& name) {
  if (const int line = Nesting().too_deep(text); line > 0) {
    return fail(Code::kTooLarge, "nested too deeply", name + ":" + std::to_string(line),
                "at most " + std::to_string(Nesting::kMost) + " levels");
  }
  // The library names the place of wrong bytes by reading past them.
  if (const int line = line_not_utf8(text); line > 0) {
    return fail(Code::kMalformed, "not TOML: not UTF-8", name + ":" + std::to_string(line),
                "save the file as UTF-8");
  }
  std::istringstream in{std::string(text)};
  try {
    const Toml root = toml::parse<toml::discard_comments, std::map, std::vector>(in, name);
    return ConfigBuilder(name, text).build(root, "");
  } catch (const toml::syntax_error& e) {
    const auto line = e.location().line();
    std::string reason = e.what();
    reason = reason.substr(0, reason.find('\n'));
    return fail(Code::kMalformed, "not TOML: " + reason, name + ":" + std::to_string(line));
  } catch (const std::exception& e) {
    return fail(Code::kMalformed, std::string("not TOML: ") + e.what(), name);
  }
}

Result<ConfigNode> read_config(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(Code::kMissing, "cannot read the file", file.string());
  std::ostringstream text;
  text << in.rdbuf();
  return parse_config(text.str(), file.string());
}

}  // namespace jinglue::base
