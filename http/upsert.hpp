#pragma once
#include <algorithm>
#include <memory>

#include "http/configured.hpp"

/// Create or replace what a key names, whoever else does the same at the same time.
namespace gochron::http {

/// What is wanted under which conditions. N: a noun's traits, see noun_handlers.hpp.
template <class N>
struct upsert_wish {
  std::string key;
  spec_maker<typename N::spec> make;      ///< sets the key
  std::optional<std::int64_t> if_version; ///< `stale` unless it is there, in this version
  bool only_replace = false;              ///< `stale` unless it is there
  bool only_create = false;               ///< `stale` when it is there
  written_by<typename N::shown> by = {};
};

template <class N>
struct upserted {
  typename N::shown shown;
  bool created = false;
};

/// Looks, then creates or replaces, and looks again when somebody else came between: deleted it, gave the key away, or
/// created it first. So of any number at once exactly one creates and all others replace.
template <class N>
class upsert : public std::enable_shared_from_this<upsert<N>> {
public:
  using answer = reply_to<upserted<N>>;

  static void start(const call& c, upsert_wish<N> wish, answer done) {
    std::shared_ptr<upsert> {
      new upsert {
        c, std::move(wish), std::move(done)
      }
      } -> look();
  }

private:
  // Of conflicts the one that goes away by another look: somebody has created it a moment ago.
  static bool is_key_taken(const error& e) {
    return e.code == errc::conflict &&
           std::ranges::find(e.violations, "/key", &violation::pointer) != e.violations.end();
  }

  upsert(const call& c, upsert_wish<N> wish, answer done) : c_(c), wish_(std::move(wish)), done_(std::move(done)) {}

  void look() {
    // Whoever loses this often stands in a crowd that creates and deletes without pause.
    if (++looks_ > 64)
      return done_(try_later(errc::busy, "Others create and delete it all the time."));
    c_.with().queries.ids_by_key(
        c_.org(), N::keyed, {wish_.key},
        reply_to<std::vector<uuid>>{[me = this->shared_from_this()](result<std::vector<uuid>> found) {
          if (!found)
            return me->done_(fail(found.error()));
          found->front().is_nil() ? me->create() : me->replace(typename N::id{found->front()});
        }});
  }

  void create() {
    if (wish_.if_version || wish_.only_replace)
      return done_(fail(errc::stale, "Nothing has this key."));
    auto spec = wish_.make(nullptr);
    if (!spec)
      return done_(fail(spec.error()));
    auto taken = [me = this->shared_from_this()](result<typename N::shown> x) {
      if (x)
        return me->done_(upserted<N>{std::move(*x), true});
      if (is_key_taken(x.error()))
        return me->look();
      me->done_(fail(x.error()));
    };
    c_.with().engine.tell(N::create(c_, std::move(*spec), wish_.by, {}, reply_to<typename N::shown>{std::move(taken)}));
  }

  void replace(typename N::id id) {
    if (wish_.only_create)
      return done_(fail(errc::stale, "The key is taken."));
    auto edit = [key = wish_.key, make = wish_.make](const typename N::spec& now) -> result<typename N::spec> {
      if (!now.key || *now.key != key)
        return fail(errc::not_found, "It has another key by now.");
      return make(&now);
    };
    auto edited = [me = this->shared_from_this()](result<typename N::shown> x) {
      if (x)
        return me->done_(upserted<N>{std::move(*x), false});
      if (x.error().code == errc::not_found)
        return me->look();
      me->done_(fail(x.error()));
    };
    c_.with().engine.tell(N::edit(c_, id, wish_.if_version, std::move(edit), wish_.by, {},
                                  reply_to<typename N::shown>{std::move(edited)}));
  }

  call c_;
  upsert_wish<N> wish_;
  answer done_;
  int looks_ = 0;
};

} // namespace gochron::http
