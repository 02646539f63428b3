#pragma once
#include <string>

#include "gochron/event_feed.hpp"
#include "storage/feed/feed_log.hpp"
#include "storage/postgres/read_pool.hpp"

namespace gochron::storage {

/// The feed as it is read. What is passed outlives this.
class feed_repository final : public event_feed {
public:
  feed_repository(feed_log& log, read_pool& lists, read_pool& streams) : log_(log), lists_(lists), streams_(streams) {}

  void list(org_id org, event_query q, reply_to<event_page> done) override {
    read(lists_, org, std::move(q), std::move(done));
  }
  void follow(org_id org, event_query q, reply_to<event_page> done) override {
    read(streams_, org, std::move(q), std::move(done));
  }
  std::int64_t visible(org_id org) const override { return log_.visible(org); }
  void on_news(std::function<void(org_id)> listener) override { log_.on_news(std::move(listener)); }

private:
  void read(read_pool& on, org_id org, event_query q, reply_to<event_page> done);

  feed_log& log_;
  read_pool& lists_;
  read_pool& streams_;
};

/// Tells `log` of the highest position that any event of each organisation has or had. Blocks.
sql_status load_feed(const std::string& conninfo, feed_log& log);

} // namespace gochron::storage
