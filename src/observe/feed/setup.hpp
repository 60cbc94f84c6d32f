// SPDX-License-Identifier: Apache-2.0
// Setup: what a Reader must know of the inputs and of the fleet's own BeiDou contents. It is an
// entry of the journal, as the rules are, so that what is derived from the lines after it does not
// depend on the settings of the day on which it is derived.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/config.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "model/terminal.hpp"
#include "observe/beidou/layout.hpp"
#include "observe/naf/message.hpp"
#include "observe/sensor/mapping.hpp"

namespace jinglue::observe::feed {

enum class Format : std::uint8_t { kNmea = 0, kNaf, kSensor, kCsv };
std::string_view to_key(Format format);
/// kUnknown says which there are.
base::Result<Format> format_from(std::string_view key);

struct Input {
  Format format{Format::kNmea};
  std::optional<model::TerminalId> own_terminal;  ///< whose RMC and GGA are
  naf::SpeedUnit naf_speed{naf::SpeedUnit::kTenths};
  /// A path, or a name: of a sensor input in data/sensors, of a csv input in data/mappings.
  std::string mapping;
  /// Of a csv input: the text of its mapping file (the caller of read_inputs reads it), the heading
  /// when the stream has none, whether its text is GBK. The app reads the rows:
  /// app/table_feeds.hpp.
  std::string table;
  std::string heading;
  bool gbk{false};
};
using Inputs = std::map<std::string, Input, std::less<>>;

/// Of the "[[input]]" tables of jinglue.toml: format, own_terminal, naf_speed, mapping, heading,
/// encoding.
base::Result<Inputs> read_inputs(const base::ConfigNode& document);

class Setup {
 public:
  Setup();  ///< nmea for every input, no layouts

  /// `layouts`: a folder of TOML files; when there is none, so there are no layouts. `mappings`:
  /// the folder of the mappings that inputs name.
  static base::Result<Setup> read(const std::filesystem::path& layouts, Inputs inputs,
                                  const std::filesystem::path& mappings = {});
  /// The payload of a journal entry of kind kFeeds.
  base::Json to_json() const;
  static base::Result<Setup> from_json(const base::Json& json);
  /// Of the content: equal setups have equal revisions.
  std::string revision() const;

  /// Of an input that is not named: that of `otherwise`.
  const Input& input(std::string_view name) const;
  const Inputs& inputs() const { return m_inputs; }
  void set_otherwise(const Input& input) { m_otherwise = input; }
  const beidou::Layouts& layouts() const { return *m_layouts; }
  /// Of a sensor input; null when there is none.
  const sensor::Mapping* mapping(const Input& input) const;
  /// Of all mappings, by id; the first one that names a station wins.
  std::vector<model::SensorStation> stations() const;

 private:
  struct File {
    std::string name;
    std::string text;
  };
  base::Status add(File file);
  base::Status add_mapping(const std::string& name, const std::filesystem::path& folder);
  base::Status add_mapping(File file);

  Inputs m_inputs;
  Input m_otherwise;
  std::vector<File> m_files;
  std::vector<File> m_mapping_files;           // their names are those that inputs say
  std::shared_ptr<beidou::Layouts> m_layouts;  // shared by copies, which never change it
  std::map<std::string, std::shared_ptr<const sensor::Mapping>, std::less<>>
      m_mappings;  // likewise
};

}  // namespace jinglue::observe::feed
