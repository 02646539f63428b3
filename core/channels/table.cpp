#include <array>

#include "core/channels/kind.hpp"

namespace gochron::core {

// Each is defined in the source of its name.
#define GOCHRON_CHANNEL_TYPE(name) const channel_kind& name##_kind();
#include "gochron/channel_types.def"

std::span<const channel_kind* const> channel_kinds() {
  static const auto all = std::to_array<const channel_kind*>({
#define GOCHRON_CHANNEL_TYPE(name) &name##_kind(),
#include "gochron/channel_types.def"
  });
  return all;
}

const channel_kind& kind_of(channel_type x) {
  return *channel_kinds()[static_cast<std::size_t>(x)];
}

} // namespace gochron::core
