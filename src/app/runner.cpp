// SPDX-License-Identifier: Apache-2.0
// Recovery, and the loops of the pipeline, the publisher and the keeper.
#include "app/runner.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <utility>

#include "base/log.hpp"
#include "base/pace.hpp"

namespace jinglue::app {

namespace {

using SteadyClock = std::chrono::steady_clock;
/// What is new is shown so soon after what was shown before, unless showing takes more than a share
/// of the pipeline's time; when nothing is new, the clock still moves.
constexpr auto kShowAgain = std::chrono::milliseconds(20);
constexpr int kShowShare = 10;
constexpr auto kShowIdle = std::chrono::milliseconds(100);
constexpr auto kCountEvery = std::chrono::milliseconds(500);
constexpr auto kRetry = std::chrono::seconds(1);
constexpr std::size_t kStepsAtOnce = 512;

}  // namespace

Runner::Runner(store::Journal& journal, const store::DataFolder& folder, picture::Archive& archive,
               findings::Findings& findings, const DataClock& clock, Health& health,
               Options options)
    : m_journal(journal),
      m_folder(folder),
      m_archive(archive),
      m_findings(findings),
      m_clock(clock),
      m_health(health),
      m_options(std::move(options)),
      m_pipeline(archive, m_options.flags, m_options.expiry) {
  if (m_options.measurements != nullptr) m_pipeline.keep_measurements(*m_options.measurements);
  if (m_options.messages != nullptr) m_pipeline.keep_messages(*m_options.messages);
}

Runner::~Runner() {
  stop();
}

void Runner::load_newest_snapshot() {
  const auto snapshot = store::load_snapshot(m_folder.snapshots(), m_journal.last_offset());
  if (!snapshot) return;
  if (!Pipeline::knows(snapshot->state)) {
    if (m_journal.first_offset() > 1) {
      throw base::WorldError("the snapshot was written by another version of the program",
                             m_folder.snapshots().string(),
                             "start with the version that wrote it: the older part of the journal "
                             "is no longer kept, so the state cannot be rebuilt");
    }
    base::log_warn("app", "the snapshot is of another version: all {} entries are read again",
                   m_journal.last_offset());
    return;
  }
  base::ByteReader in(snapshot->state);
  if (m_pipeline.load(in)) return;
  throw base::WorldError("the snapshot cannot be read", m_folder.snapshots().string(),
                         "remove the newest file of that folder; the state is rebuilt from the "
                         "one before and the journal");
}

void Runner::recover() {
  load_newest_snapshot();
  const std::uint64_t from = m_pipeline.offset() + 1;
  const std::uint64_t last = m_journal.last_offset();
  if (last >= from && m_journal.first_offset() > last) {
    base::log_warn("app", "no journal and no snapshot up to {}: the picture starts empty", last);
    m_pipeline.start_at(last);
    return;
  }
  if (last >= from && m_journal.first_offset() > from) {
    throw base::WorldError("the journal begins after the newest snapshot",
                           m_folder.journal().string(),
                           "restore the missing segments or the snapshot from a backup");
  }
  store::JournalReader reader(m_folder.journal(), from);
  std::vector<model::FindingStep> steps;
  std::vector<model::JournalEntry> block(Pipeline::kAhead);
  auto told = SteadyClock::now();
  const auto after = [&](const model::JournalEntry& entry) {
    if (steps.size() >= kStepsAtOnce) {
      m_findings.append(steps, entry.offset);
      steps.clear();
    }
    if (entry.offset % 4096 == 0) advance(entry.offset);
  };
  while (m_pipeline.offset() < last) {
    std::size_t count = 0;
    while (count < block.size() && m_pipeline.offset() + count < last &&
           reader.next(block[count])) {
      ++count;
    }
    if (count == 0) break;
    m_pipeline.process(std::span(block).first(count), steps, after);
    if (SteadyClock::now() - told > std::chrono::seconds(2)) {
      told = SteadyClock::now();
      base::log_info("app", "reading the journal again: {} of {}", m_pipeline.offset(), last);
    }
  }
  m_findings.append(steps, m_pipeline.offset());
  advance(m_pipeline.offset());
  show(m_pipeline.clock());
}

void Runner::advance(std::uint64_t offset, bool now_durable) {
  m_archive.advance(offset, now_durable);
  if (m_options.measurements != nullptr) m_options.measurements->advance(offset, now_durable);
  if (m_options.messages != nullptr) m_options.messages->advance(offset, now_durable);
}

void Runner::prime(std::vector<model::JournalEntry> entries) {
  if (entries.empty()) return;
  m_journal.append(entries);
  m_journal.sync();
  std::vector<model::FindingStep> steps;
  m_pipeline.process(entries, steps, [](const auto&) {});
  if (!steps.empty()) m_findings.append(steps, m_pipeline.offset());
  m_steps += steps.size();
  advance(m_pipeline.offset());
  show(m_pipeline.clock());
}

void Runner::start(Sequencer& sequencer, Publish publish, Shown shown) {
  m_publish = std::move(publish);
  m_shown = std::move(shown);
  m_sequencer = &sequencer;
  m_keeper_thread = std::thread([this] { run_keeper(); });
  m_publisher_thread = std::thread([this] { run_publisher(); });
  m_pipeline_thread = std::thread([this, &sequencer] {
    try {
      run_pipeline(sequencer);
    } catch (const std::exception& failure) {
      // Nothing is lost: the next start goes on from the snapshot and the journal.
      base::log_error("app", "the pipeline failed, the program ends: {}", failure.what());
      std::abort();
    }
  });
}

void Runner::stop() {
  m_stopping = true;
  if (m_pipeline_thread.joinable()) m_pipeline_thread.join();
  m_outgoing.close();
  if (m_publisher_thread.joinable()) m_publisher_thread.join();
  m_kept.close();
  if (m_keeper_thread.joinable()) m_keeper_thread.join();
}

void Runner::run_pipeline(Sequencer& sequencer) {
  auto& queue = sequencer.batches();
  base::Pace pace(kShowAgain, kShowShare);  // of showing the picture
  auto saved = SteadyClock::now();
  bool fresh = false;  // something was taken since it was shown
  const auto show_when_due = [&] {
    const auto begin = SteadyClock::now();
    if (begin < pace.due()) return;
    show(m_clock.now());
    fresh = false;
    pace.done(begin, SteadyClock::now());
  };
  while (true) {
    const auto now = SteadyClock::now();
    const auto until_due = std::max(pace.due(), now) - now;
    const auto batches =
        queue.take_all(fresh ? std::chrono::ceil<std::chrono::milliseconds>(until_due) : kShowIdle);
    if (batches.empty() && queue.closed()) break;
    for (const auto& batch : batches) {
      take(batch);
      fresh = true;
      show_when_due();
    }
    if (batches.empty() || fresh) show_when_due();
    if (SteadyClock::now() - saved >= m_options.snapshot_every) {
      saved = SteadyClock::now();
      hand_over_snapshot();
    }
  }
  hand_over_snapshot();
}

void Runner::take(const Sequencer::Batch& batch) {
  Outgoing out;
  const bool listened = m_listener != nullptr && m_listener->wanted();
  m_pipeline.process(batch, out.steps, [&](const model::JournalEntry& entry) {
    if (listened && entry.kind == model::EntryKind::kLine) m_listener->line(entry, m_pipeline);
  });
  if (listened) m_listener->batch_ends();
  out.offset = m_pipeline.offset();
  advance(out.offset);
  m_steps += out.steps.size();
  if (!out.steps.empty()) m_outgoing.push(std::move(out));
}

void Runner::show(base::Instant now) {
  m_pipeline.publish(now);
  copy_view();
  if (m_shown) m_shown();
}

void Runner::copy_view() {
  const std::lock_guard lock(m_view_mutex);
  m_view.inputs = m_pipeline.inputs();
  m_view.offset = m_pipeline.offset();
  m_view.positions = m_pipeline.positions();
  m_view.sensors = m_pipeline.sensors();
  m_view.steps = m_steps;
  m_view.open_findings = m_pipeline.open_findings();
  m_view.live_tracks = m_pipeline.live().alive();
  m_view.live_expired = m_pipeline.live().expired();
  m_view.clock = m_pipeline.clock();
  // Every subject is asked: some milliseconds of 20,000 vessels.
  if (const auto now = SteadyClock::now(); now >= m_count_at) {
    m_view.engine = m_pipeline.engine().counters();
    m_count_at = now + kCountEvery;
  }
  m_view.pack_revision = m_pipeline.pack_revision();
  m_view.problem = m_pipeline.last_problem();
  m_view.pack = m_pipeline.engine().pack();
}

Runner::View Runner::view() const {
  const std::lock_guard lock(m_view_mutex);
  return m_view;
}

/// A snapshot goes the way of the steps, so that it is kept only after all steps before it are.
void Runner::hand_over_snapshot() {
  base::ByteWriter state;
  m_pipeline.save(state);
  advance(m_pipeline.offset(), true);
  m_outgoing.push({{}, m_pipeline.offset(), state.take()});
}

void Runner::run_publisher() {
  while (true) {
    auto items = m_outgoing.take_all(std::chrono::seconds(1));
    if (items.empty() && m_outgoing.closed()) return;
    for (auto& item : items) {
      if (!store_steps(item)) {
        m_outgoing.close();  // no later snapshot may claim these steps, nor the pipeline wait
        return;
      }
      if (!item.steps.empty() && m_publish) m_publish(item.steps);
      if (item.snapshot) m_kept.push({item.offset, std::move(*item.snapshot)});
    }
  }
}

bool Runner::store_steps(const Outgoing& item) {
  while (true) {
    try {
      m_findings.append(item.steps, item.offset);
      m_health.clear("records_failing");
      return true;
    } catch (const std::exception& failure) {
      m_health.raise("records_failing",
                     {Gravity::kFailed,
                      {"发现无法保存：" + std::string(failure.what()),
                       "findings cannot be stored: " + std::string(failure.what())},
                      {"请检查磁盘空间与 records.db；恢复后自动继续，不会丢失",
                       "check free space and records.db; it goes on by itself, nothing is lost"},
                      m_clock.now()});
      if (m_stopping) return false;  // the next start derives these steps from the journal again
      std::this_thread::sleep_for(kRetry);
    }
  }
}

void Runner::run_keeper() {
  while (true) {
    auto items = m_kept.take_all(std::chrono::seconds(1));
    if (items.empty() && m_kept.closed()) return;
    for (const auto& item : items) keep(item);
  }
}

void Runner::keep(const store::Snapshot& kept) {
  try {
    const auto until = SteadyClock::now() + std::chrono::seconds(60);
    const auto* measurements = m_options.measurements;
    const auto* messages = m_options.messages;
    const auto behind = [&] {
      return m_archive.applied_offset() < kept.offset ||
             (measurements != nullptr && measurements->applied_offset() < kept.offset) ||
             (messages != nullptr && messages->applied_offset() < kept.offset);
    };
    while (behind()) {
      if (SteadyClock::now() > until) {
        throw base::WorldError("the archive, the measurements or the messages are behind",
                               m_folder.root().string(),
                               "check its disk; the snapshot is tried again later");
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    store::save_snapshot(m_folder.snapshots(), kept);
    m_snapshot_ms = m_clock.now().ms;
    m_sequencer->request_trim(kept.offset, m_clock.now() - m_options.keep_journal);
    m_archive.forget_receptions(m_journal.first_offset());
    if (m_options.measurements != nullptr && m_options.keep_measurements) {
      m_options.measurements->forget_before(m_clock.now() - *m_options.keep_measurements);
    }
    if (m_options.messages != nullptr && m_options.keep_messages) {
      m_options.messages->forget_before(m_clock.now() - *m_options.keep_messages);
    }
    m_health.clear("snapshot_failing");
  } catch (const std::exception& failure) {
    m_health.raise("snapshot_failing",
                   {Gravity::kDegraded,
                    {"状态快照未能保存：" + std::string(failure.what()),
                     "the snapshot was not saved: " + std::string(failure.what())},
                    {"请检查磁盘空间；重启时将从日志重新计算，时间较长",
                     "check free space; the next start reads more of the journal again"},
                    m_clock.now()});
  }
}

}  // namespace jinglue::app
