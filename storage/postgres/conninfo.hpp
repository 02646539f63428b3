#pragma once
#include <string>
#include <string_view>

#include "gochron/error.hpp"

namespace gochron::storage {

/// What a user gave as DATABASE_URL (URI or keyword form) in keyword form, with our defaults for what it left open:
/// application_name `gochron`, connect_timeout 5 s, keepalives, and target_session_attrs=read-write when it names
/// several hosts. `malformed` without the text itself: it may hold a password.
result<std::string> with_defaults(std::string_view database_url);

/// Keyword form with another database, for tests and for CREATE DATABASE. `conninfo` from with_defaults().
std::string with_database(std::string_view conninfo, std::string_view database);

} // namespace gochron::storage
