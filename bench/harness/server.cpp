#include "bench/harness/server.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>

#include "bench/harness/report.hpp"

namespace gochron::bench {
namespace {

namespace fs = std::filesystem;

std::string temporary_folder() {
  auto pattern = (fs::temp_directory_path() / "gochron-bench-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr)
    throw std::runtime_error("no temporary folder");
  fs::permissions(pattern, fs::perms{0755}); // the embedded Postgres is another user when we are root
  return pattern;
}

std::string quoted(const std::vector<std::string>& words) {
  std::string line;
  for (auto& word : words)
    line += "'" + word + "' ";
  return line;
}

std::string output_of(const std::string& command) {
  auto* pipe = popen(command.c_str(), "r");
  std::string text;
  char block[256];
  while (pipe != nullptr && fgets(block, sizeof block, pipe) != nullptr)
    text += block;
  if (pipe == nullptr || pclose(pipe) != 0)
    throw std::runtime_error("failed: " + command);
  while (!text.empty() && text.back() == '\n')
    text.pop_back();
  return text;
}

} // namespace

double cost::metric(const std::string& name) const {
  auto i = metrics.find(name);
  return i == metrics.end() ? 0 : i->second;
}

server::server(server_options options, std::vector<std::string> arguments)
  : options_(std::move(options)), arguments_(std::move(arguments)) {
  if (!own()) {
    if (options_.url.empty() || options_.token.empty())
      throw std::runtime_error("say --url and --token of a running server, or --server BINARY to start one");
    return;
  }
  home_ = temporary_folder();
  data_dir_ = home_ + "/data";
  options_.token = output_of(
      quoted({options_.binary, "token", "create", "--name", "bench", "--scopes", "admin", "--data-dir", data_dir_}) +
      "2>>" + home_ + "/log");
  start();
}

server::~server() {
  if (!own())
    return;
  process_.reset();
  std::error_code ignored;
  fs::remove_all(home_, ignored);
}

void server::start() {
  std::vector<std::string> command{options_.binary, "serve", "--listen", "127.0.0.1:0", "--data-dir", data_dir_};
  for (auto* limit : {"--rate-limit", "--anonymous-rate-limit", "--ping-rate-limit", "--ping-token-rate-limit"})
    command.insert(command.end(), {limit, "0"}); // what is measured is the server, not its patience
  command.insert(command.end(), arguments_.begin(), arguments_.end());
  process_ = child::run(options_.core, command, home_ + "/log");
  options_.engine_pid = process_->pid();
  options_.url = process_->first_line_with("listening on ");
  find_postgres();
}

void server::stop() {
  process_->stop();
}

void server::crash() {
  process_->kill();
  start();
}

void server::freeze() {
  if (own())
    process_->signal(SIGSTOP);
}

void server::thaw() {
  if (own())
    process_->signal(SIGCONT);
}

void server::find_postgres() {
  for (auto& entry : fs::recursive_directory_iterator{data_dir_, fs::directory_options::skip_permission_denied})
    if (entry.path().filename() == "postmaster.pid")
      std::ifstream{entry.path()} >> options_.postgres_pid;
}

answer server::call(const std::string& method, const std::string& path, const std::string& body) const {
  answer x{0, std::make_shared<rapidjson::Document>()};
  load_plan plan{.to = at(), .connections = 1, .count = 1};
  plan.request = [&](std::uint64_t) { return request_text(method, path, token(), body); };
  plan.seen = [&](const reply& r) {
    x.status = r.status;
    x.body->Parse(r.body.data(), r.body.size());
  };
  run(plan);
  return x;
}

answer server::must(const std::string& method, const std::string& path, const std::string& body) const {
  auto x = call(method, path, body);
  if (x.status < 200 || x.status > 299)
    throw std::runtime_error(fmt::format("{} {}: {}", method, path, x.status));
  return x;
}

void server::insist(std::uint64_t count, const std::function<std::string(std::uint64_t)>& request,
                    const std::function<void(const reply&)>& seen) const {
  std::vector<std::uint64_t> left(count);
  std::iota(left.begin(), left.end(), std::uint64_t{0});
  for (int turn = 0; !left.empty() && turn < 20; ++turn) {
    std::vector<std::uint64_t> again;
    load_plan plan{.to = at(), .connections = turn == 0 ? 32 : 4, .count = left.size()};
    plan.request = [&](std::uint64_t i) { return request(left[i]); };
    plan.seen = [&](const reply& r) {
      auto number = left[r.number];
      if (r.status == 503) // overloaded, which is what some questions do to it
        again.push_back(number);
      else if (r.status >= 300 && r.status != 404)
        throw std::runtime_error(fmt::format("{}: {}", r.status, r.body));
      else if (seen)
        seen({r.status, r.body, number});
    };
    run(plan);
    left = std::move(again);
  }
  if (!left.empty())
    throw std::runtime_error(fmt::format("{} of {} requests were answered 503 again and again", left.size(), count));
}

std::vector<std::string> server::create(const std::string& path, std::uint64_t count,
                                        const std::function<std::string(std::uint64_t)>& body) const {
  std::vector<std::string> ids(count);
  create_each(path, count, body, [&](auto i, const auto& made) { ids[i] = made["id"].GetString(); });
  return ids;
}

heartbeats server::create_heartbeats(std::uint64_t count, const std::function<std::string(std::uint64_t)>& name,
                                     const std::string& settings) const {
  heartbeats all{std::vector<std::string>(count), std::vector<std::string>(count)};
  auto body = [&](std::uint64_t i) {
    return fmt::format(R"({{"name":"{}","type":"heartbeat","heartbeat":{}}})", name(i), settings);
  };
  create_each("/api/monitors", count, body, [&](auto i, const auto& made) {
    std::string url = made["ping_url"].GetString();
    all.ids[i] = made["id"].GetString();
    all.paths[i] = url.substr(url.find("/ping/"));
  });
  return all;
}

void server::create_each(const std::string& path, std::uint64_t count,
                         const std::function<std::string(std::uint64_t)>& body,
                         const std::function<void(std::uint64_t, const rapidjson::Document&)>& seen) const {
  insist(
      count, [&](std::uint64_t i) { return request_text("POST", path, token(), body(i)); },
      [&](const reply& r) {
        rapidjson::Document made;
        made.Parse(r.body.data(), r.body.size());
        seen(r.number, made);
      });
}

void server::for_each(const char* method, const std::string& path, const std::vector<std::string>& ids,
                      const std::string& body) const {
  insist(ids.size(), [&](std::uint64_t i) { return request_text(method, path + "/" + ids[i], token(), body); }, {});
}

void server::patch_all(const std::string& path, const std::vector<std::string>& ids, const std::string& body) const {
  for_each("PATCH", path, ids, body);
}

void server::remove_all(const std::string& path, const std::vector<std::string>& ids) const {
  for_each("DELETE", path, ids, {});
}

std::string server::metrics_text() const {
  std::string text;
  load_plan plan{.to = at(), .connections = 1, .count = 1};
  plan.request = [&](std::uint64_t) { return request_text("GET", "/metrics", token()); };
  plan.seen = [&](const reply& r) { text = r.status == 200 ? std::string{r.body} : ""; };
  run(plan);
  return text;
}

cost server::spent() const {
  cost x;
  std::istringstream lines{metrics_text()};
  for (std::string line; std::getline(lines, line);)
    if (auto space = line.rfind(' '); !line.starts_with('#') && space != std::string::npos)
      x.metrics[line.substr(0, space)] = std::strtod(line.c_str() + space + 1, nullptr);
  x.engine_cpu = usage_of(engine_pid()).cpu_seconds;
  x.postgres_cpu = cpu_of_family(postgres_pid());
  return x;
}

} // namespace gochron::bench
