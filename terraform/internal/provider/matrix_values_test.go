package provider

import (
	"fmt"
	"hash/fnv"
	"regexp"
	"strings"
	"testing"

	"github.com/gochron/terraform-provider-gochron/internal/harness"
	"github.com/gochron/terraform-provider-gochron/internal/model"
)

// values makes values of attributes from their schemas. Nothing here knows an attribute but by its pattern, or by the few
// names of what a pattern cannot say.
type values struct {
	fixtures map[string][]string // ids of what can be referred to, by prefix
}

// What no schema can say: words of a language of their own.
var vocabulary = map[string][]string{
	"time_zone":    {"Europe/Berlin", "America/New_York"},
	"ca_pem":       {certificate, certificate + "\n"},
	"expression":   {"0 3 * * *", "30 4 * * *"},
	"rule":         {"FREQ=DAILY", "FREQ=WEEKLY"},
	"weekdays[]":   {"monday", "tuesday"},
	"start_local":  {"2027-03-01T02:00:00", "2027-03-02T02:00:00"},
	"anchor_local": {"2026-01-05T09:00:00", "2026-01-06T09:00:00"},
	"start_at":     {"2031-01-01T00:00:00Z", "2031-01-01T01:00:00Z"},
	"end_at":       {"2031-01-02T00:00:00Z", "2031-01-02T01:00:00Z"},
	"field":        {"latency_ms", "status_code"},
	"operator":     {"gt", "lt"},
}

// candidates are texts of which the first that a pattern takes is used. %s is what tells instances apart.
var candidates = []string{
	"k%s", "http://127.0.0.1:9/%s", "smtps://127.0.0.1:9%03d", "a%s@example.com", "09:3%w", "2027-03-0%wT02:00:00", "+4930%09d", "AC%032x", "MG%032x", "%032x",
	"%030x", "%d:abcdefghijk", "-10%w", "2xx", "admin:read", "*:read", "monitors:read", "severity", "monitor",
}

// of is a value of an attribute: 1 and 2 are different, and neither is the default.
func (v values) of(name string, n *model.Node, which int, salt string) any {
	switch n.Kind {
	case model.Bool:
		return (n.Default != true) == (which == 1)
	case model.Integer, model.Number:
		return v.number(n, which)
	case model.List, model.Set:
		return []any{v.of(name+"[]", n.Item, which, salt)}
	case model.Object:
		x := map[string]any{}
		for child, f := range n.Fields {
			if v.needed(child, f) {
				x[child] = v.of(child, f, which, salt)
			}
		}
		if len(x) == 0 && n.Default != nil { // empty it would be as it is by default
			child := firstWritten(n)
			x[child] = v.of(child, n.Fields[child], which, salt)
		}
		if kind, ok := x["type"].(string); ok && name == "targets[]" {
			x["id"] = v.target(kind)
		}
		return x
	}
	return v.text(name, n, which, salt)
}

func firstWritten(n *model.Node) string {
	for _, name := range n.Names() {
		if f := n.Fields[name]; !f.ReadOnly && !f.WriteOnly && f.VersionOf == "" && f.NullOf == "" {
			return name
		}
	}
	panic("nothing of it can be written")
}

// needed is what an object cannot be without; of attributes that stand for one property the first.
func (v values) needed(name string, n *model.Node) bool {
	return n.Required || (n.MustChoose && n.OneOf[0] == name)
}

func (v values) number(n *model.Node, which int) any {
	base := 0.0
	if n.Min != nil {
		base = max(base, *n.Min)
	}
	if x, ok := n.Default.(interface{ Float64() (float64, error) }); ok {
		base, _ = x.Float64()
	}
	if n.Max != nil && base+float64(which) > *n.Max {
		return int64(base) - int64(which)
	}
	return int64(base) + int64(which)
}

func (v values) text(name string, n *model.Node, which int, salt string) string {
	if given, ok := vocabulary[name]; ok {
		return given[which-1]
	}
	if len(n.Enum) > 0 {
		return enumerated(n, which)
	}
	if n.Kind == model.Timestamp {
		return fmt.Sprintf("203%d-01-01T00:00:00Z", which)
	}
	if ids := v.references(n.Pattern); len(ids) > 0 {
		return ids[(ordinal(salt)+which)%len(ids)]
	}
	for _, c := range candidates {
		if x := fill(c, which, salt); v.fits(n, x) {
			return x
		}
	}
	panic(fmt.Sprintf("no value of %s: pattern %s", name, n.Pattern))
}

// enumerated is a value that is not the default, and another one: the default, when there are only two.
func enumerated(n *model.Node, which int) string {
	var others []string
	for _, x := range n.Enum {
		if x != n.Default {
			others = append(others, x)
		}
	}
	others = append(others, n.Enum...)
	return others[min(which, len(others))-1]
}

// references are the ids that a pattern takes.
func (v values) references(pattern string) []string {
	for prefix, ids := range v.fixtures {
		if strings.HasPrefix(pattern, "^"+prefix+"_") || strings.HasPrefix(pattern, "^("+prefix+"|") {
			return ids
		}
	}
	return nil
}

func (v values) fits(n *model.Node, x string) bool {
	if (n.MinLen != nil && len(x) < *n.MinLen) || (n.MaxLen != nil && len(x) > *n.MaxLen) {
		return false
	}
	return n.Pattern == "" || regexp.MustCompile(n.Pattern).MatchString(x)
}

func fill(c string, which int, salt string) string {
	unique := ordinal(salt)*10 + which
	switch {
	case strings.Contains(c, "%w"):
		return strings.ReplaceAll(c, "%w", fmt.Sprint(which))
	case strings.Contains(c, "%s"):
		return fmt.Sprintf(c, fmt.Sprintf("%d", unique))
	case strings.Contains(c, "%03d"):
		return fmt.Sprintf(c, unique%1000)
	case strings.Contains(c, "%"):
		return fmt.Sprintf(c, unique%1_000_000_000)
	}
	return c
}

func ordinal(salt string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(salt))
	return int(h.Sum32() % 100_000_000)
}

// fixtures makes what attributes refer to, several of a kind.
func fixtures(s *harness.Server) map[string][]string {
	made := map[string][]string{}
	add := func(prefix, path string, body map[string]any) string {
		id := s.Call("POST", path, body)["id"].(string)
		made[prefix] = append(made[prefix], id)
		return id
	}
	for i := range 60 {
		name := fmt.Sprintf("Fixture %d", i)
		user := add("usr", "/api/users", map[string]any{"name": name, "email": fmt.Sprintf("fixture%d@example.com", i)})
		if i > 5 {
			continue
		}
		add("mon", "/api/monitors", map[string]any{"name": name, "type": "manual", "manual": map[string]any{}})
		channel := add("chn", "/api/channels", map[string]any{"name": name, "type": "email", "email": map[string]any{"to": []string{"a@example.com"}}})
		add("sch", "/api/schedules", map[string]any{"name": name})
		add("team", "/api/teams", map[string]any{"name": name})
		add("pol", "/api/escalation-policies", map[string]any{"name": name, "steps": []any{map[string]any{"key": "a",
			"targets": []any{map[string]any{"type": "channel", "id": channel}}}}})
		if i < 2 {
			made["owner"] = append(made["owner"], user)
			for range 2 {
				add(user, "/api/contact-methods", map[string]any{"user_id": user, "name": name, "type": "email",
					"email": map[string]any{"to": []string{"a@example.com"}}})
			}
		}
	}
	return made
}

// owners has no users but those who have contact methods, and of those the first one's.
func (v values) owners() values {
	some := values{fixtures: map[string][]string{"usr": v.fixtures["owner"], "cm": v.fixtures[v.fixtures["owner"][0]]}}
	for name, ids := range v.fixtures {
		if _, there := some.fixtures[name]; !there {
			some.fixtures[name] = ids
		}
	}
	return some
}

// All values can be made without any server: an attribute that gains a pattern that nobody foresaw is told here.
func TestEveryAttributeHasValues(t *testing.T) {
	v := values{fixtures: map[string][]string{}}
	for _, prefix := range []string{"usr", "mon", "chn", "sch", "team", "pol", "cm"} {
		v.fixtures[prefix] = []string{prefix + "_01kdz0c3v8e7q9b5n2m4x6y8za", prefix + "_01kdz0c3v8e7q9b5n2m4x6y8zb"}
	}
	for _, n := range nouns() {
		for _, c := range casesOf(n, n.shape(), v) {
			if c.of(1) == nil {
				t.Errorf("%s: no value", c.label)
			}
		}
	}
}

const certificate = `-----BEGIN CERTIFICATE-----
MIIBgjCCASmgAwIBAgIUdtd9N04qLv/n9WSVNcESzpFj8cIwCgYIKoZIzj0EAwIw
FjEUMBIGA1UEAwwLZXhhbXBsZS5jb20wIBcNMjYxMTI2MTEzNTQzWhgPMjEyNjEx
MDIxMTM1NDNaMBYxFDASBgNVBAMMC2V4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAEhpXxIHWZHIdnhTwhTbNMO0xyAm9S/pCaWKC6yxSfhCMPsOvm
Myfvi/g51cR/u/VkYdBi/Ps/hxSK4dBC44e0aqNTMFEwHQYDVR0OBBYEFNW0C81d
8cjUmQBZx5WcQfenro6WMB8GA1UdIwQYMBaAFNW0C81d8cjUmQBZx5WcQfenro6W
MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgfY3HafKxZyIUMQSj
/yj1NwayddFobTveRRX/4PEmTD0CIH8LkINthj5RL/qSvxBkkhrZEYSTM3c733or
eJnhlH+X
-----END CERTIFICATE-----`
