#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gochron/clock.hpp"
#include "gochron/ids.hpp"
#include "gochron/token.hpp"

namespace gochron {

/// What a plan counts.
enum class countable : std::uint8_t {
  monitors,
  channels,
  alert_rules,
  users,
  tokens,
  escalation_policies,
  maintenance_windows,
  teams,
};
inline constexpr std::size_t countables = 8;

/// How much an organisation may have. A row of the table `plans`; unset: no limit.
struct plan {
  std::string name;
  std::array<std::optional<std::int64_t>, countables> most; ///< by countable
  std::optional<std::int64_t> history_days;
  std::optional<std::int64_t> writes_per_minute; ///< to each noun

  std::optional<std::int64_t> cap(countable x) const { return most[static_cast<std::size_t>(x)]; }
};

/// A tenant. Everything else belongs to one.
struct organization {
  org_id id;
  std::string name;
  std::string plan = "free"; ///< its name
  timestamp created_at{};
};

/// A new organisation with the token by which its owner gets in.
struct created_organization {
  organization record;
  token_record owner_token;
  std::string secret; ///< of the token, shown once
};

/// An organisation, what it may have and what it has.
struct organization_limits {
  organization of;
  std::shared_ptr<const gochron::plan> plan; ///< never null
  std::array<std::int64_t, countables> used{};
};

/// What is read anew now and then, since commands beside the server change it.
struct tenancy_snapshot {
  struct row {
    organization record;
    std::int64_t tokens = 0;
  };
  std::vector<plan> plans;
  std::vector<row> organizations;
};

} // namespace gochron
