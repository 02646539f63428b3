#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/interfaces.hpp"
#include "gochron/together.hpp"

namespace gochron::actors {

/// Coordinates one write of several owners: asks each to hold its place, one after the other in the order of their ids,
/// so that two of these never wait for each other; then lets the store write. An owner that is silent for too long, or
/// crashes, costs the others no more than `hold`: then all are let go and nothing is written.
struct together_state {
  static inline const char* name = "together";
  together_actor::stateful_pointer<together_state> self = nullptr;
  write_together wanted;
  std::shared_ptr<joint_write> joint;
  std::vector<std::size_t> order; ///< of the steps with a target; the others need not wait
  std::size_t begun = 0;          ///< in `order`
  enum class progress : std::uint8_t { waiting, arrived, ended };
  std::vector<progress> steps;
  std::size_t undecided = 0; ///< steps that are still waiting
  std::size_t unended = 0;
  std::optional<error> failure; ///< the first
  bool closed = false;

  /// How long owners hold their places for each other.
  static constexpr std::chrono::seconds hold{5};
  /// How long the store may take after that; longer than it promises.
  static constexpr std::chrono::seconds patience{12};

  ~together_state();
  void start();
  void begin_next();
  void begin_step(std::size_t n);
  void arrived(std::size_t n);
  void ended(std::size_t n, const status& s);
  void decide(std::size_t n, progress to);
  void close();
  void on_expired(const hold_expired& x);
  void finish();

  template <class F>
  auto later(F f) {
    return [to = together_actor{self}, f = std::move(f)](auto... what) {
      caf::anon_send(to, resume{[f, what...] { f(what...); }});
    };
  }
};

together_actor::behavior_type together(together_actor::stateful_pointer<together_state> self, write_together wanted,
                                       std::shared_ptr<joint_write> joint);

} // namespace gochron::actors
