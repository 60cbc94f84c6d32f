// SPDX-License-Identifier: Apache-2.0
#include "serve/server.hpp"

#include "base/hash.hpp"
#include "registry/registry.hpp"
#include "serve/api/rights.hpp"
#include "serve/dispatcher.hpp"
#include "serve/http/http_server.hpp"
#include "serve/resource/discussion.hpp"
#include "serve/resource/resources.hpp"
#include "serve/resource/retention.hpp"
#include "serve/stream/hub.hpp"

namespace jinglue::serve {
namespace {

void add_resources(Dispatcher& dispatcher, const Hooks& hooks, const Talked& talked) {
  Router& api = dispatcher.api();
  add_session(api, hooks);
  add_vessels(api);
  add_terminals(api);
  add_tracks(api);
  add_track_export(api);
  add_picture(api);
  add_archive(api);
  add_raster(api);
  add_encounters(api);
  add_findings(api, hooks);
  add_suspensions(api);
  add_inbox(api);
  add_saved_views(api);
  add_record_templates(api);
  add_record_schedules(api);
  add_rules(api);
  add_zones(api);
  add_registers(api);
  add_register_standing(api, hooks);
  add_records(api);
  add_record_files(api);
  add_discussion(api, talked);
  add_retention(api);
  add_record_values(api);
  add_register_changes(api);
  add_tiles(api);
  add_packs(api);
  add_plans(api);
  add_sea_use(api);
  add_plan_progress(api);
  add_search(api);
  add_coverage(api);
  add_sensors(api);
  add_messages(api);
  add_boat_messages(api);
  add_system(api, hooks);
  add_drill(api);
  add_users(api, hooks);
  add_audit(api);
  add_outputs(api);
  add_webhooks(api);
  add_ogc(dispatcher.outside());
  add_watchdogs(dispatcher.outside(), hooks);
}

}  // namespace

struct Server::Impl {
  Impl(Settings wanted, Services given)
      : settings(std::move(wanted)),
        services(std::move(given)),
        hub(settings, services),
        dispatcher(settings, services,
                   [this](const access::SignedIn& session) { return hub.open(session); }),
        http(settings, dispatcher) {
    add_resources(dispatcher, hooks(),
                  [this](const registry::Record& record, const std::string& actor) {
                    publish_talk(record, actor);
                  });
  }

  Hooks hooks();
  void publish_review(const findings::Review& review, const std::string& district);
  void publish_talk(const registry::Record& record, const std::string& actor);

  const Settings settings;
  const Services services;
  Hub hub;
  Dispatcher dispatcher;
  http::HttpServer http;
  bool started{false};
};

Hooks Server::Impl::hooks() {
  Hooks out;
  out.reviewed = [this](const findings::Review& review, const std::string& district) {
    publish_review(review, district);
  };
  out.signed_out = [this](const std::string&) { hub.check_sessions(); };
  out.user_changed = [this](const std::string&) { hub.check_sessions(); };
  out.registers_changed = [this] {
    RecordNotice notice;
    notice.resource = "registers";
    notice.may_see = [](const access::Actor&) { return true; };
    hub.publish_record(std::move(notice));
  };
  out.counters = [this] {
    base::Json all = http.counters();
    for (const auto& part : {dispatcher.counters(), hub.counters()}) {
      for (const auto& [name, value] : part.members()) all.set(name, value);
    }
    return all;
  };
  return out;
}

void Server::Impl::publish_review(const findings::Review& review, const std::string& district) {
  RecordNotice notice;
  notice.resource = "reviews";
  notice.id = review.id;
  notice.actor = review.actor;
  notice.parent = base::to_hex(review.finding.value);
  notice.revision = review.seen_step;
  notice.may_see = [district](const access::Actor& actor) {
    return finding_right(actor).sees(district);
  };
  hub.publish_record(std::move(notice));
}

/// Comments are no part of the record and change no revision: they are told by themselves.
void Server::Impl::publish_talk(const registry::Record& record, const std::string& actor) {
  RecordNotice notice;
  notice.resource = "comments";
  notice.id = record.id;
  notice.actor = actor;
  notice.parent = record.register_id;
  notice.may_see = [record, registry = services.registry](const access::Actor& reader) {
    return registry->may_see(record, reader).has_value();
  };
  hub.publish_record(std::move(notice));
}

Server::Server(Settings settings, Services services)
    : m_impl(std::make_unique<Impl>(std::move(settings), std::move(services))) {}

Server::~Server() {
  stop();
}

void Server::start() {
  m_impl->started = true;
  m_impl->hub.start();
  m_impl->http.start();
}

/// Streams first, so that browsers hear that the server goes; then the answers under way.
void Server::stop() {
  m_impl->hub.stop();
  m_impl->dispatcher.close();
  m_impl->http.stop();
}

std::uint16_t Server::port() const {
  return m_impl->http.port();
}

void Server::picture_changed() {
  m_impl->hub.picture_changed();
}

void Server::publish_steps(std::span<const model::FindingStep> steps) {
  if (!steps.empty()) m_impl->hub.publish_steps(steps);
}

void Server::publish_change(const model::RecordChange& change) {
  RecordNotice notice;
  notice.resource = change.register_id;
  notice.id = change.record_id;
  notice.revision = change.revision;
  notice.actor = change.actor;
  registry::Record row;
  row.register_id = change.register_id;
  row.id = change.record_id;
  row.state = change.state;
  row.fields = change.fields;
  notice.may_see = [row = std::move(row),
                    registry = m_impl->services.registry](const access::Actor& actor) {
    return registry->may_see(row, actor).has_value();
  };
  m_impl->hub.publish_record(std::move(notice));
}

void Server::publish_sensors() {
  RecordNotice notice;
  notice.resource = "sensors";
  notice.may_see = [](const access::Actor& actor) {
    return access::authorise(actor, access::Action::kSeeSituation, {"", actor.district})
        .has_value();
  };
  m_impl->hub.publish_record(std::move(notice));
}

void Server::publish_rules(const std::string& revision) {
  RecordNotice notice;
  notice.resource = "rules";
  notice.id = revision;
  notice.may_see = [](const access::Actor&) { return true; };
  m_impl->hub.publish_record(std::move(notice));
}

void Server::publish_outputs() {
  RecordNotice notice;
  notice.resource = "outputs";
  notice.may_see = [](const access::Actor& actor) {
    return access::authorise(actor, access::Action::kSeeSystem).has_value();
  };
  m_impl->hub.publish_record(std::move(notice));
}

base::Json Server::counters() const {
  return m_impl->hooks().counters();
}

}  // namespace jinglue::serve
