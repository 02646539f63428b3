#include <set>
#include <unordered_map>

#include <fmt/format.h>

#include "core/configuration/dependencies.hpp"
#include "core/configuration/entries.hpp"
#include "core/configuration/secrets.hpp"
#include "core/json_patch.hpp"

namespace gochron::core {
namespace {

constexpr std::size_t most_violations = 1000;

// What one entry of the document is about.
struct target {
  std::size_t index = 0; ///< in its section
  std::string id;        ///< with prefix
  const void* present = nullptr;
  bool usable = true;
};

class planner {
public:
  planner(const configuration& present, json_value& document, const plan_options& options)
    : present_(present), document_(document), options_(options) {}

  result<config_plan> run() {
    if (!check_frame())
      return fail(error{errc::invalid, "That is not a configuration.", std::move(violations_), {}, {}});
    for_each_section([this](const auto& of) { identify(of); });
    for_each_section([this](const auto& of) { read(of); });
    order_monitors();
    if (options_.prune)
      prune();
    if (!violations_.empty())
      return fail(error{errc::invalid, "The configuration is not valid.", std::move(violations_), {}, {}});
    std::ranges::move(removals_, std::back_inserter(plan_.changes));
    return std::move(plan_);
  }

private:
  void wrong(std::string pointer, std::string code, std::string detail) {
    if (violations_.size() < most_violations)
      violations_.push_back({std::move(pointer), std::move(code), std::move(detail)});
  }

  bool check_frame() {
    const auto* members = document_.as<json_object>();
    if (!members) {
      wrong("", "wrong_type", "Expected an object.");
      return false;
    }
    for (const auto& m : *members) {
      bool known = m.name == "format";
      for_each_section([&](const auto& of) {
        known = known || m.name == of.name;
        if (m.name == of.name && !m.value.template as<json_array>())
          wrong('/' + m.name, "wrong_type", "Expected an array.");
      });
      if (!known)
        wrong('/' + m.name, "unknown_property", "A configuration has no such section.");
    }
    const auto* format = document_.find("format");
    if (!format || !format->as<std::int64_t>() || *format->as<std::int64_t>() != 1)
      wrong("/format", "not_one_of", "This server reads format 1.");
    return violations_.empty();
  }

  json_array* entries_of(std::string_view section) {
    auto& members = std::get<json_object>(document_.data);
    auto it = std::ranges::find(members, section, &json_member::name);
    return it == members.end() ? nullptr : std::get_if<json_array>(&it->value.data);
  }

  static std::string pointer(std::string_view section, std::size_t index) {
    return fmt::format("/{}/{}", section, index);
  }

  // A member that is a text, null or absent; anything else the table will refuse.
  static const std::string* text_in(const json_value& entry, std::string_view name) {
    const auto* x = entry.find(name);
    return x ? x->as<std::string>() : nullptr;
  }

  template <class Section>
  void identify(const Section& of) {
    std::unordered_map<std::string, const typename Section::record*> by_key, by_id;
    for (const auto& row : present_.*of.rows) {
      by_id.emplace(row.id.str(), &row);
      if (row.spec.key)
        by_key.emplace(*row.spec.key, &row);
    }
    auto& targets = targets_[of.name];
    auto* entries = entries_of(of.name);
    std::set<std::string> keys;
    for (std::size_t i = 0; entries && i < entries->size(); ++i) {
      target t{i, {}, nullptr, true};
      const auto& entry = (*entries)[i];
      const auto* key = text_in(entry, "key");
      const auto* id = text_in(entry, "id");
      if (!entry.template as<json_object>()) {
        wrong(pointer(of.name, i), "wrong_type", "Expected an object.");
        t.usable = false;
      }
      const typename Section::record* found = nullptr;
      if (auto it = key ? by_key.find(*key) : by_key.end(); it != by_key.end())
        found = it->second;
      else if (auto other = id ? by_id.find(*id) : by_id.end(); other != by_id.end())
        found = other->second;
      if (key && !keys.insert(*key).second)
        wrong(pointer(of.name, i) + "/key", "duplicate", "Another entry has this key.");
      if (id && !Section::id::parse(*id))
        wrong(pointer(of.name, i) + "/id", "invalid_format", "Not an id of this kind.");
      if (const auto* other = entry.find("id"); other && !id && !other->is_null())
        wrong(pointer(of.name, i) + "/id", "wrong_type",
              "Expected a string, got " + std::string{other->kind_name()} + '.');
      if (found && !matched_.insert(found->id.str()).second)
        wrong(pointer(of.name, i), "duplicate", "Another entry means the same resource.");
      t.present = found;
      t.id = found ? found->id.str() : typename Section::id{options_.make_id()}.str();
      if (key)
        names_.emplace(std::string{of.name} + '/' + std::string{key_mark} + *key, t.id);
      if (id)
        names_.emplace(std::string{of.name} + '/' + *id, t.id);
      shown_.emplace(t.id, key ? std::string{key_mark} + *key : t.id);
      targets.push_back(std::move(t));
    }
    for (const auto& row : present_.*of.rows) {
      names_.emplace(std::string{of.name} + '/' + row.id.str(), row.id.str());
      if (row.spec.key)
        names_.emplace(std::string{of.name} + '/' + std::string{key_mark} + *row.spec.key, row.id.str());
      shown_.emplace(row.id.str(), shown_id(row.id.str(), row.spec));
    }
  }

  // What is unknown is replaced by an id of nobody, so that the rest can be judged.
  void resolve(json_value& entry, const section_reference& of, const std::string& at) {
    for_each_reference(
        entry, of.path, at,
        [&](std::string& text, const std::string& place) {
          auto it = names_.find(std::string{of.section} + '/' + text);
          if (it == names_.end())
            wrong(place, "unknown_reference", "Nothing in the document or the organisation has this id or key.");
          else if (options_.prune && entries_of(of.section) && is_pruned(it->second))
            wrong(place, "unknown_reference", "The document does not have it, so it would be pruned.");
          text = it != names_.end() ? it->second : nobodys_id(of.section);
        },
        of.type);
  }

  // For what is unknown: of the right kind, and another one each time, so that a set stays one.
  std::string nobodys_id(std::string_view section) const {
    std::string id;
    for_each_section([&](const auto& of) {
      if (of.name == section)
        id = typename std::decay_t<decltype(of)>::id{options_.make_id()}.str();
    });
    return id;
  }

  bool is_pruned(const std::string& id) const { return present_ids_.contains(id) && !matched_.contains(id); }

  template <class Section>
  void read(const Section& of) {
    auto* entries = entries_of(of.name);
    for (const auto& t : targets_[of.name])
      if (t.usable)
        read_one(of, t, (*entries)[t.index]);
  }

  template <class Section>
  void read_one(const Section& of, const target& t, json_value& entry) {
    using spec = typename Section::spec;
    const auto* now = static_cast<const typename Section::record*>(t.present);
    auto at = pointer(of.name, t.index);
    std::erase_if(std::get<json_object>(entry.data), [](const json_member& m) { return m.name == "id"; });
    for (const auto& reference : of.references)
      resolve(entry, reference, at);
    if (now)
      keep_secrets(*of.schema()->info(), entry, whole_of(of, now->spec));
    auto wanted = now ? core::replace<spec>(now->spec, entry) : core::create<spec>(entry);
    if (!wanted) {
      for (auto& v : wanted.error().violations)
        wrong(at + v.pointer, v.code, v.detail);
      return;
    }
    if (now && *wanted == now->spec) {
      ++plan_.unchanged;
      return;
    }
    config_change c;
    c.action = now ? config_action::update : config_action::create;
    describe(c, of, t.id, *wanted);
    c.version = now ? now->version : 0;
    c.patch = now ? patch_of(of, t.id, now->spec, *wanted) : "[]";
    c.wanted = std::move(*wanted);
    plan_.changes.push_back(std::move(c));
  }

  template <class Section>
  static json_value whole_of(const Section& of, const typename Section::spec& x) {
    json_writer w;
    of.schema()->write(x, w, {.to = audience::whole});
    return *parse_json(w.view(), own_limits);
  }

  template <class Section>
  std::string patch_of(const Section& of, const std::string& id, const typename Section::spec& before,
                       const typename Section::spec& after) const {
    return json_patch(entry_of(of, id, before, shown_, audience::whole),
                      entry_of(of, id, after, shown_, audience::whole), entry_of(of, id, after, shown_, audience::api));
  }

  template <class Section>
  static void describe(config_change& c, const Section& of, const std::string& id, const typename Section::spec& x) {
    c.noun = of.noun;
    c.id = Section::id::parse(id)->value;
    c.id_text = id;
    if constexpr (requires { x.name; })
      c.name = x.name;
    if (x.key)
      c.key = *x.key;
  }

  // What a monitor will depend on is written before it; of what goes, whatever depends on others goes first.
  void order_monitors() {
    auto& changes = plan_.changes;
    auto is_monitor = [](const config_change& c) { return c.noun == keyed_noun::monitor; };
    auto from = std::ranges::find_if(changes, is_monitor);
    auto to = std::find_if_not(from, changes.end(), is_monitor);
    dependencies now, then;
    for (const auto& row : present_.monitors)
      if (row.spec.depends_on)
        now[row.id] = *row.spec.depends_on;
    then = now;
    for (auto at = from; at != to; ++at) {
      const auto& wanted = std::get<monitor_spec>(at->wanted).depends_on;
      then[monitor_id{at->id}] = wanted ? *wanted : std::vector<monitor_id>{};
    }
    auto order = order_of(then);
    for (const auto& t : targets_["monitors"])
      if (auto id = monitor_id::parse(t.id); id && order.circular.contains(*id))
        wrong(pointer("monitors", t.index) + "/depends_on", "cycle", "It would depend on itself.");
    std::stable_sort(from, to, [&](const config_change& a, const config_change& b) {
      return order.place.at(monitor_id{a.id}) < order.place.at(monitor_id{b.id});
    });
    present_order_ = order_of(now).place;
  }

  // Of the monitors that go, those that others depend on last.
  void order_removals(std::vector<config_change>& gone) const {
    auto place = [this](const config_change& c) {
      auto it = present_order_.find(monitor_id{c.id});
      return it == present_order_.end() ? std::size_t{0} : it->second + 1;
    };
    if (!gone.empty() && gone.front().noun == keyed_noun::monitor)
      std::ranges::stable_sort(gone, std::greater{}, place);
  }

  // Backwards: what refers to others goes first.
  void prune() {
    for_each_section([this](const auto& of) {
      if (!entries_of(of.name))
        return;
      std::vector<config_change> gone;
      for (const auto& row : present_.*of.rows) {
        if (matched_.contains(row.id.str()))
          continue;
        config_change c;
        c.action = config_action::remove;
        describe(c, of, row.id.str(), row.spec);
        c.version = row.version;
        c.patch = "[]";
        gone.push_back(std::move(c));
      }
      order_removals(gone);
      removals_.insert(removals_.begin(), std::make_move_iterator(gone.begin()), std::make_move_iterator(gone.end()));
    });
  }

  const configuration& present_;
  json_value& document_;
  const plan_options& options_;
  std::vector<violation> violations_;
  std::unordered_map<std::string_view, std::vector<target>> targets_; ///< by section
  std::set<std::string> matched_;                                     ///< ids of what the document names
  std::set<std::string> present_ids_ = ids_of_all(present_);
  std::unordered_map<std::string, std::string> names_; ///< section / what a document says, to the id
  shown_ids shown_;
  std::unordered_map<monitor_id, std::size_t> present_order_; ///< what depends on others, behind it
  config_plan plan_;
  std::vector<config_change> removals_;

  static std::set<std::string> ids_of_all(const configuration& x) {
    std::set<std::string> ids;
    for_each_section([&](const auto& of) {
      for (const auto& row : x.*of.rows)
        ids.insert(row.id.str());
    });
    return ids;
  }
};

} // namespace

result<config_plan> plan_of(const configuration& present, json_value document, const plan_options& options) {
  return planner{present, document, options}.run();
}

} // namespace gochron::core
