// SPDX-License-Identifier: Apache-2.0
// DefinitionReader: TOML to Definition, gathering every mistake instead of stopping at the first.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/config.hpp"
#include "registry/definition.hpp"
#include "registry/detail/node_reader.hpp"

namespace jinglue::registry::detail {

class DefinitionReader : public NodeReader {
 public:
  explicit DefinitionReader(const base::ConfigNode& document) : m_document(document) {}

  Definition read();

 private:
  /// Where a field stands decides what it may have.
  enum class Place { kRecord, kColumn, kInput };

  void read_head(Definition& d);
  void read_number(Definition& d);
  Field read_field(const Node& node, Place place);
  void read_limits(const Node& node, Field& f);
  void read_choices(const Node& node, Field& f);
  void read_kind(const Node& node, Field& f, Place place);
  void check_after(const Node& node, Field& f, const std::vector<Field>& beside);
  void read_required_when(const Node& node, Field& f, const std::vector<Field>& beside);
  void check_flags(const Node& node, const Field& f, Place place);
  // In field_reader.cpp: who sees it, where it stands, where its value comes from.
  void read_more(const Node& node, Field& f, Place place);
  void read_sight(const Node& node, Field& f, Place place);
  void read_origin(const Node& node, Field& f, Place place);
  void read_default(const Node& node, Field& f);
  void read_codes(const Node& node, Field& f);
  void check_codes_on(const Node& node, const Field& f, const std::vector<Field>& beside);
  void read_files(const Node& node, Field& f);
  void check_more(const Definition& d);
  void read_sections(Definition& d);
  std::vector<Field> read_fields(const Node& list, Place place);
  void read_states(Definition& d);
  void read_transitions(Definition& d);
  Transition read_transition(const Node& node, const Definition& d);
  void read_stamps(const Node& node, const Definition& d, Transition& t);
  void check_input(const Node& node, const Definition& d, const Transition& t);
  void check_names(const Definition& d);
  void check_lifecycle(const Definition& d);

  const Node& m_document;
};

/// Links between registers: `documents` are those of `definitions`, in the same order.
void check_links(const std::vector<Definition>& definitions,
                 const std::vector<base::ConfigNode>& documents, std::vector<base::Error>& errors);

}  // namespace jinglue::registry::detail
