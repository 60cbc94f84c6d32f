// SPDX-License-Identifier: Apache-2.0
// Runner: recovers the pipeline from snapshot and journal, then runs it. Three threads: the
// pipeline (sole owner of its state), the publisher (finding steps: stored first, shown after), the
// keeper (snapshots and journal trimming). Any thread may read the views.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "app/data_clock.hpp"
#include "app/health.hpp"
#include "app/pipeline.hpp"
#include "app/sequencer.hpp"
#include "base/bounded_queue.hpp"
#include "findings/findings.hpp"
#include "store/data_folder.hpp"
#include "store/journal.hpp"
#include "store/snapshot.hpp"

namespace jinglue::app {

/// Hears every line behind the pipeline, in journal order, in the pipeline's thread; it must return
/// at once. Not what a restart reads again.
class LineListener {
 public:
  virtual ~LineListener() = default;
  virtual bool wanted() const = 0;
  virtual void line(const model::JournalEntry& entry, const Pipeline& pipeline) = 0;
  virtual void batch_ends() = 0;
};

class Runner {
 public:
  struct Options {
    base::Duration snapshot_every{std::chrono::minutes(5)};
    base::Duration keep_journal{std::chrono::hours(24 * 30)};
    picture::FlagTable flags;
    picture::Expiry expiry;
    picture::Measurements* measurements{nullptr};     ///< must outlive the runner
    std::optional<base::Duration> keep_measurements;  ///< absent = for ever
    picture::MessageLog* messages{nullptr};           ///< must outlive the runner
    std::optional<base::Duration> keep_messages;      ///< absent = for ever
    std::size_t queue_items{1024};  ///< to the publisher; full = the pipeline waits
  };
  using Publish = std::function<void(std::span<const model::FindingStep>)>;
  using Shown = std::function<void()>;

  Runner(store::Journal& journal, const store::DataFolder& folder, picture::Archive& archive,
         findings::Findings& findings, const DataClock& clock, Health& health, Options options);
  ~Runner();

  /// Before start(): the newest sound snapshot, then the journal behind it. A snapshot of another
  /// version of the program is left out while the journal still holds everything. Throws WorldError
  /// when the journal does not reach back to the snapshot.
  void recover();
  /// Before start(): journals entries, makes them durable and takes them at once.
  void prime(std::vector<model::JournalEntry> entries);
  Pipeline& pipeline() { return m_pipeline; }
  /// Before start(). Null = nobody; it must outlive the run.
  void set_listener(LineListener* listener) { m_listener = listener; }

  /// `shown` is called by the pipeline thread whenever live() and view() are new: be quick.
  void start(Sequencer& sequencer, Publish publish, Shown shown = {});
  /// Before sequencer.stop(): from now on a write that fails is not tried again, so that no full
  /// queue holds up the end. The next start derives what was not stored from the journal.
  void prepare_stop() { m_stopping = true; }
  /// After sequencer.stop(): takes what is queued, saves a last snapshot.
  void stop();

  std::shared_ptr<const picture::LiveSnapshot> live() const { return m_pipeline.live().snapshot(); }
  /// Copies made by the pipeline thread at least ten times a second, and 20 ms after a change when
  /// that costs little.
  struct View {
    std::map<std::string, InputCount> inputs;
    std::uint64_t offset{0};
    std::uint64_t positions{0};
    std::uint64_t steps{0};
    std::uint64_t open_findings{0};
    std::uint64_t live_tracks{0};
    std::uint64_t live_expired{0};
    base::Instant clock;
    base::Json engine;  ///< counted twice a second
    std::string pack_revision;
    std::string problem;
    picture::SensorBook::Snapshot sensors;
    std::shared_ptr<const detect::RulePack> pack;  // shared with the engine
  };
  View view() const;
  base::Instant last_snapshot() const { return {m_snapshot_ms.load()}; }

 private:
  struct Outgoing {
    std::vector<model::FindingStep> steps;
    std::uint64_t offset{0};
    std::optional<std::string> snapshot;
  };
  void run_pipeline(Sequencer& sequencer);
  void take(const Sequencer::Batch& batch);
  void show(base::Instant now);
  void copy_view();
  void advance(std::uint64_t offset, bool now_durable = false);  ///< of what is derived
  void load_newest_snapshot();
  void hand_over_snapshot();
  void run_publisher();
  bool store_steps(const Outgoing& item);
  void run_keeper();
  void keep(const store::Snapshot& kept);

  store::Journal& m_journal;
  const store::DataFolder& m_folder;
  picture::Archive& m_archive;
  findings::Findings& m_findings;
  const DataClock& m_clock;
  Health& m_health;
  const Options m_options;
  Pipeline m_pipeline;
  Publish m_publish;
  LineListener* m_listener{nullptr};
  Shown m_shown;
  Sequencer* m_sequencer{nullptr};
  base::BoundedQueue<Outgoing> m_outgoing{m_options.queue_items};
  base::BoundedQueue<store::Snapshot> m_kept{1};
  mutable std::mutex m_view_mutex;
  View m_view;
  std::uint64_t m_steps{0};
  std::chrono::steady_clock::time_point m_count_at{};  ///< when the engine's counters are due
  std::atomic<std::int64_t> m_snapshot_ms{0};
  std::atomic<bool> m_stopping{false};
  std::thread m_pipeline_thread, m_publisher_thread, m_keeper_thread;
};

}  // namespace jinglue::app
