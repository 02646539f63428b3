#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/schema/object.hpp"
#include "core/schema/read_models.hpp"
#include "gochron/audit.hpp"
#include "gochron/engine.hpp"
#include "gochron/event_feed.hpp"
#include "gochron/feedback.hpp"
#include "gochron/store.hpp"
#include "http/rate_limits.hpp"
#include "http/server/request.hpp"
#include "http/server/response.hpp"
#include "http/server/ticket.hpp"

namespace gochron::http {

class event_streams;

/// What the handlers work with. All of it outlives the server.
struct services {
  gochron::engine& engine;
  query_store& queries;
  answer_store& answers;
  audit_store& audit;
  event_feed& events;
  event_streams& streams;
  const wall_clock& clock;
  std::string base_url;                        ///< of links and ping URLs, without a slash at its end; empty: from Host
  std::string cursor_key;                      ///< cursors are signed with it
  std::function<bool()> ready;                 ///< false while the database is away
  std::function<bool()> draining;              ///< true from SIGTERM on
  std::function<std::string()> metrics;        ///< Prometheus text format 0.0.4
  std::vector<std::string> egress_addresses{}; ///< where checks and webhooks come from, as the operator says
  rate_options rates = {};
  org_id operators = {}; ///< the organisation of whoever runs this server
  bool hosted = false;   ///< tenants are strangers
  feedback_store& feedback;
  std::string link_key; ///< links that act are signed with it
};

/// One request on its way through a handler: what was asked, by whom, and the one place for the answer. Cheap to copy;
/// copies share everything. The answer may come from any thread; the second one is dropped by the server.
class call {
public:
  /// A request that carries an Idempotency-Key.
  struct repeatable {
    std::string key;
    sha256_digest fingerprint{};
    std::shared_ptr<void> claim;                ///< nobody else works under this key while it is held
    std::shared_ptr<const response> given = {}; ///< the answer that the transaction keeps
  };

  struct state {
    http::request request;
    http::ticket ticket;
    const services* with = nullptr;
    std::vector<std::pair<std::string, std::string>> params; ///< of the path
    token_record who;                                        ///< nil on public operations
    std::string base_url;
    rate_limits* limits = nullptr;
    rate_charge charge;         ///< empty on public operations
    std::shared_ptr<void> held; ///< what is let go when the call ends
    // of writes:
    std::shared_ptr<const change_origin> origin;
    bool dry = false; ///< `validate_only`
    std::optional<repeatable> key;
  };
  explicit call(std::shared_ptr<state> s) : s_(std::move(s)) {}

  const http::request& request() const { return s_->request; }
  const services& with() const { return *s_->with; }
  org_id org() const { return s_->who.org; }
  const token_record& who() const { return s_->who; }
  bool dry() const { return s_->dry; }
  bool has_key() const { return s_->key.has_value(); }
  const repeatable& key() const { return *s_->key; }
  std::string_view param(std::string_view name) const;
  const http::ticket& ticket() const { return s_->ticket; }
  core::write_options options(bool show_secret = false) const {
    return {core::audience::api, s_->base_url, show_secret};
  }

  void answer(response r) const;
  /// Of a request that is to be done again under its key, if it comes again.
  void answer_unkept(response r) const;
  /// The answer of an earlier request with the same key.
  void replay(response r) const;
  void refuse(const error& e) const;
  void json(unsigned status, std::string body, std::vector<header> headers = {}) const;

  /// A write's `by` and the place for its answer, which `show` makes of what was written: `response (const T&)`. Where
  /// the request has a key, that answer is kept in the transaction of the write.
  template <class T, class Show>
  std::pair<written_by<T>, reply_to<T>> write(Show show) const {
    written_by<T> by{s_->origin, s_->dry, {}};
    if (s_->key && !s_->dry)
      by.keep = [c = *this, show](const T& x) { return c.to_keep(show(x)); };
    return {std::move(by),
            reply_to<T>{[c = *this, show](result<T> x) { x ? c.answer(show(*x)) : c.refuse(x.error()); }}};
  }
  /// Of a write that is answered with 204.
  written_by<void> by() const { return {s_->origin, s_->dry}; }

  /// The id in the path, or nothing: then 404 was answered. An id of another kind is as unknown as any.
  template <class Id>
  std::optional<Id> id(std::string_view name = "id") const {
    auto x = Id::parse(param(name));
    if (!x)
      refuse(error{errc::not_found, "No such " + std::string{name == "id" ? "resource" : name} + ".", {}, {}, {}});
    return x;
  }

  /// The body of an action, which may be left out for one of defaults; or nothing: then the request was refused.
  template <class T>
  std::optional<T> optional_body(const core::object_schema<T>& schema) const {
    if (request().body->empty())
      return T{};
    auto body = core::read_body(schema, *request().body);
    if (!body)
      refuse(body.error());
    return body ? std::optional{std::move(*body)} : std::nullopt;
  }

  /// The version in If-Match. A tag that no version of ours can have gives -1, which is always stale; `*` and no header
  /// give nothing. Error: `malformed`.
  result<std::optional<std::int64_t>> if_version() const;

  template <class T>
  std::string render(const core::object_schema<T>& schema, const T& x, bool show_secret = false) const {
    core::json_writer w;
    schema.write(x, w, options(show_secret));
    return w.str();
  }

  /// Answers with one resource, or the error. `version` makes the ETag; a GET whose If-None-Match names it gets 304.
  template <class T>
  void one(const result<T>& x, const core::object_schema<T>& schema,
           std::optional<std::int64_t> version = std::nullopt) const {
    if (!x)
      return refuse(x.error());
    std::vector<header> headers;
    if (version) {
      headers.push_back({"ETag", etag(*version)});
      if (request().method != "POST" && none_match(*version))
        return answer({.status = 304, .content_type = {}, .headers = headers, .body = {}});
    }
    json(200, render(schema, *x), std::move(headers));
  }

  /// 200 with what a write has made of a resource.
  template <class T>
  response shown(const T& x, const core::object_schema<T>& schema, std::optional<std::int64_t> version = std::nullopt,
                 bool show_secret = false) const {
    std::vector<header> headers;
    if (version)
      headers.push_back({"ETag", etag(*version)});
    return {200, "application/json", std::move(headers), render(schema, x, show_secret)};
  }

  /// 201 with Location.
  template <class T>
  response created(const T& x, const core::object_schema<T>& schema, const std::string& location,
                   std::optional<std::int64_t> version, bool show_secret = false) const {
    auto r = shown(x, schema, version, show_secret);
    r.status = 201;
    r.headers.insert(r.headers.begin(), {"Location", location});
    return r;
  }

  /// 204, or the error.
  reply_to<void> done() const;

  static std::string etag(std::int64_t version) { return '"' + std::to_string(version) + '"'; }
  bool none_match(std::int64_t version) const;

  /// `r` as the answer that the transaction of the write is to keep; given instead of any other success.
  kept_answer to_keep(response r) const;

private:
  void keep_then_send(response r) const;
  void send(response r) const;

  std::shared_ptr<state> s_;
};

} // namespace gochron::http
