// SPDX-License-Identifier: Apache-2.0
// Dispatcher: from a request to the handler that answers it. Here are the things that hold for all
// resources: session, CSRF token, origin, body type, language, problems, compression, security
// headers. Handlers run on workers, never on the socket threads.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "serve/api/application.hpp"
#include "serve/api/basic_sessions.hpp"
#include "serve/api/call.hpp"
#include "serve/api/router.hpp"
#include "serve/api/settings.hpp"
#include "serve/api/visitor.hpp"
#include "serve/api/worker_pool.hpp"
#include "serve/page/bundle.hpp"

namespace jinglue::serve {

class Dispatcher final : public Application {
 public:
  /// Makes the listener of a stream for the one who is signed in; null = too many streams.
  using OpenStream = std::function<std::shared_ptr<StreamListener>(const access::SignedIn&)>;

  Dispatcher(const Settings& settings, const Services& services, OpenStream open_stream);

  Router& api() { return m_api; }          ///< paths below /api/v1
  Router& outside() { return m_outside; }  ///< paths of the root: /healthz, /metrics, /ogc

  std::size_t body_limit(const Request& head) const override;
  void answer(Request request, std::function<void(Response)> done) override;
  void open_stream(Request request, std::function<void(Opened)> done) override;
  bool produce(std::shared_ptr<BodyPipe> pipe, std::function<void(BodyPipe&)> work) override;
  Response refuse(int status, std::string_view code, std::string_view detail) override;

  /// Refuses new work and finishes what was accepted.
  void close();
  base::Json counters() const;

 private:
  struct Found {
    Match match;
    bool api{false};
  };
  Found find(const Request& request) const;
  void find_client(Request& request) const;
  WorkerPool& pool_for(const Route* route);
  Response run(const Request& request, const Found& found);
  Response run_route(const Request& request, const Match& match, Call& call);
  std::optional<Response> refuse_write(const Request& request, const Call& call) const;
  std::optional<Response> read_body(const Request& request, const Route& route, Call& call) const;
  Response page(const Request& request) const;
  Response finish(const Request& request, Response response) const;

  const Settings& m_settings;
  const Services& m_services;
  OpenStream m_open_stream;
  BasicSessions m_basic;
  Router m_api, m_outside;
  std::unique_ptr<Bundle> m_bundle;
  WorkerPool m_workers;
  WorkerPool m_slow;       ///< password hashing: a third of a second and 64 MiB each
  WorkerPool m_questions;  ///< reading the archive: up to a minute each
  std::mutex m_pipes_mutex;
  std::vector<std::weak_ptr<BodyPipe>> m_pipes;  ///< being filled; guarded by the mutex
  std::atomic<std::uint64_t> m_refused_busy{0}, m_failures{0}, m_client_errors{0};
};

}  // namespace jinglue::serve
