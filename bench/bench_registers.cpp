// SPDX-License-Identifier: Apache-2.0
// bench_registers [RECORDS [FOLDER]]: one register of that many records (100,000), GENERATED
// (register_rows.hpp): rows imported per second, a page of a list, a durable save, a search,
// records that link to others. Beside each, in turn with it and in the same run, SQLite alone doing
// the least that the same needs: a table without checks, history, numbers, audit. The save also
// beside one fdatasync of the disk. The folder is not /tmp by default, because that may be memory.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "access/access.hpp"
#include "bench/figures.hpp"
#include "bench/register_rows.hpp"
#include "registry/csv.hpp"
#include "registry/import.hpp"
#include "registry/registry.hpp"
#include "registry/search.hpp"
#include "registry/standing.hpp"
#include "store/database.hpp"
#include "store/disk.hpp"
#include "store/sqlite/text_search.hpp"

using namespace jinglue;

namespace {

namespace fs = std::filesystem;
using bench::figure;
using bench::percentile;
using bench::Stopwatch;

constexpr std::size_t kFile = 10'000;  // rows of one imported file
constexpr int kTimes = 21;
constexpr int kSaves = 401;
constexpr std::size_t kRounds = 20'000;

std::string file_of(std::size_t from, std::size_t rows) {
  std::string out(bench::kRectificationHeading);
  for (std::size_t i = from; i < from + rows; ++i) out += bench::RegisterRows(i).line(i);
  return out;
}

[[noreturn]] void give_up(const std::string& what) {
  fmt::print("{}\n", what);
  std::exit(1);
}

class Ours {
 public:
  explicit Ours(const fs::path& folder)
      : m_database({.path = folder / "records.db"}),
        m_access(m_database),
        m_registry(m_database, m_access, definitions(folder)) {
    (void)registry::Standings(m_registry, m_access)
        .enable_all({access::Actor::system(), m_now, {}, {}});
    m_actor.user = "leader";
    m_actor.roles = {access::Role::kDutyLeader};
  }
  void import(const std::string& csv, const char* into = "rectification") {
    const auto report = registry::import_csv(m_registry, into, csv, {}, by());
    if (!report) give_up(report.error().text());
    if (!report->written) give_up(report->to_json().dump());
  }
  std::vector<registry::Record> page(const registry::Query& query,
                                     const char* of = "rectification") const {
    auto page = m_registry.list_for(m_actor, of, query);
    if (!page) give_up(page.error().text());
    m_next = page->next;
    return std::move(page->items);
  }
  void save(const registry::Record& record, const std::string& text, const char* field = "unit") {
    const auto done = m_registry.patch("rectification", record.id, record.revision,
                                       base::Json::object({{field, text}}), by());
    if (!done) give_up(done.error().text());
  }
  /// With what was found marked, in all fields of all registers.
  std::size_t search(const std::string& text) const {
    return registry::search(m_registry, m_actor, text, 20).size();
  }
  const std::string& next() const { return m_next; }

 private:
  static fs::path definitions(const fs::path& folder) {
    fs::create_directories(folder / "registers");
    std::ofstream(folder / "registers" / "rectification.toml") << bench::kRectification;
    std::ofstream(folder / "registers" / "visit.toml") << bench::kVisit;
    std::ofstream(folder / "registers" / "round.toml") << bench::kRound;
    return folder / "registers";
  }
  registry::Write by() {
    m_now.ms += 1000;
    return {m_actor, m_now, std::to_string(m_now.ms), {}};
  }

  store::Database m_database;
  access::Access m_access;
  registry::Registry m_registry;
  access::Actor m_actor;
  base::Instant m_now{1714536000000};
  mutable std::string m_next;
};

/// The same rows in SQLite alone: texts as they stand in the file, one index, one text index.
class Plain {
 public:
  explicit Plain(const fs::path& folder) : m_db(store::OpenOptions{.path = folder / "plain.db"}) {
    m_db.exec(
        "CREATE TABLE r(seq INTEGER PRIMARY KEY, title TEXT, sheet TEXT UNIQUE, source TEXT,"
        " detail TEXT, district TEXT, unit TEXT, person TEXT, found TEXT, due TEXT, area REAL,"
        " fine INTEGER, place TEXT)");
    store::sqlite::make_text_index(m_db, "s_r");
  }
  void import(const std::string& csv) {
    const auto rows = registry::read_csv(csv);
    m_db.exec("BEGIN IMMEDIATE");
    for (std::size_t i = 1; i < rows->size(); ++i) insert((*rows)[i].cells);
    m_db.exec("COMMIT");
  }
  std::size_t page(const std::string& order, std::size_t offset) {
    auto count = m_db.prepare("SELECT COUNT(*) FROM r");
    count.step();
    auto rows = m_db.prepare("SELECT * FROM r ORDER BY " + order + " LIMIT 100 OFFSET " +
                             std::to_string(offset));
    return fetch(rows);
  }
  std::size_t search(const std::string& text) {
    auto rows = m_db.prepare(
        "SELECT r.* FROM s_r JOIN r ON r.seq = s_r.rowid WHERE s_r MATCH ? ORDER BY rank LIMIT 20");
    rows.bind(1, store::sqlite::search_expression(text));
    return fetch(rows);
  }
  void save(std::int64_t seq, const std::string& text) {
    m_db.exec("BEGIN IMMEDIATE");
    m_db.prepare("UPDATE r SET unit = ? WHERE seq = ?").bind(1, text).bind(2, seq).run();
    m_db.exec("COMMIT");
  }

 private:
  void insert(const std::vector<std::string>& cells) {
    auto s = m_db.prepare("INSERT INTO r VALUES(NULL,?,?,?,?,?,?,?,?,?,?,?,?)");
    for (std::size_t i = 0; i < cells.size(); ++i) s.bind(int(i) + 1, cells[i]);
    s.run();
    const std::string text =
        cells[0] + "\n" + cells[1] + "\n" + cells[3] + "\n" + cells[5] + "\n" + cells[6];
    m_db.prepare("INSERT INTO s_r (rowid, tokens) VALUES (?, ?)")
        .bind(1, m_db.last_id())
        .bind(2, store::sqlite::search_tokens(text))
        .run();
  }
  static std::size_t fetch(store::Stmt& rows) {
    std::size_t bytes = 0;
    while (rows.step()) {
      for (int i = 0; i < 13; ++i) bytes += rows.text(i).size();
    }
    return bytes;
  }
  store::Db m_db;
};

/// Both in turn; figures of the middle and the 99th of a hundred.
void in_turn(const std::string& name, int times, double bar_ms,
             const std::function<void(int)>& ours, const std::function<void(int)>& peer,
             const std::function<void()>& limit = {}) {
  std::vector<double> a, b, ratio;
  for (int i = 0; i < times; ++i) {
    if (limit) limit();
    const Stopwatch first;
    ours(i);
    a.push_back(first.seconds() * 1000);
    const Stopwatch second;
    peer(i);
    b.push_back(second.seconds() * 1000);
    ratio.push_back(a.back() / b.back());
  }
  figure(name + "_p50", percentile(a, 0.5), "ms");
  figure(name + "_p99", percentile(a, 0.99), "ms");
  figure(name + "_sqlite_alone_p50", percentile(b, 0.5), "ms");
  figure(name + "_sqlite_alone_p99", percentile(b, 0.99), "ms");
  figure(name + "_of_sqlite_alone", percentile(ratio, 0.5), "times");
  fmt::print("bar: {} {} ms: {}\n", name, bar_ms, percentile(a, 0.5) <= bar_ms ? "met" : "NOT MET");
}

void import_all(Ours& ours, Plain& plain, std::size_t records) {
  std::vector<double> a, b, ratio;
  for (std::size_t from = 0; from < records; from += kFile) {
    const std::string csv = file_of(from, std::min(kFile, records - from));
    const double rows = double(std::min(kFile, records - from));
    const Stopwatch first;
    ours.import(csv);
    a.push_back(rows / first.seconds());
    const Stopwatch second;
    plain.import(csv);
    b.push_back(rows / second.seconds());
    ratio.push_back(a.back() / b.back());
  }
  figure("registers_import", percentile(a, 0.5), "rows/s");
  figure("registers_import_slowest_file", percentile(a, 0), "rows/s");
  figure("registers_import_sqlite_alone", percentile(b, 0.5), "rows/s");
  figure("registers_import_of_sqlite_alone", percentile(ratio, 0.5), "times");
  fmt::print("bar: registers_import 20000 rows/s: {}\n",
             percentile(a, 0.5) >= 20'000 ? "met" : "NOT MET");
}

void list_pages(Ours& ours, Plain& plain) {
  in_turn(
      "registers_list_first_page", kTimes, 100, [&](int) { ours.page({}); },
      [&](int) { plain.page("seq", 0); });
  registry::Query by_title;
  by_title.sort = "title";
  in_turn(
      "registers_list_sorted", kTimes, 100, [&](int) { ours.page(by_title); },
      [&](int) { plain.page("title, seq", 0); });
  registry::Query late;
  late.sort = "-due";
  ours.page(late);
  late.cursor = ours.next();
  late.equals = {{"source", "patrol"}, {"state", "open"}};
  in_turn(
      "registers_list_filtered_next_page", kTimes, 100, [&](int) { ours.page(late); },
      [&](int) { plain.page("due DESC, seq", 100); });
}

void searches(Ours& ours, Plain& plain) {
  const std::vector<std::pair<std::string, std::string>> questions = {
      {"two_characters_everywhere", "养殖"},  // in most records
      {"two_characters_rare", "鞠文"},        // in one of a hundred
      {"phrase", "桑沟湾海草床未按期拆除"},
      {"latin_beginning", "hc0421"},
      {"number", "ZG0012345"},
      {"two_words", "石岛 网箱"}};
  for (const auto& [name, text] : questions) {
    registry::Query query;
    query.text = text;
    query.limit = 20;
    if (ours.page(query).empty()) give_up("nothing found for " + text);
    in_turn(
        "registers_search_" + name, kTimes, 50, [&](int) { ours.page(query); },
        [&](int) { plain.search(text); });
    if (ours.search(text) == 0) give_up("nothing found in all registers for " + text);
    in_turn(
        "registers_search_all_" + name, kTimes, 50, [&](int) { ours.search(text); },
        [&](int) { plain.search(text); });
  }
}

void saves(Ours& ours, Plain& plain, const fs::path& folder) {
  registry::Query query;
  query.limit = kSaves;
  const auto records = ours.page(query);
  const auto raw = store::real_disk()->open(folder / "raw");
  std::vector<double> sync;
  const std::string frame(4096 + 24, 'x');
  std::uint64_t at = 0;
  in_turn(
      "registers_save", int(records.size()), 20,
      [&](int i) { ours.save(records[std::size_t(i)], "改" + std::to_string(i) + "所"); },
      [&](int i) { plain.save(i + 1, "改" + std::to_string(i) + "所"); },
      [&] {
        const Stopwatch one;
        raw->write_at(at += frame.size(), frame);
        raw->sync();
        sync.push_back(one.seconds() * 1000);
      });
  figure("registers_save_one_fdatasync_p50", percentile(sync, 0.5), "ms");
  figure("registers_save_one_fdatasync_p99", percentile(sync, 0.99), "ms");
}

/// Rounds that name three records each; those of one record, beside the same asked of the text of
/// the lists, as it was before there was a table of links.
void many_links(Ours& ours, const fs::path& folder, const std::vector<std::string>& targets) {
  std::string csv = "note,seen\n";
  for (std::size_t i = 0; i < kRounds; ++i) {
    csv += fmt::format("第{}次巡查", i + 1);
    for (std::size_t k = 0; k < 3; ++k) {
      csv += (k == 0 ? "," : ";") + targets[(i * 3 + k) % targets.size()];
    }
    csv += "\n";
  }
  const Stopwatch all;
  ours.import(csv, "round");
  figure("registers_import_of_many_links", double(kRounds) / all.seconds(), "rows/s");
  store::Db text({.path = folder / "records.db", .read_only = true});
  in_turn(
      "registers_view_of_many_links", kTimes, 100,
      [&](int i) {
        registry::Query of;
        of.equals = {{"seen", targets[(std::size_t(i) * 7919) % targets.size()]}};
        if (ours.page(of, "round").empty()) give_up("no rounds");
      },
      [&](int i) {
        auto rows = text.prepare("SELECT * FROM r_round WHERE removed = 0 AND f_seen LIKE ?");
        rows.bind(1, "%\"" + targets[(std::size_t(i) * 7919) % targets.size()] + "\"%");
        while (rows.step()) {
        }
      });
}

/// Ten visits to each record of a tenth of them; then the visits of one record, and a change of the
/// title that ten visits show.
void links(Ours& ours, const fs::path& folder, std::size_t records) {
  registry::Query some;
  some.sort = "sheet";
  some.limit = 1000;
  std::vector<registry::Record> targets;
  for (std::size_t wanted = std::max<std::size_t>(records / 10, 1); targets.size() < wanted;) {
    for (auto& record : ours.page(some)) {
      if (targets.size() < wanted) targets.push_back(std::move(record));
    }
    some.cursor = ours.next();
    if (some.cursor.empty()) break;
  }
  const Stopwatch all;
  for (std::size_t from = 0; from < targets.size(); from += kFile / 10) {
    std::string csv = "note,of\n";
    for (std::size_t i = from; i < std::min(from + kFile / 10, targets.size()); ++i) {
      for (int n = 0; n < 10; ++n) csv += fmt::format("第{}次检查,{}\n", n + 1, targets[i].id);
    }
    ours.import(csv, "visit");
  }
  figure("registers_import_of_linked", double(targets.size() * 10) / all.seconds(), "rows/s");
  std::vector<double> view, cascade;
  for (int i = 0; i < kTimes; ++i) {
    const auto& target = targets[(std::size_t(i) * 7919) % targets.size()];
    registry::Query of;
    of.equals = {{"of", target.id}};
    const Stopwatch first;
    if (ours.page(of, "visit").size() != 10) give_up("not ten visits");
    view.push_back(first.seconds() * 1000);
    const Stopwatch second;
    ours.save(target, "新题" + std::to_string(i), "title");
    cascade.push_back(second.seconds() * 1000);
  }
  figure("registers_view_of_links_p50", percentile(view, 0.5), "ms");
  figure("registers_save_with_10_dependents_p50", percentile(cascade, 0.5), "ms");
  fmt::print("bar: registers_view_of_links 100 ms: {}\n",
             percentile(view, 0.5) <= 100 ? "met" : "NOT MET");
  std::vector<std::string> ids;
  for (const auto& target : targets) ids.push_back(target.id);
  many_links(ours, folder, ids);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t records = argc > 1 ? std::size_t(std::atoll(argv[1])) : 100'000;
  const fs::path folder = argc > 2 ? argv[2] : "/var/tmp/jinglue_bench_registers";
  fs::remove_all(folder);
  fs::create_directories(folder);
  {
    Ours ours(folder);
    Plain plain(folder);
    import_all(ours, plain, records);
    if (argc > 3) return 0;  // for a profile of importing alone
    list_pages(ours, plain);
    searches(ours, plain);
    saves(ours, plain, folder);
    links(ours, folder, records);
  }
  fs::remove_all(folder);
  return 0;
}
