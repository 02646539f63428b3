#include "storage/refusals.hpp"

#include <fmt/format.h>

namespace gochron::storage {

namespace {

error changed_meanwhile(std::string_view noun) {
  return {errc::stale, fmt::format("The {} was changed meanwhile.", noun), {}, {}, {}};
}

} // namespace

error no_such(std::string_view noun) {
  return {errc::not_found, fmt::format("No such {}.", noun), {}, {}, {}};
}

error not_there(std::string_view noun, const std::optional<std::int64_t>& if_version) {
  return if_version ? changed_meanwhile(noun) : no_such(noun);
}

error key_taken(std::string_view noun) {
  return {errc::conflict,
          fmt::format("Another {} of this organisation has this key.", noun),
          {{"/key", "taken", fmt::format("Another {} has it.", noun)}},
          {},
          {}};
}

result<void> judge_edit(bool changed, std::optional<std::int64_t> present, std::int64_t version,
                        std::string_view noun) {
  if (changed)
    return {};
  if (!present)
    return fail(no_such(noun));
  if (*present != version - 1)
    return fail(changed_meanwhile(noun));
  return fail(key_taken(noun));
}

} // namespace gochron::storage
