#include "core/configuration/dependencies.hpp"

#include <algorithm>

namespace gochron::core {
namespace {

// Tarjan's strongly connected components, which come out with what they depend on before them. A circle is a component
// of several, or of one that names itself. Depth of the recursion: the longest chain.
class components {
public:
  explicit components(const dependencies& all) : all_(all) {}

  dependency_order run() {
    for (const auto& [id, parents] : all_)
      if (!marks_.contains(id))
        visit(id);
    return std::move(order_);
  }

private:
  struct mark {
    std::size_t index, low;
    bool open = true; ///< its component is not complete
  };

  std::size_t visit(const monitor_id& id) {
    auto index = marks_.size();
    marks_.emplace(id, mark{index, index});
    path_.push_back(id);
    auto low = index;
    bool names_itself = false;
    if (auto found = all_.find(id); found != all_.end())
      for (const auto& parent : found->second) {
        auto seen = marks_.find(parent);
        if (seen == marks_.end())
          low = std::min(low, visit(parent));
        else if (seen->second.open)
          low = std::min(low, seen->second.index);
        names_itself = names_itself || parent == id;
      }
    if (low == index)
      close(id, names_itself);
    return low;
  }

  void close(const monitor_id& root, bool names_itself) {
    bool circle = names_itself || path_.back() != root;
    for (bool last = false; !last;) {
      auto id = path_.back();
      path_.pop_back();
      last = id == root;
      marks_.at(id).open = false;
      order_.place.emplace(id, order_.place.size());
      if (circle)
        order_.circular.insert(id);
    }
  }

  const dependencies& all_;
  std::unordered_map<monitor_id, mark> marks_;
  std::vector<monitor_id> path_;
  dependency_order order_;
};

} // namespace

dependency_order order_of(const dependencies& all) {
  return components{all}.run();
}

} // namespace gochron::core
