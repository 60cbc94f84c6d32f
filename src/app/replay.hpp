// SPDX-License-Identifier: Apache-2.0
// Replay: a log of sentences, or the positions of an archive, through the same pipeline as live, in
// a temporary folder, as fast as possible. For `jinglue replay`, `jinglue rules backtest` and
// tests.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/pipeline.hpp"
#include "base/instant.hpp"
#include "detect/engine.hpp"
#include "findings/findings.hpp"
#include "model/record_change.hpp"
#include "picture/archive/archive.hpp"

namespace jinglue::app {

class Replay {
 public:
  struct Between {
    base::Instant from{base::kDistantPast};
    base::Instant to{base::kDistantFuture};  ///< exclusive; of event or stated times
  };
  using Progress = std::function<void(std::uint64_t taken, base::Instant clock)>;

  explicit Replay(picture::FlagTable flags = {});
  ~Replay();

  /// Known from the start: they stand before the first journal offset.
  void rules(const detect::RuleFiles& files);
  /// How lines are read.
  void feeds(const observe::feed::Setup& setup);
  void records(std::span<const model::RecordChange> changes);
  /// Lines of a file (.gz too) as they would have arrived: at their stated times, or one after the
  /// other at `start` when the log has none.
  void log(const std::filesystem::path& file, const Between& between, base::Instant start,
           const Progress& progress);
  /// What senders said of themselves last, from the newest snapshot of a station: an archive has
  /// positions only, and a vessel without a record would have no kind. False when there is none.
  bool stated_from(const std::filesystem::path& snapshots);
  /// Positions in arrival order, with their own journal offsets, so that a finding has the id that
  /// it had live.
  void archive(const picture::Archive& from, const Between& between, const Progress& progress);
  /// A single entry, for tests.
  void entry(model::JournalEntry entry);

  Pipeline& pipeline() { return *m_pipeline; }
  const std::vector<model::FindingStep>& steps() const { return m_steps; }
  /// The folded findings, by begin.
  std::vector<findings::Finding> findings() const;

 private:
  /// Ticks of each second up to t. They take the offsets below `limit`, the last one many times.
  void ticks_until(base::Instant t, std::uint64_t limit = UINT64_MAX);
  void give(model::JournalEntry entry);
  void say_before(const model::Fix& fix);
  void advance();

  std::filesystem::path m_folder;
  std::unique_ptr<picture::Archive> m_archive;
  std::unique_ptr<Pipeline> m_pipeline;
  std::unordered_map<model::TrackId, model::StaticReport> m_stated;  ///< of the snapshot
  std::vector<model::FindingStep> m_steps;
  observe::feed::Setup m_feeds;
  std::uint64_t m_offset{0};
  std::uint64_t m_taken{0};
  std::optional<std::int64_t> m_tick_s;
};

}  // namespace jinglue::app
