// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the journal: the input is a segment file as it is (first octet even), or the
// bodies of its records with right lengths and checksums put around them (odd), so that the fuzzer
// gets past the checksum. Whatever the bytes: the reader gives offsets without a gap, the writer
// opens or refuses, and what it opened it extends so that everything reads back.
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "fuzz/require.hpp"
#include "store/journal.hpp"
#include "store/journal_format.hpp"
#include "support/failing_disk.hpp"

namespace {

namespace fs = std::filesystem;
using namespace jinglue;
using fuzz::require;

/// In memory where the system has it; removed and made again for each input.
const fs::path& folder() {
  static const fs::path path = [] {
    base::set_log_level(base::Level::kError);
    const fs::path root = fs::is_directory("/dev/shm") ? "/dev/shm" : fs::temp_directory_path();
    return root / ("jinglue_fuzz_journal_" + std::to_string(getpid()));
  }();
  return path;
}

/// Pieces of the input, each with a length octet before it, become bodies.
std::string framed(std::string_view input) {
  std::string out = store::encode_header({});
  while (!input.empty()) {
    const auto length = static_cast<unsigned char>(input.front());
    input.remove_prefix(1);
    const std::string_view body = input.substr(0, length);
    input.remove_prefix(body.size());
    base::ByteWriter frame;
    frame.put(static_cast<std::uint32_t>(body.size()));
    frame.put(base::crc32c(body));
    frame.put_raw(body);
    out += frame.bytes();
  }
  return out;
}

struct Read {
  std::vector<std::string> payloads;
  bool refused{false};
};

Read read_all() {
  Read out;
  try {
    store::JournalReader reader(folder(), 1);
    std::uint64_t last = 0;
    for (model::JournalEntry entry; reader.next(entry);) {
      require(last == 0 || entry.offset == last + 1);
      last = entry.offset;
      out.payloads.push_back(entry.payload);
    }
  } catch (const base::WorldError&) {
    out.refused = true;
  }
  return out;
}

void open_and_extend(Read before) {
  std::vector<model::JournalEntry> more(1);
  more[0].payload = "one more";
  try {
    store::Journal journal({.folder = folder(), .disk = std::make_shared<test::FailingDisk>()});
    require(!before.refused);
    require(journal.last_offset() - journal.first_offset() + 1 == before.payloads.size());
    journal.append(more);
    journal.sync();
  } catch (const base::WorldError&) {
    require(before.refused);
    return;
  }
  before.payloads.push_back(more[0].payload);
  const Read after = read_all();
  require(!after.refused && after.payloads == before.payloads);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  fs::remove_all(folder());
  fs::create_directories(folder());
  std::ofstream(store::segment_path(folder(), 1), std::ios::binary)
      << (data[0] % 2 == 0 ? std::string(input) : framed(input));
  open_and_extend(read_all());
  fs::remove_all(folder());
  return 0;
}
