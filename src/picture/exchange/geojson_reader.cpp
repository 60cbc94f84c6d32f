// SPDX-License-Identifier: Apache-2.0
// GeoJSON: features one after another, in a FeatureCollection (RFC 7946), a text sequence (RFC
// 8142) or one a line. A Point is a position, a LineString with properties.times (ISO texts or
// milliseconds since 1970, one a point) many. The frame is found by braces outside of strings; each
// feature, of at most 16 MiB, is then read by the JSON parser.
#include <algorithm>

#include "base/json.hpp"
#include "picture/exchange/row_values.hpp"

namespace jinglue::picture::exchange {
namespace {

using base::Code;
using base::Json;

constexpr std::size_t kMostFeature = 16u << 20;
constexpr std::string_view kInCollection = "collection";

std::string text_of(const Json& value) {
  return value.is_null() ? std::string() : value.is_string() ? value.as_string() : value.dump();
}

class GeoJsonReader final : public Reader {
 public:
  GeoJsonReader(const ReadOptions& options, const Place& from)
      : m_options(options),
        m_values(m_options),
        m_place(from),
        m_at(from),
        m_begin_line(from.line) {
    if (from.context == kInCollection) m_depth = m_base = 2;
    m_any = from.position > 0;
  }

  base::Status feed(std::string_view bytes, const Row& row) override {
    for (const char c : bytes) {
      ++m_at.position;
      if (c == '\n') ++m_at.line;
      take(c, row);
      if (m_text.size() > kMostFeature && !m_too_large) {
        m_too_large = true;
        m_text.clear();
        row(m_begin_line, base::fail(Code::kTooLarge, "a feature is larger than 16 MiB"));
      }
    }
    return {};
  }
  base::Status finish(const Row&) override {
    if (!m_any) {
      return base::fail(Code::kMalformed, "there is no GeoJSON feature in the file", {},
                        "it must hold a FeatureCollection, or features one after another");
    }
    if (m_depth > 0 || m_string) {
      return base::fail(Code::kMalformed, "the file ends in the middle of a feature",
                        "line " + std::to_string(m_at.line), "it is cut off; fetch it again");
    }
    return {};
  }
  Place place() const override { return m_place; }

 private:
  void take(char c, const Row& row) {
    if (m_string) {
      keep(c);
      if (m_escaped) {
        m_escaped = false;
      } else if (c == '\\') {
        m_escaped = true;
      } else if (c == '"') {
        m_string = false;
      }
      if (m_string && m_key.size() < 16) m_key += c;
      return;
    }
    switch (c) {
      case '"':
        m_string = true;
        m_key.clear();
        keep(c);
        break;
      case '{':
      case '[':
        open(c);
        break;
      case '}':
      case ']':
        close(c, row);
        break;
      default:
        keep(c);
    }
  }
  bool in_feature() const { return m_depth > m_base; }
  void keep(char c) {
    if (in_feature() && !m_too_large) m_text += c;
  }
  void open(char c) {
    ++m_depth;
    if (m_depth == 2 && m_base == 0 && c == '[' && m_key == "features") {
      m_base = 2;
      m_text.clear();
      m_place = m_at;
      m_place.context = kInCollection;
      m_any = true;
      return;
    }
    if (m_depth == m_base + 1) {
      m_text.clear();
      m_too_large = false;
      m_begin_line = m_at.line;
    }
    keep(c);
  }
  void close(char c, const Row& row) {
    keep(c);
    if (m_depth == 0) return;  // a bracket too many; the JSON around it is told as bad
    --m_depth;
    if (m_depth < m_base) {  // the end of the collection
      m_base = 0;
      m_text.clear();
      m_after = true;
      return;
    }
    if (m_depth != m_base || m_after) return;
    if (!m_too_large) give(row);
    m_text.clear();
    const auto context = m_base == 2 ? std::string(kInCollection) : std::string();
    m_place = m_at;
    m_place.context = context;
    m_any = true;
  }

  void give(const Row& row) {
    const auto json = base::parse_json(m_text, kMostFeature);
    if (!json) {
      row(m_begin_line, tl::unexpected(json.error()));
      return;
    }
    const auto& geometry = (*json)["geometry"];
    const auto& points = geometry["coordinates"];
    const auto& times = (*json)["properties"]["times"];
    if (geometry["type"].as_string() == "Point") {
      row(m_begin_line, fix_of(*json, points, Json()));
    } else if (geometry["type"].as_string() == "LineString" && times.is_array()) {
      if (times.items().size() != points.items().size()) {
        row(m_begin_line, base::fail(Code::kMalformed, "times and coordinates differ in number"));
        return;
      }
      for (std::size_t i = 0; i < times.items().size(); ++i) {
        row(m_begin_line, fix_of(*json, points.items()[i], times.items()[i]));
      }
    } else {
      row(m_begin_line,
          base::fail(Code::kMalformed,
                     "the feature is neither a Point nor a LineString with properties.times"));
    }
  }

  base::Result<model::Fix> fix_of(const Json& feature, const Json& point, const Json& time) {
    if (point.items().size() < 2) return base::fail(Code::kMalformed, "the point has no place");
    m_values.clear();
    for (const auto& [name, value] : feature["properties"].members()) {
      auto column = column_from(name);
      for (const auto& [ours, theirs] : m_options.mapping) {
        if (theirs == name) column = column_from(ours);
      }
      if (column) m_values.set(*column, text_of(value));
    }
    if (!time.is_null()) m_values.set(Column::kTime, text_of(time));
    m_values.set(Column::kLongitude, text_of(point.items()[0]));
    m_values.set(Column::kLatitude, text_of(point.items()[1]));
    return m_values.fix();
  }

  const ReadOptions m_options;
  RowValues m_values;
  Place m_place;  ///< behind the last feature
  Place m_at;     ///< here
  std::uint64_t m_begin_line;
  std::string m_text;  ///< of the feature so far
  std::string m_key;   ///< the last string's beginning
  std::size_t m_depth{0};
  std::size_t m_base{0};  ///< depth outside of features: 0, or 2 in a collection
  bool m_string{false}, m_escaped{false}, m_too_large{false}, m_any{false}, m_after{false};
};

}  // namespace

std::unique_ptr<Reader> make_geojson_reader(const ReadOptions& options, const Place& from) {
  return std::make_unique<GeoJsonReader>(options, from);
}

}  // namespace jinglue::picture::exchange
