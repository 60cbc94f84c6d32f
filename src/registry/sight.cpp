// SPDX-License-Identifier: Apache-2.0
#include "registry/sight.hpp"

#include <algorithm>

#include "registry/cql/filter.hpp"
#include "registry/detail/rights.hpp"
#include "registry/detail/table.hpp"

namespace jinglue::registry {
namespace {

using base::Code;
using base::Json;

bool has_any(const access::Actor& actor, const std::vector<std::string>& roles) {
  return std::any_of(roles.begin(), roles.end(), [&](const std::string& key) {
    const auto role = access::role_from(key);
    return role && actor.has(*role);
  });
}

/// Characters of UTF-8 text, each with all its bytes.
std::vector<std::string_view> characters(std::string_view text) {
  std::vector<std::string_view> out;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
    out.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return out;
}

/// What a transition asked, without the parts that stand in fields the person does not see.
Json seen_input(const Definition& d, const Json& input, const access::Actor& actor) {
  if (!input.is_object()) return input;
  Json out = Json::object();
  for (const auto& [key, value] : input.members()) {
    const Field* f = d.field(key);
    Json seen = f == nullptr ? value : seen_value(*f, value, actor);
    if (!seen.is_null()) out.set(key, std::move(seen));
  }
  return out;
}

Json seen_request(const Definition& d, const Json& request, const access::Actor& actor) {
  if (!request.is_object()) return request;
  Json out = request;
  if (request.has("input")) out.set("input", seen_input(d, request["input"], actor));
  return out;
}

base::Status may_ask_for(const Definition& d, const std::string& key, bool whole_value,
                         const access::Actor& actor) {
  const Field* f = d.field(key);
  if (f == nullptr) return {};  // what records have beside their fields, or an unknown name
  switch (sight_of(*f, actor)) {
    case Sight::kNone:
      return base::fail(Code::kUnknown, "the register '" + d.id + "' has no such field", key);
    case Sight::kMasked:
      if (whole_value && may_reveal(*f, actor)) return {};
      return base::fail(Code::kForbidden, "the field is masked: lists are not made by it", key);
    case Sight::kWithheld:
      return base::fail(Code::kForbidden, "the field is confidential: lists are not made by it",
                        key);
    case Sight::kPlain:
      return {};
  }
  return {};
}

}  // namespace

Sight sight_of(const Field& field, const access::Actor& actor) {
  if (detail::is_program(actor)) return Sight::kPlain;
  if (!field.visible_to.empty() && !has_any(actor, field.visible_to)) return Sight::kNone;
  if (!field.secret_to.empty() && !has_any(actor, field.secret_to)) return Sight::kWithheld;
  return field.mask == Mask::kNone ? Sight::kPlain : Sight::kMasked;
}

bool may_reveal(const Field& field, const access::Actor& actor) {
  if (field.mask == Mask::kNone) return false;
  if (detail::is_program(actor)) return true;
  return sight_of(field, actor) == Sight::kMasked && has_any(actor, field.plain_to);
}

std::string masked(Mask mask, std::string_view value) {
  const auto all = characters(value);
  std::size_t head = 0;
  std::size_t tail = 0;
  if (mask == Mask::kIdCard) head = 6, tail = 4;
  if (mask == Mask::kPhone) head = 3, tail = 4;
  if (mask == Mask::kName) head = 1;
  if (mask == Mask::kNone) return std::string(value);
  // At least a third stays hidden, whatever the length.
  if (all.size() < head + tail + std::max<std::size_t>(1, all.size() / 3)) head = tail = 0;
  std::string out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool shown = i < head || i + tail >= all.size();
    out += shown ? all[i] : std::string_view("*");
  }
  return out;
}

Json seen_value(const Field& field, const Json& value, const access::Actor& actor) {
  switch (sight_of(field, actor)) {
    case Sight::kPlain:
      return value;
    case Sight::kMasked:
      return value.is_string() ? Json(masked(field.mask, value.as_string())) : value;
    default:
      return {};
  }
}

Record seen_by(const Definition& d, Record record, const access::Actor& actor) {
  if (detail::is_program(actor)) return record;
  Json fields = Json::object();
  for (const auto& [key, value] : record.fields.members()) {
    const Field* f = d.field(key);
    Json seen = f == nullptr ? Json() : seen_value(*f, value, actor);
    if (!seen.is_null()) fields.set(key, std::move(seen));
  }
  record.fields = std::move(fields);
  record.pending = seen_request(d, record.pending, actor);
  return record;
}

std::vector<HistoryLine> seen_by(const Definition& d, std::vector<HistoryLine> lines,
                                 const access::Actor& actor) {
  if (detail::is_program(actor)) return lines;
  std::vector<HistoryLine> out;
  for (auto& line : lines) {
    const Field* f = d.field(line.field);
    if (f != nullptr) {
      const Sight sight = sight_of(*f, actor);
      if (sight == Sight::kNone || sight == Sight::kWithheld) continue;
      line.before = seen_value(*f, line.before, actor);
      line.after = seen_value(*f, line.after, actor);
    } else {
      line.before = seen_request(d, line.before, actor);
      line.after = seen_request(d, line.after, actor);
    }
    out.push_back(std::move(line));
  }
  return out;
}

std::vector<Conflict> seen_by(const Definition& d, std::vector<Conflict> conflicts,
                              const access::Actor& actor) {
  for (auto& c : conflicts) {
    if (const Field* f = d.field(c.field); f != nullptr) c.theirs = seen_value(*f, c.theirs, actor);
  }
  return conflicts;
}

bool is_for_roles_of(const Definition& d, const access::Actor& actor) {
  return detail::may_see_row(d, actor, "").has_value();
}

bool may_see_any(const Definition& d, const access::Actor& actor) {
  return detail::may_see(d, actor, "").has_value();
}

Definition seen_definition(const Definition& d, const access::Actor& actor) {
  Definition out = d;
  std::erase_if(out.fields, [&](const Field& f) { return sight_of(f, actor) == Sight::kNone; });
  return out;
}

base::Status may_ask(const Definition& d, const Query& query, const access::Actor& actor) {
  for (const auto& [key, text] : query.equals) {
    if (auto good = may_ask_for(d, key, !text.empty(), actor); !good) return good;
  }
  if (query.filter) {
    for (const auto& key : cql::properties_of(*query.filter)) {
      if (auto good = may_ask_for(d, key, false, actor); !good) return good;
    }
  }
  if (const Field* place = detail::first_geometry(d); query.box && place != nullptr) {
    if (auto good = may_ask_for(d, place->key, false, actor); !good) return good;
  }
  if (query.sort.empty()) return {};
  return may_ask_for(d, query.sort.substr(query.sort[0] == '-' ? 1 : 0), false, actor);
}

base::Status may_write(const Definition& d, const Json& fields, const access::Actor& actor) {
  for (const auto& [key, value] : fields.members()) {
    const Field* f = d.field(key);
    if (f == nullptr) continue;
    const Sight sight = sight_of(*f, actor);
    if (sight == Sight::kNone) {
      return base::fail(Code::kUnknown, "the register '" + d.id + "' has no such field", key);
    }
    if (sight == Sight::kWithheld) {
      return base::fail(Code::kForbidden, "the field is confidential and not for your roles", key);
    }
    if (sight == Sight::kMasked && value.as_string().find('*') != std::string::npos) {
      return base::fail(Code::kMalformed, "is a masked value, not the value itself", key,
                        "leave the field as it is, or write all of it");
    }
  }
  return {};
}

}  // namespace jinglue::registry
