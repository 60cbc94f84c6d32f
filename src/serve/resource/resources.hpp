// SPDX-License-Identifier: Apache-2.0
// The resources of /api/v1: one file each, named as in openapi.yaml. Each function adds its routes;
// patterns are relative to /api/v1, those of add_watchdogs() to the root.
#pragma once

#include <functional>
#include <string>

#include "base/json.hpp"
#include "findings/findings.hpp"
#include "serve/api/router.hpp"

namespace jinglue::serve {

/// What resources tell to the rest of the server.
struct Hooks {
  std::function<void(const findings::Review&, const std::string& district)> reviewed;
  std::function<void(const std::string& token)> signed_out;
  std::function<void(const std::string& user)> user_changed;  ///< anything of it
  std::function<void()> registers_changed;                    ///< which of them are in use
  std::function<base::Json()> counters;                       ///< of Server
};

void add_session(Router& router, const Hooks& hooks);
void add_vessels(Router& router);
void add_terminals(Router& router);
void add_tracks(Router& router);
void add_track_export(Router& router);
void add_picture(Router& router);
void add_archive(Router& router);
void add_raster(Router& router);
void add_encounters(Router& router);  ///< meetings, crossings
void add_findings(Router& router, const Hooks& hooks);
void add_suspensions(Router& router);
void add_inbox(Router& router);
void add_rules(Router& router);
void add_zones(Router& router);
void add_registers(Router& router);
void add_register_standing(Router& router, const Hooks& hooks);  ///< which are in use
void add_records(Router& router);
void add_saved_views(Router& router);
void add_record_templates(Router& router);
void add_record_schedules(Router& router);
void add_record_files(Router& router);   ///< import and export
void add_record_values(Router& router);  ///< defaults, masked values, attachments, units
void add_register_changes(Router& router);
void add_tiles(Router& router);  ///< numbers for the first page
void add_packs(Router& router);
void add_sea_use(Router& router);        ///< check of a parcel
void add_plans(Router& router);          ///< work documents, drafts of plans
void add_plan_progress(Router& router);  ///< how the tasks stand
void add_search(Router& router);
void add_coverage(Router& router);
void add_system(Router& router, const Hooks& hooks);  ///< system, health, inputs, stations, clock
void add_sensors(Router& router);                     ///< buoys and sensors
void add_boat_messages(Router& router);               ///< to boats, by BeiDou
void add_messages(Router& router);                    ///< of stations, in words and in data
void add_drill(Router& router);
void add_users(Router& router, const Hooks& hooks);
void add_audit(Router& router);
void add_outputs(Router& router);
void add_webhooks(Router& router);
void add_ogc(Router& router);                            ///< /ogc: OGC API - Features
void add_watchdogs(Router& router, const Hooks& hooks);  ///< /healthz, /metrics

}  // namespace jinglue::serve
