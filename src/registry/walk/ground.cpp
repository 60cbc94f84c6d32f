// SPDX-License-Identifier: Apache-2.0
#include "registry/walk/ground.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/ids.hpp"
#include "registry/detail/rights.hpp"
#include "registry/life.hpp"
#include "registry/sight.hpp"
#include "registry/standing.hpp"

namespace jinglue::registry {
namespace {

using access::Actor;
using access::Role;
using base::Code;
using base::Json;

// 2024-05-01T04:00:00Z, noon in China, of a year whose days off are known.
constexpr base::Instant kBegin{1'714'536'000'000};

store::OpenOptions tables_in(const std::filesystem::path& scratch) {
  store::OpenOptions out{scratch / "records.db"};
  out.sync_full = false;  // nothing is kept
  return out;
}

Options with(const std::filesystem::path& calendar, const std::filesystem::path& scratch) {
  Options out;
  out.calendar = calendar;
  out.files = scratch / "files";
  std::filesystem::create_directories(out.files);
  return out;
}

struct Sample {
  const char* kind;
  const char* name;
  const char* bytes;
};
// By their first bytes; what the other kinds ask for is not made up here.
constexpr Sample kSamples[] = {{"pdf", "附件.pdf", "%PDF-1.7 "},
                               {"image", "附件.png", "\x89PNG\r\n\x1A\n "},
                               {"text", "附件.txt", "text"},
                               {"table", "附件.csv", "a,b\n1,2\n"}};

bool accepts(const Field& f, const char* kind) {
  return f.accept.empty() || std::find(f.accept.begin(), f.accept.end(), kind) != f.accept.end();
}

void add_fields(const std::vector<std::string>& to, std::set<std::string>& out) {
  for (const auto& one : to)
    if (one.starts_with("field:")) out.insert(one.substr(6));
}

std::string account_of(Role role, int which) {
  return fmt::format("{}{}", access::to_key(role), which);
}

}  // namespace

std::set<std::string> told_fields(const Definition& d) {
  std::set<std::string> out;
  for (const auto& c : life_of(d).clocks) {
    add_fields(c.to, out);
    for (const auto& step : c.escalations) add_fields(step.to, out);
  }
  for (const auto& [key, t] : life_of(d).transitions)
    for (const auto& e : t.effects) add_fields(e.to, out);
  return out;
}

Ground::Ground(const std::filesystem::path& definitions, const std::filesystem::path& calendar,
               const std::filesystem::path& scratch)
    : now(kBegin),
      m_records(tables_in(scratch)),
      // Nobody signs in: the cheapest hash does.
      m_access(m_records, access::PasswordCost::least()),
      m_registry(m_records, m_access, definitions, with(calendar, scratch)) {
  add_accounts({}, 2);
  const auto enabled = Standings(m_registry, m_access).enable_all({Actor::system(), now, {}, {}});
  if (!enabled) throw base::WorldError("a register cannot be enabled", enabled.error().text());
}

void Ground::add_accounts(const std::string& district, int count) {
  const std::string password = base::random_token(16);
  for (const Role role : roles()) {
    for (int which = 1; which <= count; ++which) {
      access::User user;
      user.name = account_of(role, which) +
                  (district.empty() ? "" : fmt::format(".d{}", m_districts.size()));
      user.display_name = user.name;
      user.roles = {role};
      user.district = district;
      if (auto done = m_access.add_user(user, password, Actor::system(), now); !done)
        throw base::WorldError("an account cannot be made", done.error().text());
    }
  }
}

const std::vector<Role>& Ground::roles() {
  static const std::vector<Role> kRoles = [] {
    std::vector<Role> out;
    for (int i = int(Role::kDutyOfficer); i < int(Role::kSystem); ++i) out.push_back(Role(i));
    return out;
  }();
  return kRoles;
}

Actor Ground::person(Role role, int which) {
  Actor out;
  out.user = account_of(role, which);
  out.display_name = out.user;
  out.roles = {role};
  return out;
}

const Definition& Ground::definition(const std::string& register_id) const {
  return *m_registry.definition(register_id);
}

Record Ground::record(const std::string& register_id, const std::string& id) const {
  return m_registry.find(register_id, id).value_or(Record());
}

Write Ground::by(const Actor& actor) {
  now = now + base::Duration(1000);
  return {actor, now, {}, {}};
}

std::string Ground::named(const std::string& type) const {
  if (type == "person") return account_of(Role::kClerk, 1);
  if (type != "unit" && type != "district") return {};
  // Units exist once the walk has made one: then it is that one.
  if (m_registry.definition("organisation_unit") == nullptr) return "unit";
  const auto page = m_registry.list("organisation_unit", {});
  return page && !page->items.empty() ? page->items.front().fields["key"].as_string() : "unit";
}

ValueSource Ground::values(const Definition& d) {
  ValueSource out;
  out.now = now;
  out.number = ++m_number;
  out.linked = linked;
  out.named = [this](const std::string& type) { return named(type); };
  out.file = [this, &d](const Field& f) { return upload(d, f, Actor::system()); };
  out.accounts = told_fields(d);
  return out;
}

Json Ground::upload(const Definition& d, const Field& f, const Actor& actor) {
  for (const auto& sample : kSamples) {
    if (!accepts(f, sample.kind)) continue;
    const std::string bytes = sample.bytes + std::to_string(++m_number);
    const auto file = m_registry.add_file(d.id, f.key, sample.name, bytes, by(actor));
    return file ? Json::array({*file}) : Json();
  }
  return {};
}

std::optional<Actor> Ground::maker(const Definition& d, const Json& fields) const {
  std::optional<Actor> out;
  const std::string district = detail::district_of(d, fields);
  for (const Role role : roles()) {
    const Actor actor = person(role);
    if (!detail::may_edit(d, actor, district)) continue;
    const bool sees = std::all_of(d.fields.begin(), d.fields.end(), [&](const Field& f) {
      return !f.required || may_write(d, Json::object({{f.key, fields[f.key]}}), actor);
    });
    if (sees) return actor;
    if (!out) out = actor;
  }
  return out;
}

base::Result<Record> Ground::make(const Definition& d, bool complete, const Json& over) {
  Json fields = valid_object(d.fields, values(d), complete);
  for (const auto& [key, value] : over.members()) fields.set(key, value);
  for (const auto& f : d.fields) {  // dates keep their order
    const Json& before = fields[f.after];
    if (over.has(f.key) || !fields[f.key].is_string() || !before.is_string()) continue;
    if (fields[f.key].as_string() <= before.as_string()) fields.set(f.key, day_beside(before, 1));
  }
  const std::string district = detail::district_of(d, fields);
  // People of that district are told of its records.
  if (!district.empty() && m_districts.insert(district).second) add_accounts(district, 1);
  const auto who = maker(d, fields);
  if (!who) return base::fail(Code::kForbidden, "no role may make a record", "edit_roles");
  // What that person does not see is added by the program, as are files, which are the program's.
  Json rest = Json::object();
  for (const auto& f : d.fields) {
    if (!fields.has(f.key)) continue;
    const bool file = f.type == FieldType::kFile && !fields[f.key].is_null();
    if (file && f.required) fields.set(f.key, upload(d, f, *who));
    const bool seen = may_write(d, Json::object({{f.key, fields[f.key]}}), *who).has_value();
    if ((seen && !file) || f.required) continue;
    rest.set(f.key, fields[f.key]);
    fields = without(fields, f.key);
  }
  auto made = m_registry.create(d.id, fields, by(*who));
  // What is required only while others have their values is given as it is asked for.
  for (std::size_t i = 0; i < d.fields.size() && !made && made.error().code == Code::kMissing;
       ++i) {
    const Field* f = d.field(made.error().where);
    if (f == nullptr || fields.has(f->key)) break;
    fields.set(f->key, valid_value(*f, values(d)));
    made = m_registry.create(d.id, fields, by(*who));
  }
  return made && !rest.members().empty() ? set(*made, rest) : made;
}

base::Result<Record> Ground::set(const Record& record, const Json& fields) {
  return m_registry.patch(record.register_id, record.id,
                          this->record(record.register_id, record.id).revision, fields,
                          by_program());
}

void Ground::tried(const std::function<void()>& deed) {
  const auto before = now;
  const auto districts = m_districts;
  (void)m_registry.together([&]() -> base::Status {
    deed();
    return base::fail(Code::kConflict, "taken back");
  });
  now = before;
  m_districts = districts;
}

}  // namespace jinglue::registry
