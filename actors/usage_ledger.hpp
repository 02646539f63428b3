#pragma once
#include <array>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <unordered_map>

#include "gochron/error.hpp"
#include "gochron/organization.hpp"

namespace gochron::actors {

/// The organisations, their plans, and how much of what a plan counts each of them has. Thread-safe. What exists is
/// counted when it is loaded; what is made is reserved before, so that of two creates at the cap one is refused before
/// anything is written. An organisation that is not known here has no caps.
class usage_ledger {
  struct book;

public:
  /// Room for something that is being made. Given back when it is let go unsettled; but to be settled before anybody is
  /// told how it went, so that whoever asks then finds the room that there is.
  class reservation {
  public:
    reservation(std::shared_ptr<book> of, org_id org, countable what, std::int64_t n)
      : of_(std::move(of)), org_(org), what_(what), n_(n) {}
    ~reservation();
    reservation(const reservation&) = delete;
    reservation& operator=(const reservation&) = delete;
    void settle(bool made); ///< it exists now, or never will; only the first time counts

  private:
    std::shared_ptr<book> of_;
    const org_id org_;
    const countable what_;
    const std::int64_t n_;
    bool settled_ = false;
  };
  using room = std::shared_ptr<reservation>;

  /// `limit_exceeded` when the plan has no room for `n` more. A caller that only wants to know lets the room go.
  result<room> reserve(org_id org, countable what, std::int64_t n = 1);

  /// Something that existed before it was known here.
  void add(org_id org, countable what, std::int64_t n = 1);
  /// Something is no more.
  void give_back(org_id org, countable what, std::int64_t n = 1);

  void put(const organization& x);
  bool knows(org_id org) const;
  std::optional<organization_limits> limits(org_id org) const;

  /// While it is held the organisation's tokens are not counted anew: one of them is on its way out.
  room removing_tokens(org_id org);

  /// For the refresh() that is based on a snapshot which is taken from now on.
  std::uint64_t begin_refresh();
  /// Plans and organisations as they are in the database; tokens are counted anew where none was made or removed here
  /// since begin_refresh(): the command line makes some, too.
  void refresh(const tenancy_snapshot& x, std::uint64_t begun);

private:
  std::shared_ptr<book> book_ = make_book();
  static std::shared_ptr<book> make_book();
};

} // namespace gochron::actors
