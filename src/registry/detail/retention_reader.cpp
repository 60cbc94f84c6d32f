// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/retention_reader.hpp"

#include <algorithm>

#include "registry/detail/node_reader.hpp"

namespace jinglue::registry::detail {
namespace {

using base::Code;

constexpr std::int64_t kMostYears = 200;

class RetentionReader : public NodeReader {
 public:
  RetentionReader(const Definition& d, const Node& node) : m_definition(d), m_node(node) {}

  RetentionRule read() {
    only(m_node, {"years", "field", "from_next_year", "then", "basis", "source", "confidence"});
    RetentionRule out;
    read_years(out);
    read_begin(out);
    if (text(m_node["then"]) != "propose" && m_node["then"].present()) {
      mistake(m_node["then"], Code::kUnknown, "records are never disposed of by themselves",
              "then = 'propose'");
    }
    out.basis = text(m_node["basis"]);
    out.source = text(m_node["source"]);
    out.confidence = text(m_node["confidence"]);
    const bool known = out.confidence.empty() || out.confidence == "high" ||
                       out.confidence == "medium" || out.confidence == "memory";
    if (!known) {
      mistake(m_node["confidence"], Code::kUnknown, "unknown confidence '" + out.confidence + "'",
              "high, medium or memory (unverified)");
    }
    return out;
  }

 private:
  void read_years(RetentionRule& out) {
    const auto years = m_node["years"].integer();
    if (!years) {
      m_errors.push_back(years.error());
    } else if (*years < 1 || *years > kMostYears) {
      mistake(m_node["years"], Code::kOutOfRange, "1 to 200 years",
              "leave [retention] out to keep records without end");
    } else {
      out.years = int(*years);
    }
  }
  void read_begin(RetentionRule& out) {
    out.from_next_year = flag(m_node["from_next_year"]);
    out.field = text_or_empty(m_node["field"]);
    const Field* f = m_definition.field(out.field);
    const bool dated =
        f != nullptr && (f->type == FieldType::kDate || f->type == FieldType::kInstant);
    if (!out.field.empty() && !dated) {
      mistake(m_node["field"], Code::kUnknown,
              "'" + out.field + "' is no field of type date or instant");
    }
    const bool closes = std::any_of(m_definition.states.begin(), m_definition.states.end(),
                                    [](const State& s) { return s.final; });
    if (m_definition.states.empty() ? out.field.empty() : !closes) {
      mistake(m_node, Code::kMissing, "nothing closes a record of this register",
              m_definition.states.empty() ? "field = 'FIELD'" : "a state with final = true");
    }
  }

  const Definition& m_definition;
  const Node& m_node;
};

}  // namespace

std::optional<RetentionRule> read_retention(const Definition& definition,
                                            const base::ConfigNode& document,
                                            std::vector<base::Error>& errors) {
  const auto node = document["retention"];
  if (!node.present()) return std::nullopt;
  RetentionReader reader(definition, node);
  auto out = reader.read();
  errors.insert(errors.end(), reader.errors().begin(), reader.errors().end());
  return out;
}

}  // namespace jinglue::registry::detail
