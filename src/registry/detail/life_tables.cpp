// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/life_tables.hpp"

#include <vector>

namespace jinglue::registry::detail {

std::span<const store::Migration> life_tables() {
  static const std::vector<store::Migration> kSteps = {{1, R"sql(
CREATE TABLE record_clock(
  register TEXT NOT NULL, record TEXT NOT NULL, clock TEXT NOT NULL, run BIGINT NOT NULL,
  started BIGINT NOT NULL, pauses TEXT NOT NULL, due BIGINT, uncertain BIGINT NOT NULL,
  warn BIGINT, warned BIGINT, late BIGINT, escalated BIGINT NOT NULL, next BIGINT,
  ended BIGINT, outcome TEXT NOT NULL, PRIMARY KEY(register, record, clock, run));
CREATE INDEX record_clock_next ON record_clock(next) WHERE next IS NOT NULL;
CREATE INDEX record_clock_state ON record_clock(register, outcome, due);
CREATE TABLE record_notice(
  number BIGINT PRIMARY KEY, person TEXT NOT NULL, at BIGINT NOT NULL, kind TEXT NOT NULL,
  register TEXT NOT NULL, record TEXT NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL,
  source TEXT NOT NULL, read_at BIGINT);
CREATE UNIQUE INDEX record_notice_once ON record_notice(person, source);
CREATE INDEX record_notice_person ON record_notice(person, number);
CREATE TABLE record_effect(
  register TEXT NOT NULL, record TEXT NOT NULL, rev BIGINT NOT NULL, line BIGINT NOT NULL,
  kind TEXT NOT NULL, target_register TEXT NOT NULL, target_record TEXT NOT NULL,
  target_rev BIGINT NOT NULL, PRIMARY KEY(register, record, rev, line));
CREATE TABLE record_watcher(
  register TEXT NOT NULL, record TEXT NOT NULL, person TEXT NOT NULL, since BIGINT NOT NULL,
  PRIMARY KEY(register, record, person));
CREATE TABLE record_comment(
  number BIGINT PRIMARY KEY, register TEXT NOT NULL, record TEXT NOT NULL, at BIGINT NOT NULL,
  person TEXT NOT NULL, comment TEXT NOT NULL);
CREATE INDEX record_comment_of ON record_comment(register, record, number);
)sql"},
                                                       {2, R"sql(
CREATE TABLE saved_view(
  id TEXT PRIMARY KEY, register TEXT NOT NULL, owner TEXT NOT NULL, name TEXT NOT NULL,
  query TEXT NOT NULL, shared BIGINT NOT NULL, changed BIGINT NOT NULL);
CREATE UNIQUE INDEX saved_view_of ON saved_view(register, owner, name);
)sql"},
                                                       {3, R"sql(
CREATE TABLE record_template(
  id TEXT PRIMARY KEY, register TEXT NOT NULL, owner TEXT NOT NULL, name TEXT NOT NULL,
  fields TEXT NOT NULL, shared BIGINT NOT NULL, changed BIGINT NOT NULL);
CREATE UNIQUE INDEX record_template_of ON record_template(register, owner, name);
CREATE TABLE record_schedule(
  id TEXT PRIMARY KEY, register TEXT NOT NULL, owner TEXT NOT NULL, name TEXT NOT NULL,
  fields TEXT NOT NULL, rule TEXT NOT NULL, tell TEXT NOT NULL, paused BIGINT NOT NULL,
  changed BIGINT NOT NULL, trouble TEXT NOT NULL);
CREATE UNIQUE INDEX record_schedule_of ON record_schedule(register, name);
CREATE TABLE record_schedule_run(
  schedule TEXT NOT NULL, period TEXT NOT NULL, due TEXT NOT NULL, at BIGINT NOT NULL,
  record TEXT NOT NULL, PRIMARY KEY(schedule, period));
)sql"}};
  return kSteps;
}

}  // namespace jinglue::registry::detail
