// SPDX-License-Identifier: Apache-2.0
#include "output/forms.hpp"

#include "observe/ais/encoder.hpp"
#include "observe/ais/sentence.hpp"

namespace jinglue::output {
namespace {

namespace ais = observe::ais;

constexpr std::string_view kEnd = "\r\n";
constexpr std::uint64_t kGroups = 10'000;
constexpr std::size_t kMostSource = 15;  // NMEA 0183 4.10, parameter code s

/// The sentence that the decoder took: the first sound one of the line, up to its checksum.
std::string_view sentence_of(std::string_view line) {
  for (auto at = ais::find_sentence(line, 0); at != std::string_view::npos;
       at = ais::find_sentence(line, at + 1)) {
    ais::Sentence sentence;
    if (ais::read_sentence(line.substr(at), sentence) != ais::Cause::kNone) continue;
    const auto end = static_cast<std::size_t>(sentence.after.data() - line.data());
    return line.substr(at, end - at);
  }
  return {};
}

/// Only what cannot be taken for a delimiter of a tag block.
std::string source_of(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       c == '-' || c == '_' || c == '.';
    if (out.size() < kMostSource) out += plain ? c : '_';
  }
  return out;
}

}  // namespace

Forms::Forms(const ais::Applications* tables) : m_writer({false, tables}) {}

void Forms::begin(const Parcel& parcel) {
  m_parcel = &parcel;
  m_made.fill(nullptr);
}

Text Forms::text(Format format, Wrapping wrapping) {
  const std::size_t place = format == Format::kNdjson ? 3 : static_cast<std::size_t>(wrapping);
  Text& made = m_made.at(place);
  if (!made) made = std::make_shared<const std::string>(make(format, wrapping));
  return made;
}

std::string Forms::make(Format format, Wrapping wrapping) {
  std::string out;
  if (format == Format::kNdjson) {
    out = m_writer.json(*m_parcel->decoded);
    out += '\n';
    return out;
  }
  for (std::size_t i = 0; i < m_parcel->lines.size(); ++i) {
    const auto line = m_parcel->lines[i];
    if (wrapping == Wrapping::kAsReceived) {
      out += line;
    } else if (wrapping == Wrapping::kBare) {
      add_bare(line, out);
    } else {
      add_tagged(line, i + 1, out);
    }
    out += kEnd;
  }
  return out;
}

void Forms::add_bare(std::string_view line, std::string& out) const {
  out += sentence_of(line);
}

/// Source and time stand on each sentence, so that one that goes astray still has them. The time is
/// the station's, else that of the arrival; the source the station's name, else the input.
void Forms::add_tagged(std::string_view line, std::size_t number, std::string& out) const {
  const auto& decoded = *m_parcel->decoded;
  const std::size_t count = m_parcel->lines.size();
  ais::Envelope around;
  around.source =
      source_of(decoded.source.empty() ? std::string_view(m_parcel->last->input) : decoded.source);
  around.at = decoded.stated_time.value_or(m_parcel->last->arrival);
  if (count > 1) around.group = static_cast<std::uint32_t>(decoded.calls.back() % kGroups);
  out += ais::tag_block(around, number, count);
  add_bare(line, out);
}

}  // namespace jinglue::output
