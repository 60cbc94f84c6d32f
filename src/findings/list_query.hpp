// SPDX-License-Identifier: Apache-2.0
// ListQuery: a Query as SQL over the table `finding`, so that a test can look at its plan.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "findings/findings.hpp"
#include "store/db.hpp"

namespace jinglue::findings {

class ListQuery {
 public:
  ListQuery(const Query& query, base::Instant now);

  std::string page_sql() const;   ///< id, opened_at of one more than a page
  std::string total_sql() const;  ///< count(*) of all pages
  void bind_page(store::Stmt& statement) const;
  void bind_total(store::Stmt& statement) const;
  std::size_t limit() const { return m_limit; }

  static std::string cursor_after(std::int64_t opened_at_ms, std::int64_t id);

 private:
  using Value = std::variant<std::int64_t, std::string>;
  void add(const std::string& condition, std::vector<Value> values = {});
  void add_status(const std::vector<Status>& wanted, base::Instant now);
  template <class T, class F>
  void add_any_of(const std::string& column, const std::vector<T>& wanted, F value_of);
  void read_cursor(const std::string& cursor);
  void bind(store::Stmt& statement, bool with_cursor) const;

  std::string m_order{"opened_at DESC, id DESC"};
  std::string m_where;
  std::vector<Value> m_values;
  std::string m_cursor_where;
  std::vector<Value> m_cursor_values;
  std::size_t m_limit;
};

}  // namespace jinglue::findings
