#include "bench/harness/report.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>
#include <sys/utsname.h>

namespace gochron::bench {
namespace {

std::string line_of(const char* path, std::string_view key) {
  std::ifstream in{path};
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(key)) {
      auto colon = line.find(':');
      auto value = colon == std::string::npos ? line : line.substr(colon + 1);
      auto begin = value.find_first_not_of(" \t");
      return begin == std::string::npos ? "" : value.substr(begin);
    }
  return "";
}

using json_writer = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

void put(json_writer& w, const std::string& cell) {
  double number = 0;
  auto end = cell.data() + cell.size();
  auto [last, ec] = std::from_chars(cell.data(), end, number);
  if (ec == std::errc{} && last == end && std::isfinite(number))
    w.Double(number);
  else
    w.String(cell.c_str());
}

void put(json_writer& w, const table& x) {
  w.StartObject();
  w.Key("title");
  w.String(x.title.c_str());
  w.Key("rows");
  w.StartArray();
  for (auto& row : x.rows) {
    w.StartObject();
    for (std::size_t i = 0; i < row.size(); ++i) {
      w.Key(x.columns.at(i).c_str());
      put(w, row[i]);
    }
    w.EndObject();
  }
  w.EndArray();
  w.Key("notes");
  w.StartArray();
  for (auto& note : x.notes)
    w.String(note.c_str());
  w.EndArray();
  w.EndObject();
}

} // namespace

void report::context(std::string_view name, std::string value) {
  context_.emplace_back(name, std::move(value));
}

void report::add(table x) {
  if (!json_)
    print_text(x);
  context_printed_ = true;
  tables_.push_back(std::move(x));
}

void report::print_text(const table& x) const {
  if (!context_printed_)
    for (auto& [name, value] : context_)
      fmt::print("{}: {}\n", name, value);
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < x.columns.size(); ++i) {
    widths.push_back(x.columns[i].size());
    for (auto& row : x.rows)
      widths[i] = std::max(widths[i], i < row.size() ? row[i].size() : 0);
  }
  auto print = [&](const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i)
      i == 0 ? fmt::print("{:<{}}", cells[i], widths[i]) : fmt::print("  {:>{}}", cells[i], widths[i]);
    fmt::print("\n");
  };
  fmt::print("\n{}\n", x.title);
  print(x.columns);
  for (auto& row : x.rows)
    print(row);
  for (auto& note : x.notes)
    fmt::print("  {}\n", note);
  std::fflush(stdout);
}

void report::finish() {
  if (!json_)
    return;
  rapidjson::StringBuffer out;
  json_writer w{out};
  w.StartObject();
  for (auto& [name, value] : context_) {
    w.Key(name.c_str());
    w.String(value.c_str());
  }
  w.Key("tables");
  w.StartArray();
  for (auto& x : tables_)
    put(w, x);
  w.EndArray();
  w.EndObject();
  fmt::print("{}\n", out.GetString());
}

void describe_machine(report& r) {
  utsname kernel{};
  uname(&kernel);
  auto memory_kb = std::strtod(line_of("/proc/meminfo", "MemTotal").c_str(), nullptr);
  r.context("machine",
            fmt::format("{}, {} cores, {:.0f} GiB, {} {}", line_of("/proc/cpuinfo", "model name"),
                        std::thread::hardware_concurrency(), memory_kb / 1048576, kernel.sysname, kernel.release));
  std::ifstream load{"/proc/loadavg"};
  std::string one, five;
  load >> one >> five;
  r.context("load before", fmt::format("{} (1 min), {} (5 min)", one, five));
}

void progress(const std::string& what) {
  static const auto began = std::chrono::steady_clock::now();
  auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  fmt::print(stderr, "[{:6.1f} s] {}\n", seconds, what);
}

std::string figure(double x) {
  auto size = std::abs(x);
  if (!std::isfinite(x))
    return "-";
  if (size >= 100 || size == 0)
    return fmt::format("{:.0f}", x);
  return size >= 10 ? fmt::format("{:.1f}", x) : size >= 1 ? fmt::format("{:.2f}", x) : fmt::format("{:.3f}", x);
}

std::string bytes(double x) {
  constexpr double k = 1024;
  if (x < 10 * k)
    return figure(x) + " B";
  if (x < 10 * k * k)
    return figure(x / k) + " KiB";
  return x < 10 * k * k * k ? figure(x / k / k) + " MiB" : figure(x / k / k / k) + " GiB";
}

} // namespace gochron::bench
