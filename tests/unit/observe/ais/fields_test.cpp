// SPDX-License-Identifier: Apache-2.0
// Every field of every type against what other programs read (shared data set): where two of the
// four agree on a field, ours is equal, integers exact.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <span>

#include "base/config.hpp"
#include "base/json.hpp"
#include "observe/ais/applications.hpp"
#include "observe/ais/decoder.hpp"
#include "observe/ais/message_writer.hpp"
#include "unit/observe/shared_data.hpp"

using namespace jinglue;
using namespace jinglue::observe::ais;
using base::Json;

namespace {

/// A field of the four under our name; in what part of the raw unit each gives it.
struct Row {
  const char* ours;
  const char* gpsd;
  const char* pyais;
  const char* libais;
  const char* aiscatcher;
  double unit{1};  ///< the scaled value of one raw step
};

const Row kEverywhere[] = {
    {"message_id", "type", "msg_type", "id", "type"},
    {"repeat_indicator", "repeat", "repeat", "repeat_indicator", "repeat"},
    {"mmsi", "mmsi", "mmsi", "mmsi", "mmsi"},
    {"navigational_status", "status", "status", "nav_status", "status"},
    {"position_accuracy", "accuracy", "accuracy", "position_accuracy", "accuracy"},
    {"true_heading", "heading", "heading", "true_heading", "heading"},
    {"time_stamp", "second", "second", "timestamp", "second"},
    {"special_manoeuvre_indicator", "maneuver", "maneuver", "special_manoeuvre", "maneuver"},
    {"raim_flag", "raim", "raim", "raim", "raim"},
    {"sync_state", nullptr, nullptr, "sync_state", "sync_state"},
    {"slot_time_out", nullptr, nullptr, "slot_timeout", "slot_timeout"},
    {"slot_number", nullptr, nullptr, "slot_number", "slot_number"},
    {"slot_offset", nullptr, nullptr, "slot_offset", "slot_offset"},
    {"state_utc_hour", nullptr, nullptr, "utc_hour", "utc_hour"},
    {"state_utc_minute", nullptr, nullptr, "utc_min", "utc_minute"},
    {"type_of_position_fixing_device", "epfd", "epfd", "fix_type", "epfd"},
    {"imo_number", "imo", "imo", "imo_num", "imo"},
    {"ais_version_indicator", "ais_version", "ais_version", "ais_version", "ais_version"},
    {"call_sign", "callsign", "callsign", "callsign", "callsign"},
    {"type_of_ship_and_cargo", "shiptype", "ship_type", "type_and_cargo", "shiptype"},
    {"dimension_a", "to_bow", "to_bow", "dim_a", "to_bow"},
    {"dimension_b", "to_stern", "to_stern", "dim_b", "to_stern"},
    {"dimension_c", "to_port", "to_port", "dim_c", "to_port"},
    {"dimension_d", "to_starboard", "to_starboard", "dim_d", "to_starboard"},
    {"destination", "destination", "destination", "destination", "destination"},
    {"dte", "dte", "dte", "dte", "dte"},
    {"altitude", "alt", "alt", "alt", "alt"},
    {"altitude_sensor", nullptr, nullptr, "alt_sensor", "alt_sensor"},
    {"assigned_mode_flag", "assigned", "assigned", "assigned_mode", "assigned"},
    {"dac", "dac", "dac", "dac", "dac"},
    {"fi", "fid", "fid", "fi", "fid"},
    {"data", "data", "data", nullptr, "data"},
    {"retransmit_flag", "retransmit", "retransmit", nullptr, "retransmit"},
    {"safety_related_text", "text", "text", "text", "text"},
    {"offset_a", "offset1", "offset1", "offset_a", "offset1"},
    {"increment_a", "increment1", "increment1", "inc_a", "increment1"},
    {"reserved_1", "reserved", "reserved_1", "spare", "reserved"},
    {"reserved_2", "regional", "reserved_2", "spare2", nullptr},
    {"class_b_unit_flag", "cs", "cs", "unit_flag", "cs"},
    {"class_b_display_flag", "display", "display", "display_flag", "display"},
    {"class_b_dsc_flag", "dsc", "dsc", "dsc_flag", "dsc"},
    {"class_b_band_flag", "band", "band", "band_flag", "band"},
    {"class_b_message_22_flag", "msg22", "msg22", "m22_flag", "msg22"},
    {"mode_flag", nullptr, "assigned", "mode_flag", "assigned"},
    {"type_of_aids_to_navigation", "aid_type", "aid_type", "aton_type", "aid_type"},
    {"off_position_indicator", "off_position", "off_position", "off_pos", "off_position"},
    {"virtual_aton_flag", "virtual_aid", "virtual_aid", "virtual_aton", "virtual_aid"},
    {"aton_status", "regional", "reserved_1", "aton_status", "aton_status"},
    {"channel_a", "channel_a", "channel_a", "chan_a", "channel_a"},
    {"channel_b", "channel_b", "channel_b", "chan_b", "channel_b"},
    {"low_power", "power", "power", "power_low", "power"},
    {"addressed", "addressed", "addressed", nullptr, "addressed"},
    {"channel_a_bandwidth", "band_a", "band_a", "chan_a_bandwidth", "band_a"},
    {"channel_b_bandwidth", "band_b", "band_b", "chan_b_bandwidth", "band_b"},
    {"transitional_zone_size", "zonesize", "zonesize", "zone_size", "zonesize"},
    {"station_type", "stationtype", "station_type", "station_type", "station_type"},
    {"reporting_interval", "interval", "interval", "interval_raw", "interval"},
    {"quiet_time", "quiet", "quiet", "quiet", "quiet"},
    {"part_number", nullptr, "partno", "part_num", "partno"},
    {"vendor_id", nullptr, "vendorid", nullptr, "vendorid"},
    {"unit_model_code", nullptr, "model", nullptr, "model"},
    {"unit_serial_number", nullptr, "serial", nullptr, "serial"},
    {"destination_indicator", "addressed", "addressed", nullptr, "addressed"},
    {"binary_data_flag", "structured", "structured", nullptr, "ai_available"},
    {"position_latency", "gnss", "gnss", nullptr, "gnss"},
    {"utc_year", nullptr, "year", "year", "year"},
    {"utc_month", nullptr, "month", "month", "month"},
    {"utc_day", nullptr, "day", "day", "day"},
    {"utc_hour", nullptr, "hour", "hour", "hour"},
    {"utc_minute", nullptr, "minute", "minute", "minute"},
    {"utc_second", nullptr, "second", "second", "second"},
    {"eta_month", nullptr, "month", "eta_month", "month"},
    {"eta_day", nullptr, "day", "eta_day", "day"},
    {"eta_hour", nullptr, "hour", "eta_hour", "hour"},
    {"eta_minute", nullptr, "minute", "eta_minute", "minute"},
    {"maximum_present_static_draught", "draught", "draught", "draught", "draught", 0.1},
    {"message_id_1_1", "type1_1", "type1_1", "msg_1_1", "type1_1"},
    {"slot_offset_1_1", "offset1_1", "offset1_1", "slot_offset_1_1", "offset1_1"},
    {"message_id_1_2", "type1_2", "type1_2", "dest_msg_1_2", "type1_2"},
    {"slot_offset_1_2", "offset1_2", "offset1_2", "slot_offset_1_2", "offset1_2"},
    {"message_id_2_1", "type2_1", "type2_1", "msg_2", "type2_1"},
    {"slot_offset_2_1", "offset2_1", "offset2_1", "slot_offset_2", "offset2_1"},
    {"destination_id_a", "mmsi1", "mmsi1", "dest_mmsi_a", "mmsi1"},
    {"destination_id_b", "mmsi2", "mmsi2", "dest_mmsi_b", "mmsi2"},
    {"offset_b", "offset2", "offset2", "offset_b", "offset2"},
    {"increment_b", "increment2", "increment2", "inc_b", "increment2"},
    {"destination_id_1", "mmsi1", "mmsi1", nullptr, "mmsi1"},
    {"sequence_number_1", nullptr, "mmsiseq1", nullptr, "mmsiseq1"},
    {"destination_id_2", "mmsi2", "mmsi2", nullptr, "mmsi2"},
    {"sequence_number_2", nullptr, "mmsiseq2", nullptr, "mmsiseq2"},
    {"destination_id_3", "mmsi3", "mmsi3", nullptr, "mmsi3"},
    {"sequence_number_3", nullptr, "mmsiseq3", nullptr, "mmsiseq3"},
    {"destination_id_4", "mmsi4", "mmsi4", nullptr, "mmsi4"},
    {"sequence_number_4", nullptr, "mmsiseq4", nullptr, "mmsiseq4"},
    {"offset_number_1", "offset1", "offset1", nullptr, "offset1"},
    {"number_of_slots_1", "number1", "number1", nullptr, "number1"},
    {"time_out_1", "timeout1", "timeout1", nullptr, "timeout1"},
    {"increment_1", "increment1", "increment1", nullptr, "increment1"},
    {"offset_number_2", "offset2", "offset2", nullptr, "offset2"},
    {"number_of_slots_2", "number2", "number2", nullptr, "number2"},
    {"time_out_2", "timeout2", "timeout2", nullptr, "timeout2"},
    {"increment_2", "increment2", "increment2", nullptr, "increment2"},
    {"offset_number_3", "offset3", "offset3", nullptr, "offset3"},
    {"number_of_slots_3", "number3", "number3", nullptr, "number3"},
    {"time_out_3", "timeout3", "timeout3", nullptr, "timeout3"},
    {"increment_3", "increment3", "increment3", nullptr, "increment3"},
    {"offset_number_4", "offset4", "offset4", nullptr, "offset4"},
    {"number_of_slots_4", "number4", "number4", nullptr, "number4"},
    {"time_out_4", "timeout4", "timeout4", nullptr, "timeout4"},
    {"increment_4", "increment4", "increment4", nullptr, "increment4"},
};
const double kMinute4 = 1.0 / 600'000;
const double kMinute1 = 1.0 / 600;

/// What depends on the type of the message.
std::vector<Row> rows_of(std::int64_t type) {
  std::vector<Row> out(std::begin(kEverywhere), std::end(kEverywhere));
  const bool coarse = type == 17 || type == 27;
  const double minute = coarse ? kMinute1 : kMinute4;
  // pyais gives type 17 in minutes: left out (the data set's README).
  out.push_back({"longitude", "lon", type == 17 ? nullptr : "lon", "x", "lon", minute});
  out.push_back({"latitude", "lat", type == 17 ? nullptr : "lat", "y", "lat", minute});
  const double speed = type == 27 || type == 9 ? 1 : 0.1;
  out.push_back({"sog", "speed", "speed", "sog", "speed", speed});
  out.push_back({"cog", "course", "course", "cog", "course", type == 27 ? 1.0 : 0.1});
  out.push_back({"rate_of_turn", "turn", nullptr, nullptr, "turn_unscaled"});
  const char* name = type == 21 ? "name" : "shipname";
  out.push_back({"name", name, name, "name", name});
  for (const char* corner : {"1", "2"}) {
    const bool ne = corner[0] == '1';
    out.push_back({ne ? "longitude_1" : "longitude_2", ne ? "ne_lon" : "sw_lon", nullptr,
                   ne ? "x1" : "x2", ne ? "ne_lon" : "sw_lon", kMinute1});
    out.push_back({ne ? "latitude_1" : "latitude_2", ne ? "ne_lat" : "sw_lat", nullptr,
                   ne ? "y1" : "y2", ne ? "ne_lat" : "sw_lat", kMinute1});
  }
  if (type == 22) {
    out.push_back({"destination_id_1", "dest1", "dest1", "dest_mmsi_1", "dest1"});
    out.push_back({"destination_id_2", "dest2", "dest2", "dest_mmsi_2", "dest2"});
    out.push_back({"tx_rx_mode", "txrx", "txrx", "txrx_mode", "txrx"});
  }
  if (type == 23) out.push_back({"tx_rx_mode", nullptr, "txrx", "txrx_mode", "txrx"});
  const char* to = type == 12 ? "dest_mmsi" : type == 6 ? "mmsi_dest" : "dest_mmsi";
  out.push_back({"destination_id", "dest_mmsi", "dest_mmsi", to, "dest_mmsi"});
  out.push_back({"sequence_number", "seqno", "seqno", type == 12 ? "seq_num" : "seq", "seqno"});
  return out;
}

std::string clean(std::string text) {
  text = text.substr(0, text.find('@'));
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

/// A peer's value in raw steps, or its text; absent when it does not say.
std::optional<std::string> value_of(const Json& object, const char* key, double unit) {
  if (key == nullptr || !object.is_object()) return std::nullopt;
  const Json& value = object[key];
  if (value.is_object()) return value["hex"].as_string();
  if (value.is_bool()) return std::to_string(value.as_bool() ? 1 : 0);
  if (value.is_number()) return std::to_string(std::llround(value.as_double() / unit));
  if (!value.is_string()) return std::nullopt;
  const std::string text = value.as_string();
  const auto colon = text.find(':');
  if (std::string(key) == "data" && colon != std::string::npos) return text.substr(colon + 1);
  return clean(text);
}

/// The value on which two of them agree.
std::optional<std::string> agreed(const Json& vector, const Json& gpsd, const Row& row) {
  const std::optional<std::string> said[] = {
      value_of(gpsd, row.gpsd, 1), value_of(vector["pyais"], row.pyais, row.unit),
      value_of(vector["libais"], row.libais, row.unit),
      value_of(vector["aiscatcher"], row.aiscatcher, row.unit)};
  std::map<std::string, int> votes;
  for (const auto& one : said) {
    if (one) ++votes[*one];
  }
  for (const auto& [value, number] : votes) {
    if (number < 2) continue;
    // Two against two is no agreement.
    for (const auto& [other, count] : votes) {
      if (other != value && count >= 2) return std::nullopt;
    }
    return value;
  }
  return std::nullopt;
}

std::string ours_of(const Json& value) {
  if (value.is_bool()) return std::to_string(value.as_bool() ? 1 : 0);
  if (value.is_string()) return value.as_string();
  return std::to_string(value.as_int());
}

const std::filesystem::path kFile = tests::shared_ais() / "vectors/ais_vectors.jsonl.gz";
const std::filesystem::path kTables = std::filesystem::path(JINGLUE_SOURCE_DIR) / "data/ais";

Applications read_tables() {
  Applications out;
  for (const auto& file : std::filesystem::directory_iterator(kTables)) {
    const auto config = base::read_config(file.path());
    EXPECT_TRUE(config) << config.error().text();
    if (!config) continue;
    const auto added = out.add(*config);
    EXPECT_TRUE(added) << added.error().text();
  }
  return out;
}

/// The last message of the lines, as JSON.
Json decode_last(const std::vector<Json>& lines, bool raw, const Applications* applications) {
  Decoder decoder(Decoder::Rigour::kLenient);
  MessageWriter writer({raw, applications});
  Json out;
  for (const auto& line : lines) {
    const auto decoded =
        decoder.decode(line.as_string(), "test", "", base::Instant{1'700'000'000'000});
    if (!decoded.message) continue;
    const auto json = base::parse_json(writer.json(decoded));
    EXPECT_TRUE(json) << writer.json(decoded);
    if (json) out = *json;
  }
  return out;
}

}  // namespace

TEST(AisFields, WhereTwoPeersAgreeOursIsEqual) {
  JINGLUE_NEEDS_SHARED(kFile);
  std::map<std::int64_t, std::size_t> per_type;
  std::map<std::string, std::size_t> per_field;
  std::size_t differing = 0;
  for (const auto& text : tests::read_lines(kFile)) {
    const Json vector = base::parse_json(text).value();
    if (vector["kind"].as_string() != "valid" && vector["kind"].as_string() != "peer-test")
      continue;
    const Json gpsd =
        vector["gpsd_unscaled"].items().empty() ? Json() : vector["gpsd_unscaled"].items()[0];
    const Json ours = decode_last(vector["lines"].items(), true, nullptr);
    if (!ours.is_object()) continue;  // vectors_test.cpp: every type 1 to 27 gives a message
    const std::int64_t type = ours["message_id"].as_int();
    for (const Row& row : rows_of(type)) {
      const auto expected = agreed(vector, gpsd, row);
      // Peers invent zeros behind the end of a message; what it does not hold is absent here.
      if (!expected || !ours.has(row.ours)) continue;
      ++per_type[type];
      ++per_field[row.ours];
      if (ours_of(ours[row.ours]) == *expected) continue;
      if (++differing < 40) {
        ADD_FAILURE() << vector["id"].as_string() << " type " << type << " " << row.ours << ": "
                      << ours[row.ours].dump() << ", peers " << *expected << " "
                      << vector["lines"].items()[0].as_string();
      }
    }
  }
  EXPECT_EQ(differing, 0u);
  for (std::int64_t type = 1; type <= 27; ++type) EXPECT_GE(per_type[type], 20u) << type;
  EXPECT_GE(per_field.size(), 100u);
}

/// gpsd's raw integers of the two weather messages and the inland ship message under our names.
struct ApplicationRow {
  const char* ours;
  const char* gpsd;
};
const ApplicationRow kWeather[] = {
    {"longitude", "lon"},
    {"latitude", "lat"},
    {"average_wind_speed", "wspeed"},
    {"wind_gust", "wgust"},
    {"wind_direction", "wdir"},
    {"wind_gust_direction", "wgustdir"},
    {"relative_humidity", "humidity"},
    {"air_pressure_tendency", "pressuretend"},
    {"water_level_trend", "leveltrend"},
    {"surface_current_speed", "cspeed"},
    {"surface_current_direction", "cdir"},
    {"current_speed_2", "cspeed2"},
    {"current_direction_2", "cdir2"},
    {"measurement_depth_2", "cdepth2"},
    {"current_speed_3", "cspeed3"},
    {"current_direction_3", "cdir3"},
    {"measurement_depth_3", "cdepth3"},
    {"significant_wave_height", "waveheight"},
    {"wave_period", "waveperiod"},
    {"wave_direction", "wavedir"},
    {"swell_height", "swellheight"},
    {"swell_period", "swellperiod"},
    {"swell_direction", "swelldir"},
    {"sea_state", "seastate"},
    {"water_temperature", "watertemp"},
    {"precipitation", "preciptype"},
    {"salinity", "salinity"},
    {"ice", "ice"},
};
const ApplicationRow kInlandShip[] = {
    {"length_of_ship", "length"},
    {"beam_of_ship", "beam"},
    {"ship_or_combination_type", "shiptype"},
    {"hazardous_cargo", "hazard"},
    {"draught", "draught"},
    {"loaded_unloaded", "loaded"},
    {"quality_of_speed_high", "speed_q"},
    {"quality_of_course_high", "course_q"},
    {"quality_of_heading_high", "heading_q"},
    {"european_vessel_identification_number", "vin"},
};
const ApplicationRow kAtonMonitoring[] = {
    {"analogue_internal", "ana_int"},    {"analogue_external_1", "ana_ext1"},
    {"analogue_external_2", "ana_ext2"}, {"racon_status", "racon"},
    {"light_status", "light"},           {"health_alarm", "alarm"},
    {"status_external", "stat_ext"},     {"off_position", "off_pos"},
};

TEST(AisFields, ApplicationDataAreWhatGpsdReads) {
  JINGLUE_NEEDS_SHARED(kFile);
  const Applications tables = read_tables();
  std::map<std::string, std::size_t> seen;
  for (const auto& text : tests::read_lines(kFile)) {
    const Json vector = base::parse_json(text).value();
    if (vector["kind"].as_string() != "valid" || vector["gpsd_unscaled"].items().empty()) continue;
    const Json& gpsd = vector["gpsd_unscaled"].items()[0];
    const Json ours = decode_last(vector["lines"].items(), true, &tables);
    const std::string application = ours["application"].as_string();
    std::span<const ApplicationRow> rows;
    if (application.starts_with("meteorological")) rows = kWeather;
    if (application == "inland_ship_static_and_voyage") rows = kInlandShip;
    if (application == "aton_monitoring_235") rows = kAtonMonitoring;
    for (const auto& row : rows) {
      // gpsd leaves some messages (a wrong length) as data.
      const auto expected = value_of(gpsd, row.gpsd, 1);
      if (!expected) continue;
      ++seen[application];
      EXPECT_EQ(ours_of(ours["application_data"][row.ours]), *expected)
          << vector["id"].as_string() << " " << row.ours << " "
          << vector["lines"].items()[0].as_string();
    }
  }
  EXPECT_GT(seen["meteorological_and_hydrographic_data"], 500u);
  EXPECT_GT(seen["meteorological_and_hydrographic_data_236"], 300u);
  EXPECT_GT(seen["inland_ship_static_and_voyage"], 150u);
  EXPECT_GT(seen["aton_monitoring_235"], 100u);
}
