// SPDX-License-Identifier: Apache-2.0
// DuckDB as a peer, one thread, through the C interface of the engine library that the npm package
// in tools/duckdb brings (its header does not come along: the declarations are written from its
// documented interface). The table is sorted by track and time, as its own advice has it.
#pragma once

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "bench/peer.hpp"

namespace jinglue::bench {

class DuckDb final : public Peer {
 public:
  DuckDb(void* library, const std::filesystem::path& folder)
      : m_file(folder / "peer.duckdb"), m_library(library) {
    if (call<int (*)(const char*, void**)>("duckdb_open")(nullptr, &m_database) != 0 ||
        call<int (*)(void*, void**)>("duckdb_connect")(m_database, &m_connection) != 0) {
      throw base::WorldError("DuckDB does not open", m_file.string());
    }
    run("SET threads = 1");
    run("ATTACH '" + m_file.string() + "' AS f");
  }
  ~DuckDb() override {
    call<void (*)(void**)>("duckdb_disconnect")(&m_connection);
    call<void (*)(void**)>("duckdb_close")(&m_database);
  }
  DuckDb(const DuckDb&) = delete;
  DuckDb& operator=(const DuckDb&) = delete;

  std::string name() const override { return "duckdb"; }
  double load(std::span<const model::Fix> rows) override {
    run("CREATE TABLE raw (track INTEGER, t BIGINT, lat INTEGER, lon INTEGER, sog USMALLINT,"
        " cog USMALLINT, heading USMALLINT, status UTINYINT, source UTINYINT, quality UTINYINT)");
    append(rows);
    run("CREATE TABLE f.p AS SELECT * FROM raw ORDER BY track, t");
    run("DROP TABLE raw");
    run("CHECKPOINT f");
    run("USE f");
    return double(std::filesystem::file_size(m_file));
  }
  double ingest(std::span<const model::Fix>, std::size_t) override { return 0; }

 protected:
  Answer numbers(const std::string& sql) override {
    Result result = run(sql);
    Answer out;
    for (std::uint64_t c = 0; c < result.columns; ++c) out.push_back(integer(result, c, 0));
    return out;
  }
  std::vector<Together> together(const std::string& sql) override {
    Result result = run(sql);
    const auto rows = call<std::uint64_t (*)(Result*)>("duckdb_row_count")(&result);
    const auto value = call<float (*)(Result*, std::uint64_t, std::uint64_t)>("duckdb_value_float");
    std::vector<Together> out;
    for (std::uint64_t r = 0; r < rows; ++r) {
      out.push_back({integer(result, 0, r), integer(result, 1, r), integer(result, 2, r),
                     value(&result, 3, r), value(&result, 4, r), value(&result, 5, r),
                     value(&result, 6, r)});
    }
    return out;
  }
  std::string divide() const override { return "//"; }
  std::string nearest(const std::string& steps) const override {
    return "SELECT track, step, unnest(arg_min({'mid': mid, 'lat': lat, 'lon': lon, 'sog': sog,"
           " 'cog': cog}, abs(mid) * 10 + CAST(mid < 0 AS INTEGER))) FROM (" +
           steps + ") GROUP BY track, step";
  }

 private:
  /// As the engine declares it; only the engine touches what is called deprecated there.
  struct Result {
    std::uint64_t columns{0}, rows{0}, changed{0};
    void* column_data{nullptr};
    char* message{nullptr};
    void* internal{nullptr};
    void (*destroy)(Result*){nullptr};
    Result() = default;
    Result(const Result&) = delete;
    Result& operator=(const Result&) = delete;
    Result(Result&& other) noexcept { *this = std::move(other); }
    Result& operator=(Result&& other) noexcept {
      columns = other.columns, rows = other.rows, changed = other.changed;
      column_data = std::exchange(other.column_data, nullptr);
      message = std::exchange(other.message, nullptr);
      internal = std::exchange(other.internal, nullptr);
      destroy = std::exchange(other.destroy, nullptr);
      return *this;
    }
    ~Result() {
      if (destroy != nullptr) destroy(this);
    }
  };

  template <class F>
  F call(const char* symbol) const {
    auto* found = dlsym(m_library, symbol);
    if (found == nullptr) throw base::WorldError("DuckDB has no such function", symbol);
    return reinterpret_cast<F>(found);
  }
  Result run(const std::string& sql) {
    Result out;
    const int code =
        call<int (*)(void*, const char*, Result*)>("duckdb_query")(m_connection, sql.c_str(), &out);
    out.destroy = call<void (*)(Result*)>("duckdb_destroy_result");
    if (code != 0) {
      throw base::WorldError("DuckDB refused a question",
                             call<const char* (*)(Result*)>("duckdb_result_error")(&out));
    }
    out.columns = call<std::uint64_t (*)(Result*)>("duckdb_column_count")(&out);
    return out;
  }
  std::int64_t integer(Result& result, std::uint64_t column, std::uint64_t row) const {
    return call<std::int64_t (*)(Result*, std::uint64_t, std::uint64_t)>("duckdb_value_int64")(
        &result, column, row);
  }
  void append(std::span<const model::Fix> rows) {
    void* appender = nullptr;
    call<int (*)(void*, const char*, const char*, void**)>("duckdb_appender_create")(
        m_connection, nullptr, "raw", &appender);
    const auto i64 = call<int (*)(void*, std::int64_t)>("duckdb_append_int64");
    const auto null = call<int (*)(void*)>("duckdb_append_null");
    const auto end = call<int (*)(void*)>("duckdb_appender_end_row");
    const auto put = [&](const auto& v) { v ? i64(appender, *v) : null(appender); };
    for (const auto& f : rows) {
      i64(appender, std::int64_t(f.track.terminal.number()));
      i64(appender, f.time.ms);
      i64(appender, f.position.lat);
      i64(appender, f.position.lon);
      put(f.sog_ckn);
      put(f.cog_cdeg);
      put(f.heading_deg);
      put(f.nav_status);
      i64(appender, std::int64_t(f.source));
      i64(appender, std::int64_t(f.quality));
      end(appender);
    }
    call<int (*)(void**)>("duckdb_appender_destroy")(&appender);
  }

  std::filesystem::path m_file;
  void* m_library;
  void* m_database{nullptr};
  void* m_connection{nullptr};
};

inline std::unique_ptr<Peer> open_duckdb(const std::filesystem::path& folder) {
  const char* given = std::getenv("JINGLUE_DUCKDB");
  const std::string file =
      given != nullptr ? given
                       : JINGLUE_SOURCE_DIR
          "/tools/duckdb/node_modules/@duckdb/node-bindings-linux-x64/libduckdb.so";
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    fmt::print("DuckDB is not here ({}), left out: npm ci in tools/duckdb\n", dlerror());
    return nullptr;
  }
  return std::make_unique<DuckDb>(library, folder);
}

}  // namespace jinglue::bench
