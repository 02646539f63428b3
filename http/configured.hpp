#pragma once
#include <string>

#include "core/schema/resources.hpp"
#include "http/list.hpp"

/// What the three configurable nouns have in common: create, list, get, replace, merge, delete.
namespace gochron::http {

/// The present spec and the request's body make the wanted one: PUT replaces, PATCH merges.
template <class Spec>
edit_of<Spec> edit_by_body(const call& c) {
  bool whole = c.request().method == "PUT";
  return [body = c.request().body, whole, at = c.with().clock.now()](const Spec& now) {
    return whole ? core::replace<Spec>(now, *body, at) : core::merge<Spec>(now, *body, at);
  };
}

/// Checks the parameters that an operation without any must not have.
inline bool refused_parameters(const call& c, const std::vector<parameter>& known = {}) {
  query_reader q{c};
  auto e = q.problem(known);
  if (e)
    c.refuse(*e);
  return e.has_value();
}

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
  std::string path;  ///< `/api/monitors`
  std::string tag;   ///< `Monitors`
  std::string scope; ///< `monitors`
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

} // namespace gochron::http
