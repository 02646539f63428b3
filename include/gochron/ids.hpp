#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "gochron/clock.hpp"

namespace gochron {

/// 128 bits in network order, as Postgres keeps them.
struct uuid {
  std::array<std::uint8_t, 16> bytes{};
  friend auto operator<=>(const uuid&, const uuid&) = default;
  bool is_nil() const { return *this == uuid{}; }
};

/// A fresh UUIDv7 (RFC 9562): 48 bits of `now` in milliseconds, then 74 random bits. Ordered by time of creation to
/// the millisecond. Thread-safe.
uuid make_uuid(timestamp now);

/// The 26 characters of a TypeID's suffix: Crockford base32, lower case.
std::string to_base32(const uuid& x);

/// Empty unless `text` is exactly 26 valid lower-case characters whose value fits 128 bits.
std::optional<uuid> from_base32(std::string_view text);

/// The canonical 8-4-4-4-12 form, for logs and the database's text protocol.
std::string to_string(const uuid& x);

/// A uuid that knows what it names. Its text is a TypeID: `mon_01h455vb4pex5vsknk084sn02q`.
template <class Tag>
struct id {
  uuid value;

  static id make(timestamp now) { return {make_uuid(now)}; }

  /// Empty for another kind's prefix, a wrong length or a wrong character.
  static std::optional<id> parse(std::string_view text) {
    constexpr std::string_view prefix = Tag::prefix;
    if (text.size() != prefix.size() + 27 || !text.starts_with(prefix) || text[prefix.size()] != '_')
      return std::nullopt;
    auto value = from_base32(text.substr(prefix.size() + 1));
    return value ? std::optional<id>{id{*value}} : std::nullopt;
  }

  std::string str() const { return std::string{Tag::prefix} + '_' + to_base32(value); }
  bool is_nil() const { return value.is_nil(); }
  friend auto operator<=>(const id&, const id&) = default;
};

namespace tag {
struct organization {
  static constexpr std::string_view prefix = "org";
};
struct token {
  static constexpr std::string_view prefix = "tok";
};
struct user {
  static constexpr std::string_view prefix = "usr";
};
struct monitor {
  static constexpr std::string_view prefix = "mon";
};
struct rule {
  static constexpr std::string_view prefix = "rule";
};
struct channel {
  static constexpr std::string_view prefix = "chn";
};
struct incident {
  static constexpr std::string_view prefix = "inc";
};
struct timeline {
  static constexpr std::string_view prefix = "tl";
};
struct event {
  static constexpr std::string_view prefix = "evt";
};
struct delivery {
  static constexpr std::string_view prefix = "dlv";
};
struct attempt {
  static constexpr std::string_view prefix = "att";
};
struct result {
  static constexpr std::string_view prefix = "res";
};
struct audit {
  static constexpr std::string_view prefix = "aud";
};
struct schedule {
  static constexpr std::string_view prefix = "sch";
};
struct override_ {
  static constexpr std::string_view prefix = "ovr";
};
struct escalation_policy {
  static constexpr std::string_view prefix = "pol";
};
struct escalation {
  static constexpr std::string_view prefix = "esc";
};
struct contact_method {
  static constexpr std::string_view prefix = "cm";
};
struct notification_rule {
  static constexpr std::string_view prefix = "nr";
};
struct team {
  static constexpr std::string_view prefix = "team";
};
struct note {
  static constexpr std::string_view prefix = "note";
};
} // namespace tag

using org_id = id<tag::organization>;
using token_id = id<tag::token>;
using user_id = id<tag::user>;
using monitor_id = id<tag::monitor>;
using rule_id = id<tag::rule>;
using channel_id = id<tag::channel>;
using incident_id = id<tag::incident>;
using timeline_id = id<tag::timeline>;
using event_id = id<tag::event>;
using delivery_id = id<tag::delivery>;
using attempt_id = id<tag::attempt>;
using result_id = id<tag::result>;
using audit_id = id<tag::audit>;
using schedule_id = id<tag::schedule>;
using override_id = id<tag::override_>;
using policy_id = id<tag::escalation_policy>;
using escalation_id = id<tag::escalation>;
using contact_method_id = id<tag::contact_method>;
using notification_rule_id = id<tag::notification_rule>;
using team_id = id<tag::team>;
using note_id = id<tag::note>;

} // namespace gochron

template <>
struct std::hash<gochron::uuid> {
  std::size_t operator()(const gochron::uuid& x) const noexcept {
    std::uint64_t low; // the random half of a UUIDv7
    std::memcpy(&low, x.bytes.data() + 8, sizeof low);
    return static_cast<std::size_t>(low);
  }
};

template <class Tag>
struct std::hash<gochron::id<Tag>> {
  std::size_t operator()(const gochron::id<Tag>& x) const noexcept { return std::hash<gochron::uuid>{}(x.value); }
};
