// SPDX-License-Identifier: Apache-2.0
#include "act/task/draft_edit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "act/task/draft_limits.hpp"

namespace jinglue::act::task {
namespace {

using base::Code;
using base::Json;
using plan::NodeKind;
using Nodes = std::vector<DraftNode>;

constexpr std::array<std::string_view, 13> kSettable = {
    "kind",      "label", "text",     "aims", "passage",   "figures", "register",
    "indicator", "units", "district", "due",  "due_basis", "decision"};

struct Place {
  Nodes* among{nullptr};
  std::size_t at{0};
  DraftNode& node() const { return (*among)[at]; }
};

Place find(Nodes& nodes, std::int64_t id) {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].id == id) return {&nodes, i};
    if (const Place below = find(nodes[i].children, id); below.among != nullptr) return below;
  }
  return {};
}

bool any_made(const DraftNode& node) {
  return !node.record.empty() || std::any_of(node.children.begin(), node.children.end(), any_made);
}

base::Status unknown(std::int64_t id, const char* member) {
  return base::fail(Code::kUnknown, fmt::format("the draft has no node {}", id), member,
                    "load the draft again");
}

base::Status made(const DraftNode& node) {
  return base::fail(Code::kConflict,
                    fmt::format("node {} is a record already and is not changed here", node.id),
                    "node", "edit the record instead");
}

/// The place of the node that the edit names, when it may be changed.
base::Result<Place> place_of(const Json& edit, Draft& draft) {
  const std::int64_t id = edit["node"].as_int();
  const Place place = find(draft.nodes, id);
  if (place.among == nullptr) return tl::unexpected(unknown(id, "node").error());
  return place;
}

/// The list that the edit names by its parent, and the index in it.
base::Result<Place> target_of(const Json& edit, Draft& draft) {
  Nodes* among = &draft.nodes;
  if (!edit["parent"].is_null()) {
    const Place parent = find(draft.nodes, edit["parent"].as_int());
    if (parent.among == nullptr)
      return tl::unexpected(unknown(edit["parent"].as_int(), "parent").error());
    among = &parent.node().children;
  }
  const std::int64_t index = edit["index"].as_int(-1);
  if (index < 0 || std::size_t(index) > among->size())
    return base::fail(Code::kOutOfRange, "the index is none of this list", "index",
                      "load the draft again");
  return Place{among, std::size_t(index)};
}

base::Status set(const Json& edit, Draft& draft) {
  const auto place = place_of(edit, draft);
  if (!place) return tl::unexpected(place.error());
  DraftNode& node = place->node();
  if (!node.record.empty()) return made(node);
  // The children are large and stay as they are.
  Nodes children = std::move(node.children);
  node.children.clear();
  Json whole = to_json(node);
  for (const auto& [member, value] : edit["values"].members()) {
    if (std::find(kSettable.begin(), kSettable.end(), member) == kSettable.end())
      return base::fail(Code::kUnknown, "is no member that can be set", member);
    whole.set(member, value);
  }
  auto read = node_from_json(whole);
  if (!read) return tl::unexpected(read.error());
  node = std::move(*read);
  node.children = std::move(children);
  return {};
}

base::Status remove(const Json& edit, Draft& draft) {
  const auto place = place_of(edit, draft);
  if (!place) return tl::unexpected(place.error());
  if (any_made(place->node())) return made(place->node());
  place->among->erase(place->among->begin() + std::ptrdiff_t(place->at));
  return {};
}

base::Status move(const Json& edit, Draft& draft) {
  const auto place = place_of(edit, draft);
  if (!place) return tl::unexpected(place.error());
  if (any_made(place->node())) return made(place->node());
  // `index` counts in the list without the node.
  DraftNode node = std::move(place->node());
  place->among->erase(place->among->begin() + std::ptrdiff_t(place->at));
  const auto target = target_of(edit, draft);
  if (!target) return tl::unexpected(target.error());
  target->among->insert(target->among->begin() + std::ptrdiff_t(target->at), std::move(node));
  return {};
}

std::int64_t highest(const DraftNode& node) {
  std::int64_t out = node.id;
  for (const auto& child : node.children) out = std::max(out, highest(child));
  return out;
}

base::Status insert(const Json& edit, Draft& draft) {
  auto node = node_from_json(edit["node"]);
  if (!node) return tl::unexpected(node.error());
  if (any_made(*node)) return base::fail(Code::kMalformed, "a new node is no record yet", "record");
  const auto target = target_of(edit, draft);
  if (!target) return tl::unexpected(target.error());
  draft.next_node = std::max(draft.next_node, highest(*node) + 1);
  target->among->insert(target->among->begin() + std::ptrdiff_t(target->at), std::move(*node));
  return {};
}

base::Status apply(const Json& edit, Draft& draft) {
  const std::string& what = edit["op"].as_string();
  if (what == "set") return set(edit, draft);
  if (what == "move") return move(edit, draft);
  if (what == "insert") return insert(edit, draft);
  if (what == "remove") return remove(edit, draft);
  return base::fail(Code::kUnknown, "it is set, move, insert or remove", "op");
}

bool may_hold(const DraftNode* parent, NodeKind kind) {
  if (parent == nullptr) return true;
  switch (parent->kind) {
    case NodeKind::kMainLine:
    case NodeKind::kLine:
      return kind != NodeKind::kMainLine;
    case NodeKind::kMeasure:  // a list of tasks has measures with parts
      return kind == NodeKind::kMeasure;
    case NodeKind::kGoal:
    case NodeKind::kOrientation:
      break;
  }
  return false;
}

struct Walk {
  const DraftText& text;
  std::set<std::int64_t> ids;
};

base::Status check(const DraftNode& node, const DraftNode* parent, std::size_t depth, Walk& walk) {
  const std::string where = fmt::format("node {}", node.id);
  if (depth > kMostDepth)
    return base::fail(Code::kOutOfRange, fmt::format("the tree is deeper than {}", kMostDepth),
                      where);
  if (!walk.ids.insert(node.id).second)
    return base::fail(Code::kConflict, "the id stands twice in the tree", where);
  if (walk.ids.size() > kMostNodes)
    return base::fail(Code::kTooLarge, fmt::format("a draft has at most {} nodes", kMostNodes),
                      where);
  if (!may_hold(parent, node.kind))
    return base::fail(
        Code::kConflict,
        fmt::format("{} cannot stand below {}", to_key(node.kind), to_key(parent->kind)), where);
  const auto& all = walk.text.paragraphs;
  const auto& p = node.passage;
  if (p.paragraph >= all.size() || p.begin > p.end || p.end > all[p.paragraph].text.size())
    return base::fail(Code::kOutOfRange, "the passage lies outside of the text", where);
  for (const auto& child : node.children)
    if (auto ok = check(child, &node, depth + 1, walk); !ok) return ok;
  return {};
}

}  // namespace

base::Status check_tree(const Nodes& nodes, const DraftText& text) {
  Walk walk{text, {}};
  for (const auto& node : nodes)
    if (auto ok = check(node, nullptr, 1, walk); !ok) return ok;
  return {};
}

base::Status apply_edits(const Json& edits, const DraftText& text, Draft& draft) {
  if (edits.items().size() > kMostEdits)
    return base::fail(Code::kTooLarge, fmt::format("at most {} edits at once", kMostEdits),
                      "edits");
  Draft after = draft;
  for (std::size_t i = 0; i < edits.items().size(); ++i) {
    auto done = apply(edits.items()[i], after);
    if (done) continue;
    base::Error error = done.error();
    error.where = fmt::format("edits[{}].{}", i, error.where);
    return tl::unexpected(std::move(error));
  }
  if (auto ok = check_tree(after.nodes, text); !ok) return ok;
  after.counts = counts_of(after.nodes);
  draft = std::move(after);
  return {};
}

}  // namespace jinglue::act::task
