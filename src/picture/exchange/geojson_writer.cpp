// SPDX-License-Identifier: Apache-2.0
// GeoJSON: a point feature for each position, in a FeatureCollection (RFC 7946), a text sequence
// (RFC 8142) or one a line.
#include <utility>

#include "picture/exchange/value_text.hpp"
#include "picture/exchange/writer.hpp"

namespace jinglue::picture::exchange {
namespace {

constexpr char kRecordSeparator = 0x1E;

void append_feature(std::string& out, const model::Fix& fix) {
  out += R"({"type":"Feature","geometry":{"type":"Point","coordinates":[)";
  append_degrees(out, fix.position.lon);
  out += ',';
  append_degrees(out, fix.position.lat);
  out += R"(]},"properties":{"track":")";
  out += model::to_text(fix.track);
  out += R"(","time_utc":")";
  out += base::to_iso(fix.time);
  out += '"';
  if (fix.sog_ckn) append_hundredths(out += R"(,"speed_kn":)", *fix.sog_ckn);
  if (fix.cog_cdeg) append_hundredths(out += R"(,"course_deg":)", *fix.cog_cdeg);
  if (fix.heading_deg) out += R"(,"heading_deg":)" + std::to_string(*fix.heading_deg);
  if (fix.nav_status) out += R"(,"nav_status":)" + std::to_string(*fix.nav_status);
  out += R"(,"source":")";
  out += model::to_key(fix.source);
  out += R"(","time_quality":")";
  out += model::to_key(fix.quality);
  out += R"("}})";
}

class GeoJsonWriter final : public Writer {
 public:
  GeoJsonWriter(Format format, Sink sink) : m_format(format), m_out(std::move(sink)) {
    if (m_format == Format::kGeoJson) m_out.text() += R"({"type":"FeatureCollection","features":[)";
  }

  void add(const model::Fix& fix) override {
    auto& out = m_out.text();
    if (m_format == Format::kGeoJson) out += m_any ? ",\n" : "\n";
    if (m_format == Format::kGeoJsonSeq) out += kRecordSeparator;
    append_feature(out, fix);
    if (m_format != Format::kGeoJson) out += '\n';
    m_any = true;
    m_out.offer();
  }
  void finish() override {
    if (m_format == Format::kGeoJson) m_out.text() += "\n]}\n";
    m_out.flush();
  }

 private:
  Format m_format;
  Buffered<Sink> m_out;
  bool m_any{false};
};

}  // namespace

std::unique_ptr<Writer> make_geojson_writer(Format format, Sink sink) {
  return std::make_unique<GeoJsonWriter>(format, std::move(sink));
}

}  // namespace jinglue::picture::exchange
