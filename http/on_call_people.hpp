#pragma once
#include <algorithm>
#include <unordered_map>

#include "core/on_call/timetable.hpp"
#include "core/schema/schedule.hpp"
#include "http/configured.hpp"

/// What the operations about who is on call have in common.
namespace gochron::http {

struct time_range {
  timestamp from{}, to{};
};

/// The names of an organisation's users, each looked up once an answer, in memory.
class people_names {
public:
  explicit people_names(const call& c) : c_(c) {}

  std::vector<core::on_call_person> of(const std::vector<user_id>& users) {
    std::vector<core::on_call_person> all;
    for (const auto& id : users)
      all.push_back({id, name_of(id)});
    return all;
  }

  std::vector<core::named_shift> of(std::vector<on_call_shift> shifts) {
    std::vector<core::named_shift> all;
    for (auto& x : shifts) {
      auto people = of(x.users);
      all.push_back({std::move(x), std::move(people)});
    }
    return all;
  }

private:
  std::optional<std::string> name_of(user_id id) {
    auto it = known_.find(id);
    if (it == known_.end()) {
      auto user = c_.with().engine.user(c_.org(), id);
      it = known_.emplace(id, user ? std::optional{user->spec.name} : std::nullopt).first;
    }
    return it->second;
  }

  const call& c_;
  std::unordered_map<user_id, std::optional<std::string>> known_;
};

/// All shifts on one page, with names.
inline void answer_shifts(const call& c, result<std::vector<on_call_shift>> x) {
  if (!x)
    return c.refuse(x.error());
  answer_page(c, *core::on_call_shift_schema(), page<core::named_shift>{people_names{c}.of(std::move(*x)), {}});
}

/// Whether `user` is among them; unset: whoever they are.
inline bool has(const std::vector<user_id>& users, const std::optional<user_id>& user) {
  return !user || std::ranges::find(users, *user) != users.end();
}

inline core::on_call_answer answer_at(const on_call_books& x, timestamp at, people_names& names) {
  core::on_call_answer answer{x.of.id, x.of.name, at, core::on_call_at(x, at), std::nullopt};
  answer.people = names.of(answer.users);
  return answer;
}

/// Looks up one schedule with all that decides about the range, then goes on.
template <class F>
void with_books(const call& c, schedule_id id, time_range range, F f) {
  using books = std::vector<on_call_books>;
  c.with().queries.on_call(c.org(), {id}, range.from, range.to, reply_to<books>{[c, f](result<books> x) {
                             if (!x)
                               return c.refuse(x.error());
                             if (x->empty())
                               return c.refuse({errc::not_found, "No such schedule.", {}, {}, {}});
                             f(std::move(x->front()));
                           }});
}

/// The parameter `at`, and what it says; the default is now.
std::vector<parameter> at_parameter();
timestamp read_at(query_reader& q, const call& c);

} // namespace gochron::http
