#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/schema/any_json.hpp"
#include "core/schema/object.hpp"

/// The body of `POST /api/<noun>/bulk`, whatever the noun.
namespace gochron::core {

enum class bulk_method : std::uint8_t { create, replace, update, remove, upsert };

struct bulk_operation {
  bulk_method method = bulk_method::create;
  std::optional<std::string> id;
  std::optional<std::string> key;
  std::optional<std::int64_t> if_version;
  std::optional<deferred_object> body;
};

struct bulk_request {
  bool atomic = false;
  std::vector<bulk_operation> operations;

  static constexpr std::size_t most = 1000;
};

object_ptr<bulk_request> bulk_request_schema();

/// One operation's result; `resource` and `error` are JSON.
struct bulk_result {
  std::int64_t index = 0;
  std::int32_t status = 0;
  std::optional<std::string> id, key;
  std::optional<std::int64_t> version;
  std::string resource, error; ///< empty: null
};

} // namespace gochron::core
