#pragma once
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gochron/clock.hpp"
#include "gochron/error.hpp"

namespace gochron::core {

/// `whole`: what is absent takes its default, and what is required must be there. `patch`: RFC 7396, what is absent
/// keeps its value and `null` resets to the default.
enum class read_mode : unsigned char { whole, patch };

/// The state of one reading: where we are in the body, and every rule broken so far (at most `max_violations`).
class reader {
public:
  static constexpr std::size_t max_violations = 100;

  /// `trusted` is for documents that we wrote ourselves: names and types are checked, constraints and rules are not,
  /// so that a bound tightened later never makes a stored row unreadable.
  /// `now` is what times are held against; without it none can be given that has to be.
  explicit reader(read_mode mode, bool trusted = false, std::optional<timestamp> now = std::nullopt)
    : mode_(mode), trusted_(trusted), now_(now) {}

  read_mode mode() const { return mode_; }
  bool trusted() const { return trusted_; }
  const std::optional<timestamp>& now() const { return now_; }

  /// Records a broken rule at the present place, or at its member `child`.
  void fail(std::string_view code, std::string detail, std::string_view child = {});

  /// True when something is wrong with one of these members of the present object.
  bool spoiled(std::initializer_list<std::string_view> members) const;
  bool spoiled(const std::vector<std::string>& members) const;

  std::size_t count() const { return violations_.size(); }
  error take_error();

  /// Goes one step down; comes back when destroyed.
  class step {
  public:
    step(reader& r, std::string_view name);
    step(reader& r, std::size_t index);
    ~step() { reader_.path_.resize(length_); }
    step(const step&) = delete;
    step& operator=(const step&) = delete;

  private:
    reader& reader_;
    std::size_t length_;
  };

  /// Reads in another mode while it lives: the items of an array are always whole.
  class with_mode {
  public:
    with_mode(reader& r, read_mode mode) : reader_(r), before_(r.mode_) { r.mode_ = mode; }
    ~with_mode() { reader_.mode_ = before_; }
    with_mode(const with_mode&) = delete;
    with_mode& operator=(const with_mode&) = delete;

  private:
    reader& reader_;
    read_mode before_;
  };

private:
  bool spoiled_at(std::string_view member) const;

  read_mode mode_;
  bool trusted_;
  std::optional<timestamp> now_;
  std::string path_;
  std::vector<violation> violations_;
};

} // namespace gochron::core
