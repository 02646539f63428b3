#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace gochron::core {

enum class smtp_tls : std::uint8_t { required, opportunistic };

/// A relay of a channel's own, as its user sets it.
struct email_relay {
  std::string url; ///< `smtp://host:port`, or `smtps://`
  std::optional<std::string> username, password;
  std::string from; ///< an address
  smtp_tls tls = smtp_tls::required;
  friend bool operator==(const email_relay&, const email_relay&) = default;
};

} // namespace gochron::core
