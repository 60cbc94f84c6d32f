// SPDX-License-Identifier: Apache-2.0
#include "app/table_feeds.hpp"

#include "base/text.hpp"
#include "picture/exchange/row_values.hpp"
#include "registry/csv.hpp"

namespace jinglue::app {

namespace exchange = picture::exchange;
using base::Code;

namespace {

constexpr std::string_view kHeading = "heading";
constexpr std::string_view kNoHeading = "no_heading";
constexpr std::size_t kMostCells = 1'000;

std::string cause_of(const base::Error& error) {
  if (error.where == "skipped") return error.where;
  return error.where.empty() ? std::string(to_text(error.code))
                             : std::string(to_text(error.code)) + ' ' + error.where;
}

base::Result<std::vector<std::string>> cells_in(std::string_view text) {
  const auto rows = registry::read_csv(text);
  if (!rows) return base::fail(rows.error().code, rows.error().message, "row");
  if (rows->size() != 1 || rows->front().cells.size() > kMostCells) {
    return base::fail(Code::kMalformed, "no single row", "row");
  }
  return rows->front().cells;
}

}  // namespace

base::Status TableFeeds::use(const observe::feed::Setup& setup) {
  std::map<std::string, Input, std::less<>> inputs;
  for (const auto& [name, settings] : setup.inputs()) {
    if (settings.format != observe::feed::Format::kCsv) continue;
    const auto document = base::parse_config(settings.table, "the mapping of input " + name);
    if (!document) return tl::unexpected(document.error());
    auto mapping = exchange::Mapping::read(*document);
    if (!mapping) return tl::unexpected(mapping.error());
    auto& input = inputs[name];
    input.options.terminal = mapping->terminal();
    input.options.zone = mapping->zone();
    input.options.described = std::move(*mapping);
    input.gbk = settings.gbk;
    if (settings.heading.empty()) continue;
    const auto heading = cells_in(settings.heading);
    const auto good = heading ? input.options.described->bind(*heading)
                              : base::Status(tl::unexpected(heading.error()));
    if (!good) {
      return base::fail(good.error().code, good.error().message, "input " + name + " heading",
                        good.error().hint);
    }
    input.heading = *heading;
  }
  m_inputs = std::move(inputs);
  m_senders.clear();
  return {};
}

base::Result<TableFeeds::Cells> TableFeeds::cells_of(const Input& input, std::string_view line) {
  if (!input.gbk) return cells_in(line);
  const auto text = m_gbk.to_utf8(line);
  if (!text) return base::fail(Code::kMalformed, "no GBK", "encoding");
  return cells_in(*text);
}

std::optional<TableFeeds::Sender> TableFeeds::bound(const Input& input, const Cells& heading) {
  Sender out{heading, input.options};
  if (!out.options.described->bind(heading)) return std::nullopt;
  return out;
}

TableFeeds::Sender* TableFeeds::sender_of(const Input& input, const std::string& key) {
  const auto known = m_senders.find(key);
  if (known != m_senders.end()) return &known->second;
  const auto stated = m_headings.find(key);
  const auto& heading = stated != m_headings.end() ? stated->second : input.heading;
  if (heading.empty()) return nullptr;
  auto made = bound(input, heading);
  if (!made) return nullptr;  // another mapping since
  if (m_senders.size() >= kMostHeadings) m_senders.clear();
  return &m_senders.emplace(key, std::move(*made)).first->second;
}

base::Result<model::Fix> TableFeeds::fix_of(const Sender& sender, const Cells& cells) {
  if (cells.size() > sender.heading.size()) {
    return base::fail(Code::kMalformed, "more cells than the heading", "row");
  }
  const auto texts = sender.options.described->texts(cells);
  if (!texts) return tl::unexpected(texts.error());
  exchange::RowValues values(sender.options);
  for (const auto& [column, text] : *texts) values.set(column, text);
  return values.fix();
}

void TableFeeds::read(const model::JournalEntry& entry, observe::feed::Reading& out) {
  const auto& input = m_inputs.find(entry.input)->second;
  const std::string key = entry.input + '\n' + std::string(out.station);
  const auto tell = [&](std::string_view cause) {
    m_cause = cause;
    out.cause = m_cause;
  };
  const auto cells = cells_of(input, entry.payload);
  if (!cells) return tell(cause_of(cells.error()));
  auto* sender = sender_of(input, key);
  if (sender != nullptr && *cells == sender->heading) return tell(kHeading);
  auto fix = sender != nullptr ? fix_of(*sender, *cells)
                               : base::Result<model::Fix>(base::fail(Code::kMissing, "no heading"));
  if (!fix) {
    // A sender that begins, or that has connected again with other columns.
    if (auto fresh = bound(input, *cells)) {
      if (m_headings.size() >= kMostHeadings) m_headings.clear();
      m_headings[key] = *cells;
      m_senders.insert_or_assign(key, std::move(*fresh));
      return tell(kHeading);
    }
    return tell(sender == nullptr ? std::string(kNoHeading) : cause_of(fix.error()));
  }
  fix->arrival = entry.arrival;
  fix->offset = entry.offset;
  out.stated_time = fix->time;
  out.fixes.push_back(*fix);
  tell("none");
}

void TableFeeds::save(base::ByteWriter& out) const {
  out.put(static_cast<std::uint32_t>(m_headings.size()));
  for (const auto& [key, cells] : m_headings) {
    out.put_text(key);
    out.put(static_cast<std::uint32_t>(cells.size()));
    for (const auto& cell : cells) out.put_text(cell);
  }
}

bool TableFeeds::load(base::ByteReader& in) {
  m_headings.clear();
  m_senders.clear();
  for (auto n = in.get<std::uint32_t>(); n > 0 && in.ok(); --n) {
    auto& cells = m_headings[std::string(in.get_text())];
    for (auto k = in.get<std::uint32_t>(); k > 0 && in.ok(); --k) cells.emplace_back(in.get_text());
  }
  return in.ok();
}

}  // namespace jinglue::app
