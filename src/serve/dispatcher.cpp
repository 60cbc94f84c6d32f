// SPDX-License-Identifier: Apache-2.0
#include "serve/dispatcher.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "serve/api/body_pipe.hpp"
#include "serve/api/compress.hpp"

namespace jinglue::serve {
namespace {

constexpr std::size_t kWorkersQueue = 512;
constexpr std::size_t kSlowQueue = 32;
constexpr std::size_t kQuestions = 2;  // at a time: the live picture must not wait for the past
constexpr std::size_t kQuestionsQueue = 32;
constexpr std::size_t kWorthCompressing = 1400;  // less fits into one packet anyway
constexpr int kGzipLevel = 4;

/// No script but our own files; MapLibre makes its worker and images from blobs. Style attributes
/// are written by the components, hence 'unsafe-inline' for styles only.
constexpr std::string_view kContentPolicy =
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; "
    "child-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'";

/// Takes as long for every wrong token.
bool equal_secrets(std::string_view a, std::string_view b) {
  if (a.size() != b.size() || a.empty()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference |=
        static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]));
  }
  return difference == 0;
}

bool is_media(std::string_view header, std::string_view wanted) {
  return base::to_lower_ascii(base::trim(header.substr(0, header.find(';')))) == wanted;
}

/// The first is the one to recommend.
std::vector<std::string_view> media_of(Body body) {
  if (body == Body::kJson) return {"application/json"};
  if (body == Body::kTable) {
    return {"text/csv",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/geo+json",
            "application/geopackage+sqlite3",
            "application/vnd.google-earth.kml+xml",
            "application/zip",
            "application/octet-stream"};
  }
  return {"application/octet-stream", "text/plain"};
}

/// Programs and browsers then ask for a name and a password.
Response asking_for_password(const Call& call, const base::Error& error) {
  Response out = call.problem(to_problem(error));
  if (out.status == 401) {
    out.headers.emplace_back("WWW-Authenticate", "Basic realm=\"Jinglue\", charset=\"UTF-8\"");
  }
  return out;
}

Response unavailable(std::string_view language) {
  Response out = to_response(
      {503, "unavailable", "the server is busy or stopping", {}, "try again in a moment"},
      language);
  out.headers.emplace_back("Retry-After", "1");
  return out;
}

}  // namespace

Dispatcher::Dispatcher(const Settings& settings, const Services& services, OpenStream open_stream)
    : m_settings(settings),
      m_services(services),
      m_open_stream(std::move(open_stream)),
      m_workers(settings.workers, kWorkersQueue),
      m_slow(1, kSlowQueue),
      m_questions(kQuestions, kQuestionsQueue) {
  if (!settings.web.empty()) m_bundle = std::make_unique<Bundle>(settings.web);
}

void Dispatcher::close() {
  {
    // A worker must not wait for a slow client while we wait for the worker.
    const std::lock_guard lock(m_pipes_mutex);
    for (const auto& one : m_pipes) {
      if (const auto pipe = one.lock()) pipe->abandon();
    }
  }
  m_workers.close();
  m_slow.close();
  m_questions.close();
}

WorkerPool& Dispatcher::pool_for(const Route* route) {
  if (route == nullptr) return m_workers;
  if (route->slow) return m_slow;
  return route->question ? m_questions : m_workers;
}

Dispatcher::Found Dispatcher::find(const Request& request) const {
  const auto& all = request.segments;
  if (all.size() >= 2 && all[0] == "api" && all[1] == "v1") {
    return {m_api.match(request.method, {all.begin() + 2, all.end()}), true};
  }
  const bool api = !all.empty() && (all[0] == "api" || all[0] == "ogc");
  return {m_outside.match(request.method, all), api};
}

std::size_t Dispatcher::body_limit(const Request& head) const {
  const auto found = find(head);
  const auto* route = found.match.route;
  if (route == nullptr || route->body == Body::kNone) return 4096;
  return route->large ? m_settings.max_import : m_settings.max_body;
}

/// Several headers of this name are one list (RFC 9110, 5.3).
void Dispatcher::find_client(Request& request) const {
  std::string hops;
  for (const auto& [name, value] : request.headers) {
    if (name == "x-forwarded-for") hops += (hops.empty() ? "" : ",") + value;
  }
  request.address = m_settings.trusted_proxies.client_of(request.address, hops);
}

void Dispatcher::answer(Request request, std::function<void(Response)> done) {
  find_client(request);
  const auto found = find(request);
  if (!found.api && found.match.allowed.empty()) {
    return done(finish(request, page(request)));  // from memory: no worker needed
  }
  auto& pool = pool_for(found.match.route);
  const auto language = language_of(request);
  // Shared between this call and the worker, because std::function copies.
  const auto kept = std::make_shared<Request>(std::move(request));
  const bool taken = pool.run([this, kept, found, done] { done(run(*kept, found)); });
  if (!taken) {
    ++m_refused_busy;
    done(finish(*kept, unavailable(language)));
  }
}

Response Dispatcher::run(const Request& request, const Found& found) {
  const auto language = language_of(request);
  Response out;
  try {
    Call call{request, found.match.parameters, m_services, {}, {}, language, {}, {}};
    out = run_route(request, found.match, call);
  } catch (const std::exception& failure) {
    // The text may hold paths and SQL: it goes to the log, not to the client.
    base::log_error("serve", "{} {} failed: {}", to_text(request.method), request.path(),
                    failure.what());
    out = to_response({500,
                       "internal",
                       "the request failed; the log of the server says why",
                       {},
                       "tell an administrator the time of this failure"},
                      language);
  }
  if (out.status >= 500) ++m_failures;
  if (out.status >= 400 && out.status < 500) ++m_client_errors;
  return finish(request, std::move(out));
}

Response Dispatcher::run_route(const Request& request, const Match& match, Call& call) {
  if (match.route == nullptr) {
    if (match.allowed.empty()) {
      return call.problem({404, "missing", "there is no such address: " + request.path()});
    }
    Response out = call.problem({405, "method_not_allowed", "this address has other methods"});
    std::string allow;
    for (const auto method : match.allowed) {
      allow += (allow.empty() ? "" : ", ") + std::string(to_text(method));
    }
    out.headers.emplace_back("Allow", allow);
    return out;
  }
  const Route& route = *match.route;
  call.now = m_services.clock().now;
  if (!same_origin(request) && is_write(request.method)) {
    return call.problem({403, "origin", "the Origin header names another host"});
  }
  if (!route.open) {
    auto session = session_of(request, m_services);
    if (!session && route.basic) {
      auto given = m_basic.session(request, *m_services.access);
      if (!given) return asking_for_password(call, given.error());
      session = std::move(*given);
      if (!session)
        return asking_for_password(call, {base::Code::kUnauthorised, "no valid session", {}, {}});
    }
    if (!session) return call.problem({401, "unauthorised", "no valid session"});
    call.session = std::move(*session);
    call.token = request.cookie(kSessionCookie);
    if (auto refusal = refuse_write(request, call)) return std::move(*refusal);
  }
  if (auto refusal = read_body(request, route, call)) return std::move(*refusal);
  auto answer = route.handler(call);
  return answer ? std::move(*answer) : call.problem(to_problem(answer.error()));
}

std::optional<Response> Dispatcher::refuse_write(const Request& request, const Call& call) const {
  if (!is_write(request.method)) return std::nullopt;
  if (equal_secrets(request.header("x-csrf-token"), call.session.csrf)) return std::nullopt;
  return call.problem({403, "csrf", "the header X-CSRF-Token is absent or not this session's",
                       "X-CSRF-Token", "take it from GET /api/v1/session"});
}

std::optional<Response> Dispatcher::read_body(const Request& request, const Route& route,
                                              Call& call) const {
  if (route.body == Body::kNone) return std::nullopt;
  const bool json = route.body == Body::kJson;
  const auto wanted = media_of(route.body);
  const auto sent = request.header("content-type");
  if (std::none_of(wanted.begin(), wanted.end(),
                   [&](std::string_view one) { return is_media(sent, one); })) {
    return call.problem(
        {415, "unsupported_media", "the Content-Type must be " + std::string(wanted.front())});
  }
  if (!json) return std::nullopt;
  auto parsed = base::parse_json(request.body, m_settings.max_body);
  if (!parsed) return call.problem({400, "malformed", parsed.error().message});
  if (!parsed->is_object()) {
    return call.problem({400, "malformed", "the body is not a JSON object"});
  }
  call.json = std::move(*parsed);
  return std::nullopt;
}

void Dispatcher::open_stream(Request request, std::function<void(Opened)> done) {
  find_client(request);
  // Shared between this call and the worker, because std::function copies.
  const auto kept = std::make_shared<Request>(std::move(request));
  const auto language = language_of(*kept);
  const bool taken = m_workers.run([this, kept, language, done] {
    const auto refuse = [&](const Problem& problem) {
      done(finish(*kept, to_response(problem, language)));
    };
    if (kept->segments != std::vector<std::string>{"api", "v1", "stream"}) {
      return refuse({404, "missing", "there is no stream at " + kept->path()});
    }
    if (kept->header("origin").empty() || !same_origin(*kept)) {
      return refuse({403, "origin", "the Origin header must name this host"});
    }
    const auto session = session_of(*kept, m_services);
    if (!session) return refuse({401, "unauthorised", "no valid session"});
    auto listener = m_open_stream(*session);
    if (!listener) return refuse({503, "unavailable", "too many open streams"});
    done(std::move(listener));
  });
  if (!taken) done(finish(*kept, unavailable(language)));
}

bool Dispatcher::produce(std::shared_ptr<BodyPipe> pipe, std::function<void(BodyPipe&)> work) {
  {
    const std::lock_guard lock(m_pipes_mutex);
    std::erase_if(m_pipes, [](const auto& one) { return one.expired(); });
    m_pipes.push_back(pipe);
  }
  return m_questions.run([pipe = std::move(pipe), work = std::move(work)] {
    try {
      work(*pipe);
    } catch (const std::exception& failure) {
      base::log_error("serve", "an answer broke off: {}", failure.what());
      pipe->finish(false);
    }
  });
}

Response Dispatcher::refuse(int status, std::string_view code, std::string_view detail) {
  ++m_client_errors;
  return finish({}, to_response({status, std::string(code), std::string(detail)}, "en"));
}

Response Dispatcher::page(const Request& request) const {
  const auto language = language_of(request);
  if (request.method != Method::kGet && request.method != Method::kHead) {
    return to_response({405, "method_not_allowed", "pages can only be read"}, language);
  }
  if (m_bundle) {
    if (auto found = m_bundle->answer(request)) return std::move(*found);
  }
  return to_response({404, "missing", "there is no such page: " + request.path()}, language);
}

Response Dispatcher::finish(const Request& request, Response response) const {
  auto& headers = response.headers;
  headers.emplace_back("Content-Security-Policy", kContentPolicy);
  headers.emplace_back("X-Content-Type-Options", "nosniff");
  headers.emplace_back("X-Frame-Options", "DENY");
  headers.emplace_back("Referrer-Policy", "same-origin");
  headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  headers.emplace_back("Permissions-Policy", "geolocation=(), camera=(), microphone=()");
  if (request.secure) headers.emplace_back("Strict-Transport-Security", "max-age=31536000");
  const auto has = [&](std::string_view name) {
    return std::any_of(headers.begin(), headers.end(),
                       [&](const auto& header) { return header.first == name; });
  };
  const bool compress = response.size() >= kWorthCompressing && is_compressible(response.type) &&
                        !has("Content-Encoding") && !has("Vary");
  if (!compress) return response;
  headers.emplace_back("Vary", "Accept-Encoding");
  if (accepts(request.header("accept-encoding"), "gzip")) {
    response.set_body(gzip(response.text(), kGzipLevel));
    headers.emplace_back("Content-Encoding", "gzip");
  }
  return response;
}

base::Json Dispatcher::counters() const {
  return base::Json::object({{"requests_refused_busy_total", m_refused_busy.load()},
                             {"requests_failed_total", m_failures.load()},
                             {"requests_client_error_total", m_client_errors.load()},
                             {"workers_waiting", m_workers.waiting()}});
}

}  // namespace jinglue::serve
