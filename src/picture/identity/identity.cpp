// SPDX-License-Identifier: Apache-2.0
#include "picture/identity/identity.hpp"

#include <algorithm>
#include <tuple>

#include "base/log.hpp"
#include "picture/identity/facts_bytes.hpp"

namespace jinglue::picture {
namespace {

void push_terminals(const model::VesselFacts& vessel, std::vector<model::TerminalId>& out) {
  for (const auto& span : vessel.terminals) out.push_back(span.terminal);
}

void sort_unique(std::vector<model::TerminalId>& ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

}  // namespace

std::vector<model::TerminalId> Identity::apply(const model::RecordChange& change) {
  if (change.register_id != "vessel") return {};
  const auto held = m_vessels.find(change.record_id);
  if (held != m_vessels.end() && change.revision < held->second->revision) return {};

  std::shared_ptr<const model::VesselFacts> now;
  if (!change.removed) {
    auto facts = vessel_facts(change);
    if (!facts) {
      ++m_refused;
      base::log_warn("picture", "vessel record {} revision {} is not used: {}", change.record_id,
                     change.revision, facts.error().text());
      return {};
    }
    now = std::make_shared<const model::VesselFacts>(std::move(*facts));
  }
  std::vector<model::TerminalId> touched;
  if (held != m_vessels.end()) {
    push_terminals(*held->second, touched);
    release(*held->second);
    m_vessels.erase(held);
  }
  if (now != nullptr) {
    push_terminals(*now, touched);
    add(std::move(now));
  }
  sort_unique(touched);
  return touched;
}

void Identity::add(std::shared_ptr<const model::VesselFacts> vessel) {
  for (const auto& span : vessel->terminals) {
    auto& claims = m_claims[span.terminal];
    const auto rank = [](const Claim& c) { return std::tie(c.from, c.vessel->id); };
    const Claim claim{span.from, span.to, vessel};
    const auto place =
        std::upper_bound(claims.begin(), claims.end(), claim,
                         [&](const Claim& a, const Claim& b) { return rank(a) > rank(b); });
    claims.insert(place, claim);
  }
  auto id = vessel->id;
  m_vessels.insert_or_assign(std::move(id), std::move(vessel));
}

void Identity::release(const model::VesselFacts& vessel) {
  for (const auto& span : vessel.terminals) {
    const auto claims = m_claims.find(span.terminal);
    if (claims == m_claims.end()) continue;
    std::erase_if(claims->second, [&](const Claim& c) { return c.vessel->id == vessel.id; });
    if (claims->second.empty()) m_claims.erase(claims);
  }
}

std::shared_ptr<const model::VesselFacts> Identity::vessel_at(model::TrackId track,
                                                              base::Instant t) const {
  if (track.segment != 0) return nullptr;
  const auto claims = m_claims.find(track.terminal);
  if (claims == m_claims.end()) return nullptr;
  for (const auto& claim : claims->second) {
    if (claim.from <= t && t < claim.to) return claim.vessel;
  }
  return nullptr;
}

std::shared_ptr<const model::VesselFacts> Identity::vessel(const std::string& record_id) const {
  const auto found = m_vessels.find(record_id);
  return found == m_vessels.end() ? nullptr : found->second;
}

std::vector<model::TerminalId> Identity::disputed() const {
  std::vector<model::TerminalId> out;
  for (const auto& [terminal, claims] : m_claims) {
    for (std::size_t i = 0; i < claims.size(); ++i) {
      for (std::size_t j = i + 1; j < claims.size(); ++j) {
        const auto& a = claims[i];
        const auto& b = claims[j];
        if (a.vessel->id != b.vessel->id && a.from < b.to && b.from < a.to) {
          out.push_back(terminal);
        }
      }
    }
  }
  sort_unique(out);
  return out;
}

void Identity::save(base::ByteWriter& out) const {
  std::vector<const std::string*> ids;
  ids.reserve(m_vessels.size());
  for (const auto& [id, vessel] : m_vessels) ids.push_back(&id);
  // In order of id, so that equal states give equal bytes.
  std::sort(ids.begin(), ids.end(), [](const auto* a, const auto* b) { return *a < *b; });
  out.put(static_cast<std::uint32_t>(ids.size()));
  for (const auto* id : ids) put_facts(out, *m_vessels.at(*id));
  out.put(m_refused);
}

bool Identity::load(base::ByteReader& in) {
  m_vessels.clear();
  m_claims.clear();
  const auto count = in.get<std::uint32_t>();
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
    auto facts = get_facts(in);
    if (!in.ok()) break;
    add(std::make_shared<const model::VesselFacts>(std::move(facts)));
  }
  m_refused = in.get<std::uint64_t>();
  return in.ok();
}

}  // namespace jinglue::picture
