// SPDX-License-Identifier: Apache-2.0
// AuditChain: the table of audit lines. hash = SHA-256 over number, time, actor, address, action,
// target, detail and the hash before, each written as LENGTH:BYTES, (netstrings), so that anyone
// can check an export with a few lines of script. A row beside the lines holds the last number and
// hash: without it the loss of the newest lines would not be seen.
#pragma once

#include <cstdint>
#include <vector>

#include "access/access.hpp"

namespace jinglue::access {

class AuditChain {
 public:
  explicit AuditChain(store::Database& records);

  void add(const Actor& actor, std::string_view action, std::string_view target,
           const base::Json& detail, base::Instant now);
  std::vector<AuditLine> lines(std::int64_t before, std::size_t limit) const;
  base::Result<std::int64_t> verify() const;

 private:
  store::Database& m_records;
};

}  // namespace jinglue::access
