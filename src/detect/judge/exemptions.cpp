// SPDX-License-Identifier: Apache-2.0
#include "detect/judge/exemptions.hpp"

#include <algorithm>

#include "picture/identity/identity.hpp"

namespace jinglue::detect {
namespace {

void put(base::ByteWriter& out, const model::ExemptionFacts& f) {
  out.put_text(f.id);
  out.put(f.revision);
  out.put_text(f.kind);
  out.put_text(f.vessel_id);
  out.put(std::uint32_t(f.rules.size()));
  for (const auto& rule : f.rules) out.put_text(rule);
  out.put_text(f.area);
  out.put(f.from.ms);
  out.put(f.to.ms);
  out.put_text(f.document);
}

model::ExemptionFacts get_exemption(base::ByteReader& in) {
  model::ExemptionFacts f;
  f.id = std::string(in.get_text());
  f.revision = in.get<std::int64_t>();
  f.kind = std::string(in.get_text());
  f.vessel_id = std::string(in.get_text());
  for (auto n = in.get<std::uint32_t>(); n > 0 && in.ok(); --n) f.rules.emplace_back(in.get_text());
  f.area = std::string(in.get_text());
  f.from = {in.get<std::int64_t>()};
  f.to = {in.get<std::int64_t>()};
  f.document = std::string(in.get_text());
  return f;
}

}  // namespace

bool names_rule(std::string_view key, const Rule& rule) {
  if (key == to_key(rule.family) || key == rule.id) return true;
  return rule.id.size() > key.size() && rule.id.compare(0, key.size(), key) == 0 &&
         rule.id[key.size()] == '.';
}

base::Result<std::vector<std::string>> Exemptions::apply(const model::RecordChange& change,
                                                         std::uint64_t offset) {
  Record& record = m_records[change.record_id];
  std::vector<std::string> touched;
  for (const auto& version : record) {
    if (version.facts) touched.push_back(version.facts->vessel_id);
  }
  Version now{offset, std::nullopt};
  std::optional<base::Error> error;
  if (!change.removed && change.state == "approved") {
    auto facts = picture::exemption_facts(change);
    if (facts) {
      index(change.record_id, facts->vessel_id);
      touched.push_back(facts->vessel_id);
      now.facts = std::move(*facts);
    } else {
      error = facts.error();
    }
  }
  record.push_back(std::move(now));
  std::sort(touched.begin(), touched.end());
  touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
  if (error) return tl::unexpected(*error);
  return touched;
}

void Exemptions::index(const std::string& record_id, const std::string& vessel) {
  auto& ids = m_by_vessel[vessel];
  if (std::find(ids.begin(), ids.end(), record_id) == ids.end()) ids.push_back(record_id);
}

const model::ExemptionFacts* Exemptions::in_force(const Record& record,
                                                  std::uint64_t known_at) const {
  const Version* found = nullptr;
  for (const auto& version : record) {
    if (version.offset <= known_at) found = &version;
  }
  return found != nullptr && found->facts ? &*found->facts : nullptr;
}

template <class Visit>
void Exemptions::each(const std::string& vessel, const Rule& rule, std::uint64_t known_at,
                      const Visit& visit) const {
  if (vessel.empty()) return;
  const auto ids = m_by_vessel.find(vessel);
  if (ids == m_by_vessel.end()) return;
  for (const auto& id : ids->second) {
    const auto* facts = in_force(m_records.at(id), known_at);
    if (facts == nullptr || facts->vessel_id != vessel) continue;
    const bool named = std::any_of(facts->rules.begin(), facts->rules.end(),
                                   [&](const auto& key) { return names_rule(key, rule); });
    if (named) visit(*facts);
  }
}

bool Exemptions::covers(const std::string& vessel, const Rule& rule, base::Instant t,
                        std::uint64_t known_at, const InArea& in_area) const {
  bool covered = false;
  each(vessel, rule, known_at, [&](const model::ExemptionFacts& facts) {
    covered =
        covered || (facts.from <= t && t < facts.to && (facts.area.empty() || in_area(facts.area)));
  });
  return covered;
}

std::optional<base::Instant> Exemptions::next_start(const std::string& vessel, const Rule& rule,
                                                    base::Instant after, std::uint64_t known_at,
                                                    const InArea& in_area) const {
  std::optional<base::Instant> first;
  each(vessel, rule, known_at, [&](const model::ExemptionFacts& facts) {
    const base::Instant start = std::max(facts.from, base::Instant{after.ms + 1});
    if (start >= facts.to || (first && *first <= start)) return;
    if (facts.area.empty() || in_area(facts.area)) first = start;
  });
  return first;
}

void Exemptions::save(base::ByteWriter& out) const {
  out.put(std::uint32_t(m_records.size()));
  for (const auto& [id, record] : m_records) {
    out.put_text(id);
    out.put(std::uint32_t(record.size()));
    for (const auto& version : record) {
      out.put(version.offset);
      out.put(std::uint8_t(version.facts.has_value()));
      if (version.facts) put(out, *version.facts);
    }
  }
}

bool Exemptions::load(base::ByteReader& in) {
  m_records.clear();
  m_by_vessel.clear();
  for (auto n = in.get<std::uint32_t>(); n > 0 && in.ok(); --n) {
    const std::string id(in.get_text());
    Record& record = m_records[id];
    for (auto k = in.get<std::uint32_t>(); k > 0 && in.ok(); --k) {
      Version version{in.get<std::uint64_t>(), std::nullopt};
      if (in.get<std::uint8_t>() != 0) version.facts = get_exemption(in);
      if (version.facts) index(id, version.facts->vessel_id);
      record.push_back(std::move(version));
    }
  }
  return in.ok();
}

}  // namespace jinglue::detect
