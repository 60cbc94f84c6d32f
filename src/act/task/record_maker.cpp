// SPDX-License-Identifier: Apache-2.0
#include "act/task/record_maker.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "access/access.hpp"
#include "act/task/draft_limits.hpp"
#include "act/task/local_day.hpp"
#include "base/utf32.hpp"

namespace jinglue::act::task {
namespace {

using base::Code;
using base::Json;
using plan::NodeKind;

/// Whether records are made on the way to something accepted below.
bool wanted(const DraftNode& node) {
  if (node.record.empty() && node.decision == Decision::kAccepted) return true;
  return std::any_of(node.children.begin(), node.children.end(), wanted);
}

bool any_wanted(const std::vector<DraftNode>& nodes) {
  return std::any_of(nodes.begin(), nodes.end(), wanted);
}

std::string first_of(const std::string& text, std::size_t most) {
  auto wide = base::to_utf32(text);
  if (wide.size() <= most) return text;
  wide.resize(most - 1);
  return base::to_utf8(wide) + "…";
}

std::string joined(const std::vector<std::string>& texts, std::size_t from,
                   std::string_view between) {
  std::string out;
  for (std::size_t i = from; i < texts.size(); ++i)
    out += (out.empty() ? "" : std::string(between)) + texts[i];
  return out;
}

void put(Json& fields, const char* key, const std::string& value, std::size_t most) {
  if (!value.empty()) fields.set(key, first_of(value, most));
}

std::string target_of(const DraftNode& node) {
  std::vector<std::string> texts;
  for (const auto& figure : node.figures) texts.push_back(figure.text);
  return joined(texts, 0, "；");
}

/// The year that the document is of, else the one in which its records are made.
int year_of(const Draft& draft, const std::string& today) {
  return draft.facts.year > 0 ? draft.facts.year : std::stoi(today.substr(0, 4));
}

}  // namespace

RecordMaker::RecordMaker(registry::Registry& registry, const DraftText& text, const DraftAct& act)
    : m_registry(registry), m_text(text), m_act(act), m_today(local_day(act.now)) {
  m_write.actor = act.actor;
  m_write.actor.roles.push_back(access::Role::kSystem);  // for the sealed fields
  m_write.now = act.now;
  m_write.note = "plan " + act.id;
}

base::Result<Made> RecordMaker::make(Draft& draft) {
  if (!any_wanted(draft.nodes))
    return base::fail(Code::kMissing, "no accepted item is left that is no record yet", "nodes",
                      "accept the measures that are to become tasks");
  if (auto done = make_document(draft); !done) return tl::unexpected(done.error());
  // The main line is the root: what stands beside it in the text belongs to it.
  std::string root;
  for (auto& node : draft.nodes) {
    if (node.kind != NodeKind::kMainLine) continue;
    if (node.record.empty()) {
      if (auto done = make_goal(node, {}, draft); !done) return tl::unexpected(done.error());
    }
    root = node.record;
    break;
  }
  if (auto done = make_nodes(draft.nodes, root, draft); !done) return tl::unexpected(done.error());
  return std::move(m_made);
}

base::Result<std::string> RecordMaker::create(const std::string& register_id, const Json& fields,
                                              const DraftNode& node) const {
  const auto record = m_registry.create(register_id, fields, m_write);
  if (record) return record->id;
  base::Error error = record.error();
  error.where = fmt::format("node {} {}", node.id, error.where);
  return tl::unexpected(std::move(error));
}

base::Status RecordMaker::make_document(Draft& draft) {
  if (draft.document.empty()) {
    // The same text may have been broken down before.
    if (const auto known = m_registry.find_by("work_document", "text_hash", draft.text_hash))
      draft.document = known->id;
  }
  if (draft.document.empty()) {
    Json fields = to_json(draft.facts);
    put(fields, "district", draft.district, kMostKey);
    put(fields, "file_name", draft.file_name, 255);
    fields.set("form", draft.form).set("file_hash", draft.file_hash);
    fields.set("text_hash", draft.text_hash).set("han", std::uint64_t{draft.han});
    fields.set("noise", std::uint64_t{draft.noise}).set("uploaded_by", draft.owner);
    fields.set("uploaded_at", base::to_iso(draft.created));
    const auto record = m_registry.create("work_document", fields, m_write);
    if (!record) return tl::unexpected(record.error());
    draft.document = record->id;
  }
  m_made.document = draft.document;
  return {};
}

base::Status RecordMaker::make_nodes(std::vector<DraftNode>& nodes, const std::string& parent,
                                     const Draft& draft) {
  for (auto& node : nodes) {
    ++m_position;
    if (!wanted(node)) continue;
    const bool measure = node.kind == NodeKind::kMeasure;
    if (node.record.empty()) {
      const auto done = measure ? make_task(node, parent, draft) : make_goal(node, parent, draft);
      if (!done) return done;
    }
    // Parts of a measure hang on its line: a goal is no task.
    if (auto done = make_nodes(node.children, measure ? parent : node.record, draft); !done)
      return done;
  }
  return {};
}

void RecordMaker::set_passage(const DraftNode& node, Json& fields) const {
  const auto& p = node.passage;
  if (p.paragraph >= m_text.paragraphs.size()) return;
  const auto& text = m_text.paragraphs[p.paragraph].text;
  put(fields, "passage_text", base::to_utf8(text.substr(p.begin, p.end - p.begin)), kMostText);
  fields.set("passage_paragraph", std::uint64_t{p.paragraph});
  fields.set("passage_begin", std::uint64_t{p.begin}).set("passage_end", std::uint64_t{p.end});
}

/// A goal of that year and name that another document has set already; empty when there is none.
std::string RecordMaker::goal_like(const DraftNode& node, int year) const {
  registry::Query query;
  query.equals = {{"title", first_of(node.text, kMostTitle)},
                  {"kind", std::string(to_key(node.kind))},
                  {"year", std::to_string(year)},
                  {"state", "active"}};
  query.limit = 1;
  const auto page = m_registry.list("goal", query);
  return page && !page->items.empty() ? page->items.front().id : std::string();
}

base::Status RecordMaker::make_goal(DraftNode& node, const std::string& parent,
                                    const Draft& draft) {
  const int year = year_of(draft, m_today);
  node.record = goal_like(node, year);
  if (!node.record.empty()) return {};
  Json fields = Json::object({{"kind", to_key(node.kind)}, {"year", year}});
  put(fields, "title", node.text, kMostTitle);
  if (node.label != node.text) put(fields, "label", node.label, kMostLabel);
  put(fields, "parent", parent, kMostKey);
  fields.set("position", m_position).set("document", draft.document);
  put(fields, "unit", joined(node.units, 0, "、"), kMostUnit);
  put(fields, "measure", target_of(node), 2000);
  set_passage(node, fields);
  auto id = create("goal", fields, node);
  if (!id) return tl::unexpected(id.error());
  node.record = std::move(*id);
  m_made.goals.push_back(node.record);
  return {};
}

base::Status RecordMaker::make_task(DraftNode& node, const std::string& goal, const Draft& draft) {
  const auto may =
      access::authorise(m_act.actor, access::Action::kEditPlans, {"task", node.district});
  if (!may) return may;
  Json fields = Json::object({{"kind", "task"}, {"importance", "normal"}});
  put(fields, "title", node.text, kMostTitle);
  put(fields, "content", node.text, kMostText);
  put(fields, "aims", joined(node.aims, 0, "；"), 2000);
  put(fields, "goal", goal, kMostKey);
  if (!node.units.empty()) put(fields, "unit", node.units.front(), kMostUnit);
  put(fields, "units_helping", joined(node.units, 1, "、"), 300);
  put(fields, "district", node.district, kMostKey);
  put(fields, "issued_on", m_today, 10);
  put(fields, "due", node.due, 10);
  put(fields, "due_basis", node.due_basis, 10);
  put(fields, "indicator", node.indicator, kMostIndicator);
  put(fields, "target", target_of(node), 200);
  put(fields, "proposed_register", node.register_id, kMostKey);
  put(fields, "document", draft.document, kMostKey);
  set_passage(node, fields);
  auto id = create("task", fields, node);
  if (!id) return tl::unexpected(id.error());
  node.record = std::move(*id);
  m_made.tasks.push_back(node.record);
  return {};
}

}  // namespace jinglue::act::task
