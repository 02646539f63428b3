#include "bench/peers/tools.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <unistd.h>

namespace gochron::bench {
namespace {

namespace fs = std::filesystem;

/// A file that is gone when its owner is.
class scratch_file {
public:
  scratch_file(const std::string& suffix, const std::string& text)
    : path_(fs::temp_directory_path() / fmt::format("gochron-bench-{}.{}", getpid(), suffix)) {
    std::ofstream{path_} << text;
  }
  ~scratch_file() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  scratch_file(const scratch_file&) = delete;
  scratch_file& operator=(const scratch_file&) = delete;
  std::string path() const { return path_.string(); }

private:
  fs::path path_;
};

constexpr const char* make_table = "CREATE TABLE IF NOT EXISTS bench_inserts (id uuid PRIMARY KEY, name text NOT NULL, "
                                   "spec jsonb NOT NULL, created_at timestamptz NOT NULL);\n";

std::string insert_script() {
  return fmt::format("INSERT INTO bench_inserts (id, name, spec, created_at) VALUES (gen_random_uuid(), 'a row', "
                     "'{{\"filler\":\"{}\"}}', now());\n",
                     std::string(360, 'x'));
}

std::string whole(double seconds) {
  return std::to_string(static_cast<int>(std::max(1.0, std::ceil(seconds))));
}

} // namespace

bool is_installed(const std::string& program) {
  std::istringstream path{std::getenv("PATH") ? std::getenv("PATH") : ""};
  for (std::string folder; std::getline(path, folder, ':');)
    if (::access((folder + '/' + program).c_str(), X_OK) == 0)
      return true;
  return false;
}

insert_bench::insert_bench(const server& of) : server_(of) {
  if (!of.own())
    throw std::runtime_error("pgbench needs a server of our own: its Postgres");
  pgbench(make_table, {"-c", "1", "-t", "1"});
}

insert_cost insert_bench::run(int connections, double seconds) const {
  auto before = cpu_of_family(server_.postgres_pid());
  auto rate = pgbench(insert_script(), {"-M", "prepared", "-c", std::to_string(connections), "-T", whole(seconds)});
  auto used = cpu_of_family(server_.postgres_pid()) - before;
  return {rate, used / (rate * std::stod(whole(seconds))) * 1e6};
}

double insert_bench::pgbench(const std::string& script, const std::vector<std::string>& more) const {
  scratch_file file{"sql", script};
  std::vector<std::string> command{"pgbench", "-n",   "-f", file.path(), "-h", server_.data_dir() + "/postgres/run",
                                   "-p",      "5432", "-U", "gochron"};
  command.insert(command.end(), more.begin(), more.end());
  command.push_back("gochron");
  auto process = child::run(1, command, "/dev/null");
  auto rate = std::strtod(process.first_line_with("tps = ").c_str(), nullptr);
  process.wait(10);
  return rate;
}

post_cost run_wrk(const std::string& url, const std::string& body, int connections, double seconds) {
  scratch_file file{"lua", fmt::format("wrk.method = \"POST\"\nwrk.headers[\"Content-Type\"] = \"application/json\"\n"
                                       "wrk.body = [==[{}]==]\n",
                                       body)};
  auto process = child::run(
      0, {"wrk", "-t1", fmt::format("-c{}", connections), "-d" + whole(seconds) + "s", "-s", file.path(), url},
      "/dev/null");
  post_cost x;
  x.rate = std::strtod(process.first_line_with("Requests/sec:").c_str(), nullptr);
  x.cpu_us = usage_of(process.pid()).cpu_seconds / (x.rate * std::stod(whole(seconds))) * 1e6;
  process.wait(10);
  return x;
}

} // namespace gochron::bench
