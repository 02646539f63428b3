#include "app/wait_command.hpp"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <thread>

#include "core/schema/json.hpp"
#include "core/token_format.hpp"
#include "gochron/ids.hpp"

namespace gochron::app {
namespace {

using instant = monotonic_time;

// What one request of the API may wait for; a longer wait is several.
constexpr seconds longest_request{3600};
// How long the answer to a finished wait may be under way.
constexpr seconds answer_within{15};
constexpr seconds longest_pause{10};

int finish(wait_end how, const std::string& why) {
  std::fprintf(stderr, "gochron: %s\n", why.c_str());
  return static_cast<int>(how);
}

std::string text_of(const core::json_value& x, std::string_view name) {
  auto* member = x.find(name);
  auto* text = member ? member->as<std::string>() : nullptr;
  return text ? *text : "";
}

// What an answer that is no success says, for a person.
std::string said(const api_answer& x) {
  auto problem = core::parse_json(x.body);
  auto detail = problem ? text_of(*problem, "detail") : "";
  if (detail.empty())
    return "the server answered " + std::to_string(x.status) +
           (x.location.empty() ? ", not as gochron does: is the URL right?" : ": it is at " + x.location);
  auto* errors = problem->find("errors");
  auto* list = errors ? errors->as<core::json_array>() : nullptr;
  for (std::size_t i = 0; list && i < list->size(); ++i)
    detail += "\n  " + text_of((*list)[i], "pointer") + ": " + text_of((*list)[i], "detail");
  return detail;
}

bool is_temporary(const api_answer& x) {
  return x.status == 0 ? !x.is_final : x.status == 408 || x.status == 429 || x.status >= 500;
}

// One command under way.
class waiting {
public:
  explicit waiting(const wait_request& wanted)
    : wanted_{wanted}, client_{wanted.server}, until_{clock::now() + seconds{wanted.timeout_seconds}} {}

  int run();

private:
  using clock = instant::clock;

  seconds left() const { return std::chrono::ceil<seconds>(std::max(until_ - clock::now(), clock::duration::zero())); }
  api_answer persist(const std::function<std::string()>& path, const std::function<seconds()>& within);
  void mention(const api_answer& x);
  int give_up(const api_answer& x) const;
  int ended(const api_answer& x, const core::json_value& body, bool satisfied) const;
  api_answer find();
  api_answer wait(const std::string& id);

  const wait_request& wanted_;
  api_client client_;
  instant until_;
  std::string mentioned_;
};

// Asks until there is an answer that asking again cannot better, the time is over, or the server was away for too long.
api_answer waiting::persist(const std::function<std::string()>& path, const std::function<seconds()>& within) {
  seconds pause{1};
  auto last_seen = clock::now();
  for (;;) {
    auto answer = client_.get(path(), within());
    auto now = clock::now();
    if (answer.status != 0) {
      last_seen = now;
      pause = seconds{1};
    }
    bool away = now - last_seen >= seconds{wanted_.unreachable_seconds};
    if (!is_temporary(answer) || away || now >= until_)
      return answer;
    mention(answer);
    auto until_next = std::min<clock::duration>(std::max(pause, answer.retry_after), until_ - now);
    std::this_thread::sleep_for(until_next);
    pause = std::min(pause * 2, longest_pause);
  }
}

// Once for each trouble: a job's log is read by people.
void waiting::mention(const api_answer& x) {
  auto what = x.status == 0 ? x.trouble : said(x);
  if (what != mentioned_)
    std::fprintf(stderr, "gochron: %s; asking again\n", what.c_str());
  mentioned_ = what;
}

int waiting::give_up(const api_answer& x) const {
  if (x.status == 0)
    return finish(wait_end::unreachable, wanted_.server.url + " cannot be reached: " + x.trouble);
  switch (x.status) {
  case 401:
  case 403:
    return finish(wait_end::no_access, said(x));
  case 404:
    return finish(wait_end::not_found, wanted_.monitor + ": " + said(x));
  default:
    return finish(is_temporary(x) ? wait_end::unreachable : wait_end::refused, said(x));
  }
}

api_answer waiting::find() {
  return persist([&] { return "/api/monitors/by-key/" + wanted_.monitor; },
                 [&] { return std::min(left() + seconds{1}, answer_within); });
}

api_answer waiting::wait(const std::string& id) {
  std::string statuses;
  for (const auto& x : wanted_.statuses)
    statuses += (statuses.empty() ? "" : ",") + x;
  auto this_time = [&] { return std::clamp(left(), seconds{1}, longest_request); };
  return persist(
      [&] {
        return "/api/monitors/" + id + "/wait?status=" + statuses +
               "&stable_seconds=" + std::to_string(wanted_.stable_seconds) +
               "&timeout_seconds=" + std::to_string(this_time().count());
      },
      [&] { return this_time() + answer_within; });
}

int waiting::ended(const api_answer& x, const core::json_value& body, bool satisfied) const {
  auto* monitor = body.find("monitor");
  auto* reason = monitor ? monitor->find("status_reason") : nullptr;
  auto message = reason ? text_of(*reason, "message") : "";
  auto line =
      text_of(body, "status") + " since " + text_of(body, "status_since") + (message.empty() ? "" : ": " + message);
  std::printf("%s\n", wanted_.json ? x.body.c_str() : line.c_str());
  if (satisfied)
    return static_cast<int>(wait_end::satisfied);
  return finish(wait_end::timed_out, wanted_.monitor + " was not as wanted for " +
                                         std::to_string(wanted_.stable_seconds) + " s without a break, within " +
                                         std::to_string(wanted_.timeout_seconds) + " s");
}

int waiting::run() {
  auto id = wanted_.monitor;
  if (!monitor_id::parse(id)) {
    auto found = find();
    auto body = core::parse_json(found.body);
    id = found.status == 200 && body ? text_of(*body, "id") : "";
    if (!monitor_id::parse(id))
      return give_up(found);
  }
  for (;;) {
    auto answer = wait(id);
    if (answer.status != 200)
      return give_up(answer);
    auto body = core::parse_json(answer.body);
    auto* satisfied = body ? body->find("satisfied") : nullptr;
    auto* yes = satisfied ? satisfied->as<bool>() : nullptr;
    if (!yes)
      return give_up(answer);
    if (*yes || left() <= seconds{1})
      return ended(answer, *body, *yes);
  }
}

bool is_key(const std::string& x) {
  auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  };
  return !x.empty() && x.size() <= 100 && std::ranges::all_of(x, good);
}

} // namespace

int wait_for_monitor(const wait_request& wanted) {
  const auto& url = wanted.server.url;
  if (!url.starts_with("http://") && !url.starts_with("https://"))
    return finish(wait_end::refused, "--url takes http://... or https://..., not `" + url + "`");
  if (!is_key(wanted.monitor))
    return finish(wait_end::refused, "--monitor takes an id such as the API shows, or a key of a to z, 0 to 9, . _ -");
  if (!core::is_well_formed_token(wanted.server.token))
    return finish(wait_end::no_access, "the token is mistyped: it is gct_ and 49 characters that fit together");
  return waiting{wanted}.run();
}

} // namespace gochron::app
