// SPDX-License-Identifier: Apache-2.0
// OGC 19-045r3, Moving Features Encoding Extension - JSON: a FeatureCollection of features with a
// MovingPoint each (clause 7.2). Its datetimes rise strictly, so a second position of one instant
// begins another feature, as does a track longer than a piece; they share properties.track. A
// temporal property has only the instants at which the sender gave it.
#include <algorithm>

#include "picture/exchange/pieces.hpp"

namespace jinglue::picture::exchange {
namespace {

constexpr std::string_view kBegin =
    R"({"type":"FeatureCollection",)"
    R"("crs":{"type":"Name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},)"
    R"("trs":{"type":"Link","properties":{"type":"OGCDEF",)"
    R"("href":"http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"}},)"
    R"("features":[)";

class MovingFeaturesWriter final : public PieceWriter {
 public:
  MovingFeaturesWriter(Sink sink, std::size_t most) : PieceWriter(std::move(sink), most, true) {
    out() += kBegin;
  }

 private:
  void piece(std::span<const model::Fix> rows, bool first, bool) override {
    m_part = first ? 0 : m_part + 1;
    const auto track = model::to_text(rows.front().track);
    out() += m_any ? ",\n" : "\n";
    m_any = true;
    out() += R"({"type":"Feature","id":")" + track + '#' + std::to_string(m_part) +
             R"(","properties":{"track":")" + track + R"("},"geometry":null,"time":[")" +
             base::to_iso(rows.front().time) + "\",\"" + base::to_iso(rows.back().time) +
             R"("],"temporalGeometry":{"type":"MovingPoint",)";
    datetimes(rows, [](const auto&) { return true; });
    out() += R"(,"coordinates":)";
    list(
        rows, [](const auto&) { return true; },
        [this](const auto& row) {
          append_degrees(out() += '[', row.position.lon);
          append_degrees(out() += ',', row.position.lat);
          out() += ']';
        });
    out() += R"(,"interpolation":"Linear"},"temporalProperties":[)";
    properties(rows);
    out() += "]}";
  }
  void end() override { out() += "\n]}\n"; }

  void properties(std::span<const model::Fix> rows) {
    m_any_property = false;
    property(
        rows, "speed_kn", R"("type":"Measure","form":"KNT","interpolation":"Linear")",
        [](const auto& row) { return row.sog_ckn.has_value(); },
        [this](const auto& row) { append_hundredths(out(), *row.sog_ckn); });
    // Directions wrap at north, so they hold until the next one instead of being interpolated.
    property(
        rows, "course_deg",
        R"("type":"Measure","form":"http://qudt.org/vocab/unit/DEG","interpolation":"Step")",
        [](const auto& row) { return row.cog_cdeg.has_value(); },
        [this](const auto& row) { append_hundredths(out(), *row.cog_cdeg); });
    property(
        rows, "heading_deg",
        R"("type":"Measure","form":"http://qudt.org/vocab/unit/DEG","interpolation":"Step")",
        [](const auto& row) { return row.heading_deg.has_value(); },
        [this](const auto& row) { out() += std::to_string(*row.heading_deg); });
    property(
        rows, "nav_status", R"("type":"Text","interpolation":"Step")",
        [](const auto& row) { return row.nav_status.has_value(); },
        [this](const auto& row) { out() += '"' + std::to_string(*row.nav_status) + '"'; });
    property(
        rows, "source", R"("type":"Text","interpolation":"Step")", [](const auto&) { return true; },
        [this](const auto& row) { quoted(model::to_key(row.source)); });
    property(
        rows, "time_quality", R"("type":"Text","interpolation":"Step")",
        [](const auto&) { return true; },
        [this](const auto& row) { quoted(model::to_key(row.quality)); });
  }
  void quoted(std::string_view text) { (out() += '"').append(text) += '"'; }

  template <class Has, class Value>
  void property(std::span<const model::Fix> rows, std::string_view name, std::string_view kind,
                Has has, Value value) {
    if (std::none_of(rows.begin(), rows.end(), has)) return;
    out() += m_any_property ? ",{" : "{";
    m_any_property = true;
    datetimes(rows, has);
    (out() += ",\"").append(name).append("\":{").append(kind) += R"(,"values":)";
    list(rows, has, value);
    out() += "}}";
  }
  template <class Has>
  void datetimes(std::span<const model::Fix> rows, Has has) {
    out() += R"("datetimes":)";
    list(rows, has, [this](const auto& row) { out() += '"' + base::to_iso(row.time) + '"'; });
  }
  template <class Has, class Value>
  void list(std::span<const model::Fix> rows, Has has, Value value) {
    char before = '[';
    for (const auto& row : rows) {
      if (!has(row)) continue;
      out() += before;
      before = ',';
      value(row);
    }
    out() += ']';
  }

  std::size_t m_part{0};
  bool m_any{false}, m_any_property{false};
};

}  // namespace

std::unique_ptr<Writer> make_moving_features_writer(Sink sink, const WriterOptions& options) {
  return std::make_unique<MovingFeaturesWriter>(std::move(sink), options.piece_rows);
}

}  // namespace jinglue::picture::exchange
