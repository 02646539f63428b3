#include "storage/joint_write.hpp"

#include <mutex>

#include "storage/audit/answer_repository.hpp"
#include "storage/channel/channel_repository.hpp"
#include "storage/escalation/policy_repository.hpp"
#include "storage/maintenance/window_repository.hpp"
#include "storage/monitor/monitor_repository.hpp"
#include "storage/people/people_repository.hpp"
#include "storage/rule/rule_repository.hpp"
#include "storage/schedule/schedule_repository.hpp"

namespace gochron::storage {
namespace {

using unit_rows = std::span<const rows>;

// The units of all parts as one: their rows follow each other.
class merged_units {
public:
  explicit merged_units(std::vector<write_unit> units) : units_(std::move(units)) {}

  std::vector<command> take_commands() {
    std::vector<command> all;
    for (auto& x : units_) {
      sizes_.push_back(x.commands.size());
      std::ranges::move(x.commands, std::back_inserter(all));
    }
    return all;
  }

  bool accept(unit_rows all) const {
    bool good = true;
    each(all, [&](const write_unit& x, unit_rows own) { good = good && accepts(x, own); });
    return good;
  }

  void answer(result<unit_rows> all) const {
    if (!all) {
      for (const auto& x : units_)
        x.done(fail(all.error()));
      return;
    }
    bool good = accept(*all);
    each(*all, [&](const write_unit& x, unit_rows own) {
      good || !accepts(x, own) ? x.done(own) : x.done(fail(not_applied()));
    });
  }

private:
  static bool accepts(const write_unit& x, unit_rows own) { return !x.accepts || x.accepts(own); }

  template <class F>
  void each(unit_rows all, F f) const {
    std::size_t at = 0;
    for (std::size_t i = 0; i < units_.size(); ++i) {
      f(units_[i], all.subspan(at, sizes_[i]));
      at += sizes_[i];
    }
  }

  std::vector<write_unit> units_;
  std::vector<std::size_t> sizes_;
};

class gathering final : public joint_write, public std::enable_shared_from_this<gathering> {
public:
  gathering(std::size_t parts, repository_deps deps, writer_group& writers, result_copier& copier,
            runtime_flusher& flusher)
    : slots_(parts), deps_(deps), writers_(writers), copier_(copier), flusher_(flusher) {}
  ~gathering() override { abandon({errc::unavailable, "It was given up.", {}, std::chrono::seconds{1}, {}}); }

  std::shared_ptr<write_part> part(std::size_t n, std::function<void()> arrived) override;

  void hand_in(std::size_t n, write_unit x, const std::function<void()>& arrived) {
    std::optional<error> closed;
    {
      std::lock_guard guard{mutex_};
      closed = closed_;
      if (!closed)
        slots_[n] = std::move(x);
    }
    closed ? x.done(fail(std::move(*closed))) : arrived();
  }

  void write(bool dry) override {
    auto merged = std::make_shared<merged_units>(close(not_applied()));
    write_unit whole;
    whole.commands = merged->take_commands();
    whole.whole = true;
    whole.accepts = [merged, dry](unit_rows all) { return merged->accept(all) && !dry; };
    whole.done = [merged](result<unit_rows> all) { merged->answer(std::move(all)); };
    if (!whole.commands.empty())
      writers_.submit({}, std::move(whole));
  }

  void abandon(error why) override {
    for (auto& x : close(why))
      x.done(fail(why));
  }

private:
  std::vector<write_unit> close(error why) {
    std::lock_guard guard{mutex_};
    std::vector<write_unit> units;
    for (auto& x : slots_)
      if (auto unit = std::exchange(x, std::nullopt))
        units.push_back(std::move(*unit));
    if (!closed_)
      closed_ = std::move(why);
    return units;
  }

  std::mutex mutex_;
  std::vector<std::optional<write_unit>> slots_;
  std::optional<error> closed_; ///< what latecomers are told
  repository_deps deps_;
  writer_group& writers_;
  result_copier& copier_;
  runtime_flusher& flusher_;
};

// The repositories as ever, on a place to hand in instead of the writers.
class gathered_part final : public write_part, public write_sink {
public:
  gathered_part(std::shared_ptr<gathering> of, std::size_t n, std::function<void()> arrived, repository_deps deps,
                writer_group& writers, result_copier& copier, runtime_flusher& flusher)
    : of_(std::move(of)), n_(n), arrived_(std::move(arrived)), writers_(writers), deps_(on(deps, *this)),
      monitors_(deps_, copier, flusher), channels_(deps_), rules_(deps_), schedules_(deps_), answers_(deps_),
      policies_(deps_), windows_(deps_), people_(deps_) {}

  monitor_store& monitors() override { return monitors_; }
  channel_store& channels() override { return channels_; }
  rule_store& rules() override { return rules_; }
  schedule_store& schedules() override { return schedules_; }
  answer_store& answers() override { return answers_; }
  policy_store& policies() override { return policies_; }
  maintenance_store& windows() override { return windows_; }
  people_store& people() override { return people_; }

  void submit(const uuid&, write_unit x) override { of_->hand_in(n_, std::move(x), arrived_); }
  void after_writes(const uuid& entity, std::function<void(status)> then) override {
    writers_.after_writes(entity, std::move(then));
  }

private:
  static repository_deps on(repository_deps deps, write_sink& sink) {
    deps.writers = &sink;
    deps.joint = true;
    return deps;
  }

  std::shared_ptr<gathering> of_;
  std::size_t n_;
  std::function<void()> arrived_;
  writer_group& writers_;
  repository_deps deps_;
  monitor_repository monitors_;
  channel_repository channels_;
  rule_repository rules_;
  schedule_repository schedules_;
  answer_repository answers_;
  policy_repository policies_;
  window_repository windows_;
  people_repository people_;
};

std::shared_ptr<write_part> gathering::part(std::size_t n, std::function<void()> arrived) {
  return std::make_shared<gathered_part>(shared_from_this(), n, std::move(arrived), deps_, writers_, copier_, flusher_);
}

} // namespace

std::shared_ptr<joint_write> joint_repository::join(std::size_t parts) {
  return std::make_shared<gathering>(parts, deps_, writers_, copier_, flusher_);
}

} // namespace gochron::storage
