// SPDX-License-Identifier: Apache-2.0
// Which decoder takes a line, and how its answer becomes a Reading.
#include "observe/feed/reader.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <map>
#include <string>
#include <utility>

#include "base/large_pages.hpp"
#include "observe/ais/addressees.hpp"
#include "observe/ais/decoder.hpp"
#include "observe/ais/own_time.hpp"
#include "observe/ais/sentence.hpp"
#include "observe/beidou/decoder.hpp"
#include "observe/gnss/position.hpp"
#include "observe/nmea/sentence.hpp"
#include "observe/sensor/payload.hpp"

namespace jinglue::observe::feed {
namespace {

using std::string_view;

constexpr std::uint32_t kStateVersion = 3;  // 2 had another table of receptions
constexpr string_view kNone = "none";
constexpr string_view kDollar[] = {"TXR", "TCI", "WAA", "FKI", "ICI", "RMC", "GGA"};
/// RMC says more than GGA; while it comes, GGA of the same receiver adds nothing.
constexpr base::Duration kRmcHolds{60'000};

/// "10.0.0.5:4001" is the same sender after it has connected again: the port does not count.
string_view without_port(string_view source) {
  const auto colon = source.rfind(':');
  const bool port = colon != string_view::npos && colon + 1 < source.size() &&
                    source.find_first_not_of("0123456789", colon + 1) == string_view::npos;
  return port ? source.substr(0, colon) : source;
}

model::TerminalId terminal_of(const ais::Message& message) {
  return model::TerminalId::make(model::TerminalKind::kMmsi, ais::mmsi_of(message));
}

std::optional<model::TerminalId> terminal_of(std::optional<std::uint32_t> mmsi) {
  if (!mmsi) return std::nullopt;
  return model::TerminalId::make(model::TerminalKind::kMmsi, *mmsi);
}

string_view key_of(nmea::Check check) {
  return check == nmea::Check::kChecksum ? "checksum" : "no_checksum";
}

/// What another system put around a sentence may hold a '$'; AIS comes first. Else `sentence` is
/// the first one with a '$'.
bool is_ais(string_view line, nmea::Check& check, nmea::Sentence& sentence) {
  check = nmea::Check::kNone;
  if (line.size() > ais::Decoder::kMaxLine) return true;
  if (ais::find_sentence(line, 0) != string_view::npos) return true;
  check = nmea::find(line, 0, kDollar, sentence);
  return check == nmea::Check::kNone;
}

/// What the decoder says of a line, before its turn or in it.
struct Taken {
  bool decoded{false};  ///< false: all is left to read()
  std::uint64_t offset{0};
  ais::Decoded ais;
  std::string source;  ///< of a message in parts: the decoder's own memory is used again
  // Of its message, for the book.
  std::uint64_t key{0};
  std::optional<std::uint8_t> second;
  std::optional<base::Instant> utc;
  bool positioned{false};
  geo::Position at;  ///< when positioned
  /// Of a binary message, whole: the decoder's bits are others by the time of read().
  std::string octets;
  std::uint16_t bits{0};
};

constexpr std::size_t kTextsAhead = 6;  // each may lie anywhere

/// As much of it as a usual line has: up to three lines of the cache.
void fetch_text(string_view text) {
  if (text.empty()) return;
  const auto last = std::min(text.size(), 3 * base::kCacheLine) - 1;
  for (std::size_t at = 0; at < last; at += base::kCacheLine) base::fetch(text.data() + at);
  base::fetch(text.data() + last);
}

/// The lines of one packet or file lie one behind the other, so the next block's begin here.
void fetch_behind(string_view text) {
  constexpr std::size_t kLines = kTextsAhead * 2;  // of the cache
  for (std::size_t i = 0; i < kLines; ++i) {
    base::fetch(text.data() + text.size() + i * base::kCacheLine);
  }
}

/// Of a message that is read ahead.
struct Soon {
  std::uint64_t key{0};
  model::TerminalId sender;
  bool positioned{false};
};

}  // namespace

struct Reader::Impl {
  void read_nmea(const Line& line, const Input& input, Reading& out);
  void take_ais(const Line& line, Taken& taken);
  void read_ais(const Line& line, const Taken& taken, Reading& out);
  void read_message(const Line& line, const Taken& taken, Reading& out);
  void look_ahead(std::span<const Soon> soon);
  string_view read_dollar(const nmea::Sentence& sentence, const Line& line, const Input& input,
                          Reading& out);
  string_view read_beidou(const nmea::Sentence& sentence, const Line& line, Reading& out);
  string_view read_gnss(const nmea::Sentence& sentence, const Line& line, const Input& input,
                        Reading& out);
  static void read_naf(const Line& line, const Input& input, Reading& out);
  void read_sensor(const Line& line, const Input& input, Reading& out);
  bool nothing_ahead() const { return next == ahead_count; }

  Setup setup;
  ais::Decoder ais;
  reception::ReceptionBook receptions;
  beidou::Gbk gbk;
  std::map<std::string, base::Instant, std::less<>> last_rmc;  ///< arrival by input
  sensor::Payload payload;                                     ///< of the last line
  Taken single;                                                ///< of a line that none expected
  std::vector<Taken> ahead{kAhead};
  std::size_t ahead_count{0}, next{0};  ///< of `ahead`: how many, and the first not yet read
  std::vector<model::TerminalId> senders;
};

namespace {

/// The cause of a line with several messages: none when one of them was taken, else the first.
void join(string_view& whole, string_view one) {
  if (whole.empty() || one == kNone) whole = one;
}

}  // namespace

void Reader::Impl::read_nmea(const Line& line, const Input& input, Reading& out) {
  if (!nothing_ahead()) {
    const auto& taken = ahead[next++];
    assert(taken.offset == line.offset && "read() was given another line than expect()");
    if (taken.decoded) return read_ais(line, taken, out);
  }
  nmea::Sentence sentence;
  nmea::Check check;
  if (is_ais(line.text, check, sentence)) {
    take_ais(line, single);
    return read_ais(line, single, out);
  }
  while (check != nmea::Check::kNone) {
    join(out.cause,
         check == nmea::Check::kSound ? read_dollar(sentence, line, input, out) : key_of(check));
    const auto next_at = line.text.size() - sentence.after.size();
    check = nmea::find(line.text, next_at, kDollar, sentence);
  }
  out.station = without_port(out.station);
}

void Reader::Impl::take_ais(const Line& line, Taken& taken) {
  taken.decoded = true;
  taken.offset = line.offset;
  ais.decode(line.text, line.input, line.station, line.arrival, taken.ais);
  if (taken.ais.parts > 1) {
    taken.source = taken.ais.source;
    taken.ais.source = taken.source;
  }
  if (!taken.ais.message) return;
  const auto& bits = taken.ais.bits;
  const auto fill_bits = static_cast<std::uint8_t>(bits.bits() % 8);
  taken.key = reception::ReceptionBook::key_of(bits.octets(), fill_bits);
  const auto& message = *taken.ais.message;
  taken.second = ais::own_second(message);
  taken.utc.reset();
  if (const auto* base = std::get_if<ais::BaseStationReport>(&message)) taken.utc = base->utc;
  taken.positioned = ais::read_position(message, taken.at);
  if (std::holds_alternative<ais::BinaryMessage>(message)) {
    taken.octets.assign(bits.octets());
    taken.bits = static_cast<std::uint16_t>(bits.bits());
  }
}

void Reader::Impl::read_ais(const Line& line, const Taken& taken, Reading& out) {
  const auto& said = taken.ais;
  out.cause = to_key(said.cause);
  out.station = without_port(said.source);
  if (said.stated_time) out.stated_time = *said.stated_time;
  if (said.signal_dbm) out.signal_dbm = *said.signal_dbm;
  if (said.message) read_message(line, taken, out);
}

/// The first reception of a message is the message; of a copy only who heard it is news.
void Reader::Impl::read_message(const Line& line, const Taken& taken, Reading& out) {
  const auto& message = *taken.ais.message;
  const auto sender = terminal_of(message);
  out.ais_sender = sender;
  if (!std::holds_alternative<ais::PositionReport>(message)) {  // which names nobody
    for (const auto mmsi : ais::addressees_of(message)) {
      out.ais_named.push_back(model::TerminalId::make(model::TerminalKind::kMmsi, mmsi));
    }
  }
  const reception::Heard heard{.payload = {},
                               .fill_bits = 0,
                               .station = out.station,
                               .stated = taken.ais.stated_time,
                               .arrival = line.arrival,
                               .second = taken.second,
                               .utc = taken.utc};
  const auto reception = receptions.take(heard, taken.key);
  if (reception.clock_ahead_ms) out.clock_ahead_ms = *reception.clock_ahead_ms;
  if (taken.positioned) {
    auto& sent = out.sent.emplace();
    sent.from = sender;
    sent.time = reception.time;
    sent.at = taken.at;
  }
  if (reception.kind == reception::Kind::kCopy) {
    out.cause = "copy";
    return;
  }
  auto stated = ais::stated_of(message, reception.time, line.offset);
  if (stated) out.stated.push_back(std::move(*stated));
  if (taken.positioned) {
    ais::read_fix(message, {reception.time, reception.quality}, line.arrival, line.offset,
                  out.fixes.emplace_back());
  }
  if (const auto* said = std::get_if<ais::SafetyText>(&message)) {
    out.texts.push_back(
        {sender, reception.time, said->text.str(), false, terminal_of(said->destination)});
  }
  const auto* binary = std::get_if<ais::BinaryMessage>(&message);
  if (binary == nullptr || !binary->dac || !binary->fi) return;
  out.applications.push_back({sender, terminal_of(binary->destination), reception.time,
                              binary->type, *binary->dac, *binary->fi, taken.octets, taken.bits});
}

/// In steps for all lines, not line by line: so the processor waits for many places at once.
void Reader::Impl::look_ahead(std::span<const Soon> soon) {
  for (const auto& one : soon) receptions.expect(one.key);
  for (const auto& one : soon) {
    if (!one.positioned || receptions.may_hold(one.key)) continue;
    // Stations often bring the same message one after the other.
    if (senders.empty() || senders.back() != one.sender) senders.push_back(one.sender);
  }
}

string_view Reader::Impl::read_dollar(const nmea::Sentence& sentence, const Line& line,
                                      const Input& input, Reading& out) {
  if (!sentence.before.empty() || !sentence.after.empty()) {
    const auto wrapper = ais::read_wrapper(sentence.before, sentence.after);
    if (wrapper.time) out.stated_time = wrapper.time;
    if (!wrapper.source.empty()) out.station = wrapper.source;
  }
  const bool gnss = sentence.formatter == "RMC" || sentence.formatter == "GGA";
  return gnss ? read_gnss(sentence, line, input, out) : read_beidou(sentence, line, out);
}

string_view Reader::Impl::read_beidou(const nmea::Sentence& sentence, const Line& line,
                                      Reading& out) {
  beidou::Message message;
  const auto now = out.stated_time.value_or(line.arrival);
  const auto cause = beidou::read_sentence(sentence, setup.layouts(), now, gbk, message);
  if (cause != beidou::Cause::kNone) return to_key(cause);
  auto fix = beidou::to_fix(message, out.stated_time, line.arrival, line.offset);
  auto& content = message.content;
  if (content.text || content.sos) {
    out.texts.push_back({model::TerminalId::make(model::TerminalKind::kBeidou, message.card),
                         content.time.value_or(now), content.text.value_or(""), content.sos});
  }
  if (fix) out.fixes.push_back(*fix);
  return kNone;
}

string_view Reader::Impl::read_gnss(const nmea::Sentence& sentence, const Line& line,
                                    const Input& input, Reading& out) {
  gnss::Position position;
  const auto now = out.stated_time.value_or(line.arrival);
  const auto cause = gnss::read_sentence(sentence, now, position);
  if (cause != gnss::Cause::kNone) return to_key(cause);
  if (!input.own_terminal) return "no_owner";
  if (sentence.formatter == "RMC") {
    last_rmc[std::string(line.input)] = line.arrival;
  } else if (const auto rmc = last_rmc.find(line.input);
             rmc != last_rmc.end() && line.arrival - rmc->second < kRmcHolds) {
    return "repeated";
  }
  model::Fix fix;
  fix.track = {*input.own_terminal, 0};
  fix.time = position.time;
  fix.arrival = line.arrival;
  fix.quality = position.whole_time ? model::TimeQuality::kStated : model::TimeQuality::kDerived;
  fix.source = model::FixSource::kGnss;
  fix.position = position.at;
  fix.sog_ckn = position.sog_ckn;
  fix.cog_cdeg = position.cog_cdeg;
  fix.offset = line.offset;
  out.fixes.push_back(fix);
  if (position.whole_time && !out.stated_time) out.stated_time = position.time;
  return kNone;
}

void Reader::Impl::read_naf(const Line& line, const Input& input, Reading& out) {
  string_view rest = line.text;
  do {
    naf::Message message;
    const auto cause = naf::read_message(rest, input.naf_speed, message, rest);
    // Who has a name but no place is known all the same.
    auto report = cause == naf::Cause::kNone || cause == naf::Cause::kNoPosition
                      ? naf::to_report(message, line.arrival, line.offset)
                      : naf::Report{};
    join(out.cause, to_key(cause));
    if (report.stated) out.stated.push_back(std::move(*report.stated));
    if (report.fix) out.fixes.push_back(*report.fix);
    if (message.time && !out.stated_time) out.stated_time = message.time;
  } while (!rest.empty() && rest.find("//SR//") != string_view::npos);
}

void Reader::Impl::read_sensor(const Line& line, const Input& input, Reading& out) {
  const auto* mapping = setup.mapping(input);
  if (mapping == nullptr) {
    out.cause = "unknown_topic";
    return;
  }
  sensor::read_payload(*mapping, line.station, line.text, line.arrival, line.offset, payload);
  out.cause = sensor::to_key(payload.cause);
  out.reports = std::move(payload.reports);
  for (const auto why : payload.refused) out.refused_values.push_back(sensor::to_key(why));
  if (!out.reports.empty() && out.reports[0].stated_time) out.stated_time = out.reports[0].time;
}

Reader::Reader() : m_impl(std::make_unique<Impl>()) {}
Reader::~Reader() = default;

void Reader::use(Setup setup) {
  assert(m_impl->nothing_ahead());
  m_impl->setup = std::move(setup);
}

std::span<const model::TerminalId> Reader::expect(std::span<const Line> lines) {
  auto& impl = *m_impl;
  assert(impl.nothing_ahead() && lines.size() <= kAhead);
  impl.next = impl.ahead_count = 0;
  impl.senders.clear();
  std::array<Soon, kAhead> soon;
  std::size_t messages = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i + kTextsAhead < lines.size()) fetch_text(lines[i + kTextsAhead].text);
    const auto& line = lines[i];
    if (impl.setup.input(line.input).format != Format::kNmea) continue;
    auto& taken = impl.ahead[impl.ahead_count++];
    taken.decoded = false;
    taken.offset = line.offset;
    nmea::Sentence sentence;
    nmea::Check check;
    if (!is_ais(line.text, check, sentence)) continue;
    impl.take_ais(line, taken);
    if (!taken.ais.message) continue;
    soon[messages++] = {taken.key, terminal_of(*taken.ais.message), taken.positioned};
  }
  impl.look_ahead({soon.data(), messages});
  if (!lines.empty()) fetch_behind(lines.back().text);
  return impl.senders;
}

void Reader::read(const Line& line, Reading& out) {
  out.cause = {};
  out.stated.clear();
  out.fixes.clear();
  out.texts.clear();
  out.applications.clear();
  out.reports.clear();
  out.refused_values.clear();
  out.ais_sender.reset();
  out.ais_named.clear();
  out.sent.reset();
  out.signal_dbm.reset();
  out.clock_ahead_ms.reset();
  out.stated_time.reset();
  out.station = line.station;
  const auto& input = m_impl->setup.input(line.input);
  switch (input.format) {
    case Format::kNmea:
      m_impl->read_nmea(line, input, out);
      return;
    case Format::kNaf:
      Impl::read_naf(line, input, out);
      break;
    case Format::kSensor:
      m_impl->read_sensor(line, input, out);
      return;  // the topic is the station, as it is
    case Format::kCsv:
      out.cause = "table";  // the app reads these lines: it knows the mappings
      break;
  }
  out.station = without_port(out.station);
}

const reception::ReceptionBook& Reader::receptions() const {
  return m_impl->receptions;
}

void Reader::save(base::ByteWriter& out) const {
  assert(m_impl->nothing_ahead());
  out.put(kStateVersion);
  out.put(static_cast<std::uint32_t>(m_impl->last_rmc.size()));
  for (const auto& [input, arrival] : m_impl->last_rmc) {
    out.put_text(input);
    out.put(arrival.ms);
  }
  m_impl->ais.save(out);
  m_impl->receptions.save(out);
}

bool Reader::load(base::ByteReader& in) {
  const auto version = in.get<std::uint32_t>();
  if (version != kStateVersion && version != kStateVersion - 1) return false;
  std::map<std::string, base::Instant, std::less<>> last_rmc;
  for (auto n = in.get<std::uint32_t>(); n > 0 && in.ok(); --n) {
    const std::string input(in.get_text());
    last_rmc[input] = {in.get<std::int64_t>()};
  }
  if (!in.ok() || !m_impl->ais.load(in) || !m_impl->receptions.load(in, version == kStateVersion)) {
    return false;
  }
  m_impl->ahead_count = m_impl->next = 0;
  m_impl->last_rmc = std::move(last_rmc);
  return true;
}

}  // namespace jinglue::observe::feed
