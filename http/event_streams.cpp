#include "http/event_streams.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "http/event_frames.hpp"
#include "http/event_subscriber.hpp"
#include "http/problem.hpp"

namespace gochron::http {
namespace {

// What one read brings to who resumes: with bodies of their usual size far below what may wait for a client.
constexpr std::uint32_t resume_rows = 20;

} // namespace

event_streams::event_streams(event_feed& feed, engine& who, stream_limits limits)
  : feed_(feed), engine_(who), limits_(limits), thread_([this] { run(); }) {
  feed_.on_news([this](org_id org) {
    std::lock_guard guard{news_mutex_};
    if (news_.insert(org).second)
      wake_.notify_one();
  });
}

event_streams::~event_streams() {
  close();
  feed_.on_news(nullptr);
}

std::optional<response> event_streams::admit(const call& c) {
  auto refused = [&c](unsigned status, std::string_view detail) {
    auto r = problem_response(status, detail, c.request().raw_path(), c.request().request_id);
    if (status == 429)
      r.headers.push_back({"Retry-After", "30"});
    return r;
  };
  std::lock_guard guard{mutex_};
  if (closed_)
    return refused(503, "The server is shutting down.");
  if (open_ >= limits_.total)
    return refused(503, "Too many streams are open.");
  auto &of_token = by_token_[c.who().id], &of_org = by_org_[c.org()];
  if (of_token >= limits_.per_token)
    return refused(429, fmt::format("At most {} streams of one token are open at once.", limits_.per_token));
  if (of_org >= limits_.per_organization)
    return refused(429,
                   fmt::format("At most {} streams of one organisation are open at once.", limits_.per_organization));
  ++of_token;
  ++of_org;
  ++open_;
  ++opened_;
  return std::nullopt;
}

void event_streams::open(const call& c, event_filter only, std::optional<std::int64_t> after) {
  if (auto full = admit(c))
    return c.answer(std::move(*full));
  auto s = std::make_shared<subscriber>(*this, c.who(), c.request().peer_ip, std::move(only));
  s->position = after ? *after : feed_.visible(s->org);
  s->asked_back = after.has_value();
  response head{200, "text/event-stream", {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}}, {}};
  head.body = opening_frame(s->position);
  auto out = stream::begin(c.ticket(), std::move(head), s, limits_.waiting);
  {
    std::lock_guard guard{mutex_};
    if (s->at == subscriber::phase::over) // it left meanwhile
      return;
    s->out = out;
    s->beat = opened_ % static_cast<std::uint64_t>(limits_.heartbeat.count());
    all_.insert(s);
    if (closed_)
      s->out.end(closing_frame());
  }
  settle(s);
}

// Once a subscriber; called when its connection is gone, or its request was never answered.
void event_streams::let_go(subscriber& s) {
  std::lock_guard guard{mutex_};
  s.at = subscriber::phase::over;
  if (--by_token_[s.who] == 0)
    by_token_.erase(s.who);
  if (--by_org_[s.org] == 0)
    by_org_.erase(s.org);
  --open_;
  if (auto t = tails_.find(s.org); t != tails_.end()) {
    std::erase_if(t->second.live, [&s](const auto& x) { return x.get() == &s; });
    if (t->second.live.empty() && !t->second.reading)
      tails_.erase(t);
  }
  if (auto self = s.weak_from_this().lock())
    all_.erase(self);
}

// To those at the present, if it is there; else it reads on.
void event_streams::settle(const subscriber_ptr& s) {
  {
    std::lock_guard guard{mutex_};
    if (s->at == subscriber::phase::over)
      return;
    auto [t, fresh] = tails_.try_emplace(s->org);
    if (fresh)
      t->second.position = feed_.visible(s->org);
    if (s->position >= t->second.position) {
      s->at = subscriber::phase::live;
      t->second.live.push_back(s);
      return;
    }
    s->at = subscriber::phase::reading;
  }
  catch_up(s);
}

void event_streams::catch_up(const subscriber_ptr& s) {
  event_query q;
  q.only = s->only;
  q.after = s->position;
  q.limit = resume_rows;
  feed_.follow(s->org, std::move(q),
               reply_to<event_page>{[this, s](result<event_page> found) { caught(s, std::move(found)); }});
}

void event_streams::caught(const subscriber_ptr& s, result<event_page> found) {
  std::string text;
  {
    std::lock_guard guard{mutex_};
    if (s->at == subscriber::phase::over)
      return;
    if (!found) { // tick() tries again
      s->at = subscriber::phase::failed;
      return;
    }
    if (std::exchange(s->asked_back, false) && found->forgotten > s->position)
      text = gap_frame(found->forgotten);
    s->position = found->reached;
    s->at = found->more && !found->rows.empty() ? subscriber::phase::resting : subscriber::phase::reading;
  }
  for (const auto& x : found->rows)
    append_event_frame(text, x);
  frames_ += found->rows.size();
  if (!text.empty() && !s->out.send(std::make_shared<const std::string>(std::move(text))))
    return cut(s);
  if (!found->more)
    return settle(s);
  if (found->rows.empty()) // nothing to wait for
    catch_up(s);
}

void event_streams::drained(const subscriber_ptr& s) {
  {
    std::lock_guard guard{mutex_};
    if (s->at != subscriber::phase::resting)
      return;
    s->at = subscriber::phase::reading;
  }
  catch_up(s);
}

// True for the one who is to say the last word: nothing more is sent by others.
bool event_streams::retire(const subscriber_ptr& s) {
  std::lock_guard guard{mutex_};
  if (s->at == subscriber::phase::over)
    return false;
  s->at = subscriber::phase::over;
  if (auto t = tails_.find(s->org); t != tails_.end())
    std::erase(t->second.live, s);
  return true;
}

void event_streams::cut(const subscriber_ptr& s) {
  if (!retire(s))
    return;
  ++cut_;
  s->out.cut(slow_frame());
}

void event_streams::close() {
  std::set<subscriber_ptr> all;
  {
    std::lock_guard guard{mutex_};
    closed_ = true;
    all = all_;
  }
  {
    std::lock_guard guard{news_mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable())
    thread_.join();
  for (const auto& s : all)
    if (retire(s))
      s->out.end(closing_frame());
}

stream_stats event_streams::stats() const {
  std::lock_guard guard{mutex_};
  return {open_, opened_, cut_, frames_};
}

} // namespace gochron::http
