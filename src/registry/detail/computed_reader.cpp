// SPDX-License-Identifier: Apache-2.0
// Reading of computed fields: what only shows when all definitions are known.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "registry/detail/computed.hpp"
#include "registry/detail/default_value.hpp"
#include "registry/expression/units.hpp"

namespace jinglue::registry::detail {
namespace {

using base::Code;
using base::ConfigNode;

using Place = std::pair<std::string, std::string>;  ///< register, field

/// Every field that an expression in a record of `d` reads, links among them.
class Reads {
 public:
  Reads(const std::vector<Definition>& all, const Definition& d, const expression::Expression& e) {
    for (const auto& path : e.paths()) follow(all, d, path);
    for (const auto& linked : e.linked()) {
      if (linked.size() == 1) add(all, d.id, linked[0]);
      if (linked.size() != 3) continue;
      add(all, linked[0], linked[1]);
      add(all, linked[0], linked[2]);
    }
  }
  const std::vector<Place>& places() const { return m_places; }
  const std::vector<const Field*>& fields() const { return m_fields; }

 private:
  void add(const std::vector<Definition>& all, const std::string& id, const std::string& name) {
    const auto it =
        std::find_if(all.begin(), all.end(), [&](const Definition& d) { return d.id == id; });
    const Field* f = it == all.end() ? nullptr : it->field(name);
    if (f == nullptr) return;
    m_places.emplace_back(id, name);
    m_fields.push_back(f);
  }
  void follow(const std::vector<Definition>& all, const Definition& d,
              const expression::Path& path) {
    std::string id = d.id;
    for (const auto& name : path) {
      add(all, id, name);
      if (m_fields.empty() || m_fields.back()->key != name) return;
      if (m_fields.back()->type != FieldType::kLink) return;
      id = m_fields.back()->link;
    }
  }
  std::vector<Place> m_places;
  std::vector<const Field*> m_fields;
};

bool within(const std::vector<std::string>& roles, const std::vector<std::string>& of) {
  return of.empty() ||
         (!roles.empty() && std::all_of(roles.begin(), roles.end(), [&](const auto& r) {
           return std::find(of.begin(), of.end(), r) != of.end();
         }));
}

/// Whoever sees the result sees what it is made of.
base::Status check_secrecy(const Field& f, const Reads& reads) {
  for (const Field* read : reads.fields()) {
    const auto& shown_to = f.visible_to.empty() ? f.secret_to : f.visible_to;
    const bool good = read->mask == Mask::kNone && within(shown_to, read->visible_to) &&
                      within(shown_to, read->secret_to);
    if (!good) {
      return base::fail(Code::kConflict,
                        "it would show the field '" + read->key + "', which not everybody sees", "",
                        "give this field visible_to with roles that see that one; a masked field "
                        "is not computed with");
    }
  }
  return {};
}

base::Status check_type(const Field& f, const expression::Expression& e) {
  if (e.looks_at_time()) {
    return base::fail(Code::kMalformed, "a computed value does not follow the clock", "",
                      "no today and now; a clock of the register's life follows days");
  }
  const auto linked = e.linked();
  if (std::any_of(linked.begin(), linked.end(), [](const auto& l) { return l.size() == 2; })) {
    return base::fail(Code::kMalformed, "records that link here are named by linked()", "",
                      "sum(linked('register', 'link', 'field')): one field of each");
  }
  if (!fits_field(f, e.type())) {
    return base::fail(Code::kMalformed, fmt::format("the value is a {}, the field a {}",
                                                    to_key(e.type()), to_key(f.type)));
  }
  return {};
}

std::string unit_of_field(const std::vector<Definition>& all, const Definition& d,
                          const expression::Path& path) {
  const Definition* now = &d;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const Field* f = now->field(path[i]);
    if (f == nullptr) return {};
    if (i + 1 == path.size())
      return f->unit.empty() && f->type == FieldType::kMoney ? "CNY" : f->unit;
    const auto it =
        std::find_if(all.begin(), all.end(), [&](const Definition& o) { return o.id == f->link; });
    if (it == all.end()) return {};
    now = &*it;
  }
  return {};
}

base::Status check_units(const std::vector<Definition>& all, const Definition& d, const Field& f,
                         const expression::Expression& e) {
  const expression::UnitOf unit_of = [&](const expression::Path& path, bool linked) {
    if (!linked) return unit_of_field(all, d, path);
    const auto it =
        std::find_if(all.begin(), all.end(), [&](const Definition& o) { return o.id == path[0]; });
    return it == all.end() ? std::string() : unit_of_field(all, *it, {path[2]});
  };
  const auto unit = expression::unit_of(e, unit_of);
  if (!unit) return tl::unexpected(unit.error());
  const std::string own = f.unit.empty() && f.type == FieldType::kMoney ? "CNY" : f.unit;
  if (unit->empty() || *unit == own) return {};
  return base::fail(Code::kConflict, "the value is in " + *unit + ", the field in " +
                                         (own.empty() ? std::string("no unit") : own));
}

/// Depth first over what reads what; a place that is met on its own way is a cycle.
class Cycles {
 public:
  explicit Cycles(const std::map<Place, std::vector<Place>>& reads) : m_reads(reads) {}
  bool through(const Place& place) {
    const auto it = m_reads.find(place);
    if (it == m_reads.end() || m_done[place] == 2) return false;
    if (m_done[place] == 1) return true;
    m_done[place] = 1;
    const bool found = std::any_of(it->second.begin(), it->second.end(),
                                   [&](const Place& next) { return through(next); });
    m_done[place] = found ? 0 : 2;
    return found;
  }

 private:
  const std::map<Place, std::vector<Place>>& m_reads;
  std::map<Place, int> m_done;
};

ConfigNode node_of(const std::vector<ConfigNode>& documents, std::size_t d, std::size_t f) {
  return documents[d]["fields"].items()[f]["computed"];
}

}  // namespace

void read_computed(std::vector<Definition>& all, const std::vector<ConfigNode>& documents,
                   std::vector<base::Error>& errors) {
  std::map<Place, std::vector<Place>> graph;
  const auto each = [&](const auto& work) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::size_t count =
          std::min(all[i].fields.size(), documents[i]["fields"].items().size());
      for (std::size_t k = 0; k < count; ++k) {
        if (!all[i].fields[k].computed_text.empty())
          work(all[i], all[i].fields[k], node_of(documents, i, k));
      }
    }
  };
  each([&](Definition& d, Field& f, const ConfigNode& at) {
    const auto refuse = [&](const base::Error& e) {
      errors.push_back(
          {e.code, e.where.empty() ? e.message : e.where + ": " + e.message, at.where(), e.hint});
    };
    auto read = expression::Expression::read(f.computed_text, names_of(all, d));
    if (!read) return refuse(read.error());
    const Reads reads(all, d, *read);
    base::Status good = check_type(f, *read);
    if (good) good = check_secrecy(f, reads);
    if (good) good = check_units(all, d, f, *read);
    if (!good) return refuse(good.error());
    graph[{d.id, f.key}] = reads.places();
    f.computed = std::move(*read);
  });
  each([&](Definition& d, Field& f, const ConfigNode& at) {
    if (!f.computed || !Cycles(graph).through({d.id, f.key})) return;
    errors.push_back({Code::kConflict, "the value depends on itself", at.where(),
                      "of fields that are computed from each other one must be written by hand"});
  });
}

}  // namespace jinglue::registry::detail
