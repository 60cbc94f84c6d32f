// SPDX-License-Identifier: Apache-2.0
// Entries made from a file or an archive, with the ticks between them.
#include "app/replay.hpp"

#include <zlib.h>

#include <algorithm>
#include <map>
#include <system_error>
#include <utility>

#include "base/ids.hpp"
#include "observe/feed/reader.hpp"
#include "store/snapshot.hpp"

namespace jinglue::app {

namespace {

namespace fs = std::filesystem;
constexpr std::size_t kLineBytes = 4096;
constexpr std::uint64_t kAdvanceEvery = 4096;
constexpr std::uint64_t kProgressEvery = 65536;
/// After a longer silence in a log the clock jumps instead of ticking through it.
constexpr std::int64_t kMostTicks = std::int64_t{8} * 86400;

class GzLines {
 public:
  explicit GzLines(const fs::path& file) : m_file(gzopen(file.c_str(), "rb")), m_path(file) {
    if (m_file == nullptr) {
      throw base::WorldError("the log cannot be read", file.string(), "check path and rights");
    }
    gzbuffer(m_file, 1u << 18);
  }
  ~GzLines() { gzclose(m_file); }
  GzLines(const GzLines&) = delete;
  GzLines& operator=(const GzLines&) = delete;

  bool next(std::string& line) {
    char buffer[kLineBytes];
    if (gzgets(m_file, buffer, int(sizeof buffer)) == nullptr) {
      int code = Z_OK;
      const char* text = gzerror(m_file, &code);
      if (code != Z_OK && code != Z_STREAM_END) {
        throw base::WorldError("the log is damaged", m_path.string() + ": " + text);
      }
      return false;
    }
    line = buffer;
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
    return true;
  }

 private:
  gzFile m_file;
  fs::path m_path;
};

model::StaticReport report_of(const picture::LiveEntry& entry) {
  model::StaticReport out;
  out.track = entry.fix.track;
  out.name = entry.stated->name;
  out.call_sign = entry.stated->call_sign;
  out.ship_type = entry.stated->ship_type;
  out.dimensions = entry.stated->dimensions;
  return out;
}

}  // namespace

Replay::Replay(picture::FlagTable flags)
    : m_folder(fs::temp_directory_path() / ("jinglue-replay-" + base::random_token(8))) {
  fs::create_directories(m_folder);
  m_archive =
      std::make_unique<picture::Archive>(picture::Archive::Options{m_folder / "tracks.db", {}});
  m_pipeline = std::make_unique<Pipeline>(*m_archive, std::move(flags));
}

Replay::~Replay() {
  m_pipeline.reset();
  m_archive.reset();
  std::error_code ignored;
  fs::remove_all(m_folder, ignored);
}

void Replay::entry(model::JournalEntry entry) {
  ++m_offset;
  give(std::move(entry));
}

void Replay::give(model::JournalEntry entry) {
  entry.offset = m_offset;
  m_pipeline->process(entry, m_steps);
  advance();
}

void Replay::advance() {
  if (++m_taken % kAdvanceEvery == 0) m_archive->advance(m_offset);
}

void Replay::rules(const detect::RuleFiles& files) {
  model::JournalEntry pack;
  pack.kind = model::EntryKind::kRulePack;
  pack.arrival = m_pipeline->clock();
  pack.payload = files.to_json().dump();
  give(std::move(pack));
}

void Replay::feeds(const observe::feed::Setup& setup) {
  m_feeds = setup;
  model::JournalEntry made;
  made.kind = model::EntryKind::kFeeds;
  made.arrival = m_pipeline->clock();
  made.payload = setup.to_json().dump();
  give(std::move(made));
}

void Replay::records(std::span<const model::RecordChange> changes) {
  for (const auto& change : changes) {
    model::JournalEntry made;
    made.kind = model::EntryKind::kRecordChange;
    made.arrival = m_pipeline->clock();
    made.payload = change.to_json().dump();
    give(std::move(made));
  }
}

void Replay::ticks_until(base::Instant t, std::uint64_t limit) {
  const std::int64_t second = t.ms / 1000;
  if (!m_tick_s || second - *m_tick_s > kMostTicks) m_tick_s = second - 1;
  while (*m_tick_s < second) {
    model::JournalEntry tick;
    tick.kind = model::EntryKind::kTick;
    tick.arrival = {++*m_tick_s * 1000};
    if (m_offset + 1 < limit) ++m_offset;
    give(std::move(tick));
  }
}

void Replay::log(const fs::path& file, const Between& between, base::Instant start,
                 const Progress& progress) {
  GzLines lines(file);
  const auto input = file.filename().string();
  observe::feed::Reader times;  // only asked for the stated time of each line
  times.use(m_feeds);
  observe::feed::Reading reading;
  base::Instant now = start;
  bool stated = false;
  std::string line;
  std::uint64_t taken = 0;
  while (lines.next(line)) {
    times.read({line, input, {}, now, 0}, reading);
    if (reading.stated_time) {
      now = stated ? std::max(now, *reading.stated_time) : *reading.stated_time;
      stated = true;
    }
    if (now < between.from || now >= between.to) continue;
    ticks_until(now);
    model::JournalEntry made;
    made.kind = model::EntryKind::kLine;
    made.arrival = now;
    made.input = input;
    made.payload = line;
    entry(std::move(made));
    if (++taken % kProgressEvery == 0 && progress) progress(taken, now);
  }
}

bool Replay::stated_from(const fs::path& snapshots) {
  const auto snapshot = store::load_snapshot(snapshots);
  if (!snapshot) return false;
  Pipeline station(*m_archive);
  base::ByteReader in(snapshot->state);
  if (!station.load(in)) return false;
  station.publish(station.clock());
  station.live().snapshot()->for_each([&](const picture::LiveEntry& entry) {
    if (entry.stated) m_stated[entry.fix.track] = report_of(entry);
  });
  return true;
}

/// Just before a fix of a sender that said nothing yet, or was forgotten since by the picture.
void Replay::say_before(const model::Fix& fix) {
  const auto said = m_stated.find(fix.track);
  if (said == m_stated.end()) return;
  const auto* entry = m_pipeline->live().entry(fix.track);
  if (entry != nullptr && entry->stated) return;
  said->second.time = fix.arrival;
  m_pipeline->process_stated(said->second);
}

void Replay::archive(const picture::Archive& from, const Between& between,
                     const Progress& progress) {
  std::uint64_t taken = 0;
  from.all(between.from, between.to, [&](const model::Fix& fix) {
    ticks_until(fix.arrival, fix.offset);
    model::Fix again = fix;
    again.offset = m_offset = std::max(fix.offset, m_offset + 1);
    say_before(again);
    m_pipeline->process_fix(again, m_steps);
    advance();
    if (++taken % kProgressEvery == 0 && progress) progress(taken, fix.arrival);
    return true;
  });
}

std::vector<findings::Finding> Replay::findings() const {
  std::map<std::uint64_t, std::vector<model::FindingStep>> by_id;
  for (const auto& step : m_steps) by_id[step.finding.value].push_back(step);
  std::vector<findings::Finding> out;
  out.reserve(by_id.size());
  for (const auto& [id, steps] : by_id) {
    out.push_back(findings::fold(steps, {}, m_pipeline->clock()));
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.now.begin < b.now.begin; });
  return out;
}

}  // namespace jinglue::app
