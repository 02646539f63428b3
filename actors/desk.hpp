#pragma once
#include <functional>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/interfaces.hpp"
#include "actors/leaf_deps.hpp"
#include "actors/token_cache.hpp"
#include "actors/user_directory.hpp"

namespace gochron::actors {

/// Whom tokens belong to, what they write, and where it is kept. All of it outlives the desk.
struct tenant_deps {
  user_store* users = nullptr;
  organization_store* organizations = nullptr;
  user_directory* directory = nullptr;
  incident_document_store* documents = nullptr;
};

/// Writes what has no life of its own: each is a row, and of most an entry in a table that others read. A file a noun:
/// desk.cpp has the rules.
struct desk_state {
  static inline const char* name = "desk";
  desk_actor::stateful_pointer<desk_state> self = nullptr;
  const leaf_deps* deps = nullptr;
  rule_store* rules = nullptr;
  token_store* tokens = nullptr;
  token_cache* cache = nullptr;
  tenant_deps tenants = {};
  schedule_store* schedules = nullptr;
  people_store* people = nullptr;

  void create(const create_rule& x);
  void edit(const edit_rule& x);
  void remove(const remove_rule& x);
  void create(const create_token& x);
  void edit(const edit_token& x);
  void rotate(const rotate_token& x);
  void remove(const remove_token& x);
  void create(const create_user& x);
  void edit(const edit_user& x);
  void remove(const remove_user& x);
  status removable(const remove_user& x) const;
  void remove_with(const remove_user& x, std::vector<token_record> theirs);
  void dismiss_belongings(const remove_user& x, const std::function<void()>& then);
  void create(const create_organization& x);
  void create(const create_schedule& x);
  void edit(const edit_schedule& x);
  void revise(const edit_schedule& x, const schedule_record& now);
  void remove(const remove_schedule& x);
  void create(const create_override& x);
  void remove(const remove_override& x);
  void edit(const edit_override& x);
  void revise(const edit_override& x, const schedule_override& now);
  void rotate(const rotate_feed& x);
  void revoke(const revoke_feed& x);
  void rotate(const rotate_user_feed& x);
  void revoke(const revoke_user_feed& x);
  void create(const create_notification_rule& x);
  void show(const get_notification_rule& x);
  void edit(const edit_notification_rule& x);
  void remove(const remove_notification_rule& x);
  void create(const create_team& x);
  void show(const get_team& x);
  void edit(const edit_team& x);
  void remove(const remove_team& x);
  void create(const create_note& x);
  void edit(const edit_note& x);
  void remove(const remove_note& x);
  void write(const write_postmortem& x);
  void remove(const remove_postmortem& x);

  rule_store& rules_of(const part_ptr& into) { return into ? into->rules() : *rules; }
  people_store& people_of(const part_ptr& into) { return into ? into->people() : *people; }
  schedule_store& schedules_of(const part_ptr& into) { return into ? into->schedules() : *schedules; }

  /// Lets hand-offs be looked at anew where a write of the schedule takes effect, before it is answered.
  template <class T>
  reply_to<T> then_hand_over(org_id org, schedule_id id, bool dry, reply_to<T> reply) {
    return reply_to<T>{[deps = deps, org, id, dry, reply = std::move(reply)](result<T> x) {
      if (x && !dry)
        deps->schedule_changed(org, id);
      reply(std::move(x));
    }};
  }

  template <class F>
  auto later(F f) {
    return [to = desk_actor{self}, f = std::move(f)](auto... answer) {
      caf::anon_send(to, resume{[f, answer...] { f(answer...); }});
    };
  }
};

desk_actor::behavior_type desk(desk_actor::stateful_pointer<desk_state> self, const leaf_deps* deps, rule_store* rules,
                               token_store* tokens, token_cache* cache, tenant_deps tenants, schedule_store* schedules,
                               people_store* people);

} // namespace gochron::actors
