// SPDX-License-Identifier: Apache-2.0
#include "observe/ais/applications.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace jinglue::observe::ais {
namespace {

using base::Code;
using base::ConfigNode;
using base::Status;
using Item = Layout::Item;

constexpr int kDeepest = 4;
constexpr std::size_t kMostItems = 300;
constexpr std::size_t kMostRepetitions = 128;

constexpr std::pair<std::string_view, FieldKind> kKinds[] = {
    {"unsigned", FieldKind::kUnsigned},
    {"signed", FieldKind::kSigned},
    {"flag", FieldKind::kFlag},
    {"text", FieldKind::kText},
    {"hex", FieldKind::kHex},
    {"spare", FieldKind::kSpare},
    {"longitude", FieldKind::kLongitude},
    {"latitude", FieldKind::kLatitude},
};

/// Reads whole numbers of a table within their limits, and keeps the first mistake.
class Numbers {
 public:
  explicit Numbers(const ConfigNode& node) : m_node(node) {}

  std::int64_t get(std::string_view key, std::int64_t otherwise, std::int64_t low,
                   std::int64_t high) {
    const ConfigNode node = m_node[key];
    const auto value = node.integer_or(otherwise);
    if (!value) {
      keep(tl::unexpected(value.error()));
      return otherwise;
    }
    if (*value < low || *value > high) {
      keep(node.error(Code::kOutOfRange, fmt::format("must be {} to {}", low, high)));
      return otherwise;
    }
    return *value;
  }
  void keep(Status status) {
    if (m_status && !status) m_status = std::move(status);
  }
  const Status& status() const { return m_status; }

 private:
  const ConfigNode& m_node;
  Status m_status;
};

Status read_none(const ConfigNode& node, Field& out) {
  if (!node) return {};
  if (node.kind() == ConfigNode::Kind::kInt) {
    out.none = *node.integer();
    return {};
  }
  if (node.items().empty() || node.items().size() > 2) {
    return node.error(Code::kMalformed, "must be a whole number or a list of one or two");
  }
  for (const auto& item : node.items()) {
    const auto value = item.integer();
    if (!value) return tl::unexpected(value.error());
    out = out.without(*value);
  }
  return {};
}

bool is_name(std::string_view name) {
  if (name.empty() || name.front() < 'a' || name.front() > 'z') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

base::Result<std::string> read_name(const ConfigNode& node) {
  auto name = node.string();
  if (name && !is_name(*name)) {
    return node.error(Code::kMalformed, "a name is lower case letters, digits and underscores");
  }
  return name;
}

/// The item of `before` that a group's count or a switch names.
base::Result<std::size_t> find_decider(const ConfigNode& node, const Layout& before) {
  const auto name = node.string();
  if (!name) return tl::unexpected(name.error());
  for (std::size_t i = before.items.size(); i-- > 0;) {
    const Item& item = before.items[i];
    const bool number = item.field.kind != FieldKind::kText && item.field.kind != FieldKind::kHex;
    if (item.kind == Item::Kind::kField && number && item.field.name == *name) return i;
  }
  return node.error(Code::kUnknown, "no number field of that name stands before this");
}

/// Bits that the layout takes at least; absent when that depends on the message.
std::optional<std::size_t> fixed_size(const Layout& layout) {
  std::size_t sum = 0;
  for (const Item& item : layout.items) {
    if (item.kind != Item::Kind::kField || item.field.width == 0) return std::nullopt;
    sum += item.field.width;
  }
  return sum;
}

Status check_width(const ConfigNode& node, const Field& field) {
  const bool open = field.kind == FieldKind::kText || field.kind == FieldKind::kHex;
  const bool scaled = field.factor != 1 || field.kind == FieldKind::kLongitude ||
                      field.kind == FieldKind::kLatitude;
  const std::size_t most = open || field.kind == FieldKind::kSpare ? 1024 : scaled ? 32 : 57;
  if (field.kind == FieldKind::kFlag && field.width != 1) {
    return node.error(Code::kOutOfRange, "a flag has one bit");
  }
  if (field.width > most || (field.width == 0 && !open)) {
    return node.error(Code::kOutOfRange, fmt::format("must be {} to {}", open ? 0 : 1, most));
  }
  if (field.kind == FieldKind::kText && field.width % 6 != 0) {
    return node.error(Code::kOutOfRange, "six bits for each character");
  }
  return {};
}

Status read_date(const ConfigNode& node, std::string& out) {
  if (!node) return {};
  const auto date = node.local_time();
  if (!date) return tl::unexpected(date.error());
  out = fmt::format("{:04}-{:02}-{:02}", date->year, date->month, date->day);
  return {};
}

}  // namespace

std::string_view Applications::keep(std::string name) {
  return m_names.emplace_back(std::move(name));
}

Status Applications::read_field(const ConfigNode& node, Item& out) {
  if (auto good = node.only({"name", "bits", "kind", "decimals", "factor", "offset", "per_minute",
                             "none", "none_from", "unit"});
      !good) {
    return good;
  }
  const auto kind = node["kind"].string_or("unsigned");
  if (!kind) return tl::unexpected(kind.error());
  const auto* known = std::find_if(std::begin(kKinds), std::end(kKinds),
                                   [&](const auto& one) { return one.first == *kind; });
  if (known == std::end(kKinds)) return node["kind"].error(Code::kUnknown, "no kind of field");
  Field& field = out.field;
  field.kind = known->second;
  if (field.kind == FieldKind::kSpare) {
    field.name = "spare";
  } else {
    auto name = read_name(node["name"]);
    if (!name) return tl::unexpected(name.error());
    field.set_name(keep(std::move(*name)));
  }
  const bool open = field.kind == FieldKind::kText || field.kind == FieldKind::kHex;
  if (!open && field.kind != FieldKind::kFlag && !node["bits"]) {
    return node["bits"].error(Code::kMissing, "how many bits the field has");
  }
  Numbers numbers(node);
  const std::int64_t usual = field.kind == FieldKind::kFlag ? 1 : 0;
  field.width = static_cast<std::uint16_t>(numbers.get("bits", usual, 0, 1024));
  field.decimals = static_cast<std::uint8_t>(numbers.get("decimals", 0, 0, 6));
  field.factor = static_cast<std::int32_t>(numbers.get("factor", 1, -1'000'000, 1'000'000));
  field.offset = static_cast<std::int32_t>(numbers.get("offset", 0, -100'000'000, 100'000'000));
  field.per_minute = static_cast<std::uint16_t>(numbers.get("per_minute", 10'000, 1, 10'000));
  field.none_from = numbers.get("none_from", Field::kNever, INT32_MIN, Field::kNever);
  numbers.keep(read_none(node["none"], field));
  numbers.keep(check_width(node["bits"] ? node["bits"] : node, field));
  return numbers.status();
}

Status Applications::read_group(const ConfigNode& node, const Layout& before, int depth,
                                Item& out) {
  if (auto good = node.only({"group", "most", "size", "count", "fields"}); !good) return good;
  auto name = read_name(node["group"]);
  if (!name) return tl::unexpected(name.error());
  out.kind = Item::Kind::kGroup;
  out.field.set_name(keep(std::move(*name)));
  Numbers numbers(node);
  out.most = static_cast<std::size_t>(
      numbers.get("most", kMostRepetitions, 1, static_cast<std::int64_t>(kMostRepetitions)));
  out.size = static_cast<std::size_t>(numbers.get("size", 0, 0, 1024));
  if (!numbers.status()) return numbers.status();
  if (node["count"]) {
    const auto decider = find_decider(node["count"], before);
    if (!decider) return tl::unexpected(decider.error());
    out.counted = true;
    out.decider = *decider;
  }
  auto layout = read_layout(node["fields"], depth + 1);
  if (!layout) return tl::unexpected(layout.error());
  if (out.size == 0) {
    const auto size = fixed_size(*layout);
    if (!size) return node.error(Code::kMissing, "needs a size: its fields have none of their own");
    out.size = *size;
  }
  out.layouts.push_back(std::move(*layout));
  return {};
}

Status Applications::read_switch(const ConfigNode& node, const Layout& before, int depth,
                                 Item& out) {
  if (auto good = node.only({"switch", "cases"}); !good) return good;
  const auto decider = find_decider(node["switch"], before);
  if (!decider) return tl::unexpected(decider.error());
  out.kind = Item::Kind::kSwitch;
  out.decider = *decider;
  const ConfigNode cases = node["cases"];  // a copy of its own: items() refers into it
  if (cases.items().empty()) return cases.error(Code::kMissing, "no cases");
  for (const auto& one : cases.items()) {
    if (auto good = one.only({"is", "fields"}); !good) return good;
    const auto value = one["is"].integer();
    if (!value) return tl::unexpected(value.error());
    auto layout = read_layout(one["fields"], depth + 1);
    if (!layout) return tl::unexpected(layout.error());
    out.cases.push_back(*value);
    out.layouts.push_back(std::move(*layout));
  }
  return {};
}

base::Result<Layout> Applications::read_layout(const ConfigNode& fields, int depth) {
  if (depth > kDeepest) return fields.error(Code::kTooLarge, "groups and switches too deep");
  if (fields.kind() != ConfigNode::Kind::kArray || fields.items().empty()) {
    return fields.error(Code::kMissing, "must be a list of fields");
  }
  if (fields.items().size() > kMostItems) return fields.error(Code::kTooLarge, "too many fields");
  Layout out;
  for (const auto& node : fields.items()) {
    Item item;
    Status read;
    if (node["group"]) {
      read = read_group(node, out, depth, item);
    } else if (node["switch"]) {
      read = read_switch(node, out, depth, item);
    } else {
      read = read_field(node, item);
    }
    if (!read) return tl::unexpected(read.error());
    const auto same = std::find_if(out.items.begin(), out.items.end(), [&](const Item& one) {
      return !item.field.name.empty() && item.field.kind != FieldKind::kSpare &&
             one.field.name == item.field.name;
    });
    if (same != out.items.end()) {
      return node.error(Code::kConflict, "there is a field of that name already");
    }
    out.items.push_back(std::move(item));
  }
  return out;
}

Status Applications::add_one(const ConfigNode& node) {
  if (auto good = node.only({"dac", "fi", "types", "id", "title", "source", "valid_from",
                             "valid_until", "least_bits", "most_bits", "fields"});
      !good) {
    return good;
  }
  Application out;
  Numbers numbers(node);
  for (const auto key : {"dac", "fi"}) {
    if (!node[key]) return node[key].error(Code::kMissing, "which data this is");
  }
  out.dac = static_cast<std::uint16_t>(numbers.get("dac", 0, 0, 1023));
  out.fi = static_cast<std::uint8_t>(numbers.get("fi", 0, 0, 63));
  out.least_bits = static_cast<std::size_t>(numbers.get("least_bits", 0, 0, 1024));
  out.most_bits = static_cast<std::size_t>(numbers.get("most_bits", 1024, 1, 1024));
  numbers.keep(read_date(node["valid_from"], out.valid_from));
  numbers.keep(read_date(node["valid_until"], out.valid_until));
  const ConfigNode types = node["types"];
  for (const auto& type : types.items()) {
    const auto value = type.integer();
    if (!value) return tl::unexpected(value.error());
    if (*value != 6 && *value != 8 && *value != 25 && *value != 26) {
      return type.error(Code::kOutOfRange, "binary messages are types 6, 8, 25 and 26");
    }
    out.types |= 1U << *value;
  }
  if (out.types == 0) return node["types"].error(Code::kMissing, "a list of message types");
  auto id = read_name(node["id"]);
  auto source = node["source"].string();
  const auto zh = node["title"]["zh"].string();
  const auto en = node["title"]["en"].string();
  for (const base::Result<std::string>* text :
       {&std::as_const(id), &std::as_const(source), &zh, &en}) {
    if (!*text) return tl::unexpected(text->error());
  }
  out.id = std::move(*id);
  out.source = std::move(*source);
  out.title = {*zh, *en};
  if (!numbers.status()) return numbers.status();
  auto layout = read_layout(node["fields"], 0);
  if (!layout) return tl::unexpected(layout.error());
  out.layout = std::move(*layout);
  m_by_identifier[(std::uint32_t{out.dac} << 6) | out.fi].push_back(m_all.size());
  m_all.push_back(std::move(out));
  return {};
}

Status Applications::add(const ConfigNode& file) {
  if (auto good = file.only({"application"}); !good) return good;
  const ConfigNode all = file["application"];
  if (all.items().empty()) {
    return all.error(Code::kMissing, "no [[application]] in the file");
  }
  for (const auto& node : all.items()) {
    if (auto good = add_one(node); !good) return good;
  }
  return {};
}

const Application* Applications::find(unsigned type, unsigned dac, unsigned fi,
                                      std::size_t data_bits) const {
  const auto found = m_by_identifier.find((dac << 6) | fi);
  if (found == m_by_identifier.end()) return nullptr;
  for (const std::size_t i : found->second) {
    const Application& one = m_all[i];
    if (((one.types >> type) & 1) != 0 && data_bits >= one.least_bits &&
        data_bits <= one.most_bits) {
      return &one;
    }
  }
  return nullptr;
}

bool Applications::knows(unsigned type, unsigned dac, unsigned fi) const {
  const auto found = m_by_identifier.find((dac << 6) | fi);
  return found != m_by_identifier.end() &&
         std::any_of(found->second.begin(), found->second.end(),
                     [&](std::size_t i) { return ((m_all[i].types >> type) & 1) != 0; });
}

}  // namespace jinglue::observe::ais
