// SPDX-License-Identifier: Apache-2.0
#include "app/office_text.hpp"

#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <vector>

#include "base/limited_child.hpp"
#include "base/private_folder.hpp"

namespace jinglue::app {
namespace {

namespace fs = std::filesystem;
using base::Code;

base::ChildLimits limits_of(const OfficeLimits& limits) {
  base::ChildLimits out;
  out.processor = std::chrono::seconds(limits.time.count() / 1000 + 1);
  out.clock = limits.time;
  out.memory = limits.memory;
  out.file = limits.output;
  out.open_files = 1024;
  return out;
}

std::vector<std::string> arguments_for(const fs::path& folder, const fs::path& file) {
  return {"--headless",
          "--norestore",
          "--nolockcheck",
          "--nodefault",
          "-env:UserInstallation=file://" + (folder / "me").string(),
          "--convert-to",
          "txt:Text (encoded):UTF8",
          "--outdir",
          (folder / "out").string(),
          file.string()};
}

std::string read_whole(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

base::Result<std::string> text_of(const base::ChildEnd& end, const fs::path& file,
                                  const std::string& name, const OfficeLimits& limits) {
  constexpr const char* kHint = "save it as .docx, or paste its text";
  if (end.left) return base::fail(Code::kTooLarge, "nobody waits for it any more", name);
  if (end.out_of_time)
    return base::fail(
        Code::kTooLarge,
        fmt::format("LibreOffice did not read it within {} seconds", limits.time.count() / 1000),
        name, kHint);
  if (end.good() && fs::exists(file)) return read_whole(file);
  return base::fail(Code::kMalformed, "LibreOffice cannot read this document", name, kHint);
}

}  // namespace

fs::path find_office() {
  const auto office = base::find_program("soffice");
  return office.empty() ? base::find_program("libreoffice") : office;
}

base::Result<std::string> office_text(std::string_view bytes, const std::string& name,
                                      const fs::path& program, const OfficeLimits& limits,
                                      const std::function<bool()>& gone) {
  if (program.empty())
    return base::fail(Code::kUnavailable,
                      "this is the old form of Word or WPS, and LibreOffice is not installed", name,
                      "save it as .docx, or paste its text");
  const base::PrivateFolder folder;
  fs::create_directory(folder.path() / "out");
  const fs::path file = folder.path() / "document.doc";
  {
    std::ofstream out(file, std::ios::binary);
    out.write(bytes.data(), std::streamsize(bytes.size()));
    if (!out.flush()) throw base::WorldError("a document cannot be kept", file.string());
  }
  const auto end = base::run_limited(program, arguments_for(folder.path(), file), folder.path(),
                                     limits_of(limits), gone);
  if (!end) throw base::WorldError("no program can be started", end.error().message);
  return text_of(*end, folder.path() / "out" / "document.txt", name, limits);
}

}  // namespace jinglue::app
