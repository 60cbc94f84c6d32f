// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/secure_delete.hpp"

#include "base/log.hpp"

namespace jinglue::store::sqlite {

SecureDelete::SecureDelete(Db& db) : m_db(db) {
  m_db.exec("PRAGMA secure_delete = ON");
}

SecureDelete::~SecureDelete() {
  try {
    m_db.exec("PRAGMA secure_delete = OFF");
  } catch (const DbError& e) {
    base::log_warn("store", "deleting goes on with overwriting, which is slower: {}", e.what());
  }
}

}  // namespace jinglue::store::sqlite
