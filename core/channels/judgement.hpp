#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/channels/kind.hpp"
#include "core/schema/json.hpp"

/// What most providers mean by a status, and the words in which they say why.
namespace gochron::core {

/// 2xx succeeded; 408, 425, 429, 5xx, redirects and no answer at all may pass; 410 is gone; every other 4xx is refused
/// for good. `said` is what the provider gave as its reason.
receipt judge_status(const delivery_attempt& x, std::string_view said = {});

/// `"Slack answered channel_not_found."`, at most 300 characters of what it said.
receipt failed(delivery_outcome outcome, std::string_view said, std::optional<seconds> retry_after = {});

/// The answer's body as an object; null in it where there is none.
json_value answer_of(const delivery_attempt& x);
std::string text_in(const json_value& x, std::string_view name);
std::optional<std::int64_t> integer_in(const json_value& x, std::string_view name);
bool true_in(const json_value& x, std::string_view name);

} // namespace gochron::core
