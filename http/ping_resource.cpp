#include <charconv>

#include "http/configured.hpp"
#include "http/server/text.hpp"

namespace gochron::http {
namespace {

// The last segment of the path: a verb, or an exit code from 0 to 255.
bool read_verb(std::string_view verb, ping& p) {
  if (verb.empty())
    return true;
  constexpr std::pair<std::string_view, ping_kind> verbs[] = {
      {"start", ping_kind::start}, {"fail", ping_kind::fail}, {"log", ping_kind::log}};
  for (auto& [name, kind] : verbs)
    if (verb == name) {
      p.kind = kind;
      return true;
    }
  unsigned code = 0;
  auto [end, error] = std::from_chars(verb.data(), verb.data() + verb.size(), code);
  if (error != std::errc{} || end != verb.data() + verb.size() || code > 255 || verb.size() > 3)
    return false;
  p.kind = ping_kind::exit;
  p.exit_code = static_cast<std::uint8_t>(code);
  return true;
}

bool is_run_id(std::string_view x) {
  return x.size() <= 64 && !x.empty() && x.find_first_not_of("0123456789abcdefABCDEF-") == std::string_view::npos;
}

void take(call c) {
  auto& r = c.request();
  ping p;
  if (!read_verb(c.param("verb"), p))
    return c.refuse({errc::not_found, "No such ping URL.", {}, {}, {}}); // as for an unknown token
  if (auto rid = r.query_value("rid")) {
    if (!is_run_id(*rid))
      return c.refuse({errc::malformed, "`rid` must be a UUID.", {}, {}, {}});
    p.run_id = *rid;
  }
  p.is_post = r.method == "POST" || r.method == "PUT";
  p.body = only_utf8(*r.body);
  std::erase(p.body, '\0');
  p.received_at = c.with().clock.now();
  p.remote_ip = r.peer_ip;
  c.with().engine.receive(
      c.param("token"), std::move(p), reply_to<void>{[c](status s) {
        if (s)
          return c.answer({.status = 200, .content_type = "text/plain; charset=utf-8", .headers = {}, .body = "OK\n"});
        if (s.error().code != errc::unsupported)
          return c.refuse(s.error());
        c.refuse({errc::not_found, "This URL takes POST only.", {}, {}, {}});
      }});
}

operation ping_operation(std::string method, std::string path, std::string id, std::string summary, std::string doc) {
  operation op;
  op.method = std::move(method);
  op.path = std::move(path);
  op.id = std::move(id);
  op.tag = "Pings";
  op.summary = std::move(summary);
  op.doc = std::move(doc);
  op.query = {{"rid", "A UUID that pairs a start with its finish.", R"({"type":"string","format":"uuid"})"}};
  op.ok = {200, "It was heard.", nullptr, false, false, "text/plain"};
  op.problems = {400, 404, 413, 503};
  op.rate = rate_class::ping;
  op.run = take;
  return op;
}

} // namespace

operations ping_operations() {
  operations all;
  for (std::string method : {"GET", "POST", "PUT"}) {
    auto suffix = method == "GET" ? "" : method == "POST" ? "Post" : "Put";
    all.push_back(ping_operation(method, "/ping/{token}", "ping" + std::string{suffix}, "Report success",
                                 "The job ran. A body is kept with the result. HEAD works like GET."));
    all.push_back(ping_operation(method, "/ping/{token}/{verb}", "pingVerb" + std::string{suffix},
                                 "Report a start, a failure, a log line or an exit code",
                                 "`start`: a run began and must finish within the grace. `fail`: it failed. `log`: "
                                 "keep the body, change nothing. "
                                 "A number from 0 to 255: it ended with this exit code."));
  }
  return all;
}

} // namespace gochron::http
