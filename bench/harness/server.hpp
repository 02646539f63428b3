#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <rapidjson/document.h>

#include "bench/harness/load.hpp"
#include "bench/harness/process.hpp"

namespace gochron::bench {

/// Which server is measured: a running one (`url`, `token`), or one of our own (`binary`), which is started with an
/// embedded Postgres in a folder of its own, pinned to the first core, and removed at the end.
struct server_options {
  std::string url, token;
  std::string binary;
  pid_t engine_pid = 0;   ///< of a running one on this machine: gives CPU and memory; zero: not known
  pid_t postgres_pid = 0; ///< its postmaster
  int core = 0;           ///< that one of our own runs on; negative: all of them
};

/// What has been used up to an instant; differences are the cost of what happened between.
struct cost {
  double engine_cpu = 0;   ///< seconds
  double postgres_cpu = 0; ///< seconds
  std::map<std::string, double> metrics;

  double metric(const std::string& name) const;
};

/// An answer of the API.
struct answer {
  int status = 0;
  std::shared_ptr<rapidjson::Document> body;
  const rapidjson::Value& operator[](const char* name) const { return (*body)[name]; }
};

/// Heartbeats that were made, and where each is pinged.
struct heartbeats {
  std::vector<std::string> ids, paths;
};

/// The server under test. Every call throws std::runtime_error when the server does not do its part.
class server {
public:
  /// `arguments` are further flags for one of our own.
  explicit server(server_options options, std::vector<std::string> arguments = {});
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  bool own() const { return !options_.binary.empty(); }
  const std::string& url() const { return options_.url; }
  const std::string& token() const { return options_.token; }
  const std::string& data_dir() const { return data_dir_; }
  endpoint at() const { return endpoint_of(options_.url); }
  pid_t engine_pid() const { return options_.engine_pid; }
  pid_t postgres_pid() const { return options_.postgres_pid; }

  /// One of our own only: ends it (SIGTERM) or starts it again. start() returns when it listens.
  void stop();
  void start();
  /// One of our own only: kill -9, and start() again.
  void crash();
  /// Stops an own engine from running while something else is measured on its core.
  void freeze();
  void thaw();

  answer call(const std::string& method, const std::string& path, const std::string& body = {}) const;
  /// `call` that must answer 2xx.
  answer must(const std::string& method, const std::string& path, const std::string& body = {}) const;
  /// Creates `count` resources over 32 connections; the ids, by number.
  std::vector<std::string> create(const std::string& path, std::uint64_t count,
                                  const std::function<std::string(std::uint64_t)>& body) const;
  /// Likewise; `settings` is the JSON of `heartbeat`.
  heartbeats create_heartbeats(std::uint64_t count, const std::function<std::string(std::uint64_t)>& name,
                               const std::string& settings = "{}") const;
  /// The same change to each.
  void patch_all(const std::string& path, const std::vector<std::string>& ids, const std::string& body) const;
  void remove_all(const std::string& path, const std::vector<std::string>& ids) const;

  std::string metrics_text() const;
  cost spent() const;

private:
  void find_postgres();
  /// Sends `count` requests, those answered 503 again; anything else that is not success throws.
  void insist(std::uint64_t count, const std::function<std::string(std::uint64_t)>& request,
              const std::function<void(const reply&)>& seen) const;
  /// Creates; `seen` gets each answer's number and body.
  void create_each(const std::string& path, std::uint64_t count, const std::function<std::string(std::uint64_t)>& body,
                   const std::function<void(std::uint64_t, const rapidjson::Document&)>& seen) const;
  void for_each(const char* method, const std::string& path, const std::vector<std::string>& ids,
                const std::string& body) const;

  server_options options_;
  std::vector<std::string> arguments_;
  std::string home_, data_dir_;
  std::optional<child> process_;
};

} // namespace gochron::bench
