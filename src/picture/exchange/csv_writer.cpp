// SPDX-License-Identifier: Apache-2.0
// CSV: a heading, one line a position. Cells of text are guarded as those of registers are.
#include <utility>

#include "picture/exchange/value_text.hpp"
#include "picture/exchange/writer.hpp"
#include "registry/csv.hpp"

namespace jinglue::picture::exchange {
namespace {

class CsvWriter final : public Writer {
 public:
  explicit CsvWriter(Sink sink) : m_out(std::move(sink)) {
    for (const auto name : kColumns) m_out.text().append(name) += ',';
    m_out.text().back() = '\r';
    m_out.text() += '\n';
  }

  void add(const model::Fix& fix) override {
    auto& out = m_out.text();
    if (m_track != fix.track || m_name.empty()) {
      m_track = fix.track;
      m_name = registry::guarded(model::to_text(fix.track));
    }
    out.append(m_name) += ',';
    out.append(base::to_iso(fix.time)) += ',';
    append_degrees(out, fix.position.lat);
    out += ',';
    append_degrees(out, fix.position.lon);
    out += ',';
    if (fix.sog_ckn) append_hundredths(out, *fix.sog_ckn);
    out += ',';
    if (fix.cog_cdeg) append_hundredths(out, *fix.cog_cdeg);
    out += ',';
    if (fix.heading_deg) out += std::to_string(*fix.heading_deg);
    out += ',';
    if (fix.nav_status) out += std::to_string(*fix.nav_status);
    out += ',';
    out.append(model::to_key(fix.source)) += ',';
    out.append(model::to_key(fix.quality)) += "\r\n";
    m_out.offer();
  }
  void finish() override { m_out.flush(); }

 private:
  Buffered<Sink> m_out;
  model::TrackId m_track;
  std::string m_name;
};

}  // namespace

std::unique_ptr<Writer> make_csv_writer(Sink sink) {
  return std::make_unique<CsvWriter>(std::move(sink));
}

}  // namespace jinglue::picture::exchange
