// SPDX-License-Identifier: Apache-2.0
#include "output/smtp_post.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/local_time.hpp"
#include "base/text.hpp"

namespace jinglue::output {
namespace {

using base::Code;
using std::string_view;

bool starts(string_view text, string_view with) {
  return text.substr(0, with.size()) == with;
}

string_view host_of(string_view url) {
  const auto begin = url.find("://");
  if (begin == string_view::npos) return {};
  string_view rest = url.substr(begin + 3);
  if (!rest.empty() && rest.front() == '[') return rest.substr(1, rest.find(']') - 1);
  return rest.substr(0, rest.find_first_of(":/"));
}

bool is_this_machine(string_view host) {
  return host == "127.0.0.1" || host == "::1" || host == "localhost";
}

std::string base64(string_view octets) {
  std::string out(sodium_base64_encoded_len(octets.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(octets.data()),
                    octets.size(), sodium_base64_VARIANT_ORIGINAL);
  out.pop_back();  // the zero at the end
  return out;
}

/// RFC 5322, 3.3: "Mon, 30 Nov 2026 09:20:00 +0800".
std::string mail_date(base::Instant at) {
  constexpr std::array<const char*, 7> kDays = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr std::int64_t kAhead_ms = 8 * 3'600'000;
  constexpr std::int64_t kDay_ms = 86'400'000;
  const auto civil = base::to_civil(at, "Asia/Shanghai");
  if (!civil) return {};
  const auto day = (at.ms + kAhead_ms) / kDay_ms;
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0800", kDays[std::size_t(day % 7)],
                     civil->day, kMonths[std::size_t(civil->month - 1)], civil->year, civil->hour,
                     civil->minute, civil->second);
}

struct Lists {
  curl_slist* list{nullptr};
  Lists() = default;
  Lists(const Lists&) = delete;
  Lists& operator=(const Lists&) = delete;
  ~Lists() { curl_slist_free_all(list); }
  void add(const std::string& line) { list = curl_slist_append(list, line.c_str()); }
};

using Handle = std::unique_ptr<CURL, void (*)(CURL*)>;
using Mime = std::unique_ptr<curl_mime, void (*)(curl_mime*)>;

void add_headers(const Letter& letter, Lists& headers) {
  const auto name = letter.from_name.empty() ? "" : encoded_header(letter.from_name) + " ";
  headers.add(fmt::format("From: {}<{}>", name, letter.from));
  headers.add(fmt::format("To: <{}>", letter.to));
  headers.add("Subject: " + encoded_header(letter.subject));
  headers.add("Date: " + mail_date(letter.at));
  headers.add(
      fmt::format("Message-ID: <{}@{}>", letter.id, letter.from.substr(letter.from.find('@') + 1)));
  headers.add("Auto-Submitted: auto-generated");  // RFC 3834: no vacation answers to it
}

void set_server(CURL* curl, const SmtpServer& server) {
  curl_easy_setopt(curl, CURLOPT_URL, server.url.c_str());
  const bool plain = starts(server.url, "smtp://") && is_this_machine(host_of(server.url));
  curl_easy_setopt(curl, CURLOPT_USE_SSL, long{plain ? CURLUSESSL_TRY : CURLUSESSL_ALL});
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  if (!server.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, server.ca_file.c_str());
  if (!server.user.empty()) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, server.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, server.password.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, long{kSmtpPatience.count()});
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 10L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
}

base::Status outcome(CURL* curl, CURLcode code, const char* said) {
  if (code == CURLE_OK) return {};
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  const std::string why = *said != '\0' ? said : curl_easy_strerror(code);
  const bool for_good = status >= 500 && code != CURLE_LOGIN_DENIED;
  return base::fail(for_good ? Code::kMalformed : Code::kUnavailable,
                    status > 0 ? fmt::format("{} ({})", why, status) : why);
}

}  // namespace

base::Status check_smtp_url(string_view url) {
  const bool tls = starts(url, "smtps://");
  if (!tls && !starts(url, "smtp://")) {
    return base::fail(Code::kMalformed, "an address like smtp://host:587 or smtps://host:465");
  }
  const auto host = host_of(url);
  const bool good = !host.empty() && std::all_of(url.begin(), url.end(), [](char c) {
    return static_cast<unsigned char>(c) > ' ' && c != '@' && c != '\x7F';
  });
  if (!good) return base::fail(Code::kMalformed, "a host and perhaps a port, nothing else");
  return {};
}

bool is_mail_address(string_view text) {
  const auto at = text.find('@');
  if (at == string_view::npos || at == 0 || at + 1 >= text.size() || text.size() > 254)
    return false;
  const auto is_plain = [](char c) {
    return static_cast<unsigned char>(c) > ' ' && static_cast<unsigned char>(c) < 0x7F &&
           string_view("<>(),;:\\\"[]@").find(c) == string_view::npos;
  };
  const auto name = text.substr(0, at), host = text.substr(at + 1);
  return std::all_of(name.begin(), name.end(), is_plain) &&
         std::all_of(host.begin(), host.end(), is_plain);
}

std::string encoded_header(string_view utf8) {
  const bool plain = std::all_of(utf8.begin(), utf8.end(), [](char c) {
    return static_cast<unsigned char>(c) >= ' ' && static_cast<unsigned char>(c) < 0x7F;
  });
  if (plain && utf8.find("=?") == string_view::npos) return std::string(utf8);
  constexpr std::size_t kMostOctets = 45;  // 60 characters of base64 and twelve around them
  std::string out;
  for (std::size_t from = 0; from < utf8.size();) {
    auto to = std::min(utf8.size(), from + kMostOctets);
    while (to < utf8.size() && (static_cast<unsigned char>(utf8[to]) & 0xC0) == 0x80) --to;
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + base64(utf8.substr(from, to - from)) + "?=";
    from = to;
  }
  return out;
}

base::Status post_letter(const SmtpServer& server, const Letter& letter) {
  static const CURLcode kReady = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (kReady != CURLE_OK) return base::fail(Code::kUnavailable, curl_easy_strerror(kReady));
  if (!is_mail_address(letter.from) || !is_mail_address(letter.to)) {
    return base::fail(Code::kMalformed, "no mail address: " + letter.to);
  }
  const Handle curl(curl_easy_init(), curl_easy_cleanup);
  const Mime mime(curl_mime_init(curl.get()), curl_mime_free);
  curl_mimepart* part = curl_mime_addpart(mime.get());
  curl_mime_data(part, letter.text.data(), letter.text.size());
  curl_mime_type(part, "text/plain; charset=utf-8");
  curl_mime_encoder(part, "base64");

  Lists headers, to;
  add_headers(letter, headers);
  to.add("<" + letter.to + ">");
  const std::string from = "<" + letter.from + ">";
  std::array<char, CURL_ERROR_SIZE> said{};
  set_server(curl.get(), server);
  curl_easy_setopt(curl.get(), CURLOPT_MAIL_FROM, from.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_MAIL_RCPT, to.list);
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.list);
  curl_easy_setopt(curl.get(), CURLOPT_MIMEPOST, mime.get());
  curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, said.data());
  const auto code = curl_easy_perform(curl.get());
  return outcome(curl.get(), code, said.data());
}

}  // namespace jinglue::output
