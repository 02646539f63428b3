#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace gochron::bench {

/// Keeps the compiler from dropping a computation whose value nobody uses.
template <class T>
void keep(const T& value) {
  asm volatile("" : : "r"(&value) : "memory");
}

/// Nanoseconds that `n` calls take.
template <class Operation>
std::int64_t time_of(std::int64_t n, Operation& operation) {
  auto begin = std::chrono::steady_clock::now();
  for (std::int64_t i = 0; i < n; ++i)
    operation();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - begin).count();
}

/// The batch size that takes about two milliseconds: long against the clock, short against the scheduler.
template <class Operation>
std::int64_t batch_size(Operation& operation) {
  constexpr std::int64_t enough = 2'000'000;
  std::int64_t n = 1;
  while (n < (1 << 24) && time_of(n, operation) < enough)
    n *= 2;
  return n;
}

/// Prints the median and the best of 101 batches, in nanoseconds an operation.
template <class Operation>
void measure(std::string_view what, Operation operation) {
  auto n = batch_size(operation);
  std::vector<double> batches(101);
  for (auto& x : batches)
    x = static_cast<double>(time_of(n, operation)) / static_cast<double>(n);
  std::ranges::sort(batches);
  fmt::print("{:<52} {:>10.1f} {:>10.1f}\n", what, batches[batches.size() / 2], batches.front());
}

} // namespace gochron::bench
