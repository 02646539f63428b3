#include <functional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "bench/micro.hpp"
#include "bench/questions/questions.hpp"

namespace {

using namespace gochron::bench;

struct command_line {
  server_options where;
  question_options how;
  fleet_options fleet;
  null_options null;
  storm_options storm;
  storage_options storage;
  year_options year;
  escalation_options escalations;
  bool json = false;
};

void add_options(CLI::App& app, command_line& x) {
  app.add_option("--url", x.where.url, "A running server, such as http://127.0.0.1:8080");
  app.add_option("--token", x.where.token, "Its API token, with the scope admin")->envname("GOCHRON_TOKEN");
  app.add_option("--engine-pid", x.where.engine_pid, "Its pid, if on this machine: for CPU and memory");
  app.add_option("--postgres-pid", x.where.postgres_pid, "Its postmaster's pid, likewise");
  app.add_option("--server", x.where.binary, "Instead: a gochron binary, started for the run in a folder of its own");
  app.add_option("--seconds", x.how.seconds, "Length of one measured window")->capture_default_str();
  app.add_option("--repeats", x.how.repeats, "Interleaved pairs of floor and ours")->capture_default_str();
  app.add_option("--monitors", x.how.monitors, "Size of the fleets of api and deadlines")->capture_default_str();
  app.add_flag("--json", x.json, "One JSON document instead of tables");
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Measures a gochron server. It makes what it needs, and of a running server it removes that again."};
  app.require_subcommand(1);
  command_line line;
  add_options(app, line);
  std::vector<std::pair<CLI::App*, std::function<void(report&)>>> questions;
  auto question = [&](const char* name, const char* what, std::function<void(report&)> ask) {
    auto* command = app.add_subcommand(name, what)->fallthrough();
    questions.emplace_back(command, std::move(ask));
    return command;
  };
  question("checks", "Cost of a persisted HTTP check, saturation, schedule lag",
           [&](report& r) { ask_checks(line.where, line.how, false, r); });
  question("tls", "The same for HTTPS", [&](report& r) { ask_checks(line.where, line.how, true, r); });
  question("heartbeats", "Pings a second, and what of them survives",
           [&](report& r) { ask_heartbeats(line.where, line.how, r); });
  question("deadlines", "How late missed deadlines of heartbeats are noticed",
           [&](report& r) { ask_deadlines(line.where, line.how, r); });
  question("api", "Reads, searches and durable writes at many monitors",
           [&](report& r) { ask_api(line.where, line.how, r); });
  question("webhooks", "Cost and latency of deliveries, bad receivers among good ones",
           [&](report& r) { ask_webhooks(line.where, line.how, r); });
  question("events", "Memory of idle streams, cost of telling many of them",
           [&](report& r) { ask_events(line.where, line.how, r); });
  auto* fleet = question("fleet", "Memory, start and idle CPU with many monitors",
                         [&](report& r) { ask_fleet(line.where, line.how, line.fleet, r); });
  fleet->add_option("--monitors", line.fleet.monitors, "How many, a row each")->capture_default_str()->delimiter(',');
  fleet->add_option("--interval", line.fleet.interval, "Seconds, of the HTTP half")->capture_default_str();
  auto* null = question("wheel", "Schedule lag of the actors alone, with checks that take no time",
                        [&](report& r) { ask_null_fleet(line.null, r); });
  null->add_option("--monitors", line.null.monitors)->capture_default_str();
  null->add_option("--interval", line.null.interval, "Seconds")->capture_default_str();
  auto* storm = question("storm", "All monitors fail within one interval and recover in the next",
                         [&](report& r) { ask_storm(line.where, line.storm, r); });
  storm->add_option("--monitors", line.storm.monitors)->capture_default_str();
  storm->add_option("--interval", line.storm.interval, "Seconds")->capture_default_str();
  storm->add_option("--channels", line.storm.channels)->capture_default_str();
  storm->add_flag("--behind-one", line.storm.behind_one, "All depend on one monitor, which fails as well");
  auto* storage = question("storage", "Results a second, bytes at rest, roll-up, retention",
                           [&](report& r) { ask_storage(line.storage, r); });
  storage->add_option("--monitors", line.storage.monitors)->capture_default_str();
  storage->add_option("--rounds", line.storage.rounds, "Results of each monitor")->capture_default_str();
  auto* year = question("year", "A year of availability by the hour, through the API",
                        [&](report& r) { ask_year(line.where, line.year, r); });
  year->add_option("--monitors", line.year.monitors, "With a year of history")->capture_default_str();
  question("pages", "From a failed round to the page received, by a rule and by a policy",
           [&](report& r) { ask_pages(line.where, line.how, r); });
  auto* escalations = question("escalations", "Running escalations: idle, and all of them due at one instant",
                               [&](report& r) { ask_escalations(line.where, line.escalations, r); });
  escalations->add_option("--escalations", line.escalations.escalations, "How many")->capture_default_str();
  escalations->add_option("--idle-seconds", line.escalations.seconds, "Of each quiet window")->capture_default_str();
  auto* micro_command = app.add_subcommand("micro", "Nanoseconds an operation of the decisions and codecs, one thread");
  CLI11_PARSE(app, argc, argv);
  if (micro_command->parsed()) {
    micro();
    return 0;
  }
  report out{line.json};
  describe_machine(out);
  try {
    pin_to_core(1);
    for (auto& [command, ask] : questions)
      if (command->parsed())
        ask(out);
  } catch (const std::exception& e) {
    fmt::print(stderr, "gochron-bench: {}\n", e.what());
    return 1;
  }
  out.finish();
  return 0;
}
