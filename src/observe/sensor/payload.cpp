// SPDX-License-Identifier: Apache-2.0
#include "observe/sensor/payload.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/json.hpp"
#include "base/keys.hpp"
#include "mqtt/topic.hpp"
#include "observe/sensor/json_pointer.hpp"
#include "observe/sensor/number.hpp"

namespace jinglue::observe::sensor {
namespace {

using base::Json;
using std::string_view;

constexpr std::array<string_view, 9> kCauses = {"none",        "unknown_topic", "not_json",
                                                "no_record",   "no_station",    "bad_time",
                                                "future_time", "no_values",     "values_refused"};
constexpr std::array<string_view, 2> kRefusals = {"value_not_a_number", "value_out_of_range"};
constexpr base::Duration kAhead{600'000};  // a station's clock may be a little wrong
constexpr std::size_t kMostBytes = 1u << 20;
constexpr std::size_t kMostRecords = 1000;

/// -999 is -999.0 and "-999" too.
bool stands_for_none(const Json& value, const std::vector<std::string>& missing) {
  const auto number = number_of(value);
  return std::any_of(missing.begin(), missing.end(), [&](const std::string& marker) {
    if (value.is_string() && value.as_string() == marker) return true;
    const auto other = number_of(string_view(marker));
    return number && other && *number == *other;
  });
}

/// Null, absent and markers are no value.
const Json* value_at(const Json& record, const std::string& at,
                     const std::vector<std::string>& missing) {
  const Json* value = find(record, at);
  if (value == nullptr || value->is_null() || stands_for_none(*value, missing)) return nullptr;
  return value;
}

class RecordReader {
 public:
  RecordReader(const MessageForm& form, const std::vector<string_view>& levels, Payload& out)
      : m_form(form), m_levels(levels), m_out(out) {}

  Cause read(const Json& record, base::Instant arrival, std::uint64_t offset) {
    if (!record.is_object() && !record.is_array()) return Cause::kNoRecord;
    model::SensorReport report;
    report.arrival = arrival;
    report.offset = offset;
    if (!read_station(record, report.station)) return Cause::kNoStation;
    if (const auto cause = read_time(record, report); cause != Cause::kNone) return cause;
    const auto refused_before = m_out.refused.size();
    read_position(record, report);
    for (const auto& value : m_form.values) read_value(record, value, report);
    if (!report.values.empty() || report.position) {
      m_out.reports.push_back(std::move(report));
      return Cause::kNone;
    }
    return m_out.refused.size() > refused_before ? Cause::kValuesRefused : Cause::kNoValues;
  }

 private:
  bool read_station(const Json& record, std::string& out) const {
    if (m_form.station_level > 0) {
      out = m_levels[m_form.station_level - 1];
    } else if (!m_form.station_id.empty()) {
      out = m_form.station_id;
    } else if (const Json* id = find(record, m_form.station_at)) {
      out = id->is_int() ? std::to_string(id->as_int()) : id->as_string();
    }
    const bool control =
        std::any_of(out.begin(), out.end(), [](unsigned char c) { return c < 32; });
    return !out.empty() && out.size() <= 64 && !control;
  }

  Cause read_time(const Json& record, model::SensorReport& out) const {
    out.time = out.arrival;
    if (!m_form.time_at) return Cause::kNone;
    const Json* value = find(record, *m_form.time_at);
    const auto time = value != nullptr ? m_form.time.parse(*value) : std::nullopt;
    if (!time) return Cause::kBadTime;
    if (*time > out.arrival + kAhead) return Cause::kFutureTime;
    out.time = *time;
    out.stated_time = true;
    return Cause::kNone;
  }

  void read_position(const Json& record, model::SensorReport& out) {
    if (!m_form.latitude_at) return;
    const Json* latitude = value_at(record, *m_form.latitude_at, m_form.no_position);
    const Json* longitude = value_at(record, *m_form.longitude_at, m_form.no_position);
    if (latitude == nullptr || longitude == nullptr) return;
    const auto lat = number_of(*latitude), lon = number_of(*longitude);
    if (!lat || !lon) return m_out.refused.push_back(Refused::kNotANumber);
    // 0, 0 is what receivers say that know nothing.
    if (std::fabs(*lat) > 90 || std::fabs(*lon) > 180 || (*lat == 0 && *lon == 0)) {
      return m_out.refused.push_back(Refused::kOutOfRange);
    }
    out.position = geo::to_position({*lat, *lon});
  }

  void read_value(const Json& record, const MappedValue& mapped, model::SensorReport& out) {
    const Json* value = value_at(record, mapped.at, mapped.missing);
    if (value == nullptr) return;
    const auto number = number_of(*value);
    if (!number) return m_out.refused.push_back(Refused::kNotANumber);
    auto milli = to_milli(*mapped.unit, *number);
    if (!milli || *milli < mapped.low_milli || *milli > mapped.high_milli) {
      return m_out.refused.push_back(Refused::kOutOfRange);
    }
    const bool direction = model::info(mapped.quantity).unit == "deg";
    if (direction && *milli == 360'000) milli = 0;
    out.values.push_back({mapped.quantity, *milli});
  }

  const MessageForm& m_form;
  const std::vector<string_view>& m_levels;
  Payload& m_out;
};

}  // namespace

string_view to_key(Cause cause) {
  return base::key_of(kCauses, cause);
}

string_view to_key(Refused why) {
  return base::key_of(kRefusals, why);
}

void read_payload(const Mapping& mapping, string_view topic, string_view bytes,
                  base::Instant arrival, std::uint64_t offset, Payload& out) {
  out.cause = Cause::kUnknownTopic;
  out.reports.clear();
  out.refused.clear();
  std::vector<string_view> levels;
  const auto& forms = mapping.messages();
  const auto form = std::find_if(forms.begin(), forms.end(), [&](const auto& one) {
    return mqtt::matches(one.topic, topic, levels);
  });
  if (form == forms.end()) return;
  out.cause = Cause::kNotJson;
  const auto json = base::parse_json(bytes, kMostBytes);
  if (!json) return;
  RecordReader reader(*form, levels, out);
  if (form->each.empty()) {
    out.cause = reader.read(*json, arrival, offset);
    return;
  }
  const Json* list = find(*json, form->each);
  out.cause = Cause::kNoRecord;
  if (list == nullptr || list->items().empty()) return;
  if (list->items().size() > kMostRecords) {
    out.cause = Cause::kNotJson;
    return;
  }
  // The payload counts as good when one of its records is, else under the first one's cause.
  bool first = true;
  for (const auto& record : list->items()) {
    const auto cause = reader.read(record, arrival, offset);
    if (first || cause == Cause::kNone) out.cause = cause;
    first = false;
  }
}

}  // namespace jinglue::observe::sensor
