// SPDX-License-Identifier: Apache-2.0
// SecureDelete: while it lives, what a connection deletes is overwritten with zeros in the pages of
// the database, not only unlinked. Copies of before, backups and the write-ahead log until it is
// written over, are not reached. SQLite only.
#pragma once

#include "store/db.hpp"

namespace jinglue::store::sqlite {

class SecureDelete {
 public:
  explicit SecureDelete(Db& db);
  ~SecureDelete();
  SecureDelete(const SecureDelete&) = delete;
  SecureDelete& operator=(const SecureDelete&) = delete;

 private:
  Db& m_db;
};

}  // namespace jinglue::store::sqlite
