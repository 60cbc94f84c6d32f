// SPDX-License-Identifier: Apache-2.0
// Sequencer: the only door into the journal. One thread takes lines from the links' queues, a tick
// for each second of the data folder's clock, register changes and rule packs, appends them in one
// total order, syncs, and only then hands them on. So everything downstream is derived from durable
// entries. When the disk is full or fails it stops taking (TCP senders wait, UDP drops are
// counted), says so in Health and tries again each second.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "app/data_clock.hpp"
#include "app/health.hpp"
#include "base/bounded_queue.hpp"
#include "base/instant.hpp"
#include "model/journal_entry.hpp"
#include "model/record_change.hpp"
#include "observe/link/link.hpp"
#include "store/journal.hpp"

namespace jinglue::app {

class Sequencer {
 public:
  using Batch = std::vector<model::JournalEntry>;
  struct Options {
    base::Duration pace{10};         ///< at least this long from one sync to the next
    base::Duration retry{1000};      ///< after a failed append or sync
    std::size_t queue_batches{256};  ///< to the pipeline; full = the sequencer waits
  };
  /// Register changes that the journal does not hold yet, in number order.
  using Outbox = std::function<std::vector<model::RecordChange>(std::int64_t after)>;

  Sequencer(store::Journal& journal, const DataClock& clock, Health& health, Outbox outbox,
            std::int64_t change_number, Options options);
  ~Sequencer();

  /// Before start(). The link must outlive the sequencer's run.
  void add_link(observe::link::Link& link);
  void start();
  /// Takes what the links' queues hold, then ends and closes batches().
  void stop();

  /// A register change was committed: wakes the outbox. Any thread.
  void wake() { m_outbox_wanted = true; }
  /// Puts an entry (rule pack, past of a drill) in the order; waits for a place in the queue.
  void put(model::JournalEntry entry);
  /// The journal may drop segments that end before `offset` and arrived before `before`; done by
  /// the sequencer's thread, the journal's only writer.
  void request_trim(std::uint64_t offset, base::Instant before);
  /// Durable entries, in order; the pipeline takes them.
  base::BoundedQueue<Batch>& batches() { return m_batches; }
  /// Lines made durable since start, by input.
  std::map<std::string, std::uint64_t> durable_lines() const;
  std::uint64_t durable_offset() const { return m_durable; }

 private:
  void run();
  Batch gather();
  void gather_changes(Batch& batch);
  void gather_ticks(Batch& batch);
  bool make_durable(Batch& batch);
  void note_failure(const std::exception& failure);
  void count(const Batch& batch);
  void trim_when_asked();

  store::Journal& m_journal;
  const DataClock& m_clock;
  Health& m_health;
  const Outbox m_outbox;
  const Options m_options;
  std::vector<observe::link::Link*> m_links;
  base::BoundedQueue<model::JournalEntry> m_direct;
  base::BoundedQueue<Batch> m_batches;
  std::int64_t m_change_number;
  std::int64_t m_last_tick_s{0};
  std::atomic<bool> m_outbox_wanted{true};
  std::atomic<bool> m_stopping{false};
  std::atomic<std::uint64_t> m_durable{0};
  std::atomic<std::uint64_t> m_trim_offset{0};  // 0 = nothing asked
  std::atomic<std::int64_t> m_trim_before_ms{0};
  mutable std::mutex m_counts_mutex;
  std::map<std::string, std::uint64_t> m_counts;
  std::thread m_thread;
};

}  // namespace jinglue::app
