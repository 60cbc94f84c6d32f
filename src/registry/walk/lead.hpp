// SPDX-License-Identifier: Apache-2.0
// Lead: brings records of any register to a state, by the transitions that its definition has, as
// the people that it names, with values that its conditions ask for.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "registry/walk/ground.hpp"
#include "registry/walk/search.hpp"

namespace jinglue::registry {

bool is_among(const std::vector<std::string>& items, const std::string& item);

class Lead {
 public:
  explicit Lead(Ground& ground);

  /// A record that is ready for a transition, and the input with which it is.
  struct Ready {
    bool good{false};
    Draft draft;
    std::vector<std::string> unmet;  ///< conditions for which no values were found
  };
  /// Required fields and conditions of `t` brought about, and these wishes; written to the record.
  Ready prepare(const Definition& d, const Transition& t, const std::string& id,
                const std::vector<Wish>& also = {});
  /// Carries it out as the people that it names: with the second person where it needs one.
  base::Result<Record> take(const Definition& d, const Transition& t, const std::string& id,
                            const base::Json& input);
  /// Who may; kForbidden when no role may.
  static base::Result<access::Actor> who(const Definition& d, const Transition& t, bool second,
                                         const Record& record);

  /// The id of a new record in that state with these fields; `also` holds as it comes there. Empty
  /// when there is no way: see why().
  std::string in_state(const Definition& d, const std::string& state,
                       const base::Json& fields = base::Json::object(),
                       const std::vector<Wish>& also = {});
  /// Leads a record on; false when there is no way. A way through `avoided` states is none.
  bool on_to(const Definition& d, const std::string& id, const std::string& state,
             const std::vector<Wish>& also = {}, const std::set<std::string>& avoided = {});
  const std::string& why() const { return m_why; }

  Search search(const Definition& d, const Transition* t);

 private:
  std::vector<std::string> ids_of(const std::string& register_id);
  std::string first(const Definition& d, const base::Json& fields, const std::vector<Wish>& also);
  using Blocked = std::set<std::pair<std::string, std::string>>;  ///< transition, from
  static std::vector<const Transition*> way(const Definition& d, const std::string& from,
                                            const std::string& to, const Blocked& blocked,
                                            const std::set<std::string>& avoided);

  Ground& m_ground;
  std::map<std::string, std::vector<std::string>> m_ids;  ///< one record for each state
  int m_depth{0};
  std::string m_why;
};

}  // namespace jinglue::registry
