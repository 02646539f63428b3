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
  return [body = c.request().body, whole](const Spec& now) {
    return whole ? core::replace<Spec>(now, *body) : core::merge<Spec>(now, *body);
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
  std::string path;     ///< `/api/monitors`
  std::string one;      ///< `monitor`
  std::string many;     ///< `monitors`
  std::string title;    ///< `Monitor`, as in operation ids
  std::string tag;      ///< `Monitors`
  std::string scope;    ///< `monitors`
};

/// The bare operation; the caller adds what is special.
inline operation operation_of(const noun& n, std::string method, std::string path, std::string id, bool writes,
                              std::string summary, std::string doc) {
  operation op;
  op.method = std::move(method);
  op.path = n.path + path;
  op.id = std::move(id);
  op.tag = n.tag;
  op.scope = n.scope + (writes ? ":write" : ":read");
  op.summary = std::move(summary);
  op.doc = std::move(doc);
  return op;
}

} // namespace gochron::http
