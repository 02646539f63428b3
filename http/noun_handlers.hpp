#pragma once
#include "http/bulk.hpp"
#include "http/upsert.hpp"

/// Every convention of a configurable noun, once: lists, reads, writes, and the same by key. What differs is in its
/// traits N:
///
///   id, spec, shown, query          its types; `shown` is what the API shows
///   keyed                           its keyed_noun
///   const noun& names()             paths and words
///   schema()                        of `shown`
///   record_of(shown)                the record inside
///   example, patch_example          request bodies, JSON
///   texts                           what the document says beyond the common
///   create/get/edit/remove(call, ...)  its messages
///   const std::vector<parameter>& filters(); void read_filters(query_reader&, query&);
///   void list(const call&, query, page_request)
///   shows_secret                    whether the answer to create carries one
namespace gochron::http {

struct noun_texts {
  std::string list, create, created, get, replace, merge, remove;
};

template <class N>
struct noun_handlers {
  using shown = typename N::shown;

  static reply_to<shown> answer(const call& c) {
    return reply_to<shown>{
        [c](result<shown> x) { x ? c.one(x, *N::schema(), N::record_of(*x).version) : c.refuse(x.error()); }};
  }

  static response created(const call& c, const shown& x) {
    const auto& record = N::record_of(x);
    return c.created(x, *N::schema(), N::names().path + '/' + record.id.str(), record.version, N::shows_secret);
  }

  static response as_it_is_now(const call& c, const shown& x) {
    return c.shown(x, *N::schema(), N::record_of(x).version);
  }

  static void create(call c) {
    if (refused_parameters(c))
      return;
    auto spec = core::create<typename N::spec>(*c.request().body, c.with().clock.now());
    if (!spec)
      return c.refuse(spec.error());
    auto [by, reply] = c.write<shown>([c](const shown& x) { return created(c, x); });
    c.with().engine.tell(N::create(c, std::move(*spec), std::move(by), {}, std::move(reply)));
  }

  static void list(call c) {
    query_reader q{c};
    typename N::query wanted;
    read_common(q, wanted);
    N::read_filters(q, wanted);
    auto page = q.page();
    if (auto e = q.problem(N::filters()))
      return c.refuse(*e);
    N::list(c, std::move(wanted), page);
  }

  static void get(call c) {
    with_target<typename N::id>(c, [&](auto id, auto) { c.with().engine.tell(N::get(c, id, answer(c))); });
  }

  static void edit_with(const call& c, typename N::id id, std::optional<std::int64_t> version,
                        edit_of<typename N::spec> change) {
    auto [by, reply] = c.write<shown>([c](const shown& x) { return as_it_is_now(c, x); });
    c.with().engine.tell(N::edit(c, id, version, std::move(change), std::move(by), {}, std::move(reply)));
  }

  static void edit(call c) {
    with_target<typename N::id>(
        c, [&](auto id, auto version) { edit_with(c, id, version, edit_by_body<typename N::spec>(c)); });
  }

  static void remove(call c) {
    with_target<typename N::id>(
        c, [&](auto id, auto version) { c.with().engine.tell(N::remove(c, id, version, c.by(), {}, c.done())); });
  }

  static error no_such_key() { return {errc::not_found, "Nothing has this key.", {}, {}, {}}; }

  static void get_by_key(call c) {
    if (refused_parameters(c))
      return;
    std::string key{c.param("key")};
    auto found = [c, key](result<std::vector<uuid>> ids) {
      if (!ids)
        return c.refuse(ids.error());
      if (ids->front().is_nil())
        return c.refuse(no_such_key());
      auto same = [c, key](result<shown> x) {
        if (x && N::record_of(*x).spec.key.value_or("") != key)
          x = fail(no_such_key());
        answer(c)(std::move(x));
      };
      c.with().engine.tell(N::get(c, typename N::id{ids->front()}, reply_to<shown>{std::move(same)}));
    };
    c.with().queries.ids_by_key(c.org(), N::keyed, {key}, reply_to<std::vector<uuid>>{std::move(found)});
  }

  /// The conditions in the headers; what is wrong with them otherwise.
  static result<upsert_wish<N>> wish_of(const call& c) {
    upsert_wish<N> wish;
    wish.key = c.param("key");
    auto version = c.if_version();
    if (!version)
      return fail(version.error());
    wish.if_version = *version;
    wish.only_replace = c.request().header("If-Match").has_value();
    if (auto none = c.request().header("If-None-Match")) {
      if (*none != "*")
        return fail(errc::malformed, "If-None-Match takes `*` here: create, and do not replace.");
      wish.only_create = true;
    }
    if (!core::is_key(wish.key))
      return fail(error{errc::invalid,
                        "The key in the path is not valid.",
                        {{"key", "invalid_format", "Must match ^[a-z0-9._-]{1,100}$"}},
                        {},
                        {}});
    return wish;
  }

  static void put_by_key(call c) {
    if (refused_parameters(c))
      return;
    auto wish = wish_of(c);
    if (!wish)
      return c.refuse(wish.error());
    auto body = core::parse_json(*c.request().body);
    if (!body)
      return c.refuse(body.error());
    wish->make = [key = wish->key, at = c.with().clock.now(),
                  body = std::make_shared<const core::json_value>(std::move(*body))](const typename N::spec* now) {
      return read_keyed(now, *body, key, at);
    };
    wish->by.from = c.by().from;
    wish->by.dry = c.dry();
    upsert<N>::start(c, std::move(*wish), reply_to<upserted<N>>{[c](result<upserted<N>> x) {
                       if (!x)
                         return c.refuse(x.error());
                       c.answer(x->created ? created(c, x->shown) : as_it_is_now(c, x->shown));
                     }});
  }

  static void add_collection(operation_table& add) {
    const auto& n = N::names();
    auto type = N::schema()->info();
    add("GET", "", "list" + n.types, false, "List " + n.many, N::texts().list,
        {200, "A page of " + n.many + ".", type, true}, list)
        .query = N::filters();
    auto& post = add("POST", "", "create" + n.type, true, "Create " + n.one, N::texts().create,
                     {201, N::texts().created, type, false, true}, create);
    post.body = body_spec{type, core::schema_use::request, N::example, true};
    post.problems = {409};
  }

  static void add_by_key(operation_table& add) {
    const auto& n = N::names();
    auto type = N::schema()->info();
    add("GET", "/by-key/{key}", "get" + n.type + "ByKey", false, "Get " + n.one + " by key",
        "As by id: the key is the name that you gave it.", {200, "What has this key.", type, false, true}, get_by_key);
    auto& put = add("PUT", "/by-key/{key}", "put" + n.type + "ByKey", true, "Create or replace " + n.one + " by key",
                    "Creates what nothing has this key yet, replaces it otherwise; what does not change keeps its "
                    "version. `If-Match` only replaces, `If-None-Match: *` only creates.",
                    {200, "It was there, and is as the body says.", type, false, true}, put_by_key);
    put.also = success{201, N::texts().created, type, false, true};
    put.body = body_spec{type, core::schema_use::request, N::example, true};
    put.problems = {409};
  }

  static void add_bulk(operation_table& add) { add_bulk_operation(add, N::schema()->info(), N::example, bulk<N>::run); }

  static void add_one(operation_table& add) {
    const auto& n = N::names();
    auto type = N::schema()->info();
    success now{200, "As it is now.", type, false, true};
    add("GET", "/{id}", "get" + n.type, false, "Get " + n.one, N::texts().get, {200, "As it is.", type, false, true},
        get);
    auto& put = add("PUT", "/{id}", "replace" + n.type, true, "Replace " + n.one, N::texts().replace, now, edit);
    put.body = body_spec{type, core::schema_use::request, N::example, true};
    put.problems = {409};
    auto& patch = add("PATCH", "/{id}", "update" + n.type, true, "Change " + n.one, N::texts().merge, now, edit);
    patch.body = body_spec{type, core::schema_use::patch, N::patch_example, true};
    patch.problems = {409};
    add("DELETE", "/{id}", "delete" + n.type, true, "Delete " + n.one, N::texts().remove, {204, "It is gone.", nullptr},
        remove)
        .problems = {409};
  }
};

} // namespace gochron::http
