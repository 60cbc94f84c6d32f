// SPDX-License-Identifier: Apache-2.0
// RegisterRows: a register of rectifications (整改) with Chinese texts, GENERATED from a list of
// words and a number: the same number gives the same row. For the bench of registers.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace jinglue::bench {

/// Visits to what is to be rectified: they link to it and show its title.
inline constexpr const char* kVisit = R"toml(id = "visit"
schema = 1
zh = "现场检查"
en = "Visits"
title = "note"

[[fields]]
key = "note"
zh = "记录"
en = "Note"
type = "text"
required = true
listed = true

[[fields]]
key = "of"
zh = "问题"
en = "Of"
type = "link"
link = "rectification"
required = true

[[fields]]
key = "what"
zh = "问题名称"
en = "What"
type = "text"
computed = "of.title"
)toml";

/// Rounds that look at several of them at once.
inline constexpr const char* kRound = R"toml(id = "round"
schema = 1
zh = "巡查"
en = "Rounds"
title = "note"
fields = [
  { key = "note", zh = "记录", en = "Note", type = "text", required = true, listed = true },
  { key = "seen", zh = "问题", en = "Seen", type = "links", link = "rectification" },
]
)toml";

inline constexpr const char* kRectification = R"toml(id = "rectification"
schema = 1
zh = "整改台账"
en = "Rectifications"
number = "ZG-{year}-{n:6}"
number_zone = "Asia/Shanghai"
title = "title"
district = "district"

[[fields]]
key = "title"
zh = "问题"
en = "Title"
type = "text"
required = true
searched = true
listed = true

[[fields]]
key = "sheet"
zh = "单号"
en = "Sheet"
type = "text"
unique = true
searched = true
listed = true

[[fields]]
key = "source"
zh = "来源"
en = "Source"
type = "choice"
required = true
listed = true
choices = [
  { key = "inspection", zh = "督察", en = "Inspection" },
  { key = "patrol", zh = "巡查", en = "Patrol" },
  { key = "report", zh = "举报", en = "Report" },
]

[[fields]]
key = "detail"
zh = "情况"
en = "Detail"
type = "long_text"
searched = true

[[fields]]
key = "district"
zh = "区市"
en = "District"
type = "text"
listed = true

[[fields]]
key = "unit"
zh = "责任单位"
en = "Unit"
type = "text"
searched = true
listed = true

[[fields]]
key = "person"
zh = "责任人"
en = "Person"
type = "text"
searched = true

[[fields]]
key = "found"
zh = "发现日期"
en = "Found"
type = "date"
required = true
listed = true

[[fields]]
key = "due"
zh = "整改期限"
en = "Due"
type = "date"
after = "found"
listed = true

[[fields]]
key = "area"
zh = "面积"
en = "Area"
type = "number"
unit = "m2"
min = 0

[[fields]]
key = "fine"
zh = "罚款"
en = "Fine"
type = "money"
min = 0

[[fields]]
key = "place"
zh = "位置"
en = "Place"
type = "geometry"

[[states]]
key = "open"
zh = "整改中"
en = "Open"

[[states]]
key = "done"
zh = "已销号"
en = "Done"
final = true

[[transitions]]
key = "close"
zh = "销号"
en = "Close"
from = ["open"]
to = "done"
)toml";

inline constexpr std::string_view kRectificationHeading =
    "title,sheet,source,detail,district,unit,person,found,due,area,fine,place\r\n";

class RegisterRows {
 public:
  explicit RegisterRows(std::uint64_t number) : m_state(number * 0x9E3779B97F4A7C15ULL + 1) {}

  /// One line of CSV; `fresh` changes the detail, so that a second row of that number differs.
  std::string line(std::uint64_t number, int fresh = 0) {
    const std::string title =
        std::string(word(kPlaces)) + std::string(word(kThings)) + "未" + std::string(word(kActs));
    const std::string detail = fmt::format(
        "{}经现场核查，{}{}存在{}问题，责任单位应于期限内{}并上报材料{}；复核编号 HC{:05}，{}。",
        word(kPlaces), word(kPlaces), word(kThings), word(kActs), word(kActs), fresh,
        next() % 100'000, word(kThings));
    const auto day = 1 + next() % 28;
    const auto month = 1 + next() % 11;
    const double lon = 121.2 + double(next() % 15'000) / 10'000;
    const double lat = 36.6 + double(next() % 10'000) / 10'000;
    return fmt::format(
        "{},ZG{:07},{},{},{},{}{},{}{},2024-{:02}-{:02},2024-12-{:02},{:.1f},{}.{:02},"
        "\"{{\"\"type\"\":\"\"Point\"\",\"\"coordinates\"\":[{:.4f},{:.4f}]}}\"\r\n",
        title, number, word(kSources), detail, word(kDistricts), word(kPlaces), word(kUnits),
        word(kFamilies), word(kGiven), month, day, 1 + next() % 30, double(next() % 90'000) / 10,
        next() % 100'000, next() % 100, lon, lat);
  }

 private:
  template <std::size_t N>
  std::string_view word(const std::array<std::string_view, N>& words) {
    return words[next() % N];
  }
  std::uint64_t next() {  // splitmix64
    std::uint64_t z = (m_state += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
  }

  static constexpr std::array<std::string_view, 16> kPlaces = {
      "靖海湾", "五垒岛湾", "桑沟湾", "爱伦湾", "荣成湾", "双岛湾", "威海湾", "朝阳港",
      "石岛",   "俚岛",     "成山",   "乳山口", "银滩",   "南黄",   "刘公岛", "鸡鸣岛"};
  static constexpr std::array<std::string_view, 16> kThings = {
      "养殖筏架",   "海草床",   "入海排污口", "渔港码头", "围堰",     "牡蛎礁",
      "海带养殖区", "防波堤",   "海洋牧场",   "网箱",     "休闲渔船", "修造船厂",
      "海水泵站",   "滨海湿地", "冷藏加工厂", "趸船"};
  static constexpr std::array<std::string_view, 12> kActs = {
      "按期拆除", "办理用海手续", "清理垃圾", "修复岸线", "公示结果", "配备救生设备",
      "监测水质", "报备台风预案", "设置标识", "整改到位", "恢复原状", "缴纳使用金"};
  static constexpr std::array<std::string_view, 3> kSources = {"督察", "巡查", "举报"};
  static constexpr std::array<std::string_view, 4> kDistricts = {"rongcheng", "rushan", "wendeng",
                                                                 "huancui"};
  static constexpr std::array<std::string_view, 6> kUnits = {
      "海洋发展局", "镇人民政府", "渔业公司", "综合执法大队", "港航公司", "街道办事处"};
  static constexpr std::array<std::string_view, 10> kFamilies = {"王", "李", "张", "刘", "陈",
                                                                 "杨", "于", "丛", "毕", "鞠"};
  static constexpr std::array<std::string_view, 10> kGiven = {
      "海涛", "建国", "晓明", "丽华", "志强", "永波", "春燕", "德胜", "玉兰", "文斌"};

  std::uint64_t m_state;
};

}  // namespace jinglue::bench
