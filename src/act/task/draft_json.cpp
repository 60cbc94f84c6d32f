// SPDX-License-Identifier: Apache-2.0
// A draft's tree as JSON, for the API and for records.db; what comes back is checked.
#include <fmt/format.h>

#include <array>
#include <limits>

#include "act/task/draft.hpp"
#include "act/task/draft_limits.hpp"
#include "base/keys.hpp"
#include "base/text.hpp"
#include "base/utf32.hpp"

namespace jinglue::act::task {
namespace {

using base::Code;
using base::Json;
using plan::Bound;
using plan::NodeKind;

constexpr std::array<std::string_view, 5> kKinds = {"main_line", "goal", "orientation", "line",
                                                    "measure"};
constexpr std::array<std::string_view, 4> kBounds = {"exactly", "at_least", "at_most", "about"};
constexpr std::array<std::string_view, 3> kDecisions = {"open", "accepted", "rejected"};
constexpr std::array<std::string_view, 3> kBases = {"stated", "year_end", "set"};

Json list(const std::vector<std::string>& texts) {
  Json out = Json::array();
  for (const auto& text : texts) out.push(text);
  return out;
}

Json figures_json(const std::vector<plan::Figure>& figures) {
  Json out = Json::array();
  for (const auto& figure : figures)
    out.push(Json::object({{"text", figure.text},
                           {"value", figure.value},
                           {"unit", figure.unit},
                           {"bound", to_key(figure.bound)},
                           {"growth", figure.growth}}));
  return out;
}

/// Reads members of one object and keeps the first mistake.
class Reader {
 public:
  explicit Reader(const Json& json) : m_json(json) {}

  std::string text(std::string_view member, std::size_t most, bool needed = false) {
    const Json& value = m_json[member];
    if (value.is_null() && !needed) return {};
    if (!value.is_string()) return wrong(member, "a text is required");
    std::string out(base::trim(value.as_string()));
    if (needed && out.empty()) return wrong(member, "a text is required");
    if (base::to_utf32(out).size() > most)
      return wrong(member, fmt::format("at most {} characters", most));
    return out;
  }
  std::vector<std::string> texts(std::string_view member, std::size_t most_items,
                                 std::size_t most) {
    std::vector<std::string> out;
    if (m_json[member].items().size() > most_items)
      wrong(member, fmt::format("at most {} of them", most_items));
    for (const auto& item : m_json[member].items()) {
      const std::string one(base::trim(item.as_string()));
      if (one.empty() || base::to_utf32(one).size() > most)
        wrong(member, fmt::format("each is a text of at most {} characters", most));
      out.push_back(one);
    }
    return out;
  }
  std::int64_t integer(std::string_view member, std::int64_t least) {
    const Json& value = m_json[member];
    if (value.is_int() && value.as_int() >= least &&
        value.as_int() <= std::numeric_limits<std::int32_t>::max())
      return value.as_int();
    wrong(member, fmt::format("an integer from {} on is required", least));
    return least;
  }
  template <class Enum, std::size_t N>
  Enum key(std::string_view member, const std::array<std::string_view, N>& keys, Enum otherwise) {
    const Json& value = m_json[member];
    if (value.is_null()) return otherwise;
    const auto found = base::value_of<Enum>(keys, value.as_string());
    if (!found) wrong(member, "is none of the keys of this member");
    return found.value_or(otherwise);
  }
  std::string wrong(std::string_view member, std::string message) {
    if (m_status) m_status = base::fail(Code::kMalformed, std::move(message), std::string(member));
    return {};
  }
  const base::Status& status() const { return m_status; }

 private:
  const Json& m_json;
  base::Status m_status;
};

std::vector<plan::Figure> figures_of(const Json& json, base::Status& status) {
  std::vector<plan::Figure> out;
  for (const auto& item : json.items()) {
    Reader in(item);
    plan::Figure figure;
    figure.text = in.text("text", kMostFigure, true);
    figure.value = in.text("value", kMostFigure);
    figure.unit = in.text("unit", kMostFigure);
    figure.bound = in.key("bound", kBounds, Bound::kExactly);
    figure.growth = item["growth"].as_bool();
    if (status && !in.status()) status = in.status();
    out.push_back(std::move(figure));
  }
  if (status && out.size() > kMostFigures)
    status = base::fail(Code::kTooLarge, "too many figures", "figures");
  return out;
}

void read_passage(const Json& json, Reader& in, plan::Passage& out) {
  Reader passage(json);
  out.paragraph = std::size_t(passage.integer("paragraph", 0));
  out.begin = std::size_t(passage.integer("begin", 0));
  out.end = std::size_t(passage.integer("end", 0));
  if (!passage.status()) in.wrong("passage", "paragraph, begin and end are required");
}

void read_due(Reader& in, DraftNode& out) {
  out.due = in.text("due", 10);
  if (!out.due.empty() && !is_date(out.due)) in.wrong("due", "a date is 2024-06-30");
  out.due_basis = in.text("due_basis", 10);
  if (out.due.empty()) out.due_basis.clear();
  const bool known = std::find(kBases.begin(), kBases.end(), out.due_basis) != kBases.end();
  if (!out.due.empty() && !known) in.wrong("due_basis", "it is stated, year_end or set");
}

}  // namespace

bool is_date(std::string_view text) {
  return text.size() == 10 && text[4] == '-' && text[7] == '-' &&
         bool(base::parse_iso(std::string(text) + "T00:00:00Z"));
}

Json to_json(const DraftNode& node) {
  Json out = Json::object({{"id", node.id}, {"kind", to_key(node.kind)}, {"text", node.text}});
  out.set("decision", to_key(node.decision));
  out.set("passage", Json::object({{"paragraph", std::uint64_t{node.passage.paragraph}},
                                   {"begin", std::uint64_t{node.passage.begin}},
                                   {"end", std::uint64_t{node.passage.end}}}));
  const auto put = [&](const char* member, const std::string& value) {
    if (!value.empty()) out.set(member, value);
  };
  put("label", node.label);
  put("register", node.register_id);
  put("indicator", node.indicator);
  put("district", node.district);
  put("due", node.due);
  put("due_basis", node.due_basis);
  put("record", node.record);
  if (!node.aims.empty()) out.set("aims", list(node.aims));
  if (!node.figures.empty()) out.set("figures", figures_json(node.figures));
  if (!node.units.empty()) out.set("units", list(node.units));
  if (!node.children.empty()) out.set("children", to_json(node.children));
  return out;
}

Json to_json(const std::vector<DraftNode>& nodes) {
  Json out = Json::array();
  for (const auto& node : nodes) out.push(to_json(node));
  return out;
}

base::Result<DraftNode> node_from_json(const Json& json) {
  Reader in(json);
  DraftNode out;
  out.id = in.integer("id", 1);
  out.kind = in.key("kind", kKinds, NodeKind::kMeasure);
  out.label = in.text("label", kMostLabel);
  out.text = in.text("text", kMostText, true);
  out.aims = in.texts("aims", kMostAims, kMostText);
  read_passage(json["passage"], in, out.passage);
  out.register_id = in.text("register", kMostKey);
  out.indicator = in.text("indicator", kMostIndicator);
  out.units = in.texts("units", kMostUnits, kMostUnit);
  out.district = in.text("district", kMostKey);
  read_due(in, out);
  out.decision = in.key("decision", kDecisions, Decision::kOpen);
  out.record = in.text("record", kMostKey);
  base::Status status = in.status();
  out.figures = figures_of(json["figures"], status);
  if (!status) return tl::unexpected(status.error());
  auto children = nodes_from_json(json["children"]);
  if (!children) return tl::unexpected(children.error());
  out.children = std::move(*children);
  return out;
}

base::Result<std::vector<DraftNode>> nodes_from_json(const Json& json) {
  std::vector<DraftNode> out;
  for (const auto& item : json.items()) {
    auto node = node_from_json(item);
    if (!node) return tl::unexpected(node.error());
    out.push_back(std::move(*node));
  }
  return out;
}

Json to_json(const DocumentFacts& facts) {
  Json out = Json::object({{"title", facts.title}, {"kind", facts.kind}});
  const auto put = [&](const char* member, const std::string& value) {
    if (!value.empty()) out.set(member, value);
  };
  put("date", facts.date);
  put("issuer", facts.issuer);
  put("document_number", facts.document_number);
  if (facts.year > 0) out.set("year", facts.year);
  return out;
}

base::Status read_facts(const Json& json, DocumentFacts& facts) {
  Reader in(json);
  if (json.has("title")) facts.title = in.text("title", kMostTitle, true);
  if (json.has("kind")) facts.kind = in.text("kind", kMostKey, true);
  if (json.has("date")) facts.date = in.text("date", 10);
  if (json.has("issuer")) facts.issuer = in.text("issuer", kMostUnit);
  if (json.has("document_number")) facts.document_number = in.text("document_number", 60);
  if (json.has("year")) facts.year = int(in.integer("year", 2000));
  if (!facts.date.empty() && !is_date(facts.date)) in.wrong("date", "a date is 2024-06-30");
  if (facts.year > 2100) in.wrong("year", "a year is 2000 to 2100");
  return in.status();
}

}  // namespace jinglue::act::task
