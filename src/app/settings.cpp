// SPDX-License-Identifier: Apache-2.0
// Keys of jinglue.toml.
#include "app/settings.hpp"

#include <charconv>
#include <fstream>
#include <iterator>
#include <system_error>

#include "picture/exchange/mapping.hpp"
#include "serve/api/proxies.hpp"

namespace jinglue::app {

namespace {

namespace fs = std::filesystem;

template <class T, class F>
base::Status take(base::Result<T> value, F&& use) {
  if (!value) return tl::unexpected(value.error());
  use(std::move(*value));
  return {};
}

base::Status read_server(const base::ConfigNode& node, Settings& settings) {
  if (!node) return {};
  if (auto ok = node.only({"bind", "allow_plain", "certificate", "key", "trusted_proxies"}); !ok)
    return ok;
  if (node["bind"]) {
    const auto bind = node["bind"].string();
    if (!bind) return tl::unexpected(bind.error());
    if (auto ok = parse_bind(*bind, settings); !ok) {
      return node["bind"].error(ok.error().code, ok.error().message, ok.error().hint);
    }
  }
  if (const auto proxies = node["trusted_proxies"]) {
    auto texts = proxies.strings();
    if (!texts) return tl::unexpected(texts.error());
    if (const auto good = serve::Proxies::parse(*texts); !good) {
      return proxies.error(good.error().code, good.error().message, good.error().hint);
    }
    settings.trusted_proxies = std::move(*texts);
  }
  auto ok = take(node["allow_plain"].boolean_or(settings.allow_plain),
                 [&](bool v) { settings.allow_plain = v; });
  if (ok) {
    ok = take(node["certificate"].string_or(settings.certificate.string()),
              [&](std::string v) { settings.certificate = std::move(v); });
  }
  if (ok) {
    ok = take(node["key"].string_or(settings.key.string()),
              [&](std::string v) { settings.key = std::move(v); });
  }
  return ok;
}

base::Status read_seconds(const base::ConfigNode& node, std::int64_t least, base::Duration& out) {
  const auto seconds =
      node.integer_or(std::chrono::duration_cast<std::chrono::seconds>(out).count());
  if (!seconds) return tl::unexpected(seconds.error());
  constexpr std::int64_t kMost = 100LL * 366 * 86400;
  if (*seconds < least || *seconds > kMost) {
    return node.error(base::Code::kOutOfRange, "from " + std::to_string(least) + " to " +
                                                   std::to_string(kMost) + " seconds are possible");
  }
  out = std::chrono::seconds(*seconds);
  return {};
}

base::Status read_days(const base::ConfigNode& node, base::Duration& out) {
  const auto days = node.integer_or(out.count() / 86'400'000);
  if (!days) return tl::unexpected(days.error());
  if (*days < 1 || *days > 36500) {
    return node.error(base::Code::kOutOfRange, "1 to 36500 days are possible");
  }
  out = std::chrono::hours(24 * *days);
  return {};
}

base::Status read_picture(const base::ConfigNode& node, picture::Expiry& expiry) {
  if (!node) return {};
  auto ok = node.only({"forget_after_days", "forget_registered_after_days"});
  if (ok) ok = read_days(node["forget_after_days"], expiry.unmatched);
  if (ok) ok = read_days(node["forget_registered_after_days"], expiry.registered);
  return ok;
}

base::Status read_limit(const base::ConfigNode& node, std::optional<base::Duration>& out) {
  if (!node) return {};
  base::Duration limit{0};
  auto ok = read_days(node, limit);
  if (ok && limit < picture::kLeastRetention) {
    return node.error(base::Code::kOutOfRange, "30 to 36500 days are possible");
  }
  if (ok) out = limit;
  return ok;
}

base::Status read_archive(const base::ConfigNode& node, picture::Retention& retention) {
  if (!node) return {};
  auto ok = node.only({"keep_days", "thin_after_days", "thin_to_s"});
  if (ok) ok = read_limit(node["keep_days"], retention.keep);
  if (ok) ok = read_limit(node["thin_after_days"], retention.thin_after);
  if (ok && node["thin_to_s"]) {
    ok = read_seconds(node["thin_to_s"], 1, retention.thin_to);
    if (ok && !retention.thin_after) {
      return node["thin_to_s"].error(base::Code::kMissing, "thin_after_days is not given");
    }
  }
  if (ok && retention.keep && retention.thin_after && *retention.thin_after >= *retention.keep) {
    return node["thin_after_days"].error(base::Code::kOutOfRange,
                                         "positions are removed before they would be thinned");
  }
  return ok;
}

}  // namespace

base::Status parse_bind(const std::string& text, Settings& settings) {
  const auto colon = text.rfind(':');
  unsigned port = 65536;
  if (colon != std::string::npos) {
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + colon + 1, end, port);
    if (parsed.ec != std::errc{} || parsed.ptr != end) port = 65536;
  }
  if (port > 65535 || colon == 0) {
    return base::fail(base::Code::kMalformed, "\"" + text + "\" is not HOST:PORT", {},
                      "write for example 127.0.0.1:8080");
  }
  std::string host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  settings.host = host;
  settings.port = static_cast<std::uint16_t>(port);
  return {};
}

base::Status read_settings(const base::ConfigNode& document, Settings& settings) {
  auto ok = document.only({"data", "web", "server", "input", "health", "journal", "picture",
                           "archive", "sensors", "messages", "attachments", "webhook", "mail"});
  if (!ok) return ok;
  ok = take(document["data"].string_or(settings.data.string()),
            [&](std::string v) { settings.data = std::move(v); });
  if (ok) {
    ok = take(document["web"].string_or(settings.web.string()),
              [&](std::string v) { settings.web = std::move(v); });
  }
  if (ok) ok = read_server(document["server"], settings);
  if (ok) ok = read_picture(document["picture"], settings.expiry);
  if (ok) ok = read_archive(document["archive"], settings.retention);
  if (ok && document["sensors"]) {
    ok = document["sensors"].only({"keep_days"});
    if (ok) ok = read_limit(document["sensors"]["keep_days"], settings.keep_measurements);
  }
  if (ok && document["messages"]) {
    ok = document["messages"].only({"keep_days"});
    if (ok) ok = read_limit(document["messages"]["keep_days"], settings.keep_messages);
  }
  if (ok && document["attachments"]) {
    ok = document["attachments"].only({"keep_days"});
    if (ok) ok = read_limit(document["attachments"]["keep_days"], settings.keep_attachments);
  }
  if (ok && document["health"]) {
    ok = document["health"].only({"silent_after_s"});
    if (ok) ok = read_seconds(document["health"]["silent_after_s"], 1, settings.silent_after);
  }
  if (ok && document["journal"]) {
    ok = document["journal"].only({"keep_s", "snapshot_every_s"});
    if (ok) ok = read_seconds(document["journal"]["keep_s"], 86400, settings.keep_journal);
    if (ok) ok = read_seconds(document["journal"]["snapshot_every_s"], 1, settings.snapshot_every);
  }
  if (!ok) return ok;
  ok = take(read_mail(document), [&](MailSettings v) { settings.mail = std::move(v); });
  if (!ok) return ok;
  ok = take(read_webhooks(document),
            [&](std::vector<Webhook> v) { settings.webhooks = std::move(v); });
  if (!ok) return ok;
  ok = take(observe::link::read_settings(document),
            [&](std::vector<observe::link::Settings> v) { settings.inputs = std::move(v); });
  if (!ok) return ok;
  return take(observe::feed::read_inputs(document),
              [&](observe::feed::Inputs v) { settings.feeds = std::move(v); });
}

picture::FlagTable read_flags(const fs::path& share) {
  const auto file = share / "data" / "mid.csv";
  if (!fs::exists(file)) return {};
  auto table = picture::FlagTable::read(file);
  if (!table) throw base::WorldError("the table of flags was refused", table.error().text());
  const auto countries = share / "data" / "country.csv";
  if (!fs::exists(countries)) return std::move(*table);
  if (const auto good = table->read_countries(countries); !good) {
    throw base::WorldError("the table of countries was refused", good.error().text());
  }
  return std::move(*table);
}

namespace {

/// The text of a mapping that a live input can have; its mistakes are told here, at the start.
std::string mapping_text(const std::string& name, const fs::path& folder) {
  const auto mapping = picture::exchange::Mapping::open(name, folder);
  if (mapping.wants_year()) {
    throw base::WorldError("the mapping is none for a live input", name,
                           "its times have no year; an import asks for it");
  }
  const bool file = name.find('/') != std::string::npos || name.ends_with(".toml");
  std::ifstream in(file ? fs::path(name) : folder / (name + ".toml"), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

observe::feed::Setup feeds_of(const fs::path& share, observe::feed::Inputs inputs) {
  for (auto& [name, input] : inputs) {
    if (input.format != observe::feed::Format::kCsv) continue;
    input.table = mapping_text(input.mapping, share / "data" / "mappings");
  }
  auto setup = observe::feed::Setup::read(share / "data" / "beidou", std::move(inputs),
                                          share / "data" / "sensors");
  if (!setup) {
    throw base::WorldError("a layout of BeiDou contents or a mapping of sensors was refused",
                           setup.error().text());
  }
  return std::move(*setup);
}

fs::path find_share(const fs::path& given) {
  std::error_code none;
  std::vector<fs::path> places;
  if (!given.empty()) {
    places.push_back(given);
  } else {
    const auto program = fs::read_symlink("/proc/self/exe", none);
    places = {program.parent_path().parent_path() / "share" / "jinglue", fs::current_path(none)};
  }
  for (const auto& place : places) {
    if (fs::is_directory(place / "rules", none) && fs::is_directory(place / "registers", none)) {
      return place;
    }
  }
  throw base::WorldError("the folder with rules/ and registers/ was not found",
                         places.back().string(), "name it with --share FOLDER");
}

}  // namespace jinglue::app
