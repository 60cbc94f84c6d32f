// SPDX-License-Identifier: Apache-2.0
#include "act/cases/case_desk.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "act/cases/evidence_map.hpp"
#include "base/hash.hpp"
#include "support/desk_fixture.hpp"

using namespace jinglue;
using namespace jinglue::act::cases;
using base::Code;
using base::Json;
namespace fs = std::filesystem;

namespace {

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream all;
  all << in.rdbuf();
  return all.str();
}

std::map<std::string, std::string> content_of(const fs::path& folder) {
  std::map<std::string, std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) {
      out[fs::relative(entry.path(), folder).generic_string()] = bytes_of(entry.path());
    }
  }
  return out;
}

class CaseDeskTest : public ::testing::Test {
 protected:
  std::string lead(std::uint64_t n = 1) {
    const auto id = f.raise(f.step(n));
    const auto made = f.cases().make_lead(*f.findings().find(id, f.now), f.duty, f.now);
    EXPECT_TRUE(made) << made.error().text();
    return *made;
  }
  registry::Record record(const std::string& id) { return *f.registry().find("case", id); }
  base::Result<registry::Record> file(const std::string& id) {
    return f.registry().transition(
        "case", id, "file",
        Json::object({{"handler", "甲"}, {"co_handler", "乙"}, {"basis", "船位"}}),
        f.by(f.enforcement));
  }
  base::Status edit(const std::string& id, const Json& fields) {
    const auto r = f.registry().patch("case", id, record(id).revision, fields, f.by(f.enforcement));
    return r ? base::Status() : base::Status(tl::unexpected(r.error()));
  }
  base::Result<PackResult> pack(const std::string& id, const fs::path& into) {
    f.now = f.now + base::Duration(1000);
    return f.cases().pack(id, into, f.enforcement, f.now);
  }
  void set_sources() {
    Sources s;
    s.rule_text = [](const std::string& id, std::int64_t version) {
      return "id = \"" + id + "\"\nversion = " + std::to_string(version) + "\n";
    };
    s.zone = [](const std::string& id, std::uint64_t) {
      return test::box_zone(id, {122.0, 35.0, 123.0, 38.0});
    };
    s.coast = [](const geo::Box&) {
      return std::vector<geo::Ring>{
          {{37.3, 122.5}, {37.3, 122.755}, {37.4, 122.755}, {37.4, 122.5}, {37.3, 122.5}}};
    };
    f.cases().set_sources(s);
  }

  test::DeskFixture f;
  test::TempFolder out;
};

}  // namespace

TEST_F(CaseDeskTest, JurisdictionFollowsTheLineOrIsUndetermined) {
  EXPECT_EQ(f.cases().jurisdiction_at({37.35, 122.75}), Jurisdiction::kUndetermined);
  EXPECT_EQ(record(lead(1)).fields["jurisdiction"].as_string(), "undetermined");
  f.cases().set_fishery_waters(test::box_zone("line", {122.0, 36.0, 122.9, 38.0}));
  EXPECT_EQ(f.cases().jurisdiction_at({37.35, 122.75}), Jurisdiction::kFishery);
  EXPECT_EQ(f.cases().jurisdiction_at({37.35, 123.75}), Jurisdiction::kCoastGuard);
  EXPECT_EQ(record(lead(2)).fields["jurisdiction"].as_string(), "fishery");
  f.cases().set_fishery_waters(test::box_zone("line", {122.0, 36.0, 122.7, 38.0}));
  EXPECT_EQ(record(lead(3)).fields["jurisdiction"].as_string(), "coast_guard");
  f.cases().set_fishery_waters(test::box_zone("line", {122.0, 36.0, 122.7525, 38.0}));
  EXPECT_EQ(record(lead(4)).fields["jurisdiction"].as_string(), "undetermined")
      << "a track on both sides is decided by people";
  EXPECT_EQ(f.cases().jurisdiction_of({}), Jurisdiction::kUndetermined);
}

TEST_F(CaseDeskTest, FilingWaitsForJurisdiction) {
  const std::string id = lead();
  auto refused = file(id);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("管辖未判定"), std::string::npos);
  const Json possible = f.registry().transitions_for(record(id), f.enforcement, f.now);
  EXPECT_FALSE(possible.items()[0]["allowed"].as_bool());
  EXPECT_EQ(possible.items()[0]["reason"]["zh"].as_string(),
            "管辖未判定，请先作出管辖认定并写明依据");
  ASSERT_TRUE(edit(id, Json::object({{"jurisdiction_ruling", "fishery"}})));
  EXPECT_EQ(file(id).error().where, "jurisdiction_basis");
  ASSERT_TRUE(edit(id, Json::object({{"jurisdiction_basis", "渔政函〔2024〕2号"}})));
  EXPECT_TRUE(file(id));
}

TEST_F(CaseDeskTest, CoastGuardCasesAreTransferred) {
  f.cases().set_fishery_waters(test::box_zone("line", {122.0, 36.0, 122.1, 38.0}));
  const std::string id = lead();
  EXPECT_NE(file(id).error().message.find("移送"), std::string::npos);
  const auto moved =
      f.registry().transition("case", id, "transfer",
                              Json::object({{"transferred_to", "coast_guard"},
                                            {"transfer_document", "移〔2024〕1号"},
                                            {"reason", "机动渔船底拖网禁渔区线外侧"}}),
                              f.by(f.enforcement));
  ASSERT_TRUE(moved) << moved.error().text();
  EXPECT_EQ(moved->state, "transferred");
}

TEST_F(CaseDeskTest, AFindingThatChangedAfterItsReviewIsLookedAtAgain) {
  f.cases().set_fishery_waters(test::box_zone("line", {122.0, 36.0, 123.0, 38.0}));
  const auto id = f.raise(f.step(1));
  act::alert::ReviewRequest r;
  r.finding = id;
  r.kind = findings::ReviewKind::kVerify;
  f.now = f.now + base::Duration(1000);
  const auto verified = f.alerts().review(r, f.duty, f.now);
  ASSERT_TRUE(verified) << verified.error().text();
  auto corrected = f.step(1, 1, model::StepKind::kCorrected);
  corrected.at = f.now + base::Duration(1000);
  f.raise(corrected);
  f.now = f.now + base::Duration(5000);
  EXPECT_EQ(file(verified->case_id).error().where, "finding");
  r.seen_step = 1;
  ASSERT_TRUE(f.alerts().review(r, f.duty, f.now));
  const auto asked = file(verified->case_id);
  ASSERT_TRUE(asked) << asked.error().text();
  const auto filed =
      f.registry().transition("case", verified->case_id, "file.approve", {}, f.by(f.leader));
  ASSERT_TRUE(filed) << filed.error().text();
  EXPECT_EQ(filed->state, "filed");
}

TEST_F(CaseDeskTest, APackHoldsEverythingAndVerifies) {
  set_sources();
  f.sail("mmsi:412000001", 20);
  const std::string id = lead();
  std::ofstream(f.folder / "files" / base::sha256_hex("photo")) << "photo";
  ASSERT_TRUE(edit(
      id, Json::object({{"evidence",
                         Json::array({Json::object({{"kind", "photo"},
                                                    {"name", "船首.JPG"},
                                                    {"sha256", base::sha256_hex("photo")}})})}})));
  const auto done = pack(id, out.path());
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_EQ(done->folder.filename(), "AJ-2024-0001-r2");
  const auto files = content_of(done->folder);
  for (const char* name :
       {"record.json", "history.json", "finding.json", "reviews.json", "rule.toml", "track.csv",
        "track.geojson", "map.svg", "README.md", "SHA256SUMS", "manifest.json"}) {
    EXPECT_TRUE(files.contains(name)) << name;
  }
  EXPECT_EQ(files.at("attachments/" + base::sha256_hex("photo") + ".jpg"), "photo");
  EXPECT_EQ(files.at("rule.toml"), "id = \"moratorium.sea\"\nversion = 3\n");
  EXPECT_NE(files.at("README.md").find("待法制审核和技术审核"), std::string::npos);
  EXPECT_NE(files.at("README.md").find("pending legal and technical review"), std::string::npos);
  std::istringstream csv(files.at("track.csv"));
  std::vector<std::string> rows;
  for (std::string line; std::getline(csv, line);) rows.push_back(line);
  ASSERT_EQ(rows.size(), 21u);
  EXPECT_NE(rows[1].find("mmsi:412000001,2024-05-01T04:10:00.000Z,2024-05-01 12:10:00,derived,"
                         "37.3500000,122.7500000,4.00,90.00"),
            std::string::npos)
      << rows[1];
  const auto geojson = base::parse_json(files.at("track.geojson"));
  ASSERT_TRUE(geojson);
  EXPECT_EQ((*geojson)["features"].items().size(), 1u + 6u + 1u);
  EXPECT_NE(files.at("map.svg").find("37°2"), std::string::npos) << "the grid is labelled";
  EXPECT_NE(files.at("map.svg").find("stroke-dasharray"), std::string::npos) << "the zone";
  EXPECT_TRUE(base::parse_json(files.at("record.json")));
  EXPECT_TRUE(base::parse_json(files.at("history.json")));
  EXPECT_TRUE(base::parse_json(files.at("finding.json")));
  const auto checked = CaseDesk::verify_pack(done->folder);
  ASSERT_TRUE(checked) << checked.error().text();
  EXPECT_EQ(*checked, files.size() - 1);
  EXPECT_EQ(*checked, done->files);
  const auto line = f.access().audit_lines(INT64_MAX, 1).at(0);
  EXPECT_EQ(line.action, "case.pack");
  EXPECT_EQ(line.detail["manifest_sha256"].as_string(),
            base::sha256_hex(files.at("manifest.json")));
}

TEST_F(CaseDeskTest, EqualContentGivesEqualBytes) {
  set_sources();
  f.sail("mmsi:412000001", 20);
  const std::string id = lead();
  const auto first = pack(id, out / "a");
  ASSERT_TRUE(first) << first.error().text();
  f.now = f.now + std::chrono::hours(48);
  const auto second = f.cases().pack(id, out / "b", f.leader, f.now);
  ASSERT_TRUE(second);
  EXPECT_EQ(content_of(first->folder), content_of(second->folder));
  EXPECT_EQ(first->manifest_sha256, second->manifest_sha256);
  const auto again = pack(id, out / "a");
  ASSERT_TRUE(again) << "a pack of the same name is replaced";
  EXPECT_EQ(again->manifest_sha256, first->manifest_sha256);
  ASSERT_TRUE(edit(id, Json::object({{"note", "x"}})));
  const auto later = pack(id, out / "a");
  EXPECT_NE(later->folder, first->folder);
  EXPECT_NE(later->manifest_sha256, first->manifest_sha256);
}

TEST_F(CaseDeskTest, EveryTamperingIsFound) {
  set_sources();
  f.sail("mmsi:412000001", 5);
  const std::string id = lead();
  const auto whole = pack(id, out / "whole");
  ASSERT_TRUE(whole);
  const auto tampered = [&](const std::function<void(const fs::path&)>& act) {
    const fs::path copy = out / "copy";
    fs::remove_all(copy);
    fs::copy(whole->folder, copy, fs::copy_options::recursive);
    EXPECT_TRUE(CaseDesk::verify_pack(copy));
    act(copy);
    return CaseDesk::verify_pack(copy);
  };
  for (const auto& [name, bytes] : content_of(whole->folder)) {
    if (name == "manifest.json") continue;
    auto r = tampered([&](const fs::path& p) {
      std::string other = bytes;
      other[other.size() / 2] = char(other[other.size() / 2] ^ 1);
      std::ofstream(p / name, std::ios::binary) << other;
    });
    ASSERT_FALSE(r) << name;
    EXPECT_EQ(r.error().where, name);
    EXPECT_EQ(r.error().code, Code::kConflict);
    r = tampered([&](const fs::path& p) { fs::remove(p / name); });
    ASSERT_FALSE(r) << name;
    EXPECT_EQ(r.error().code, Code::kMissing);
    r = tampered([&](const fs::path& p) { std::ofstream(p / name, std::ios::app) << ' '; });
    EXPECT_FALSE(r) << name;
  }
  EXPECT_EQ(
      tampered([](const fs::path& p) { std::ofstream(p / "extra.txt") << "x"; }).error().where,
      "extra.txt");
  EXPECT_FALSE(tampered([](const fs::path& p) { fs::create_symlink("README.md", p / "link"); }));
  EXPECT_FALSE(tampered([](const fs::path& p) {
    fs::remove(p / "map.svg");
    fs::create_symlink("track.csv", p / "map.svg");
  }));
  EXPECT_FALSE(tampered([](const fs::path& p) { fs::remove(p / "manifest.json"); }));
  EXPECT_FALSE(tampered([](const fs::path& p) { std::ofstream(p / "manifest.json") << "{}"; }));
  EXPECT_FALSE(tampered([](const fs::path& p) {
    std::ofstream(p / "manifest.json")
        << R"({"format":"jinglue.evidence","files":[{"path":"../whole/x","size":0}]})";
  }));
  for (const char* other : {"./README.md", "README.md\\u0000", "../copy/README.md"}) {
    const auto r = tampered([&](const fs::path& p) {  // the same file by another name
      std::string text = content_of(p).at("manifest.json");
      const std::string path = "\"path\":\"";
      const auto at = text.find(path + "README.md\"");
      ASSERT_NE(at, std::string::npos);
      text.replace(at + path.size(), std::string("README.md").size(), other);
      std::ofstream(p / "manifest.json") << text;
    });
    ASSERT_FALSE(r) << other;
    EXPECT_EQ(r.error().code, Code::kMalformed) << other;
  }
  EXPECT_FALSE(CaseDesk::verify_pack(out / "absent"));
}

TEST_F(CaseDeskTest, PacksAreGuarded) {
  const std::string id = lead();
  EXPECT_EQ(f.cases().pack(id, out.path(), f.duty, f.now).error().code, Code::kForbidden);
  EXPECT_EQ(pack("absent", out.path()).error().code, Code::kMissing);
  ASSERT_TRUE(edit(
      id, Json::object(
              {{"evidence",
                Json::array({Json::object(
                    {{"kind", "photo"}, {"name", "x"}, {"sha256", std::string(64, 'a')}})})}})));
  EXPECT_EQ(pack(id, out.path()).error().where, "evidence");
  ASSERT_TRUE(edit(id, Json::object({{"evidence", nullptr}})));
  fs::create_directories(out / "AJ-2024-0001-r3");
  EXPECT_EQ(pack(id, out.path()).error().code, Code::kConflict) << "not a pack: left alone";
  EXPECT_FALSE(fs::exists(out / ".AJ-2024-0001-r3.part"));
  std::ofstream(out / "file") << "x";
  EXPECT_THROW((void)pack(id, out / "file"), base::WorldError);
}

TEST_F(CaseDeskTest, ACaseWithoutFindingOrPositionsPacksToo) {
  const auto made = f.registry().create(
      "case",
      Json::object(
          {{"title", "群众举报 <&>"}, {"source", "report"}, {"begin", "2024-05-01T04:00:00Z"}}),
      f.by(f.enforcement));
  ASSERT_TRUE(made);
  const auto done = pack(made->id, out.path());
  ASSERT_TRUE(done) << done.error().text();
  const auto files = content_of(done->folder);
  EXPECT_FALSE(files.contains("finding.json"));
  EXPECT_NE(files.at("map.svg").find("没有船位"), std::string::npos);
  EXPECT_NE(files.at("map.svg").find("&lt;&amp;&gt;"), std::string::npos);
  EXPECT_TRUE(CaseDesk::verify_pack(done->folder));
}

TEST(EvidenceMap, RingsAreCutAtTheBox) {
  const geo::Box box{0, 0, 10, 10};
  const geo::Ring square = {{-5, -5}, {-5, 5}, {5, 5}, {5, -5}, {-5, -5}};
  const auto cut = clip_ring(square, box);
  ASSERT_GE(cut.size(), 5u);
  for (const auto& p : cut) EXPECT_TRUE(box.contains(p)) << p.lat_deg << " " << p.lon_deg;
  EXPECT_TRUE(clip_ring({{20, 20}, {20, 30}, {30, 30}, {20, 20}}, box).empty());
  const geo::Ring around = {{-5, -5}, {-5, 50}, {50, 50}, {50, -5}, {-5, -5}};
  EXPECT_EQ(clip_ring(around, box).size(), 5u) << "the whole box";
}
