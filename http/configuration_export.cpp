#include "http/configuration_export.hpp"

#include "core/configuration/configuration.hpp"
#include "core/configuration/terraform.hpp"
#include "http/configured.hpp"

/// The configuration as a document. What Terraform manages besides is read behind it, a page at a time.
namespace gochron::http {
namespace {

constexpr std::string_view terraform_media = "text/plain; charset=utf-8";

void too_large(const call& c) {
  c.refuse({errc::invalid, "The configuration is too large for one document.", {}, {}, {}});
}

// One export for Terraform under way: the configuration, and what was found besides so far.
struct gathering {
  call c;
  configuration config;
  core::terraform_extras more;
  std::size_t schedule = 0; ///< whose overrides are next
  timestamp now;

  bool is_full() const { return more.users.size() + more.overrides.size() > configuration::most; }
};

using gathering_ptr = std::shared_ptr<gathering>;

void answer_terraform(const gathering& g) {
  auto text = core::export_terraform(g.config, g.more);
  if (text.size() > largest_document)
    return too_large(g.c);
  g.c.answer({.status = 200, .content_type = std::string{terraform_media}, .headers = {}, .body = std::move(text)});
}

// Calls `next` with the cursor of the page behind `x`, or `then` behind the last one.
template <class Row, class Next, class Then>
reply_to<page<Row>> gather(const gathering_ptr& g, std::vector<Row> core::terraform_extras::*rows, Next next,
                           Then then) {
  return reply_to<page<Row>>{[=](result<page<Row>> x) {
    if (!x)
      return g->c.refuse(x.error());
    auto& all = g->more.*rows;
    std::move(x->rows.begin(), x->rows.end(), std::back_inserter(all));
    if (g->is_full())
      return too_large(g->c);
    x->next ? next(g, x->next) : then(g);
  }};
}

void gather_overrides(const gathering_ptr& g, std::optional<keyset> after);

void next_schedule(const gathering_ptr& g) {
  ++g->schedule;
  gather_overrides(g, {});
}

// Those that are not over.
void gather_overrides(const gathering_ptr& g, std::optional<keyset> after) {
  if (g->schedule == g->config.schedules.size())
    return answer_terraform(*g);
  override_query wanted;
  wanted.of = g->config.schedules[g->schedule].id;
  wanted.from = g->now;
  g->c.with().queries.overrides(g->c.org(), wanted, {200, after},
                                gather(g, &core::terraform_extras::overrides, gather_overrides, next_schedule));
}

void first_schedule(const gathering_ptr& g) {
  gather_overrides(g, {});
}

void gather_users(const gathering_ptr& g, std::optional<keyset> after) {
  g->c.with().queries.users(g->c.org(), {}, {}, {200, after},
                            gather(g, &core::terraform_extras::users, gather_users, first_schedule));
}

void answer_json(const call& c, const configuration& x) {
  auto document = core::export_document(x);
  document.size() <= largest_document ? c.json(200, std::move(document)) : too_large(c);
}

} // namespace

const std::vector<parameter>& export_parameters() {
  static const std::vector<parameter> all{
      {"format",
       "`json`: a document for `PUT /api/config`. `terraform`: resources and `import` blocks, as `text/plain`.",
       R"({"type":"string","enum":["json","terraform"],"default":"json"})"}};
  return all;
}

void export_configuration(call c) {
  query_reader q{c};
  auto format = q.text("format").value_or("json");
  if (format != "json" && format != "terraform")
    q.wrong("format", "not_one_of", "Either json or terraform.");
  if (auto e = q.problem(export_parameters()))
    return c.refuse(*e);
  if (format == "terraform")
    extend_deadline(c.ticket(), seconds{30});
  c.with().queries.configured(
      c.org(), reply_to<configuration>{[c, format](result<configuration> x) {
        if (!x)
          return c.refuse(x.error());
        if (format == "json")
          return answer_json(c, *x);
        auto g = std::make_shared<gathering>(gathering{c, std::move(*x), {}, 0, c.with().clock.now()});
        gather_users(g, {});
      }});
}

} // namespace gochron::http
