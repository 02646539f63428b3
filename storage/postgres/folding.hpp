#pragma once
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "gochron/ids.hpp"
#include "storage/postgres/connection.hpp"

namespace gochron::storage {

/// The commands of a batch, in which those of one statement `of_many` become one command with all their documents. What
/// is folded moves ahead of what stands between; the commands of one entity never change their order, and two of them
/// are never in one statement.
class folding {
public:
  /// Of the units, in their order. A nil entity stands for itself alone.
  void add(const command& x, const uuid& entity);

  /// What is to be run.
  std::vector<command> commands();

  /// The answer to the nth that was added, out of the answers to commands().
  rows answer(std::size_t nth, std::span<const rows> answers) const;

private:
  struct place {
    std::size_t command;
    std::optional<int> row; ///< unset: not folded, all the rows
  };
  struct fold {
    std::size_t command;
    int documents = 0;
    std::string text;
  };
  fold* open(const command& x, const uuid& entity);

  std::vector<command> commands_;
  std::vector<place> places_;
  std::vector<fold> folds_;
  std::unordered_map<const statement*, std::size_t> newest_; ///< the fold of a statement that still takes documents
  std::unordered_map<uuid, std::size_t> last_;               ///< the last command with something of an entity
};

} // namespace gochron::storage
