#include "storage/token/token_repository.hpp"

#include <algorithm>

#include "storage/audit/note_rows.hpp"
#include "storage/rehearsal.hpp"

namespace gochron::storage {
namespace {

const statement create_token{"create_token", R"(
WITH gate AS (
  INSERT INTO api_tokens (id, org_id, version, name, scopes, digest, hint, created_at, expires_at, user_id)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING RETURNING id))" +
                                                 note_ctes("$11::jsonb") + "SELECT id FROM gate"};

const statement update_token{"update_token", R"(
WITH gate AS (
  UPDATE api_tokens SET version = $3::bigint, name = $4, digest = $5, hint = $6, expires_at = $7, previous_digest = $8,
    previous_expires_at = $9
  WHERE id = $1 AND org_id = $2 AND version = $3::bigint - 1 RETURNING id))" +
                                                 note_ctes("$10::jsonb") + R"(
SELECT (SELECT count(*) FROM gate), EXISTS (SELECT FROM api_tokens WHERE id = $1 AND org_id = $2))"};

const statement remove_token{"remove_token", R"(
WITH gate AS (
  DELETE FROM api_tokens WHERE id = $1 AND org_id = $2 AND version = $4::bigint RETURNING id))" +
                                                 note_ctes("$3::jsonb") + R"(
SELECT (SELECT count(*) FROM gate), EXISTS (SELECT FROM api_tokens WHERE id = $1 AND org_id = $2))"};

const std::string columns = " t.id, t.org_id, t.version, t.name, t.scopes, t.digest, t.hint, t.created_at, "
                            "t.expires_at, t.last_used_at, t.last_used_ip, t.user_id, t.previous_digest, "
                            "t.previous_expires_at ";

const statement find_token{"find_token",
                           "SELECT" + columns + "FROM api_tokens t WHERE t.digest = $1 OR t.previous_digest = $1"};

const statement load_token{"load_token", "SELECT" + columns + "FROM api_tokens t WHERE t.id = $1 AND t.org_id = $2"};

const statement tokens_of_user{"tokens_of_user",
                               "SELECT" + columns + "FROM api_tokens t WHERE t.user_id = $1 AND t.org_id = $2"};

const statement touch_token{"touch_token", R"(
UPDATE api_tokens SET last_used_at = $2, last_used_ip = $3
WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2))"};

binary bytes_of(const sha256_digest& x) {
  return {{reinterpret_cast<const char*>(x.data()), x.size()}};
}

sha256_digest digest_of(const std::string& bytes) {
  sha256_digest x{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), x.size()), x.begin());
  return x;
}

error no_such_token() {
  return {errc::not_found, "No such token.", {}, {}, {}};
}

// Of a statement that answers with how many rows it changed, and whether the token was there.
status was_written(const rows& answer) {
  std::int64_t changed = 0;
  bool there = false;
  row_reader{answer, 0} >> changed >> there;
  if (changed == 1)
    return {};
  return there ? fail(errc::stale, "The token was changed meanwhile.") : fail(no_such_token());
}

sql_result<result<token_record>> read_one(connection& db, const statement& what, const params& p) {
  auto found = db.run(what, p);
  if (!found)
    return sql_fail(found.error());
  if (found->empty())
    return result<token_record>{fail(no_such_token())};
  row_reader in{*found, 0};
  return result<token_record>{token_from_row(in)};
}

} // namespace

void token_repository::create(token_record x, write_note note, reply_to<token_record> done) {
  params p;
  p << x.id << x.org << x.version << x.name << x.scopes << bytes_of(x.digest) << x.hint << x.created_at << x.expires_at
    << x.user;
  p << note_document(note, *deps_.sealer, deps_.clock->now());
  auto entity = x.id.value;
  auto judge = [x = std::move(x)](const rows& made) -> result<token_record> {
    if (made.empty())
      return fail(errc::conflict, "This token is there already.");
    return x;
  };
  submit(deps_, entity, one_command<token_record>({&create_token, std::move(p)}, std::move(done), judge), note.dry);
}

void token_repository::update(token_record x, write_note note, reply_to<token_record> done) {
  params p;
  p << x.id << x.org << x.version << x.name << bytes_of(x.digest) << x.hint << x.expires_at;
  x.previous_digest ? p << bytes_of(*x.previous_digest) : p << std::nullopt;
  p << x.previous_expires_at << note_document(note, *deps_.sealer, deps_.clock->now());
  auto entity = x.id.value;
  auto judge = [x = std::move(x)](const rows& answer) -> result<token_record> {
    if (auto s = was_written(answer); !s)
      return fail(s.error());
    return x;
  };
  submit(deps_, entity, one_command<token_record>({&update_token, std::move(p)}, std::move(done), judge), note.dry);
}

void token_repository::load(org_id org, token_id id, reply_to<token_record> done) {
  deps_.reads->read<token_record>(done,
                                  [=](connection& db) { return read_one(db, load_token, params{} << id << org); });
}

void token_repository::of_user(org_id org, user_id user, reply_to<std::vector<token_record>> done) {
  using found = std::vector<token_record>;
  deps_.reads->read<found>(std::move(done), [=](connection& db) -> sql_result<result<found>> {
    auto all = db.run(tokens_of_user, params{} << user << org);
    if (!all)
      return sql_fail(all.error());
    return result<found>{map_rows(*all, token_from_row)};
  });
}

void token_repository::remove(org_id org, token_id id, std::int64_t version, write_note note, reply_to<void> done) {
  params p;
  p << id << org << note_document(note, *deps_.sealer, deps_.clock->now()) << version;
  submit(deps_, id.value, one_command<void>({&remove_token, std::move(p)}, std::move(done), was_written), note.dry);
}

void token_repository::find(sha256_digest digest, reply_to<token_record> done) {
  deps_.reads->read<token_record>(
      done, [digest](connection& db) { return read_one(db, find_token, params{} << bytes_of(digest)); });
}

void token_repository::touch(token_id id, timestamp at, std::string ip) {
  write_unit unit;
  unit.commands.push_back({&touch_token, params{} << id << at << ip});
  deps_.writers->submit(id.value, std::move(unit));
}

const std::string& token_columns() {
  static const std::string text{columns};
  return text;
}

token_record token_from_row(row_reader& in) {
  token_record x;
  std::string digest;
  std::optional<std::string> previous;
  in >> x.id >> x.org >> x.version >> x.name >> x.scopes >> digest >> x.hint >> x.created_at >> x.expires_at >>
      x.last_used_at >> x.last_used_ip >> x.user >> previous >> x.previous_expires_at;
  x.digest = digest_of(digest);
  if (previous)
    x.previous_digest = digest_of(*previous);
  return x;
}

} // namespace gochron::storage
