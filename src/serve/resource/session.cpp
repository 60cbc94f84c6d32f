// SPDX-License-Identifier: Apache-2.0
// /session: sign in and out, who is signed in and what the roles may do, the language, the own
// password. The token lives in a cookie that scripts cannot read; the CSRF token is told to the
// page, which sends it back with every write.
#include <array>

#include "access/preferences.hpp"
#include "registry/registry.hpp"
#include "serve/api/call.hpp"
#include "serve/api/visitor.hpp"
#include "serve/form/clock_form.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using access::Action;
using base::Json;

constexpr int kLanguageSeconds = 365 * 24 * 3600;

Json person_json(const access::Actor& actor) {
  Json roles = Json::array();
  for (const auto role : actor.roles) roles.push(access::to_key(role));
  Json out = Json::object(
      {{"name", actor.user}, {"display_name", actor.display_name}, {"roles", std::move(roles)}});
  if (!actor.district.empty()) out.set("district", actor.district);
  return out;
}

/// The words of openapi.yaml for what a page may offer.
constexpr std::array<std::pair<Action, std::string_view>, 21> kMay = {{
    {Action::kSeeSituation, "see_situation"},
    {Action::kSeeFindings, "see_findings"},
    {Action::kReviewFinding, "review_finding"},
    {Action::kSuspendRule, "suspend_rule"},
    {Action::kSeeCases, "see_cases"},
    {Action::kEditCase, "edit_case"},
    {Action::kFileCase, "file_case"},
    {Action::kApproveCase, "approve_case"},
    {Action::kExportEvidence, "export_evidence"},
    {Action::kSeeRegister, "see_register"},
    {Action::kEditRegister, "edit_register"},
    {Action::kImportRegister, "import_register"},
    {Action::kSeeSystem, "see_system"},
    {Action::kManageUsers, "manage_users"},
    {Action::kManageRules, "manage_rules"},
    {Action::kSeeAudit, "see_audit"},
    {Action::kControlDrill, "control_drill"},
    {Action::kManageOutputs, "manage_outputs"},
    {Action::kSendMessages, "send_messages"},
    {Action::kEditPlans, "edit_plans"},
    {Action::kManageRegisters, "manage_registers"},
}};

Json may_json(const access::Actor& actor) {
  Json out = Json::array();
  for (const auto& [action, word] : kMay) {
    if (access::authorise(actor, action, {"", actor.district})) out.push(word);
  }
  return out;
}

Response session_response(const access::SignedIn& session, const Call& call,
                          const std::string& language) {
  return json_response(
      Json::object({{"user", person_json(session.actor)},
                    {"csrf", session.csrf},
                    {"expires", base::to_iso(session.expires)},
                    {"language", language},
                    {"may", may_json(session.actor)},
                    {"server", Json::object({{"version", call.services.version},
                                             {"clock", clock_json(call.services)}})}}));
}

std::string cookie(std::string_view name, std::string_view value, int seconds, bool secure,
                   bool hidden) {
  std::string out = std::string(name) + "=" + std::string(value) + "; Path=/; SameSite=Strict";
  if (seconds >= 0) out += "; Max-Age=" + std::to_string(seconds);
  if (hidden) out += "; HttpOnly";
  if (secure) out += "; Secure";
  return out;
}

int seconds_until(base::Instant end) {
  return static_cast<int>((end - base::wall_now()).count() / 1000);
}

Answer sign_in(Call& call) {
  const auto name = call.required_text("name");
  if (!name) return tl::unexpected(name.error());
  const auto password = call.required_text("password");
  if (!password) return tl::unexpected(password.error());
  auto session =
      call.services.access->sign_in(*name, *password, call.request.address, base::wall_now());
  if (!session) {
    Response refused = call.problem(to_problem(session.error()));
    if (refused.status == 429) refused.headers.emplace_back("Retry-After", "900");
    return refused;
  }
  Response out = session_response(*session, call, call.language);
  out.headers.emplace_back("Set-Cookie",
                           cookie(kSessionCookie, session->token, seconds_until(session->expires),
                                  call.request.secure, true));
  return out;
}

Answer set_language(Call& call) {
  const auto language = call.required_text("language");
  if (!language) return tl::unexpected(language.error());
  if (*language != "zh" && *language != "en") {
    return call.problem({422, "unknown", "the language is zh or en", "language"});
  }
  Response out = session_response(call.session, call, *language);
  out.headers.emplace_back("Set-Cookie", cookie(kLanguageCookie, *language, kLanguageSeconds,
                                                call.request.secure, false));
  return out;
}

Answer sign_out(Call& call, const Hooks& hooks) {
  call.services.access->sign_out(call.token, base::wall_now());
  hooks.signed_out(call.token);
  Response out = no_content();
  out.headers.emplace_back("Set-Cookie", cookie(kSessionCookie, "", 0, call.request.secure, true));
  return out;
}

/// The present password is asked for, so that a page left open is not enough.
Answer change_password(Call& call) {
  const auto current = call.required_text("current");
  if (!current) return tl::unexpected(current.error());
  const auto password = call.required_text("password");
  if (!password) return tl::unexpected(password.error());
  auto& access = *call.services.access;
  const auto now = base::wall_now();
  auto check = access.sign_in(call.actor().user, *current, call.request.address, now);
  if (!check) {
    Problem problem = to_problem(check.error());
    // 401 would tell the page that its session is over.
    if (problem.status == 401) problem = {403, "forbidden", problem.detail, "current"};
    return call.problem(problem);
  }
  access.sign_out(check->token, now);
  const auto done = access.set_password(call.actor().user, *password, call.actor(), now);
  if (!done) return call.refused(done.error());
  return no_content();
}

access::PreferenceBook preferences(const Call& call) {
  return access::PreferenceBook(call.services.registry->records());
}

Answer get_preferences(Call& call) {
  return json_response(access::to_json(preferences(call).of(call.actor().user)));
}

Answer set_preferences(Call& call) {
  const auto wanted = access::read_preferences(call.json);
  if (!wanted) return call.refused(wanted.error());
  preferences(call).set(call.actor().user, *wanted);
  return json_response(access::to_json(*wanted));
}

}  // namespace

void add_session(Router& router, const Hooks& hooks) {
  router.add({Method::kGet, "/session", [](Call& call) -> Answer {
                return session_response(call.session, call, call.language);
              }});
  router.add({.method = Method::kPost,
              .pattern = "/session",
              .handler = sign_in,
              .body = Body::kJson,
              .open = true,
              .slow = true});
  router.add({Method::kPatch, "/session", set_language, Body::kJson});
  router.add({Method::kDelete, "/session", [hooks](Call& call) { return sign_out(call, hooks); }});
  router.add({Method::kGet, "/session/preferences", get_preferences});
  router.add({Method::kPut, "/session/preferences", set_preferences, Body::kJson});
  router.add({.method = Method::kPost,
              .pattern = "/session/password",
              .handler = change_password,
              .body = Body::kJson,
              .slow = true});
}

}  // namespace jinglue::serve
