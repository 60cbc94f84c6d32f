// SPDX-License-Identifier: Apache-2.0
// /plans/progress: how the tasks stand per line, district and unit, as far as the person may see
// them; and the same as a spreadsheet.
#include "act/task/progress.hpp"
#include "act/task/progress_sheet.hpp"
#include "serve/api/call.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

base::Result<act::task::ProgressQuery> read_query(const Call& call) {
  act::task::ProgressQuery out;
  out.document = call.text("document");
  out.goal = call.text("goal");
  out.district = call.text("district");
  out.unit = call.text("unit");
  if (const std::string standing = call.text("standing"); !standing.empty()) {
    out.standing = act::task::standing_from(standing);
    if (!out.standing)
      return base::fail(base::Code::kMalformed, "late, due_soon, open, submitted or done",
                        "standing");
  }
  const auto days = call.integer("soon_days", out.soon_days, 0, 366);
  if (!days) return tl::unexpected(days.error());
  out.soon_days = *days;
  return out;
}

base::Result<act::task::Progress> progress(const Call& call) {
  const auto query = read_query(call);
  if (!query) return tl::unexpected(query.error());
  return act::task::progress_of(*call.services.registry, call.actor(), *query, call.now);
}

Answer get_progress(Call& call) {
  const auto found = progress(call);
  if (!found) return tl::unexpected(found.error());
  return json_response(to_json(*found));
}

Answer get_sheet(Call& call) {
  const auto found = progress(call);
  if (!found) return tl::unexpected(found.error());
  Response out =
      bytes_response(act::task::progress_sheet(*found, *call.services.registry, call.language),
                     "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
  out.headers.emplace_back("Cache-Control", "no-store");
  out.headers.emplace_back("Content-Disposition",
                           "attachment; filename=\"progress-" + found->today + ".xlsx\"");
  call.services.access->audit(call.actor(), "register.export", "task",
                              Json::object({{"tasks", std::uint64_t{found->tasks.size()}}}),
                              call.now);
  return out;
}

}  // namespace

void add_plan_progress(Router& router) {
  router.add({Method::kGet, "/plans/progress", get_progress});
  router.add({Method::kGet, "/plans/progress.xlsx", get_sheet});
}

}  // namespace jinglue::serve
