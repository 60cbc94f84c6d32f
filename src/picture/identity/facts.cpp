// SPDX-License-Identifier: Apache-2.0
// vessel_facts and exemption_facts: register fields (registers/vessel.toml, exemption.toml) as the
// facts that the picture and the rules use. Absent fields are absent; a field of the wrong type or
// an unknown key is an Error that names it.
#include "picture/identity/identity.hpp"

namespace jinglue::picture {
namespace {

using base::Code;
using base::Json;

/// Reads fields of one record; keeps the first error.
class FieldReader {
 public:
  explicit FieldReader(const Json& fields) : m_fields(fields) {
    if (!fields.is_object()) complain("", "the record's fields are not an object");
  }

  std::string text(const char* key) {
    const auto& value = m_fields[key];
    if (!value.is_null() && !value.is_string()) complain(key, "a text is expected");
    return value.as_string();
  }
  std::string required_text(const char* key) {
    auto value = text(key);
    if (value.empty()) complain(key, "it must not be empty");
    return value;
  }
  std::optional<double> number(const char* key) {
    const auto& value = m_fields[key];
    if (value.is_null()) return std::nullopt;
    if (!value.is_number()) complain(key, "a number is expected");
    return value.as_double();
  }
  std::optional<int> whole(const char* key) {
    const auto& value = m_fields[key];
    if (value.is_null()) return std::nullopt;
    if (!value.is_int()) complain(key, "a whole number is expected");
    return static_cast<int>(value.as_int());
  }
  std::vector<std::string> texts(const char* key) {
    std::vector<std::string> out;
    const auto& value = m_fields[key];
    if (!value.is_null() && !value.is_array()) complain(key, "a list is expected");
    for (const auto& item : value.items()) {
      if (!item.is_string()) complain(key, "a list of texts is expected");
      out.push_back(item.as_string());
    }
    return out;
  }
  /// `otherwise` when absent.
  base::Instant instant(const Json& row, const char* key, const std::string& where,
                        base::Instant otherwise) {
    const auto& value = row[key];
    if (value.is_null()) return otherwise;
    const auto read = base::parse_iso(value.as_string());
    if (!read) complain(where, "an instant is expected, such as 2024-05-01T04:00:00.000Z");
    return read.value_or(otherwise);
  }
  const Json& raw(const char* key) const { return m_fields[key]; }

  void complain(const std::string& key, const std::string& message) {
    if (m_error) return;
    m_error = base::Error{Code::kMalformed, message, key, {}};
  }
  const std::optional<base::Error>& error() const { return m_error; }

 private:
  const Json& m_fields;
  std::optional<base::Error> m_error;
};

model::TerminalSpan terminal_span(FieldReader& read, const Json& row, const std::string& where) {
  model::TerminalSpan span;
  const auto terminal = model::parse_terminal(row["terminal"].as_string());
  if (!terminal) {
    read.complain(where + ".terminal", terminal.error().text());
    return span;
  }
  span.terminal = *terminal;
  span.from = read.instant(row, "from", where + ".from", base::kDistantPast);
  span.to = read.instant(row, "to", where + ".to", base::kDistantFuture);
  if (span.to <= span.from) read.complain(where + ".to", "the end is not after the begin");
  return span;
}

void read_terminals(FieldReader& read, std::vector<model::TerminalSpan>& out) {
  const auto& rows = read.raw("terminals");
  if (!rows.is_null() && !rows.is_array()) read.complain("terminals", "rows are expected");
  for (std::size_t i = 0; i < rows.items().size(); ++i) {
    out.push_back(terminal_span(read, rows.items()[i], "terminals[" + std::to_string(i + 1) + "]"));
  }
}

}  // namespace

base::Result<model::VesselFacts> vessel_facts(const model::RecordChange& change) {
  FieldReader read(change.fields);
  model::VesselFacts facts;
  facts.id = change.record_id;
  facts.revision = change.revision;
  facts.name = read.text("name");
  facts.side_number = read.text("side_number");
  if (const auto key = read.text("kind"); !key.empty()) {
    const auto kind = model::vessel_kind_from(key);
    if (!kind) read.complain("kind", "'" + key + "' is not a kind of vessel");
    facts.kind = kind.value_or(model::VesselKind::kUnknown);
  }
  facts.gears = read.texts("gears");
  facts.length_m = read.number("length_m");
  facts.power_kw = read.number("power_kw");
  facts.home_port = read.text("home_port");
  facts.district = read.text("district");
  facts.flag = read.text("flag");
  facts.wind_rating_bft = read.whole("wind_rating_bft");
  facts.groups = read.texts("groups");
  facts.call_sign = read.text("call_sign");
  read_terminals(read, facts.terminals);
  if (read.error()) return tl::unexpected(*read.error());
  return facts;
}

base::Result<model::ExemptionFacts> exemption_facts(const model::RecordChange& change) {
  FieldReader read(change.fields);
  model::ExemptionFacts facts;
  facts.id = change.record_id;
  facts.revision = change.revision;
  facts.kind = read.required_text("kind");
  facts.vessel_id = read.required_text("vessel");
  facts.rules = read.texts("rules");
  facts.area = read.text("area");
  for (const char* key : {"from", "to"}) {
    if (read.raw(key).is_null()) read.complain(key, "an exemption needs both instants");
  }
  facts.from = read.instant(change.fields, "from", "from", base::kDistantFuture);
  facts.to = read.instant(change.fields, "to", "to", base::kDistantFuture);
  if (facts.to <= facts.from) read.complain("to", "the end is not after the begin");
  facts.document = read.text("document");
  if (read.error()) return tl::unexpected(*read.error());
  return facts;
}

}  // namespace jinglue::picture
