#include <map>

#include <pthread.h>

#include "core/event_filter.hpp"
#include "core/roles.hpp"
#include "http/event_frames.hpp"
#include "http/event_subscriber.hpp"

/// The half of event_streams that serves those at the present: one read for all, one frame for all, one beat for all.
namespace gochron::http {
namespace {

using std::chrono::steady_clock;

constexpr std::uint32_t tail_rows = 200;
constexpr std::string_view needed_scope = "events:read";

} // namespace

void event_streams::read_tail(org_id org) {
  event_query q;
  q.limit = tail_rows;
  {
    std::lock_guard guard{mutex_};
    auto t = tails_.find(org);
    if (t == tails_.end())
      return;
    if (t->second.reading) {
      t->second.again = true;
      return;
    }
    t->second.reading = true;
    q.after = t->second.position;
  }
  feed_.follow(org, std::move(q),
               reply_to<event_page>{[this, org](result<event_page> found) { tell(org, std::move(found)); }});
}

// The tail moves on before anybody is told: who comes to it from here on has read further himself.
void event_streams::tell(org_id org, result<event_page> found) {
  std::vector<subscriber_ptr> to;
  if (found) {
    std::lock_guard guard{mutex_};
    auto& t = tails_[org]; // stays while it is read
    t.position = std::max(t.position, found->reached);
    to = t.live;
  }
  if (found)
    fan_out(*found, to);
  bool again = false;
  {
    std::lock_guard guard{mutex_};
    auto& t = tails_[org];
    t.reading = false;
    again = std::exchange(t.again, false) || (found && found->more);
    if (t.live.empty())
      tails_.erase(org);
  }
  if (found && again) // else tick() does
    read_tail(org);
}

void event_streams::fan_out(const event_page& page, const std::vector<subscriber_ptr>& to) {
  for (const auto& x : page.rows) {
    auto about = core::subject_of(*x.body);
    frame bytes;
    for (const auto& s : to) {
      if (x.position <= s->position || !core::matches(s->only, x, about))
        continue;
      if (!bytes) {
        std::string text;
        append_event_frame(text, x);
        bytes = std::make_shared<const std::string>(std::move(text));
      }
      if (s->out.send(bytes))
        ++frames_;
      else
        cut(s);
    }
  }
}

void event_streams::run() {
  ::pthread_setname_np(::pthread_self(), "event-streams");
  auto next = steady_clock::now() + seconds{1};
  for (std::uint64_t second = 0;;) {
    std::set<org_id> news;
    {
      std::unique_lock lock{news_mutex_};
      wake_.wait_until(lock, next, [this] { return stopping_ || !news_.empty(); });
      if (stopping_)
        return;
      news.swap(news_);
    }
    for (auto org : news)
      read_tail(org);
    if (steady_clock::now() < next)
      continue;
    next += seconds{1};
    tick(++second);
  }
}

// Each stream has its beat in one second of the fifteen, so that they do not all beat at once. Whoever could not read
// tries again.
void event_streams::tick(std::uint64_t second) {
  auto beats = static_cast<std::uint64_t>(limits_.heartbeat.count());
  std::vector<subscriber_ptr> due, failed;
  std::vector<org_id> behind;
  {
    std::lock_guard guard{mutex_};
    for (const auto& s : all_) {
      if (s->at == subscriber::phase::live && s->beat == second % beats)
        due.push_back(s);
      if (s->at == subscriber::phase::failed) {
        s->at = subscriber::phase::reading;
        failed.push_back(s);
      }
    }
    for (const auto& [org, t] : tails_)
      if (!t.reading && t.position < feed_.visible(org))
        behind.push_back(org);
  }
  for (const auto& s : due)
    if (!s->out.send(heartbeat_frame()))
      cut(s);
  for (const auto& s : failed)
    catch_up(s);
  for (auto org : behind)
    read_tail(org);
  if (second % beats == 0)
    look_at_tokens();
}

void event_streams::look_at_tokens() {
  std::map<token_id, subscriber_ptr> one_each;
  {
    std::lock_guard guard{mutex_};
    for (const auto& s : all_)
      one_each.try_emplace(s->who, s);
  }
  for (const auto& [token, s] : one_each)
    engine_.authenticate(s->digest, s->ip, false, reply_to<token_record>{[this, id = token](result<token_record> who) {
                           bool good = who ? core::may(*who, needed_scope) : who.error().code != errc::unauthenticated;
                           if (!good)
                             end_streams_of(id);
                         }});
}

void event_streams::end_streams_of(token_id token) {
  std::vector<subscriber_ptr> found;
  {
    std::lock_guard guard{mutex_};
    for (const auto& s : all_)
      if (s->who == token)
        found.push_back(s);
  }
  for (const auto& s : found)
    if (retire(s))
      s->out.end(invalid_frame());
}

} // namespace gochron::http
