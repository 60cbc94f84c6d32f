// SPDX-License-Identifier: Apache-2.0
// LiveSnapshot: what readers may ask of the published picture. See live.hpp.
#include <algorithm>
#include <charconv>
#include <tuple>

#include "base/text.hpp"
#include "picture/live/live.hpp"
#include "picture/live/live_index.hpp"

namespace jinglue::picture {
namespace {

/// Lower case, full-width letters and digits (U+FF01..U+FF5E, as Chinese keyboards give) as ASCII.
void fold_into(std::string& out, std::string_view text) {
  out.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == 0xEF && i + 2 < text.size()) {
      const unsigned code = (static_cast<unsigned char>(text[i + 1]) & 0x3Fu) << 6 |
                            (static_cast<unsigned char>(text[i + 2]) & 0x3Fu);
      const unsigned full_width = 0xF000u | code;
      if (full_width >= 0xFF01 && full_width <= 0xFF5E) {
        out.push_back(static_cast<char>(full_width - 0xFEE0));
        i += 2;
        if (out.back() >= 'A' && out.back() <= 'Z') out.back() += 'a' - 'A';
        continue;
      }
    }
    out.push_back(byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 'a' - 'A') : text[i]);
  }
}

enum Match : int { kWhole = 0, kBeginning = 1, kPart = 2, kNone = 3 };

/// Compares one text after another of an entry with the (folded) query; keeps the best.
class Matcher {
 public:
  explicit Matcher(std::string_view query) {
    fold_into(m_query, base::trim(query));
    m_digits =
        std::all_of(m_query.begin(), m_query.end(), [](char c) { return c >= '0' && c <= '9'; });
    m_with_kind = m_query.find(':') != std::string::npos;  // "mmsi:412..."
  }
  bool empty() const { return m_query.empty(); }

  void begin() { m_best = kNone; }
  void take(std::string_view text) {
    if (text.size() < m_query.size()) return;
    fold_into(m_text, text);
    take_folded(m_text);
  }
  void take_number(model::TerminalId terminal) {
    if (m_with_kind) take_folded(model::to_text(terminal));
    if (!m_digits) return;
    char digits[20];
    char* const end = std::to_chars(digits, digits + sizeof digits, terminal.number()).ptr;
    std::string_view text(digits, static_cast<std::size_t>(end - digits));
    if (terminal.kind() == model::TerminalKind::kMmsi && text.size() < 9) {
      m_text.assign(9 - text.size(), '0');
      m_text += text;
      text = m_text;
    }
    take_folded(text);
  }
  int best() const { return m_best; }

 private:
  void take_folded(std::string_view text) {
    const auto at = text.find(m_query);
    if (at == std::string::npos) return;
    const int match = at != 0 ? kPart : text.size() == m_query.size() ? kWhole : kBeginning;
    m_best = std::min(m_best, match);
  }
  std::string m_query, m_text;
  bool m_digits{false};
  bool m_with_kind{false};
  int m_best{kNone};
};

int match_entry(Matcher& matcher, const LiveEntry& entry) {
  matcher.begin();
  if (entry.vessel != nullptr) {
    matcher.take(entry.vessel->name);
    matcher.take(entry.vessel->side_number);
    matcher.take(entry.vessel->call_sign);
  }
  if (entry.stated != nullptr) {
    matcher.take(entry.stated->name);
    matcher.take(entry.stated->call_sign);
    matcher.take(entry.stated->side_number());
  }
  matcher.take_number(entry.fix.track.terminal);
  for (const auto& other : entry.others) matcher.take_number(other.track.terminal);
  return matcher.best();
}

}  // namespace

std::string LiveEntry::name() const {
  if (vessel != nullptr && !vessel->name.empty()) return vessel->name;
  if (stated != nullptr && !stated->name.empty()) return stated->name;
  const auto text = model::to_text(fix.track.terminal);
  return text.substr(text.find(':') + 1);
}

const LiveEntry* LiveSnapshot::find(std::uint32_t handle) const {
  if (handle / kChunk >= m_chunks.size()) return nullptr;
  const auto& chunk = *m_chunks[handle / kChunk];
  const auto place = place_in(chunk, handle);
  return place < chunk.size() && chunk[place].handle == handle ? &chunk[place] : nullptr;
}

const LiveEntry* LiveSnapshot::find(model::TrackId track) const {
  const auto* entry = m_index == nullptr ? nullptr : find(m_index->tracks.find(track));
  return entry != nullptr && entry->merged ? find(entry->merged_into) : entry;
}

const LiveEntry* LiveSnapshot::find_vessel(std::string_view record_id) const {
  if (m_index == nullptr) return nullptr;
  const auto* entry = find(m_index->vessels.find(record_key(record_id)));
  const bool right = entry != nullptr && entry->vessel != nullptr && entry->vessel->id == record_id;
  return right ? entry : nullptr;
}

void LiveSnapshot::for_each(const std::function<void(const LiveEntry&)>& visit) const {
  for (const auto& chunk : m_chunks) {
    for (const auto& entry : *chunk) {
      if (!entry.merged) visit(entry);
    }
  }
}

std::vector<const LiveEntry*> LiveSnapshot::search(std::string_view text, std::size_t limit) const {
  Matcher matcher(text);
  if (matcher.empty() || limit == 0) return {};
  // Better matches first; of equal ones registered vessels, then in order of appearance.
  std::vector<std::tuple<int, bool, std::uint32_t, const LiveEntry*>> hits;
  for_each([&](const LiveEntry& entry) {
    const int match = match_entry(matcher, entry);
    if (match != kNone) hits.emplace_back(match, entry.vessel == nullptr, entry.handle, &entry);
  });
  const auto count = std::min(limit, hits.size());
  std::partial_sort(hits.begin(), hits.begin() + static_cast<std::ptrdiff_t>(count), hits.end());
  std::vector<const LiveEntry*> out;
  out.reserve(count);
  for (std::size_t i = 0; i < count; ++i) out.push_back(std::get<3>(hits[i]));
  return out;
}

}  // namespace jinglue::picture
