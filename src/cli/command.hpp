// SPDX-License-Identifier: Apache-2.0
// Commands: each add_NAME puts its options on the command line and says what they run. Exit codes:
// 0 fine, 1 the work failed or found mistakes, 2 command line.
#pragma once

namespace jinglue::cli {

class Verb;

void add_serve(const Verb& root);
void add_drill(const Verb& root);
void add_rules(const Verb& root);
void add_replay(const Verb& root);
void add_decode(const Verb& root);
void add_user(const Verb& root);
void add_audit(const Verb& root);
void add_case(const Verb& root);
void add_registers(const Verb& root);
void add_registers_test(const Verb& registers);
void add_registers_standing(const Verb& registers);
void add_status(const Verb& root);
void add_positions(const Verb& root);
void add_archive(const Verb& root);
void add_sql(const Verb& root);
void add_exchange(const Verb& root);
void add_convert(const Verb& root);
void add_naf(const Verb& root);
void add_plan(const Verb& root);
void add_drift(const Verb& root);

}  // namespace jinglue::cli
