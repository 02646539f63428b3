#include "core/configuration/entries.hpp"
#include "core/schema/json_writer.hpp"

namespace gochron::core {
namespace {

// Two spaces a level, a member or item a line: what changes in one place shows in one place.
class pretty_writer {
public:
  std::string take() && { return std::move(text_); }

  void write(const json_value& x) {
    if (const auto* object = x.as<json_object>())
      write_all(*object, '{', '}', [this](const json_member& m) {
        scalar([&](json_writer& w) { w.text(m.name); });
        text_ += ": ";
        write(m.value);
      });
    else if (const auto* array = x.as<json_array>())
      write_all(*array, '[', ']', [this](const json_value& item) { write(item); });
    else
      scalar([&](json_writer& w) { put(w, x); });
  }

private:
  template <class Items, class F>
  void write_all(const Items& items, char open, char close, F each) {
    text_ += open;
    if (!items.empty()) {
      indent_ += 2;
      for (std::size_t i = 0; i < items.size(); ++i) {
        if (i > 0)
          text_ += ',';
        text_.append("\n").append(indent_, ' ');
        each(items[i]);
      }
      indent_ -= 2;
      text_.append("\n").append(indent_, ' ');
    }
    text_ += close;
  }

  template <class F>
  void scalar(F f) {
    json_writer w;
    f(w);
    text_ += w.view();
  }

  static void put(json_writer& w, const json_value& x) {
    if (const auto* text = x.as<std::string>())
      w.text(*text);
    else if (const auto* flag = x.as<bool>())
      w.boolean(*flag);
    else if (const auto* whole = x.as<std::int64_t>())
      w.integer(*whole);
    else if (const auto* real = x.as<double>())
      w.number(*real);
    else
      w.null();
  }

  std::string text_;
  std::size_t indent_ = 0;
};

// Those with a key by key, then the others by id.
template <class Record>
auto place_of(const Record* x) {
  return std::pair{!x->spec.key.has_value(), x->spec.key ? *x->spec.key : x->id.str()};
}

} // namespace

json_value& member_of(json_value& object, std::string_view name) {
  auto& members = std::get<json_object>(object.data);
  auto it = std::ranges::find(members, name, &json_member::name);
  return it != members.end() ? it->value : members.emplace_back(json_member{std::string{name}, {}}).value;
}

void show_references(json_value& entry, const section_reference& of, const shown_ids& shown) {
  for_each_reference(
      entry, of.path, "",
      [&](std::string& id, const std::string&) {
        if (auto it = shown.find(id); it != shown.end())
          id = it->second;
      },
      of.type);
  if (!of.sorted)
    return;
  auto list = of.path.substr(0, of.path.find('/'));
  if (auto* items = std::get_if<json_array>(&member_of(entry, list).data))
    std::ranges::sort(*items, {},
                      [](const json_value& x) -> const std::string& { return std::get<std::string>(x.data); });
}

std::string export_document(const configuration& x) {
  shown_ids shown;
  for_each_section([&](const auto& of) {
    for (const auto& row : x.*of.rows)
      shown.emplace(row.id.str(), shown_id(row.id.str(), row.spec));
  });
  json_object document{{"format", {std::int64_t{1}}}};
  for_each_section([&](const auto& of) {
    std::vector<const typename std::decay_t<decltype(of)>::record*> rows;
    for (const auto& row : x.*of.rows)
      rows.push_back(&row);
    std::ranges::sort(rows, {}, [](const auto* row) { return place_of(row); });
    json_array entries;
    for (const auto* row : rows)
      entries.push_back(entry_of(of, row->id.str(), row->spec, shown, audience::api));
    document.push_back({std::string{of.name}, {std::move(entries)}});
  });
  pretty_writer w;
  w.write({std::move(document)});
  return std::move(w).take() + '\n';
}

} // namespace gochron::core
