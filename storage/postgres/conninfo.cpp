#include "storage/postgres/conninfo.hpp"

#include <map>
#include <memory>

#include <libpq-fe.h>

namespace gochron::storage {
namespace {

using settings = std::map<std::string, std::string, std::less<>>;

result<settings> parse(const std::string& text) {
  char* message = nullptr;
  std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options{PQconninfoParse(text.c_str(), &message),
                                                                       PQconninfoFree};
  std::unique_ptr<char, decltype(&PQfreemem)> owned{message, PQfreemem};
  if (!options)
    return fail(errc::malformed, "DATABASE_URL is not a connection string that libpq understands.");
  settings found;
  for (auto* x = options.get(); x->keyword; ++x)
    if (x->val)
      found[x->keyword] = x->val;
  return found;
}

std::string print(const settings& xs) {
  std::string text;
  for (const auto& [key, value] : xs) {
    text += text.empty() ? "" : " ";
    text += key + "='";
    for (char c : value) {
      if (c == '\'' || c == '\\')
        text += '\\';
      text += c;
    }
    text += '\'';
  }
  return text;
}

bool names_several_hosts(const settings& xs) {
  for (auto key : {"host", "hostaddr"})
    if (auto it = xs.find(key); it != xs.end() && it->second.find(',') != std::string::npos)
      return true;
  return false;
}

} // namespace

result<std::string> with_defaults(std::string_view database_url) {
  auto parsed = parse(std::string{database_url});
  if (!parsed)
    return fail(parsed.error());
  parsed->try_emplace("application_name", "gochron");
  parsed->try_emplace("connect_timeout", "5");
  parsed->try_emplace("keepalives_idle", "30");
  parsed->try_emplace("keepalives_interval", "5");
  parsed->try_emplace("keepalives_count", "3");
  if (names_several_hosts(*parsed))
    parsed->try_emplace("target_session_attrs", "read-write");
  return print(*parsed);
}

std::string with_database(std::string_view conninfo, std::string_view database) {
  auto parsed = parse(std::string{conninfo});
  auto xs = parsed.value_or(settings{});
  xs["dbname"] = database;
  return print(xs);
}

} // namespace gochron::storage
