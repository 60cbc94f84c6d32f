// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/change_lines.hpp"

#include "base/instant.hpp"

namespace jinglue::registry::detail {

using base::Json;

ChangeLines::ChangeLines(const Definition& d, const Record* before, const Record& after) {
  static const Record kNothing;
  const Record& old = before != nullptr ? *before : kNothing;
  m_lines.reserve(d.fields.size() + 3);
  for (const auto& f : d.fields) compare(f.key, old.fields[f.key], after.fields[f.key]);
  const auto text = [](const std::string& s) { return s.empty() ? Json() : Json(s); };
  m_made = {text(old.state), text(after.state), Json(old.removed), Json(after.removed)};
  compare("state", m_made[0], m_made[1]);
  compare("pending", old.pending, after.pending);
  compare("removed", m_made[2], m_made[3]);
}

void ChangeLines::compare(std::string_view field, const Json& before, const Json& after) {
  if (before != after) m_lines.push_back({field, &before, &after});
}

void ChangeLines::add(const std::vector<HistoryLine>& more) {
  for (const auto& line : more) m_lines.push_back({line.field, &line.before, &line.after});
}

std::string ChangeLines::packed() const {
  std::string out = "[";
  for (const auto& line : m_lines) {
    if (out.size() > 1) out += ',';
    out += '[';
    base::append_json_string(out, line.field);
    out += ',';
    out += line.before->dump();
    out += ',';
    out += line.after->dump();
    out += ']';
  }
  return out + "]";
}

Json ChangeLines::keys() const {
  Json out = Json::array();
  for (const auto& line : m_lines) out.push(line.field);
  return out;
}

std::set<std::string> ChangeLines::fields() const {
  std::set<std::string> out;
  for (const auto& line : m_lines) out.emplace(line.field);
  return out;
}

std::string record_text(const Record& r, std::string_view fields) {
  std::string out;
  out.reserve(fields.size() + 400);
  const auto key = [&](std::string_view name) {
    out += out.empty() ? '{' : ',';
    base::append_json_string(out, name);
    out += ':';
  };
  const auto text = [&](std::string_view name, std::string_view value) {
    key(name);
    base::append_json_string(out, value);
  };
  text("register", r.register_id);
  text("id", r.id);
  text("number", r.number);
  key("revision");
  out += std::to_string(r.revision);
  text("state", r.state);
  key("fields");
  out += fields;
  text("created_at", base::to_iso(r.created_at));
  text("created_by", r.created_by);
  text("changed_at", base::to_iso(r.changed_at));
  text("changed_by", r.changed_by);
  key("removed");
  out += r.removed ? "true" : "false";
  key("pending");
  out += r.pending.dump();
  if (!r.code_versions.is_null()) {
    key("code_versions");
    out += r.code_versions.dump();
  }
  return out + "}";
}

}  // namespace jinglue::registry::detail
