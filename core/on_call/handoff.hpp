#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/alert_matching.hpp"
#include "gochron/error.hpp"
#include "gochron/schedule.hpp"

/// Who comes on call and who goes, for those who want to be told.
namespace gochron::core {

/// Hand-offs further away than this are looked for again before they come.
inline constexpr std::chrono::days handoff_horizon{40};

/// Somebody whose duty has begun.
struct begun_duty {
  user_id user;
  std::optional<timestamp> until; ///< unset: not within the horizon
  friend bool operator==(const begun_duty&, const begun_duty&) = default;
};

/// What has become of those who were `told` to be on call.
struct handoff {
  std::vector<user_id> on_call; ///< a set: at the moment that was asked about
  std::vector<begun_duty> started;
  std::vector<user_id> ended;
  std::optional<timestamp> next; ///< when it changes again; unset: not within the horizon

  bool is_news() const { return !started.empty() || !ended.empty(); }
};

/// The same with names, as receivers of `on_call.changed` are shown it.
struct handoff_news {
  struct begun {
    paged_user who;
    std::optional<timestamp> until;
  };
  schedule_id id;
  std::string name;
  std::optional<std::string> key;
  std::string time_zone;
  std::vector<paged_user> on_call;
  std::vector<begun> started;
  std::vector<paged_user> ended;
  std::optional<timestamp> next;
};

/// `name_of`: empty where nobody knows; then the id stands for it.
handoff_news news_of(const schedule_record& schedule, const handoff& x,
                     const std::function<std::string(const user_id&)>& name_of);

/// `told` unset: nobody is news. `x` must cover [at, at + handoff_horizon). Error: `invalid` as with shifts_in().
result<handoff> handoff_at(const on_call_books& x, const std::optional<std::vector<user_id>>& told, timestamp at);

/// Who hears of it, each once: the channels that the schedule names, and, where it tells users, the contact methods by
/// which those who come and go would be told first with low urgency. As far as they are enabled and take the event.
std::vector<channel_id> handoff_targets(const std::shared_ptr<const alert_book>& book, const schedule_spec& schedule,
                                        const handoff& x);

} // namespace gochron::core
