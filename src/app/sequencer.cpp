// SPDX-License-Identifier: Apache-2.0
// Gather, append, sync, hand on.
#include "app/sequencer.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <iterator>
#include <utility>

#include "base/log.hpp"

namespace jinglue::app {

namespace {

constexpr std::size_t kDirectEntries = 8192;
constexpr auto kIdle = std::chrono::milliseconds(2);
/// A longer jump of the clock (a machine that slept) gives one tick, not thousands.
constexpr std::int64_t kMostTicks = 120;

model::JournalEntry entry_of(observe::link::Line line, const std::string& input) {
  model::JournalEntry entry;
  entry.kind = model::EntryKind::kLine;
  entry.arrival = line.arrival;
  entry.input = input;
  entry.station = std::move(line.station);
  entry.payload = std::move(line.text);
  return entry;
}

}  // namespace

Sequencer::Sequencer(store::Journal& journal, const DataClock& clock, Health& health, Outbox outbox,
                     std::int64_t change_number, Options options)
    : m_journal(journal),
      m_clock(clock),
      m_health(health),
      m_outbox(std::move(outbox)),
      m_options(options),
      m_direct(kDirectEntries),
      m_batches(options.queue_batches),
      m_change_number(change_number),
      m_durable(journal.durable_offset()) {}

Sequencer::~Sequencer() {
  stop();
}

void Sequencer::add_link(observe::link::Link& link) {
  m_links.push_back(&link);
}

void Sequencer::start() {
  m_last_tick_s = m_clock.now().ms / 1000;
  m_thread = std::thread([this] { run(); });
}

void Sequencer::stop() {
  m_stopping = true;
  m_direct.close();
  if (m_thread.joinable()) m_thread.join();
  m_batches.close();
}

void Sequencer::put(model::JournalEntry entry) {
  m_direct.push(std::move(entry));
}

void Sequencer::run() {
  using SteadyClock = std::chrono::steady_clock;
  auto last = SteadyClock::now() - m_options.pace;
  while (true) {
    const bool stopping = m_stopping;
    const auto since = SteadyClock::now() - last;
    if (!stopping && since < m_options.pace) std::this_thread::sleep_for(m_options.pace - since);
    Batch batch = gather();
    trim_when_asked();
    if (batch.empty()) {
      if (stopping) return;
      std::this_thread::sleep_for(kIdle);
      continue;
    }
    last = SteadyClock::now();
    if (!make_durable(batch)) return;
    count(batch);
    m_batches.push(std::move(batch));
  }
}

Sequencer::Batch Sequencer::gather() {
  Batch direct = m_direct.take_all(base::Duration(0));
  Batch batch;
  for (auto* link : m_links) {
    for (auto& line : link->queue().take_all(base::Duration(0))) {
      batch.push_back(entry_of(std::move(line), link->settings().name));
    }
  }
  gather_changes(batch);
  gather_ticks(batch);
  std::stable_sort(batch.begin(), batch.end(),
                   [](const auto& a, const auto& b) { return a.arrival < b.arrival; });
  if (direct.empty()) return batch;
  direct.insert(direct.end(), std::make_move_iterator(batch.begin()),
                std::make_move_iterator(batch.end()));
  return direct;
}

void Sequencer::gather_changes(Batch& batch) {
  if (!m_outbox_wanted.exchange(false)) return;
  const auto now = m_clock.now();
  try {
    const auto changes = m_outbox(m_change_number);
    for (const auto& change : changes) {
      model::JournalEntry entry;
      entry.kind = model::EntryKind::kRecordChange;
      entry.arrival = now;
      entry.payload = change.to_json().dump();
      batch.push_back(std::move(entry));
      m_change_number = std::max(m_change_number, change.number);
    }
    if (!changes.empty()) m_outbox_wanted = true;  // there may be more
    m_health.clear("outbox_failing");
  } catch (const std::exception& failure) {
    m_outbox_wanted = true;  // tried again in the next round
    m_health.raise("outbox_failing",
                   {Gravity::kDegraded,
                    {"台账变更暂时无法读取：" + std::string(failure.what()),
                     "register changes cannot be read: " + std::string(failure.what())},
                    {"请检查 records.db 所在磁盘", "check the disk that holds records.db"},
                    now});
  }
}

void Sequencer::gather_ticks(Batch& batch) {
  const std::int64_t second = m_clock.now().ms / 1000;
  if (second - m_last_tick_s > kMostTicks) m_last_tick_s = second - 1;
  while (m_last_tick_s < second) {
    model::JournalEntry entry;
    entry.kind = model::EntryKind::kTick;
    entry.arrival = {++m_last_tick_s * 1000};
    batch.push_back(std::move(entry));
  }
}

bool Sequencer::make_durable(Batch& batch) {
  bool appended = false;
  bool failing = false;
  while (true) {
    try {
      if (!appended) m_journal.append(batch);
      appended = true;  // NOLINT(clang-analyzer-deadcode.DeadStores): read after sync() has thrown
      m_journal.sync();
      m_durable = m_journal.durable_offset();
      if (failing) m_health.clear("journal_failing");
      return true;
    } catch (const std::exception& failure) {
      failing = true;
      note_failure(failure);
      if (m_stopping) {
        base::log_error("app", "{} entries were not made durable before the stop", batch.size());
        return false;
      }
      std::this_thread::sleep_for(m_options.retry);
    }
  }
}

void Sequencer::note_failure(const std::exception& failure) {
  m_health.raise(
      "journal_failing",
      {Gravity::kFailed,
       {"日志无法写入，已暂停接收数据：" + std::string(failure.what()),
        "the journal cannot be written, inputs are held: " + std::string(failure.what())},
       {"请检查磁盘空间与数据目录权限；恢复后自动继续",
        "check free space and the rights of the data folder; it goes on by itself afterwards"},
       m_clock.now()});
}

void Sequencer::request_trim(std::uint64_t offset, base::Instant before) {
  m_trim_before_ms = before.ms;
  m_trim_offset = offset;
}

void Sequencer::trim_when_asked() {
  const std::uint64_t offset = m_trim_offset.exchange(0);
  if (offset == 0) return;
  try {
    m_journal.trim(offset, {m_trim_before_ms.load()});
  } catch (const std::exception& failure) {
    base::log_warn("app", "old journal segments were not removed: {}", failure.what());
  }
}

void Sequencer::count(const Batch& batch) {
  const std::lock_guard lock(m_counts_mutex);
  for (const auto& entry : batch) {
    if (entry.kind == model::EntryKind::kLine) ++m_counts[entry.input];
  }
}

std::map<std::string, std::uint64_t> Sequencer::durable_lines() const {
  const std::lock_guard lock(m_counts_mutex);
  return m_counts;
}

}  // namespace jinglue::app
