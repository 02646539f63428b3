#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "http/operation.hpp"
#include "http/rate_limits.hpp"
#include "http/router.hpp"
#include "http/write_conventions.hpp"

namespace gochron::http {

/// The REST API on a server: finds the operation, lets in whoever may, and calls it. Thread-safe; outlives the server.
class api {
public:
  explicit api(services with);

  /// What the server calls with each request.
  void enter(request r, ticket t);

  /// For the server's options: pings may be small only.
  static std::size_t body_limit(std::string_view method, std::string_view path);

  /// Requests of one token in work at once; one more is told to come back.
  static constexpr int in_flight_limit = 512;

private:
  std::optional<error> charge(const request& r, const operation* op);
  std::optional<error> charge_write(call::state& s, const operation& op);
  void refuse_anonymous(const std::shared_ptr<call::state>& s, const error& why);
  void let_in(const std::shared_ptr<call::state>& s, const operation& op, token_record who);
  void authorise(std::shared_ptr<call::state> s, const operation& op);
  void run(const std::shared_ptr<call::state>& s, const operation& op);
  void admit(std::shared_ptr<call::state> s, const operation& op);
  std::shared_ptr<void> hold(token_id id);
  static std::optional<error> media_problem(const request& r, const operation& op);

  services with_;
  router router_;
  rate_limits limits_;
  struct in_flight {
    std::mutex mutex;
    std::unordered_map<token_id, int> calls;
  };
  std::shared_ptr<in_flight> in_flight_ = std::make_shared<in_flight>(); ///< a call may outlive this api
  std::shared_ptr<running_keys> running_ = std::make_shared<running_keys>();
};

} // namespace gochron::http
