// SPDX-License-Identifier: Apache-2.0
// TableFeeds: live inputs whose lines are rows of a table (format = "csv"): what the columns mean
// is a mapping file, as for imports (picture/exchange/mapping.hpp). The heading is a line of the
// stream or stands in the settings; it is known per input and sender, is part of the snapshot, and
// may come again at any time. observe may not know exchange, so the app reads these lines itself.
// Every line has one cause. No clock. Owned by the pipeline thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "model/journal_entry.hpp"
#include "observe/beidou/gbk.hpp"
#include "observe/feed/reader.hpp"
#include "picture/exchange/reader.hpp"

namespace jinglue::app {

class TableFeeds {
 public:
  /// Senders beyond are read without a memory of their heading: they must state it each time.
  static constexpr std::size_t kMostHeadings = 1024;

  /// The inputs with format = "csv" of a setup. An Error names the input and the key of its
  /// mapping.
  base::Status use(const observe::feed::Setup& setup);
  /// Whether this input is one of them.
  bool reads(std::string_view input) const { return m_inputs.find(input) != m_inputs.end(); }
  /// `out.station` is the sender; cause and fixes are set. The cause is valid until the next line.
  void read(const model::JournalEntry& entry, observe::feed::Reading& out);

  void save(base::ByteWriter& out) const;  ///< the headings
  bool load(base::ByteReader& in);

 private:
  struct Input {
    picture::exchange::ReadOptions options;  ///< its mapping is not bound to a heading
    std::vector<std::string> heading;        ///< of the settings; empty = a line of the stream
    bool gbk{false};
  };
  /// A mapping that is bound to the heading of one sender.
  struct Sender {
    std::vector<std::string> heading;
    picture::exchange::ReadOptions options;
  };
  using Cells = std::vector<std::string>;

  base::Result<Cells> cells_of(const Input& input, std::string_view line);
  /// The sender's columns; null when no heading is known yet.
  Sender* sender_of(const Input& input, const std::string& key);
  static std::optional<Sender> bound(const Input& input, const Cells& heading);
  static base::Result<model::Fix> fix_of(const Sender& sender, const Cells& cells);

  std::map<std::string, Input, std::less<>> m_inputs;
  std::map<std::string, Cells> m_headings;  ///< by input and sender: what a stream has stated
  std::map<std::string, Sender> m_senders;  ///< made from these when they are needed
  observe::beidou::Gbk m_gbk;
  std::string m_cause;
};

}  // namespace jinglue::app
