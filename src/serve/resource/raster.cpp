// SPDX-License-Identifier: Apache-2.0
// /archive/raster: how many positions lie in each cell of a grid, of any period and kinds of
// vessels, or of vessels of the register by group, gear, home port, district. Rasters of following
// periods over the same grid add up. /archive/groups: which groups vessels of the register are in.
#include <bit>
#include <cstring>

#include "picture/archive/raster.hpp"
#include "picture/archive/track_spans.hpp"
#include "picture/identity/register_vessels.hpp"
#include "serve/form/question.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

constexpr int kDays = 366;
constexpr std::size_t kMostCells = 4'000'000;

struct Asked {
  geo::Box box;
  Span span;
  double cell_deg{0};
  std::set<model::VesselKind> kinds;
  /// Only these; absent = every track.
  std::optional<std::vector<model::VesselFacts>> vessels;
};

/// "group", "gear", "home_port", "district": what is given must all hold. Vessels of another
/// district are left out.
base::Status read_vessels(const Call& call, const RowRight& right, Asked& out) {
  picture::VesselWish wish;
  constexpr std::pair<const char*, const char*> kFields[] = {
      {"group", "groups"}, {"gear", "gears"}, {"home_port", "home_port"}, {"district", "district"}};
  for (const auto& [name, field] : kFields) {
    if (auto text = call.text(name); !text.empty()) wish.emplace_back(field, std::move(text));
  }
  if (wish.empty()) return {};
  auto found = picture::vessels_of(*call.services.registry, wish, call.actor().reach());
  if (!found) return tl::unexpected(found.error());
  std::erase_if(*found, [&](const model::VesselFacts& vessel) {
    return !right.sees(vessel.district) || (!out.kinds.empty() && !out.kinds.contains(vessel.kind));
  });
  out.vessels = std::move(*found);
  return {};
}

base::Result<Asked> read_asked(const Call& call, const RowRight& right) {
  const auto box = call.bbox();
  if (!box) return tl::unexpected(box.error());
  if (!*box) return base::fail(base::Code::kMalformed, "the parameter is required", "bbox");
  const auto span = read_span(call, kDays);
  if (!span) return tl::unexpected(span.error());
  const auto cell = call.number("cell", 0.01, 0.0001, 10);
  if (!cell) return tl::unexpected(cell.error());
  auto kinds = read_kinds(call);
  if (!kinds) return tl::unexpected(kinds.error());
  const double cells = (((*box)->east_deg - (*box)->west_deg) / *cell + 1) *
                       (((*box)->north_deg - (*box)->south_deg) / *cell + 1);
  if (cells > double(kMostCells)) {
    return base::fail(base::Code::kOutOfRange, "the raster has more than 4 million cells", "cell",
                      "choose a larger cell or a smaller area");
  }
  Asked out{**box, *span, *cell, std::move(*kinds), std::nullopt};
  if (const auto good = read_vessels(call, right, out); !good) return tl::unexpected(good.error());
  return out;
}

Json head_of(const picture::Raster& raster, const Asked& asked) {
  const auto corner = raster.corner.degrees();
  auto out = Json::object({{"from", base::to_iso(asked.span.from)},
                           {"to", base::to_iso(asked.span.to)},
                           {"west", corner.lon_deg},
                           {"south", corner.lat_deg},
                           {"cell_deg", double(raster.cell) / geo::Position::kUnitsPerDegree},
                           {"width", std::uint64_t{raster.width}},
                           {"height", std::uint64_t{raster.height}},
                           {"positions", raster.positions}});
  if (asked.vessels) out.set("vessels", std::uint64_t{asked.vessels->size()});
  return out;
}

base::Result<picture::Raster> raster_of_vessels(const picture::Archive& archive, const Asked& asked,
                                                const Patience& patience) {
  std::vector<picture::TrackSpan> spans;
  for (const auto& vessel : *asked.vessels) {
    const auto own = picture::spans_of(archive, vessel, asked.span.from, asked.span.to);
    spans.insert(spans.end(), own.begin(), own.end());
  }
  return picture::raster_of(archive, asked.box, std::move(spans), asked.cell_deg, patience.go_on());
}

std::string json_text(const picture::Raster& raster, const Asked& asked) {
  std::string out = head_of(raster, asked).dump();
  out.back() = ',';
  out += R"("counts":[)";
  for (std::size_t i = 0; i < raster.counts.size(); ++i) {
    if (i > 0) out += ',';
    out += std::to_string(raster.counts[i]);
  }
  return out + "]}";
}

/// "JLR1", length of the head, the head (JSON, filled up with blanks to a multiple of four), counts
/// as 32-bit integers, little end first: docs/format/positions_binary.md.
std::string raster_bytes(const picture::Raster& raster, const Asked& asked) {
  static_assert(std::endian::native == std::endian::little);
  std::string head = head_of(raster, asked).dump();
  head.append((4 - head.size() % 4) % 4, ' ');
  std::string out = "JLR1";
  const auto length = static_cast<std::uint32_t>(head.size());
  const auto bytes = raster.counts.size() * sizeof(std::uint32_t);
  out.resize(8 + head.size() + bytes);
  std::memcpy(out.data() + 4, &length, 4);
  std::memcpy(out.data() + 8, head.data(), head.size());
  if (bytes > 0) std::memcpy(out.data() + 8 + head.size(), raster.counts.data(), bytes);
  return out;
}

Answer get_raster(Call& call) {
  RowRight right = vessel_right(call.actor());
  if (!right.status()) return tl::unexpected(right.status().error());
  const auto asked = read_asked(call, right);
  if (!asked) return tl::unexpected(asked.error());
  const auto format = read_format(call, {"json", "binary"});
  if (!format) return tl::unexpected(format.error());
  const Patience patience(call);
  std::function<bool(model::TrackId)> takes;
  const TrackNames names(call.services.live(), std::move(right));
  if (!asked->kinds.empty() || !call.actor().district.empty()) {
    takes = [&](model::TrackId track) { return names.takes(track, asked->kinds); };
  }
  const auto& archive = *call.services.archive;
  const auto made = asked->vessels
                        ? raster_of_vessels(archive, *asked, patience)
                        : picture::raster(archive, asked->box, asked->span.from, asked->span.to,
                                          asked->cell_deg, patience.go_on(), takes);
  if (!made) return tl::unexpected(made.error());
  if (!patience.status()) return tl::unexpected(patience.status().error());
  if (*format == "json") return json_text_response(json_text(*made, *asked));
  Response out = bytes_response(raster_bytes(*made, *asked), std::string(kRasterBytes));
  out.headers.emplace_back("Cache-Control", "no-store");
  return out;
}

Answer get_groups(Call& call) {
  const RowRight right = vessel_right(call.actor());
  if (!right.status()) return tl::unexpected(right.status().error());
  Json groups = Json::array();
  for (const auto& group : picture::vessel_groups(*call.services.registry, call.actor().reach())) {
    groups.push(Json::object({{"key", group.key}, {"vessels", group.vessels}}));
  }
  return json_response(Json::object({{"groups", std::move(groups)}}));
}

}  // namespace

void add_raster(Router& router) {
  router.add({.method = Method::kGet, .pattern = "/archive/groups", .handler = get_groups});
  router.add({.method = Method::kGet,
              .pattern = "/archive/raster",
              .handler = get_raster,
              .question = true});
}

}  // namespace jinglue::serve
