// SPDX-License-Identifier: Apache-2.0
// Applications: what the data of a binary message (types 6, 8, 25, 26) mean, by designated area
// code (DAC) and function identifier (FI). Read from the tables in data/ais/*.toml, which name
// their source; nothing is built in. A mistake in a table is reported with file, line and key.
// Format: docs/format/applications.md.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/config.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include "observe/ais/field.hpp"

namespace jinglue::observe::ais {

/// Fields one after another; a group repeats its own fields, a switch goes on by a field's value.
struct Layout {
  struct Item;
  std::vector<Item> items;
};

struct Layout::Item {
  enum class Kind : std::uint8_t { kField, kGroup, kSwitch };
  Kind kind{Kind::kField};
  Field field;                  ///< of a field; of the others its name only
  std::size_t decider{0};       ///< switch, group with a count: which item of the layout decides
  bool counted{false};          ///< group: the decider says how many
  std::size_t size{0};          ///< group: bits of one; 0 = as many as its fields
  std::size_t most{0};          ///< group: repetitions
  std::vector<Layout> layouts;  ///< group: one; switch: one per case
  std::vector<std::int64_t> cases;
};

struct Application {
  std::uint16_t dac{0};
  std::uint8_t fi{0};
  std::uint32_t types{0};  ///< bit per message type
  std::string id;
  base::Words title;
  std::string source;
  std::string valid_from, valid_until;  ///< "2010-06-02", empty = open; old ones are still sent
  std::size_t least_bits{0};            ///< of data; shorter data are not of this application
  std::size_t most_bits{1024};
  Layout layout;
};

class Applications {
 public:
  Applications() = default;
  Applications(Applications&&) = default;
  Applications& operator=(Applications&&) = default;

  /// Adds the tables of one file.
  base::Status add(const base::ConfigNode& file);
  /// Null when nothing is known of it, or the data are too short or too long for what is.
  const Application* find(unsigned type, unsigned dac, unsigned fi, std::size_t data_bits) const;
  /// Whether a table speaks of it at all.
  bool knows(unsigned type, unsigned dac, unsigned fi) const;
  const std::vector<Application>& all() const { return m_all; }

 private:
  base::Status add_one(const base::ConfigNode& node);
  base::Result<Layout> read_layout(const base::ConfigNode& fields, int depth);
  base::Status read_field(const base::ConfigNode& node, Layout::Item& out);
  base::Status read_group(const base::ConfigNode& node, const Layout& before, int depth,
                          Layout::Item& out);
  base::Status read_switch(const base::ConfigNode& node, const Layout& before, int depth,
                           Layout::Item& out);
  std::string_view keep(std::string name);

  std::vector<Application> m_all;
  std::map<std::uint32_t, std::vector<std::size_t>> m_by_identifier;
  std::deque<std::string> m_names;  // the fields' names are views into these
};

}  // namespace jinglue::observe::ais
