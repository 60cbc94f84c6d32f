// SPDX-License-Identifier: Apache-2.0
// Clocks as the file writes them: [[clocks]] of docs/format/register.md.
#include <algorithm>

#include "registry/detail/life_reader.hpp"

namespace jinglue::registry::detail {

using base::Code;

ClockRule LifeReader::read_clock(const Node& node) {
  only(node,
       {"key", "zh", "en", "kind", "basis", "source", "confidence", "starts", "until", "when",
        "length", "pauses", "stops", "stops_when", "to_working_day", "warn", "to", "escalate"});
  ClockRule c;
  c.key = key(node["key"]);
  c.name = words(node);
  const std::string kind = text(node["kind"]);
  c.statutory = kind == "statutory";
  if (!kind.empty() && !c.statutory && kind != "internal") {
    mistake(node["kind"], Code::kUnknown, "unknown kind of clock '" + kind + "'",
            "statutory or internal");
  }
  c.basis = text_or_empty(node["basis"]);
  c.source = text_or_empty(node["source"]);
  c.confidence = text_or_empty(node["confidence"]);
  const bool known = c.confidence.empty() || c.confidence == "high" || c.confidence == "medium" ||
                     c.confidence == "memory";
  if (!known) {
    mistake(node["confidence"], Code::kUnknown, "unknown confidence '" + c.confidence + "'",
            "high, medium or memory (unverified)");
  }
  read_start(node, c);
  if (node["when"].present()) c.when = condition(node["when"], m_names);
  c.pauses = state_list(node["pauses"]);
  c.stops = state_list(node["stops"]);
  if (node["stops_when"].present()) c.stops_when = condition(node["stops_when"], m_names);
  c.to_working_day = node["to_working_day"].present() ? flag(node["to_working_day"]) : c.statutory;
  read_moments(node, c);
  check_clock(node, c);
  return c;
}

void LifeReader::read_start(const Node& node, ClockRule& c) {
  const Node starts = node["starts"];
  const auto field = [&](const Node& at) {
    c.field = text(at);
    const Field* f = m_definition.field(c.field);
    const bool dated =
        f != nullptr && (f->type == FieldType::kDate || f->type == FieldType::kInstant);
    if (!dated && !c.field.empty()) {
      mistake(at, Code::kUnknown, "'" + c.field + "' is no field of type date or instant");
    }
  };
  if (node["until"].present()) {
    c.start = ClockStart::kUntil;
    field(node["until"]);
    for (const char* name : {"starts", "length", "pauses", "to_working_day"}) {
      if (!node[name].present()) continue;
      mistake(node[name], Code::kConflict, "a clock with 'until' runs to that date, whatever is");
    }
    return;
  }
  only(starts, {"on", "state", "field"});
  if (starts.members().size() != 1) {
    mistake(starts, Code::kMissing, "says when the clock starts",
            "starts = { on = 'create' }, { state = 'STATE' } or { field = 'FIELD' }");
  } else if (starts["on"].present()) {
    if (text(starts["on"]) != "create") mistake(starts["on"], Code::kUnknown, "on = 'create'");
  } else if (starts["state"].present()) {
    c.start = ClockStart::kState;
    c.start_states = state_list(starts["state"]);
  } else {
    c.start = ClockStart::kField;
    field(starts["field"]);
  }
  if (const auto length = span(node["length"])) {
    c.length = *length;
  } else if (!node["length"].present()) {
    mistake(node["length"], Code::kMissing, "a clock has a length", "for example '7 working days'");
  }
}

void LifeReader::read_moments(const Node& node, ClockRule& c) {
  c.warn = span(node["warn"]);
  c.to = read_recipients(node["to"]);
  const Node escalate_node = node["escalate"];
  for (const auto& item : escalate_node.items()) {
    only(item, {"after", "to"});
    Escalation step;
    if (const auto after = span(item["after"])) {
      step.after = *after;
    } else if (!item["after"].present()) {
      mistake(item["after"], Code::kMissing, "says how long after the clock was due");
    }
    step.to = read_recipients(item["to"]);
    if (step.to.empty()) mistake(item["to"], Code::kMissing, "says who is told");
    c.escalations.push_back(std::move(step));
  }
}

void LifeReader::check_clock(const Node& node, const ClockRule& c) {
  const bool ends = !c.stops.empty() || c.stops_when ||
                    std::any_of(m_definition.states.begin(), m_definition.states.end(),
                                [](const State& s) { return s.final; });
  if (!ends)
    mistake(node["stops"], Code::kMissing, "nothing ends this clock",
            "stops = [states], or stops_when = 'CONDITION'");
  for (const auto& state : c.stops) {
    if (std::find(c.pauses.begin(), c.pauses.end(), state) != c.pauses.end()) {
      mistake(node["pauses"], Code::kConflict, "'" + state + "' cannot both pause and end it");
    }
    if (std::find(c.start_states.begin(), c.start_states.end(), state) != c.start_states.end()) {
      mistake(node["stops"], Code::kConflict, "'" + state + "' cannot both start and end it");
    }
  }
}

}  // namespace jinglue::registry::detail
