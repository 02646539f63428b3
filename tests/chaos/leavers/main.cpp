/// chaos_leavers PORT REQUESTS AT_ONCE SEED < ROUTES: clients of which most leave early. Prints one JSON object; exit
/// code 1 when a client that stayed got anything but its own answers.
#include <exception>
#include <iostream>

#include <fmt/format.h>

#include "chaos/leavers/crowd.hpp"

namespace {

using namespace gochron::chaos;

int run(char** argument) {
  std::vector<route> routes;
  std::string token;
  for (std::string line; std::getline(std::cin, line);)
    routes.push_back(parse_route(line, token));
  crowd all(static_cast<std::uint16_t>(std::stoi(argument[1])), planner{routes, token, std::stoull(argument[4])},
            std::stoull(argument[3]));
  auto began = std::chrono::steady_clock::now();
  const auto& t = all.run(std::stoull(argument[2]));
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  fmt::print("{{\"connections\":{},\"requests\":{},\"answered\":{},\"busy\":{},\"left_sending\":{},\"left_waiting\":{},"
             "\"left_reading\":{},\"seconds\":{:.2f}}}\n",
             t.connections, t.requests, t.answered, t.busy, t.left_sending, t.left_waiting, t.left_reading,
             took.count());
  if (!t.wrong.empty())
    fmt::print(stderr, "{}\n", t.wrong);
  return t.wrong.empty() ? 0 : 1;
}

} // namespace

int main(int count, char** arguments) {
  if (count != 5) {
    fmt::print(stderr, "chaos_leavers PORT REQUESTS AT_ONCE SEED < ROUTES\n");
    return 2;
  }
  try {
    return run(arguments);
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 2;
  }
}
