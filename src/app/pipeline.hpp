// SPDX-License-Identifier: Apache-2.0
// Pipeline: the one function from journal entries to the picture and the findings: decode,
// identity, live state, archive, rules. Live, replay and back-test run this same code in journal
// order; it reads no clock. Owned by one thread; the live snapshot and the archive may be read from
// others.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "app/table_feeds.hpp"
#include "base/bytes.hpp"
#include "base/instant.hpp"
#include "base/json.hpp"
#include "detect/engine.hpp"
#include "model/finding.hpp"
#include "model/journal_entry.hpp"
#include "observe/feed/reader.hpp"
#include "picture/archive/archive.hpp"
#include "picture/coverage/coverage.hpp"
#include "picture/gate/gate.hpp"
#include "picture/identity/flag_table.hpp"
#include "picture/identity/identity.hpp"
#include "picture/live/live.hpp"
#include "picture/message/message_log.hpp"
#include "picture/sensor/measurements.hpp"
#include "picture/sensor/sensor_book.hpp"

namespace jinglue::app {

struct StationCount {
  std::uint64_t messages{0};  ///< copies of what another station heard first among them
  std::uint64_t copies{0};
  std::optional<std::int64_t> clock_ahead_ms;  ///< of the feed, when its stamps tell
  std::uint64_t fixes{0};
  base::Instant last;  ///< arrival of its last message
};
/// What one input gave so far; part of the snapshot, so that counts survive a restart.
struct InputCount {
  std::uint64_t lines{0};  ///< journaled, so durable
  std::uint64_t messages{0};
  std::uint64_t copies{0};  ///< of messages: what another station had brought
  std::uint64_t parts{0};   ///< lines that are a part of a message, not its last
  std::uint64_t fixes{0};
  std::uint64_t measured{0};  ///< values of buoys and sensors
  std::uint64_t texts{0};     ///< short messages in words, and alarms
  /// Binary messages of AIS by "DAC/FI"; those beyond the 256th kind under "other".
  std::map<std::string, std::uint64_t> applications;
  std::map<std::string, std::uint64_t> rejects;  ///< lines, by cause
  /// Fixes, by cause; see picture/gate. Of sensors: single values.
  std::map<std::string, std::uint64_t> withheld;
  /// By receiving station: named in the line (tag block, suffix), else the address it came from.
  std::map<std::string, StationCount, std::less<>> stations;
  base::Instant last;  ///< arrival of the last line

  std::uint64_t rejected() const {
    std::uint64_t out = 0;
    for (const auto& [cause, number] : rejects) out += number;
    return out;
  }
  /// Lines of which no count tells what became: zero, or a count is wrong.
  std::int64_t unaccounted() const {
    return static_cast<std::int64_t>(lines) -
           static_cast<std::int64_t>(messages + copies + parts + rejected());
  }
};

/// What became of the last line, for what goes on beside the picture.
struct LineOutcome {
  bool message{false};   ///< it completed a message or a copy
  bool copy{false};      ///< that another station had brought
  bool withheld{false};  ///< its position is neither drawn nor judged
  std::optional<model::TerminalId> ais_sender;
  std::vector<model::TerminalId> ais_named;  ///< whom it names beside its sender
};

class Pipeline {
 public:
  /// The archive also serves the engine's history; rows that it holds already are not added twice.
  /// `flags` gives the flag of a vessel that the register does not know.
  explicit Pipeline(picture::Archive& archive, picture::FlagTable flags = {},
                    picture::Expiry expiry = {});
  ~Pipeline();

  /// Where measurements of buoys and sensors are kept; without it only the last ones are known.
  /// Before the first entry; must outlive the pipeline.
  void keep_measurements(picture::Measurements& measurements) { m_measurements = &measurements; }

  /// Where messages of stations are kept; without it they are only counted. As above.
  void keep_messages(picture::MessageLog& messages) { m_messages = &messages; }

  /// Takes the next entry (offsets without a gap) and appends the steps that it causes.
  void process(const model::JournalEntry& entry, std::vector<model::FindingStep>& steps);
  /// The same for entries that are at hand together, read ahead in blocks, which is faster; `after`
  /// is called behind each.
  template <class After>
  void process(std::span<const model::JournalEntry> entries, std::vector<model::FindingStep>& steps,
               After after) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (i % kAhead == 0) expect(entries.subspan(i, std::min(kAhead, entries.size() - i)));
      process(entries[i], steps);
      after(entries[i]);
    }
  }
  static constexpr std::size_t kAhead = observe::feed::Reader::kAhead;
  /// A position without its line: a back-test from the archive, whose journal is gone.
  void process_fix(const model::Fix& fix, std::vector<model::FindingStep>& steps);
  /// What a sender says of itself without its line; for the same.
  void process_stated(const model::StaticReport& said) { m_live.apply(said); }
  /// Every position is drawn and judged from here on, as if it had passed the gate: for charts on
  /// which ships leap from cell to cell. Not part of the snapshot.
  void trust_positions() { m_trusting = true; }
  /// An empty state that stands for `offset`: the journal up to there is gone.
  void start_at(std::uint64_t offset) { m_offset = offset; }
  /// Makes the live state visible to other threads; `now` is the data folder's clock.
  void publish(base::Instant now);

  std::uint64_t offset() const { return m_offset; }  ///< of the last entry taken
  base::Instant clock() const { return m_clock; }    ///< latest arrival taken
  const picture::Live& live() const { return m_live; }
  /// May be asked from any thread.
  const picture::Coverage& coverage() const { return m_coverage; }
  const detect::Engine& engine() const { return m_engine; }
  const picture::Identity& identity() const { return m_identity; }
  /// What is known now of the sender of a fix of that time; the back-test asks it of old fixes.
  detect::SubjectView view_of(model::TrackId track, base::Instant at) const;
  const LineOutcome& last_line() const { return m_last_line; }
  const std::map<std::string, InputCount>& inputs() const { return m_inputs; }
  std::uint64_t positions() const { return m_positions; }
  /// Findings that are open now, each once however many subjects it has.
  std::uint64_t open_findings() const { return m_open_findings.size(); }
  /// What buoys and sensors said last; for the pipeline's thread.
  picture::SensorBook::Snapshot sensors() { return m_sensors.snapshot(); }
  /// Number of the last register change taken; the outbox continues after it.
  std::int64_t change_number() const { return m_change_number; }
  const std::string& pack_revision() const { return m_pack_revision; }
  /// Of the setup of the feeds in force; empty before the first.
  const std::string& feeds_revision() const { return m_feeds_revision; }
  /// Why the last rule pack or change entry was not understood; empty when all were.
  const std::string& last_problem() const { return m_problem; }

  void save(base::ByteWriter& out) const;
  bool load(base::ByteReader& in);
  /// Whether load() knows the layout of a saved state.
  static bool knows(std::string_view state);

 private:
  /// These are processed next.
  void expect(std::span<const model::JournalEntry> entries);
  /// The feed's time goes on to an arrival: what is too old leaves the live picture.
  void advance(base::Instant arrival);
  void take_positions(const model::JournalEntry& entry);
  void take_line(const model::JournalEntry& entry, std::vector<model::FindingStep>& steps);
  void take_measured(InputCount& count);
  void take_reported(const model::Fix& reported, const picture::Hearing& by, InputCount& count,
                     std::vector<model::FindingStep>& steps);
  void take_fix(const model::Fix& fix, picture::Withheld why,
                std::vector<model::FindingStep>& steps);
  void take_change(const model::JournalEntry& entry, std::vector<model::FindingStep>& steps);
  void take_pack(const model::JournalEntry& entry, std::vector<model::FindingStep>& steps);
  void use_pack(const std::string& payload, bool restoring, std::vector<model::FindingStep>& steps);
  void use_feeds(const std::string& payload);
  void keep_said(InputCount& count, const model::JournalEntry& entry);
  void take_text(const observe::feed::Text& said, const model::JournalEntry& entry,
                 std::vector<model::FindingStep>& steps);
  void count_findings(const std::vector<model::FindingStep>& steps, std::size_t from);

  picture::Archive& m_archive;
  const picture::FlagTable m_flags;
  const picture::Expiry m_expiry;
  picture::Identity m_identity;
  picture::Live m_live;
  observe::feed::Reader m_reader;
  TableFeeds m_tables;               // the inputs whose lines are rows
  observe::feed::Reading m_reading;  // of the last line; keeps its memory
  std::vector<observe::feed::Line> m_expected;
  LineOutcome m_last_line;
  picture::Gate m_gate;
  picture::Coverage m_coverage;
  picture::SensorBook m_sensors;
  picture::Measurements* m_measurements{nullptr};
  picture::MessageLog* m_messages{nullptr};
  bool m_trusting{false};
  detect::Engine m_engine;
  std::uint64_t m_offset{0};
  base::Instant m_clock;
  std::map<std::string, InputCount> m_inputs;
  std::uint64_t m_positions{0};
  std::int64_t m_change_number{0};
  std::string m_pack_payload;  // of the pack in force: a snapshot must stand without the journal
  std::string m_pack_revision;
  std::string m_feeds_payload;  // likewise
  std::string m_feeds_revision;
  std::string m_problem;
  /// Open findings by subject id: finding -> severity.
  std::map<std::string, std::map<std::uint64_t, std::uint8_t>> m_open;
  std::set<std::uint64_t> m_open_findings;  // of m_open
};

}  // namespace jinglue::app
