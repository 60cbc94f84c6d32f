// SPDX-License-Identifier: Apache-2.0
// Preferences: what an account has chosen for the letters that go to it: their language, and hours
// in which none goes out. What nobody chose is as the settings of the installation say. Times of
// day are minutes of the authority's day.
#pragma once

#include <optional>
#include <string>

#include "base/json.hpp"
#include "base/result.hpp"

namespace jinglue::store {
class Database;
}

namespace jinglue::access {

struct QuietHours {
  int from_minute{0}, until_minute{0};  ///< equal: none
};
struct Preferences {
  std::string language{"zh"};  ///< "zh" or "en"
  std::optional<QuietHours> quiet;
};
/// {"language": "en", "quiet_from": "21:30", "quiet_until": "06:00"}; the two times are null when
/// the installation's hold.
base::Json to_json(const Preferences& preferences);
/// kMalformed names the member.
base::Result<Preferences> read_preferences(const base::Json& json);

class PreferenceBook {
 public:
  /// The table is that of an Access on the same database.
  explicit PreferenceBook(store::Database& records) : m_records(records) {}
  Preferences of(const std::string& user) const;
  void set(const std::string& user, const Preferences& preferences);

 private:
  store::Database& m_records;
};

}  // namespace jinglue::access
