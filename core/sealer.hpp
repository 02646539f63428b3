#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gochron::core {

/// Keeps secrets readable only by this installation: AES-256-GCM with a random nonce, the purpose as associated data.
/// A sealed value is `nonce(12) | ciphertext | tag(16)`. Thread-safe; the key is wiped on destruction.
class sealer {
public:
  using key = std::array<std::uint8_t, 32>;
  explicit sealer(const key& k);
  ~sealer();
  sealer(const sealer&) = delete;
  sealer& operator=(const sealer&) = delete;

  /// `purpose` binds a value to its place (`"channel secret"` + row id): moved to another row it does not open.
  std::string seal(std::string_view plain, std::string_view purpose) const;

  /// Empty for a value of another key or purpose, or one that was altered.
  std::optional<std::string> open(std::string_view sealed, std::string_view purpose) const;

private:
  key key_;
};

} // namespace gochron::core
