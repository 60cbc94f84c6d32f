// SPDX-License-Identifier: Apache-2.0
// A database in memory that holds nothing but virtual tables ("eponymous": they are there without
// CREATE), with an authoriser that lets a statement read and a progress handler that ends it.
#include "store/sqlite/sql_console.hpp"

#include <fmt/format.h>
#include <sqlite3.h>
#include <algorithm>
#include <optional>
#include <utility>

namespace jinglue::store {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kStepsPerLook = 10'000;  // of SQLite's machine, between looks at the clock
constexpr int kLongestStatement = 100'000;
constexpr int kLongestValue = 10'000'000;
constexpr double kAllRows = 1e9;  // what a question without conditions may cost
constexpr double kKept = 0.01;    // share of rows that each hint leaves

sqlite3_destructor_type copy_bytes() {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the value that sqlite3.h defines
  return reinterpret_cast<sqlite3_destructor_type>(std::intptr_t{-1});
}

/// sqlite3.h wants its own structs first: they are bases here.
struct Table : sqlite3_vtab {
  const SqlTable* table{nullptr};
};
struct Cursor : sqlite3_vtab_cursor {
  std::unique_ptr<SqlRows> rows;
  bool there{false};
  std::int64_t number{0};
};

Table& own(sqlite3_vtab* base) {
  return *static_cast<Table*>(base);
}
Cursor& own(sqlite3_vtab_cursor* base) {
  return *static_cast<Cursor*>(base);
}

/// Exceptions must not cross SQLite: they become its error with their words.
template <class F>
int guarded(sqlite3_vtab* table, F&& work) {
  try {
    work();
    return SQLITE_OK;
  } catch (const std::exception& e) {
    sqlite3_free(table->zErrMsg);
    table->zErrMsg = sqlite3_mprintf("%s", e.what());
    return SQLITE_ERROR;
  }
}

int connect(sqlite3* db, void* given, int /*argc*/, const char* const* /*argv*/, sqlite3_vtab** out,
            char** /*error*/) {
  const auto* table = static_cast<const SqlTable*>(given);
  std::string columns;
  for (const auto& column : table->columns()) {
    columns += fmt::format("{}{} {}", columns.empty() ? "" : ", ", column.name, column.type);
  }
  const int code = sqlite3_declare_vtab(db, ("CREATE TABLE x(" + columns + ")").c_str());
  if (code != SQLITE_OK) return code;
  auto made = std::make_unique<Table>();
  made->table = table;
  *out = made.release();
  return SQLITE_OK;
}

int disconnect(sqlite3_vtab* table) {
  delete &own(table);  // NOLINT(cppcoreguidelines-owning-memory): SQLite held it
  return SQLITE_OK;
}

std::optional<SqlHint::Is> comparison_of(unsigned char op) {
  switch (op) {
    case SQLITE_INDEX_CONSTRAINT_EQ:
      return SqlHint::Is::kEqual;
    case SQLITE_INDEX_CONSTRAINT_LT:
      return SqlHint::Is::kLess;
    case SQLITE_INDEX_CONSTRAINT_LE:
      return SqlHint::Is::kLessOrEqual;
    case SQLITE_INDEX_CONSTRAINT_GT:
      return SqlHint::Is::kGreater;
    case SQLITE_INDEX_CONSTRAINT_GE:
      return SqlHint::Is::kGreaterOrEqual;
    default:
      return std::nullopt;
  }
}

/// Every usable comparison with a selective column becomes an argument of filter(); the plan's text
/// is one pair of characters for each: column, comparison.
int best_index(sqlite3_vtab* table, sqlite3_index_info* info) {
  const auto selective = own(table).table->selective();
  std::string plan;
  double rows = kAllRows;
  for (int i = 0; i < info->nConstraint; ++i) {
    const auto& asked = info->aConstraint[i];
    const auto is = comparison_of(asked.op);
    if (asked.usable == 0 || !is || asked.iColumn < 0) continue;
    const auto column = static_cast<std::size_t>(asked.iColumn);
    const auto found = std::find(selective.begin(), selective.end(), column);
    if (found == selective.end()) continue;
    // Under another collation texts are equal that the table tells apart.
    if (std::string_view(sqlite3_vtab_collation(info, i)) != "BINARY") continue;
    plan += static_cast<char>('A' + column);
    plan += static_cast<char>('0' + static_cast<int>(*is));
    info->aConstraintUsage[i].argvIndex = static_cast<int>(plan.size() / 2);
    const bool best = found == selective.begin() && *is == SqlHint::Is::kEqual;
    rows *= best ? kKept * kKept : kKept;
  }
  info->idxStr = sqlite3_mprintf("%s", plan.c_str());
  if (info->idxStr == nullptr) return SQLITE_NOMEM;
  info->needToFreeIdxStr = 1;
  info->estimatedRows = std::max<sqlite3_int64>(1, static_cast<sqlite3_int64>(rows));
  info->estimatedCost = std::max(1.0, rows);
  return SQLITE_OK;
}

int open_cursor(sqlite3_vtab* /*table*/, sqlite3_vtab_cursor** out) {
  *out = std::make_unique<Cursor>().release();
  return SQLITE_OK;
}

int close_cursor(sqlite3_vtab_cursor* cursor) {
  delete &own(cursor);  // NOLINT(cppcoreguidelines-owning-memory): SQLite held it
  return SQLITE_OK;
}

SqlValue value_of(sqlite3_value* raw) {
  switch (sqlite3_value_type(raw)) {
    case SQLITE_INTEGER:
      return std::int64_t{sqlite3_value_int64(raw)};
    case SQLITE_FLOAT:
      return sqlite3_value_double(raw);
    case SQLITE_TEXT: {
      const auto* text = sqlite3_value_text(raw);
      return std::string(reinterpret_cast<const char*>(text),
                         static_cast<std::size_t>(sqlite3_value_bytes(raw)));
    }
    default:
      return std::monostate{};
  }
}

int filter(sqlite3_vtab_cursor* base, int /*plan*/, const char* text, int count,
           sqlite3_value** values) {
  return guarded(base->pVtab, [&] {
    const std::string_view plan(text == nullptr ? "" : text);
    std::vector<SqlHint> hints(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < hints.size(); ++i) {
      hints[i] = {static_cast<std::size_t>(plan[2 * i] - 'A'),
                  static_cast<SqlHint::Is>(plan[2 * i + 1] - '0'), value_of(values[i])};
    }
    auto& cursor = own(base);
    cursor.rows = own(base->pVtab).table->ask(hints);
    cursor.there = cursor.rows->next();
    cursor.number = 1;
  });
}

int next(sqlite3_vtab_cursor* base) {
  return guarded(base->pVtab, [&] {
    auto& cursor = own(base);
    cursor.there = cursor.rows->next();
    ++cursor.number;
  });
}

int at_end(sqlite3_vtab_cursor* base) {
  return own(base).there ? 0 : 1;
}

int column(sqlite3_vtab_cursor* base, sqlite3_context* context, int number) {
  return guarded(base->pVtab, [&] {
    const auto value = own(base).rows->value(static_cast<std::size_t>(number));
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      sqlite3_result_int64(context, *integer);
    } else if (const auto* real = std::get_if<double>(&value)) {
      sqlite3_result_double(context, *real);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      sqlite3_result_text64(context, text->data(), text->size(), copy_bytes(), SQLITE_UTF8);
    } else {
      sqlite3_result_null(context);
    }
  });
}

int row_number(sqlite3_vtab_cursor* base, sqlite3_int64* out) {
  *out = own(base).number;
  return SQLITE_OK;
}

/// Without xCreate: the table is there under its name, and cannot be made a second time.
sqlite3_module table_module() {
  sqlite3_module out{};
  out.xConnect = connect;
  out.xBestIndex = best_index;
  out.xDisconnect = disconnect;
  out.xOpen = open_cursor;
  out.xClose = close_cursor;
  out.xFilter = filter;
  out.xNext = next;
  out.xEof = at_end;
  out.xColumn = column;
  out.xRowid = row_number;
  return out;
}
const sqlite3_module kModule = table_module();

/// Reading, functions and WITH RECURSIVE; nothing that writes, attaches or sets.
int authorise(void* /*given*/, int action, const char* /*a*/, const char* function,
              const char* /*c*/, const char* /*d*/) {
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    case SQLITE_FUNCTION:
      return function != nullptr && std::string_view(function) == "load_extension" ? SQLITE_DENY
                                                                                   : SQLITE_OK;
    default:
      return SQLITE_DENY;
  }
}

}  // namespace

struct SqlConsole::Impl {
  sqlite3* handle{nullptr};
  Clock::time_point until;
  bool late{false};

  ~Impl() { sqlite3_close_v2(handle); }
  base::Error error(int code) const {
    const std::string words = sqlite3_errmsg(handle);
    if (late) {
      return {base::Code::kTooMany, "the statement took too long", "",
              "ask for less, or for one track and a shorter time"};
    }
    const auto kind = code == SQLITE_AUTH ? base::Code::kForbidden : base::Code::kMalformed;
    return {kind, words, "", kind == base::Code::kForbidden ? "only SELECT is possible here" : ""};
  }
  static int look(void* given) {
    auto& impl = *static_cast<Impl*>(given);
    impl.late = Clock::now() > impl.until;
    return impl.late ? 1 : 0;
  }
};

SqlConsole::SqlConsole() : m_impl(std::make_unique<Impl>()) {
  if (sqlite3_open_v2(":memory:", &m_impl->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                      nullptr) != SQLITE_OK) {
    throw base::WorldError("SQLite cannot be opened", sqlite3_errmsg(m_impl->handle));
  }
  sqlite3_limit(m_impl->handle, SQLITE_LIMIT_SQL_LENGTH, kLongestStatement);
  sqlite3_limit(m_impl->handle, SQLITE_LIMIT_LENGTH, kLongestValue);
  sqlite3_limit(m_impl->handle, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_progress_handler(m_impl->handle, kStepsPerLook, Impl::look, m_impl.get());
}

SqlConsole::~SqlConsole() = default;

void SqlConsole::add(const std::string& name, const SqlTable& table) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): SQLite hands it back as it is
  auto* given = const_cast<SqlTable*>(&table);
  // It is connected now: its declaration is a CREATE TABLE, which no statement of a user may be.
  const std::string connecting = "SELECT 1 FROM \"" + name + "\" LIMIT 0";
  sqlite3_set_authorizer(m_impl->handle, nullptr, nullptr);
  if (sqlite3_create_module_v2(m_impl->handle, name.c_str(), &kModule, given, nullptr) !=
          SQLITE_OK ||
      sqlite3_exec(m_impl->handle, connecting.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw base::WorldError("a table cannot be added", sqlite3_errmsg(m_impl->handle));
  }
}

base::Result<SqlConsole::End> SqlConsole::run(
    const std::string& sql, const Limits& limits,
    const std::function<void(std::span<const std::string>)>& heading,
    const std::function<bool(std::span<const SqlValue>)>& row) {
  m_impl->until = Clock::now() + limits.time;
  m_impl->late = false;
  sqlite3_set_authorizer(m_impl->handle, authorise, nullptr);
  sqlite3_stmt* raw = nullptr;
  const char* tail = nullptr;
  int code = sqlite3_prepare_v2(m_impl->handle, sql.c_str(), -1, &raw, &tail);
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(raw, sqlite3_finalize);
  if (code != SQLITE_OK) return tl::unexpected(m_impl->error(code));
  if (raw == nullptr || std::string_view(tail).find_first_not_of(" \t\r\n;") != std::string::npos) {
    return base::fail(base::Code::kMalformed, "one statement is expected");
  }
  std::vector<std::string> names(static_cast<std::size_t>(sqlite3_column_count(raw)));
  for (std::size_t i = 0; i < names.size(); ++i) {
    names[i] = sqlite3_column_name(raw, static_cast<int>(i));
  }
  heading(names);
  std::vector<SqlValue> values(names.size());
  for (std::uint64_t given = 0; (code = sqlite3_step(raw)) == SQLITE_ROW; ++given) {
    if (given == limits.rows) return End::kRowLimit;
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = value_of(sqlite3_column_value(raw, static_cast<int>(i)));
    }
    if (!row(values)) return End::kStopped;
  }
  if (code != SQLITE_DONE) return tl::unexpected(m_impl->error(code));
  return End::kAll;
}

}  // namespace jinglue::store
