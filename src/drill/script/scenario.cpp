// SPDX-License-Identifier: Apache-2.0
#include "drill/script/scenario.hpp"

#include "drill/script/fields.hpp"

namespace jinglue::drill::script {
namespace {

using base::ConfigNode;

const std::map<std::string, Act> kActs{
    {"moor", Act::kMoor}, {"anchor", Act::kAnchor}, {"work", Act::kWork}, {"away", Act::kAway},
    {"sail", Act::kSail}, {"meet", Act::kMeet},     {"pass", Act::kPass}};
const std::map<std::string, Pattern> kPatterns{
    {"trawl", Pattern::kTrawl}, {"nets", Pattern::kNets},     {"line", Pattern::kLine},
    {"tend", Pattern::kTend},   {"patrol", Pattern::kPatrol}, {"drift", Pattern::kDrift}};
const std::map<std::string, Carry> kCarries{{"A", Carry::kClassA},
                                            {"B", Carry::kClassB},
                                            {"beidou", Carry::kBeidou},
                                            {"beacon", Carry::kBeacon},
                                            {"mob", Carry::kOverboard}};
const std::map<std::string, Measure> kMeasures{{"stated", Measure::kStated},
                                               {"at_sea", Measure::kAtSea},
                                               {"transmits", Measure::kTransmits},
                                               {"dark", Measure::kDark},
                                               {"outside", Measure::kOutside}};

/// A transition of an exemption's lifecycle and the state that it gives.
const std::map<std::string, std::string> kPermissionStates{{"approved", "approve"}, {"draft", ""}};

std::vector<std::string> split_words(const std::string& text) {
  std::vector<std::string> out;
  for (const auto part : base::split(text, ' ')) {
    if (!part.empty()) out.emplace_back(part);
  }
  return out;
}

void check_stay_and_move(Fields& read, const Step& step) {
  const bool needs_place = step.act != Act::kMeet && step.act != Act::kPass &&
                           !(step.act == Act::kWork && step.pattern == Pattern::kDrift);
  if (needs_place && step.where.empty()) read.complain(step.node, "the step names no place");
  if ((step.act == Act::kMeet || step.act == Act::kPass) && step.vessel.empty()) {
    read.complain(step.node, "the step names no vessel");
  }
  if ((step.act == Act::kMeet || step.act == Act::kPass) && !step.arrive) {
    read.complain(step.node, "the step needs 'arrive'");
  }
  if (step.act == Act::kMeet && !step.until && !step.lasts) {
    read.complain(step.node, "a meeting needs 'until' or 'for'");
  }
  const bool moves = step.act == Act::kSail || step.act == Act::kMeet || step.act == Act::kPass;
  if (!moves && (step.depart || step.arrive)) {
    read.complain(step.node, "a stay has 'until' or 'for', not 'depart' or 'arrive'");
  }
  if (step.act == Act::kSail && (step.until || step.lasts)) {
    read.complain(step.node, "a move has 'depart' or 'arrive', not 'until' or 'for'");
  }
}

Step read_step(Fields& read, const ConfigNode& table, bool daily) {
  read.only(table, {"do", "as", "at", "in", "to", "via", "direct", "vessel", "point", "speed_kn",
                    "depart", "arrive", "until", "for", "ahead_m", "starboard_m", "distance_nm",
                    "spread_m", "silent"});
  Step step;
  step.node = table;
  if (!table["do"]) read.complain(table, "a step has 'do'");
  step.act = read.choice(table["do"], kActs, Act::kMoor);
  step.pattern = read.choice(table["as"], kPatterns, Pattern::kDrift);
  for (const char* key : {"at", "in", "to"}) {
    if (table[key]) step.where = read.text(table[key]);
  }
  step.via = read.texts(table["via"]);
  step.direct = read.flag(table["direct"]);
  step.vessel = read.text(table["vessel"], "");
  step.at = read.point(table["point"]);
  step.speed_kn = read.range(table["speed_kn"]);
  step.depart = read.window(table["depart"], daily);
  step.arrive = read.window(table["arrive"], daily);
  step.until = read.window(table["until"], daily);
  step.lasts = read.duration(table["for"]);
  step.ahead_m = read.number(table["ahead_m"], 0);
  step.starboard_m = read.number(table["starboard_m"], 0);
  step.distance_nm = read.number(table["distance_nm"], 0);
  if (table["spread_m"]) step.spread_m = read.number(table["spread_m"], 0);
  step.silent = read.flag(table["silent"]);
  check_stay_and_move(read, step);
  return step;
}

std::vector<Step> read_plan(Fields& read, const ConfigNode& list, bool daily) {
  std::vector<Step> out;
  out.reserve(list.items().size());
  for (const auto& item : list.items()) out.push_back(read_step(read, item, daily));
  return out;
}

std::vector<std::vector<Carry>> read_carry(Fields& read, const ConfigNode& list) {
  std::vector<std::vector<Carry>> out;
  for (const auto& item : list.items()) {
    std::vector<Carry> set;
    for (const auto& word : split_words(read.text(item))) {
      const auto found = kCarries.find(word);
      if (found == kCarries.end())
        read.complain(item, "'" + word + "' is no terminal", "A, B, beidou, beacon or mob");
      else
        set.push_back(found->second);
    }
    if (set.size() > 2) read.complain(item, "a vessel carries at most two terminals");
    out.push_back(std::move(set));
  }
  if (out.empty()) read.complain(list, "a vessel carries a terminal");
  return out;
}

void check_group(Fields& read, const Group& group) {
  if (group.count < 1 || group.count > 100'000) {
    read.complain(group.node["count"], "a group has 1 to 100000 vessels");
  }
  if (group.mmsi_from < 1 || group.mmsi_from + group.count > 999'999'999) {
    read.complain(group.node["mmsi_from"], "an MMSI has up to nine digits");
  }
  for (const auto& set : group.carry) {
    if (set.size() > 1 && group.second_mmsi_from == 0) {
      read.complain(group.node, "a second terminal needs second_mmsi_from");
    }
  }
  if (group.plan.empty() && group.daily.empty()) read.complain(group.node, "the plan is missing");
  if (group.unregistered > group.count) {
    read.complain(group.node["unregistered"], "more than the group has");
  }
}

void read_crew(Fields& read, const ConfigNode& table, Group& group) {
  group.name = read.text(table["name"]);
  group.ais_name = read.text(table["ais_name"], "");
  group.number_from = read.whole(table["number_from"], 1);
  group.mmsi_from = read.whole(table["mmsi_from"], 0);
  group.second_mmsi_from = read.whole(table["second_mmsi_from"], 0);
  group.carry = read_carry(read, table["carry"]);
  group.ship_type = int(read.whole(table["ship_type"], 0));
  group.flag = read.text(table["flag"], "CN");
  for (const auto& item : read.texts(table["gears"])) group.gears.push_back(split_words(item));
  group.length_m = read.range(table["length_m"]).value_or(group.length_m);
  if (const auto ports = table["home_port"]; ports.kind() == ConfigNode::Kind::kArray) {
    group.home_ports = read.texts(ports);
  } else if (ports) {
    group.home_ports = {read.text(ports)};
  }
  group.district = read.text(table["district"], "");
  group.vessel_groups = read.texts(table["groups"]);
  group.destinations = read.texts(table["destinations"]);
  group.wind_rating_bft = int(read.whole(table["wind_rating_bft"], 0));
  group.unregistered = int(read.whole(table["unregistered"], 0));
}

Group read_group(Fields& read, const ConfigNode& table, bool single) {
  read.only(table, {"key",
                    "part",
                    "count",
                    "kind",
                    "name",
                    "ais_name",
                    "number_from",
                    "mmsi_from",
                    "second_mmsi_from",
                    "carry",
                    "ship_type",
                    "flag",
                    "gears",
                    "length_m",
                    "home_port",
                    "district",
                    "groups",
                    "destinations",
                    "wind_rating_bft",
                    "unregistered",
                    "plan",
                    "daily"});
  Group group;
  group.node = table;
  group.single = single;
  group.key = read.text(table["key"]);
  group.part = read.text(table["part"]);
  group.count = int(read.whole(table["count"], 1));
  if (single && group.count != 1) read.complain(table["count"], "a [[vessel]] is one vessel");
  const auto kind = model::vessel_kind_from(read.text(table["kind"]));
  if (!kind) read.complain(table["kind"], "no such kind of vessel");
  group.kind = kind.value_or(model::VesselKind::kUnknown);
  read_crew(read, table, group);
  group.plan = read_plan(read, table["plan"], false);
  group.daily = read_plan(read, table["daily"], true);
  check_group(read, group);
  return group;
}

Permission read_permission(Fields& read, const ConfigNode& table) {
  read.only(table, {"kind", "vessel", "rules", "area", "from", "to", "document", "note", "state"});
  Permission out;
  out.node = table;
  out.kind = read.text(table["kind"]);
  out.vessel = read.text(table["vessel"]);
  out.rules = read.texts(table["rules"]);
  out.area = read.text(table["area"], "");
  out.document = read.text(table["document"]);
  out.note = read.text(table["note"], "");
  out.transition = read.choice(table["state"], kPermissionStates, std::string("approve"));
  const auto from = read.moment(table["from"]);
  const auto to = read.moment(table["to"]);
  if (!from || !to || *to <= *from) read.complain(table, "'from' and 'to' are needed, in order");
  out.from = from.value_or(base::Instant{});
  out.to = to.value_or(base::Instant{});
  return out;
}

Expected read_expected(Fields& read, const ConfigNode& table) {
  read.only(table, {"rule", "family", "vessel", "partner", "zone", "measure", "begin", "end",
                    "severity", "pending", "note_zh", "note_en"});
  Expected out;
  out.node = table;
  out.rule = read.text(table["rule"]);
  out.family = read.text(table["family"], out.rule);
  out.vessel = read.text(table["vessel"]);
  out.partner = read.text(table["partner"], "");
  out.zone = read.text(table["zone"], "");
  out.measure = read.choice(table["measure"], kMeasures, Measure::kStated);
  const auto begin = read.moment(table["begin"]);
  if (!begin) read.complain(table["begin"], "the begin is needed");
  out.begin = begin.value_or(base::Instant{});
  out.end = read.moment(table["end"]);
  if (table["severity"]) {
    out.severity = model::severity_from(read.text(table["severity"]));
    if (!out.severity) read.complain(table["severity"], "info, low, medium, high or critical");
  }
  if ((out.measure == Measure::kOutside) != !out.zone.empty()) {
    read.complain(table, "'zone' goes with the measure 'outside'");
  }
  out.pending = read.flag(table["pending"]);
  out.note = read.words(table, "note");
  return out;
}

Silent read_silent(Fields& read, const ConfigNode& table) {
  read.only(table, {"vessels", "rules", "reason_zh", "reason_en"});
  return {read.texts(table["vessels"]), read.texts(table["rules"]), read.words(table, "reason"),
          table};
}

Buoy read_buoy(Fields& read, const ConfigNode& table) {
  read.only(table, {"station", "topic", "at", "sends", "every", "breaks_loose", "silent_from"});
  Buoy out;
  out.station = read.text(table["station"]);
  out.topic = read.text(table["topic"]);
  if (!table["at"]) read.complain(table, "a buoy has a place", "at = [37.5, 122.3]");
  out.at = read.point(table["at"]).value_or(geo::LatLon{});
  const auto sends = read.text(table["sends"], "waves");
  if (sends != "waves" && sends != "water") {
    read.complain(table["sends"], "'" + sends + "' is none of them", "waves, water");
  }
  out.water = sends == "water";
  if (const auto every = read.duration(table["every"])) out.every = base::Duration(every->low_ms);
  if (out.every < std::chrono::minutes(1)) {
    read.complain(table["every"], "a buoy sends at most once a minute");
    out.every = std::chrono::minutes(1);
  }
  if (table["breaks_loose"]) out.breaks_loose = read.local(table["breaks_loose"]);
  if (table["silent_from"]) out.silent_from = read.local(table["silent_from"]);
  return out;
}

void read_buoys(Fields& read, const ConfigNode& root, Scenario& out) {
  out.sensor_mapping = read.text(root["sensors"], "");
  const auto buoys = root["buoy"];
  for (const auto& table : buoys.items()) out.buoys.push_back(read_buoy(read, table));
  if (!out.buoys.empty() && out.sensor_mapping.empty()) {
    read.complain(root["sensors"], "buoys need the mapping of their payloads",
                  "sensors = \"weihai\"");
  }
}

void read_sea(Fields& read, const ConfigNode& root, Scenario& out) {
  const auto sea = root["sea"];
  read.only(sea, {"lanes", "nodes"});
  const auto nodes = sea["nodes"];
  for (const auto& [key, node] : nodes.members()) {
    out.nodes.push_back({key, read.point(node).value_or(geo::LatLon{})});
  }
  const auto lanes = sea["lanes"];
  for (const auto& lane : lanes.items()) out.lanes.push_back({read.texts(lane), lane});
  const auto harbours = root["harbour"];
  for (const auto& table : harbours.items()) {
    read.only(table, {"key", "zone", "gates"});
    out.harbours.push_back(
        {read.text(table["key"]), read.text(table["zone"]), read.texts(table["gates"]), table});
  }
  const auto grounds = root["ground"];
  for (const auto& table : grounds.items()) {
    read.only(table, {"zone", "gates"});
    out.grounds.push_back({read.text(table["zone"]), read.texts(table["gates"]), table});
  }
}

void read_frame(Fields& read, const ConfigNode& root, const std::filesystem::path& folder,
                Scenario& out) {
  if (read.whole(root["schema"], 0) != 1) read.complain(root["schema"], "the schema is 1");
  out.id = read.text(root["id"]);
  out.title = read.words(root, "title");
  out.timezone = read.text(root["timezone"]);
  if (const auto known = base::to_instant({1970, 1, 1, 0, 0, 0}, out.timezone); !known) {
    read.complain(root["timezone"], known.error().message, known.error().hint);
  }
  read.calendar().timezone = out.timezone;
  if (const auto civil = root["begin"].local_time()) read.calendar().year = civil->year;
  out.begin = read.local(root["begin"]);
  out.end = read.local(root["end"]);
  out.opens = read.local(root["opens"]);
  if (!(out.begin <= out.opens && out.opens < out.end)) {
    read.complain(root["opens"], "begin, opens and end are in this order");
  }
  out.speed = read.number(root["speed"], 1);
  if (!(out.speed > 0)) read.complain(root["speed"], "the speed is more than 0");
  for (const auto& name : read.texts(root["zones"])) out.zone_files.push_back(folder / name);
  if (root["beidou"]) out.beidou_file = folder / read.text(root["beidou"]);
}

}  // namespace

base::Result<Scenario> read_scenario(const std::filesystem::path& file) {
  const auto root = base::read_config(file);
  if (!root) return tl::unexpected(root.error());
  Fields read({});
  read.only(*root, {"schema",  "id",     "title_zh", "title_en", "timezone",  "begin",  "end",
                    "opens",   "speed",  "zones",    "beidou",   "sensors",   "buoy",   "sea",
                    "harbour", "ground", "group",    "vessel",   "exemption", "expect", "silent"});
  Scenario out;
  read_frame(read, *root, file.parent_path(), out);
  read_sea(read, *root, out);
  read_buoys(read, *root, out);
  // Single vessels first: they may be referred to by those that follow. (Lists are named because a
  // loop does not keep the temporary node alive.)
  const auto vessels = (*root)["vessel"];
  const auto groups = (*root)["group"];
  const auto exemptions = (*root)["exemption"];
  const auto expected = (*root)["expect"];
  const auto silent = (*root)["silent"];
  for (const auto& t : vessels.items()) out.groups.push_back(read_group(read, t, true));
  for (const auto& t : groups.items()) out.groups.push_back(read_group(read, t, false));
  for (const auto& t : exemptions.items()) out.permissions.push_back(read_permission(read, t));
  for (const auto& t : expected.items()) out.expected.push_back(read_expected(read, t));
  for (const auto& t : silent.items()) out.silent.push_back(read_silent(read, t));
  if (out.groups.empty()) read.complain(*root, "the scenario has no vessels");
  if (read.error()) return tl::unexpected(*read.error());
  return out;
}

std::string_view to_key(Act act) {
  for (const auto& [key, value] : kActs) {
    if (value == act) return key;
  }
  return "?";
}

std::string_view to_key(Carry carry) {
  for (const auto& [key, value] : kCarries) {
    if (value == carry) return key;
  }
  return "?";
}

}  // namespace jinglue::drill::script
