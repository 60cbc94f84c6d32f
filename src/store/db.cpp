// SPDX-License-Identifier: Apache-2.0
// Db and Stmt over the SQLite 3 C interface. Every connection sets its own pragmas; statements are
// kept by their text, so that a caller may prepare in a loop.
#include "store/db.hpp"

#include <fmt/format.h>
#include <sqlite3.h>
#include <cassert>
#include <unordered_map>

#include "store/db_error.hpp"
#include "store/write_log.hpp"

namespace jinglue::store {

namespace {

constexpr std::size_t kCachedStatements = 256;
constexpr int kBusyMs = 5000;
/// What a connection keeps of the file. A reader fills it by what is asked, gives it back when the
/// file changes, and is one of few; each page that is not there costs some 10 us.
constexpr int kReaderCache_kib = 64'000;
constexpr int kWriterCache_kib = 64'000;  // a write that outgrows it goes to the disk twice
constexpr std::size_t kShownSql = 120;

/// SQLITE_TRANSIENT without its C cast: SQLite copies the bytes.
sqlite3_destructor_type copy_bytes() {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the value that sqlite3.h defines
  return reinterpret_cast<sqlite3_destructor_type>(std::intptr_t{-1});
}

std::string shown(std::string_view sql) {
  return sql.size() <= kShownSql ? std::string(sql)
                                 : fmt::format("{}...", sql.substr(0, kShownSql));
}

}  // namespace

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};
using Statements = std::unordered_multimap<std::string, sqlite3_stmt*, TextHash, std::equal_to<>>;
using Statement = Statements::node_type;  // goes out and comes back without an allocation

struct Db::Impl {
  sqlite3* handle{nullptr};
  std::string file;
  WriteLog log;
  Statements idle;
  int in_use{0};

  ~Impl() {
    assert(in_use == 0 && "a Stmt outlives its Db");
    for (const auto& [sql, raw] : idle) sqlite3_finalize(raw);
    sqlite3_close_v2(handle);
  }
  [[noreturn]] void fail(int code, const std::string& what) const {
    throw_sqlite_error(handle, code, file, what);
  }
  Statement take(std::string_view sql);
  void give_back(Statement statement);
};

Statement Db::Impl::take(std::string_view sql) {
  if (const auto found = idle.find(sql); found != idle.end()) return idle.extract(found);
  sqlite3_stmt* raw = nullptr;
  const char* tail = nullptr;
  const int code = sqlite3_prepare_v3(handle, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, &tail);
  if (code != SQLITE_OK) fail(code, fmt::format("cannot prepare \"{}\"", shown(sql)));
  assert(raw != nullptr && "prepare() takes one statement, not an empty text");
  Statements made;
  return made.extract(made.emplace(sql, raw));
}

void Db::Impl::give_back(Statement statement) {
  sqlite3_reset(statement.mapped());
  sqlite3_clear_bindings(statement.mapped());
  if (idle.size() >= kCachedStatements) {
    sqlite3_finalize(idle.begin()->second);
    idle.erase(idle.begin());
  }
  idle.insert(std::move(statement));
}

struct Stmt::Impl {
  Db::Impl* db{nullptr};
  Statement statement;
  sqlite3_stmt* raw{nullptr};

  Impl(Db::Impl* owner, Statement taken)
      : db(owner), statement(std::move(taken)), raw(statement.mapped()) {
    ++db->in_use;
  }
  ~Impl() {
    --db->in_use;
    db->give_back(std::move(statement));
  }
  void check_bind(int code, int index) const {
    if (code == SQLITE_OK) return;
    db->fail(code,
             fmt::format("cannot bind parameter {} of \"{}\"", index, shown(sqlite3_sql(raw))));
  }
};

Stmt::Stmt(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Stmt::Stmt(Stmt&&) noexcept = default;
Stmt::~Stmt() = default;

Stmt& Stmt::bind(int index, std::int64_t value) {
  m_impl->check_bind(sqlite3_bind_int64(m_impl->raw, index, value), index);
  return *this;
}

Stmt& Stmt::bind(int index, double value) {
  m_impl->check_bind(sqlite3_bind_double(m_impl->raw, index, value), index);
  return *this;
}

Stmt& Stmt::bind(int index, std::string_view text) {
  // A null pointer would bind NULL, but an empty text is a value.
  const char* data = text.empty() ? "" : text.data();
  m_impl->check_bind(
      sqlite3_bind_text64(m_impl->raw, index, data, text.size(), copy_bytes(), SQLITE_UTF8), index);
  return *this;
}

Stmt& Stmt::bind_blob(int index, std::string_view bytes) {
  const char* data = bytes.empty() ? "" : bytes.data();
  m_impl->check_bind(sqlite3_bind_blob64(m_impl->raw, index, data, bytes.size(), copy_bytes()),
                     index);
  return *this;
}

Stmt& Stmt::bind_null(int index) {
  m_impl->check_bind(sqlite3_bind_null(m_impl->raw, index), index);
  return *this;
}

bool Stmt::step() {
  const int code = sqlite3_step(m_impl->raw);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    sqlite3_reset(m_impl->raw);  // the next step() starts again, with the same parameters
    return false;
  }
  try {
    m_impl->db->fail(code, fmt::format("\"{}\" failed", shown(sqlite3_sql(m_impl->raw))));
  } catch (...) {
    sqlite3_reset(m_impl->raw);
    throw;
  }
}

void Stmt::run() {
  while (step()) {
  }
}

void Stmt::rewind() {
  sqlite3_reset(m_impl->raw);  // what it returns is the failure of the last step()
}

bool Stmt::is_null(int column) const {
  return sqlite3_column_type(m_impl->raw, column) == SQLITE_NULL;
}

std::int64_t Stmt::integer(int column) const {
  return sqlite3_column_int64(m_impl->raw, column);
}

double Stmt::number(int column) const {
  return sqlite3_column_double(m_impl->raw, column);
}

std::string Stmt::text(int column) const {
  const unsigned char* data = sqlite3_column_text(m_impl->raw, column);
  const int size = sqlite3_column_bytes(m_impl->raw, column);
  if (data == nullptr) return {};
  return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(size)};
}

std::string Stmt::blob(int column) const {
  return std::string(blob_view(column));
}

std::string_view Stmt::blob_view(int column) const {
  const void* data = sqlite3_column_blob(m_impl->raw, column);
  const int size = sqlite3_column_bytes(m_impl->raw, column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

/// SQLite counts its memory under one lock at each allocation; nothing asks for the count. Only
/// before the first connection; another library that came first leaves it as it is.
void count_no_memory() {
  static const int kSet = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(kSet);
}

Db::Db(const OpenOptions& options) : m_impl(std::make_unique<Impl>()) {
  count_no_memory();
  m_impl->file = options.path.string();
  const int flags =
      (options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const char* vfs = options.vfs.empty() ? nullptr : options.vfs.c_str();
  const int code = sqlite3_open_v2(m_impl->file.c_str(), &m_impl->handle, flags, vfs);
  if (code != SQLITE_OK) m_impl->fail(code, "cannot open the database");
  sqlite3_busy_timeout(m_impl->handle, kBusyMs);
  // SQLite opens a file that it may not write for reading only, without a word.
  if (!options.read_only && sqlite3_db_readonly(m_impl->handle, "main") == 1) {
    m_impl->fail(SQLITE_READONLY, "the database file is not writable");
  }
  // Without writable_schema SQLite does not read one page of a file that lost its end.
  if (options.truncated) exec("PRAGMA writable_schema=ON");
  // cell_size_check and trusted_schema: a damaged or foreign file gives an error, not harm.
  exec(
      "PRAGMA cell_size_check=ON; PRAGMA trusted_schema=OFF; PRAGMA foreign_keys=ON;"
      "PRAGMA temp_store=MEMORY");
  exec(fmt::format("PRAGMA cache_size=-{}",
                   options.read_only ? kReaderCache_kib : kWriterCache_kib));
  if (options.read_only) return;
  exec(options.sync_full ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
  exec("PRAGMA journal_mode=WAL; PRAGMA journal_size_limit=67108864");
  watch_log(m_impl->handle, m_impl->log);
}

Db::Db(Db&&) noexcept = default;
Db::~Db() = default;

void Db::exec(std::string_view sql) {
  const std::string text(sql);
  const int code = sqlite3_exec(m_impl->handle, text.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) m_impl->fail(code, fmt::format("\"{}\" failed", shown(sql)));
}

Stmt Db::prepare(std::string_view sql) {
  return Stmt(std::make_unique<Stmt::Impl>(m_impl.get(), m_impl->take(sql)));
}

std::int64_t Db::changes() const {
  return sqlite3_changes64(m_impl->handle);
}

std::int64_t Db::last_id() const {
  return sqlite3_last_insert_rowid(m_impl->handle);
}

bool Db::in_transaction() const {
  return sqlite3_get_autocommit(m_impl->handle) == 0;
}

}  // namespace jinglue::store
