#pragma once
#include <optional>
#include <string>

#include "core/schema/resources.hpp"
#include "http/list.hpp"

/// What the nouns that users configure have in common, beneath their handlers (see noun_handlers.hpp).
namespace gochron::http {

/// Makes the wanted spec of the present one, or of nothing when it is to be created. Pure.
template <class Spec>
using spec_maker = std::function<result<Spec>(const Spec* now)>;

/// The present spec and the request's body make the wanted one: PUT replaces, PATCH merges.
template <class Spec>
edit_of<Spec> edit_by_body(const call& c) {
  bool whole = c.request().method == "PUT";
  return [body = c.request().body, whole, at = c.with().clock.now()](const Spec& now) {
    return whole ? core::replace<Spec>(now, *body, at) : core::merge<Spec>(now, *body, at);
  };
}

/// The whole body, as it came in at `at`, of something that `key` names: the body's own `key` is absent, null or the
/// same.
template <class Spec>
result<Spec> read_keyed(const Spec* now, const core::json_value& body, const std::string& key, timestamp at) {
  auto wanted = now ? core::replace<Spec>(*now, body, at) : core::create<Spec>(body, at);
  const auto* given = body.find("key");
  if (given && !given->is_null() && (!given->as<std::string>() || *given->as<std::string>() != key)) {
    auto e = wanted ? error{errc::invalid, "The request body is not valid.", {}, {}, {}} : wanted.error();
    e.violations.push_back({"/key", "inconsistent", "Not the key that the request names."});
    return fail(std::move(e));
  }
  if (wanted)
    wanted->key = key;
  return wanted;
}

/// Checks the parameters that an operation without any must not have.
inline bool refused_parameters(const call& c, const std::vector<parameter>& known = {}) {
  query_reader q{c};
  auto e = q.problem(known);
  if (e)
    c.refuse(*e);
  return e.has_value();
}

/// What is older is not shown: where the history of the caller's plan begins. Unset: it has no such end.
std::optional<timestamp> horizon_of(const call& c);

/// What the operations that keep to it say of it.
inline constexpr auto within_history =
    " Nothing from before your plan's history begins is shown (`history_days` of `GET /api/limits`).";

/// For what only reads: why If-Match is not met by what has this version. `noun` as in `The schedule`.
error changed_since(std::string_view noun, std::int64_t version);

/// Calls `f(id, if_version)` when the path and If-Match are in order; otherwise the refusal is on its way.
template <class Id, class F>
void with_target(const call& c, F f) {
  if (refused_parameters(c))
    return;
  auto id = c.id<Id>();
  if (!id)
    return;
  auto version = c.if_version();
  if (!version)
    return c.refuse(version.error());
  f(*id, *version);
}

/// Names of a noun for its table of operations.
struct noun {
  std::string path;        ///< `/api/monitors`
  std::string tag;         ///< `Monitors`
  std::string scope;       ///< `monitors`
  std::string one = {};    ///< `a monitor`
  std::string many = {};   ///< `monitors`
  std::string type = {};   ///< `Monitor`, of operation ids
  std::string types = {};  ///< `Monitors`
  std::string prefix = {}; ///< `mon`, of its ids
};

/// Collects a noun's operations, a row each; the caller adds to a row what is special about it.
struct operation_table {
  const noun& of;
  operations all = {};

  /// `writes` picks the scope; `path` is what follows the noun's.
  operation& operator()(std::string method, std::string path, std::string id, bool writes, std::string summary,
                        std::string doc, success ok, std::function<void(call)> run) {
    operation op;
    op.method = std::move(method);
    op.path = of.path + path;
    op.id = std::move(id);
    op.tag = of.tag;
    op.scope = of.scope + (writes ? ":write" : ":read");
    op.summary = std::move(summary);
    op.doc = std::move(doc);
    op.ok = std::move(ok);
    op.run = std::move(run);
    return all.emplace_back(std::move(op));
  }
};

/// `ids`, `q`, `key`, `updated_since` and `sort`, then `more`. `searched`: "name, description or target".
std::vector<parameter> configured_parameters(const noun& of, const std::string& searched,
                                             std::vector<parameter> more = {});

list_sort sort_of(query_reader& q);

/// Reads what configured_parameters() announces.
template <class Id>
void read_common(query_reader& q, list_query<Id>& to) {
  to.ids = q.ids<Id>("ids");
  to.q = q.text("q");
  to.key = q.text("key");
  to.updated_since = q.time("updated_since");
  to.sort = sort_of(q);
}

} // namespace gochron::http
