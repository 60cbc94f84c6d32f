// SPDX-License-Identifier: Apache-2.0
// /people: names to show for accounts, for everyone who is signed in.
// /users: accounts, for administrators. A password change or a disabled account ends the sessions
// (access) and the streams (hook) of that user; other roles or another district end the streams.
#include <algorithm>

#include "serve/api/call.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

Json user_json(const access::User& user) {
  Json roles = Json::array();
  for (const auto role : user.roles) roles.push(access::to_key(role));
  Json out = Json::object({{"name", user.name},
                           {"display_name", user.display_name},
                           {"roles", std::move(roles)},
                           {"disabled", user.disabled},
                           {"created", base::to_iso(user.created)}});
  if (!user.district.empty()) out.set("district", user.district);
  return out;
}

std::optional<access::User> find_user(const Call& call, const std::string& name) {
  for (auto& user : call.services.access->users()) {
    if (user.name == name) return user;
  }
  return std::nullopt;
}

Answer list_users(Call& call) {
  const auto may = access::authorise(call.actor(), access::Action::kManageUsers);
  if (!may) return tl::unexpected(may.error());
  Json::Array items;
  for (const auto& user : call.services.access->users()) items.push_back(user_json(user));
  return page_response(std::move(items), "", std::nullopt, call);
}

/// History, reviews and the audit log name accounts, also those that are disabled now.
Answer list_people(Call& call) {
  Json::Array items;
  for (const auto& user : call.services.access->users()) {
    items.push_back(Json::object({{"name", user.name}, {"display_name", user.display_name}}));
  }
  return page_response(std::move(items), "", std::nullopt, call);
}

base::Result<std::vector<access::Role>> read_roles(const Json& json) {
  std::vector<access::Role> out;
  for (const auto& key : json.items()) {
    const auto role = access::role_from(key.as_string());
    if (!role || *role == access::Role::kSystem) {
      return base::fail(base::Code::kUnknown, "there is no such role: " + key.as_string(), "roles");
    }
    out.push_back(*role);
  }
  if (out.empty()) return base::fail(base::Code::kMissing, "at least one role", "roles");
  return out;
}

/// Null takes a district away: the account then sees the whole authority.
base::Result<access::UserChange> read_change(const Json& json) {
  access::UserChange out;
  if (json.has("display_name")) {
    out.display_name = json["display_name"].as_string();
    if (out.display_name->empty()) {
      return base::fail(base::Code::kMissing, "a name to show", "display_name");
    }
  }
  if (json.has("roles")) {
    auto roles = read_roles(json["roles"]);
    if (!roles) return tl::unexpected(roles.error());
    out.roles = std::move(*roles);
  }
  if (json.has("district")) {
    if (!json["district"].is_string() && !json["district"].is_null()) {
      return base::fail(base::Code::kMalformed, "a text or null", "district");
    }
    out.district = json["district"].as_string();
  }
  return out;
}

base::Result<access::User> read_user(const Call& call) {
  access::User out;
  const auto name = call.required_text("name");
  if (!name) return tl::unexpected(name.error());
  const auto display_name = call.required_text("display_name");
  if (!display_name) return tl::unexpected(display_name.error());
  out.name = *name;
  out.display_name = *display_name;
  out.district = call.json["district"].as_string();
  auto roles = read_roles(call.json["roles"]);
  if (!roles) return tl::unexpected(roles.error());
  out.roles = std::move(*roles);
  return out;
}

Answer add_user(Call& call) {
  const auto may = access::authorise(call.actor(), access::Action::kManageUsers);
  if (!may) return tl::unexpected(may.error());
  const auto user = read_user(call);
  if (!user) return call.refused(user.error());
  const auto password = call.required_text("password");
  if (!password) return call.refused(password.error());
  const auto done =
      call.services.access->add_user(*user, *password, call.actor(), base::wall_now());
  if (!done) return call.refused(done.error());
  const auto stored = find_user(call, user->name);
  Response out = json_response(user_json(stored.value_or(*user)), 201);
  out.headers.emplace_back("Location", "/api/v1/users/" + user->name);
  return out;
}

Answer patch_user(Call& call, const Hooks& hooks) {
  const auto may = access::authorise(call.actor(), access::Action::kManageUsers);
  if (!may) return tl::unexpected(may.error());
  auto& access = *call.services.access;
  const std::string& name = call.part("user");
  if (!find_user(call, name)) {
    return call.problem({404, "missing", "there is no such account: " + name});
  }
  const auto& disabled = call.json["disabled"];
  const auto& password = call.json["password"];
  const auto change = read_change(call.json);
  if (!change) return call.refused(change.error());
  const bool changes = change->display_name || change->roles || change->district;
  // One act at a time: any of them may be refused, and nothing is to be done by half.
  if (int{changes} + int{!password.is_null()} + int{!disabled.is_null()} != 1) {
    return call.problem({400, "malformed",
                         "either a password, or disabled, or some of display_name, roles and "
                         "district must be given"});
  }
  if (!disabled.is_null() && !disabled.is_bool()) {
    return call.problem({422, "malformed", "true or false", "disabled"});
  }
  if (!password.is_null() && !password.is_string()) {
    return call.problem({422, "malformed", "a text", "password"});
  }
  const auto now = base::wall_now();
  if (changes) {
    const auto done = access.change(name, *change, call.actor(), now);
    if (!done) return call.refused(done.error());
  }
  if (!password.is_null()) {
    const auto done = access.set_password(name, password.as_string(), call.actor(), now);
    if (!done) return call.refused(done.error());
  }
  if (!disabled.is_null()) {
    const auto done = access.set_disabled(name, disabled.as_bool(), call.actor(), now);
    if (!done) return call.refused(done.error());
  }
  hooks.user_changed(name);
  return json_response(user_json(*find_user(call, name)));
}

}  // namespace

void add_users(Router& router, const Hooks& hooks) {
  router.add({Method::kGet, "/people", list_people});
  router.add({Method::kGet, "/users", list_users});
  router.add({.method = Method::kPost,
              .pattern = "/users",
              .handler = add_user,
              .body = Body::kJson,
              .slow = true});
  router.add({.method = Method::kPatch,
              .pattern = "/users/{user}",
              .handler = [hooks](Call& call) { return patch_user(call, hooks); },
              .body = Body::kJson,
              .slow = true});
}

}  // namespace jinglue::serve
