#pragma once
#include <algorithm>
#include <atomic>

#include "core/schema/bulk.hpp"
#include "gochron/together.hpp"
#include "http/upsert.hpp"

/// `POST /api/<noun>/bulk`: many writes in one request, each on its own or all together.
namespace gochron::http {

/// What came of one operation.
struct bulk_outcome {
  unsigned status = 0;
  std::string id, key;
  std::optional<std::int64_t> version;
  std::string resource; ///< JSON
  std::optional<error> failure;
};

/// One request under way. Each operation's members are written by whoever answers it, and read when all have answered.
struct bulk_state {
  explicit bulk_state(call of, core::bulk_request x)
    : c(std::move(of)), wanted(std::move(x)), targets(wanted.operations.size()), outcomes(wanted.operations.size()) {}

  call c;
  core::bulk_request wanted;
  std::vector<uuid> targets; ///< whom each operation means; nil: nobody, as yet
  std::vector<bulk_outcome> outcomes;
  std::atomic<std::size_t> left{0};
  int attempts = 0; ///< of an atomic request: somebody else came between

  const core::bulk_operation& operation(std::size_t n) const { return wanted.operations[n]; }
};

using bulk_ptr = std::shared_ptr<bulk_state>;

/// The request's body. Errors: `malformed`, `invalid`.
result<core::bulk_request> read_bulk(const call& c);

/// The key under which the nth operation's own answer is kept.
std::string bulk_key(const call& c, std::size_t n);

/// Calls `go_on` when the nth operation has not been done by an earlier request with the same key; otherwise fills in
/// what came of it then, or that it cannot be known now, and calls `done_before`.
void unless_done(const bulk_ptr& s, std::size_t n, std::function<void()> go_on, std::function<void()> done_before);

/// What is kept of the nth operation: its outcome as one response.
kept_answer keep_outcome(const bulk_state& s, std::size_t n, const bulk_outcome& x);

/// The whole answer: a result each.
response bulk_response(const bulk_state& s);

/// The refusal of an atomic request, or of one that is only tried: all that is wrong with any operation, as pointers
/// into the body.
error bulk_refusal(const bulk_state& s, const error& why);

/// Whether everything that was refused was refused because somebody else came between.
bool only_raced(const bulk_state& s, const error& why);

/// Two operations of an atomic request on the same resource.
std::optional<error> duplicate_targets(const bulk_state& s);

/// The row of the operations' table.
operation& add_bulk_operation(operation_table& add, const core::type_info_ptr& type, const std::string& example,
                              std::function<void(call)> run);

template <class N>
struct bulk {
  using shown = typename N::shown;
  using spec = typename N::spec;
  using id = typename N::id;
  using ended = std::function<void(status)>;

  static void run(call c) {
    if (refused_parameters(c))
      return;
    auto wanted = read_bulk(c);
    if (!wanted)
      return c.refuse(wanted.error());
    extend_deadline(c.ticket(), seconds{30});
    find_targets(std::make_shared<bulk_state>(c, std::move(*wanted)));
  }

  static void find_targets(const bulk_ptr& s) {
    std::vector<std::string> keys;
    std::vector<std::size_t> places;
    for (std::size_t n = 0; n < s->targets.size(); ++n) {
      const auto& op = s->operation(n);
      if (auto given = op.id ? id::parse(*op.id) : std::nullopt)
        s->targets[n] = given->value;
      if (!op.key)
        continue;
      keys.push_back(*op.key);
      places.push_back(n);
    }
    if (keys.empty())
      return begin(s);
    s->c.with().queries.ids_by_key(s->c.org(), N::keyed, std::move(keys),
                                   reply_to<std::vector<uuid>>{[s, places](result<std::vector<uuid>> found) {
                                     if (!found)
                                       return s->c.refuse(found.error());
                                     for (std::size_t i = 0; i < places.size(); ++i)
                                       s->targets[places[i]] = (*found)[i];
                                     begin(s);
                                   }});
  }

  static void begin(const bulk_ptr& s) { s->wanted.atomic ? together(s) : apart(s); }

  static void apart(const bulk_ptr& s) {
    s->left = s->outcomes.size();
    auto ended_one = [s] {
      if (--s->left == 0)
        end_apart(s);
    };
    for (std::size_t n = 0; n < s->outcomes.size(); ++n)
      unless_done(
          s, n, [s, n, ended_one] { start(s, n, nullptr, [ended_one](const status&) { ended_one(); }); }, ended_one);
  }

  // Of writes that were only tried there are no results to show: what is wrong with any of them is the answer.
  static void end_apart(const bulk_ptr& s) {
    auto refused = std::ranges::find_if(s->outcomes, [](const bulk_outcome& x) { return x.failure.has_value(); });
    if (s->c.dry() && refused != s->outcomes.end())
      return s->c.refuse(bulk_refusal(*s, *refused->failure));
    s->c.answer(bulk_response(*s));
  }

  static void together(const bulk_ptr& s) {
    if (auto e = duplicate_targets(*s))
      return s->c.refuse(*e);
    write_together all;
    for (std::size_t n = 0; n < s->outcomes.size(); ++n)
      all.steps.push_back({s->targets[n], [s, n](part_ptr part, ended done) { start(s, n, std::move(part), done); }});
    all.dry = s->c.dry();
    if (s->c.has_key() && !all.dry)
      all.keep = [s] { return s->c.to_keep(bulk_response(*s)); };
    all.reply = reply_to<void>{[s](status done) {
      if (done)
        return s->c.answer(bulk_response(*s));
      if (only_raced(*s, done.error()) && ++s->attempts < 8) {
        s->outcomes.assign(s->outcomes.size(), {});
        return find_targets(s);
      }
      s->c.refuse(bulk_refusal(*s, done.error()));
    }};
    s->c.with().engine.tell(std::move(all));
  }

  static bulk_outcome outcome_of(const bulk_state& s, const shown& x, bool created) {
    const auto& record = N::record_of(x);
    return {created ? 201u : 200u,
            record.id.str(),
            record.spec.key.value_or(""),
            record.version,
            s.c.render(*N::schema(), x, created && N::shows_secret),
            std::nullopt};
  }

  static void refuse(const bulk_ptr& s, std::size_t n, error e, const ended& done) {
    s->outcomes[n].failure = e;
    done(fail(std::move(e)));
  }

  static reply_to<shown> settle(const bulk_ptr& s, std::size_t n, bool created, const ended& done) {
    return reply_to<shown>{[s, n, created, done](result<shown> x) {
      if (!x)
        return refuse(s, n, x.error(), done);
      s->outcomes[n] = outcome_of(*s, *x, created);
      done({});
    }};
  }

  // A create on its own keeps its answer, so that repeating the request does not repeat it. Together, what each will
  // answer goes into the one answer that is kept.
  static written_by<shown> by(const bulk_ptr& s, std::size_t n, bool created, const part_ptr& part) {
    written_by<shown> x;
    x.from = s->c.by().from;
    x.dry = s->c.dry();
    if (!s->c.has_key() || x.dry || (!part && !created))
      return x;
    x.keep = [s, n, created, joint = part != nullptr](const shown& will) {
      auto outcome = outcome_of(*s, will, created);
      if (!joint)
        return keep_outcome(*s, n, outcome);
      s->outcomes[n] = std::move(outcome);
      return kept_answer{};
    };
    return x;
  }

  static void start(const bulk_ptr& s, std::size_t n, part_ptr part, const ended& done) {
    const auto& op = s->operation(n);
    switch (op.method) {
    case core::bulk_method::create:
      return create(s, n, core::create<spec>(**op.body, s->c.with().clock.now()), part, done);
    case core::bulk_method::replace:
    case core::bulk_method::update:
      return edit(s, n, part, done,
                  [whole = op.method == core::bulk_method::replace, body = *op.body,
                   at = s->c.with().clock.now()](const spec& now) {
                    return whole ? core::replace<spec>(now, *body, at) : core::merge<spec>(now, *body, at);
                  });
    case core::bulk_method::remove:
      return remove(s, n, part, done);
    case core::bulk_method::upsert:
      return part ? upsert_together(s, n, part, done) : upsert_apart(s, n, done);
    }
  }

  static void create(const bulk_ptr& s, std::size_t n, result<spec> x, const part_ptr& part, const ended& done) {
    if (!x)
      return refuse(s, n, x.error(), done);
    s->c.with().engine.tell(N::create(s->c, std::move(*x), by(s, n, true, part), part, settle(s, n, true, done)));
  }

  static void edit(const bulk_ptr& s, std::size_t n, const part_ptr& part, const ended& done, edit_of<spec> change) {
    const auto& op = s->operation(n);
    if (s->targets[n].is_nil())
      return refuse(s, n, {errc::not_found, "There is no such resource.", {}, {}, {}}, done);
    auto guarded = [key = op.key, change = std::move(change)](const spec& now) -> result<spec> {
      if (key && now.key.value_or("") != *key)
        return fail(errc::not_found, "It has another key by now.");
      return change(now);
    };
    s->c.with().engine.tell(N::edit(s->c, id{s->targets[n]}, op.if_version, std::move(guarded), by(s, n, false, part),
                                    part, settle(s, n, false, done)));
  }

  static void remove(const bulk_ptr& s, std::size_t n, const part_ptr& part, const ended& done) {
    const auto& op = s->operation(n);
    if (s->targets[n].is_nil())
      return refuse(s, n, {errc::not_found, "There is no such resource.", {}, {}, {}}, done);
    bulk_outcome gone{204, id{s->targets[n]}.str(), op.key.value_or(""), {}, {}, {}};
    s->outcomes[n] = gone;
    s->c.with().engine.tell(
        N::remove(s->c, id{s->targets[n]}, op.if_version, s->c.by(), part, reply_to<void>{[s, n, done](status x) {
                    if (!x)
                      return refuse(s, n, x.error(), done);
                    done({});
                  }}));
  }

  static spec_maker<spec> keyed_maker(const bulk_ptr& s, const core::bulk_operation& op) {
    return [key = *op.key, body = *op.body, at = s->c.with().clock.now()](const spec* now) {
      return read_keyed(now, *body, key, at);
    };
  }

  static void upsert_together(const bulk_ptr& s, std::size_t n, const part_ptr& part, const ended& done) {
    const auto& op = s->operation(n);
    auto make = keyed_maker(s, op);
    if (!s->targets[n].is_nil())
      return edit(s, n, part, done, [make](const spec& now) { return make(&now); });
    if (op.if_version)
      return refuse(s, n, {errc::stale, "Nothing has this key.", {}, {}, {}}, done);
    create(s, n, make(nullptr), part, done);
  }

  static void upsert_apart(const bulk_ptr& s, std::size_t n, const ended& done) {
    const auto& op = s->operation(n);
    upsert_wish<N> wish{*op.key, keyed_maker(s, op), op.if_version, false, false, by(s, n, false, nullptr)};
    upsert<N>::start(s->c, std::move(wish), reply_to<upserted<N>>{[s, n, done](result<upserted<N>> x) {
                       if (!x)
                         return refuse(s, n, x.error(), done);
                       s->outcomes[n] = outcome_of(*s, x->shown, x->created);
                       done({});
                     }});
  }
};

} // namespace gochron::http
