// SPDX-License-Identifier: Apache-2.0
#include "detect/episode/present.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "base/local_time.hpp"
#include "geo/geodesic.hpp"

namespace jinglue::detect {
namespace {

using base::Json;
using base::Words;

struct GearName {
  std::string_view letter, zh, en;
};
/// Class names of GB/T 5147-2003; the letters are from memory, unverified.
constexpr std::array<GearName, 12> kGears = {{{"C", "刺网", "gillnets"},
                                              {"W", "围网", "surrounding nets"},
                                              {"T", "拖网", "trawls"},
                                              {"DL", "地拉网", "beach seines"},
                                              {"Z", "张网", "stow nets"},
                                              {"F", "敷网", "lift nets"},
                                              {"CH", "抄网", "scoop nets"},
                                              {"Y", "掩罩", "falling gear"},
                                              {"X", "陷阱", "set traps"},
                                              {"D", "钓具", "hooks and lines"},
                                              {"P", "耙刺", "dredges and rakes"},
                                              {"L", "笼壶", "pots"}}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 15> kKinds = {
    {{"未知船型", "vessel of unknown kind"},
     {"渔船", "fishing vessel"},
     {"渔业辅助船", "fishery auxiliary vessel"},
     {"养殖船", "aquaculture boat"},
     {"休闲船", "leisure craft"},
     {"货船", "cargo vessel"},
     {"油轮", "tanker"},
     {"客船", "passenger vessel"},
     {"拖船", "tug"},
     {"公务船", "official vessel"},
     {"网位仪", "net beacon"},
     {"航标", "aid to navigation"},
     {"基站", "base station"},
     {"航空器", "aircraft"},
     {"遇险示位标", "distress beacon"}}};

double rounded(double value, double steps) {
  return std::round(value * steps) / steps;
}

/// Words joined by a Chinese or a Latin comma.
Words joined(const std::vector<Words>& list) {
  Words out;
  for (const auto& item : list) {
    out.zh += (out.zh.empty() ? "" : "、") + item.zh;
    out.en += (out.en.empty() ? "" : ", ") + item.en;
  }
  return out;
}

Words zone_words(const RulePack& pack, std::uint32_t zone) {
  if (zone == kNoIndex || zone >= pack.zones().size()) return {"泊位", "a berth"};
  return pack.zones()[zone]->name;
}

/// Sentence by sentence; each adds itself to both languages.
class Writer {
 public:
  Writer(const View& view, const RulePack& pack)
      : m_view(view), m_pack(pack), m_rule(pack.rules()[view.rule]) {}

  Words title() const {
    switch (m_view.title) {
      case Title::kDeparted:
        return {"疑似休渔期离港", "Suspected departure from port during the moratorium"};
      case Title::kAtSea:
        return {"疑似休渔期海上作业", "Suspected operation at sea during the moratorium"};
      case Title::kLateReturn:
        return {"疑似休渔期未按时回港", "Suspected late return to port for the moratorium"};
      case Title::kOtherPort:
        return {"疑似休渔期未在船籍港停泊", "Suspected lying outside the home port"};
      case Title::kZone:
        break;
    }
    return m_rule.title;
  }

  Words reason() {
    who();
    if (m_rule.family == Family::kZone) {
      zone();
    } else {
      season();
      m_rule.family == Family::kHomePort ? other_port() : at_sea();
    }
    measured();
    ended();
    exemptions();
    basis();
    say("此为疑似线索，须经核实。", "This is a suspicion to be verified.");
    return m_words;
  }

 private:
  void say(std::string_view zh, std::string_view en) {
    m_words.zh += zh;
    if (!m_words.en.empty()) m_words.en += ' ';
    m_words.en += en;
  }
  std::string local(base::Instant t) const { return base::to_local_text(t, m_rule.timezone); }
  /// The zone as people here call it; any other by its IANA name.
  base::Words zone_of_time() const {
    if (m_rule.timezone == "Asia/Shanghai") return {"北京时间", "Beijing time"};
    return {m_rule.timezone, m_rule.timezone};
  }

  void who() {
    const Sender& s = *m_view.who;
    const auto kind = kind_words(s.view.kind);
    if (!s.view.vessel) {
      say(fmt::format("{}（未匹配登记，{}）", s.label(), kind.zh),
          fmt::format("{} (unmatched: no record of the register claims it; {}):", s.label(),
                      kind.en));
      return;
    }
    const auto& facts = *s.view.vessel;
    std::vector<Words> gears;
    gears.reserve(s.gears.size());
    for (const auto& gear : s.gears) gears.push_back(gear_words(gear));
    const Words gear =
        gears.empty() ? Words{"作业方式未登记", "gear not registered"} : joined(gears);
    const Words port = facts.home_port.empty() ? Words{"未登记", "not registered"}
                                               : place_words(m_pack, facts.home_port);
    say(fmt::format("{}（{}，船籍港{}，{}）", s.label(), kind.zh, port.zh, gear.zh),
        fmt::format("{} ({}, home port {}, {}):", s.label(), kind.en, port.en, gear.en));
  }

  void season() {
    const auto& area = m_pack.zones()[m_rule.zone]->name;
    say(fmt::format("自{}（{}）起位于“{}”，该海域休渔期为{}至{}（截止时刻不含）。",
                    local(m_view.begin), zone_of_time().zh, area.zh, local(m_view.season.from),
                    local(m_view.season.to)),
        fmt::format("since {} ({}) in \"{}\", closed from {} to {} (end excluded).",
                    local(m_view.begin), zone_of_time().en, area.en, local(m_view.season.from),
                    local(m_view.season.to)));
  }

  void at_sea() {
    const auto berth = zone_words(m_pack, m_view.berth);
    if (m_view.title == Title::kDeparted) {
      say(fmt::format("该船于{}离开{}，其后不在任何泊位。", local(m_view.berth_since), berth.zh),
          fmt::format("It left {} at {} and has been in no berth since.", berth.en,
                      local(m_view.berth_since)));
    } else if (m_view.title == Title::kLateReturn) {
      const auto until = m_view.season.from + m_rule.late_return->grace;
      say(fmt::format("休渔开始时仍在海上，正向港口返航；宽限至{}。", local(until)),
          fmt::format(
              "It was at sea when the season began and is heading for port; grace until {}.",
              local(until)));
    } else {
      say("该船在海上，不在任何泊位，未见其离港过程。",
          "It is at sea, in no berth; its departure was not seen.");
    }
  }

  void other_port() {
    const auto berth = zone_words(m_pack, m_view.berth);
    const auto port = place_words(m_pack, m_view.who->view.vessel->home_port);
    say(fmt::format("该船自{}起停泊于{}，不是其船籍港{}。", local(m_view.berth_since), berth.zh,
                    port.zh),
        fmt::format("It has lain in {} since {}, which is not its home port {}.", berth.en,
                    local(m_view.berth_since), port.en));
  }

  void zone() {
    const auto& area = m_pack.zones()[m_rule.zone]->name;
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kVerbs = {
        {{"进入", "entered"},
         {"离开", "left"},
         {"位于", "has been inside"},
         {"不在", "has been outside"}}};
    const auto& verb = kVerbs[std::size_t(m_rule.trigger)];
    say(fmt::format("于{}（{}）起{}“{}”。", local(m_view.begin), zone_of_time().zh, verb.first,
                    area.zh),
        fmt::format("{} \"{}\" at {} ({}).", verb.second, area.en, local(m_view.begin),
                    zone_of_time().en));
  }

  void measured() {
    if (m_view.cause == Cause::kMoment) return;
    const Measures& m = m_view.measures;
    const auto minutes = (m_view.last - m_view.begin).count() / 60'000;
    say(fmt::format("已持续{}分钟，共{}个船位", minutes, m.fixes),
        fmt::format("It has lasted {} min with {} positions", minutes, m.fixes));
    if (m.speeds > 0) {
      const double mean = double(m.speed_sum_ckn) / m.speeds / 100;
      m_words.zh += fmt::format("，航速{:.1f}–{:.1f}节，平均{:.1f}节", m.speed_min_ckn / 100.0,
                                m.speed_max_ckn / 100.0, mean);
      m_words.en += fmt::format(", speed {:.1f}-{:.1f} kn, mean {:.1f} kn", m.speed_min_ckn / 100.0,
                                m.speed_max_ckn / 100.0, mean);
    }
    m_words.zh += fmt::format("，航程{:.1f}海里。", m.sailed_m / geo::kMetresPerNauticalMile);
    m_words.en += fmt::format(", {:.1f} nm sailed.", m.sailed_m / geo::kMetresPerNauticalMile);
  }

  void ended() {
    static const std::array<Words, 9> kWords = {
        {{"", ""},
         {"回到泊位", "back at berth"},
         {"条件不再满足", "the condition no longer held"},
         {"休渔期或规则有效期截止", "the season or the rule's validity ended"},
         {"船位中断", "no further positions"},
         {"豁免生效", "an exemption came into force"},
         {"登记事实变更或由其他记录认领", "the register's facts changed"},
         {"规则包变更", "the rule pack changed"},
         {"", ""}}};
    if (!m_view.end || m_view.cause == Cause::kMoment) return;
    const auto& why = kWords[std::size_t(m_view.cause)];
    say(fmt::format("已于{}结束：{}。", local(*m_view.end), why.zh),
        fmt::format("Ended at {}: {}.", local(*m_view.end), why.en));
  }

  void exemptions() {
    if (m_rule.family == Family::kZone || !m_view.who->view.vessel) return;
    if (m_view.cause == Cause::kExempt) return;
    say("未见覆盖该船、该水域、该时段的有效豁免。",
        "No approved exemption covers this vessel, area and time.");
  }

  void basis() {
    const auto level = words(m_rule.level);
    say(fmt::format("适用规则：{}（{}，{}版，{}）。", m_rule.name.zh, m_rule.id, m_rule.version,
                    level.zh),
        fmt::format("Rule that binds: {} ({}, version {}, {}).", m_rule.name.en, m_rule.id,
                    m_rule.version, level.en));
    for (const auto other : m_view.replaced) {
      const Rule& lifted = m_pack.rules()[other];
      say(fmt::format("该规则替代{}。", lifted.id), fmt::format("It replaces {}.", lifted.id));
    }
    if (!m_rule.article.text.zh.empty()) {
      say(fmt::format("依据：{}（{}）。", m_rule.article.text.zh, m_rule.article.as_of),
          fmt::format("Basis: {} ({}).", m_rule.article.text.en, m_rule.article.as_of));
    }
    if (!m_rule.verified()) {
      say("该规则内容未经核对，执法前须核实。",
          "The rule's content is unverified and must be checked before any legal act.");
    }
  }

  const View& m_view;
  const RulePack& m_pack;
  const Rule& m_rule;
  Words m_words;
};

Json texts(const std::vector<std::string>& list) {
  Json out = Json::array();
  for (const auto& text : list) out.push(text);
  return out;
}

void add_measures(const View& v, Json& out) {
  const Measures& m = v.measures;
  out.set("duration_min", (v.last - v.begin).count() / 60'000);
  out.set("fixes", m.fixes);
  if (m.speeds > 0) {
    out.set("speed_min_kn", rounded(m.speed_min_ckn / 100.0, 10));
    out.set("speed_max_kn", rounded(m.speed_max_ckn / 100.0, 10));
    out.set("speed_mean_kn", rounded(double(m.speed_sum_ckn) / m.speeds / 100, 10));
  }
  out.set("distance_nm", rounded(m.sailed_m / geo::kMetresPerNauticalMile, 10));
}

Json values_of(const View& v, const RulePack& pack) {
  const Rule& rule = pack.rules()[v.rule];
  const Sender& s = *v.who;
  Json out = Json::object({{"district", s.district()},
                           {"families", Json::array({Json(to_key(rule.family))})},
                           {"registered", s.view.vessel != nullptr},
                           {"kind", Json(model::to_key(s.view.kind))},
                           {"gears", texts(s.gears)}});
  if (!s.view.side_number.empty()) out.set("side_number", s.view.side_number);
  if (s.view.vessel) out.set("home_port", s.view.vessel->home_port);
  if (!s.view.flag.empty()) {
    out.set("flag", s.view.flag);
    out.set("flag_source", Json(picture::to_key(s.view.flag_source)));
  }
  add_measures(v, out);
  if (!rule.season_text.empty()) {
    out.set("season_from", base::to_iso(v.season.from));
    out.set("season_to", base::to_iso(v.season.to));
  }
  if (v.title == Title::kDeparted && v.berth != kNoIndex) {
    out.set("left_berth", pack.zones()[v.berth]->id);
    out.set("left_berth_at", base::to_iso(v.berth_since));
  }
  if (v.title == Title::kOtherPort && v.berth != kNoIndex) {
    out.set("berth", pack.zones()[v.berth]->id);
    out.set("berth_since", base::to_iso(v.berth_since));
  }
  if (v.title == Title::kLateReturn) {
    out.set("grace_to", base::to_iso(v.season.from + rule.late_return->grace));
  }
  std::vector<std::string> replaced;
  replaced.reserve(v.replaced.size());
  for (const auto other : v.replaced) replaced.push_back(pack.rules()[other].id);
  if (!replaced.empty()) out.set("replaces", texts(replaced));
  if (!rule.article.text.zh.empty()) {
    out.set("article", Json::object({{"zh", rule.article.text.zh},
                                     {"en", rule.article.text.en},
                                     {"as_of", rule.article.as_of}}));
  }
  out.set("level", Json(to_key(rule.level)));
  out.set("verified", rule.verified());
  if (v.end) out.set("closed_by", Json(to_key(v.cause)));
  return out;
}

model::UsedFix used_mark(const Mark& m) {
  return {m.time, m.position, m.sog_ckn, m.cog_cdeg, model::to_text(m.track), m.offset};
}

}  // namespace

Words place_words(const RulePack& pack, const std::string& place) {
  for (const char* kind : {"port", "berth"}) {
    for (const auto& zone : pack.zones()) {
      if (zone->kind == kind && zone->place == place) return zone->name;
    }
  }
  return {place, place};
}

Words gear_words(std::string_view gear) {
  const auto letter = gear.substr(0, gear.find('.'));
  const std::string sub(gear.substr(letter.size()));
  for (const auto& known : kGears) {
    if (known.letter == letter) {
      return {std::string(known.zh) + sub, std::string(known.en) + sub};
    }
  }
  return {std::string(gear), std::string(gear)};
}

Words kind_words(model::VesselKind kind) {
  const auto& names = kKinds.at(std::size_t(kind));
  return {std::string(names.first), std::string(names.second)};
}

model::FindingStep step_of(const View& view, const model::Subject& subject, const RulePack& pack) {
  const Rule& rule = pack.rules()[view.rule];
  Writer writer(view, pack);
  model::FindingStep step;
  step.rule_id = rule.id;
  step.rule_version = rule.version;
  step.severity = view.severity;
  step.title = writer.title();
  step.reason = writer.reason();
  if (!rule.article.text.zh.empty()) {
    step.article = rule.article.text.zh + "（" + rule.article.as_of + "）";
  }
  step.zone = rule.area;
  step.subjects = {subject};
  step.begin = view.begin;
  step.last = view.last;
  step.end = view.end;
  step.values = values_of(view, pack);
  for (const auto& mark : *view.marks) step.positions.push_back(used_mark(mark));
  return step;
}

void say_silence(const std::optional<picture::Silence>& silence, model::FindingStep& step) {
  constexpr std::int64_t kLeast_min = 10;
  constexpr std::string_view kZoneOfPeople = "Asia/Shanghai";
  const auto minutes = silence ? silence->together.count() / 60'000 : 0;
  if (minutes < kLeast_min) return;
  std::string names;
  for (const auto& name : silence->stations) names += (names.empty() ? "" : ", ") + name;
  const auto from = base::to_local_text(silence->from, kZoneOfPeople);
  const auto to = base::to_local_text(silence->to, kZoneOfPeople);
  step.reason.zh += fmt::format(
      "船位中断期间，覆盖该处的接收台站（{}）在{}至{}（北京时间）之间共静默{}"
      "分钟：可能是我方接收中断，"
      "不能据此认定该船停发船位。",
      names, from, to, minutes);
  step.reason.en += fmt::format(
      " While the positions stopped, the receiving stations that cover the place ({}) were silent "
      "for {} min between {} and {} (Beijing time): this may be our receiver; it does not show "
      "that "
      "the vessel stopped sending.",
      names, minutes, from, to);
  step.values.set("receivers_silent_min", minutes);
  step.values.set("receivers_silent_from", base::to_iso(silence->from));
  step.values.set("receivers_silent_to", base::to_iso(silence->to));
  step.values.set("receivers", texts(silence->stations));
}

}  // namespace jinglue::detect
