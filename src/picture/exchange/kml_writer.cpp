// SPDX-License-Identifier: Apache-2.0
// KML 2.2 (OGC 07-147r2) with Google's extension for tracks (gx:MultiTrack, gx:Track, since KML 2.3
// part of OGC 12-007r2): a Placemark for each track; a track longer than a piece has several
// gx:Track one after another. Speed, course, heading and status are arrays of the schema
// "position"; an absent value is an empty gx:value.
#include "picture/exchange/pieces.hpp"

namespace jinglue::picture::exchange {
namespace {

constexpr std::string_view kBegin =
    R"(<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">
<Document><name>Jinglue</name>
)";

struct Array {
  std::string_view name, shown;
};
constexpr Array kArrays[] = {{"speed_kn", "speed, kn"},
                             {"course_deg", "course, degrees true"},
                             {"heading_deg", "heading, degrees true"},
                             {"nav_status", "navigational status"},
                             {"source", "source"},
                             {"time_quality", "quality of the time"}};

class KmlWriter final : public PieceWriter {
 public:
  KmlWriter(Sink sink, std::size_t most) : PieceWriter(std::move(sink), most, false) {
    out() += kBegin;
    out() += "<Schema id=\"position\">\n";
    for (const auto& array : kArrays) {
      out().append("<gx:SimpleArrayField type=\"string\" name=\"").append(array.name);
      out().append("\"><displayName>").append(array.shown);
      out() += "</displayName></gx:SimpleArrayField>\n";
    }
    out() += "</Schema>\n";
  }

 private:
  void piece(std::span<const model::Fix> rows, bool first, bool last) override {
    if (first) {
      out() += "<Placemark><name>";
      append_xml(out(), model::to_text(rows.front().track));
      out() += "</name><gx:MultiTrack><gx:interpolate>0</gx:interpolate>\n";
    }
    out() += "<gx:Track>\n";
    for (const auto& row : rows) out() += "<when>" + base::to_iso(row.time) + "</when>\n";
    for (const auto& row : rows) {
      append_degrees(out() += "<gx:coord>", row.position.lon);
      append_degrees(out() += ' ', row.position.lat);
      out() += " 0</gx:coord>\n";
    }
    arrays(rows);
    out() += "</gx:Track>\n";
    if (last) out() += "</gx:MultiTrack></Placemark>\n";
  }
  void end() override { out() += "</Document></kml>\n"; }

  void arrays(std::span<const model::Fix> rows) {
    out() += "<ExtendedData><SchemaData schemaUrl=\"#position\">\n";
    array(rows, "speed_kn", [this](const auto& row) {
      if (row.sog_ckn) append_hundredths(out(), *row.sog_ckn);
    });
    array(rows, "course_deg", [this](const auto& row) {
      if (row.cog_cdeg) append_hundredths(out(), *row.cog_cdeg);
    });
    array(rows, "heading_deg", [this](const auto& row) {
      if (row.heading_deg) out() += std::to_string(*row.heading_deg);
    });
    array(rows, "nav_status", [this](const auto& row) {
      if (row.nav_status) out() += std::to_string(*row.nav_status);
    });
    array(rows, "source", [this](const auto& row) { out() += model::to_key(row.source); });
    array(rows, "time_quality", [this](const auto& row) { out() += model::to_key(row.quality); });
    out() += "</SchemaData></ExtendedData>\n";
  }
  template <class F>
  void array(std::span<const model::Fix> rows, std::string_view name, F value) {
    out().append("<gx:SimpleArrayData name=\"").append(name) += "\">\n";
    for (const auto& row : rows) {
      out() += "<gx:value>";
      value(row);
      out() += "</gx:value>\n";
    }
    out() += "</gx:SimpleArrayData>\n";
  }
};

}  // namespace

std::unique_ptr<Writer> make_kml_writer(Sink sink, const WriterOptions& options) {
  return std::make_unique<KmlWriter>(std::move(sink), options.piece_rows);
}

}  // namespace jinglue::picture::exchange
