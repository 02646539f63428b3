#pragma once
#include <optional>
#include <string>
#include <utility>

#include <caf/send.hpp>

#include "actors/interfaces.hpp"
#include "actors/write_lane.hpp"

namespace gochron::actors {

/// What the leaves share that keep one row and take edits of it: policies, channels, maintenance windows. Requests are
/// written one at a time; each is looked at again when its turn has come, for the row may be another by then.
/// `State` derives from this and has `self`, `record`, `using handle`, `noun()`, `on(request)` and `write(request)`.
template <class State>
struct record_leaf {
  write_lane lane;   ///< of the row
  bool gone = false; ///< deleted: answers so, until the shard knows

  /// Everything that is asked of the leaf comes through here.
  template <class Request>
  void receive(const Request& x) {
    gone ? x.reply(no_longer()) : me().on(x);
  }

  tl::unexpected<error> no_longer() const { return fail(errc::not_found, "No such " + std::string{me().noun()} + '.'); }

  /// Unset when the request is of this version, or of any.
  template <class Request>
  std::optional<error> outdated(const Request& x) const {
    auto version = me().record->version;
    if (!x.if_version || *x.if_version == version)
      return std::nullopt;
    auto text = "The " + std::string{me().noun()} + " has changed: its version is " + std::to_string(version) + '.';
    return error{errc::stale, std::move(text), {}, {}, {}};
  }

  /// Calls `write` when the lane is ours and the request is good for what the row is then.
  template <class Request>
  void in_turn(const Request& x) {
    if (lane.refuses())
      return x.reply(not_taken());
    auto refuse = [this, reply = x.reply](auto why) {
      reply(std::move(why));
      lane.done();
    };
    auto begin = [this, x, refuse] {
      auto e = outdated(x);
      gone ? refuse(no_longer()) : e ? refuse(fail(std::move(*e))) : me().write(x);
    };
    lane.push(std::move(begin), [this, refuse] { refuse(gone ? no_longer() : not_taken()); });
  }

  /// Wraps what must happen to this actor once something outside has answered.
  template <class F>
  auto later(F f) {
    return [to = typename State::handle{me().self}, f = std::move(f)](auto... answer) {
      caf::anon_send(to, resume{[f, ... answer = std::move(answer)]() mutable { f(std::move(answer)...); }});
    };
  }

private:
  State& me() { return static_cast<State&>(*this); }
  const State& me() const { return static_cast<const State&>(*this); }
};

} // namespace gochron::actors
