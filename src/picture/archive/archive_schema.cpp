// SPDX-License-Identifier: Apache-2.0
// The tables of the archive, step by step; docs/format/archive.md says what they hold.
#include <string>
#include <vector>

#include "picture/archive/block_table.hpp"

namespace jinglue::picture::detail {
namespace {

// Version 1 kept chunks (chunk_import.hpp reads them). Times in ms, places in 1/6,000,000 degree.
// archive_area: minutes since 2020 and places, rounded outwards; an R*Tree of 32-bit integers.
// An id above 0 is that of a block in archive_bytes; below 0 it is -(pool x 256 + run), and `runs`
// runs of that track follow one another in the pool. A pool lies in parts that together fill pages.
const std::vector<store::Migration> kMigrations = {{1, R"(
CREATE TABLE archive_state (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  applied_offset INTEGER NOT NULL, positions INTEGER NOT NULL,
  first_ms INTEGER, last_ms INTEGER);
INSERT INTO archive_state VALUES (1, 0, 0, NULL, NULL);
CREATE TABLE archive_track (
  id INTEGER PRIMARY KEY,
  terminal INTEGER NOT NULL, segment INTEGER NOT NULL,
  latest_ms INTEGER NOT NULL,
  open_chunk INTEGER NOT NULL, late_chunk INTEGER NOT NULL,
  UNIQUE (terminal, segment));
CREATE TABLE archive_chunk (
  id INTEGER PRIMARY KEY,
  track INTEGER NOT NULL, span INTEGER NOT NULL,
  first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
  south INTEGER NOT NULL, north INTEGER NOT NULL, west INTEGER NOT NULL, east INTEGER NOT NULL,
  first_offset INTEGER NOT NULL, row_count INTEGER NOT NULL, bytes BLOB NOT NULL);
CREATE INDEX archive_chunk_by_track ON archive_chunk (track, last_ms, first_ms);
CREATE INDEX archive_chunk_by_time ON archive_chunk
  (span, last_ms, first_ms, south, north, west, east, track, first_offset);
)"},
                                                   {2, R"(
DROP INDEX archive_chunk_by_time;
UPDATE archive_track SET latest_ms = -2305843009213693952;
ALTER TABLE archive_track ADD COLUMN waits_from INTEGER NOT NULL DEFAULT 0;
ALTER TABLE archive_state ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
CREATE VIRTUAL TABLE archive_area USING rtree_i32
  (id, first_minute, last_minute, south, north, west, east,
   +track INTEGER, +runs INTEGER, +first_ms INTEGER, +length_ms INTEGER);
CREATE TABLE archive_by_track (
  track INTEGER NOT NULL, span INTEGER NOT NULL, last_ms INTEGER NOT NULL, id INTEGER NOT NULL,
  length_ms INTEGER NOT NULL, runs INTEGER NOT NULL,
  PRIMARY KEY (track, span, last_ms, id)) WITHOUT ROWID;
CREATE TABLE archive_bytes (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
CREATE TABLE archive_pool (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
CREATE TABLE archive_waiting (
  id INTEGER PRIMARY KEY, row_count INTEGER NOT NULL, bytes BLOB NOT NULL);
)"},
                                                   {3, R"(
ALTER TABLE archive_state ADD COLUMN days_counted INTEGER NOT NULL DEFAULT 0;
CREATE TABLE archive_day (
  day INTEGER PRIMARY KEY, positions INTEGER NOT NULL, cells INTEGER NOT NULL,
  kept INTEGER NOT NULL);
CREATE TABLE archive_density (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
)"},
                                                   {4, R"(
ALTER TABLE archive_state ADD COLUMN thinned_ms INTEGER NOT NULL DEFAULT -2305843009213693952;
)"},
                                                   {5, R"(
CREATE TABLE archive_last (
  track INTEGER PRIMARY KEY, last_ms INTEGER NOT NULL, bytes BLOB NOT NULL);
)"},
                                                   {6, R"(
CREATE TABLE archive_seal (one INTEGER PRIMARY KEY CHECK (one = 1), bytes BLOB NOT NULL);
)"}};

}  // namespace

std::span<const store::Migration> BlockTable::migrations() {
  return kMigrations;
}

}  // namespace jinglue::picture::detail
