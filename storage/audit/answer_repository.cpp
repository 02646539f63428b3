#include "storage/audit/answer_repository.hpp"

#include <algorithm>

#include "storage/audit/note_rows.hpp"

namespace gochron::storage {
namespace {

const statement find_answer{"find_answer", R"(
SELECT fingerprint, answer FROM kept_answers WHERE token_id = $2 AND key = $3 AND org_id = $1)"};

const statement keep_answer{"keep_answer", "WITH gate AS (SELECT jsonb_build_object('note', $1::jsonb) AS d)" +
                                               step_note_ctes() + "SELECT count(*) FROM gate"};

result<kept_answer> answer_from_row(row_reader& in, kept_answer x, const core::sealer& sealer) {
  std::string fingerprint, sealed;
  in >> fingerprint >> sealed;
  std::copy_n(fingerprint.begin(), std::min(fingerprint.size(), x.fingerprint.size()), x.fingerprint.begin());
  auto plain = unseal(sealer, sealed, purpose_of(x));
  if (!plain)
    return fail(plain.error());
  x.answer = std::move(*plain);
  return x;
}

} // namespace

void answer_repository::find(org_id org, token_id token, std::string key, reply_to<kept_answer> done) {
  kept_answer wanted{org, token, std::move(key), {}, {}};
  auto body = [wanted, sealer = deps_.sealer](connection& db) -> sql_result<result<kept_answer>> {
    auto found = db.run(find_answer, params{} << wanted.org << wanted.token << wanted.key);
    if (!found)
      return sql_fail(found.error());
    if (found->empty())
      return result<kept_answer>{fail(errc::not_found, "Nothing is kept under this key.")};
    row_reader in{*found, 0};
    return answer_from_row(in, wanted, *sealer);
  };
  deps_.reads->read<kept_answer>(std::move(done), std::move(body));
}

void answer_repository::keep(kept_answer x, reply_to<void> done) {
  auto entity = x.token.value;
  write_note note;
  note.answer = std::move(x);
  auto judge = [](const rows&) -> result<void> { return {}; };
  deps_.writers->submit(
      entity, one_command<void>({&keep_answer, params{} << note_document(note, *deps_.sealer, deps_.clock->now())},
                                std::move(done), judge));
}

} // namespace gochron::storage
