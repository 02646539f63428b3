#pragma once
#include <memory>
#include <mutex>
#include <vector>

#include "gochron/store.hpp"

namespace gochron::actors {

/// When the engine did not watch: what the database knew at the start, and what this process noticed of itself.
/// Thread-safe. Readers get an immutable list, oldest first, without overlap; of very many only the latest.
class gap_log {
public:
  using list = std::shared_ptr<const std::vector<observation_gap>>;
  static constexpr std::size_t most = 4096;

  /// One that the database knows. Gaps that overlap or touch become one.
  void load(observation_gap x);
  /// One that it does not know.
  void notice(observation_gap x);

  list all() const;
  /// Those that reach past `since`.
  std::vector<observation_gap> after(timestamp since) const;
  /// What was noticed since the last call.
  std::vector<observation_gap> take_noticed();

private:
  void add(observation_gap x);

  mutable std::mutex mutex_;
  list all_ = std::make_shared<const std::vector<observation_gap>>();
  std::vector<observation_gap> noticed_;
};

} // namespace gochron::actors
