// SPDX-License-Identifier: Apache-2.0
// GPX 1.1 (Topografix, gpx.xsd): a trk for each track, a new trkseg after a silence of 15 minutes,
// as the standard asks where reception was lost. GPX has no speed or course of a point: they stand
// in <extensions> in our own namespace. A longitude of 180 is written as -180: the schema excludes
// the former.
#include <utility>

#include "picture/exchange/value_text.hpp"
#include "picture/exchange/writer.hpp"

namespace jinglue::picture::exchange {
namespace {

constexpr base::Duration kSilence{15 * 60'000};
constexpr std::int32_t kHalfTurn = 180 * geo::Position::kUnitsPerDegree;

constexpr std::string_view kBegin =
    R"(<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="Jinglue" xmlns="http://www.topografix.com/GPX/1/1"
     xmlns:jl="urn:jinglue:position:1">
)";

class GpxWriter final : public Writer {
 public:
  explicit GpxWriter(Sink sink) : m_out(std::move(sink)) { m_out.text() += kBegin; }

  void add(const model::Fix& fix) override {
    auto& out = m_out.text();
    if (!m_open || fix.track != m_track) {
      close();
      out += "<trk><name>";
      append_xml(out, model::to_text(fix.track));
      out += "</name><trkseg>\n";
    } else if (fix.time - m_time > kSilence) {
      out += "</trkseg><trkseg>\n";
    }
    m_open = true;
    m_track = fix.track;
    m_time = fix.time;
    append_point(out, fix);
    m_out.offer();
  }
  void finish() override {
    close();
    m_out.text() += "</gpx>\n";
    m_out.flush();
  }

 private:
  void close() {
    if (m_open) m_out.text() += "</trkseg></trk>\n";
    m_open = false;
  }
  static void append_point(std::string& out, const model::Fix& fix) {
    out += "<trkpt lat=\"";
    append_degrees(out, fix.position.lat);
    out += "\" lon=\"";
    append_degrees(out, fix.position.lon == kHalfTurn ? -kHalfTurn : fix.position.lon);
    out += "\"><time>" + base::to_iso(fix.time) + "</time><extensions>";
    if (fix.sog_ckn) {
      append_hundredths(out += "<jl:speed_kn>", *fix.sog_ckn);
      out += "</jl:speed_kn>";
    }
    if (fix.cog_cdeg) {
      append_hundredths(out += "<jl:course_deg>", *fix.cog_cdeg);
      out += "</jl:course_deg>";
    }
    append_whole(out, "heading_deg", fix.heading_deg);
    append_whole(out, "nav_status", fix.nav_status);
    out += "<jl:source>";
    out += model::to_key(fix.source);
    out += "</jl:source><jl:time_quality>";
    out += model::to_key(fix.quality);
    out += "</jl:time_quality></extensions></trkpt>\n";
  }
  template <class T>
  static void append_whole(std::string& out, const std::string& name, std::optional<T> value) {
    if (value) out += "<jl:" + name + '>' + std::to_string(*value) + "</jl:" + name + '>';
  }

  Buffered<Sink> m_out;
  bool m_open{false};
  model::TrackId m_track;
  base::Instant m_time;
};

}  // namespace

std::unique_ptr<Writer> make_gpx_writer(Sink sink) {
  return std::make_unique<GpxWriter>(std::move(sink));
}

}  // namespace jinglue::picture::exchange
