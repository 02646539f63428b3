#include "app/configuration.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>

#include <fcntl.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "core/bytes.hpp"
#include "core/schema/json_writer.hpp"
#include "core/schema/time.hpp"
#include "net/address.hpp"

namespace gochron::app {
namespace {

struct descriptor {
  int fd = -1;
  ~descriptor() {
    if (fd >= 0)
      ::close(fd);
  }
};

result<core::sealer::key> key_of(std::string_view base64, const std::string& where) {
  while (!base64.empty() && (base64.back() == '\n' || base64.back() == '\r'))
    base64.remove_suffix(1);
  auto bytes = core::from_base64(base64);
  core::sealer::key key;
  if (!bytes || bytes->size() != key.size())
    return fail(errc::invalid, where + " is not the base64 of 32 bytes.");
  std::copy(bytes->begin(), bytes->end(), key.begin());
  return key;
}

std::string trouble(const std::string& path) {
  return path + ": " + std::strerror(errno) + ".";
}

result<core::sealer::key> read_key(const std::string& path) {
  descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  char text[128];
  auto size = file.fd < 0 ? -1 : ::read(file.fd, text, sizeof text);
  if (size < 0)
    return fail(errc::unavailable, trouble(path));
  return key_of({text, static_cast<std::size_t>(size)}, path);
}

// Written whole under another name, then linked: a crash in between leaves no half key, and of two processes that start
// at once the slower one takes the other's.
result<core::sealer::key> make_key(const std::string& path) {
  core::sealer::key key;
  core::fill_random(key);
  auto text = core::to_base64(key) + '\n';
  auto draft = path + '.' + std::to_string(::getpid());
  descriptor file{::open(draft.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600)};
  if (file.fd < 0 || ::write(file.fd, text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      ::fsync(file.fd) != 0)
    return fail(errc::unavailable, trouble(draft));
  bool linked = ::link(draft.c_str(), path.c_str()) == 0;
  bool lost_the_race = !linked && errno == EEXIST;
  auto why = trouble(path);
  ::unlink(draft.c_str());
  if (linked)
    return key;
  return lost_the_race ? read_key(path) : fail(errc::unavailable, why);
}

// One JSON object a line, so that a log shipper needs no pattern.
class json_formatter final : public spdlog::formatter {
public:
  void format(const spdlog::details::log_msg& msg, spdlog::memory_buf_t& out) override {
    core::json_writer w;
    w.begin_object();
    w.key("time");
    w.text(core::to_rfc3339(std::chrono::floor<milliseconds>(msg.time)));
    w.key("level");
    auto level = spdlog::level::to_string_view(msg.level);
    w.text({level.data(), level.size()});
    w.key("message");
    w.text({msg.payload.data(), msg.payload.size()});
    w.end_object();
    auto line = w.view();
    out.append(line.data(), line.data() + line.size());
    out.push_back('\n');
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<json_formatter>(); }
};

} // namespace

result<net::egress_policy> egress_of(const configuration& c) {
  net::egress_policy policy;
  policy.allow_private = !c.hosted;
  error e{errc::invalid, "The egress settings take CIDR blocks.", {}, {}, {}};
  for (auto& text : c.egress_allow)
    if (auto block = net::parse_cidr(text))
      policy.allow.push_back(*block);
    else
      e.violations.push_back({"egress_allow", "invalid_format", "`" + text + "` is not a CIDR block."});
  for (auto& text : c.egress_addresses)
    if (!net::parse_cidr(text))
      e.violations.push_back({"egress_addresses", "invalid_format", "`" + text + "` is no address and no CIDR block."});
  if (!e.violations.empty())
    return fail(std::move(e));
  return policy;
}

result<core::sealer::key> secret_key(const configuration& c) {
  if (auto* given = std::getenv("GOCHRON_SECRET_KEY"))
    return key_of(given, "GOCHRON_SECRET_KEY");
  std::error_code why;
  std::filesystem::create_directories(c.data_dir, why);
  if (why)
    return fail(errc::unavailable, "The data directory " + c.data_dir + " cannot be made: " + why.message() + ".");
  auto path = c.data_dir + "/secret.key";
  return std::filesystem::exists(path, why) ? read_key(path) : make_key(path);
}

void set_up_logging(const std::string& level) {
  auto log = std::make_shared<spdlog::logger>("gochron", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  log->set_formatter(std::make_unique<json_formatter>());
  log->set_level(spdlog::level::from_str(level));
  log->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(std::move(log));
}

} // namespace gochron::app
