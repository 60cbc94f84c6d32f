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

  void rules(const detect::RuleFiles& files);
  void records(std::span<const model::RecordChange> changes);
  /// Lines of a file (.gz too) as they would have arrived: at their stated times, or one after the
  /// other at `start` when the log has none.
  void log(const std::filesystem::path& file, const Between& between, base::Instant start,
           const Progress& progress);
  /// Positions in arrival order.
  void archive(const picture::Archive& from, const Between& between, const Progress& progress);
  /// A single entry, for tests.
  void entry(model::JournalEntry entry);

  Pipeline& pipeline() { return *m_pipeline; }
  const std::vector<model::FindingStep>& steps() const { return m_steps; }
  /// The folded findings, by begin.
  std::vector<findings::Finding> findings() const;

 private:
  void ticks_until(base::Instant t);

  std::filesystem::path m_folder;
  std::unique_ptr<picture::Archive> m_archive;
  std::unique_ptr<Pipeline> m_pipeline;
  std::vector<model::FindingStep> m_steps;
  std::uint64_t m_offset{0};
  std::optional<std::int64_t> m_tick_s;
};

}  // namespace jinglue::app
