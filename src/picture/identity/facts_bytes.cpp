// SPDX-License-Identifier: Apache-2.0
#include "picture/identity/facts_bytes.hpp"

namespace jinglue::picture {
namespace {

void put_texts(base::ByteWriter& out, const std::vector<std::string>& texts) {
  out.put(static_cast<std::uint32_t>(texts.size()));
  for (const auto& text : texts) out.put_text(text);
}

std::vector<std::string> get_texts(base::ByteReader& in) {
  std::vector<std::string> texts;
  const auto count = in.get<std::uint32_t>();
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) texts.emplace_back(in.get_text());
  return texts;
}

}  // namespace

void put_facts(base::ByteWriter& out, const model::VesselFacts& facts) {
  out.put_text(facts.id);
  out.put(facts.revision);
  out.put_text(facts.name);
  out.put_text(facts.side_number);
  out.put(facts.kind);
  put_texts(out, facts.gears);
  out.put_optional(facts.length_m);
  out.put_optional(facts.power_kw);
  out.put_text(facts.home_port);
  out.put_text(facts.district);
  out.put_text(facts.flag);
  out.put_optional(facts.wind_rating_bft);
  put_texts(out, facts.groups);
  out.put_text(facts.call_sign);
  out.put(static_cast<std::uint32_t>(facts.terminals.size()));
  for (const auto& span : facts.terminals) {
    out.put(span.terminal.value);
    out.put(span.from.ms);
    out.put(span.to.ms);
  }
}

model::VesselFacts get_facts(base::ByteReader& in) {
  model::VesselFacts facts;
  facts.id = in.get_text();
  facts.revision = in.get<std::int64_t>();
  facts.name = in.get_text();
  facts.side_number = in.get_text();
  facts.kind = in.get<model::VesselKind>();
  facts.gears = get_texts(in);
  facts.length_m = in.get_optional<double>();
  facts.power_kw = in.get_optional<double>();
  facts.home_port = in.get_text();
  facts.district = in.get_text();
  facts.flag = in.get_text();
  facts.wind_rating_bft = in.get_optional<int>();
  facts.groups = get_texts(in);
  facts.call_sign = in.get_text();
  const auto count = in.get<std::uint32_t>();
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
    model::TerminalSpan span;
    span.terminal.value = in.get<std::uint64_t>();
    span.from = {in.get<std::int64_t>()};
    span.to = {in.get<std::int64_t>()};
    facts.terminals.push_back(span);
  }
  return facts;
}

}  // namespace jinglue::picture
