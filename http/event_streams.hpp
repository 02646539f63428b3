#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <unordered_map>
#include <vector>

#include "gochron/engine.hpp"
#include "gochron/event_feed.hpp"
#include "http/call.hpp"
#include "http/server/stream.hpp"

namespace gochron::http {

struct stream_limits {
  std::size_t per_token = 20;          ///< over: 429
  std::size_t per_organization = 1000; ///< over: 429
  std::size_t total = 8000;            ///< over: 503. Below the server's connections: the API stays reachable
  std::size_t waiting = 256 * 1024;    ///< bytes for a client that does not read; over: the stream is ended
  std::chrono::seconds heartbeat{15};  ///< also how often tokens are looked at
};

/// A snapshot; counts since the start unless they say otherwise.
struct stream_stats {
  std::uint64_t open = 0; ///< now
  std::uint64_t opened = 0, cut = 0, frames = 0;
};

/// Everyone who follows the events of an organisation over HTTP. One reader of the feed an organisation serves all who
/// are at the present; who resumes reads for himself until he is there. Thread-safe (docs/adr/0094).
class event_streams {
public:
  /// `feed` and `who` outlive this; `feed` must have stopped answering before this goes.
  event_streams(event_feed& feed, engine& who, stream_limits limits = {});
  ~event_streams();
  event_streams(const event_streams&) = delete;
  event_streams& operator=(const event_streams&) = delete;

  /// Answers the call with a stream of what happens behind the position `after`, or from now on.
  void open(const call& c, event_filter only, std::optional<std::int64_t> after);

  /// Ends every stream with a word for its client; new ones are refused. Idempotent.
  void close();

  stream_stats stats() const;

private:
  struct subscriber;
  struct tail;
  using subscriber_ptr = std::shared_ptr<subscriber>;

  std::optional<response> admit(const call& c);
  void let_go(subscriber& s);
  void settle(const subscriber_ptr& s);
  void catch_up(const subscriber_ptr& s);
  void caught(const subscriber_ptr& s, result<event_page> found);
  void drained(const subscriber_ptr& s);
  void read_tail(org_id org);
  void tell(org_id org, result<event_page> found);
  void fan_out(const event_page& page, const std::vector<subscriber_ptr>& to);
  bool retire(const subscriber_ptr& s);
  void cut(const subscriber_ptr& s);
  void run();
  void tick(std::uint64_t second);
  void look_at_tokens();
  void end_streams_of(token_id token);

  event_feed& feed_;
  engine& engine_;
  const stream_limits limits_;
  std::atomic<std::uint64_t> opened_{0}, cut_{0}, frames_{0};

  mutable std::mutex mutex_; ///< never held while a stream is begun or a frame is sent to many
  std::set<subscriber_ptr> all_;
  std::unordered_map<token_id, std::size_t> by_token_;
  std::unordered_map<org_id, std::size_t> by_org_;
  std::size_t open_ = 0;
  std::unordered_map<org_id, tail> tails_;
  bool closed_ = false;

  std::mutex news_mutex_; ///< all that a thread of the store ever waits for
  std::condition_variable wake_;
  std::set<org_id> news_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace gochron::http
