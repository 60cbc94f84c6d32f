// SPDX-License-Identifier: Apache-2.0
// Which cells of a workbook are dates: ECMA-376 part 1, 18.8.30 (number formats), and the count of
// days that stands in such cells (18.17.4.1: 1900 and 1904 date systems).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace jinglue::registry {

/// For each cell style (cellXfs) whether its number is a date. `xml` is xl/styles.xml; styles that
/// cannot be read are none.
std::vector<bool> date_styles(const std::string& xml);
bool is_date_format(std::string_view code);

/// "2024-05-01", with " 12:00:00" when there is a part of a day. Empty when the number is no day of
/// 1900 to 9999.
std::string date_text(double days, bool since_1904);

}  // namespace jinglue::registry
