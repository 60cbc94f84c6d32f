// SPDX-License-Identifier: Apache-2.0
// Which decoder takes a line, and how its answer becomes a Reading.
#include "observe/feed/reader.hpp"

#include <map>
#include <string>
#include <utility>

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

constexpr std::uint32_t kStateVersion = 2;
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

string_view key_of(nmea::Check check) {
  return check == nmea::Check::kChecksum ? "checksum" : "no_checksum";
}

}  // namespace

struct Reader::Impl {
  void read_nmea(const Line& line, const Input& input, Reading& out);
  void take_ais(const ais::Decoded& decoded, const Line& line, Reading& out);
  string_view read_dollar(const nmea::Sentence& sentence, const Line& line, const Input& input,
                          Reading& out);
  string_view read_beidou(const nmea::Sentence& sentence, const Line& line, Reading& out);
  string_view read_gnss(const nmea::Sentence& sentence, const Line& line, const Input& input,
                        Reading& out);
  static void read_naf(const Line& line, const Input& input, Reading& out);
  void read_sensor(const Line& line, const Input& input, Reading& out);

  Setup setup;
  ais::Decoder ais;
  reception::ReceptionBook receptions;
  beidou::Gbk gbk;
  std::map<std::string, base::Instant, std::less<>> last_rmc;  ///< arrival by input
  sensor::Payload payload;                                     ///< of the last line
};

namespace {

/// The cause of a line with several messages: none when one of them was taken, else the first.
void join(string_view& whole, string_view one) {
  if (whole.empty() || one == kNone) whole = one;
}

}  // namespace

void Reader::Impl::read_nmea(const Line& line, const Input& input, Reading& out) {
  nmea::Sentence sentence;
  auto check = nmea::find(line.text, 0, kDollar, sentence);
  // What another system put around a sentence may hold a '$'; AIS comes first.
  if (check == nmea::Check::kNone || line.text.size() > ais::Decoder::kMaxLine ||
      ais::find_sentence(line.text, 0) != string_view::npos) {
    const auto decoded = ais.decode(line.text, line.input, line.station, line.arrival);
    out.cause = to_key(decoded.cause);
    out.stated_time = decoded.stated_time;
    out.station = decoded.source;
    out.signal_dbm = decoded.signal_dbm;
    if (!decoded.message) return;
    take_ais(decoded, line, out);
    return;
  }
  while (check != nmea::Check::kNone) {
    join(out.cause,
         check == nmea::Check::kSound ? read_dollar(sentence, line, input, out) : key_of(check));
    const auto next = line.text.size() - sentence.after.size();
    check = nmea::find(line.text, next, kDollar, sentence);
  }
}

/// The first reception of a message is the message; of a copy only who heard it is news.
void Reader::Impl::take_ais(const ais::Decoded& decoded, const Line& line, Reading& out) {
  const auto& message = *decoded.message;
  out.ais_sender = model::TerminalId::make(model::TerminalKind::kMmsi, ais::mmsi_of(message));
  reception::Heard heard;
  heard.payload = decoded.bits.octets();
  heard.fill_bits = static_cast<std::uint8_t>(decoded.bits.bits() % 8);
  heard.station = without_port(decoded.source);
  heard.stated = decoded.stated_time;
  heard.arrival = line.arrival;
  heard.second = ais::own_second(message);
  heard.utc = ais::own_utc(message);
  const auto reception = receptions.take(heard);
  out.clock_ahead_ms = reception.clock_ahead_ms;
  auto report = ais::to_report(message, reception.time, line.arrival, line.offset);
  if (report.fix) {
    report.fix->quality = reception.quality;
    out.sent = {report.fix->track.terminal, reception.time, report.fix->position};
  }
  if (reception.kind == reception::Kind::kCopy) {
    out.cause = "copy";
    return;
  }
  if (report.stated) out.stated.push_back(std::move(*report.stated));
  if (report.fix) out.fixes.push_back(std::move(*report.fix));
  if (const auto* said = std::get_if<ais::SafetyText>(&message)) {
    out.texts.push_back({model::TerminalId::make(model::TerminalKind::kMmsi, said->mmsi),
                         reception.time, said->text.str(), false});
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
  m_impl->setup = std::move(setup);
}

void Reader::read(const Line& line, Reading& out) {
  out.cause = {};
  out.stated.clear();
  out.fixes.clear();
  out.texts.clear();
  out.reports.clear();
  out.refused_values.clear();
  out.ais_sender.reset();
  out.sent.reset();
  out.signal_dbm.reset();
  out.clock_ahead_ms.reset();
  out.stated_time.reset();
  out.station = line.station;
  const auto& input = m_impl->setup.input(line.input);
  switch (input.format) {
    case Format::kNmea:
      m_impl->read_nmea(line, input, out);
      break;
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
  if (in.get<std::uint32_t>() != kStateVersion) return false;
  std::map<std::string, base::Instant, std::less<>> last_rmc;
  for (auto n = in.get<std::uint32_t>(); n > 0 && in.ok(); --n) {
    const std::string input(in.get_text());
    last_rmc[input] = {in.get<std::int64_t>()};
  }
  if (!in.ok() || !m_impl->ais.load(in) || !m_impl->receptions.load(in)) return false;
  m_impl->last_rmc = std::move(last_rmc);
  return true;
}

}  // namespace jinglue::observe::feed
