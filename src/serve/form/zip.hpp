// SPDX-License-Identifier: Apache-2.0
// A zip archive of a few files, stored without compression, with UTF-8 names and a fixed date, so
// that equal files give equal archives (PKWARE APPNOTE 6.3, sections 4.3 and 4.4). Not for files or
// archives of 4 GiB and more.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace jinglue::serve {

class Zip {
 public:
  void add(std::string_view name, std::string_view bytes);
  /// The whole archive; the object is empty after it.
  std::string take();

 private:
  struct Entry {
    std::string name;
    std::uint32_t crc{0}, size{0}, at{0};
  };
  std::vector<Entry> m_entries;
  std::string m_bytes;
};

}  // namespace jinglue::serve
