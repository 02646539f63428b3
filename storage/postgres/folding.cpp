#include "storage/postgres/folding.hpp"

namespace gochron::storage {

// The newest fold of this statement, unless the entity has a command there or behind it.
folding::fold* folding::open(const command& x, const uuid& entity) {
  auto newest = newest_.find(x.what);
  if (newest == newest_.end() || entity.is_nil())
    return nullptr;
  auto& into = folds_[newest->second];
  auto last = last_.find(entity);
  return last == last_.end() || last->second < into.command ? &into : nullptr;
}

void folding::add(const command& x, const uuid& entity) {
  if (!x.what->of_many) {
    last_[entity] = commands_.size();
    places_.push_back({commands_.size(), std::nullopt});
    commands_.push_back(x);
    return;
  }
  auto* into = open(x, entity);
  if (!into) {
    newest_[x.what] = folds_.size();
    into = &folds_.emplace_back(fold{commands_.size(), 0, {}});
    commands_.push_back({x.what, {}});
  }
  auto document = x.values.text(0);
  document.remove_prefix(1); // of its own array of one
  document.remove_suffix(1);
  into->text += into->documents == 0 ? '[' : ',';
  into->text += document;
  last_[entity] = into->command;
  places_.push_back({into->command, into->documents++});
}

std::vector<command> folding::commands() {
  for (const auto& x : folds_)
    commands_[x.command].values.valid(x.text + ']');
  return std::move(commands_);
}

rows folding::answer(std::size_t nth, std::span<const rows> answers) const {
  const auto& at = places_[nth];
  return at.row ? answers[at.command].only(*at.row) : answers[at.command];
}

} // namespace gochron::storage
